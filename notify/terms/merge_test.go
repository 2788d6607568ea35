package terms

import (
	"slices"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

// told is a term as an article tells it.
func told(article, term, change, value, until, evidence string) news.Term {
	return news.Term{Parties: []string{"Corvane", "Meridell"}, Term: term, Change: change, Value: value, Until: until, News: true, Evidence: evidence, Article: article}
}

// outlet names the articles' outlets in the tests.
func outlet(article string) string {
	return map[string]string{"a1": "Harbour Ledger", "a2": "Tidewater", "a3": "Stackside"}[article]
}

func TestMerge(t *testing.T) {
	ended := told("a1", "revenue_share", "ended", "", "", "Corvane stops paying Meridell.")
	capped := told("a2", "revenue_share", "capped", "15 %", "2031", "It is capped at 15 percent until 2031.")
	for _, tt := range []struct {
		name string
		told [][]news.Term
		want string // the card's line
	}{
		{"one term told twice is one, with what each adds",
			[][]news.Term{{told("a1", "licence", "signed", "USD 250 mn", "", "")}, {told("a2", "licence", "signed", "USD 252 mn", "5 years", "")}},
			"Licence: signed, USD 250 mn for 5 years (Harbour Ledger, Tidewater)"},
		{"outlets that differ stand side by side",
			[][]news.Term{{ended}, {capped}},
			"Revenue share: ended (Harbour Ledger) / capped at 15 % until 2031 (Tidewater)"},
		{"what most say leads",
			[][]news.Term{{ended}, {capped}, {told("a3", "revenue_share", "capped", "", "2031", "")}},
			"Revenue share: capped at 15 % until 2031 (Tidewater, Stackside) / ended (Harbour Ledger)"},
		{"a correction leads",
			[][]news.Term{{ended}, {told("a3", "revenue_share", "ended", "", "", "")}, {told("a2", "revenue_share", "capped", "15 %", "", "Contrary to reports, it is merely capped.")}},
			"Revenue share: capped at 15 % (Tidewater) / ended (Harbour Ledger, Stackside)"},
		{"a denial leads",
			[][]news.Term{{told("a1", "acquisition", "reported", "USD 6 bn", "", "")}, {told("a2", "acquisition", "denied", "", "", "")}},
			"Acquisition: denied (Tidewater) / reported, USD 6 bn (Harbour Ledger)"},
		{"a report that comes true is one term",
			[][]news.Term{{told("a1", "acquisition", "reported", "USD 6 bn", "", "")}, {told("a2", "acquisition", "signed", "USD 6 bn", "", "")}},
			"Acquisition: signed, USD 6 bn (Harbour Ledger, Tidewater)"},
		{"a year and a day in it are one end",
			[][]news.Term{{told("a1", "term_length", "extended", "", "2032", "")}, {told("a2", "term_length", "extended", "", "2032-12-31", "")}},
			"Length of the agreement: extended until 2032-12-31 (Harbour Ledger, Tidewater)"},
	} {
		var got []string
		for _, c := range Card(Merge(tt.told), outlet) {
			var sides []string
			for _, s := range c.Sides {
				sides = append(sides, s.Says+" ("+strings.Join(s.Outlets, ", ")+")")
			}
			got = append(got, c.Name+": "+strings.Join(sides, " / "))
		}
		if len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s: the card says %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Two terms of one kind say between whom they are.
func TestCardTellsTermsOfOneKindApart(t *testing.T) {
	first, second := told("a1", "compute", "signed", "2 GW", "", ""), told("a1", "compute", "signed", "1 GW", "", "")
	second.Parties = []string{"Corvane", "Tidal"}
	var got []string
	for _, c := range Card(Merge([][]news.Term{{first, second}}), outlet) {
		got = append(got, c.Name)
	}
	if want := []string{"Compute (Corvane, Meridell)", "Compute (Corvane, Tidal)"}; !slices.Equal(got, want) {
		t.Errorf("the card names %q, want %q", got, want)
	}
}

// One outlet writes the short name, another the long one.
func TestMergeJoinsNames(t *testing.T) {
	short, long := told("a1", "licence", "signed", "", "", ""), told("a2", "licence", "signed", "", "", "")
	long.Parties = []string{"Corvane", "Meridell Cloud"}
	ms := Merge([][]news.Term{{short}, {long}})
	if len(ms) != 1 || ms[0].Parties[1] != "Meridell Cloud" || len(ms[0].Sides[0].Told) != 2 {
		t.Errorf("Merge = %+v, want one term of Corvane and Meridell Cloud, told twice", ms)
	}
}

// Background is merged only where nobody has it as news.
func TestMergeKeepsNewsFromBackground(t *testing.T) {
	old := told("a1", "licence", "signed", "", "", "")
	old.News = false
	ms := Merge([][]news.Term{{old}, {told("a2", "licence", "extended", "", "2034", "")}})
	if len(ms) != 1 || ms[0].Change != "extended" || !ms[0].News {
		t.Errorf("Merge = %+v, want the extension alone", ms)
	}
}

func TestFresh(t *testing.T) {
	before := [][]news.Term{{told("a1", "acquisition", "reported", "USD 6 bn", "", ""), told("a1", "licence", "signed", "", "2030", "")}}
	back := told("a2", "equity", "signed", "20 %", "", "")
	back.News = false
	for _, tt := range []struct {
		name string
		term news.Term
		want int
	}{
		{"told before", told("a2", "licence", "signed", "", "2030", ""), 0},
		{"told before with more", told("a2", "licence", "signed", "", "", ""), 0},
		{"another end", told("a2", "licence", "signed", "", "2034", ""), 1},
		{"a term of its own", told("a2", "exclusivity", "ended", "", "", ""), 1},
		{"a report that comes true", told("a2", "acquisition", "signed", "USD 6 bn", "", ""), 1},
		{"a denial", told("a2", "acquisition", "denied", "", "", ""), 1},
		{"background", back, 0},
	} {
		if got := Fresh(before, []news.Term{tt.term}); len(got) != tt.want {
			t.Errorf("%s: Fresh = %s, want %d terms", tt.name, short(got), tt.want)
		}
	}
}
