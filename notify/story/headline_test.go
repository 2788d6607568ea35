package story

import (
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Of several titles, the headline is the one marked with a star.
func TestHeadline(t *testing.T) {
	const plain = "Fabrikam and Contoso end cloud exclusivity"
	for _, tt := range []struct {
		name   string
		titles []string
	}{
		{"a question", []string{"Is this the end for Fabrikam and Contoso's cloud exclusivity?", "*" + plain}},
		{"a teaser", []string{"What Fabrikam's cloud exclusivity means for Contoso and you", "*" + plain}},
		{"a list", []string{"5 takeaways from the end of Fabrikam and Contoso's cloud exclusivity", "*" + plain}},
		{"an opinion", []string{"Opinion: Fabrikam and Contoso end cloud exclusivity, and it is about time", "*" + plain}},
		{"shouting", []string{"FABRIKAM AND CONTOSO END CLOUD EXCLUSIVITY", "*" + plain}},
		{"a paragraph", []string{strings.Repeat("Fabrikam and Contoso end cloud exclusivity and then ", 4), "*" + plain}},
		{"a subject", []string{"Fabrikam, Contoso", "*" + plain}},
		{"cut off", []string{"Fabrikam and Contoso end cloud exclusivity and also...", "*" + plain}},
		{"what only one outlet speaks of", []string{"Osprey soars over the harbour of Lund", "*" + plain, "Fabrikam, Contoso part over cloud"}},
		{"what changed and until when", []string{"Fabrikam talks about Contoso and the cloud", "*Fabrikam and Contoso end exclusivity, cap revenue share until 2036"}},
		{"a primary source says it no better", []string{"Our next chapter with Contoso", "*" + plain}},
		{"two alike: the earlier", []string{"*" + plain, "Contoso and Fabrikam end cloud exclusivity"}},
		{"a question is better than nothing", []string{"", "*Is this the end?"}},
		{"no title", []string{"", ""}},
	} {
		var as []news.Article
		want := ""
		for i, title := range tt.titles {
			if bare, ok := strings.CutPrefix(title, "*"); ok {
				title, want = bare, bare
			}
			as = append(as, news.Article{ID: string(rune('a' + i)), Title: title, Primary: i == 0, Text: "Fabrikam and Contoso said on Monday that their cloud deal is over."})
		}
		if got := Headline(as); got != want {
			t.Errorf("%s: Headline(%q) = %q, want %q", tt.name, tt.titles, got, want)
		}
	}
}

func TestHeadlineLeavesOutWhatTheOutletAdds(t *testing.T) {
	const want = "Fabrikam ends exclusivity - for now"
	for _, in := range []string{
		want,
		"EXCLUSIVE: " + want,
		"Exclusive - " + want,
		"BREAKING NEWS: " + want,
		"UPDATE 2-" + want,
		"[Update] " + want,
		"Breaking: Exclusive: " + want,
		want + " | Ledger Wire",
		want + " - Ledger Wire",
		"Exclusive: " + want + " – ledger wire",
	} {
		if got := Headline([]news.Article{{ID: "a", Outlet: "Ledger Wire", Title: in}}); got != want {
			t.Errorf("Headline(%q) = %q, want %q", in, got, want)
		}
	}
	for _, in := range []string{"Exclusive rights to Osprey end in May", "Breaking up is hard for Fabrikam and Contoso", "Exclusive:", "Newsroom of Fabrikam: all the news"} {
		if got := Headline([]news.Article{{ID: "a", Outlet: "Ledger Wire", Title: in}}); got != in {
			t.Errorf("Headline(%q) = %q, want it whole", in, got)
		}
	}
}
