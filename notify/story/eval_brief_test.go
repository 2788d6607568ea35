package story

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/shared"
)

// TestEvalBriefs compares summaries with those of editors.
func TestEvalBriefs(t *testing.T) {
	for _, tt := range []struct {
		set            string
		rouge1, rouge2 float64
	}{
		{"summ-allsides", .397, .16},
		{"summ-cnndm", .402, .172},
	} {
		t.Run(tt.set, func(t *testing.T) {
			var r1, r2, length, n float64
			for _, l := range shared.Set[summaryLine](t, tt.set) {
				var said []string
				for _, s := range Brief(l.articles(), nil, 0).Sentences {
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

// TestEvalBriefsCarryTerms counts the deal terms of invented stories that their briefs carry: those of
// which a sentence is quoted that states the term. Nobody tells the briefs what to look for.
func TestEvalBriefsCarryTerms(t *testing.T) {
	var events []string // as they first come
	lines := make(map[string][]termsLine)
	for _, l := range shared.Set[termsLine](t, "terms-long/dev.jsonl") {
		if lines[l.Event] == nil {
			events = append(events, l.Event)
		}
		lines[l.Event] = append(lines[l.Event], l)
	}
	for _, tt := range []struct{ limit, carried int }{{60, 17}, {80, 19}} {
		carried, all := 0, 0
		for _, e := range events {
			var as []news.Article
			for _, l := range lines[e] {
				as = append(as, *l.article())
			}
			b := Brief(as, nil, tt.limit)
			stated := make(map[string]bool) // by term, whether the brief has it
			for _, l := range lines[e] {
				for _, term := range l.Terms {
					if term.News {
						stated[term.Term] = stated[term.Term] || l.quotes(b, term.Evidence)
					}
				}
			}
			for _, ok := range stated {
				all++
				if ok {
					carried++
				}
			}
		}
		t.Logf("briefs of %d words carry %d of %d terms", tt.limit, carried, all)
		if carried < tt.carried {
			t.Errorf("briefs of %d words carry %d terms, want %d at least", tt.limit, carried, tt.carried)
		}
	}
}

type termsLine struct {
	storyLine
	Event, Outlet string
	Terms         []struct {
		Term     string
		News     bool
		Evidence []string
	}
}

// quotes reports whether b has a sentence of l that is evidence or holds it.
func (l termsLine) quotes(b news.Brief, evidence []string) bool {
	return slices.ContainsFunc(b.Sentences, func(s news.Sentence) bool {
		return s.Article == l.ID && slices.ContainsFunc(evidence, func(e string) bool {
			return strings.Contains(s.Text, e) || strings.Contains(e, s.Text)
		})
	})
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
