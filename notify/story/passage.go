package story

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxQuote   = 300 // characters of a sentence
	maxPassage = 3   // sentences
	minSpoken  = 5   // words within quotations: less is a name or a figure of speech
	minOwn     = 4   // words beside a quotation: less does not say who speaks
)

// A passage is a run of sentences of one article that can be read without the rest.
type passage struct {
	sentences []*sentence
	report    []*sentence // the whole article's
	from, to  int         // in it, to not included
	words     int
}

func (p *passage) overlaps(q *passage) bool {
	return &p.report[0] == &q.report[0] && p.from < q.to && q.from < p.to
}

// changes reports whether p says that something is not as it was.
func (p *passage) changes() bool {
	return slices.ContainsFunc(p.sentences, func(s *sentence) bool { return s.changes && !s.old })
}

// passagesOf returns for each sentence of the reports that may stand in a brief the shortest passage
// that it is in. One that cannot be read without more than its neighbours is in none, nor is one that
// says nothing.
func passagesOf(reports [][]*sentence, may func(s *sentence) bool) []*passage {
	var out []*passage
	for _, r := range reports {
		last := &passage{}
		for i, s := range r {
			if !may(s) || isFiller(s.Text) {
				continue
			}
			if p := enclose(r, i); p != nil && (p.from != last.from || p.to != last.to) {
				out = append(out, p)
				last = p
			}
		}
	}
	return out
}

// enclose returns the shortest passage that sentence i is in, or nil.
func enclose(report []*sentence, i int) *passage {
	p := &passage{report: report, from: i, to: i + 1}
	for {
		switch {
		case needsBefore(report, p.from):
			if p.from == 0 || !report[p.from-1].leadsTo(report[p.from]) {
				return nil
			}
			p.from--
		case needsAfter(report, p.to-1):
			p.to++
		default:
			p.sentences = report[p.from:p.to]
			for _, s := range p.sentences {
				p.words += s.words
				if s.long {
					return nil
				}
			}
			return p
		}
		if p.to > len(report) || p.to-p.from > maxPassage {
			return nil
		}
	}
}

// needsBefore reports whether sentence i cannot be read without the one before it: its first word
// points there, or a quotation or the name of its speaker stands there.
func needsBefore(report []*sentence, i int) bool {
	s := report[i]
	switch {
	case s.begun, leans(s.Text), s.quotes() && pronounSpeaks.MatchString(s.own):
		return true
	}
	return s.speakerless() && !needsAfter(report, i)
}

// leadsTo reports whether s, which stands before next, is what next needs: a sentence and no heading,
// and the speaker's where one is missing.
func (s *sentence) leadsTo(next *sentence) bool {
	if strings.HasSuffix(s.Text, ":") {
		return true
	}
	return s.stops() && (next.begun || !next.speakerless() || speaks.MatchString(s.own))
}

// needsAfter reports whether sentence i cannot be read without the one after it: a quotation goes on
// there, or who speaks is said there.
func needsAfter(report []*sentence, i int) bool {
	s := report[i]
	if s.open || strings.HasSuffix(s.Text, ":") {
		return true
	}
	if !s.speakerless() || i+1 == len(report) {
		return false
	}
	next := report[i+1]
	return namesSpeaker.MatchString(next.Text) ||
		next.spoken == 0 && speaks.MatchString(next.own) && (i == 0 || !report[i-1].leadsTo(s))
}

// quotes reports whether s quotes what someone said.
func (s *sentence) quotes() bool { return s.spoken >= minSpoken }

// speakerless reports whether s is what someone said, without a word on who it was.
func (s *sentence) speakerless() bool {
	return s.quotes() && len(words(s.own)) < minOwn && !speaks.MatchString(s.own)
}

const speaking = `(?:said|says|told|tells|added|adds|wrote|writes|argued|argues|stated|noted|notes|announced|asked|` +
	`replied|explained|explains|called|warned|warns|insisted|declared|commented|continued|posted|tweeted)\b`

