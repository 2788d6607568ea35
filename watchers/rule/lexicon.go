package rule

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
	"sync/atomic"
)

// A lexicon remembers the forms of the words that were met most lately and the atoms of dicts that
// they answer, so that a word is folded, stemmed and looked up once and not every time it is read.
// A form has two buckets, by its hash, and gives way to another that needs its place: that bounds
// it. It is safe for concurrent use.
type lexicon struct {
	dicts   []*dict
	buckets atomic.Pointer[[]bucket] // a power of two
	made    atomic.Int64             // forms since there are so many buckets
}

// A bucket is one line of the processor's cache. Tags are a part of the forms' hashes: most forms
// that are not meant are passed over unread.
type bucket struct {
	tags  [ways]atomic.Uint32
	forms [ways]atomic.Pointer[form]
	next  atomic.Uint32 // which form gives way
	_     [12]byte
}

const (
	ways         = 4
	leastBuckets = 1 << 6
	mostBuckets  = 1 << 14 // 65,536 forms, some 12 MB: the words of a year's news in one language are about as many
	maxWritten   = 64      // in bytes: what is longer is not remembered
)

func newLexicon(dicts []*dict) *lexicon {
	x := &lexicon{dicts: dicts}
	buckets := make([]bucket, leastBuckets)
	x.buckets.Store(&buckets)
	return x
}

// A wordKey is the first bytes of a word, the rest of it 0: the whole word, unless that is longer.
// No word has a byte 0.
type wordKey struct{ head, tail uint64 }

const keyBytes = 16

// keyOf returns the key of text[from:end].
func keyOf(text string, from, end int) wordKey {
	if len(text)-from < keyBytes { // seldom: at the end of a text
		var padded [keyBytes]byte
		copy(padded[:], text[from:end])
		return wordKey{binary.LittleEndian.Uint64(padded[:8]), binary.LittleEndian.Uint64(padded[8:])}
	}
	n := uint(end - from)
	return wordKey{
		head: load(text[from:from+8]) & (math.MaxUint64 >> (64 - 8*min(n, 8))),
		tail: load(text[from+8:from+16]) & (math.MaxUint64 >> (64 - 8*(max(min(n, 16), 8)-8))),
	}
}

// load returns 8 bytes as a number, as binary.LittleEndian.Uint64 does; the compiler makes it one
// instruction.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// A place is where a form may be: in two buckets, by number, with its tag.
type place struct {
	at, other uint64
	tag       uint32
}

// place returns the place among n buckets of a word in a language that has so many bytes. Whoever
// finds words that share their places makes them forget one another, and gains no more.
func (k wordKey) place(bytes int, lang *language, n int) place {
	h := (k.head^lang.number^uint64(bytes)<<8)*0x9E3779B97F4A7C15 ^ bits.RotateLeft64(k.tail*0xC2B2AE3D27D4EB4F, 29)
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	mask := uint64(n - 1)
	return place{h >> 32 & mask, h >> 46 & mask, uint32(h)}
}

// form returns the form of the word text[from:end] in a language, which it makes where it is not
// known.
func (x *lexicon) form(text string, from, end int, lang *language) *form {
	buckets := *x.buckets.Load()
	key, written := keyOf(text, from, end), text[from:end]
	p := key.place(len(written), lang, len(buckets))
	if f := buckets[p.at].form(p.tag, key, written, lang); f != nil {
		return f
	}
	if f := buckets[p.other].form(p.tag, key, written, lang); f != nil {
		return f
	}
	f := x.analyse(strings.Clone(written), lang) // else it would hold the whole article
	if len(written) <= maxWritten {
		keep(f, p, buckets)
		if n := x.made.Add(1); n > int64(len(buckets)*ways/2) && len(buckets) < mostBuckets {
			x.grow(buckets)
		}
	}
	return f
}

// form returns the form of a word in b, nil if it is not there.
func (b *bucket) form(tag uint32, key wordKey, written string, lang *language) *form {
	for i := range b.tags {
		if b.tags[i].Load() != tag {
			continue
		}
		f := b.forms[i].Load()
		if f != nil && f.key == key && f.lang == lang && (!f.long || f.written == written) {
			return f
		}
	}
	return nil
}

// analyse makes a form.
func (x *lexicon) analyse(written string, lang *language) *form {
	f := newForm(written)
	f.lang = lang
	if f.flags&runToken == 0 {
		f.stem = lang.stem(f.composed)
	}
	for _, d := range x.dicts {
		d.answers(f)
	}
	return f
}

// keep puts f into one of its buckets.
func keep(f *form, p place, buckets []bucket) {
	for _, b := range [...]*bucket{&buckets[p.at], &buckets[p.other]} {
		for i := range b.forms {
			if b.forms[i].CompareAndSwap(nil, f) {
				b.tags[i].Store(p.tag)
				return
			}
		}
	}
	b := &buckets[p.other]
	i := b.next.Add(1) % ways
	b.forms[i].Store(f)
	b.tags[i].Store(p.tag)
}

// grow makes four times as many buckets, unless another goroutine has done so.
func (x *lexicon) grow(old []bucket) {
	buckets := make([]bucket, 4*len(old))
	for i := range old {
		for k := range old[i].forms {
			if f := old[i].forms[k].Load(); f != nil {
				keep(f, f.key.place(len(f.written), f.lang, len(buckets)), buckets)
			}
		}
	}
	if now := x.buckets.Load(); len(*now) == len(old) && x.buckets.CompareAndSwap(now, &buckets) {
		x.made.Store(0)
	}
}
