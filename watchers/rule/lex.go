package rule

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A lexKind says what a lexeme is.
type lexKind uint8

const (
	lexEnd    lexKind = iota
	lexWord           // text as written, a trailing * included
	lexPhrase         // text between the quotes
	lexExact          // text between the quotes, or the word after =
	lexList           // text without the @
	lexRegex          // text between the slashes
	lexField          // text without the colon
	lexLink           // NEAR or BEFORE in text, the distance in n
	lexAnd
	lexOr
	lexNot
	lexMinus
	lexComma
	lexOpen
	lexClose
)

// A lexeme is a query's smallest part, at query[pos:end].
type lexeme struct {
	kind     lexKind
	text     string
	n        int
	pos, end int
}

// doubleQuotes open and close a phrase, each as well as the other: chat programs turn straight
// quotes into curly ones, and people paste from everywhere.
const doubleQuotes = "\"“”„‟«»＂"

// dashes all work as the minus before a word, since chat programs make them of it.
const dashes = "-−–—"

// A lexer cuts a query into lexemes.
type lexer struct {
	query string
	pos   int
	out   []lexeme
}

// lex returns the lexemes of query, lexEnd last.
func lex(query string) ([]lexeme, error) {
	l := &lexer{query: query}
	for {
		l.pos += len(l.rest()) - len(strings.TrimLeftFunc(l.rest(), isGap))
		if l.pos == len(query) {
			l.emit(lexEnd, "", l.pos)
			return l.out, nil
		}
		if err := l.next(); err != nil {
			return nil, err
		}
	}
}

// isGap reports whether r only separates lexemes.
func isGap(r rune) bool { return unicode.IsSpace(r) || ignorable(r) }

func (l *lexer) rest() string { return l.query[l.pos:] }

func (l *lexer) emit(kind lexKind, text string, end int) {
	l.out = append(l.out, lexeme{kind: kind, text: text, pos: l.pos, end: end})
	l.pos = end
}

// next reads the lexeme that starts at l.pos, which is no gap.
func (l *lexer) next() error {
	r, size := utf8.DecodeRuneInString(l.rest())
	end := l.pos + size
	switch {
	case r == '(':
		l.emit(lexOpen, "(", end)
	case r == ')':
		l.emit(lexClose, ")", end)
	case r == ',' || r == '，' || r == '、':
		l.emit(lexComma, ",", end)
	case r == '|':
		if strings.HasPrefix(l.query[end:], "|") {
			return l.instead(l.pos, end+1, "OR", "no such operator: ||", "")
		}
		l.emit(lexOr, "|", end)
	case strings.ContainsRune(doubleQuotes, r):
		return l.quoted(lexPhrase, end)
	case r == '=':
		return l.exact(end)
	case r == '@':
		return l.list(end)
	case r == '/':
		return l.regex(end)
	case strings.ContainsRune(dashes, r):
		if next, _ := utf8.DecodeRuneInString(l.query[end:]); end == len(l.query) || isGap(next) {
			return &SyntaxError{l.pos, "a minus sticks to the word that must not occur", "try exclusive -interview"}
		}
		l.emit(lexMinus, "-", end)
	default:
		return l.word()
	}
	return nil
}

// quoted reads up to the closing quote; the text starts at from.
func (l *lexer) quoted(kind lexKind, from int) error {
	n := strings.IndexAny(l.query[from:], doubleQuotes)
	if n < 0 {
		return &SyntaxError{l.pos, "a quote that is not closed", "try " + l.query + `"`}
	}
	_, size := utf8.DecodeRuneInString(l.query[from+n:])
	l.emit(kind, l.query[from:from+n], from+n+size)
	return nil
}

func (l *lexer) exact(from int) error {
	r, size := utf8.DecodeRuneInString(l.query[from:])
	switch {
	case from < len(l.query) && strings.ContainsRune(doubleQuotes, r):
		return l.quoted(lexExact, from+size)
	case from == len(l.query) || isGap(r):
		return &SyntaxError{l.pos, "= sticks to what it takes to the letter", `try ="OpenAI LP"`}
	}
	end := wordEnd(l.query, from)
	if end == from {
		return &SyntaxError{l.pos, "= takes a word or a phrase", `try ="OpenAI LP"`}
	}
	l.emit(lexExact, l.query[from:end], end)
	return nil
}

