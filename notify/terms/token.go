package terms

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a word, a number or a mark of a text, in bytes of its field.
type token struct {
	start, end int
	word       string // in lower case, with a straight apostrophe; a mark as it is
	id, prefix uint16 // in the vocabulary of the patterns; 0 for a word that none of them has
	kind       kind
	capital    bool // it begins with a capital letter
	glued      bool // nothing stands between it and the token before
}

type kind uint8

const (
	word kind = iota
	number
	mark
)

// tokenize appends the tokens of text[from:to]. Hyphens part words and stand for nothing, a possessive
// 's is a token of its own, and digits part from letters behind them: "$38bn" is "$", "38", "bn".
func tokenize(dst []token, text string, from, to int) []token {
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(text[i:to])
		end, k := i+n, mark
		switch {
		case unicode.IsDigit(r):
			end, k = i+digits(text[i:to]), number
		case unicode.IsLetter(r):
			end, k = i+letters(text[i:to]), word
		case isApostrophe(r) && possessive(text[end:to]) && len(dst) > 0 && dst[len(dst)-1].end == i:
			end, k = end+1, word
		case unicode.IsSpace(r), r == '-', r == '\u2010', r == '\u2011', r == '\u00ad':
			i = end
			continue
		}
		t := token{start: i, end: end, word: fold(text[i:end]), kind: k, capital: unicode.IsUpper(r)}
		t.glued = len(dst) > 0 && dst[len(dst)-1].end == i
		dst, i = append(dst, t), end
	}
	return dst
}

// digits returns the length of the number at the start of s: "38,000,000", "4.2", "2031".
func digits(s string) int {
	for i := 1; i < len(s); i++ {
		inside := (s[i] == '.' || s[i] == ',') && i+1 < len(s) && isDigit(s[i+1])
		if !isDigit(s[i]) && !inside {
			return i
		}
	}
	return len(s)
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// letters returns the length of the word at the start of s: "Vantor", "A24", "U.S", "don't".
func letters(s string) int {
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[min(len(s), i+utf8.RuneLen(r)):])
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		case (r == '.' || r == '&') && i > 0 && unicode.IsLetter(next): // U.S, Character.AI, AT&T
		case isApostrophe(r) && unicode.IsLetter(next) && !possessive(s[i+utf8.RuneLen(r):]): // don't
		default:
			return i
		}
	}
	return len(s)
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' }

// possessive reports whether s, which follows an apostrophe, begins with a lone s.
func possessive(s string) bool {
	if s == "" || s[0] != 's' {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[1:])
	return !unicode.IsLetter(r)
}

func fold(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "’", "'"))
}
