package story

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pactwatch/pactwatch/internal/news"
)

const (
	maxQuote      = 300 // characters of a sentence
	wordsAlone    = 60  // of a brief of one article
	wordsTogether = 80  // of a brief of several: they say more
	minWords      = 5   // of a sentence: less is a heading or a button's text
)

// How much a sentence counts. What needs no match was chosen on the dev parts of summ-allsides and
// summ-cnndm, where it reaches ROUGE-1 0.386 and 0.393 (go test -v -run Eval ./notify/story), the
// rest so that the brief of the seeds names what changed (-run Seeds).
const (
	leadDecay  = 0.7  // of a term's worth, from each sentence to the next
	titleWorth = 0.5  // of a term that a title has
	matchWorth = 4    // of a matched word that no sentence had yet
	changeTo   = 3    // times that, where the sentence says that something changes
	factWorth  = 1    // of a number that no sentence had yet
	termWorth  = 6    // of one beside a matched word: "a cap until 2030"
	background = 0.5  // of a sentence that looks back
	leaning    = 0.8  // of a sentence that needs the one before it
	unfinished = 0.7  // of a sentence that an excerpt cuts off
	beside     = 0.6  // of a sentence without a matched word, where others have one
	minNew     = 0.35 // of a sentence's worth must be new, or it repeats another outlet's
	minGain    = 0.1  // of the first sentence's gain: below, a further one is padding
)

// Brief returns what the articles of a story say, oldest first, as the headline and the sentences,
// verbatim, that carry the matched words, the numbers and what the outlets agree on, the most
// telling first. Matches are by the article's ID; without any, the words of deal terms take their
// place. A story of headlines only has no sentences; without articles the Brief is empty.
func Brief(articles []news.Article, matches map[string][]news.Match) news.Brief {
	worth := make(map[string]float64)
	var sentences []*sentence
	for i := range articles {
		own := sentencesOf(&articles[i], matches[articles[i].ID])
		for t, w := range worthIn(&articles[i], own) {
			worth[t] += w
		}
		sentences = append(sentences, own...)
	}
	if !anyMatched(sentences) {
		for _, s := range sentences {
			s.matched = dealWords.FindAllString(strings.ToLower(s.Text), -1)
		}
	}
	budget := wordsAlone
	if len(articles) > 1 {
		budget = wordsTogether
	}
	return news.Brief{Headline: headline(articles, worth), Sentences: pick(sentences, worth, budget)}
}

// dealWords find, in lower case, what deals are about.
var dealWords = regexp.MustCompile(`\b(?:exclusiv|revenue[ -]shar|licen[cs])|\b(?:agi|clauses?|stakes?|commitments?|gigawatts?|gw)\b`)

// anyMatched reports whether a sentence has a matched word.
func anyMatched(sentences []*sentence) bool {
	return slices.ContainsFunc(sentences, func(s *sentence) bool { return len(s.matched) > 0 })
}

// A sentence is one that may stand in a brief.
type sentence struct {
	news.Sentence
	order   int // in its article, from 0
	words   int
	phrases []string
	facts   []quantity
	matched []string // what the matched words say, as phrases
	factor  float64  // of its worth

	matchWorth, factWorth float64 // of each that is new
}

// sentencesOf returns the sentences of a that may stand in a brief.
func sentencesOf(a *news.Article, ms []news.Match) []*sentence {
	var out []*sentence
	for i, span := range Sentences(a.Text) {
		text := a.Text[span.Start:span.End]
		n := len(words(text))
		if n < minWords || utf8.RuneCountInString(text) > maxQuote || strings.EqualFold(text, a.Title) {
			continue
		}
		s := &sentence{
			Sentence: news.Sentence{Article: a.ID, Text: text},
			order:    i,
			words:    n,
			phrases:  phrases(text, a.Lang),
			facts:    quantities(text),
		}
		for _, m := range matched(ms, "text", span) {
			s.matched = append(s.matched, strings.Join(phrases(text[m.Start:m.End], a.Lang), " "))
		}
		out = append(out, s)
	}
	if slices.ContainsFunc(out, (*sentence).stops) {
		out = slices.DeleteFunc(out, func(s *sentence) bool { return !s.stops() }) // headings, captions
	}
	return out
}

// weigh sets what the wording of s does to its worth.
func (s *sentence) weigh() {
	s.factor, s.matchWorth, s.factWorth = 1, matchWorth, factWorth
	if len(s.matched) > 0 {
		s.factWorth = termWorth
	}
	if changes.MatchString(s.Text) {
		s.matchWorth *= changeTo
	}
	if looksBack.MatchString(s.Text) {
		s.factor *= background
	}
	if leans(s.Text) {
		s.factor *= leaning
	}
	if cutOff(s.Text) {
		s.factor *= unfinished
	}
}

// stops reports whether s ends with a full stop or the like.
func (s *sentence) stops() bool {
	return strings.ContainsRune(stops, lastRune(strings.TrimRight(s.Text, closers+" ")))
}

// cutOff reports whether an excerpt ends within text.
func cutOff(text string) bool {
	text = strings.TrimRight(text, closers+" ")
	return strings.HasSuffix(text, "..") || strings.HasSuffix(text, "…")
}

// looksBack finds words by which a sentence says that it tells of before.
var looksBack = regexp.MustCompile(`(?i)\b(?:previously|formerly|originally|earlier this year|last year|years ago|` +
	`under the (?:old|original|previous)|since (?:19|20)\d\d)\b`)

