package rule

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/pactwatch/pactwatch/internal/news"
)

// corpus is a folder that matchbench gen wrote: one article a line in corpus.txt, one phrase a line
// in rules-N.txt, and boolean rules in bool-N.jsonl.
var corpus = flag.String("corpus", "", "measure with the corpus and rules in `DIR`, in lower case")

// benchmarkArticles returns the articles of the corpus; without one, 2,000 of some 400 words each,
// as frequent as words are, of 30,000 that it makes up.
func benchmarkArticles(b *testing.B) []news.Article {
	b.Helper()
	var out []news.Article
	if *corpus == "" {
		r := rand.New(rand.NewPCG(1, 2))
		zipf := rand.NewZipf(r, 1.07, 3, 30_000)
		for i := range 2000 {
			out = append(out, news.Article{ID: fmt.Sprint(i), Title: sentence(r, zipf), Text: paragraph(r, zipf), Lang: "en"})
		}
		return out
	}
	raw, err := os.ReadFile(filepath.Join(*corpus, "corpus.txt"))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(strings.ToLower(string(raw))) {
		out = append(out, news.Article{Text: strings.TrimSuffix(line, "\n"), Lang: "en"})
	}
	return out
}

func paragraph(r *rand.Rand, zipf *rand.Zipf) string {
	var text strings.Builder
	for range 20 + r.IntN(20) {
		text.WriteString(sentence(r, zipf) + ". ")
	}
	return text.String()
}

func sentence(r *rand.Rand, zipf *rand.Zipf) string {
	syllables := []string{"ka", "ro", "mi", "len", "tor", "sha", "vi", "ning", "ex", "dal", "pre", "us", "tion", "go", "bel", "ment"}
	var words []string
	for range 8 + r.IntN(12) {
		word := ""
		for n := zipf.Uint64() + 1; n > 0; n /= uint64(len(syllables)) {
			word += syllables[n%uint64(len(syllables))]
		}
		if r.IntN(12) == 0 {
			word = strings.ToUpper(word[:1]) + word[1:] + "’s"
		}
		words = append(words, word)
	}
	return strings.ToUpper(words[0][:1]) + strings.Join(words, " ")[1:]
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

// phraseRules returns the phrases of the corpus, or of its own making, each as write has it: of
// those, two of three are in some article.
func phraseRules(b *testing.B, n int, write func(phrase string) string) []news.Rule {
	b.Helper()
	var phrases []string
	if *corpus == "" {
		r := rand.New(rand.NewPCG(3, 4))
		articles := benchmarkArticles(b)
		for len(phrases) < n {
			words := strings.Fields(articles[r.IntN(len(articles))].Text)
			at := r.IntN(len(words) - 3)
			switch p := strings.Join(words[at:at+2+r.IntN(2)], " "); {
			case len(phrases)%3 == 0:
				phrases = append(phrases, fmt.Sprintf("%s no%d", words[at], len(phrases)))
			case len(p) > 22: // a word of it is rare
				phrases = append(phrases, strings.ReplaceAll(p, ".", ""))
			}
		}
	} else if raw, err := os.ReadFile(filepath.Join(*corpus, fmt.Sprintf("rules-%d.txt", n))); err == nil {
		phrases = strings.Split(strings.TrimSpace(string(raw)), "\n")
	} else {
		b.Skip(err)
	}
	var rules []news.Rule
	for i, p := range phrases {
		rules = append(rules, news.Rule{Name: fmt.Sprint(i), Match: write(p)})
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

// each calls f with one article after another, and reports how fast. It returns the time of one.
func each(b *testing.B, articles []news.Article, f func(*news.Article) int) time.Duration {
	b.Helper()
	for i := range articles { // the words are new
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
	return b.Elapsed() / time.Duration(n)
}

// timed returns the time that f takes for an article.
func timed(articles []news.Article, f func(*news.Article) int) time.Duration {
	for i := range articles {
		f(&articles[i])
	}
	start, n := time.Now(), 0
	for time.Since(start) < 300*time.Millisecond {
		for i := range articles {
			f(&articles[i])
		}
		n += len(articles)
	}
	return time.Since(start) / time.Duration(n)
}

// reading returns what reads an article and asks it nothing.
func reading(b *testing.B) func(*news.Article) int {
	d := compileBench(b, nil).newDoc()
	return func(a *news.Article) int {
		d.read(a)
		n := len(d.streams[0].tokens) + len(d.streams[1].tokens)
		d.forget()
		return n
	}
}

// What reading costs alone: fold, stem and look up every word of an article, beside what the
// standard library takes to cut it into words in lower case.
func BenchmarkRead(b *testing.B) {
	articles := benchmarkArticles(b)
	plain := func(a *news.Article) int {
		n := 0
		for _, text := range []string{a.Title, a.Text} {
			n += len(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
		}
		return n
	}
	ours := each(b, articles, reading(b))
	b.ReportMetric(float64(timed(articles, plain))/float64(ours), "x-stdlib")
}

// BenchmarkMatch is the whole, by kind and number of rules; found is rules that match, of-reading
// the share of the time that reading takes alone.
func BenchmarkMatch(b *testing.B) {
	articles := benchmarkArticles(b)
	kinds := []struct {
		name  string
		rules func(b *testing.B, n int) []news.Rule
	}{
		{"mixed", func(_ *testing.B, n int) []news.Rule { return benchmarkRules(n) }},
		{"phrases", func(b *testing.B, n int) []news.Rule { return phraseRules(b, n, phrase) }},
		{"exact", func(b *testing.B, n int) []news.Rule { return phraseRules(b, n, exact) }},
		{"boolean", boolRules},
	}
	for _, kind := range kinds {
		for _, n := range []int{100, 1000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", kind.name, n), func(b *testing.B) {
				s := compileBench(b, kind.rules(b, n))
				whole := each(b, articles, func(a *news.Article) int { return len(s.Match(a)) })
				b.ReportMetric(float64(timed(articles, reading(b)))/float64(whole), "of-reading")
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
