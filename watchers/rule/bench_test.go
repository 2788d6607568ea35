package rule

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"github.com/pactwatch/pactwatch/internal/news"
)

// corpus is a folder that matchbench gen wrote: one article a line in corpus.txt, in lower case,
// one phrase a line in rules-N.txt, and boolean rules in bool-N.jsonl.
var corpus = flag.String("corpus", "", "measure with the corpus and rules in `DIR`")

// benchmarkArticles returns the articles of the corpus; without one, those of a stream of real
// news, or a few of its own where that is not at hand.
func benchmarkArticles(b *testing.B) []news.Article {
	b.Helper()
	if *corpus != "" {
		raw, err := os.ReadFile(filepath.Join(*corpus, "corpus.txt"))
		if err != nil {
			b.Fatal(err)
		}
		var out []news.Article
		for line := range strings.Lines(strings.ToLower(string(raw))) {
			out = append(out, news.Article{Text: strings.TrimSuffix(line, "\n"), Lang: "en"})
		}
		return out
	}
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

// phraseRules returns the phrases of the corpus, or of its own making, each as write has it.
func phraseRules(b *testing.B, n int, write func(phrase string) string) []news.Rule {
	b.Helper()
	if *corpus == "" {
		rules := make([]news.Rule, n)
		for i := range rules {
			rules[i] = news.Rule{Name: fmt.Sprint(i), Match: write(fmt.Sprintf("merger of word%d", i))}
		}
		return rules
	}
	raw, err := os.ReadFile(filepath.Join(*corpus, fmt.Sprintf("rules-%d.txt", n)))
	if err != nil {
		b.Skip(err)
	}
	var rules []news.Rule
	for line := range strings.Lines(string(raw)) {
		rules = append(rules, news.Rule{Name: fmt.Sprint(len(rules)), Match: write(strings.TrimSuffix(line, "\n"))})
	}
	return rules
}

func phrase(s string) string { return `"` + s + `"` }
func exact(s string) string  { return `="` + s + `"` }

// boolRules returns the boolean rules of the corpus in our language.
func boolRules(b *testing.B, n int) []news.Rule {
	b.Helper()
	f, err := os.Open(filepath.Join(*corpus, fmt.Sprintf("bool-%d.jsonl", n)))
	if *corpus == "" || err != nil {
		b.Skipf("no boolean rules: %v", err)
	}
	defer f.Close()
	var rules []news.Rule
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var r struct {
			All, Any, None, Near []string
			K                    int
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			b.Fatal(err)
		}
		match := boolRule(r.All, r.Any, r.None, r.Near, r.K)
		if _, err := Parse(match); err == nil { // some have beginnings of fewer letters than we allow
			rules = append(rules, news.Rule{Name: fmt.Sprint(len(rules)), Match: match})
		}
	}
	return rules
}

func boolRule(all, any, none, near []string, k int) string {
	write := func(terms []string) (out []string) {
		for _, t := range terms {
			if !strings.HasSuffix(t, "*") {
				t = exact(t)
			}
			out = append(out, t)
		}
		return out
	}
	parts := write(all)
	if len(any) > 0 {
		parts = append(parts, "("+strings.Join(write(any), " OR ")+")")
	}
	if len(near) > 1 && near[0] == near[1] {
		near = near[:1] // to us no word is near itself
	}
	if len(near) > 0 {
		parts = append(parts, strings.Join(write(near), fmt.Sprintf(" NEAR/%d ", k)))
	}
	for _, t := range write(none) {
		parts = append(parts, "NOT "+t)
	}
	return strings.Join(parts, " AND ")
}

func compileBench(b *testing.B, rules []news.Rule) *Set {
	b.Helper()
	s, err := Compile(rules, testLists)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// each calls f with one article after another, and reports how fast.
func each(b *testing.B, articles []news.Article, f func(*news.Article) int) {
	b.Helper()
	for i := range min(len(articles), 2000) { // the words of the first are new
		f(&articles[i])
	}
	bytes, found, n := 0, 0, 0
	b.ReportAllocs()
	for b.Loop() {
		a := &articles[n%len(articles)]
		found += f(a)
		bytes += len(a.Title) + len(a.Text)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "articles/s")
	b.ReportMetric(float64(bytes)/1e6/b.Elapsed().Seconds(), "MB/s")
	b.ReportMetric(float64(found)/float64(n), "found/article")
}

// What reading costs alone: fold, stem and look up every word of an article, beside what the
// standard library takes to cut it into words in lower case.
func BenchmarkRead(b *testing.B) {
	articles := benchmarkArticles(b)
	b.Run("stdlib", func(b *testing.B) {
		each(b, articles, func(a *news.Article) int {
			n := 0
			for _, text := range []string{a.Title, a.Text} {
				n += len(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
			}
			return n
		})
	})
	b.Run("ours", func(b *testing.B) {
		s := compileBench(b, nil)
		d := s.newDoc()
		each(b, articles, func(a *news.Article) int {
			d.read(a)
			n := len(d.streams[0].tokens) + len(d.streams[1].tokens)
			d.forget()
			return n
		})
	})
}

// BenchmarkMatch is the whole, by kind and number of rules; found is rules that match.
func BenchmarkMatch(b *testing.B) {
	articles := benchmarkArticles(b)
	kinds := []struct {
		name  string
		rules func(n int) []news.Rule
	}{
		{"mixed", benchmarkRules},
		{"phrases", func(n int) []news.Rule { return phraseRules(b, n, phrase) }},
		{"exact", func(n int) []news.Rule { return phraseRules(b, n, exact) }},
		{"boolean", func(n int) []news.Rule { return boolRules(b, n) }},
	}
	for _, kind := range kinds {
		for _, n := range []int{100, 1000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", kind.name, n), func(b *testing.B) {
				s := compileBench(b, kind.rules(n))
				each(b, articles, func(a *news.Article) int { return len(s.Match(a)) })
			})
		}
	}
}

// An article that meets no rule allocates nothing.
func BenchmarkNoMatch(b *testing.B) {
	s := compileBench(b, benchmarkRules(10_000))
	var silent []news.Article
	for _, a := range benchmarkArticles(b) {
		if s.Match(&a) == nil {
			silent = append(silent, a)
		}
	}
	each(b, silent, func(a *news.Article) int { return len(s.Match(a)) })
}

// What a Set of 100,000 phrases costs to make, and what it holds, their text included.
func BenchmarkCompile(b *testing.B) {
	rules := phraseRules(b, 100_000, phrase)
	text := 0
	for _, r := range rules {
		text += len(r.Match)
	}
	var s *Set
	for b.Loop() {
		s = compileBench(b, rules)
		s.Match(&news.Article{Text: "a", Lang: "en"}) // stems the rules
	}
	before := heap()
	runtime.KeepAlive(s)
	s = nil
	held := float64(before - heap())
	for _, r := range rules {
		held += float64(len(r.Name) + len(r.Match))
	}
	runtime.KeepAlive(rules)
	b.ReportMetric(held/1e6, "MB")
	b.ReportMetric(held/float64(text), "bytes/byte-of-rule")
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// One rule added to 100,000, until it matches.
func BenchmarkWith(b *testing.B) {
	s := compileBench(b, phraseRules(b, 100_000, phrase))
	a := &news.Article{Text: "quokka", Lang: "en"}
	for b.Loop() {
		next, err := s.With([]news.Rule{{Name: "new", Match: "quokka NEAR/8 @labs, quokka"}}, []string{"17"})
		if err != nil || len(next.Match(a)) != 1 {
			b.Fatal(err)
		}
	}
}