func (l *lexer) list(from int) error {
	name := l.query[from:]
	if n := strings.IndexFunc(name, func(r rune) bool { return !listRune(r) }); n >= 0 {
		name = name[:n]
	}
	if name == "" {
		return &SyntaxError{l.pos, "@ without the name of a list", "try @labs"}
	}
	l.emit(lexList, name, from+len(name))
	return nil
}

// listRune reports whether r may stand in the name of a list.
func listRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '-'
}

// regex reads up to the next slash that no backslash escapes.
func (l *lexer) regex(from int) error {
	for i := from; i < len(l.query); i++ {
		switch l.query[i] {
		case '\\':
			i++
		case '/':
			l.emit(lexRegex, l.query[from:i], i+1)
			return nil
		}
	}
	return &SyntaxError{l.pos, "a regular expression that is not closed", "try /exclusiv[a-z]+/"}
}

// word reads a bare word, which may turn out to be an operator or a field.
func (l *lexer) word() error {
	end := wordEnd(l.query, l.pos)
	text := l.query[l.pos:end]
	if err := l.slip(text, end); err != nil {
		return err
	}
	if text == "" { // only a colon ends a word before it began
		return &SyntaxError{l.pos, "a field sticks to its colon", "try title:exclusive"}
	}
	if end < len(l.query) && l.query[end] == ':' {
		return l.field(text, end+1)
	}
	return l.operator(text, end)
}

// slip returns an error if text has a sign that other search boxes know and this one does not.
func (l *lexer) slip(text string, end int) error {
	first, size := utf8.DecodeRuneInString(text)
	switch {
	case first == '!' && l.pos == 0:
		return l.instead(0, 1, "exclusive -", "no such operator: !", "")
	case first == '!':
		return l.instead(l.pos, l.pos+1, "-", "no such operator: !", "")
	case first == '+':
		return l.instead(l.pos, l.pos+1, "", "no such operator: +, since every word has to occur", "")
	case text == "&", text == "&&":
		return l.instead(l.pos, end, "AND", "no such operator: "+text, "")
	case strings.ContainsRune("{}[]", first) && size > 0:
		fix := strings.NewReplacer("{", "(", "[", "(", "}", ")", "]", ")").Replace(l.query)
		return &SyntaxError{l.pos, "only ( ) group", instead(fix, 0, 0, "")}
	case isApostrophe(first) || first == '‹':
		to := strings.IndexFunc(l.query[l.pos+size:], func(r rune) bool { return isApostrophe(r) || r == '›' })
		if to < 0 {
			return &SyntaxError{l.pos, "an apostrophe before a word", `a phrase is quoted twice: "revenue share"`}
		}
		inner := l.query[l.pos+size : l.pos+size+to]
		_, closing := utf8.DecodeRuneInString(l.query[l.pos+size+to:])
		return l.instead(l.pos, l.pos+size+to+closing, `"`+inner+`"`, "a phrase stands in double quotes", "")
	}
	if i := strings.IndexAny(text, ";"); i >= 0 {
		return l.instead(l.pos+i, l.pos+i+1, ",", "alternatives are separated by a comma", "")
	}
	if i := strings.IndexAny(text, "?~^"); i >= 0 {
		return l.instead(l.pos+i, end, "", "no such sign in a word: "+text[i:i+1], "; or quote it")
	}
	return nil
}

// wordEnd returns where the bare word at from ends: at a gap, a quote, a parenthesis, a bar, a
// colon between letters, or a comma, unless the comma or the colon stands between two digits.
func wordEnd(query string, from int) int {
	digit := func(i int) bool { return i >= from && i < len(query) && '0' <= query[i] && query[i] <= '9' }
	for i, r := range query[from:] {
		i += from
		switch {
		case (r == ',' || r == ':') && digit(i-1) && digit(i+1):
		case unicode.IsSpace(r), strings.ContainsRune(",:()|，、", r), strings.ContainsRune(doubleQuotes, r):
			return i
		}
	}
	return len(query)
}

// fields are the names that a colon may follow, in the order in which help lists them.
var fields = []string{"title", "text", "outlet", "site", "source", "lang", "party", "term", "change"}

