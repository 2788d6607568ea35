package story

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pactwatch/pactwatch/internal/news"
)

const (
	wordsAlone    = 60   // of a brief of one article
	wordsTogether = 80   // of a brief of several: they say more
	minWords      = 5    // of a sentence: less is a heading or a button's text
	maxLong       = 1000 // bytes of a sentence that is too long to quote, to know its words

	// A card is made anew with each report of a story. So many sentences of all reports take 50 ms of
	// one core (go test -bench Brief ./notify/story); of many reports each is read less far.
	maxRead = 1500
	minRead = 10
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
		reports[i] = sentencesOf(&articles[i], matches[articles[i].ID], max(minRead, maxRead/len(articles)))
	}
	passages := passagesOf(reports, (*sentence).whole)
	if len(passages) == 0 { // excerpts of half a sentence each
		passages = passagesOf(reports, (*sentence).inBody)
	}
	return news.Brief{Headline: Headline(articles), Sentences: newWorths(reports).choose(passages, limit)}
}

// A sentence is one of an article's text.
type sentence struct {
	news.Sentence
	order   int  // in its article, from 0
	long    bool // over maxQuote: no more is known of it than the words
	words   int
	body    bool       // not a heading, a caption, a button or the title again
	stems   []string   // distinct, without stopwords
	matched []string   // what its matched words and those of deal terms are about: kinds of terms, or stems
	asked   []string   // those of them that a rule has found
	names   []string   // the matched words that are names
	facts   []quantity // with their places in Text
	old     bool       // it tells of before
	changes bool       // it says that something is not as it was
	guesses bool       // it says what may come

	// What it quotes: own is what stands outside of the quotations, spoken the number of words inside.
	own         string
	spoken      int
	begun, open bool // it begins, it ends within a quotation
}

func (s *sentence) inBody() bool { return s.body }

// whole reports whether s is in the article's body and no excerpt cuts it off.
func (s *sentence) whole() bool { return s.body && !cutOff(s.Text) }

// stops reports whether s ends with a full stop or the like.
func (s *sentence) stops() bool {
	return strings.ContainsRune(stops, lastRune(strings.TrimRight(s.Text, closers+" ")))
}

// sentencesOf returns the first sentences of a, most at most, without the dateline before the first.
func sentencesOf(a *news.Article, ms []news.Match, most int) []*sentence {
	var out []*sentence
	var q quotation
	end := 0
	spans := Sentences(a.Text)
	for i, span := range spans[:min(len(spans), most)] {
		if strings.Contains(a.Text[end:span.Start], "\n") {
			q = quotation{} // a quotation left open in a paragraph ends with it
		}
		end = span.End
		if i == 0 {
			span.Start += datelineLength(a.Text[span.Start:span.End])
		}
		s := &sentence{Sentence: news.Sentence{Article: a.ID, Text: a.Text[span.Start:span.End]}, order: i, begun: q.open}
		s.own, s.spoken = q.read(s.Text)
		s.open = q.open
		s.read(a, matched(ms, "text", span))
		out = append(out, s)
	}
	anyStops := slices.ContainsFunc(out, (*sentence).stops)
	title, length := stems(a.Title, a.Lang), len(words(a.Title))
	for _, s := range out {
		again := s.words <= length+1 && inCommon(s.stems, title) == len(s.stems)
		s.body = s.words >= minWords && (s.stops() || !anyStops) && !again
	}
	return out
}

// read notes what s says, in an article that it is from; matched are the places of matched words.
func (s *sentence) read(a *news.Article, matched []Span) {
	if s.long = utf8.RuneCountInString(s.Text) > maxQuote; s.long {
		start := s.Text[:min(len(s.Text), maxLong)]
		s.words, s.stems = len(words(start)), stems(start, a.Lang)
		return
	}
	ws := lowerWords(s.Text)
	said := stemmed(ws, a.Lang)
	s.words = len(ws)
	s.stems = distinct(said)
	s.facts = slices.DeleteFunc(quantities(s.Text), func(q quantity) bool { return worthOfCompany(s.Text, q) })
	s.matched = dealTerms(said)
	s.old = looksBack(s.Text, a.Published)
	s.changes = changes(said)
	s.guesses = slices.ContainsFunc(ws, func(w string) bool { return guessWords[w] })
	for _, m := range matched {
		s.addMatch(m, a.Lang)
	}
}

// addMatch notes what a rule has found at m, in bytes of the text: a name, or what a deal is about.
func (s *sentence) addMatch(m Span, lang string) {
	word := s.Text[m.Start:m.End]
	said := stemmed(lowerWords(word), lang)
	about := strings.Join(said, " ")
	first, _ := utf8.DecodeRuneInString(word)
	switch {
	case dealTerms(said) != nil:
		s.asked = append(s.asked, dealTerms(said)...)
	case unicode.IsUpper(first):
		s.names = append(s.names, about)
	default:
		s.matched = append(s.matched, about)
		s.asked = append(s.asked, about)
	}
}

// stems returns the distinct stems of text without stopwords, ascending.
func stems(text, lang string) []string { return distinct(stemmed(lowerWords(text), lang)) }

// lowerWords returns the words of text in lower case.
func lowerWords(text string) []string {
	spans := words(text)
	ws := make([]string, len(spans))
	for i, w := range spans {
		ws[i] = strings.ToLower(text[w.Start:w.End])
	}
	return ws
}

// stemmed returns the stems of words without stopwords, in order.
func stemmed(words []string, lang string) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		if !stopwords[w] {
			out = append(out, stem(w, lang))
		}
	}
	return out
}

// distinct returns the elements of a list, each once, ascending.
func distinct(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
