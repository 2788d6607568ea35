package story

import (
	"regexp"

	"github.com/pactwatch/pactwatch/internal/news"
)

// isRecap reports whether a tells several stories again, by its title: such an article joins no
// story, and none joins it.
func isRecap(a *news.Article) bool { return recapTitle.MatchString(a.Title) }

// A bare "roundup" is also a herbicide, and "weekly" stands before many a figure: only pairs of
// words, or a word at the title's edge, make a recap.
var recapTitle = regexp.MustCompile(`(?i)` +
	`\b(?:daily|weekly|monthly|morning|evening|weekend|friday|news|ai|tech|deals?) (?:round-?up|recap|digest|newsletter|briefing|wrap(?:-up)?)\b` +
	`|\b(?:this|the|last|past|your) (?:week|month|weekend) in\b|\b(?:week|month|year) in review\b|\bthe week that was\b` +
	`|\bin case you missed it\b|\beverything (?:that happened|announced)\b` +
	`|^(?:round-?up|recap|newsletter|digest)\b[:,]|[:|–—-] ?(?:round-?up|recap|newsletter|digest)$` +
	`|\b(?:top|biggest|\d+) (?:ai |tech |business )?(?:news|stories|headlines)\b`)
