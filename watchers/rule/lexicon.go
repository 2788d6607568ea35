package rule

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

// A lexicon remembers the forms of the words that were met most lately and the atoms of dicts that
// they answer, so that a word is folded, stemmed and looked up once and not every time it is read.
// A form has two places, by its hash, and gives way to another that needs its place: that bounds
// it. It is safe for concurrent use.
type lexicon struct {
	dicts []*dict
	table atomic.Pointer[[]atomic.Pointer[form]] // a power of two
	made  atomic.Int64                           // forms since the table has its size
	seed  maphash.Seed
}

const (
	leastForms = 1 << 8
	mostForms  = 1 << 16 // some 10 MB; the words of a year's news in one language are about as many
	maxWritten = 64      // in bytes: what is longer is not remembered
)

func newLexicon(dicts []*dict) *lexicon {
	x := &lexicon{dicts: dicts, seed: maphash.MakeSeed()}
	table := make([]atomic.Pointer[form], leastForms)
	x.table.Store(&table)
	return x
}

// form returns the form of a word in a language, which it makes where it is not known.
func (x *lexicon) form(written string, lang *language) *form {
	table := *x.table.Load()
	at := x.place(written, lang, table)
	for _, i := range [2]uint64{at, at ^ 1} {
		if f := table[i].Load(); f != nil && f.lang == lang && f.written == written {
			return f
		}
	}
	f := newForm(strings.Clone(written)) // else it would hold the whole article
	f.lang = lang
	if f.flags&runToken == 0 {
		f.stem = lang.stem(f.composed)
	}
	for _, d := range x.dicts {
		d.answers(f)
	}
	if len(written) <= maxWritten {
		x.remember(f, at, table)
	}
	return f
}

func (x *lexicon) place(written string, lang *language, table []atomic.Pointer[form]) uint64 {
	return (maphash.String(x.seed, written) + lang.number) & uint64(len(table)-1)
}

// remember puts f into one of its two places: what came first is likely to be frequent, and stays.
func (x *lexicon) remember(f *form, at uint64, table []atomic.Pointer[form]) {
	if !table[at].CompareAndSwap(nil, f) {
		table[at^1].Store(f)
	}
	if n := x.made.Add(1); n > int64(len(table)/2) && len(table) < mostForms {
		x.grow(table)
	}
}

// grow makes the table four times as large, unless another goroutine has done so.
func (x *lexicon) grow(old []atomic.Pointer[form]) {
	table := make([]atomic.Pointer[form], 4*len(old))
	for i := range old {
		if f := old[i].Load(); f != nil {
			at := x.place(f.written, f.lang, table)
			if !table[at].CompareAndSwap(nil, f) {
				table[at^1].Store(f)
			}
		}
	}
	if now := x.table.Load(); len(*now) == len(old) && x.table.CompareAndSwap(now, &table) {
		x.made.Store(0)
	}
}
