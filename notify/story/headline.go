package story

import (
	"math"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pactwatch/pactwatch/internal/news"
)

const (
	maxHeadline = 110 // characters: more is a paragraph
	minHeadline = 4   // words: less names a subject and not what happened to it
)

// Headline returns the title that says best what happened, of articles that are oldest first: one that
// states it rather than asking, teasing, shouting or giving an opinion, and of those the one that has
// most of what all titles and leads agree on, for its length; of two alike the earlier. What an outlet
// puts around its titles, "BREAKING:" or its name, is left out. Without a title it is "".
func Headline(articles []news.Article) string {
	worth := make(map[string]float64)
	for _, a := range articles {
		for _, s := range stems(a.Title+"\n"+opening(a.Text), a.Lang) {
			worth[s]++
		}
	}
	best, most := "", -1.0
	for _, a := range articles {
		title := bareTitle(a.Title, a.Outlet)
		if title == "" {
			continue
		}
		words := stemmed(lowerWords(title), a.Lang)
		said := float64(len(quantities(title)) + len(dealTerms(words)))
		if changes(words) {
			said++
		}
		own := distinct(words)
		for _, s := range own {
			said += worth[s] / float64(len(articles))
		}
		said /= math.Sqrt(float64(len(own) + 1))
		if !states(title) {
			said /= 100 // only where no title states it
		}
		if said > most {
			best, most = title, said
		}
	}
	return best
}

// opening returns the first sentences of a text.
func opening(text string) string {
	spans := Sentences(text)
	if len(spans) == 0 {
		return ""
	}
	return text[:spans[min(len(spans), leadSentences)-1].End]
}

// states reports whether a title says what happened.
func states(title string) bool {
	n := utf8.RuneCountInString(title)
	return n <= maxHeadline && len(words(title)) >= minHeadline && !strings.HasSuffix(title, "?") && !cutOff(title) &&
		!teaser.MatchString(title) && !shouts(title)
}

// teaser finds a title that withholds what happened, or tells what someone thinks of it.
var teaser = regexp.MustCompile(`(?i)^(?:opinion|editorial|analysis|column|explainer|explained|podcast|video|watch|live|live updates|why|how|what|who|here's|here’s|inside|` +
	`\d+ (?:things|reasons|takeaways|questions))\b|\b(?:what (?:to|you need to) know|you won't believe|everything we know)\b`)

// shouts reports whether a title is all capitals.
func shouts(title string) bool {
	return !strings.ContainsFunc(title, unicode.IsLower) && strings.ContainsFunc(title, unicode.IsUpper)
}

// bareTitle returns a title without what its outlet puts around it.
func bareTitle(title, outlet string) string {
	title = strings.TrimSpace(title)
	for {
		rest := title[len(prefix.FindString(title)):]
		if rest == title || rest == "" {
			break
		}
		title = rest
	}
	for _, sep := range []string{" | ", " - ", " – ", " — ", " · "} {
		if i := strings.LastIndex(title, sep); i > 0 && outlet != "" && strings.EqualFold(strings.TrimSpace(title[i+len(sep):]), outlet) {
			title = strings.TrimSpace(title[:i])
		}
	}
	return title
}

// prefix finds what outlets put before a title.
var prefix = regexp.MustCompile(`^(?i:(?:exclusive|breaking(?: news)?|just in|update(?: \d+)?|updated|developing|scoop|alert|press release|news)\s*(?::|\||[-–—] )\s*|(?:update \d+|update|refile|corrected|brief|wrapup \d+)-\s*|\[[\p{L} ]{1,20}\]\s*)`)