var (
	speaks        = regexp.MustCompile(`(?i)\b` + speaking + `|\baccording to\b`)
	pronounSpeaks = regexp.MustCompile(`(?i)\b(?:he|she|they|it) ` + speaking + `|\b` + speaking + ` (?:he|she|they)\b|\baccording to (?:him|her|them)\b`)
	namesSpeaker  = regexp.MustCompile(`^(?:[\p{Lu}][\p{L}.'’-]*,? ){0,4}(?:[^.,“"]{1,60}, )?` + speaking)
)

// leans reports whether a sentence begins with a word that points at the one before it.
func leans(text string) bool {
	text = strings.TrimLeft(text, openers+" ")
	if m := connective.FindString(text); m != "" {
		text = text[len(m):]
	}
	return leaning.MatchString(text) && !thisWeek.MatchString(text) || leaningAbroad.MatchString(text) || introduced.MatchString(text)
}

// connective is what may stand before the word that points back. By itself it needs nothing: "But
// Contoso keeps its licence."
var connective = regexp.MustCompile(`^(?:Additionally|Also|And|But|Furthermore|However|Meanwhile|Moreover|Still|Then|Yet),? `)

// leaning finds a pronoun, or a noun that stands for a name, at the start. "The two companies" is none:
// a card's headline names those.
var leaning = regexp.MustCompile(`^(?i:he|she|it|it's|they|his|her|its|their|these|those|such|instead|` +
	`(?:this|that)(?:'s)?|the (?:company|firm|group|start-?up|lab|maker|executive|former|latter|spokes\w+|pair|duo|move|decision|change|announcement))\b`)

// thisWeek finds a time that points at the day of the report.
var thisWeek = regexp.MustCompile(`^(?i:this (?:past )?(?:morning|afternoon|evening|week|weekend|month|quarter|spring|summer|autumn|fall|winter|year))\b`)

// leaningAbroad finds the like in German, French, Spanish, Chinese and Japanese, as far as no English
// name begins so.
var leaningAbroad = regexp.MustCompile(`^(?:(?:Er|Sie|Es|Dies|Diese[mnrs]?|Damit|Dadurch|Das Unternehmen|Il|Ils|Elles|Cela|Cette|Ces|` +
	`L['’]entreprise|Ella|Esto|Esta|Estos) |[这這他她它该該其此]|これ|それ|この|その|同社|彼)`)

// introduced finds a pronoun behind what leads up to it, where that names nobody: "In a letter on Monday, she".
var introduced = regexp.MustCompile(`^\p{Lu}[^\p{Lu},]{0,60}(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day[^\p{Lu},]{0,20})?, (?:he|she|they|it)\b`)

// A quotation is where a reader of sentences stands: inside of one, or not.
type quotation struct{ open bool }

// read returns what of a sentence stands outside of quotations and how many words stand inside.
func (q *quotation) read(text string) (own string, spoken int) {
	var outside, inside strings.Builder
	for i := 0; i < len(text); {
		size := q.mark(text, i)
		if size > 0 {
			q.open = !q.open
			outside.WriteByte(' ')
			inside.WriteByte(' ')
			i += size
			continue
		}
		_, size = utf8.DecodeRuneInString(text[i:])
		if q.open {
			inside.WriteString(text[i : i+size])
		} else {
			outside.WriteString(text[i : i+size])
		}
		i += size
	}
	return strings.TrimSpace(outside.String()), len(words(inside.String()))
}

// mark returns the length of the quotation mark at i if it opens or ends a quotation there, else 0.
func (q *quotation) mark(text string, i int) int {
	if pair := text[i:min(i+2, len(text))]; pair == "``" || pair == "''" && q.open {
		return 2
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	switch r {
	case '"':
		after, _ := utf8.DecodeRuneInString(text[i+size:])
		if !q.open && (i+size == len(text) || unicode.IsSpace(after)) {
			return 0 // inches, or the end of what began elsewhere
		}
		return size
	case '“', '„', '«', '»', '「', '『':
		return size
	case '”', '」', '』':
		if q.open {
			return size
		}
	}
	return 0
}
