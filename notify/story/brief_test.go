package story

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/pactwatch/pactwatch/internal/news"
)

var ruleWords = regexp.MustCompile(`(?i)exclusiv\w*|revenue share|licence`)

var harbor = news.Article{
	ID: "a2", Outlet: "Harbor Post", Title: "What Fabrikam's new freedom means for you",
	Text: "It was a warm morning in the harbour when the news came. " +
		"Previously, Fabrikam had given Contoso the exclusive right to host Osprey. " +
		"Fabrikam and Contoso have ended the exclusive cloud agreement under which the Osprey models ran only in " +
		"Contoso's data centers. " +
		"The revenue share is capped at $9 billion and expires in 2036. " +
		"Analysts in three cities ate breakfast and said that they had seen it coming for a long time indeed.",
}

func TestBriefSaysWhatMatched(t *testing.T) {
	as := []news.Article{ended, harbor}
	got := Brief(as, map[string][]news.Match{"a1": matchText(&ended, ruleWords), "a2": matchText(&harbor, ruleWords)}, 0)
	if want := "Fabrikam and Contoso end cloud exclusivity"; got.Headline != want {
		t.Errorf("Brief: headline %q, want %q, which says what happened", got.Headline, want)
	}
	want := []news.Sentence{
		{Article: "a1", Text: "Fabrikam and Contoso have ended the exclusive cloud agreement under which the Osprey models " +
			"ran only in Contoso's data centers."},
		{Article: "a1", Text: "Contoso keeps a 14 percent revenue share until 2036, capped at $9 billion, and its licence to the models."},
	}
	for _, w := range want {
		if !slices.Contains(got.Sentences, w) {
			t.Errorf("Brief does not say %q, but\n%s", w, sentences(got))
		}
	}
	for _, unwanted := range []string{"Previously", "breakfast", "warm morning"} {
		if strings.Contains(sentences(got), unwanted) {
			t.Errorf("Brief says %q, which is background:\n%s", unwanted, sentences(got))
		}
	}
}

func TestBriefWithoutMatchesLooksForDealTerms(t *testing.T) {
	a := news.Article{ID: "a", Title: "Fabrikam and Contoso talk", Text: numberedSentences(12) +
		"Contoso's share of revenue was the subject. The exclusive term ends by 2034. " + numberedSentences(12)}
	if got := sentences(Brief([]news.Article{a}, nil, 0)); !strings.Contains(got, "The exclusive term ends by 2034.") {
		t.Errorf("Brief does not say that the exclusive term ends, but\n%s", got)
	}
}

func TestBriefKeepsItsLimits(t *testing.T) {
	long := news.Article{ID: "a3", Text: strings.Repeat("Contoso signs an agreement with Fabrikam for compute in Lund. ", 3) +
		strings.Repeat("and on it goes without any stop ", 12) + ".\n" + harbor.Text + " " + ended.Text + " " + numberedSentences(30)}
	for _, as := range [][]news.Article{{long}, {ended, harbor, long}} {
		got := Brief(as, nil, 0)
		budget := wordsAlone
		if len(as) > 1 {
			budget = wordsTogether
		}
		if n := len(words(sentences(got))); n > budget || n < budget/3 {
			t.Errorf("Brief of %d articles has %d words, want %d at most and a third of that at least", len(as), n, budget)
		}
		seen := make(map[string]bool)
		for _, s := range got.Sentences {
			i := slices.IndexFunc(as, func(a news.Article) bool { return a.ID == s.Article })
			if i < 0 || !strings.Contains(as[i].Text, s.Text) {
				t.Errorf("%q is not verbatim in article %q", s.Text, s.Article)
			}
			if utf8.RuneCountInString(s.Text) > maxQuote {
				t.Errorf("%q has over %d characters", s.Text, maxQuote)
			}
			if seen[s.Text] {
				t.Errorf("%q is said twice", s.Text)
			}
			seen[s.Text] = true
		}
	}
}

func numberedSentences(n int) string {
	var b strings.Builder
	for i, w := range strings.Fields(numbered("Fact", 4*n)) {
		b.WriteString(w + " ")
		if i%4 == 3 {
			b.WriteString("stands here. ")
		}
	}
	return b.String()
}

