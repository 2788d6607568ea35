package rule

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ignorable reports whether r is invisible and says nothing about where a word ends: soft hyphens,
// zero-width characters, marks of direction, variation selectors, the Arabic tatweel.
func ignorable(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r == 0xAD, r == 0x34F, r == 0x61C, r == 0x640, r == 0xFEFF:
		return true
	}
	return 0x180B <= r && r <= 0x180F || 0x200B <= r && r <= 0x200F || 0x202A <= r && r <= 0x202E ||
		0x2060 <= r && r <= 0x206F || 0xFE00 <= r && r <= 0xFE0F
}

// isRun reports whether r belongs to a script that writes without spaces, in which a term is a
// run of characters wherever it stands. Korean has spaces, but not between a noun and its particle.
func isRun(r rune) bool {
	if r < 0xE00 {
		return false
	}
	return r == 'ー' || r == 'ｰ' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// isApostrophe reports whether r is one of the signs that people type for an apostrophe. Some of
// them are letters to Unicode.
func isApostrophe(r rune) bool { return strings.ContainsRune("'’‘‛ʼʻ′`´＇", r) }

// isWord reports whether r can start a word: a letter or a decimal digit.
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return (unicode.IsLetter(r) || unicode.Is(unicode.Nd, r)) && !ignorable(r) && !isApostrophe(r)
}

// foldWord returns a word without the differences that a reader does not see: invisible
// characters go, then NFKC, lower case and bare make all ways of writing it one. Composed is the
// word before bare, which is what a stemmer knows: in German, ü is not u.
func foldWord(s string) (word, composed string) {
	if isASCII(s) {
		s = strings.ToLower(s)
		return s, s
	}
	s = strings.Map(func(r rune) rune {
		if ignorable(r) {
			return -1
		}
		return r
	}, s)
	composed = norm.NFC.String(strings.ToLower(norm.NFKC.String(s)))
	return bare(composed), composed
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// undivided are letters that differ from a plain one by a stroke that Unicode does not take apart.
var undivided = map[rune]string{'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'ħ': "h", 'ı': "i", 'ŧ': "t",
	'æ': "ae", 'œ': "oe", 'ß': "ss", 'þ': "th", 'ς': "σ", 'й': "й"} // й is a letter of its own

// bare returns s, in lower case, without diacritics: "café" becomes "cafe".
func bare(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if plain, ok := undivided[r]; ok {
			b.WriteString(plain)
			continue
		}
		parts := norm.NFD.String(string(r))
		if plain := strings.Map(dropDiacritic, parts); plain != parts {
			b.WriteString(plain)
		} else { // Hangul, for one, is not to be taken apart
			b.WriteRune(r)
		}
	}
	return b.String()
}

// dropDiacritic maps to nothing the marks that readers of a script leave away: the accents of
// Latin, Greek and Cyrillic, the points of Hebrew and Arabic. The vowels of Thai and of India stay.
func dropDiacritic(r rune) rune {
	if 0x300 <= r && r <= 0x36F || 0x591 <= r && r <= 0x5C7 && unicode.Is(unicode.Mn, r) || 0x64B <= r && r <= 0x65F || r == 0x670 {
		return -1
	}
	return r
}
