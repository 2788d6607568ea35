package rule

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

// benchmarkRules returns n rules of several kinds over words that news uses.
func benchmarkRules(n int) []news.Rule {
	words := []string{"licence", "merger", "revenue", "chip", "cloud", "model", "lawsuit", "board", "tariff", "patent",
		"battery", "satellite", "pension", "harbour", "vaccine", "quarry", "orchestra", "glacier", "turbine", "ledger"}
	shapes := []string{"%s %s", `"%s %s"`, "%s NEAR/8 %s", "%s AND %s NOT interview", "%s* NEAR/30 @labs AND %s", "title:%s, %s clause"}
	rules := make([]news.Rule, n)
	for i := range rules {
		a, b := words[i%len(words)], words[(i/len(words)+i+1)%len(words)]
		if i >= len(words) {
			b = fmt.Sprintf("%s%d", b, i/len(words)) // most rules are about what is rare
		}
		rules[i] = news.Rule{Name: fmt.Sprint(i), Match: fmt.Sprintf(shapes[i%len(shapes)], a, b)}
	}
	return rules
}

// benchmarkArticles returns the articles of a stream of real news, or a few of its own where that
// is not at hand.
func benchmarkArticles(b *testing.B) []news.Article {
	f, err := os.Open("../../../shared/eval/stream-ai-2026/dev.jsonl.gz")
	if err != nil {
		return []news.Article{{Title: "Orrery ends its exclusive cloud deal with Northwind", Lang: "en",
			Text: "Orrery may now sell its models on any cloud. The revenue share stays, the licence is no longer exclusive."}}
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	var out []news.Article
	for lines := bufio.NewScanner(z); lines.Scan(); {
		var a struct{ ID, Title, Text, Lang string }
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			b.Fatal(err)
		}
		out = append(out, news.Article{ID: a.ID, Title: a.Title, Text: a.Text, Lang: a.Lang})
	}
	return out
}

// BenchmarkMatch reports articles a second, by the number of rules.
func BenchmarkMatch(b *testing.B) {
	articles := benchmarkArticles(b)
	for _, n := range []int{10, 1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s, err := Compile(benchmarkRules(n), testLists)
			if err != nil {
				b.Fatal(err)
			}
			matches, i := 0, 0
			for b.Loop() {
				matches += len(s.Match(&articles[i%len(articles)]))
				i++
			}
			b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "articles/s")
			b.ReportMetric(float64(matches)/float64(i), "matches/article")
		})
	}
}
