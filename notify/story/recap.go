package story

import (
	"regexp"

	"github.com/pactwatch/pactwatch/internal/news"
)

// isRecap reports whether a tells several stories again, by its title: such an article joins no
// story, and none joins it.
func isRecap(a *news.Article) bool { return recapTitle.MatchString(a.Title) }

// "Roundup" is also a herbicide, "briefing" an event, and "this week in Oslo" a place to meet: only pairs
// of words, or words at an edge of the title, make a recap.
var recapTitle = regexp.MustCompile(`(?i)` +
	`\b(?:daily|weekly|monthly|morning|evening|weekend) (?:round-?up|recap|digest|newsletter|briefing|wrap(?:-up)?)\b` +
	`|\b(?:news|ai|tech|business|deals?|markets?) (?:round-?up|recap|digest|newsletter)\b` +
	`|(?:^|[:|–—-] ?)(?:this|the|last|your) (?:week|month|weekend|year) in\b` +
	`|\b(?:week|month|year) in review\b|\bthe week that was\b|\bin case you missed it\b` +
	`|^(?:round-?up|recap|newsletter|digest)\b[:,]|[:|–—-] ?(?:round-?up|recap|newsletter|digest)$` +
	`|^(?:the )?(?:top|biggest|\d+)(?: \w+)? (?:stories|headlines)\b`)
