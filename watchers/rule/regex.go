package rule

import (
	"bytes"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// compileRegex compiles a regular expression for folded text: letters in it stand for either
// case, with or without accents. It returns how that is built as well.
func compileRegex(text string) (*regexp.Regexp, *syntax.Regexp, error) {
	built, err := syntax.Parse(text, syntax.Perl|syntax.FoldCase)
	if err != nil {
		return nil, nil, err
	}
	foldLiterals(built)
	re, err := regexp.Compile(built.String())
	return re, built, err
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
type regex struct {
	*regexp.Regexp
	literals []need // one of which every text has that it is found in; empty if not known
}

// regex returns the matcher of a regular expression.
func (c *compiler) regex(text string) (matcher, error) {
	re, built, err := compileRegex(text)
	if err != nil {
		return nil, err
	}
	m := regex{Regexp: re}
	for _, s := range required(built) {
		m.literals = append(m.literals, need{c.part.dict.id(atom{kind: literal, word: s}), none, 0})
	}
	return m, nil
}

func (m regex) match(d *doc, fields fieldSet) (ok bool) {
	for st := range d.in(fields) {
		text := st.fold()
		var hits []hit
		for _, at := range m.FindAllIndex(text.text, maxEvidence) {
			if at[0] < at[1] {
				from, to := text.original(at[0], at[1])
				hits = append(hits, hit{from: from, to: to})
			}
		}
		d.show(st, hits)
		ok = ok || len(hits) > 0
	}
	return ok
}

func (m regex) needs(*dict) ([]need, bool) { return m.literals, len(m.literals) > 0 }

// A folded is a text as regular expressions see it.
type folded struct {
	text     []byte
	segments []segment // ascending; together they are the whole text
}

// A segment is a part of a text that is folded by itself: a smallest part, or a run of ASCII in
// which byte stands for byte.
type segment struct {
	at       int32 // where it starts in the folded text
	from, to int32 // where it is in the original
	run      bool
}

// original returns where text[from:to] is in the original.
func (f *folded) original(from, to int) (int32, int32) {
	first, last := f.segment(from), f.segment(to-1)
	start, end := first.from, last.to
	if first.run {
		start += int32(from) - first.at
	}
	if last.run {
		end = last.from + int32(to) - last.at
	}
	return start, end
}

// segment returns the segment with byte i of the folded text.
func (f *folded) segment(i int) segment {
	n, ok := slices.BinarySearchFunc(f.segments, int32(i), func(s segment, i int32) int { return int(s.at - i) })
	if !ok {
		n--
	}
	return f.segments[n]
}

// fold returns st in lower case and without diacritics, with plain quotes and hyphens and single
// spaces.
func (st *stream) fold() *folded {
	if !st.isFolded {
		st.isFolded = true
		st.folded.read(st.text)
	}
	return &st.folded
}

// read makes f the folded text, in the memory of the one before.
func (f *folded) read(text string) {
	f.text, f.segments = f.text[:0], f.segments[:0]
	for from := 0; from < len(text); {
		at := int32(len(f.text))
		if n := asciiRun(text[from:], f.text); n > 0 {
			f.segments = append(f.segments, segment{at, int32(from), int32(from + n), true})
			f.text = appendLower(f.text, text[from:from+n])
			from += n
			continue
		}
		n := max(1, norm.NFKC.NextBoundaryInString(text[from:], true))
		if s := foldSegment(text[from : from+n]); s != "" && !(s == " " && bytes.HasSuffix(f.text, []byte(" "))) {
			f.segments = append(f.segments, segment{at, int32(from), int32(from + n), false})
			f.text = append(f.text, s...)
		}
		from += n
	}
}

// asciiRun returns how many bytes text begins with, after folded ones, that fold byte for byte.
func asciiRun(text string, folded []byte) (n int) {
	spaced := bytes.HasSuffix(folded, []byte(" "))
	for n < len(text) && text[n] > ' ' && text[n] != '`' && text[n] < utf8.RuneSelf || n < len(text) && text[n] == ' ' && !spaced {
		spaced = text[n] == ' '
		n++
	}
	if n > 0 && n < len(text) && text[n] >= utf8.RuneSelf {
		n-- // what follows may be a mark on it
	}
	return n
}

func appendLower(b []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return b
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
