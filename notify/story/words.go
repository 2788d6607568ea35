package story

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/spanish"
)

// words returns where the words of text are, in order. A word is a run of letters or digits; a
// number keeps the points and commas inside it, "1,200" or "2.75". Where a script writes without
// spaces, every character is a word.
func words(text string) []Span {
	ws := make([]Span, 0, len(text)/6)
	start := -1
	for i, r := range text {
		part := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		switch {
		case part && !spaceless(r):
			if start < 0 {
				start = i
			}
			continue
		case start >= 0 && insideNumber(text, i):
			continue
		case start >= 0:
			ws = append(ws, Span{start, i})
			start = -1
		}
		if part {
			ws = append(ws, Span{i, i + utf8.RuneLen(r)})
		}
	}
	if start >= 0 {
		ws = append(ws, Span{start, len(text)})
	}
	return ws
}

// insideNumber reports whether a point or a comma stands at i, between digits.
func insideNumber(text string, i int) bool {
	return (text[i] == '.' || text[i] == ',') && i > 0 && i+1 < len(text) && digit(text[i-1]) && digit(text[i+1])
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

// spaceless reports whether r is of a script that writes without spaces between words.
func spaceless(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// stem returns the Snowball stem of a word in lower case. Without a language it is taken for
// English; in a language that has no stemmer here, and with a digit in it, a word is its own stem.
func stem(word, lang string) string {
	if lang == "" {
		lang = "en"
	}
	f, ok := stemmers[lang]
	if !ok || strings.ContainsAny(word, "0123456789") {
		return word
	}
	env := snowballstem.NewEnv(word)
	f(env)
	return env.Current()
}

var stemmers = map[string]func(*snowballstem.Env) bool{
	"de": german.Stem,
	"en": english.Stem,
	"es": spanish.Stem,
	"fr": french.Stem,
	"it": italian.Stem,
	"pt": portuguese.Stem,
}

// set returns the words of list, which are separated by white space.
func set(list string) map[string]bool {
	words := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		words[w] = true
	}
	return words
}

// stopwords say nothing about an event: the function words of English, the days, and the verbs and
// the nouns by which news speaks of itself. Those of other languages the index learns as common.
var stopwords = set(`
a about above after again against all also although always am amid among an and another any are
around as at away back be became because become been before behind being below between both but by
came can could day days did do does doing done down during each either else even ever every few first
for former from further get gets getting give go goes going gone got had has have having he her here
hers him his how however i if in including instead into is it its itself just last late later latest
least less let like ll made make makes making many may me might more most much must my near need never
new next no nor not now of off often old on once one only onto or other others our out over own part
per perhaps put rather re really s said same say saying says second see seen set several she should
since so some something soon still such t take takes taking than that the their them themselves then
there these they thing things third this those though three through throughout thus time times to
today together told too took toward towards two under until up upon us use used using ve very via was
way we week weeks well went were what when where whether which while who whom whose why will with
within without won would year years yesterday yet you your
according report reported reports reportedly news monday tuesday wednesday thursday friday saturday
sunday mr mrs ms pm com www http https`)
