package story

import (
	"regexp"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

func TestMaterial(t *testing.T) {
	rule := regexp.MustCompile(`(?i)exclusiv\w*|revenue share|Northwind|AGI`)
	for _, tt := range []struct {
		name   string
		before []news.Article
		a      news.Article
		want   string
	}{
		{"the first article is no news to its story", nil, ended, ""},
		{"a reprint", []news.Article{ended}, ended, ""},
		{"an amount and a deadline", []news.Article{ended}, news.Article{
			Text: "The exclusive term ends with a payment of $2 billion, due by 2034.",
		}, "$2 billion; by 2034"},
		{"the same amount, otherwise written or rounded", []news.Article{ended}, news.Article{
			Text: "The revenue share of 14% is capped at USD 8.95bn.",
		}, ""},
		{"a deadline in other words", []news.Article{ended}, news.Article{
			Text: "Contoso keeps its revenue share, but payments end in 2031.",
		}, "end in 2031"},
		{"a deadline that is known in other words", []news.Article{ended}, news.Article{
			Text: "The revenue share runs to the end of 2036.",
		}, ""},
		{"the end of an agreement is no deadline", []news.Article{ended}, news.Article{
			Text: "The exclusivity ended in 2031 after a long night.",
		}, ""},
		{"a deal term that no rule looks for", []news.Article{ended}, news.Article{
			Text: "Fabrikam and Contoso spoke. They met in Lund. Contoso pays for 120 megawatts of capacity.",
		}, "120 megawatts"},
		{"what a company is worth", []news.Article{ended}, news.Article{
			Text: "Fabrikam, valued at $300 billion, ends its exclusivity. Contoso's market value of $2 trillion dwarfs its $400 billion valuation.",
		}, ""},
		{"what a deal is worth", []news.Article{ended}, news.Article{
			Text: "The exclusive contract, valued at $3 billion, ends.",
		}, "$3 billion"},
		{"a question", []news.Article{ended}, news.Article{
			Text: "Will Northwind be next to lose its exclusive deal of $7 billion?",
		}, ""},
		{"what its share does", []news.Article{ended}, news.Article{
			Text: "Contoso's shares fell 3% after it lost its exclusivity.",
		}, ""},
		{"what was signed in an earlier year", []news.Article{ended}, news.Article{
			Text: "Contoso put $4 billion into Fabrikam in 2029 for exclusivity.", Published: monday,
		}, ""},
		{"what has ended that was signed in an earlier year", []news.Article{ended}, news.Article{
			Text: "The two have ended the $4 billion exclusive agreement of 2029.", Published: monday,
		}, "$4 billion"},
		{"an amount that has nothing to do with the match", []news.Article{ended}, news.Article{
			Text: "Fabrikam and Contoso spoke. It rained in Lund. A tenth of the city, $3 million in flats, is under water.",
		}, ""},
		{"background", []news.Article{ended}, news.Article{
			Text: "Contoso has invested $13 billion since 2029 for exclusivity.",
		}, ""},
		{"a party of the rule's list", []news.Article{ended}, news.Article{
			Text: "After the exclusive term, Fabrikam turned to Northwind for capacity.",
		}, "Northwind"},
		{"a party that the title has too", []news.Article{ended}, news.Article{
			Title: "Tailspin gains from the end of exclusivity",
			Text:  "The end of exclusivity opens the door to Tailspin and others, said Ada Roe.",
		}, "Tailspin"},
		{"a term is no party", []news.Article{ended}, news.Article{
			Title: "AGI and the exclusive deal", Text: "They end an exclusive AGI Clause. “The AI deal is no longer exclusive,” said Ada Roe.",
		}, ""},
		{"a press release", []news.Article{ended}, news.Article{
			URL: "https://www.prnewswire.com/news-releases/1.html", Primary: true, Title: "Fabrikam and Contoso end exclusivity",
		}, "press release"},
		{"a filing with its number", []news.Article{ended}, news.Article{
			URL: "https://www.sec.gov/Archives/1.htm", Primary: true, Text: "The exclusive agreement ended for $2 billion.",
		}, "$2 billion; filing"},
		{"a party's own site", []news.Article{ended}, news.Article{
			URL: "https://fabrikam.example/news/1", Primary: true, Outlet: "Fabrikam", Title: "Our next chapter",
		}, "statement by Fabrikam"},
		{"a second primary source", []news.Article{ended, {Primary: true}}, news.Article{
			URL: "https://contoso.example/news/1", Primary: true, Title: "Our next chapter",
		}, ""},
	} {
		if got := Material(tt.before, &tt.a, matchText(&tt.a, rule)); got != tt.want {
			t.Errorf("%s: Material = %q, want %q", tt.name, got, tt.want)
		}
	}
}
