package terms

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify/story"
)

// sentences returns the title and the sentences of a's text up to where the page's teasers begin.
func (r *Reader) sentences(a *news.Article) []*sentence {
	body := a.Text
	if len(body) > maxText {
		body = body[:strings.LastIndexByte(body[:maxText], ' ')+1]
	}
	body = body[:bodyEnd(body)]
	var ss []*sentence
	add := func(s *sentence) {
		s.order = len(ss)
		s.tokens = tokenize(make([]token, 0, (s.end-s.start)/5+2), s.source, s.start, s.end)
		s.shouts = shouts(s)
		r.book.know(s.tokens)
		if len(ss) > 0 && ss[len(ss)-1].field == s.field {
			s.before = ss[len(ss)-1]
		}
		ss = append(ss, s)
	}
	if strings.TrimSpace(a.Title) != "" {
		add(&sentence{field: "title", source: a.Title, end: len(a.Title)})
	}
	items, scope := newsletter(body), 0
	for _, sp := range story.Sentences(body) {
		if sp.End-sp.Start > maxSentence {
			continue
		}
		if items && itemStart.MatchString(body[sp.Start:sp.End]) {
			scope++
		}
		add(&sentence{field: "text", source: a.Text, start: sp.Start, end: sp.End, scope: scope})
	}
	return ss
}

// Limits in bytes: the text that is read of an article, and a sentence that is one.
const (
	maxText     = 256 << 10
	maxSentence = 2 << 10
)

// teasers are lines after which a page shows other articles.
var teasers = regexp.MustCompile(`(?mi)^\s*(?:related(?: (?:articles?|stories|posts|news|reading|coverage|topics?|special.*))?|read (?:more|next|also|on)|more (?:from|on|stories|news|to read)\b.*|also (?:in the news|on\b.*|read)|` +
	`you (?:may|might) also (?:like|be interested in)|recommended(?: for you| reading| stories)?|most (?:read|popular|viewed)|trending(?: now)?|latest (?:news|stories)|further reading|elsewhere on\b.*|` +
	`in other news|what to read next|editors?['’]s? picks?|up next|popular (?:now|stories)|sign up for .*|subscribe .*|about the author|comments? ?\(\d+\).*|top stories|keep reading|more headlines)\s*:?\s*$`)

// bodyEnd returns where the article ends and teasers of others begin.
func bodyEnd(text string) int {
	if at := teasers.FindStringIndex(text); at != nil && at[0] > 0 {
		return at[0]
	}
	return len(text)
}

// itemStart finds the start of an item of a newsletter.
var itemStart = regexp.MustCompile(`^(?:\d{1,2}[.)]|[•▪◦*–—-])\s`)

// newsletter reports whether a text is a list of items with nothing to do with one another: three lines or
// more have a number before them.
func newsletter(text string) bool {
	n := 0
	for line := range strings.Lines(text) {
		if len(line) > 1 && unicode.IsDigit(rune(line[0])) && itemStart.MatchString(line) {
			n++
		}
	}
	return n >= 3
}

// shouts reports whether most words of s have a capital.
func shouts(s *sentence) bool {
	capitals, words := 0, 0
	for i := range s.tokens {
		if t := &s.tokens[i]; t.kind == word && len(t.word) > 3 {
			words++
			if t.capital {
				capitals++
			}
		}
	}
	return words > 2 && 10*capitals >= 7*words
}

// find reads the parties, amounts, dates and patterns of s.
func (s *sentence) find(b *book, r *roster) {
	s.mentions = r.mentions(s)
	s.setAside()
	s.at = make([]uint8, len(s.tokens))
	for i, m := range s.mentions {
		if i < 255 {
			s.at[m.from] = uint8(i + 1)
		}
	}
	s.amounts, s.moments = amounts(s.tokens), moments(s.tokens)
	s.moments = slices.DeleteFunc(s.moments, func(m moment) bool { // the "a year" of "USD 5 mn a year"
		return slices.ContainsFunc(s.amounts, func(a amount) bool { return a.from < m.to && m.from < a.to && a.thing != count })
	})
	s.cues = b.cues(s)
}
