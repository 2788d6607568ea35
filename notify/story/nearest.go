package story

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// How alike an article and a story must be. All were chosen together on the dev parts of the sets
// that eval_test.go names (go test -v -run Eval ./notify/story prints what they reach), and on all
// of them put through one index: there the words of one set are the background of the others.
const (
	// copied: below 0.35 the pages of one site begin to join by their menus (neardup-extract, pair
	// precision 1.00 at 0.5, 0.96 at 0.35).
	minCopied = 0.5

	// The cosine from which two short reports of one hour are one event; stories-allsides, where
	// 0.30 splits one story in five and 0.18 merges twice as many.
	minCosine = 0.22

	// Long texts have more in common whatever they report: so much a doubling over plainTerms.
	cosineByLength = 0.05
	plainTerms     = 50

	// Days apart, look-alikes are likelier than late reports: so much more is needed in the end, and
	// two thirds of it after gapDays. stories-allsides, pair precision 0.74 with it, 0.52 without.
	cosineByGap = 0.4
	gapDays     = 3

	// Without dates nothing is known of the gap: what four hours less than a day would need.
	cosineUndated = 0.1

	// What only the two of them share, a victim's name or a street, tells that it is one event at
	// any distance: rareTerms of them take rareLift of cosineByGap away. stories-gva, pair F1 0.54
	// with it, 0.48 without.
	rareTerms = 4
	rareLift  = 0.6
	rareIDF   = 5.5

	// An outlet seldom reports an event twice.
	sameOutlet = 1.1

	// Of two headlines even one word in common is a high cosine: the evidence is damped by it, and below
	// minEvidence (of summed IDF: one rare word and a common one) it is none.
	minEvidence  = 6
	dampEvidence = 2

	maxCosine = 0.9
)

// What a search costs at most.
const (
	maxVisits     = 4000 // of stories that share a term, the rarest terms first
	maxCandidates = 16   // stories to compare with
)

// The document frequency that every term is given before it is seen, as if an index had known
// priorStories, and priorShare of them had had it. Without it, in a small index all words are rare.
const (
	priorStories = 500
	priorShare   = 0.007
)

// idf returns how telling a term is: the logarithm of how many stories come on one that has it.
func (x *Index) idf(hash uint32) float64 {
	with := float64(len(x.byTerm[hash])) + priorShare*priorStories
	return max(0.05, math.Log((float64(len(x.byName))+priorStories)/with))
}

// A likeness is how an article compares with a story.
type likeness struct {
	story  *story
	copied float64 // how much of the shorter text is in the other, 0 to 1
	cosine float64 // of their terms, damped where few are shared
	needed float64 // the cosine from which they report one event
	days   float64 // from the article to the mean of the story, -1 if unknown
	shared []term  // with what each adds to the cosine
}

// joins reports whether they report one event.
func (l *likeness) joins() bool { return l.copied >= minCopied || l.cosine >= l.needed }

// rank orders likenesses: a copy comes before any other.
func (l *likeness) rank() float64 {
	if l.copied >= minCopied {
		return 1/minCosine + l.copied
	}
	return l.cosine / l.needed
}

// nearest returns the likeness of p to the story that it is most alike. It has no story if none
// shares a term.
func (x *Index) nearest(p *profile) *likeness {
	q := x.query(p)
	best := &likeness{needed: 1}
	for _, s := range x.candidates(q) {
		if l := x.compare(q, s); best.story == nil || l.rank() > best.rank() {
			best = l
		}
	}
	return best
}

// A query is a profile weighed by what the index knows of its terms.
type query struct {
	*profile
	weights map[uint32]float64
	norm    float64
}

func (x *Index) query(p *profile) query {
	q := query{profile: p, weights: make(map[uint32]float64, len(p.terms))}
	sum := 0.0
	for _, t := range p.terms {
		w := float64(t.weight) * x.idf(t.hash)
		q.weights[t.hash] = w
		sum += w * w
	}
	q.norm = math.Sqrt(sum)
	return q
}

