package article

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const shared = "../../../shared"

// A labelled is a page with its body, as people marked it.
type labelled struct {
	ID, URL, HTML, Body, Title, Published string
	With, Without                         []string
}

// TestEval prints how well Extract reads real pages, and holds what was reached. The measures are
// those that the sets were published with.
func TestEval(t *testing.T) {
	for _, tt := range []struct {
		set                    string
		tokenF1, gramF1, leaks float64 // floors and a ceiling, some .005 from what was measured
	}{
		{"extract-zyte", .960, .960, 0},
		{"extract-wcxb", .946, .941, .047},
	} {
		t.Run(tt.set, func(t *testing.T) {
			pages := readSet(t, filepath.Join(shared, "eval", tt.set, "dev.jsonl.gz"))
			var tokenF1, precision, recall, found, leaked, titles, dates []float64
			start := time.Now()
			texts := make([]Page, len(pages))
			for i, x := range pages {
				p, err := Extract([]byte(x.HTML), "", x.URL)
				if err != nil {
					t.Errorf("%s: %v", x.ID, err)
				}
				texts[i] = p
			}
			took := time.Since(start)
			for i, x := range pages {
				p := texts[i]
				got, want := grams(strings.ToLower(p.Text), 1), grams(strings.ToLower(x.Body), 1)
				f := f1(share(got, want), share(want, got))
				tokenF1 = append(tokenF1, f)
				got, want = grams(p.Text, 4), grams(x.Body, 4)
				if len(got) > 0 {
					precision = append(precision, share(got, want))
				}
				recall = append(recall, share(want, got))
				for _, s := range x.With {
					found = append(found, holds(p.Text, s)/float64(len(x.With)))
				}
				for _, s := range x.Without {
					leaked = append(leaked, holds(p.Text, s)/float64(len(x.Without)))
				}
				if x.Title != "" {
					titles = append(titles, is(letters(x.Title) == letters(p.Title)))
				}
				if x.Published != "" {
					dates = append(dates, is(strings.HasPrefix(p.Published.Format(time.RFC3339), x.Published)))
				}
			}
			gramF1 := f1(mean(precision), mean(recall))
			slices.Sort(tokenF1)
			t.Logf("%s, %d pages: 4-gram F1 %.4f (precision %.3f, recall %.3f), token F1 %.4f, worst tenth %.3f, found %.3f, leaked %.3f, titles %.3f, dates %.3f, %.1f ms a page",
				tt.set, len(pages), gramF1, mean(precision), mean(recall), mean(tokenF1), tokenF1[len(tokenF1)/10],
				sum(found)/float64(len(pages)), sum(leaked)/float64(len(pages)), mean(titles), mean(dates), took.Seconds()*1e3/float64(len(pages)))
			if gramF1 < tt.gramF1 || mean(tokenF1) < tt.tokenF1 || sum(leaked)/float64(len(pages)) > tt.leaks {
				t.Errorf("%s: want 4-gram F1 ≥ %.3f, token F1 ≥ %.3f, leaked ≤ %.3f", tt.set, tt.gramF1, tt.tokenF1, tt.leaks)
			}
		})
	}
}

func readSet(t *testing.T, path string) (pages []labelled) {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("skipped: %s is not here", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(z); d.More(); {
		var x labelled
		if err := d.Decode(&x); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		pages = append(pages, x)
	}
	return pages
}

var word = regexp.MustCompile(`[\p{L}\p{N}_]+`)

// grams counts the runs of n words of a text; a shorter text is one run.
func grams(text string, n int) map[string]float64 {
	w := word.FindAllString(text, -1)
	counts := map[string]float64{}
	n = min(n, len(w))
	for i := 0; n > 0 && i+n <= len(w); i++ {
		counts[strings.Join(w[i:i+n], " ")]++
	}
	return counts
}

// share returns how much of a is in b, from 0 to 1.
func share(a, b map[string]float64) float64 {
	var all, common float64
	for g, n := range a {
		all += n
		common += math.Min(n, b[g])
	}
	if all == 0 {
		return 0
	}
	return common / all
}

// holds returns 1 if the words of snippet are in text, in a row.
func holds(text, snippet string) float64 {
	words := func(s string) string { return strings.Join(word.FindAllString(strings.ToLower(s), -1), " ") }
	return is(strings.Contains(words(text), words(snippet)))
}

func is(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func f1(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}

func mean(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	return sum(x) / float64(len(x))
}
