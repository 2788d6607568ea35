package rule

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A leaf is a word, a phrase or a list: a part of a rule that is found in the text itself.
type leaf struct {
	names  []name
	words  int32 // the most tokens that one of its hits may have
	number int32 // among the leaves of its rule; among those of the Set that are shared, if it is
	shared bool  // it is a list, or several rules have it
}

// A name is one way to say what a leaf looks for.
type name struct {
	term
	party int32 // from 1; 0 if it is no name of a party
}

// A hit is a place where a leaf was found.
type hit struct {
	start, end int32 // tokens
	from, to   int32 // bytes
	party      int32 // as in name
}

// newLeaf returns the leaf that looks for names.
func newLeaf(names []name) *leaf {
	l := &leaf{names: names}
	for _, n := range names {
		l.words = max(l.words, maxExpansion*int32(len(n.words)))
	}
	return l
}

// newTermLeaf returns the leaf of a word or phrase. Most leaves are such; all that most of them
// are is together in memory, where it is found fastest.
func newTermLeaf(t term) *leaf {
	l := &struct {
		leaf
		name  [1]name
		words [2]termWord
	}{name: [1]name{{term: t}}}
	if n := copy(l.words[:], t.words); n == len(t.words) {
		l.name[0].words = l.words[:n]
	}
	l.leaf = *newLeaf(l.name[:])
	return &l.leaf
}

// A memory has what leaves found: shared ones in the article, the others in the rule that is being
// asked.
type memory struct {
	shared, own           [][len(wordFields)]finding // by number
	sharedHits, ownHits   []hit                      // behind the findings
	article, rule, latest uint32                     // stamps; a finding of an older one is void
}

// A finding is the hits of a leaf in a field, by their start.
type finding struct {
	stamp uint32
	hits  []hit
}

// nextArticle voids all findings, nextRule those of a rule's own leaves.
func (m *memory) nextArticle() {
	m.latest++
	m.article, m.sharedHits = m.latest, m.sharedHits[:0]
	m.nextRule()
}

func (m *memory) nextRule() {
	m.latest++
	m.rule, m.ownHits = m.latest, m.ownHits[:0]
}

// find returns the places of l in field number f, by their start. Of a list's names that lie
// within one another, only the longest counts: "Google DeepMind" is not Google.
func (l *leaf) find(d *doc, st *stream) []hit {
	if len(st.tokens) == 0 {
		return nil
	}
	m := &d.memory
	findings, hits, stamp := &m.own, &m.ownHits, m.rule
	if l.shared {
		findings, hits, stamp = &m.shared, &m.sharedHits, m.article
	}
	for int(l.number) >= len(*findings) {
		*findings = append(*findings, [len(wordFields)]finding{})
	}
	known := &(*findings)[l.number][st.number]
	if known.stamp != stamp {
		from := len(*hits)
		for i := range l.names {
			*hits = l.names[i].find(d, st, *hits)
		}
		found := (*hits)[from:]
		if len(l.names) > 1 {
			found = longest(found)
		}
		*known = finding{stamp, slices.Clip(found)}
	}
	return known.hits
}

// longest sorts hits by their start and drops those that lie within another.
func longest(hits []hit) []hit {
	slices.SortFunc(hits, func(x, y hit) int {
		if x.start != y.start {
			return int(x.start - y.start)
		}
		return int(y.end - x.end)
	})
	end := int32(0)
	return slices.DeleteFunc(hits, func(h hit) bool {
		within := h.end <= end
		end = max(end, h.end)
		return within
	})
}

// find appends the places of n in st, each start once, ascending.
func (n *name) find(d *doc, st *stream, hits []hit) []hit {
	if n.exact == "" && len(d.definitions()) > 0 {
		return n.findDefined(d, st, hits)
	}
	for _, p := range st.post(n.words[n.rare].atom) {
		if start := p - n.rare; start >= 0 {
			hits = n.findAt(d, st, start, hits)
		}
	}
	return hits
}

