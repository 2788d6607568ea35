package story

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
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

// What a brief may and may not quote, one article each. The rule finds exclusivity, revenue shares and
// clauses.
func TestBriefKeepsSentencesTogether(t *testing.T) {
	const cap = "Contoso's revenue share is capped at $9 billion until 2036. "
	for _, tt := range []struct {
		name, text string
		all        []string // said together or not at all
		said       bool     // at all
	}{
		{"a pronoun comes with its noun", cap + "Ada Roe leads Fabrikam's side of the talks. She said the exclusivity clause ends in May.",
			[]string{"Ada Roe leads", "She said the exclusivity"}, true},
		{"so does a demonstrative", cap + "The old pact had a paragraph about thinking machines. This clause has been deleted.",
			[]string{"thinking machines", "This clause"}, true},
		{"so does the company", cap + "Northwind sells computing by the hour. The company ends the exclusivity clause in May.",
			[]string{"Northwind sells", "The company ends"}, true},
		{"nothing points out of the article", "Meanwhile, it ends the exclusivity clause in May. " + cap,
			[]string{"Meanwhile, it"}, false},
		{"an excerpt is not broken off", cap + "The exclusivity clause is gone, and with it...", []string{"is gone, and"}, false},
		{"nor over a heading", cap + "\nWhat it means for the rest of us\nThis ends the exclusivity clause for good.",
			[]string{"What it means for the rest", "This ends"}, false},
		{"this week is no pointer", cap + "This week the exclusivity clause ends.", []string{"This week"}, true},
		{"a quotation comes with who said it", cap + "“The exclusivity clause is gone for good.” Ada Roe said.",
			[]string{"“The exclusivity clause", "Ada Roe said."}, true},
		{"who may stand before it", cap + "Ada Roe put it this way on Monday:\n“The exclusivity clause is gone for good, and nobody will miss it.”",
			[]string{"Ada Roe put it", "“The exclusivity clause"}, true},
		{"who may stand after it with an office", cap + "“The exclusivity clause is gone for good.” Ada Roe, who runs Fabrikam, said.",
			[]string{"“The exclusivity clause", "Ada Roe, who"}, true},
		{"in any words", cap + "Reactions came in all day long.\n“The exclusivity clause is gone for good.” That is what Ada Roe told reporters in Lund.",
			[]string{"“The exclusivity clause", "told reporters"}, true},
		{"a pronoun behind an introduction", cap + "Ada Roe leads Fabrikam's side. In a letter on Monday, she ended the exclusivity clause.",
			[]string{"Ada Roe leads", "In a letter"}, true},
		{"a quotation goes on", cap + "“The exclusivity clause is gone,” Ada Roe said. “Nobody in either company will miss that clause, or the exclusivity.”",
			[]string{"“The exclusivity clause is gone,”", "“Nobody in either"}, true},
		{"a quotation is not broken off", cap + "“The exclusivity clause is gone. Nobody will miss it,” said Ada Roe.",
			[]string{"“The exclusivity clause is gone.", "Nobody will miss it,” said"}, true},
		{"straight marks, too", cap + `"The exclusivity clause is gone. Nobody will miss it," said Ada Roe.`,
			[]string{`"The exclusivity clause is gone.`, `Nobody will miss it," said`}, true},
		{"he said needs the name", cap + "Tom Poe runs Contoso's cloud. “We ended the exclusivity clause in a week,” he said.",
			[]string{"Tom Poe runs", "he said."}, true},
		{"nobody said it", cap + "Reactions came in all day long.\n“The exclusivity clause is gone for good, good riddance.”\nThe sun went down.",
			[]string{"good riddance"}, false},
		{"a name in quotes is no quotation", cap + "The “most favoured lab” clause on exclusivity ends in May.", []string{"most favoured lab"}, true},
		{"delight is no news", cap + "“We are thrilled to end the exclusivity clause and excited for the journey,” said Ada Roe, the chief executive.",
			[]string{"thrilled"}, false},
		{"nor is silence", cap + "Fabrikam declined to comment on the exclusivity clause.", []string{"declined"}, false},
		{"nor what was before", cap + "Previously, an exclusivity clause bound Fabrikam to Contoso.", []string{"Previously"}, false},
		{"a bound clause that ends now is news", cap + "The exclusivity clause that bound them since 2029 ends in May.", []string{"since 2029"}, true},
		{"the dateline is no part of it", "LUND, March 3 (Reuters) - The exclusivity clause ends in May. " + cap, []string{"LUND"}, false},
	} {
		a := news.Article{ID: "a", Title: "Fabrikam and Contoso", Text: tt.text, Published: monday}
		got := Brief([]news.Article{a}, map[string][]news.Match{"a": matchText(&a, ruleWords)}, 60)
		for i, part := range tt.all {
			if !strings.Contains(a.Text, part) {
				t.Fatalf("%s: the text lacks %q", tt.name, part)
			}
			if said := strings.Contains(sentences(got), part); said != tt.said {
				t.Errorf("%s: part %d said: %v, want %v:\n%s", tt.name, i, said, tt.said, sentences(got))
			}
		}
	}
}

