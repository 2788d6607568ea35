package bot

import (
	"strings"
	"unicode"
)

// maxMarks is how many combining marks a letter keeps. Living scripts need up to four; a hundred
// reach into the lines above and below.
const maxMarks = 4

// Clean makes text from outside safe to show: one line of valid UTF-8 in which every character can
// be seen. Control characters, bidi controls, zero-width and tag characters go, white space becomes
// single spaces, none at the ends. It escapes nothing: what a platform reads as markup is for that
// platform's renderer. Clean(Clean(s)) is Clean(s).
func Clean(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space, marks := false, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case hidden(r):
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks {
				continue
			}
		default:
			marks = 0
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r) // a broken byte is U+FFFD by now
	}
	return b.String()
}

// hidden reports whether r shows nothing and may only mislead. The emoji presentation selector
// stays: without it, some emoji are drawn as text.
func hidden(r rune) bool {
	const emojiPresentation = 0xfe0f
	return r != emojiPresentation && (unicode.IsControl(r) ||
		unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector))
}

// Units returns the length of s in UTF-16 units, the stricter reading of the "characters" in which
// both platforms state their limits.
func Units(s string) int {
	n := 0
	for _, r := range s {
		n += units(r)
	}
	return n
}

func units(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// Shorten returns s if it has at most n UTF-16 units; else its beginning with "…" for the rest, n
// units at most together, cut between words where one ends near, and never inside a character that
// several code points make up. n below 1 leaves nothing.
func Shorten(s string, n int) string {
	if Units(s) <= n {
		return s
	}
	if n < 1 {
		return ""
	}
	end := cut(s, n-1)
	head, rest := s[:end], s[end:]
	if i := strings.LastIndexByte(head, ' '); i > end*2/3 && rest[0] != ' ' {
		head = head[:i]
	}
	return strings.TrimRightFunc(head, unicode.IsSpace) + "…"
}

// cut returns where to cut s so that at most n UTF-16 units stand before, between two characters
// as people see them.
func cut(s string, n int) int {
	end, flags := 0, 0 // flags counts the regional indicators in a row; two of them are one flag
	for i, r := range s {
		indicator := r >= 0x1f1e6 && r <= 0x1f1ff
		if !extends(r) && (!indicator || flags%2 == 0) {
			end = i
		}
		if flags++; !indicator {
			flags = 0
		}
		if n -= units(r); n < 0 {
			return end
		}
	}
	return len(s)
}

// extends reports whether r belongs to the character before it: a combining mark or a skin tone.
func extends(r rune) bool {
	return unicode.Is(unicode.M, r) || r >= 0x1f3fb && r <= 0x1f3ff
}

// Fit shortens s until escape of it has at most n UTF-16 units, and returns that. Escaping after
// the cut keeps a mark of escape and its character together.
func Fit(s string, n int, escape func(string) string) string {
	for room := n; room > 0; {
		out := escape(Shorten(s, room))
		over := Units(out) - n
		if over <= 0 {
			return out
		}
		room -= max(over/5, 1) // five for one ("&" to "&amp;") is the most that escaping adds
	}
	return ""
}
