package story

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A term is a word stem or a number, by its hash, with what it weighs in an article or a story.
type term struct {
	hash   uint32
	weight uint16 // in 64ths, so that a story of 100,000 takes little room
	leads  uint8  // in how many articles it is in the lead, 255 at most
	kind   uint8  // bits: aName, aNumber
}

const (
	aName = 1 << iota
	aNumber
)

func byHash(s, t term) int {
	switch {
	case s.hash < t.hash:
		return -1
	case s.hash > t.hash:
		return 1
	}
	return 0
}

const (
	// maxWords of a text count for its terms: the event stands at its head.
	maxWords = 400

	// The lead is the title, or the first words of a text that has none.
	leadWords = 15

	// A title's word counts as so many of the text, a name as so many other words.
	titleWeight = 1.75
	nameWeight  = 1.3

	// Where all words have capitals, as in many titles, a name is what at most so many articles have.
	nameShare = 0.002

	maxPairs = 200 // words of a text that count for its pairs
)

// terms returns the terms of an article, ascending, and its pairs: the hashes of every two terms in a
// row, ascending.
func terms(a *news.Article) (ts []term, pairs []uint32) {
	seen := make(counts)
	pairs = seen.add(a.Title, a.Lang, titleWeight, maxWords)
	lead := 0
	if len(seen) == 0 {
		lead = leadWords
	}
	pairs = append(pairs, seen.add(a.Text, a.Lang, 1, lead)...)
	ts = make([]term, 0, len(seen))
	for h, c := range seen {
		w := 1 + math.Log(c.weight)
		if c.kind&aName != 0 {
			w *= nameWeight
		}
		t := term{hash: h, weight: uint16(math.Round(64 * w)), kind: c.kind}
		if c.lead {
			t.leads = 1
		}
		ts = append(ts, t)
	}
	slices.SortFunc(ts, byHash)
	slices.Sort(pairs)
	return ts, slices.Clip(slices.Compact(pairs))
}

// counts is how often the terms of an article occur, by their hashes.
type counts map[uint32]count

type count struct {
	weight float64
	kind   uint8
	lead   bool
}

// add counts the terms of the head of text, each as weight, and returns its pairs. Its first words,
// so many, are the lead.
func (c counts) add(text, lang string, weight float64, lead int) (pairs []uint32) {
	ws := words(text)
	ws = ws[:min(len(ws), maxWords)]
	headings := mostlyCapitals(text, ws)
	last := ""
	for i, w := range ws {
		key := termOf(text, ws, i, lang)
		if last != "" && key != "" && i < maxPairs {
			pairs = append(pairs, uint32(hash(last+" "+key)))
		}
		if last = key; key == "" {
			continue
		}
		h := uint32(hash(key))
		t := c[h]
		t.weight += weight
		t.lead = t.lead || i < lead
		switch {
		case digit(key[0]):
			t.kind |= aNumber
		case headings && capital(text[w.Start:]) && shareOf(h) <= nameShare, !headings && isName(text, w):
			t.kind |= aName
		}
		c[h] = t
	}
	return pairs
}

func capital(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// Terms returns the distinct terms of text, as they first occur. It is nil if there are none.
func Terms(text, lang string) []string {
	var ts []string
	seen := make(map[string]bool)
	ws := words(text)
	for i := range ws {
		if t := termOf(text, ws, i, lang); t != "" && !seen[t] {
			seen[t] = true
			ts = append(ts, t)
		}
	}
	return ts
}

// wordFor returns for each term of an article a word of it, to say why.
func wordFor(a *news.Article) map[uint32]string {
	texts := make(map[uint32]string)
	for _, text := range []string{a.Text, a.Title} {
		ws := words(text)
		for i, w := range ws {
			if t := termOf(text, ws, i, a.Lang); t != "" {
				texts[uint32(hash(t))] = text[w.Start:w.End]
			}
		}
	}
	return texts
}

// termOf returns the term that the word ws[i] of text stands for: its stem, a number with its scale
// ("50b"), or, in a script without spaces, it and the character after it. It is "" for a word that
// says nothing.
func termOf(text string, ws []Span, i int, lang string) string {
	w := text[ws[i].Start:ws[i].End]
	next := ""
	if i+1 < len(ws) {
		next = text[ws[i+1].Start:ws[i+1].End]
	}
	first, size := utf8.DecodeRuneInString(w)
	switch {
	case spaceless(first):
		if r, _ := utf8.DecodeRuneInString(next); spaceless(r) && ws[i].End == ws[i+1].Start {
			return w + next
		}
		return ""
	case unicode.IsDigit(first):
		n := strings.ToLower(strings.ReplaceAll(w, ",", ""))
		switch strings.ToLower(next) {
		case "billion", "bn":
			return n + "b"
		case "million", "mn":
			return n + "m"
		}
		return n
	case size == len(w):
		return ""
	}
	w = strings.ToLower(w)
	if stopwords[w] {
		return ""
	}
	return stem(w, lang)
}

// isName reports whether the word at w has a capital that its place does not explain.
func isName(text string, w Span) bool {
	first, size := utf8.DecodeRuneInString(text[w.Start:w.End])
	if strings.ContainsFunc(text[w.Start+size:w.End], unicode.IsUpper) {
		return true // OpenAI, iPhone, AWS
	}
	before := strings.TrimRight(text[:w.Start], " "+openers)
	return unicode.IsUpper(first) && before != "" && !strings.ContainsRune(stops+":\n", lastRune(before))
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// mostlyCapitals reports whether most words of text have a capital, as in many outlets' titles.
func mostlyCapitals(text string, ws []Span) bool {
	capital, all := 0, 0
	for _, w := range ws {
		if w.End-w.Start < 4 {
			continue // also in titles "of" and "and" are small
		}
		all++
		if r, _ := utf8.DecodeRuneInString(text[w.Start:]); unicode.IsUpper(r) {
			capital++
		}
	}
	return 10*capital >= 7*all
}
