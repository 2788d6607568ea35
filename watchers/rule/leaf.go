package rule

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A leaf is a word, a phrase or a list: a part of a rule that is found in the text itself.
type leaf struct {
	names []name
	words int // the most tokens that one of its hits may have
}

// A name is one way to say what a leaf looks for.
type name struct {
	term  *term
	party int32 // from 1; 0 if it is no name of a party
}

// A hit is a place where a leaf was found.
type hit struct {
	start, end int32 // tokens
	from, to   int32 // bytes
	party      int32 // as in name
}

// newLeaf returns the leaf that looks for names.
func newLeaf(names ...name) *leaf {
	l := &leaf{names: names}
	for _, n := range names {
		l.words = max(l.words, maxExpansion*len(n.term.atoms))
	}
	return l
}

// find returns the places of l in st by their start. Of a list's names that lie within one
// another, only the longest counts: "Google DeepMind" is not Google.
func (l *leaf) find(d *doc, st *stream) []hit {
	if hits, ok := st.hits[l]; ok {
		return hits
	}
	var hits []hit
	for _, n := range l.names {
		hits = n.term.find(d, st, n.party, hits)
	}
	if len(l.names) > 1 {
		slices.SortFunc(hits, func(x, y hit) int {
			if x.start != y.start {
				return int(x.start - y.start)
			}
			return int(y.end - x.end)
		})
		end := int32(0)
		hits = slices.DeleteFunc(hits, func(h hit) bool {
			within := h.end <= end
			end = max(end, h.end)
			return within
		})
	}
	st.hits[l] = hits
	return hits
}

// find appends the places of t in st, each start once, ascending.
func (t *term) find(d *doc, st *stream, party int32, hits []hit) []hit {
	for _, start := range t.starts(d, st) {
		end, ok := t.read(d, st, 0, start, maxSwaps)
		if !ok {
			continue
		}
		h := hit{start: start, end: end, from: st.tokens[start].from, to: st.tokens[end-1].to, party: party}
		if t.exact == "" || t.literal(st, &h) {
			hits = append(hits, h)
		}
	}
	return hits
}

// starts returns the tokens of st where t may start.
func (t *term) starts(d *doc, st *stream) []int32 {
	at := st.post[t.atoms[0]]
	if t.exact != "" {
		return at
	}
	for i := range d.defs {
		def := &d.defs[i]
		if t.isShort(def, 0) {
			at = slices.Concat(at, def.long[st])
		}
		if t.isLong(def, 0) {
			at = slices.Concat(at, def.short[st])
		}
	}
	if len(d.defs) > 0 {
		at = slices.Clone(at)
		slices.Sort(at)
		at = slices.Compact(at)
	}
	return at
}

// maxSwaps is how many acronyms or expansions of one phrase may stand for one another at once.
const maxSwaps = 2

// read reads the words of t from number i on at the token p, and returns the token after the last.
func (t *term) read(d *doc, st *stream, i int, p int32, swaps int) (end int32, ok bool) {
	if i == len(t.atoms) {
		return p, true
	}
	if int(p) >= len(st.tokens) || i > 0 && !t.joins(i, st.tokens[p].flags) {
		return 0, false
	}
	if st.answers(t.atoms[i], p) {
		if end, ok := t.read(d, st, i+1, p+1, swaps); ok {
			return end, true
		}
	}
	if t.exact != "" || swaps == 0 {
		return 0, false
	}
	for k := range d.defs {
		def := &d.defs[k]
		n := def.to - def.from
		if at(def.long[st], p) && t.isShort(def, i) {
			if end, ok := t.read(d, st, i+1, p+n, swaps-1); ok {
				return end, true
			}
		}
		if at(def.short[st], p) && t.isLong(def, i) {
			if end, ok := t.read(d, st, i+int(n), p+1, swaps-1); ok {
				return end, true
			}
		}
	}
	return 0, false
}

func at(tokens []int32, p int32) bool {
	_, ok := slices.BinarySearch(tokens, p)
	return ok
}

// joins reports whether a token with these flags can be word i of t, seen from the word before:
// a phrase does not reach over the end of a sentence unless it is written so, and a run of
// characters has no gap.
func (t *term) joins(i int, flags tokenFlags) bool {
	if t.flags[i]&gluedToken != 0 && flags&gluedToken == 0 {
		return false
	}
	return flags&breakToken == 0 || t.flags[i]&breakToken != 0 || t.exact != ""
}

// isShort reports whether word i of t is the acronym of def.
func (t *term) isShort(def *definition, i int) bool {
	return def.home.answers(t.atoms[i], def.acronym)
}

// isLong reports whether the words of t from i on are the expansion of def.
func (t *term) isLong(def *definition, i int) bool {
	n := int(def.to - def.from)
	if i+n > len(t.atoms) {
		return false
	}
	for j := range n {
		if !def.home.answers(t.atoms[i+j], def.from+int32(j)) {
			return false
		}
	}
	return true
}

// literal reports whether the text at h is t to the letter, and widens h to the signs around its
// words that belong to it, as in "C++". Any white space is as good as another.
func (t *term) literal(st *stream, h *hit) bool {
	from := int(h.from) - t.lead
	if from < 0 {
		return false
	}
	text := st.text[from:]
	for _, want := range t.exact {
		got, size := utf8.DecodeRuneInString(text)
		switch {
		case want == ' ' && unicode.IsSpace(got):
			text = strings.TrimLeftFunc(text, unicode.IsSpace)
		case want != got || size == 0:
			return false
		default:
			text = text[size:]
		}
	}
	last, _ := utf8.DecodeLastRuneInString(t.exact)
	if isWord(last) && !isRun(last) && tokenStarts(text) {
		return false
	}
	h.from, h.to = int32(from), int32(len(st.text)-len(text))
	return true
}
