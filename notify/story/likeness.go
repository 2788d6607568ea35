package story

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// At 0.35 the pages of one site begin to join by their menus: of the pairs that shingles alone find in
// neardup-extract, 96 % are right, and all at 0.5.
const minCopied = 0.5

// A trait is a way in which an article and a story are alike or not.
type trait int

// The traits.
const (
	whole        trait = iota // their terms: the logarithm of the cosine with the sum of the story
	closest                   // the same with the one of its articles that is most alike
	lead                      // how much of the story's leads is in the article, by IDF, 0 to 1
	pairs                     // logarithm of how many pairs of words they share
	numbers                   // share of the article's numbers that the story has
	ownNames                  // names that hardly another story has, by IDF, times days apart
	sameDayNamed              // 1 if both name a day, the same
	otherDays                 // 1 if both name days, none the same
	laterNamed                // 1 if they name the same day and were published long apart
	margin                    // the cosine beyond that of the next story
	crowd                     // logarithm of how many stories are at least half as alike
	short                     // 1 if the article is a headline
	sameDay                   // 1 within the hour, 0.14 a day apart
	daysApart                 // logarithm
	undated                   // 1 if nobody knows
	sameOutlet                // 1 if the outlet has reported it before: seldom does one report an event twice
	nTraits
)

// traits has for each trait what it is called in a why, and what is usual of an article at the edge of
// a story: what is beyond that speaks for one event or against it. go test -v -run EvalFit ./notify/story
// prints the usual.
var traits = [nTraits]struct {
	name  string
	usual float64
}{
	whole:        {"the words", -1.44},
	closest:      {"one report's words", -1.38},
	lead:         {"the lead", 0.34},
	pairs:        {"words in a row", 0.73},
	numbers:      {"the numbers", 0.24},
	ownNames:     {"names of its own", 0.32},
	sameDayNamed: {"a day that both name", 0.07},
	otherDays:    {"they name other days", 0.09},
	laterNamed:   {"the day is named again", 0.03},
	margin:       {"no other story so near", -0.05},
	crowd:        {"other stories as near", 0.84},
	short:        {"a headline only", 0.62},
	sameDay:      {"the same day", 0.44},
	daysApart:    {"days apart", 0.16},
	undated:      {"no date", 0.44},
	sameOutlet:   {"the same outlet", 0.15},
}

// A judgement says how much each trait speaks for one event, and how much all that is usual does.
type judgement struct {
	weights [nTraits]float64
	usual   float64
}

var fitted = judgement{
	usual: -0.53,
	weights: [nTraits]float64{
		whole:        1.01,
		closest:      0.85,
		lead:         1.92,
		pairs:        0.52,
		numbers:      0.96,
		ownNames:     0.36,
		sameDayNamed: 0.49,
		otherDays:    -0.38,
		laterNamed:   0.68,
		margin:       1.62,
		crowd:        -0.63,
		short:        1.03,
		sameDay:      3.15,
		daysApart:    -1.28,
		undated:      0.92,
		sameOutlet:   -1.01,
	},
}

// halfEvidence is in summed IDF: with one word of two in common, headlines have a high cosine by
// chance. So much evidence halves it.
const halfEvidence = 5

// A likeness is how an article compares with a story.
type likeness struct {
	story  *story
	by     *judgement
	copied float64 // how much of the shorter text is in the other, 0 to 1
	cosine float64 // of their terms, damped where few are shared
	days   float64 // apart, -1 if unknown
	has    [nTraits]float64
	shared []sharedTerm
}

type sharedTerm struct {
	hash   uint32
	weight float64 // what it adds to the cosine
}

// headlineTerms is how many terms more than a headline has.
const headlineTerms = 12

// compare returns the likeness of q to the whole of s, so that a story cannot wander off article by article.
func (x *Index) compare(q *query, s *story) *likeness {
	l := &likeness{story: s, by: x.by, days: s.daysFrom(q.day)}
	for _, k := range s.sketches {
		l.copied = max(l.copied, containment(q.sketch, k))
	}
	x.compareTerms(l, q)
	l.has[pairs] = math.Log1p(float64(countBoth(q.pairs, s.pairs)))
	if len(q.days) > 0 && len(s.named) > 0 {
		if countBoth(q.days, s.named) > 0 {
			l.has[sameDayNamed] = 1
		} else {
			l.has[otherDays] = 1
		}
	}
	if len(q.terms) < headlineTerms {
		l.has[short] = 1
	}
	if l.days < 0 {
		l.has[undated] = 1
	} else {
		l.has[sameDay] = math.Exp(-2 * l.days)
		l.has[daysApart] = math.Log1p(l.days)
	}
	if l.days >= 0 {
		l.has[laterNamed] = l.has[sameDayNamed] * (1 - l.has[sameDay])
	}
	l.has[ownNames] *= l.has[daysApart]
	if slices.Contains(s.outlets, q.outlet) {
		l.has[sameOutlet] = 1
	}
	return l
}

