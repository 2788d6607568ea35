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
	*form
	from, to int32      // the word in the text, in bytes, without a possessive 's
	flags    tokenFlags // of its form and of its place
}

type tokenFlags uint8

const (
	capsToken   tokenFlags = 1 << iota // an acronym: capitals (AGI, AGIs) or dotted
	dottedToken                        // A.G.I.
	runToken                           // a character of a script without spaces
	gluedToken                         // the same, and nothing stands between it and the one before
	breakToken                         // a sentence or a paragraph ended before it
	noToken                            // nothing but a modifier of what is not there
)

// tokenize returns the tokens of a short text, such as a rule's, in no language. Whatever is no
// letter, digit or mark separates; so "revenue-sharing" is two, "OpenAI's" one, and "A.G.I." one:
// the word agi.
func tokenize(text string) []token {
	s := &scanner{text: text}
	s.scan()
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
	words  *lexicon // that knows the forms; nil: they are made anew, in no language
	lang   *language
	pos    int
	tokens []token
	since  gap
}

// A gap is what stood since the last token.
type gap struct {
	visible  bool // something
	stop     bool // a full stop or its like
	space    bool // white space since then
	newlines int32
}

// scan reads the tokens of s.text into s.tokens. ASCII is read byte by byte, since most text is.
func (s *scanner) scan() {
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch {
		case c == ' ':
			s.since.space, s.since.visible = true, true
			s.pos++
		case c >= utf8.RuneSelf:
			s.beyond()
		case wordBytes[c]:
			s.plainWord()
		default:
			s.separator(rune(c))
			s.pos++
		}
	}
}

// wordBytes are the ASCII letters and digits.
var wordBytes = func() (table [256]bool) {
	for c := range utf8.RuneSelf {
		table[c] = isWord(rune(c))
	}
	return table
}()

// plainWord emits a word that starts with an ASCII letter or digit.
func (s *scanner) plainWord() {
	text, end := s.text, s.pos+1
	for end < len(text) && wordBytes[text[end]] {
		end++
	}
	if end == len(text) {
		s.emit(end)
		return
	}
	switch c := text[end]; {
	case c == '.' && end == s.pos+1 && s.dotted():
	case c >= utf8.RuneSelf && !endsWord(text[end:]):
		s.word()
	default:
		s.emit(end)
		if c == '\'' || c >= utf8.RuneSelf {
			s.possessive()
		}
	}
}

// endsWord reports whether a word ends before text, which is not ASCII. It is sure only of the quotes
// and dashes that are frequent.
func endsWord(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return '‐' <= r && r <= '‧' // from hyphens to dots; no letter, no mark, nothing invisible
}

// beyond reads on at what is not ASCII.
func (s *scanner) beyond() {
	r, size := utf8.DecodeRuneInString(s.text[s.pos:])
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

func (s *scanner) separator(r rune) {
	switch {
	case r == '\n':
		s.since.newlines++
		s.since.space = true
	case unicode.IsSpace(r):
		s.since.space = true
	case r == '.' && s.abbreviated(), ignorable(r):
	case r == '.', r == '!', r == '?', r == '…':
		s.since.stop, s.since.space = true, false
	}
	s.since.visible = s.since.visible || !ignorable(r)
}

// abbreviated reports whether the last token is so short that a full stop behind it may well mark
// an abbreviation: "Corp.", "v.", "No.".
func (s *scanner) abbreviated() bool {
	const short = 4
	n := len(s.tokens)
	return n > 0 && len(s.tokens[n-1].word) <= short
}

// emit adds the token at text[s.pos:end], and moves on to end.
func (s *scanner) emit(end int) {
	var f *form
	if s.words != nil {
		f = s.words.form(s.text, s.pos, end, s.lang)
	} else {
		f = newForm(s.text[s.pos:end])
	}
	flags := f.flags
	if s.since.newlines > 1 || s.since.stop && s.since.space && !s.lower() {
		flags |= breakToken
	}
	if flags&runToken != 0 && !s.since.visible && len(s.tokens) > 0 {
		flags |= gluedToken
	}
	if flags&noToken == 0 {
		s.tokens = append(s.tokens, token{f, int32(s.pos), int32(end), flags})
	}
	s.pos = end
	s.since = gap{}
}

// lower reports whether a lower-case letter comes next.
func (s *scanner) lower() bool {
	r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
	return unicode.IsLower(r)
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
	s.emit(s.pos + n)
}

// dotted emits letters with full stops between them, of which there are at least two, and
// reports whether there were.
func (s *scanner) dotted() bool {
	n, end := 0, s.pos
	for at := s.pos; ; {
		r, size := utf8.DecodeRuneInString(s.text[at:])
		next, _ := utf8.DecodeRuneInString(s.text[at+size:])
		if !unicode.IsLetter(r) || !isWord(r) || isRun(r) || isWord(next) || unicode.IsMark(next) {
			break
		}
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
	s.emit(end)
	s.possessive()
	return true
}

// word emits a run of letters, digits and marks, and drops the possessive after it.
func (s *scanner) word() {
	end := s.pos
	for i, r := range s.text[s.pos:] {
		if ignorable(r) {
			continue // the word ends before it unless more follows
		}
		if i > 0 && (isRun(r) || !isWord(r) && !unicode.IsMark(r)) {
			break
		}
		end = s.pos + i + utf8.RuneLen(r)
	}
	s.emit(end)
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
		s.since.visible = true
	}
}

// A form is a way of writing a word, and all that is known of it without its place in a text. What
// is looked at for every word of every article stands first, in the processor's first 64 bytes.
type form struct {
	key      wordKey   // of written
	lang     *language // nil in a rule
	atoms    []atomID  // that it answers, ascending
	flags    tokenFlags
	long     bool // longer than a key
	written  string
	word     string // folded
	composed string // the same, with its diacritics: what a stemmer takes
	stem     string // folded
}

// newForm returns the form of a word in no language.
func newForm(written string) *form {
	f := &form{written: written, key: keyOf(written, 0, len(written)), long: len(written) > keyBytes}
	raw, plural := written, ""
	switch first, size := utf8.DecodeRuneInString(written); {
	case isRun(first):
		f.flags = runToken
	case size < len(written) && written[size] == '.':
		raw = strings.ReplaceAll(written, ".", "")
		f.flags = capsToken | dottedToken
	default:
		switch capitals, letters := countCapitals(written); {
		case capitals >= 2 && capitals == letters:
			f.flags = capsToken
		case capitals >= 2 && capitals+1 == letters && strings.HasSuffix(written, "s"): // GPUs: the word gpu, by its stem gpus
			raw, plural = strings.TrimSuffix(written, "s"), "s"
			f.flags = capsToken
		}
	}
	f.word, f.composed = foldWord(raw)
	if f.word == "" {
		f.flags |= noToken
	}
	f.composed += plural
	f.stem = f.word
	return f
}

func countCapitals(word string) (capitals, letters int) {
	for _, r := range word {
		if unicode.IsUpper(r) {
			capitals++
		}
		if unicode.IsLetter(r) && !ignorable(r) {
			letters++
		}
	}
	return capitals, letters
}

func isCapital(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}
