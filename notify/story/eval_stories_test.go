package story

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/shared"
)

// TestEvalStories reads the development part of each set as a stream and holds what is reached.
// Floors are a little below the measured figures; a change that falls below one made things worse.
func TestEvalStories(t *testing.T) {
	for _, tt := range []struct {
		set               string
		bcubed, pairF1    float64
		pairPrecision     float64
		mixed, extraAlert float64 // at most
	}{
		{set: "stories-allsides", bcubed: .955, pairF1: .89, pairPrecision: .845, mixed: .048, extraAlert: .1},
		{set: "stories-ecbplus", bcubed: .9, pairF1: .86, pairPrecision: .82, mixed: .09, extraAlert: .65},
		{set: "stories-gva", bcubed: .89, pairF1: .63, pairPrecision: .93, mixed: .012, extraAlert: .28},
		{set: "stories-ledger", bcubed: .76, pairF1: .53, pairPrecision: .6, mixed: .12, extraAlert: .75},
		{set: "stories-uci2014", bcubed: .75, pairF1: .715, pairPrecision: .91, mixed: .115, extraAlert: 6.5},
		{set: "stories-slowwire", bcubed: .955, pairF1: .52, pairPrecision: .88, mixed: .02, extraAlert: .08},
		// What it merges beyond the versions of a page are two outlets on one event, or on one affair.
		{set: "neardup-extract", bcubed: .925, pairF1: .845, pairPrecision: .74, mixed: .12, extraAlert: .03},
		// One alert for the 18 reports of the seed story. No foreign item may be in it.
		{set: "case-msft-openai", bcubed: .97, pairF1: .94, pairPrecision: 1, mixed: 0, extraAlert: .05},
	} {
		t.Run(tt.set, func(t *testing.T) {
			s := streamOf(t, tt.set).scores(&fitted)
			t.Logf("B³ %.3f (P %.3f R %.3f), pair F1 %.3f (P %.3f R %.3f), mixed %.1f%%, extra alerts %.2f a story",
				f1(s.bp, s.br), s.bp, s.br, f1(s.pp, s.pr), s.pp, s.pr, 100*s.mixed, s.extra)
			if f1(s.bp, s.br) < tt.bcubed || f1(s.pp, s.pr) < tt.pairF1 || s.pp < tt.pairPrecision ||
				s.mixed > tt.mixed || s.extra > tt.extraAlert {
				t.Errorf("%s is worse than %+v", tt.set, tt)
			}
		})
	}
}

// TestEvalPairs measures how well the index tells whether two articles are of one story.
func TestEvalPairs(t *testing.T) {
	type pair struct {
		Text1, Text2 string
		Same         bool `json:"same_story"`
	}
	var scored []scoredPair
	for _, l := range shared.Set[pair](t, "pairs-semeval22") {
		x := NewIndex()
		x.Add("s1", &news.Article{Text: l.Text1})
		s := scoredPair{same: l.Same, score: -100}
		if best := x.nearest(NewProfile(&news.Article{Text: l.Text2})); best != nil {
			s.score = min(best.rank(), 100)
		}
		scored = append(scored, s)
	}
	auc, best := scorePairs(scored)
	t.Logf("AUC %.3f, best F1 %.3f", auc, best)
	if auc < .90 || best < .80 {
		t.Error("pairs-semeval22 is worse than AUC 0.90, best F1 0.80")
	}
}

type scoredPair struct {
	same  bool
	score float64
}

// scorePairs returns the area under the ROC curve, and the F1 at the best threshold.
func scorePairs(ps []scoredPair) (auc, best float64) {
	slices.SortFunc(ps, func(p, q scoredPair) int { return cmp.Compare(q.score, p.score) })
	same := 0.0
	for _, p := range ps {
		if p.same {
			same++
		}
	}
	found := 0.0
	for i, p := range ps {
		if p.same {
			found++
		} else {
			auc += found
		}
		best = max(best, f1(found/float64(i+1), found/same))
	}
	return auc / same / (float64(len(ps)) - same), best
}

// TestEvalShingles measures near-duplicates by text alone.
func TestEvalShingles(t *testing.T) {
	var gold, got []string
	var sketches [][]uint32
	for _, l := range shared.Set[storyLine](t, "neardup-extract") {
		k := sketch(l.Text)
		story := l.ID
		for i, other := range sketches {
			if containment(k, other) >= minCopied {
				story = got[i]
				break
			}
		}
		gold, got, sketches = append(gold, l.Story), append(got, story), append(sketches, k)
	}
	s := scoreClusters(gold, got)
	t.Logf("B³ %.3f, pair precision %.3f, recall %.3f", f1(s.bp, s.br), s.pp, s.pr)
	if f1(s.bp, s.br) < .98 || s.pp < .99 {
		t.Errorf("shingles alone are worse than B³ 0.98, pair precision 0.99")
	}
}

// A stream is a set's articles in order of arrival, read once.
type stream struct {
	profiles []*Profile
	seen     []time.Time
	gold     []string
}

func streamOf(t testing.TB, set string) *stream {
	var s stream
	for _, l := range shared.Set[storyLine](t, set) {
		a := l.article()
		s.profiles = append(s.profiles, NewProfile(a))
		s.seen = append(s.seen, cmp.Or(a.Seen, a.Published))
		s.gold = append(s.gold, l.Story)
	}
	return &s
}

// scores decides on each article by a judgement, as Decide does, and compares with the gold.
func (s *stream) scores(by *judgement) scores {
	x := NewIndex()
	x.by = by
	var got []string
	for i, p := range s.profiles {
		name := x.Next()
		if home, _ := x.home(p); home != nil {
			name = home.name
		}
		x.AddProfile(name, p, s.seen[i])
		got = append(got, name)
	}
	return scoreClusters(s.gold, got)
}

type storyLine struct{ ID, Story, Title, Text, Source, URL, Published, Lang string }

func (l storyLine) article() *news.Article {
	a := &news.Article{ID: l.ID, Title: l.Title, Text: l.Text, Outlet: l.Source, URL: l.URL, Lang: l.Lang}
	a.Published, _ = time.Parse(time.RFC3339, l.Published)
	return a
}

// scores compare two ways to put the same items into clusters.
type scores struct {
	bp, br, pp, pr float64 // B³ and pairwise, precision and recall
	mixed          float64 // share of the clusters that hold several stories
	extra          float64 // clusters a story beyond its first
}

func scoreClusters(gold, got []string) scores {
	golds, gots, both := make(map[string]float64), make(map[string]float64), make(map[[2]string]float64)
	for i := range gold {
		golds[gold[i]]++
		gots[got[i]]++
		both[[2]string{gold[i], got[i]}]++
	}
	var s scores
	pairs := 0.0
	inCluster := make(map[string]int)
	for k, n := range both {
		s.br += n * n / golds[k[0]] / float64(len(gold))
		s.bp += n * n / gots[k[1]] / float64(len(gold))
		pairs += n * (n - 1) / 2
		inCluster[k[1]]++
	}
	s.pp, s.pr = pairs/max(1, countPairs(gots)), pairs/max(1, countPairs(golds))
	for _, stories := range inCluster {
		if stories > 1 {
			s.mixed += 1 / float64(len(gots))
		}
	}
	s.extra = float64(len(both)-len(golds)) / float64(len(golds))
	return s
}

func countPairs(sizes map[string]float64) (pairs float64) {
	for _, n := range sizes {
		pairs += n * (n - 1) / 2
	}
	return pairs
}

func f1(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}
