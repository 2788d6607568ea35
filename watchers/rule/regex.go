package rule

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/pactwatch/pactwatch/internal/news"
)

// compileRegex compiles a regular expression for folded text: letters in it stand for either
// case, with or without accents.
func compileRegex(text string) (*regexp.Regexp, error) {
	re, err := syntax.Parse(text, syntax.Perl|syntax.FoldCase)
	if err != nil {
		return nil, err
	}
	foldLiterals(re)
	return regexp.Compile(re.String())
}

func foldLiterals(re *syntax.Regexp) {
	if re.Op == syntax.OpLiteral {
		re.Rune = []rune(bare(norm.NFC.String(strings.ToLower(string(re.Rune)))))
	}
	for _, sub := range re.Sub {
		foldLiterals(sub)
	}
}

// A regex holds where its expression is found in the folded text of a field.
type regex struct{ *regexp.Regexp }

func (m regex) match(d *doc, fields []string) (ok bool) {
	for _, f := range fields {
		text := d.folded(f)
		var hits []hit
		for _, at := range m.FindAllStringIndex(text.text, maxEvidence) {
			if at[0] < at[1] {
				from, to := text.original(at[0], at[1])
				hits = append(hits, hit{from: from, to: to})
			}
		}
		for _, h := range hits {
			d.spans = append(d.spans, news.Span{Field: f, Start: int(h.from), End: int(h.to), Text: d.a.Field(f)[h.from:h.to]})
		}
		ok = ok || len(hits) > 0
	}
	return ok
}

func (m regex) gate(*dict) ([]atomID, bool) { return nil, false }

// A folded is a text as regular expressions see it.
type folded struct {
	text     string
	segments []segment // ascending; together they are the whole text
}

// A segment is a smallest part of a text that is folded by itself.
type segment struct {
	at       int32 // where it starts in the folded text
	from, to int32 // where it is in the original
}

// original returns where text[from:to] is in the original.
func (f *folded) original(from, to int) (int32, int32) {
	return f.segment(from).from, f.segment(to - 1).to
}

// segment returns the segment with byte i of the folded text.
func (f *folded) segment(i int) segment {
	n, ok := slices.BinarySearchFunc(f.segments, int32(i), func(s segment, i int32) int { return int(s.at - i) })
	if !ok {
		n--
	}
	return f.segments[n]
}

// folded returns a field in lower case and without diacritics, with plain quotes and hyphens and
// single spaces.
func (d *doc) folded(field string) *folded {
	if f, ok := d.regexes[field]; ok {
		return f
	}
	if d.regexes == nil {
		d.regexes = map[string]*folded{}
	}
	f := fold(d.a.Field(field))
	d.regexes[field] = f
	return f
}

func fold(text string) *folded {
	f := &folded{}
	var b strings.Builder
	for from := 0; from < len(text); {
		n := max(1, norm.NFKC.NextBoundaryInString(text[from:], true))
		if s := foldSegment(text[from : from+n]); s != "" && !(s == " " && strings.HasSuffix(b.String(), " ")) {
			f.segments = append(f.segments, segment{int32(b.Len()), int32(from), int32(from + n)})
			b.WriteString(s)
		}
		from += n
	}
	f.text = b.String()
	return f
}

func foldSegment(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case size < len(s), isWord(r):
	case unicode.IsSpace(r):
		return " "
	case isApostrophe(r):
		return "'"
	case strings.ContainsRune(doubleQuotes, r):
		return `"`
	case unicode.Is(unicode.Pd, r), r == '−':
		return "-"
	}
	word, _ := foldWord(s)
	return word
}
