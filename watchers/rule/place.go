package rule

import "slices"

// A placer is a part of a rule that has a place in a field: a leaf, or leaves that stand
// together. It may have many; place calls yield with each that is within w, in the order of
// their distance to w.near, until yield returns true, and then returns true itself.
type placer interface {
	place(s *search, w window, yield func(extent) bool) bool
	reach() int32 // the most tokens from its first to its last
	gate(*dict) ([]atomID, bool)
}

// An extent is from the first to the last token of a place.
type extent struct{ start, end int32 }

func (x extent) union(y extent) extent { return extent{min(x.start, y.start), max(x.end, y.end)} }

// apart returns how many words lie from x to y, 1 for neighbours, and 0 where they overlap.
func apart(x, y extent) int32 {
	return max(0, y.start-x.end+1, x.start-y.end+1)
}

// A window says where a place may be.
type window struct {
	extent
	near int32 // a token; the places closest to it come first
}

// around returns the part of w that is at most n words from x.
func (w window) around(x extent, n int32) window {
	return window{extent{max(w.start, x.start-n), min(w.end, x.end+n)}, (x.start + x.end) / 2}
}

// maxSteps bounds the search for places that stand together, per rule and field. A rule that
// needs more, such as a chain of NEARs between words that are everywhere, does not hold there.
const maxSteps = 200_000

// A search looks for one place of a placer in one field.
type search struct {
	d      *doc
	st     *stream
	chosen []hit // the hits of the leaves placed so far
	steps  int
}

// first returns the hits of the first place of p in st; none if it has no place there.
func first(d *doc, st *stream, p placer) []hit {
	s := &search{d: d, st: st}
	var found []hit
	p.place(s, window{extent: extent{0, int32(len(st.tokens))}}, func(extent) bool {
		found = slices.Clone(s.chosen)
		return true
	})
	return found
}

func (l *leaf) place(s *search, w window, yield func(extent) bool) bool {
	hits := l.find(s.d, s.st)
	right, _ := slices.BinarySearchFunc(hits, w.near, func(h hit, near int32) int { return int(h.start - near) })
	left := right - 1
	for s.steps < maxSteps {
		rightGone := right == len(hits) || hits[right].start >= w.end
		leftGone := left < 0 || hits[left].start+int32(l.words) <= w.start
		var h hit
		switch {
		case rightGone && leftGone:
			return false
		case leftGone, !rightGone && hits[right].start-w.near <= w.near-hits[left].start:
			h = hits[right]
			right++
		default:
			h = hits[left]
			left--
		}
		s.steps++
		if h.end <= w.start || s.sameParty(h) {
			continue
		}
		s.chosen = append(s.chosen, h)
		if yield(extent{h.start, h.end}) {
			return true
		}
		s.chosen = s.chosen[:len(s.chosen)-1]
	}
	return false
}

// sameParty reports whether h names a party already chosen, or is part of its name: where lists
// stand together, each has to bring another party.
func (s *search) sameParty(h hit) bool {
	return h.party != 0 && slices.ContainsFunc(s.chosen, func(c hit) bool {
		return c.party != 0 && (c.party == h.party || overlap(c, h))
	})
}

func overlap(x, y hit) bool { return x.start < y.end && y.start < x.end }

func (l *leaf) reach() int32 { return int32(l.words) }

// An alternatives is at the places of each of its members.
type alternatives []placer

func (a alternatives) place(s *search, w window, yield func(extent) bool) bool {
	for _, p := range a {
		if p.place(s, w, yield) {
			return true
		}
	}
	return false
}

func (a alternatives) reach() (n int32) {
	for _, p := range a {
		n = max(n, p.reach())
	}
	return n
}

// A beside is where all its members are within maxBeside words.
type beside []placer

// maxBeside is how far apart, in words, the first and the last of words side by side may be.
const maxBeside = 20

func (b beside) place(s *search, w window, yield func(extent) bool) bool {
	return b[0].place(s, w, func(x extent) bool { return b[1:].rest(s, w, x, yield) })
}

// rest places the members that are left, around x.
func (b beside) rest(s *search, w window, x extent, yield func(extent) bool) bool {
	if x.end-1-x.start > maxBeside {
		return false
	}
	if len(b) == 0 {
		return yield(x)
	}
	return b[0].place(s, w.around(x, maxBeside), func(y extent) bool {
		return b[1:].rest(s, w, x.union(y), yield)
	})
}

func (b beside) reach() int32 { return maxBeside + 1 }

// A near is where b is at most n words from a; where ordered, behind a.
type near struct {
	a, b    placer
	n       int32
	ordered bool
}

func (r *near) place(s *search, w window, yield func(extent) bool) bool {
	begin := len(s.chosen)
	return r.a.place(s, w, func(x extent) bool {
		middle := len(s.chosen)
		return r.b.place(s, w.around(x, r.n+r.b.reach()), func(y extent) bool {
			if apart(x, y) > r.n || r.ordered && y.start < x.end || share(s.chosen[begin:middle], s.chosen[middle:]) {
				return false
			}
			return yield(x.union(y))
		})
	})
}

// share reports whether a word belongs to both: no word is near itself.
func share(a, b []hit) bool {
	return slices.ContainsFunc(a, func(x hit) bool {
		return slices.ContainsFunc(b, func(y hit) bool { return overlap(x, y) })
	})
}

func (r *near) reach() int32 { return r.a.reach() + r.n + r.b.reach() }
