package story

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Span is a run of bytes of a text, End not included.
type Span struct{ Start, End int }

// Sentences returns the sentences of text in order, without the white space around them. Between
// two of them stands nothing but white space. A line end ends a sentence too: headings and bullets
// carry no full stop. A text of white space has none.
func Sentences(text string) []Span {
	var spans []Span
	for start := 0; start < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i
		}
		spans = lineSentences(spans, text, start, end)
		start = end + 1
	}
	return spans
}

// lineSentences appends the sentences of the line text[start:end].
func lineSentences(spans []Span, text string, start, end int) []Span {
	from := start
	for i := start; i < end; {
		r, n := utf8.DecodeRuneInString(text[i:end])
		if r == bullet { // a list that has lost its lines
			spans = appendTrimmed(spans, text, from, i)
			from = i
		}
		i += n
		if !strings.ContainsRune(stops, r) {
			continue
		}
		i += runLength(text[i:end], stops+closers)
		if strings.ContainsRune(fullWidthStops, r) || endsHere(text[from:i], text[i:end]) {
			spans = appendTrimmed(spans, text, from, i)
			from = i
		}
	}
	return appendTrimmed(spans, text, from, end)
}

const (
	fullWidthStops = "。！？｡"
	stops          = ".!?…" + fullWidthStops
	closers        = `"'”’»)]」』）】`
	openers        = `"'“‘«([「『（【-–—•*`
	bullet         = '•'
)

// runLength returns how many bytes at the start of s are runes of set.
func runLength(s, set string) int {
	return len(s) - len(strings.TrimLeft(s, set))
}

func appendTrimmed(spans []Span, text string, start, end int) []Span {
	s := strings.TrimLeftFunc(text[start:end], unicode.IsSpace)
	start = end - len(s)
	end = start + len(strings.TrimRightFunc(s, unicode.IsSpace))
	if start == end {
		return spans
	}
	return append(spans, Span{start, end})
}

// endsHere reports whether a sentence ends between before, which has come to a stop, and after.
func endsHere(before, after string) bool {
	next := strings.TrimLeft(strings.TrimLeftFunc(after, unicode.IsSpace), openers)
	if next == "" {
		return true
	}
	if r, _ := utf8.DecodeRuneInString(after); !unicode.IsSpace(r) {
		return false // 1.5, example.org, Inc.'s
	}
	r, _ := utf8.DecodeRuneInString(next)
	if unicode.IsLower(r) {
		return false // "Why now?" she asked.
	}
	space := strings.LastIndexFunc(before, unicode.IsSpace)
	token, dotted := strings.CutSuffix(before[space+1:], ".")
	if !dotted {
		first, _, _ := strings.Cut(next, ".")
		return !shortForms[strings.ToLower(first)] // Yahoo! Inc.
	}
	return !abbreviates(strings.TrimLeft(token, openers), next) && !numbersItem(before) &&
		!ordinal(before[:max(0, space)], token)
}

// ordinal reports whether a full stop makes token an ordinal number, as in German "am 5. Mai", given
// the text before it.
func ordinal(before, token string) bool {
	if len(token) > 2 || strings.Trim(token, "0123456789") != "" {
		return false
	}
	word := before[strings.LastIndexFunc(before, unicode.IsSpace)+1:]
	return beforeOrdinal[strings.ToLower(word)] && !strings.HasSuffix(before, "I am")
}

// beforeOrdinal are German words that stand before an ordinal and are no English ones there.
var beforeOrdinal = set("am im vom zum zur beim bis seit der den dem des das")

// abbreviates reports whether the full stop after token is a part of it, given what comes next.
func abbreviates(token, next string) bool {
	lower := strings.ToLower(token)
	switch {
	case titles[lower]:
		return true
	case beforeNumber[lower]:
		return digit(next[0])
	case shortForms[lower], initials(token), utf8.RuneCountInString(token) == 1 && !digit(token[0]):
		// "Fabrikam Inc. The deal": only a word that seldom starts a name tells the two apart.
		first, _, _ := strings.Cut(next, " ")
		return !sentenceStarts[first]
	}
	return false
}

// initials reports whether token is letters with points between: "U.S", "p.m", "Ph.D".
func initials(token string) bool {
	parts := strings.Split(token, ".")
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(p string) bool {
		return p == "" || len(p) > 2 || digit(p[0])
	})
}

// maxItem is the length of the longest number of an item, in bytes: "12.3.1."
const maxItem = 8

// numbersItem reports whether before is nothing but the number of a list's item, "2.".
func numbersItem(before string) bool {
	return len(before) <= maxItem && strings.Trim(before, " \t0123456789.") == ""
}

// titles are written before a name, so their full stop ends nothing.
var titles = set("mr mrs ms messrs dr prof sen rep reps gov gen col lt sgt capt st mt hon rev vs cf approx dept mme mlle")

// beforeNumber are short for something that a number follows.
var beforeNumber = set("no nos nr fig art sec abs vol ca est jan feb mar apr jun jul aug sep sept oct nov dec")

// shortForms may stand inside a sentence or at its end.
var shortForms = set("inc corp co cos ltd llc plc bros jr sr etc al mio mrd tsd")

// sentenceStarts are words that begin sentences far more often than names.
var sentenceStarts = set("A After Also An Analysts And As At Before Both But By For From He Her His However I If In " +
	"Instead It Its Last Meanwhile Neither No Not On One Or She Since So Some That The Their Then There These They " +
	"This Those Though Under Until We What When Where While With Without Yet You " +
	"Auch Aus Bei Da Damit Danach Das Der Die Doch Ein Eine Er Es Für Im Mit Nach Sie So Und Von Wie Wir")
