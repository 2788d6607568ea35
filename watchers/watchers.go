// Package watchers takes news from the clock to a stored, matched article: schedules, polite and
// guarded fetching, feeds, pages.
package watchers
