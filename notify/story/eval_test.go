package story

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// shared holds labelled public news, which does not come with the source.
const shared = "../../../shared"

// TestEvalStories reads the development part of each set as a stream and holds what is reached.
// Floors are a little below the measured figures; a change that falls below one made things worse.
func TestEvalStories(t *testing.T) {
	for _, tt := range []struct {
		set               string
		bcubed, pairF1    float64
		pairPrecision     float64
		mixed, extraAlert float64 // at most
	}{
		{set: "stories-allsides", bcubed: .95, pairF1: .88, pairPrecision: .81, mixed: .065, extraAlert: .08},
		{set: "stories-ecbplus", bcubed: .87, pairF1: .82, pairPrecision: .83, mixed: .08, extraAlert: .85},
		{set: "stories-gva", bcubed: .84, pairF1: .44, pairPrecision: .93, mixed: .012, extraAlert: .42},
		{set: "stories-ledger", bcubed: .735, pairF1: .475, pairPrecision: .49, mixed: .165, extraAlert: .78},
		{set: "stories-uci2014", bcubed: .625, pairF1: .55, pairPrecision: .94, mixed: .11, extraAlert: 10},
		{set: "stories-slowwire", bcubed: .955, pairF1: .56, pairPrecision: .79, mixed: .03, extraAlert: .07},
		// What it merges beyond the versions of a page are two outlets on one event.
		{set: "neardup-extract", bcubed: .935, pairF1: .86, pairPrecision: .76, mixed: .09, extraAlert: .04},
		// One alert for the 18 reports of the seed story. No foreign item may be in it.
		{set: "case-msft-openai", bcubed: .97, pairF1: .94, pairPrecision: 1, mixed: 0, extraAlert: .05},
	} {
		t.Run(tt.set, func(t *testing.T) {
			var gold, got []string
			x := NewIndex()
			for _, l := range readSet[storyLine](t, tt.set) {
				a := l.article()
				d := x.Decide(a)
				x.Add(d.Story, a)
				gold, got = append(gold, l.Story), append(got, d.Story)
			}
			s := scoreClusters(gold, got)
			t.Logf("B³ %.3f (P %.3f R %.3f), pair F1 %.3f (P %.3f R %.3f), mixed %.1f%%, extra alerts %.2f a story",
				f1(s.bp, s.br), s.bp, s.br, f1(s.pp, s.pr), s.pp, s.pr, 100*s.mixed, s.extra)
			if f1(s.bp, s.br) < tt.bcubed || f1(s.pp, s.pr) < tt.pairF1 || s.pp < tt.pairPrecision ||
				s.mixed > tt.mixed || s.extra > tt.extraAlert {
				t.Errorf("%s is worse than %+v", tt.set, tt)
			}
		})
	}
}

// TestEvalShingles measures near-duplicates by text alone.
func TestEvalShingles(t *testing.T) {
	var gold, got []string
	var sketches [][]uint32
	for _, l := range readSet[storyLine](t, "neardup-extract") {
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

type storyLine struct{ ID, Story, Title, Text, Source, URL, Published, Lang string }

func (l storyLine) article() *news.Article {
	a := &news.Article{ID: l.ID, Title: l.Title, Text: l.Text, Outlet: l.Source, URL: l.URL, Lang: l.Lang}
	a.Published, _ = time.Parse(time.RFC3339, l.Published)
	return a
}

// readSet returns the lines of a set's development part, or skips the test where there is none.
func readSet[T any](t *testing.T, set string) []T {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, "eval", set, "dev.jsonl.gz"))
	if err != nil {
		t.Skipf("skipped, the labelled news are not here: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatalf("%s: %v", set, err)
	}
	var lines []T
	for s := json.NewDecoder(bufio.NewReader(z)); s.More(); {
		var l T
		if err := s.Decode(&l); err != nil {
			t.Fatalf("%s: %v", set, err)
		}
		lines = append(lines, l)
	}
	return lines
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
