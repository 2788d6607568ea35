package story

import (
	"cmp"
	"math"
	"slices"
)

// What a search costs at most.
const (
	maxVisits     = 2000 // of stories that share a term, the rarest terms first
	maxCandidates = 16   // stories to compare with
)

// priorStories is how many stories' worth of English at large an index knows before it has seen any.
const priorStories = 500

// idf returns how telling a term is: the logarithm of how many stories come on one that has it.
func (x *Index) idf(hash uint32) float64 { return x.idfOf(hash, int(x.byTerm[hash].stories)) }

func (x *Index) idfOf(hash uint32, stories int) float64 {
	with := float64(stories) + priorStories*shareOf(hash)
	return max(0.05, math.Log((float64(len(x.byName))+priorStories)/with))
}

// norm returns the length of a vector of terms.
func (x *Index) norm(ts []term) float64 {
	squares := 0.0
	for _, t := range ts {
		w := float64(t.weight) * x.idf(t.hash)
		squares += w * w
	}
	return math.Sqrt(squares)
}

// A query is a profile weighed by what the index knows of its terms.
type query struct {
	*Profile
	terms   []weighed // ascending by hash
	norm    float64
	numbers float64 // how many
}

type weighed struct {
	term
	uses
	idf, vector float64
}

func (x *Index) query(p *Profile) *query {
	q := &query{Profile: p, terms: make([]weighed, 0, len(p.terms))}
	squares := 0.0
	for _, t := range p.terms {
		w := weighed{term: t, uses: x.byTerm[t.hash]}
		w.idf = x.idfOf(t.hash, int(w.stories))
		w.vector = float64(t.weight) * w.idf
		squares += w.vector * w.vector
		q.terms = append(q.terms, w)
		if t.kind&aNumber != 0 {
			q.numbers++
		}
	}
	q.norm = math.Sqrt(squares)
	return q
}

// nearest returns the likeness of p to the story that it is most alike, nil if none shares a term.
func (x *Index) nearest(p *Profile) *likeness {
	ls := x.likenesses(p)
	if len(ls) == 0 {
		return nil
	}
	return ls[0]
}

// likenesses compares p with the stories that share the most with it and returns the most alike first.
func (x *Index) likenesses(p *Profile) []*likeness {
	q := x.query(p)
	var ls []*likeness
	for _, s := range x.candidates(q) {
		ls = append(ls, x.compare(q, s))
	}
	standOut(ls)
	slices.SortStableFunc(ls, func(l, m *likeness) int { return cmp.Compare(m.rank(), l.rank()) })
	return ls
}

// candidates returns the stories that share the most with q by its rarest terms, best first.
func (x *Index) candidates(q *query) []*story {
	rarest := slices.Clone(q.terms)
	slices.SortFunc(rarest, func(t, u weighed) int {
		return cmp.Or(cmp.Compare(t.stories, u.stories), cmp.Compare(t.hash, u.hash))
	})
	shared := make(map[uint32]float64) // by serial
	visits := 0
	for _, t := range rarest {
		if visits += len(t.latest); visits > maxVisits {
			break
		}
		for _, serial := range t.latest {
			shared[serial] += t.vector * t.vector
		}
	}
	serials := make([]uint32, 0, len(shared))
	for serial := range shared {
		if x.live(serial) != nil {
			serials = append(serials, serial)
		}
	}
	slices.SortFunc(serials, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(a, b))
	})
	var best []*story
	for _, serial := range serials[:min(len(serials), maxCandidates)] {
		best = append(best, x.live(serial))
	}
	return best
}

// live returns the story of a serial, nil if it is forgotten.
func (x *Index) live(serial uint32) *story {
	if serial < x.firstOf {
		return nil
	}
	return x.serials[serial-x.firstOf]
}
