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
	token, dotted := strings.CutSuffix(before[strings.LastIndexFunc(before, unicode.IsSpace)+1:], ".")
	if !dotted {
		return true
	}
	return !abbreviates(strings.TrimLeft(token, openers), next) && !numbersItem(before)
}

// abbreviates reports whether the full stop after token is a part of it, given what comes next.
func abbreviates(token, next string) bool {
	lower := strings.ToLower(token)
	switch {
	case titles[lower]:
		return true
	case beforeNumber[lower]:
		return digit(next[0])
	case utf8.RuneCountInString(token) == 1 && strings.ToUpper(token) == token && !digit(token[0]):
		return true // an initial
	case companyForms[lower], initials(token):
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

// numbersItem reports whether before is nothing but the number of a list's item, "2.".
func numbersItem(before string) bool {
	return strings.Trim(before, " \t0123456789.") == ""
}

// titles are written before a name, so their full stop ends nothing.
var titles = set("mr mrs ms messrs dr prof sen rep reps gov gen col lt sgt capt st hon rev vs approx dept")

// beforeNumber are short for something that a number follows.
var beforeNumber = set("no nos fig art sec jan feb mar apr jun jul aug sep sept oct nov dec")

// companyForms may stand inside a sentence or at its end.
var companyForms = set("inc corp co cos ltd llc plc bros jr sr etc")

// sentenceStarts are words that begin sentences far more often than names.
var sentenceStarts = set("A After Also An Analysts And As At Before Both But By For From He Her His However I If In " +
	"Instead It Its Last Meanwhile Neither No Not On One Or She Since So Some That The Their Then There These They " +
	"This Those Though Under Until We What When Where While With Without Yet You")