func TestLeans(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want bool
	}{
		{"He said so.", true},
		{"“It is over,” he said.", true},
		{"However, they disagree.", true},
		{"This marks a change.", true},
		{"Those terms end.", true},
		{"The company declined.", true},
		{"On Monday, she signed.", true},
		{"Er endet am 5. Mai.", true},
		{"Cette clause prend fin.", true},
		{"该公司表示，协议终止。", true},
		{"同社は契約を終了した。", true},
		{"However, Fabrikam disagrees.", false},
		{"This week Fabrikam signs.", false},
		{"This year's deal ends.", false},
		{"The companies agree.", false},
		{"In a letter to Ada Roe, she is thanked.", false},
		{"Heather Roe signs.", false},
		{"Items of the deal end.", false},
		{"微软终止协议。", false},
	} {
		if got := leans(tt.in); got != tt.want {
			t.Errorf("leans(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
}

// A long sentence on the one term would leave no room for the others that the rule asks for.
func TestBriefCarriesWhateverTheRuleAsksFor(t *testing.T) {
	long := news.Article{ID: "a", Title: "Fabrikam and Contoso", Text: "Contoso still collects a 14 percent revenue share from Fabrikam, but the total is capped at $9 billion and the payments " +
		"run only through 2036, whatever else the two may agree on, the companies said. It is a licence to wait."}
	short := news.Article{ID: "b", Title: "Contoso and Fabrikam", Text: "Fabrikam and Contoso have ended the exclusive cloud agreement that bound them. Contoso still collects a revenue share " +
		"of 14 percent from Fabrikam. The AGI clause is gone."}
	ms := map[string][]news.Match{}
	for _, a := range []*news.Article{&long, &short} {
		ms[a.ID] = matchText(a, regexp.MustCompile(`exclusive|revenue share|AGI clause`))
	}
	got := sentences(Brief([]news.Article{long, short}, ms, 30))
	for _, want := range []string{"exclusive cloud agreement", "revenue share", "AGI clause"} {
		if !strings.Contains(got, want) {
			t.Errorf("Brief does not say %q, but\n%s", want, got)
		}
	}
}

// Three outlets, one of them a reprint and one with the same sentence in other words: each fact once.
func TestBriefSaysNothingTwice(t *testing.T) {
	reprint := ended
	reprint.ID, reprint.Outlet = "a3", "Morning Reprint"
	reworded := news.Article{ID: "a4", Outlet: "Stack Daily", Title: "Fabrikam, Contoso drop exclusivity", Text: "On Monday, Fabrikam and Contoso " +
		"ended the exclusive cloud agreement under which Osprey models ran in Contoso's data centers only. " +
		"Contoso's 14 percent revenue share stays until 2036, is capped at $9 billion, and so does the licence to the models."}
	as := []news.Article{ended, reprint, reworded}
	got := Brief(as, map[string][]news.Match{"a1": matchText(&ended, ruleWords), "a3": matchText(&reprint, ruleWords), "a4": matchText(&reworded, ruleWords)}, 200)
	for _, fact := range []string{"exclusive cloud agreement", "$9 billion", "14 percent", "data centers"} {
		if n := strings.Count(sentences(got), fact); n != 1 {
			t.Errorf("Brief says %q %d times, want once:\n%s", fact, n, sentences(got))
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
		{"half a sentence", []news.Article{{ID: "a", Text: "Fabrikam signs with Contoso and..."}},
			news.Brief{Sentences: []news.Sentence{{Article: "a", Text: "Fabrikam signs with Contoso and..."}}}},
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
		got := Brief([]news.Article{ended, a}, map[string][]news.Match{"a": ms}, 50)
		if n := len(words(sentences(got))); n > 50 || len(got.Sentences) > maxSentences {
			t.Errorf("Brief has %d words, %d sentences", n, len(got.Sentences))
		}
		for i, s := range got.Sentences {
			if s.Article == "a" && !strings.Contains(text, s.Text) {
				t.Errorf("%q is not verbatim in %q", s.Text, text)
			}
			if i == 0 && leans(s.Text) {
				t.Errorf("%q is left alone of %q", s.Text, text)
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
		{"payments end in 2031, runs to the end of 2032, expiring on 30 June 2033", []q{{"end in 2031", 2031, "until"},
			{"runs to the end of 2032", 2032, "until"}, {"expiring on 30 June 2033", 2033, "until"}}},
		{"extended their alliance to 2032, bis Ende 2034", []q{{"extended their alliance to 2032", 2032, "until"}, {"bis Ende 2034", 2034, "until"}}},
		{"it ended in 2031, compared to 2030", nil},
		{"Seven years", []q{{"Seven years", 84, "month"}}},
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

// A story that 100 outlets report at length, and one that one outlet reports.
func BenchmarkBrief(b *testing.B) {
	for _, outlets := range []int{1, 100} {
		var as []news.Article
		ms := make(map[string][]news.Match)
		for i := range outlets {
			a := news.Article{ID: strconv.Itoa(i), Title: ended.Title, Text: fmt.Sprintf("In Lund, %d people heard the news. ", i) +
				strings.Repeat(harbor.Text+" "+ended.Text+" "+numberedSentences(20), 3)}
			as = append(as, a)
			ms[a.ID] = matchText(&a, ruleWords)
		}
		b.Run(fmt.Sprintf("%d outlets", outlets), func(b *testing.B) {
			for b.Loop() {
				Brief(as, ms, 60)
			}
		})
	}
}