func (l *lexer) field(name string, end int) error {
	lower := strings.ToLower(name)
	for _, f := range fields {
		if f == lower {
			l.emit(lexField, f, end)
			return nil
		}
	}
	hint := "fields are " + strings.Join(fields, ", ") + `; quote what is not meant as one: "` + name + `: …"`
	if lower == "http" || lower == "https" {
		hint = "a site is watched by its host: site:openai.com"
	}
	return &SyntaxError{l.pos, "no such field: " + name, hint}
}

// operator emits text as the operator that it is, else as a word. Words that look like an
// operator but are none are refused: taken as words, they would silently narrow the rule.
func (l *lexer) operator(text string, end int) error {
	upper := strings.ToUpper(text)
	switch text {
	case "AND":
		l.emit(lexAnd, text, end)
		return nil
	case "OR":
		l.emit(lexOr, text, end)
		return nil
	case "NOT":
		l.emit(lexNot, text, end)
		return nil
	}
	switch name, distance, slash := strings.Cut(upper, "/"); {
	case upper == "AND", upper == "OR", upper == "NOT":
		return l.operatorHint(text, end, upper, "operators are written in capitals: "+upper)
	case name == "NEAR" || name == "BEFORE":
		return l.link(name, distance, end)
	case slash && allLetters(name) && allDigits(distance) && strings.HasPrefix(text, name),
		text == upper && foreign[text] || text == upper && strings.HasPrefix(text, "NEAR") && len(text) > len("NEAR"):
		if !allDigits(distance) {
			distance = "40"
		}
		return &SyntaxError{l.pos, "no such operator: " + text, "try NEAR/" + distance}
	}
	l.emit(lexWord, text, end)
	return nil
}

// foreign are operators of other search boxes.
var foreign = map[string]bool{"WITHIN": true, "AFTER": true, "XOR": true, "ANDNOT": true, "ADJ": true, "NEXT": true}

// maxDistance is the widest NEAR and BEFORE, in words: more is the whole article to a reader.
const maxDistance = 1000

// link reads the distance of NEAR and BEFORE.
func (l *lexer) link(name, distance string, end int) error {
	if distance == "" { // see what a person may have meant: NEAR 5, NEAR/ 5, NEAR b
		rest := strings.TrimLeftFunc(l.query[end:], isGap)
		number := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		fix, to := name+"/8", end
		if number != "" {
			fix, to = name+"/"+number, len(l.query)-len(rest)+len(number)
		}
		return l.operatorHint(strings.ToLower(name), to, fix, name+" needs its distance in words: "+fix)
	}
	n, err := strconv.Atoi(distance)
	if err != nil || n < 1 || n > maxDistance {
		return l.instead(l.pos, end, name+"/8", fmt.Sprintf("%s takes a distance of 1 to %d words", name, maxDistance), "")
	}
	l.emit(lexLink, name, end)
	l.out[len(l.out)-1].n = n
	return nil
}

// operatorHint returns an error whose hint has the operator fix in place of query[pos:end], where
// it stands between two things, and says how to look for the word instead.
func (l *lexer) operatorHint(word string, end int, fix, msg string) error {
	more := fmt.Sprintf("; or quote it to look for the word: %q", word)
	if strings.TrimSpace(l.query[:l.pos]) == "" || strings.TrimSpace(l.query[end:]) == "" {
		return &SyntaxError{l.pos, msg, "try exclusive " + fix + " openai" + more}
	}
	return l.instead(l.pos, end, fix, msg, more)
}

// instead returns an error whose hint is the query with fix in place of query[pos:end].
func (l *lexer) instead(pos, end int, fix, msg, more string) error {
	return &SyntaxError{pos, msg, instead(l.query, pos, end, fix) + more}
}

// instead returns the hint "try " and query with fix in place of query[pos:end], or with fix
// alone where the query is too long to be repeated.
func instead(query string, pos, end int, fix string) string {
	const long = 100 // a line of chat
	if len(query) > long {
		return "try " + fix
	}
	return "try " + strings.Join(strings.Fields(query[:pos]+fix+query[end:]), " ")
}

func allLetters(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) < 0
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
