package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
)

var backtestNow = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// stored returns a store with these articles, one an hour, the last of them an hour ago.
func stored(t testing.TB, texts ...string) (st *store.Store, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "pactwatch.db")
	st, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	var poll []news.Arrival
	for i, text := range texts {
		title, body, _ := strings.Cut(text, "\n")
		seen := backtestNow.Add(-time.Duration(len(texts)-i) * time.Hour)
		poll = append(poll, news.Arrival{Stage: news.Done, Article: news.Article{
			GUID: fmt.Sprint(i), URL: fmt.Sprintf("https://ledger.example/%d", i), Title: title, Text: body, Lang: "en", Source: "ledger", Seen: seen, Published: seen,
		}})
	}
	if err := st.SavePoll(t.Context(), "ledger", news.Cursor{}, poll); err != nil {
		t.Fatal(err)
	}
	return st, path
}

func TestBacktestCountsStoriesNotArticles(t *testing.T) {
	deal := "Halden Cloud loses its exclusive deal with Ostrava Labs\nHalden Cloud no longer hosts Ostrava Labs exclusively, both said in Brundal on Tuesday. The models may run on any cloud from 4 March."
	st, _ := stored(t,
		"Weather in Brundal\nRain is expected along the coast.",
		deal, strings.Replace(deal, "both said", "the two companies said", 1),
		"Vesper Robotics signs exclusive supply of arms\nVesper Robotics will buy arms from Tarn Motors only, an exclusive agreement over nine years for 310 million crowns.",
	)
	r := news.Rule{Name: "test", Match: "exclusive"}
	b, err := backtest(t.Context(), st, r, nil, backtestNow.AddDate(0, 0, -7), backtestNow)
	if err != nil {
		t.Fatal(err)
	}
	if b.Articles != 4 || b.Matched != 3 || len(b.Alerts) != 2 || len(b.Alerts[1].Members) != 2 {
		t.Errorf("backtest = %d articles, %d matched, %d alerts, want 4, 3 and 2, one of two reports", b.Articles, b.Matched, len(b.Alerts))
	}
	sum := 0
	for _, n := range b.Days {
		sum += n
	}
	if len(b.Days) != 8 || sum != 2 {
		t.Errorf("Days = %v, want 8 days with 2 alerts", b.Days)
	}
	r.Sources = []string{"another"}
	if b, err := backtest(t.Context(), st, r, nil, backtestNow.AddDate(0, 0, -7), backtestNow); err != nil || b.Matched != 0 {
		t.Errorf("a rule that hears of another source matches %d, %v, want 0", b.Matched, err)
	}
	var out bytes.Buffer
	if err := printBacktest(&out, b, true); err != nil || !strings.Contains(out.String(), `"articles":4,"days":[`) {
		t.Errorf("printBacktest as JSON = %v, %s", err, out.String())
	}
}

// The goal is 30 days of 100,000 articles in under 2 s.
func BenchmarkBacktest(b *testing.B) {
	const articles = 100_000
	words := strings.Fields("the of a in company cloud model said year deal market report contract growth will its new research chips capital plan group board quarter sales power network data center agreement partner supply price")
	rng := rand.New(rand.NewPCG(1, 2))
	texts := make([]string, articles)
	for i := range texts {
		var t strings.Builder
		for w := range 320 {
			if w == 10 {
				t.WriteByte('\n')
			}
			if rng.IntN(12) == 0 {
				fmt.Fprintf(&t, "w%d ", rng.IntN(50_000))
			}
			t.WriteString(words[rng.IntN(len(words))] + " ")
		}
		if i%200 == 0 {
			t.WriteString("an exclusive revenue share ")
		}
		texts[i] = t.String()
	}
	st, _ := stored(b, texts...)
	for b.Loop() {
		got, err := backtest(b.Context(), st, news.Rule{Name: "test", Match: `exclusive NEAR/12 "revenue share"`}, nil, backtestNow.AddDate(-20, 0, 0), backtestNow)
		if err != nil || got.Articles != articles || got.Matched != articles/200 {
			b.Fatalf("backtest = %d articles, %d matched, %v", got.Articles, got.Matched, err)
		}
	}
	b.ReportMetric(articles/(b.Elapsed().Seconds()/float64(b.N)), "articles/s")
}