// findDefined is find where acronyms and what they stand for count as one another.
func (n *name) findDefined(d *doc, st *stream, hits []hit) []hit {
	starts := d.starts[:0]
	starts = append(starts, st.post(n.words[0].atom)...)
	alone := len(starts)
	for i := range d.defs {
		def := &d.defs[i]
		if n.isShort(def, 0) {
			starts = append(starts, def.long[st.number]...)
		}
		if n.isLong(def, 0) {
			starts = append(starts, def.short[st.number]...)
		}
	}
	if len(starts) > alone {
		slices.Sort(starts)
		starts = slices.Compact(starts)
	}
	for _, start := range starts {
		hits = n.findAt(d, st, start, hits)
	}
	d.starts = starts
	return hits
}

// findAt appends the place of n that starts at token start, if there is one.
func (n *name) findAt(d *doc, st *stream, start int32, hits []hit) []hit {
	end, ok := n.read(d, st, 0, start, maxSwaps)
	if !ok {
		return hits
	}
	h := hit{start: start, end: end, from: st.tokens[start].from, to: st.tokens[end-1].to, party: n.party}
	if n.exact != "" && !n.toTheLetter(st, &h) {
		return hits
	}
	return append(hits, h)
}

// maxSwaps is how many acronyms or expansions of one phrase may stand for one another at once.
const maxSwaps = 2

// read reads the words of t from number i on at the token p, and returns the token after the last.
func (t *term) read(d *doc, st *stream, i int, p int32, swaps int) (end int32, ok bool) {
	if i == len(t.words) {
		return p, true
	}
	if int(p) >= len(st.tokens) || i > 0 && !t.joins(i, st.tokens[p].flags) {
		return 0, false
	}
	if st.answers(t.words[i].atom, p) {
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
		if at(def.long[st.number], p) && t.isShort(def, i) {
			if end, ok := t.read(d, st, i+1, p+n, swaps-1); ok {
				return end, true
			}
		}
		if at(def.short[st.number], p) && t.isLong(def, i) {
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
	if t.words[i].flags&gluedToken != 0 && flags&gluedToken == 0 {
		return false
	}
	return flags&breakToken == 0 || t.words[i].flags&breakToken != 0 || t.exact != ""
}

// isShort reports whether word i of t is the acronym of def.
func (t *term) isShort(def *definition, i int) bool {
	return def.home.answers(t.words[i].atom, def.acronym)
}

// isLong reports whether the words of t from i on are the expansion of def.
func (t *term) isLong(def *definition, i int) bool {
	n := int(def.to - def.from)
	if i+n > len(t.words) {
		return false
	}
	for j := range n {
		if !def.home.answers(t.words[i+j].atom, def.from+int32(j)) {
			return false
		}
	}
	return true
}

// toTheLetter reports whether the text at h is t to the letter, and widens h to the signs around
// its words that belong to it, as in "C++".
func (t *term) toTheLetter(st *stream, h *hit) bool {
	from, least := int(h.from), int(h.from)
	if t.lead > 0 {
		const loose = 4 // bytes in a text for one of t.lead: decomposed, or white space
		from, least = from-1, max(0, from-loose*int(t.lead))
	}
	for ; from >= least; from-- {
		if !utf8.RuneStart(st.text[from]) {
			continue
		}
		if n, ok := spelled(t.exact, st.text[from:]); ok {
			h.from, h.to = int32(from), int32(from+n)
			return true
		}
	}
	return false
}

// spelled reports whether text begins with exact, composed or not, and with how many bytes of it.
// Any white space is as good as another, and the last word of exact has to end where it does in text.
func spelled(exact, text string) (n int, ok bool) {
	rest := text
	for want := exact; want != ""; {
		if want[0] == ' ' {
			trimmed := strings.TrimLeftFunc(rest, unicode.IsSpace)
			if trimmed == rest {
				return 0, false
			}
			want, rest = want[1:], trimmed
			continue
		}
		size := 1
		if len(rest) > 1 && (rest[0] >= utf8.RuneSelf || rest[1] >= utf8.RuneSelf) {
			size = norm.NFC.NextBoundaryInString(rest, true)
		}
		if rest == "" || size <= 0 {
			return 0, false
		}
		composed := rest[:size]
		if size > 1 {
			composed = norm.NFC.String(composed)
		}
		if !strings.HasPrefix(want, composed) {
			return 0, false
		}
		want, rest = want[len(composed):], rest[size:]
	}
	last, _ := utf8.DecodeLastRuneInString(exact)
	if isWord(last) && !isRun(last) && tokenStarts(rest) {
		return 0, false
	}
	return len(text) - len(rest), true
}
