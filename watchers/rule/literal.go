package rule

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// Literals are the texts of which a regular expression needs one. A folded text is searched for
// all of them in one pass, by three bytes at a time.
type literals struct {
	by    map[[gram]byte][]literalAtom // by how they begin
	begin bitset                       // by a hash of how one begins
}

type literalAtom struct {
	text string
	id   atomID
}

// gram is how many bytes a literal has at least. One with fewer is in every article.
const gram = 3

func newLiterals() *literals {
	return &literals{by: map[[gram]byte][]literalAtom{}, begin: newBitset(1 << 16)}
}

func (l *literals) add(text string, id atomID) {
	key := [gram]byte([]byte(text))
	l.by[key] = append(l.by[key], literalAtom{text, id})
	l.begin.add(gramHash(key))
}

func gramHash(g [gram]byte) int32 {
	return int32(uint16(uint32(g[0])*0x9E5 ^ uint32(g[1])*0x151 ^ uint32(g[2])))
}

// readLiterals notes which of l occur in d.
func (d *doc) readLiterals(l *literals) {
	for st := range d.in(d.set.fields) {
		text := st.fold().text
		for i := range len(text) - gram + 1 {
			begin := [gram]byte(text[i:])
			if !l.begin.has(gramHash(begin)) {
				continue
			}
			for _, a := range l.by[begin] {
				if n := len(a.text); n <= len(text)-i && string(text[i:i+n]) == a.text {
					d.occurs(a.id)
				}
			}
		}
	}
}

// required returns texts of which at least one is in every text that re is found in: the longest
// there are, and few; nil if there are none of three bytes.
func required(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return longestLiteral(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if all := required(sub); better(all, best) {
				best = all
			}
		}
		return best
	case syntax.OpAlternate:
		var each []string
		for _, sub := range re.Sub {
			all := required(sub)
			if all == nil {
				return nil
			}
			each = append(each, all...)
		}
		return each
	}
	return nil
}

// better reports whether a text is less likely to have one of a than of b.
func better(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) > 0
	}
	return shortest(a)/len(a) > shortest(b)/len(b)
}

func shortest(texts []string) int {
	n := len(texts[0])
	for _, s := range texts[1:] {
		n = min(n, len(s))
	}
	return n
}

// longestLiteral returns the longest run of runes that stand only for themselves once text is folded.
func longestLiteral(runes []rune) []string {
	best, run := "", ""
	for _, r := range runes {
		if r < utf8.RuneSelf || unicode.SimpleFold(r) == r {
			run += string(r)
		} else {
			run = ""
		}
		if len(run) > len(best) {
			best = run
		}
	}
	if len(best) < gram {
		return nil
	}
	return []string{best}
}
