package article

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/shared"
)

// A labelled is a page with its body, as people marked it.
type labelled struct {
	ID, URL, HTML, Body, Title, Author, Published string
	With, Without                                 []string
}

// TestEval prints how well Extract reads real pages, and holds what was reached. The measures are
// those that the sets were published with, the worst tenth's best page, and the share of pages with
// the right title, author and day.
func TestEval(t *testing.T) {
	for _, tt := range []struct {
		set                           string
		tokenF1, gramF1, worst, leaks float64 // floors and a ceiling, some .005 from what was measured
		titles, authors, days         float64
	}{
		{set: "extract-zyte", tokenF1: .973, gramF1: .968, worst: .950},
		{set: "extract-wcxb", tokenF1: .960, gramF1: .953, worst: .895, leaks: .038, titles: .84, authors: .765, days: .82},
	} {
		t.Run(tt.set, func(t *testing.T) {
			pages := shared.Set[labelled](t, tt.set)
			start := time.Now()
			var f figures
			for _, x := range pages {
				p, err := Extract([]byte(x.HTML), "", x.URL)
				if err != nil {
					t.Errorf("%s: %v", x.ID, err)
				}
				f.add(x, p)
			}
			t.Logf("%s, %d pages in %v: 4-gram F1 %.4f (precision %.3f, recall %.3f), token F1 %.4f, p10 %.3f, found %.3f, leaked %.3f, titles %.3f, authors %.3f, days %.3f",
				tt.set, len(pages), time.Since(start).Round(time.Millisecond), f.gramF1(), mean(f.precision), mean(f.recall), mean(f.tokenF1), f.worst(),
				mean(f.found), mean(f.leaked), mean(f.titles), mean(f.authors), mean(f.days))
			if f.gramF1() < tt.gramF1 || mean(f.tokenF1) < tt.tokenF1 || f.worst() < tt.worst || mean(f.leaked) > tt.leaks {
				t.Errorf("%s: want 4-gram F1 ≥ %.3f, token F1 ≥ %.3f, p10 ≥ %.3f, leaked ≤ %.3f", tt.set, tt.gramF1, tt.tokenF1, tt.worst, tt.leaks)
			}
			if mean(f.titles) < tt.titles || mean(f.authors) < tt.authors || mean(f.days) < tt.days {
				t.Errorf("%s: want titles ≥ %.2f, authors ≥ %.2f, days ≥ %.2f", tt.set, tt.titles, tt.authors, tt.days)
			}
		})
	}
}

// figures has a number for each page; not all pages have a gold for each.
type figures struct {
	tokenF1, precision, recall, found, leaked, titles, authors, days []float64
}

func (f *figures) add(x labelled, p Page) {
	got, want := grams(strings.ToLower(p.Text), 1), grams(strings.ToLower(x.Body), 1)
	f.tokenF1 = append(f.tokenF1, f1(share(got, want), share(want, got)))
	got, want = grams(p.Text, 4), grams(x.Body, 4)
	if len(got) > 0 {
		f.precision = append(f.precision, share(got, want))
	}
	f.recall = append(f.recall, share(want, got))
	f.found = append(f.found, held(p.Text, x.With))
	f.leaked = append(f.leaked, held(p.Text, x.Without))
	if x.Title != "" {
		f.titles = append(f.titles, is(letters(x.Title) == letters(p.Title)))
	}
	if x.Author != "" { // as a set of names, whatever the gold has between them
		f.authors = append(f.authors, is(letters(authors([]string{x.Author}, "")) == letters(p.Author)))
	}
	if x.Published != "" {
		f.days = append(f.days, is(strings.HasPrefix(p.Published.Format(time.RFC3339), x.Published)))
	}
}

func (f *figures) gramF1() float64 { return f1(mean(f.precision), mean(f.recall)) }

// worst is the token F1 that nine pages of ten reach.
func (f *figures) worst() float64 {
	return slices.Sorted(slices.Values(f.tokenF1))[len(f.tokenF1)/10]
}

// held returns the share of snippets that text holds, 0 where there are none.
func held(text string, snippets []string) (n float64) {
	for _, s := range snippets {
		n += holds(text, s) / float64(len(snippets))
	}
	return n
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
