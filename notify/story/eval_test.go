package story

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

// shared holds labelled public news, which does not come with the source.
const shared = "../../../shared"

// TestEvalBriefs compares summaries with those of editors.
func TestEvalBriefs(t *testing.T) {
	for _, tt := range []struct {
		set            string
		rouge1, rouge2 float64
	}{
		{"summ-allsides", .38, .15},
		{"summ-cnndm", .39, .168},
	} {
		t.Run(tt.set, func(t *testing.T) {
			var r1, r2, length, n float64
			for _, l := range readSet[summaryLine](t, tt.set) {
				var said []string
				for _, s := range Brief(l.articles(), nil).Sentences {
					said = append(said, s.Text)
				}
				got, want := evalWords(strings.Join(said, " ")), evalWords(l.Reference)
				r1 += rouge(got, want, 1)
				r2 += rouge(got, want, 2)
				length += float64(len(got))
				n++
			}
			t.Logf("ROUGE-1 %.3f, ROUGE-2 %.3f, %.0f words", r1/n, r2/n, length/n)
			if r1/n < tt.rouge1 || r2/n < tt.rouge2 {
				t.Errorf("%s is worse than %+v", tt.set, tt)
			}
		})
	}
}

type summaryLine struct {
	ID, Text, Reference string
	Docs                []struct{ ID, Title, Text string }
}

func (l summaryLine) articles() []news.Article {
	if l.Text != "" {
		return []news.Article{{ID: l.ID, Text: l.Text}}
	}
	var as []news.Article
	for _, d := range l.Docs {
		as = append(as, news.Article{ID: d.ID, Title: d.Title, Text: d.Text})
	}
	return as
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

var evalWord = regexp.MustCompile(`[\p{L}\p{N}_]+`)

func evalWords(s string) []string { return evalWord.FindAllString(strings.ToLower(s), -1) }

// rouge returns ROUGE-n as F1.
func rouge(got, want []string, n int) float64 {
	count := func(ws []string) map[string]int {
		m := make(map[string]int)
		for i := 0; i+n <= len(ws); i++ {
			m[strings.Join(ws[i:i+n], " ")]++
		}
		return m
	}
	g, w := count(got), count(want)
	both := 0
	for k, c := range g {
		both += min(c, w[k])
	}
	all := max(0, len(got)-n+1) + max(0, len(want)-n+1)
	if all == 0 {
		return 0
	}
	return 2 * float64(both) / float64(all)
}
