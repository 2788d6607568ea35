package story

import (
	"cmp"
	"math"
	"slices"
)

// A story is the sum of its articles. That of a recap has no terms and no sketches.
type story struct {
	name      string
	serial    uint32     // when it opened, among the stories of its index
	live      int        // how many arrivals it has
	articles  int        // without recaps
	terms     []term     // ascending by hash
	norm      float64    // of the terms, as they were weighed when the last article came
	members   []member   // the latest ones
	sketches  [][]uint32 // of its first text and the latest ones
	pairs     []uint32   // ascending
	outlets   []uint64
	addresses []uint64
	named     []uint16  // days that its articles name
	days      []float64 // when its latest articles with a date were published, in days since 1970
}

// A member is an article of a story.
type member struct {
	terms []term
	norm  float64
}

const (
	maxTerms    = 1000 // of a story; a single full text has some 200
	maxPairsOf  = 2000 // of a story
	maxSketches = 8    // of a story, to recognise copies of its texts
	maxMembers  = 8    // of a story, to compare with one by one
	maxDays     = 32
)

// take takes an article into s. It returns the terms that are new to it, and those that it dropped.
func (s *story) take(p *Profile) (fresh, dropped []uint32) {
	s.articles++
	s.terms, fresh = sum(s.terms, p.terms)
	s.members = push(s.members, member{terms: p.terms}, 0, maxMembers)
	if len(p.sketch) > 0 {
		s.sketches = push(s.sketches, p.sketch, 1, maxSketches)
	}
	if len(s.pairs) < maxPairsOf {
		s.pairs = union(s.pairs, p.pairs)
	}
	if p.outlet != 0 && !slices.Contains(s.outlets, p.outlet) {
		s.outlets = append(s.outlets, p.outlet)
	}
	s.named = union(s.named, p.days)
	if p.day != 0 {
		s.days = push(s.days, p.day, 0, maxDays)
	}
	return fresh, s.prune()
}

// union returns the elements of two ascending lists, ascending. It changes neither.
func union[E cmp.Ordered](a, b []E) []E {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	u := slices.Concat(a, b)
	slices.Sort(u)
	return slices.Clip(slices.Compact(u))
}

// push appends e to list, and first drops the element at oldest if it has limit elements.
func push[E any](list []E, e E, oldest, limit int) []E {
	if len(list) == limit {
		list = slices.Delete(list, oldest, oldest+1)
	}
	return append(list, e)
}

// sum adds the terms ts to those of a story, both ascending, and returns also those that are new there.
// It changes neither.
func sum(story, ts []term) (merged []term, fresh []uint32) {
	if len(story) == 0 {
		for _, t := range ts {
			fresh = append(fresh, t.hash)
		}
		return ts, fresh
	}
	merged = make([]term, 0, len(story)+len(ts))
	for _, t := range ts {
		for len(story) > 0 && story[0].hash < t.hash {
			merged, story = append(merged, story[0]), story[1:]
		}
		if len(story) > 0 && story[0].hash == t.hash {
			t, story = add(story[0], t), story[1:]
		} else {
			fresh = append(fresh, t.hash)
		}
		merged = append(merged, t)
	}
	return slices.Clip(append(merged, story...)), fresh
}

func add(s, t term) term {
	return term{
		hash:   s.hash,
		weight: uint16(min(math.MaxUint16, int(s.weight)+int(t.weight))),
		leads:  uint8(min(math.MaxUint8, int(s.leads)+int(t.leads))),
		kind:   s.kind | t.kind,
	}
}

// prune drops the lightest terms of s beyond maxTerms and returns them.
func (s *story) prune() (dropped []uint32) {
	if len(s.terms) <= maxTerms {
		return nil
	}
	byWeight := slices.SortedFunc(slices.Values(s.terms), func(t, u term) int {
		return cmp.Or(cmp.Compare(u.weight, t.weight), cmp.Compare(t.hash, u.hash))
	})
	for _, t := range byWeight[maxTerms:] {
		dropped = append(dropped, t.hash)
	}
	s.terms = byWeight[:maxTerms]
	slices.SortFunc(s.terms, byHash)
	return dropped
}

// weigh updates the norms after an article came.
func (s *story) weigh(x *Index) {
	s.norm = x.norm(s.terms)
	s.members[len(s.members)-1].norm = s.norm
	if s.articles > 1 {
		m := &s.members[len(s.members)-1]
		m.norm = x.norm(m.terms)
	}
}

// daysFrom returns how many days a day is from the nearest report of s, -1 if either is unknown.
func (s *story) daysFrom(day float64) float64 {
	if day == 0 || len(s.days) == 0 {
		return -1
	}
	nearest := math.Inf(1)
	for _, d := range s.days {
		nearest = min(nearest, math.Abs(day-d))
	}
	return nearest
}