// changes finds words by which a sentence says that something is not as it was.
var changes = regexp.MustCompile(`(?i)\b(?:no longer|ends?|ended|ending|expire[sd]?|terminat\w+|dissol\w+|ceas\w+|stop(?:s|ped)?|scrap\w*|` +
	`remov\w+|delet\w+|drop(?:s|ped)?|cap(?:s|ped)?|limit(?:s|ed)|cut(?:s|ting)?|amend\w*|renegotiat\w+|restructur\w+|replac\w+|` +
	`extend\w*|expand\w*|rais(?:es|ed|ing)|sign(?:s|ed)|agree[sd]?|grant(?:s|ed)|acquir\w+|invest(?:s|ed)|announc\w+|launch\w*|` +
	`new (?:agreement|contract|deal|terms|arrangement))\b`)

// leans reports whether a sentence begins with a word that points at the one before it.
func leans(text string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(text, openers), " ")
	return leaners[strings.Trim(first, ",")]
}

var leaners = set("Additionally Also And Beyond But Furthermore He Her His However Instead It Its Meanwhile Moreover She Such That Their " +
	"These They This Those")

// phrases returns the distinct stems of text without stopwords, and the pairs of them that stand
// side by side.
func phrases(text, lang string) []string {
	var out []string
	before := ""
	for _, w := range words(text) {
		word := strings.ToLower(text[w.Start:w.End])
		if stopwords[word] {
			before = ""
			continue
		}
		word = stem(word, lang)
		out = append(out, word)
		if before != "" {
			out = append(out, before+" "+word)
		}
		before = word
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// worthIn returns what each phrase is worth in an article: more the earlier it comes and the more
// sentences repeat it.
func worthIn(a *news.Article, sentences []*sentence) map[string]float64 {
	worth := make(map[string]float64)
	for _, p := range phrases(a.Title, a.Lang) {
		worth[p] = titleWorth
	}
	seen := make(map[string]bool)
	for _, s := range sentences {
		for _, p := range s.phrases {
			if !seen[p] {
				seen[p] = true
				worth[p] += math.Pow(leadDecay, float64(s.order))
			}
		}
	}
	return worth
}

// pick chooses sentences, the one with the highest gain a word first, until the budget of words is
// spent or what is left says little that is new.
func pick(sentences []*sentence, worth map[string]float64, budget int) []news.Sentence {
	for _, s := range sentences {
		s.weigh()
	}
	c := coverage{
		worth:    worth,
		phrases:  make(map[string]bool),
		matched:  make(map[string]bool),
		anyMatch: anyMatched(sentences),
	}
	var out []news.Sentence
	first := 0.0
	for {
		var best *sentence
		gain := 0.0
		for _, s := range sentences {
			if g := c.gain(s); s.words <= budget && g > gain {
				best, gain = s, g
			}
		}
		if best == nil || gain < minGain*first {
			return out
		}
		first = max(first, gain)
		budget -= best.words
		c.add(best)
		out = append(out, best.Sentence)
	}
}

// A coverage is what the sentences chosen so far say.
type coverage struct {
	worth    map[string]float64
	phrases  map[string]bool
	matched  map[string]bool
	facts    []quantity
	anyMatch bool // in a sentence of the story
}

// gain returns what s would add, by the square root of its length: by the length itself, the
// shortest would always win. A sentence that mostly repeats adds nothing.
func (c *coverage) gain(s *sentence) float64 {
	var fresh, all float64
	for _, p := range s.phrases {
		all += c.worth[p]
		if !c.phrases[p] {
			fresh += c.worth[p]
		}
	}
	if fresh == 0 || fresh < minNew*all {
		return 0
	}
	for _, m := range s.matched {
		if !c.matched[m] {
			fresh += s.matchWorth
		}
	}
	for _, f := range s.facts {
		if !slices.ContainsFunc(c.facts, f.same) {
			fresh += s.factWorth
		}
	}
	if c.anyMatch && len(s.matched) == 0 {
		fresh *= beside
	}
	return fresh * s.factor / math.Sqrt(float64(s.words))
}

func (c *coverage) add(s *sentence) {
	for _, p := range s.phrases {
		c.phrases[p] = true
	}
	for _, m := range s.matched {
		c.matched[m] = true
	}
	c.facts = append(c.facts, s.facts...)
}

// headline returns the title that says most of what the outlets agree on, for its length; of two
// alike the earlier. Without a title it is "".
func headline(articles []news.Article, worth map[string]float64) string {
	best, most := "", -1.0
	for _, a := range articles {
		if a.Title == "" {
			continue
		}
		said := 0.0
		ps := phrases(a.Title, a.Lang)
		for _, p := range ps {
			said += worth[p]
		}
		said /= math.Sqrt(float64(len(ps) + 1))
		if strings.HasSuffix(a.Title, "?") || teaser.MatchString(a.Title) {
			said *= unfinished
		}
		if said > most {
			best, most = a.Title, said
		}
	}
	return best
}

// teaser finds a title that withholds what happened, or tells what someone thinks of it.
var teaser = regexp.MustCompile(`(?i)^(?:opinion|analysis|explainer|watch|live|why|how|what|here's|inside)\b|\bwhat (?:to|you need to) know\b`)