// compareTerms finds what l says of terms.
func (x *Index) compareTerms(l *likeness, q *query) {
	s := l.story
	var dot, rare, inLeads, leads, own, nums float64
	rest := q.terms
	for _, t := range s.terms {
		for len(rest) > 0 && rest[0].hash < t.hash {
			rest = rest[1:]
		}
		if len(rest) == 0 || rest[0].hash != t.hash {
			if t.leads > 0 {
				leads += float64(t.leads) * x.idf(t.hash)
			}
			continue
		}
		u := &rest[0]
		product := float64(t.weight) * u.idf * u.vector
		l.shared = append(l.shared, sharedTerm{t.hash, product})
		dot += product
		rare += u.idf
		leads += float64(t.leads) * u.idf
		inLeads += float64(t.leads) * u.idf
		switch {
		case u.kind&aName != 0 && u.stories <= 2:
			own += u.idf / float64(u.stories)
		case u.kind&aNumber != 0:
			nums++
		}
	}
	sure := rare / (rare + halfEvidence)
	if dot > 0 {
		l.cosine = sure * dot / (q.norm * s.norm)
	}
	nearest := l.cosine
	if s.articles > 1 {
		nearest = 0
		for _, m := range s.members {
			nearest = max(nearest, sure*q.cosine(m))
		}
	}
	l.has[whole] = logCosine(l.cosine)
	l.has[closest] = logCosine(nearest)
	l.has[lead] = inLeads / max(leads, 1e-9)
	l.has[ownNames] = math.Log1p(own)
	l.has[numbers] = (nums + 0.2) / (q.numbers + 1)
}

// logCosine is bounded below: whether 1 % or 2 % of the words are shared tells nothing.
func logCosine(c float64) float64 { return math.Log(c + 0.03) }

// cosine returns that of q and an article.
func (q *query) cosine(m member) float64 {
	dot := 0.0
	rest := q.terms
	for _, t := range m.terms {
		for len(rest) > 0 && rest[0].hash < t.hash {
			rest = rest[1:]
		}
		if len(rest) > 0 && rest[0].hash == t.hash {
			dot += float64(t.weight) * rest[0].idf * rest[0].vector
		}
	}
	if dot == 0 {
		return 0
	}
	return dot / (q.norm * m.norm)
}

// countBoth returns how many elements two ascending lists share.
func countBoth[E cmp.Ordered](a, b []E) (n int) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			n, a, b = n+1, a[1:], b[1:]
		}
	}
	return n
}

// standOut finds how each of the likenesses of one article stands out among the others.
func standOut(ls []*likeness) {
	for _, l := range ls {
		next, near := 0.0, 0
		for _, o := range ls {
			if o == l {
				continue
			}
			next = max(next, o.cosine)
			if o.cosine > l.cosine/2 {
				near++
			}
		}
		l.has[margin] = l.cosine - next
		l.has[crowd] = math.Log1p(float64(near))
	}
}

// score is above 0 if an article and a story tell of one event, the surer the further.
func (l *likeness) score() float64 {
	sum := l.by.usual
	for t := range nTraits {
		sum += l.speaks(t)
	}
	return sum
}

// speaks returns how much a trait speaks for one event, or against it if it is below 0.
func (l *likeness) speaks(t trait) float64 {
	return l.by.weights[t] * (l.has[t] - traits[t].usual)
}

// joins reports whether they tell of one event.
func (l *likeness) joins() bool { return l.copied >= minCopied || l.score() >= 0 }

// rank orders likenesses: a copy comes before any other.
func (l *likeness) rank() float64 {
	if l.copied >= minCopied {
		return math.MaxFloat32 * l.copied
	}
	return l.score()
}

const (
	whyTerms  = 5   // shared words that a decision names
	whyTraits = 2   // traits that it names for and against
	whyLeast  = 0.2 // a trait that speaks less is not named
)

// why says in a line what a and the story have in common, and what spoke for one event and against it.
func (l *likeness) why(a *news.Article) string {
	if l.copied >= minCopied {
		return fmt.Sprintf("near-duplicate text: %.0f%% of the shorter", 100*l.copied)
	}
	slices.SortFunc(l.shared, func(s, t sharedTerm) int {
		return cmp.Or(cmp.Compare(t.weight, s.weight), cmp.Compare(s.hash, t.hash))
	})
	texts := wordFor(a)
	var words []string
	for _, s := range l.shared[:min(len(l.shared), whyTerms)] {
		words = append(words, texts[s.hash])
	}
	why := fmt.Sprintf("shares %s (%.0f%% sure", strings.Join(words, ", "), 100/(1+math.Exp(-l.score())))
	if pro := l.spoken(1); pro != "" {
		why += "; for it: " + pro
	}
	if contra := l.spoken(-1); contra != "" {
		why += "; against: " + contra
	}
	return why + ")"
}

// spoken names the traits that speak most for one event, with a sign of 1, or against it, with -1.
func (l *likeness) spoken(sign float64) string {
	ts := make([]trait, nTraits)
	for i := range ts {
		ts[i] = trait(i)
	}
	slices.SortStableFunc(ts, func(t, u trait) int { return cmp.Compare(sign*l.speaks(u), sign*l.speaks(t)) })
	var names []string
	for _, t := range ts[:whyTraits] {
		if sign*l.speaks(t) < whyLeast {
			break
		}
		name := traits[t].name
		if t == daysApart {
			name = fmt.Sprintf("%.1f days apart", l.days)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}
