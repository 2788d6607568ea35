package rule

import (
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

// What a rule that did not match lacked, as a person is told.
func TestMiss(t *testing.T) {
	far := strings.Repeat("word ", 46)
	a := &news.Article{
		Title: "Orrery ends its revenue share", Lang: "en", URL: "https://News.Ledger.example/a",
		Text: "The exclusive deal of Northwind is an interview. " + far + "Halcyon has a share of revenue. orrery LP.",
	}
	for _, tt := range []struct{ query, want string }{
		{"exclusive", ""},
		{"merger", `no "merger"`},
		{`"chip plant"`, `no "chip plant"`},
		{`"share revenue"`, `the words of "share revenue" are there, but not in a row`},
		{`="Orrery LP"`, `"Orrery LP" is there, but not to the letter`},
		{"@bodies", "nothing of @bodies"},
		{"/merg[a-z]+/", "nothing that fits /merg[a-z]+/"},
		{"merg*", `no "merg*"`},

		{"exclusive AND merger", `"exclusive" is there, no "merger"`},
		{"exclusive AND deal AND merger AND chip", `"exclusive" and "deal" are there, no "merger"; no "chip"`},
		{"exclusive -interview", `"exclusive" is there, "interview" must not be there, but is`},
		{"merger, chip", `no "merger", no "chip"`},
		{"a1, a2, a3, a4, a5, a6", `no "a1", no "a2", no "a3", no "a4", and none of 2 others`},
		{"merger OR exclusive AND chip", `"exclusive" is there, no "chip"`},

		{"exclusive chip", `"exclusive" is there, no "chip"`},
		{"exclusive halcyon", `"exclusive" and "halcyon" are there, but not within 20 words`},
		{`"revenue share" NEAR/30 @bodies`, `"revenue share" is there, nothing of @bodies`},
		{`exclusive NEAR/30 (halcyon OR merger)`, `"exclusive" is there, no halcyon OR merger within 30 words of it; the nearest, "Halcyon", is 53 words away`},
		{`exclusive NEAR/30 halcyon`, `"exclusive" is there, no "halcyon" within 30 words of it; the nearest, "Halcyon", is 53 words away`},
		{`"revenue share" NEAR/30 northwind`, `"revenue share" is there, no "northwind" within 30 words of it`},
		{"deal BEFORE/9 exclusive", `"deal" is there, no "exclusive" within 9 words after it`},
		{"@labs NEAR/3 @clouds", `@labs is there, nothing of @clouds within 3 words of it; the nearest, "Northwind", is 50 words away`},
		{"chip NEAR/3 plant", `no "chip", no "plant"`},

		{"title:exclusive", `"exclusive" is there, but not in the title`},
		{"title:merger", `no "merger" in the title`},
		{"outlet:ledger", `no "ledger" in the outlet`},
		{"site:orrery.example exclusive", `"exclusive" is there, the site is news.ledger.example, not orrery.example`},
		{"lang:(de OR fr) exclusive", `"exclusive" is there, the language is en, not de OR fr`},
	} {
		s, err := Compile([]news.Rule{{Name: "r", Match: tt.query}}, Lists{"labs": testLists["labs"], "clouds": testLists["clouds"], "bodies": {{"FTC"}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Miss(a, "r"); got != tt.want {
			t.Errorf("Miss(%s) = %s\nwant %s", tt.query, got, tt.want)
		}
		if (s.Match(a) == nil) != (tt.want != "") {
			t.Errorf("Match(%s) and Miss do not agree", tt.query)
		}
	}
	s, err := Compile(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Miss(a, "r"); got != "" {
		t.Errorf("Miss of an unknown rule = %q", got)
	}
}
