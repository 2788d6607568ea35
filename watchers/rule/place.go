package rule

import "slices"

// A placer is a part of a rule that has a place in a field: a leaf, or leaves that stand
// together. It may have many; place calls s.reached with each that is within w, in the order of
// their distance to w.near, until that returns true, and then returns true itself.
type placer interface {
	place(s *search, w window, then int) bool
	reach() int32 // the most tokens from its first to its last
	needs(*dict) ([]need, bool)
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

// What bounds the search for places that stand together. A rule that needs more, such as a chain
// of NEARs between words that are everywhere, does not hold there. An article whose rules have
// taken maxArticleSteps leaves each of the others only fairSteps, which any usual rule does with:
// so the costly pay first, and the time of an article is bounded for any number of rules.
const (
	maxSteps        = 200_000   // per rule and field
	maxArticleSteps = 5_000_000 // of an article; a step is some 10 ns
	fairSteps       = 10_000    // per rule and field, after that
)

// A search looks for the places of a placer in one field.
type search struct {
	d      *doc
	st     *stream
	chosen []hit  // the hits of the leaves placed so far
	steps  int    // that are left
	stack  []step // what to do with a place once it is found
	most   int    // how many places are looked for
	found  []extent
}

// A step is what one part of a rule does with a place of another. It is kept in a stack and not
// in a closure, since a search takes thousands.
type step struct {
	rest    beside // the members still to be placed around the place, or
	near    *near  // the NEAR whose first part it is, or
	second  bool   // whose second part it is
	w       window
	x       extent // placed before
	begin   int    // where the hits of the first part are in chosen,
	middle  int    // and those of the second
	outside int    // the step that waits for the whole, by number
}

// places returns the first places of p in st, most of them at most, and leaves the hits of the
// last of them in s.chosen. The caller must not keep them.
func (s *search) places(d *doc, st *stream, p placer, most int) []extent {
	limit := maxSteps
	if d.steps > maxArticleSteps {
		limit = fairSteps
	}
	s.d, s.st, s.steps, s.most = d, st, limit, most
	s.chosen, s.stack, s.found = s.chosen[:0], s.stack[:0], s.found[:0]
	p.place(s, window{extent: extent{0, int32(len(st.tokens))}}, atTheEnd)
	d.steps += limit - s.steps
	return s.found
}

// atTheEnd is the number of the step with which a search is done.
const atTheEnd = -1

// push adds a step and returns its number. Whoever pushes it pops it.
func (s *search) push(t step) int {
	s.stack = append(s.stack, t)
	return len(s.stack) - 1
}

func (s *search) pop() { s.stack = s.stack[:len(s.stack)-1] }

// reached goes on from a place with step number then.
func (s *search) reached(x extent, then int) bool {
	if then == atTheEnd {
		s.found = append(s.found, x)
		return len(s.found) == s.most
	}
	switch t := s.stack[then]; {
	case t.near == nil:
		return t.rest.around(s, t.w, t.x.union(x), t.outside)
	case !t.second:
		return t.near.second(s, t, x)
	default:
		return t.near.both(s, t, x)
	}
}

func (l *leaf) place(s *search, w window, then int) bool {
	hits := l.find(s.d, s.st)
	right, _ := slices.BinarySearchFunc(hits, w.near, func(h hit, near int32) int { return int(h.start - near) })
	left := right - 1
	for s.steps > 0 {
		rightGone := right == len(hits) || hits[right].start >= w.end
		leftGone := left < 0 || hits[left].start+l.words <= w.start
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
		s.steps--
		if h.end <= w.start || s.sameParty(h) {
			continue
		}
		s.chosen = append(s.chosen, h)
		if s.reached(extent{h.start, h.end}, then) {
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

func (l *leaf) reach() int32 { return l.words }

// An alternatives is at the places of each of its members.
type alternatives []placer

func (a alternatives) place(s *search, w window, then int) bool {
	for _, p := range a {
		if p.place(s, w, then) {
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

func (b beside) place(s *search, w window, then int) bool {
	defer s.pop()
	return b[0].place(s, w, s.push(step{rest: b[1:], w: w, x: nowhere, outside: then}))
}

// nowhere is the extent of nothing, the zero of union.
var nowhere = extent{1 << 30, -1 << 30}

// around places the members b that are left around x.
func (b beside) around(s *search, w window, x extent, then int) bool {
	if x.end-1-x.start > maxBeside {
		return false
	}
	if len(b) == 0 {
		return s.reached(x, then)
	}
	defer s.pop()
	return b[0].place(s, w.around(x, maxBeside), s.push(step{rest: b[1:], w: w, x: x, outside: then}))
}

func (b beside) reach() int32 { return maxBeside + 1 }

// A near is where b is at most n words from a; where ordered, behind a.
type near struct {
	a, b    placer
	n       int32
	ordered bool
}

func (r *near) place(s *search, w window, then int) bool {
	defer s.pop()
	return r.a.place(s, w, s.push(step{near: r, w: w, begin: len(s.chosen), outside: then}))
}

// second looks for b around x, a place of a.
func (r *near) second(s *search, t step, x extent) bool {
	t.second, t.x, t.middle = true, x, len(s.chosen)
	defer s.pop()
	return r.b.place(s, t.w.around(x, r.n+r.b.reach()), s.push(t))
}

// both goes on if y, a place of b, fits the one of a.
func (r *near) both(s *search, t step, y extent) bool {
	if apart(t.x, y) > r.n || r.ordered && y.start < t.x.end || share(s.chosen[t.begin:t.middle], s.chosen[t.middle:]) {
		return false
	}
	return s.reached(t.x.union(y), t.outside)
}

// share reports whether a word belongs to both: no word is near itself.
func share(a, b []hit) bool {
	return slices.ContainsFunc(a, func(x hit) bool {
		return slices.ContainsFunc(b, func(y hit) bool { return overlap(x, y) })
	})
}

func (r *near) reach() int32 { return r.a.reach() + r.n + r.b.reach() }