// candidates returns the stories that share the most with q by its rarest terms, best first.
func (x *Index) candidates(q query) []*story {
	rarest := slices.SortedFunc(slices.Values(q.terms), func(s, t term) int {
		return cmp.Or(cmp.Compare(len(x.byTerm[s.hash]), len(x.byTerm[t.hash])), cmp.Compare(s.hash, t.hash))
	})
	shared := make(map[*story]float64)
	visits := 0
	for _, t := range rarest {
		stories := x.byTerm[t.hash]
		if visits += len(stories); visits > maxVisits {
			break
		}
		for _, s := range stories {
			shared[s] += q.weights[t.hash] * q.weights[t.hash]
		}
	}
	found := make([]*story, 0, len(shared))
	for s := range shared {
		found = append(found, s)
	}
	slices.SortFunc(found, func(s, t *story) int {
		return cmp.Or(cmp.Compare(shared[t], shared[s]), cmp.Compare(s.number, t.number), cmp.Compare(s.name, t.name))
	})
	return found[:min(len(found), maxCandidates)]
}

// compare returns the likeness of q to the whole of s, so that a story cannot wander off article by article.
func (x *Index) compare(q query, s *story) *likeness {
	l := &likeness{story: s, needed: 1, days: s.daysFrom(q.published)}
	for _, k := range s.sketches {
		l.copied = max(l.copied, containment(q.sketch, k))
	}
	var dot, sum, evidence float64
	rare := 0
	for _, t := range s.terms {
		idf := x.idf(t.hash)
		w := float64(t.weight) * idf
		sum += w * w
		if v, ok := q.weights[t.hash]; ok {
			dot += w * v
			evidence += idf
			if idf >= rareIDF {
				rare++
			}
			l.shared = append(l.shared, term{t.hash, float32(w * v)})
		}
	}
	if evidence >= minEvidence {
		l.cosine = dot / (q.norm * math.Sqrt(sum)) * evidence / (evidence + dampEvidence)
		l.needed = cosineNeeded(min(len(q.terms), len(s.terms)), l.days, rare)
		if slices.Contains(s.outlets, q.outlet) {
			l.needed = min(maxCosine, l.needed*sameOutlet)
		}
	}
	return l
}

// cosineNeeded returns the cosine from which two texts, the shorter of so many terms, so many days
// apart (-1: unknown), with so many rare terms in common, report one event.
func cosineNeeded(terms int, days float64, rare int) float64 {
	needed := minCosine + cosineByLength*max(0, math.Log2(float64(terms)/plainTerms))
	if days < 0 {
		return needed + cosineUndated
	}
	lift := 1 - rareLift*float64(min(rare, rareTerms))/rareTerms
	return min(maxCosine, needed+lift*cosineByGap*(1-math.Exp(-days/gapDays)))
}

// whyTerms is how many shared words a decision names.
const whyTerms = 5

// why says in a line what p and the story have in common, and how much of it was needed.
func (l *likeness) why(p *profile) string {
	if l.copied >= minCopied {
		return fmt.Sprintf("near-duplicate text: %.0f%% of the shorter", 100*l.copied)
	}
	slices.SortFunc(l.shared, func(s, t term) int {
		return cmp.Or(cmp.Compare(t.weight, s.weight), cmp.Compare(s.hash, t.hash))
	})
	var shared []string
	for _, t := range l.shared[:min(len(l.shared), whyTerms)] {
		shared = append(shared, p.texts[t.hash])
	}
	apart := ""
	if l.days >= 0 {
		apart = fmt.Sprintf(", %.1f days apart", l.days)
	}
	return fmt.Sprintf("shares %s (%.2f alike, %.2f needed%s)", strings.Join(shared, ", "), l.cosine, l.needed, apart)
}
