package story

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// How alike an article and a story must be. The values were chosen together, on the dev parts of
// all sets of eval_test.go at once; go test -v -run Eval ./notify/story prints what they reach. Each
// says what happens without it.
const (
	// At 0.35 the pages of one site begin to join by their menus: of the pairs that shingles alone
	// find in neardup-extract, 96 % are right, and all at 0.5.
	minCopied = 0.5

	// The cosine from which two short reports of one hour tell of one event. On stories-allsides
	// 7.1 % of the stories are mixed at 0.18, 5.8 % at 0.22; at 0.28 B³ falls from 0.954 to 0.936.
	minCosine = 0.22

	// Long texts have more in common, whatever they report: so much for each doubling of plainTerms.
	// Without it 17 % of stories-ecbplus's stories are mixed, with it 7 %.
	cosineByLength = 0.055
	plainTerms     = 50

	// The more days apart, the likelier a look-alike and the rarer a late report: so much is added in
	// the end, and two thirds of it after gapDays. Without it stories-allsides falls to B³ 0.60.
	cosineByGap = 0.44
	gapDays     = 3

	// Without dates nothing is known of the gap. Without it 25 % of stories-ecbplus's stories are
	// mixed; at 0.2, B³ falls from 0.88 to 0.62.
	cosineUndated = 0.09

	// An outlet seldom reports an event twice: times so much. stories-slowwire: B³ 0.949 without,
	// 0.959 with.
	sameOutlet = 1.22

	// With one word of two in common, headlines have a high cosine by chance. So much evidence, in
	// summed IDF, halves it. Without it 22 % of stories-ledger's stories are mixed, with it 15 %.
	halfEvidence = 2

	maxCosine = 0.9 // needed at most, or no update could join
)

// What a search costs at most.
const (
	maxVisits     = 2000 // of stories that share a term, the rarest terms first
	maxCandidates = 16   // stories to compare with
)

// What an index takes for known of a term before it has seen any: as if there had been priorStories,
// and priorShare of them had it. To a small index all words are rare otherwise: at 50 instead of 500,
// the 18 reports of case-msft-openai raise nine alerts.
const (
	priorStories = 500
	priorShare   = 0.008
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
	for _, c := range x.candidates(q) {
		if l := x.compare(q, c.story); best.story == nil || l.rank() > best.rank() {
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
func (x *Index) candidates(q query) []candidate {
	rarest := slices.SortedFunc(slices.Values(q.terms), func(s, t term) int {
		return cmp.Or(cmp.Compare(len(x.byTerm[s.hash]), len(x.byTerm[t.hash])), cmp.Compare(s.hash, t.hash))
	})
	at := make(map[*story]int) // in found
	var found []candidate
	visits := 0
	for _, t := range rarest {
		stories := x.byTerm[t.hash]
		if visits += len(stories); visits > maxVisits {
			break
		}
		for _, s := range stories {
			i, ok := at[s]
			if !ok {
				i = len(found)
				at[s] = i
				found = append(found, candidate{story: s})
			}
			found[i].shared += q.weights[t.hash] * q.weights[t.hash]
		}
	}
	slices.SortFunc(found, func(c, d candidate) int {
		return cmp.Or(cmp.Compare(d.shared, c.shared), cmp.Compare(c.number, d.number), strings.Compare(c.name, d.name))
	})
	return found[:min(len(found), maxCandidates)]
}

// A candidate is a story that has terms of a query.
type candidate struct {
	*story
	shared float64 // what their squared weights in the query add up to
}

// compare returns the likeness of q to the whole of s, so that a story cannot wander off article by article.
func (x *Index) compare(q query, s *story) *likeness {
	l := &likeness{story: s, needed: 1, days: s.daysFrom(q.published)}
	for _, k := range s.sketches {
		l.copied = max(l.copied, containment(q.sketch, k))
	}
	var dot, sum, evidence float64
	for _, t := range s.terms {
		idf := x.idf(t.hash)
		w := float64(t.weight) * idf
		sum += w * w
		if v, ok := q.weights[t.hash]; ok {
			dot += w * v
			evidence += idf
			l.shared = append(l.shared, term{t.hash, float32(w * v)})
		}
	}
	if evidence == 0 {
		return l
	}
	l.cosine = dot / (q.norm * math.Sqrt(sum)) * evidence / (evidence + halfEvidence)
	l.needed = cosineNeeded(min(len(q.terms), len(s.terms)), l.days)
	if slices.Contains(s.outlets, q.outlet) {
		l.needed *= sameOutlet
	}
	l.needed = min(l.needed, maxCosine)
	return l
}

// cosineNeeded returns the cosine from which two texts tell of one event: the shorter has so many
// terms, and they are so many days apart, -1 if that is unknown.
func cosineNeeded(terms int, days float64) float64 {
	needed := minCosine + cosineByLength*max(0, math.Log2(float64(terms)/plainTerms))
	if days < 0 {
		return needed + cosineUndated
	}
	return needed + cosineByGap*(1-math.Exp(-days/gapDays))
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
	switch {
	case l.days >= 0.5:
		apart = fmt.Sprintf(", %.1f days apart", l.days)
	case l.days >= 0:
		apart = ", the same day"
	}
	return fmt.Sprintf("shares %s (%.2f alike, %.2f needed%s)", strings.Join(shared, ", "), l.cosine, l.needed, apart)
}
