// Package story decides which articles report one event, and which of their sentences say what
// happened. It does no I/O.
package story
