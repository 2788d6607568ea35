package story

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pactwatch/pactwatch/internal/news"
)

const (
	wordsAlone    = 60 // of a brief of one article
	wordsTogether = 80 // of a brief of several: they say more
	minWords      = 5  // of a sentence: less is a heading or a button's text
)

// Brief returns what the articles of a story say, oldest first, in limit words at most: the headline
// and the sentences, verbatim, that together carry the matched words, the numbers and what the outlets
// agree on, the most telling first. A limit of 0 is 60 words for one article and 80 for several.
//
// Matches are by the article's ID; the words of deal terms count like matched ones. A sentence that
// needs its neighbours comes with them or not at all. A story of headlines only has no sentences;
// without articles the Brief is empty.
func Brief(articles []news.Article, matches map[string][]news.Match, limit int) news.Brief {
	if limit == 0 {
		limit = wordsAlone
		if len(articles) > 1 {
			limit = wordsTogether
		}
	}
	reports := make([][]*sentence, len(articles))
	for i := range articles {
		reports[i] = sentencesOf(&articles[i], matches[articles[i].ID])
	}
	var passages []*passage
	for _, r := range reports {
		passages = append(passages, passagesOf(r)...)
	}
	return news.Brief{Headline: Headline(articles), Sentences: newWorths(articles, reports).choose(passages, limit)}
}

// A sentence is one of an article's text.
type sentence struct {
	news.Sentence
	order   int // in its article, from 0
	words   int
	body    bool       // not a heading, a caption, a button or the title again
	stems   []string   // distinct, without stopwords
	matched []string   // what its matched words are about: kinds of deal terms, and stems
	names   []string   // the matched words that are names
	facts   []quantity // with their places in Text
	old     bool       // it tells of before

	// What it quotes: own is what stands outside of the quotations, spoken the number of words inside.
	own         string
	spoken      int
	begun, open bool // it begins, it ends within a quotation
}

// stops reports whether s ends with a full stop or the like.
func (s *sentence) stops() bool {
	return strings.ContainsRune(stops, lastRune(strings.TrimRight(s.Text, closers+" ")))
}

// sentencesOf returns the sentences of a, without the dateline before the first.
func sentencesOf(a *news.Article, ms []news.Match) []*sentence {
	var out []*sentence
	var q quotation
	end := 0
	for i, span := range Sentences(a.Text) {
		if strings.Contains(a.Text[end:span.Start], "\n") {
			q = quotation{} // a quotation left open in a paragraph ends with it
		}
		end = span.End
		if i == 0 {
			span.Start += datelineLength(a.Text[span.Start:span.End])
		}
		text := a.Text[span.Start:span.End]
		s := &sentence{
			Sentence: news.Sentence{Article: a.ID, Text: text},
			order:    i,
			words:    len(words(text)),
			stems:    stems(text, a.Lang),
			facts:    quantities(text),
			old:      looksBack(text, a.Published),
			matched:  dealTerms(text),
			begun:    q.open,
		}
		s.own, s.spoken = q.read(text)
		s.open = q.open
		for _, m := range matched(ms, "text", span) {
			s.addMatch(m, a.Lang)
		}
		out = append(out, s)
	}
	anyStops := slices.ContainsFunc(out, (*sentence).stops)
	for _, s := range out {
		s.body = s.words >= minWords && (s.stops() || !anyStops) && !within(s.stems, stems(a.Title, a.Lang))
	}
	return out
}

// addMatch notes what a rule has found at m, in bytes of the text: a name, or what a deal is about.
func (s *sentence) addMatch(m Span, lang string) {
	word := s.Text[m.Start:m.End]
	about := strings.Join(stems(word, lang), " ")
	first, _ := utf8.DecodeRuneInString(word)
	switch {
	case dealTerms(word) != nil: // noted already
	case unicode.IsUpper(first):
		s.names = append(s.names, about)
	default:
		s.matched = append(s.matched, about)
	}
}

// stems returns the distinct stems of text without stopwords, in order.
func stems(text, lang string) []string {
	var out []string
	for _, w := range words(text) {
		if word := strings.ToLower(text[w.Start:w.End]); !stopwords[word] {
			out = append(out, stem(word, lang))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// within reports whether each of some stems is one of others.
func within(some, others []string) bool {
	return inCommon(some, others) == len(some)
}
