package rule

import (
	"iter"
	"math/bits"
	"slices"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A fieldSet is fields that are read as words, by their number.
type fieldSet uint8

// wordFields are the fields that are read as words, by number, in the order of spans.
var wordFields = [...]string{"title", "text", "outlet", "source"}

// body are the fields that a rule asks where it names none: title and text.
const body fieldSet = 0b11

// fieldOf returns the set of one field; empty if it is not read as words.
func fieldOf(name string) fieldSet {
	if i := slices.Index(wordFields[:], name); i >= 0 {
		return 1 << i
	}
	return 0
}

// A doc is an article as the rules of one Set see it: read once, asked by each of them. It is
// used again for the next article, so that reading one allocates nothing.
type doc struct {
	set     *Set
	a       *news.Article
	lang    *language
	streams [len(wordFields)]stream
	present bitset   // of the atoms that occur
	occur   []atomID // the same, each once
	asked   bitset   // of the rules that may be met
	defs    []definition
	defined bool    // defs are those of a
	starts  []int32 // see findDefined
	memory  memory
	steps   int // that searches took so far
	search  search
	spans   []news.Span // evidence of the rule that is being asked
}

// A stream is a field of an article as tokens.
type stream struct {
	number   int // its field's
	field    string
	text     string
	tokens   []token
	heads    []int32   // by atom: where its last token is in links, from 1; 0 if it has none; below 0, in posts
	links    []link    // from each token of an atom to the one before
	posts    [][]int32 // the tokens of the atoms that were asked for, ascending
	ints     []int32   // behind posts
	folded   folded    // for regular expressions; only if isFolded
	isFolded bool
}

// A link is a token that answers an atom; before is its number of the one before it, from 1.
type link struct{ token, before int32 }

func (s *Set) newDoc() *doc {
	d := &doc{set: s, present: newBitset(int(s.atoms)), asked: newBitset(s.largest)}
	for i := range d.streams {
		if st := &d.streams[i]; s.fields&(1<<i) != 0 {
			st.number, st.field, st.heads = i, wordFields[i], make([]int32, s.atoms)
		}
	}
	return d
}

// read makes d the doc of a.
func (d *doc) read(a *news.Article) {
	d.a, d.lang = a, languageOf(a.Lang)
	d.memory.nextArticle()
	for i := range d.streams {
		if d.set.fields&(1<<i) != 0 {
			d.readField(&d.streams[i])
		}
	}
	for _, p := range d.set.parts {
		if p.dict.literals != nil {
			d.readLiterals(p.dict.literals)
		}
	}
}

func (d *doc) readField(st *stream) {
	st.text = d.a.Field(st.field)
	s := scanner{text: st.text, tokens: st.tokens[:0], words: d.set.words, lang: d.lang}
	s.scan()
	st.tokens = s.tokens
	for i := range st.tokens {
		for _, id := range st.tokens[i].atoms {
			d.occurs(id)
			st.links = append(st.links, link{int32(i), st.heads[id]})
			st.heads[id] = int32(len(st.links))
		}
	}
}

// occurs notes that an atom occurs.
func (d *doc) occurs(id atomID) {
	if !d.present.has(int32(id)) {
		d.present.add(int32(id))
		d.occur = append(d.occur, id)
	}
}

// forget makes d ready for the next article.
func (d *doc) forget() {
	for _, id := range d.occur {
		d.present.remove(int32(id))
		for i := range d.streams {
			if heads := d.streams[i].heads; heads != nil {
				heads[id] = 0
			}
		}
	}
	for i := range d.streams {
		st := &d.streams[i]
		st.text, st.isFolded = "", false
		st.links, st.posts, st.ints = st.links[:0], st.posts[:0], st.ints[:0]
	}
	d.a = nil
	clear(d.spans[:cap(d.spans)]) // lest it hold the article
	d.occur, d.defs, d.defined, d.steps = d.occur[:0], d.defs[:0], false, 0
}

// post returns the tokens of st that answer an atom, ascending.
func (st *stream) post(id atomID) []int32 {
	head := st.heads[id]
	switch {
	case head == 0:
		return nil
	case head < 0:
		return st.posts[-head-1]
	}
	from := len(st.ints)
	for at := head; at > 0; at = st.links[at-1].before {
		st.ints = append(st.ints, st.links[at-1].token)
	}
	post := slices.Clip(st.ints[from:])
	slices.Reverse(post)
	st.posts = append(st.posts, post)
	st.heads[id] = -int32(len(st.posts))
	return post
}

// answers reports whether token i answers an atom.
func (st *stream) answers(id atomID, i int32) bool {
	return slices.Contains(st.tokens[i].atoms, id)
}

// in yields the streams of fields.
func (d *doc) in(fields fieldSet) iter.Seq[*stream] {
	return func(yield func(*stream) bool) {
		for ; fields != 0; fields &= fields - 1 {
			if !yield(&d.streams[bits.TrailingZeros8(uint8(fields))]) {
				return
			}
		}
	}
}

// maxEvidence is how many places of one word, phrase, list or regular expression in one field a
// match reports: a reader wants to see why, not to count.
const maxEvidence = 8

// show adds the first of hits to the evidence.
func (d *doc) show(st *stream, hits []hit) {
	for _, h := range hits[:min(len(hits), maxEvidence)] {
		d.spans = append(d.spans, news.Span{Field: st.field, Start: int(h.from), End: int(h.to), Text: st.text[h.from:h.to]})
	}
}

// evidence returns the spans collected, in the order of news.Match, without those that overlap an
// earlier or a longer one. They hold until the next rule is asked.
func (d *doc) evidence() []news.Span {
	slices.SortFunc(d.spans, compareSpans)
	n := 0
	for _, s := range d.spans {
		if n == 0 || d.spans[n-1].Field != s.Field || d.spans[n-1].End <= s.Start {
			d.spans[n] = s
			n++
		}
	}
	return d.spans[:n]
}

func compareSpans(x, y news.Span) int {
	if x.Field != y.Field {
		return slices.Index(spanOrder, x.Field) - slices.Index(spanOrder, y.Field)
	}
	if x.Start != y.Start {
		return x.Start - y.Start
	}
	return y.End - x.End
}

// spanOrder is the order of spans by field.
var spanOrder = []string{"title", "text", "outlet", "site", "source", "lang"}

// A bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

// has reports whether i is in b; the nil bitset has none.
func (b bitset) has(i int32) bool { return b != nil && b[i/64]>>(i%64)&1 != 0 }
func (b bitset) add(i int32)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) remove(i int32)   { b[i/64] &^= 1 << (i % 64) }

func (b bitset) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// drain yields the numbers in b, ascending, and takes them out.
func (b bitset) drain() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for k := range b {
			for w := b[k]; w != 0; w &= w - 1 {
				if !yield(int32(64*k + bits.TrailingZeros64(w))) {
					return
				}
			}
			b[k] = 0
		}
	}
}
