package rule

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A token is a word of a text, or one character of a script that writes without spaces. Its
// number in the text is what distances are counted in.
type token struct {
	word     string // folded
	composed string // the same, with its diacritics: what a stemmer takes
	stem     string // folded; set by a text that knows its language
	from, to int32  // the word in the text, in bytes, without a possessive 's
	flags    tokenFlags
}

type tokenFlags uint8

const (
	capsToken   tokenFlags = 1 << iota // an acronym: capitals (AGI, AGIs) or dotted
	dottedToken                        // A.G.I.
	runToken                           // a character of a script without spaces
	gluedToken                         // the same, and nothing stands between it and the one before
	breakToken                         // a sentence or a paragraph ended before it
)

// tokenize returns the tokens of text. Whatever is no letter, digit or mark separates; so
// "revenue-sharing" is two, "OpenAI's" one, and "A.G.I." one: the word agi.
func tokenize(text string) []token {
	s := &scanner{text: text}
	for s.pos < len(text) {
		r, size := utf8.DecodeRuneInString(text[s.pos:])
		switch {
		case !isWord(r):
			s.separator(r)
			s.pos += size
		case isRun(r):
			s.character()
		case !s.dotted():
			s.word()
		}
	}
	return s.tokens
}

// tokenStarts reports whether text starts with a token.
func tokenStarts(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return isWord(r)
}

// A scanner walks once over a text.
type scanner struct {
	text   string
	pos    int
	tokens []token

	gap      bool // something visible stood since the last token
	stop     bool // a full stop or its like
	space    bool // white space since then
	newlines int
}

func (s *scanner) separator(r rune) {
	switch {
	case r == '\n':
		s.newlines++
		s.space = true
	case unicode.IsSpace(r):
		s.space = true
	case r == '.' && s.abbreviated(), ignorable(r):
	case r == '.', r == '!', r == '?', r == '…':
		s.stop, s.space = true, false
	}
	s.gap = s.gap || !ignorable(r)
}

// abbreviated reports whether the last token is so short that a full stop behind it may well mark
// an abbreviation: "Corp.", "v.", "No.".
func (s *scanner) abbreviated() bool {
	const short = 4
	n := len(s.tokens)
	return n > 0 && len(s.tokens[n-1].word) <= short
}

// emit adds the token at text[s.pos:end] whose word is raw, and moves on to end.
func (s *scanner) emit(raw string, end int, flags tokenFlags) {
	t := token{from: int32(s.pos), to: int32(end), flags: flags}
	t.word, t.composed = foldWord(raw)
	first, _ := utf8.DecodeRuneInString(raw)
	if s.newlines > 1 || s.stop && s.space && !unicode.IsLower(first) {
		t.flags |= breakToken
	}
	if flags&runToken != 0 && !s.gap && len(s.tokens) > 0 {
		t.flags |= gluedToken
	}
	s.pos = end
	s.gap, s.stop, s.space, s.newlines = false, false, false, 0
	if t.word != "" { // else it was nothing but a modifier of what is not there
		s.tokens = append(s.tokens, t)
	}
}

// character emits one character of a script without spaces, with the marks that belong to it.
func (s *scanner) character() {
	rest := s.text[s.pos:]
	n := max(1, norm.NFKC.NextBoundaryInString(rest, true))
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		if !unicode.IsMark(r) {
			break
		}
		n += size
	}
	s.emit(rest[:n], s.pos+n, runToken)
}

// dotted emits letters with full stops between them, of which there are at least two, and
// reports whether there were.
func (s *scanner) dotted() bool {
	var letters strings.Builder
	n, end := 0, s.pos
	for at := s.pos; ; {
		r, size := utf8.DecodeRuneInString(s.text[at:])
		next, _ := utf8.DecodeRuneInString(s.text[at+size:])
		if !unicode.IsLetter(r) || !isWord(r) || isRun(r) || isWord(next) || unicode.IsMark(next) {
			break
		}
		letters.WriteRune(r)
		n++
		if end = at + size; next != '.' {
			break
		}
		end++
		at = end
	}
	if n < 2 {
		return false
	}
	s.emit(letters.String(), end, capsToken|dottedToken)
	s.possessive()
	return true
}

// word emits a run of letters, digits and marks, and drops the possessive after it.
func (s *scanner) word() {
	end, upper, letters := s.pos, 0, 0
	var last rune
	for i, r := range s.text[s.pos:] {
		if ignorable(r) {
			continue // the word ends before it unless more follows
		}
		if i > 0 && (isRun(r) || !isWord(r) && !unicode.IsMark(r)) {
			break
		}
		end = s.pos + i + utf8.RuneLen(r)
		last = r
		if unicode.IsUpper(r) {
			upper++
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	raw := s.text[s.pos:end]
	switch {
	case upper >= 2 && upper == letters:
		s.emit(raw, end, capsToken)
	case upper >= 2 && upper+1 == letters && last == 's': // GPUs: the word gpu, by its stem gpus
		s.emit(raw[:len(raw)-1], end, capsToken)
		s.tokens[len(s.tokens)-1].composed += "s"
	default:
		s.emit(raw, end, 0)
	}
	s.possessive()
}

// possessive skips an apostrophe and s, if these are all that follows.
func (s *scanner) possessive() {
	r, size := utf8.DecodeRuneInString(s.text[s.pos:])
	rest := s.text[s.pos+size:]
	if !isApostrophe(r) || rest == "" || rest[0] != 's' && rest[0] != 'S' {
		return
	}
	if next, _ := utf8.DecodeRuneInString(rest[1:]); !isWord(next) && !unicode.IsMark(next) {
		s.pos += size + 1
		s.gap = true
	}
}