func TestBriefWithoutText(t *testing.T) {
	for _, tt := range []struct {
		name string
		as   []news.Article
		want news.Brief
	}{
		{"no articles", nil, news.Brief{}},
		{"headlines only", []news.Article{{ID: "a", Title: "Fabrikam signs"}}, news.Brief{Headline: "Fabrikam signs"}},
		{"no title", []news.Article{{ID: "a", Text: "Fabrikam signs with Contoso today."}},
			news.Brief{Sentences: []news.Sentence{{Article: "a", Text: "Fabrikam signs with Contoso today."}}}},
		{"the title as the first line", []news.Article{{ID: "a", Title: "Fabrikam signs with Contoso today", Text: "Fabrikam signs with Contoso today\n"}},
			news.Brief{Headline: "Fabrikam signs with Contoso today"}},
		{"headings beside sentences", []news.Article{{ID: "a", Text: "What it means for the rest of us\nFabrikam signs with Contoso today."}},
			news.Brief{Sentences: []news.Sentence{{Article: "a", Text: "Fabrikam signs with Contoso today."}}}},
	} {
		if diff := cmp.Diff(tt.want, Brief(tt.as, nil, 0)); diff != "" {
			t.Errorf("%s: Brief (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Whatever a page says, its sentences are verbatim and its text breaks nothing.
func FuzzArticle(f *testing.F) {
	f.Add(ended.Title, ended.Text, 30, 39)
	f.Add("", "终止独家协议。$1,,.5bn until 20300 U.S.. \xff", -1, 3)
	f.Fuzz(func(t *testing.T, title, text string, start, end int) {
		a := news.Article{ID: "a", Title: title, Text: text}
		ms := []news.Match{{Spans: []news.Span{{Field: "text", Start: start, End: end}, {Field: "title", Start: start, End: end}}}}
		for _, s := range Brief([]news.Article{ended, a}, map[string][]news.Match{"a": ms}, 0).Sentences {
			if s.Article == "a" && !strings.Contains(text, s.Text) {
				t.Errorf("%q is not verbatim in %q", s.Text, text)
			}
		}
		Material([]news.Article{ended}, &a, ms)
		x := NewIndex()
		x.Add("s1", &a)
		if d := x.Decide(&a); d.Why == "" {
			t.Errorf("Decide = %+v, without a why", d)
		}
	})
}

func sentences(b news.Brief) string {
	var out []string
	for _, s := range b.Sentences {
		out = append(out, s.Text)
	}
	return strings.Join(out, "\n")
}

func TestQuantities(t *testing.T) {
	type q struct {
		said  string
		value float64
		unit  string
	}
	for _, tt := range []struct {
		in   string
		want []q
	}{
		{"$38 billion, up from €1.2bn", []q{{"$38 billion", 38e9, "$"}, {"€1.2bn", 1.2e9, "€"}}},
		{"USD 920m or 15 million dollars", []q{{"USD 920m", 920e6, "$"}, {"15 million dollars", 15e6, "$"}}},
		{"a $1,500 fee, a $2.5-billion fund", []q{{"$1,500", 1500, "$"}, {"$2.5-billion", 2.5e9, "$"}}},
		{"27% or 14.5 percent", []q{{"27%", 27, "%"}, {"14.5 percent", 14.5, "%"}}},
		{"1.2 GW, 300-megawatt", []q{{"1.2 GW", 1.2e9, "watt"}, {"300-megawatt", 300e6, "watt"}}},
		{"a seven-year term, 18 months", []q{{"seven-year", 84, "month"}, {"18 months", 18, "month"}}},
		{"until 2030, through the end of 2032, by June 30, 2033", []q{{"until 2030", 2030, "until"},
			{"through the end of 2032", 2032, "until"}, {"by June 30, 2033", 2033, "until"}}},
		{"founded in 2019, 400 people, room 27", nil},
	} {
		var got []q
		for _, x := range quantities(tt.in) {
			got = append(got, q{tt.in[x.Start:x.End], x.value, x.unit})
		}
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(q{})); diff != "" {
			t.Errorf("quantities(%q) (-want +got):\n%s", tt.in, diff)
		}
	}
}
