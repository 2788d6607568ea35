package terms

import (
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// short writes terms as one line each, for comparison: "Corvane, Meridell: licence retained [] [2034]".
func short(ts []news.Term) string {
	var lines []string
	for _, t := range ts {
		line := strings.Join(t.Parties, ", ") + ": " + t.Term + " " + t.Change + " [" + t.Value + "] [" + t.Until + "]"
		if !t.News {
			line += " background"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestRead(t *testing.T) {
	r, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, title, text, want string }{
		{"companies that no list has are found by how they are told of",
			"Corvane and Meridell rewrite their pact",
			"Corvane, a maker of speech models in Turin, and Meridell Cloud said that the exclusivity between them lapses at once. " +
				"The start-up keeps its licence to Meridell's patents until 2034.",
			"Corvane, Meridell Cloud: exclusivity ended [] []\nCorvane, Meridell Cloud: licence retained [] [2034]"},
		{"a short name, a description and both at once mean the same parties",
			"",
			"Tessel Labs has signed up for cloud capacity from Gridhaven Systems worth about 3 billion dollars over six years. " +
				"Gridhaven will dedicate 300 megawatts to Tessel. The pair also extended their research contract until 31 December 2032.",
			"Gridhaven Systems, Tessel Labs: cloud_commitment signed [USD 3 bn] [6 years]\n" +
				"Gridhaven Systems, Tessel Labs: compute signed [300 MW] []\n" +
				"Gridhaven Systems, Tessel Labs: term_length extended [] [2032-12-31]"},
		{"legal names are shown without their form, and stand for what a filing calls them",
			"",
			`On May 11, 2026, Tessel Systems, Inc. (the "Company") and Gridhaven AS ("Gridhaven") entered into an agreement. ` +
				"Gridhaven issued to the Company a warrant to acquire up to four percent of Gridhaven's shares.",
			"Gridhaven, Tessel Systems: equity signed [4 %] []"},
		{"what did not happen is kept",
			"Corvane: pact with Meridell stands",
			"Corvane said that the revenue share with Meridell has not been abolished.",
			"Corvane, Meridell: revenue_share retained [] []"},
		{"a report is no fact",
			"",
			"Nvidia is in advanced talks to buy Lumenar, a maker of optical links, for around $6 billion, people with knowledge of the matter said.",
			"Lumenar, Nvidia: acquisition reported [USD 6 bn] []"},
		{"a denial is a denial of the term",
			"",
			"Lumenar, a maker of optical links, denied on Wednesday that it was being sold to Nvidia.",
			"Lumenar, Nvidia: acquisition denied [] []"},
		{"what was before is background",
			"",
			"Last year Amazon invested $400 million in Lumenar, a maker of optical links.",
			"Amazon, Lumenar: investment signed [USD 400 mn] [] background"},
		{"what is only supposed is nothing",
			"Opinion: what if Corvane left Meridell?",
			"If Corvane ended its exclusive contract with Meridell, little would break. Should Meridell ever ask for a share of revenue, Corvane would say no.",
			""},
		{"an inquiry names the authority, and what it is about is no news",
			"",
			"The European Commission has opened a formal antitrust investigation into the ties between Google and Lumenar, a Munich maker of speech models.",
			"European Commission, Google, Lumenar: antitrust opened [] []"},
		{"other clouds to sell on are no parties",
			"",
			"Under the new terms with Microsoft, Corvane, a Turin start-up, may sell its models on any cloud, such as Amazon Web Services or Oracle.",
			"Corvane, Microsoft: exclusivity ended [] []"},
		{"exclusive interviews and share prices are no terms",
			"Exclusive: Adobe's design chief on the perfect undo button",
			"In an exclusive interview, Adobe's design chief spoke of Microsoft. Adobe shares rose by nine percent.",
			""},
		{"teasers below an article are not read",
			"Corvane hires a chief of operations",
			"Corvane has hired a chief of operations from Intel.\nRelated articles\nIntel ends exclusive supply deal with Corvane\nThe two part ways after two years.",
			""},
		{"items of a newsletter have nothing to do with one another",
			"The Friday three",
			"1. Crusoe will build a 750 MW campus for Anthropic.\n2. IBM and the recipe app Forkline have teamed up.\n3. Oracle hired a cook.",
			"Anthropic, Crusoe: compute signed [750 MW] []\nForkline, IBM: partnership signed [] []"},
		{"a headline alone is read, too",
			"OpenAI and Microsoft rewrite their deal: no more exclusivity", "",
			"Microsoft, OpenAI: exclusivity ended [] []"},
		{"an empty article states nothing", "", "", ""},
	} {
		a := &news.Article{ID: "a1", Title: tt.title, Text: tt.text, Published: time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC)}
		if got := short(r.Read(a)); got != tt.want {
			t.Errorf("%s:\nRead(%q) =\n%s\nwant\n%s", tt.name, tt.text, got, tt.want)
		}
	}
}

// A company's own page says "we".
func TestReadFirstPerson(t *testing.T) {
	r, err := New([][]string{{"Corvane"}, {"Meridell Cloud", "Meridell"}})
	if err != nil {
		t.Fatal(err)
	}
	a := &news.Article{ID: "a1", URL: "https://www.corvane.com/news/1", Text: "We have committed to spend $2 billion on Meridell's cloud."}
	if got, want := short(r.Read(a)), "Corvane, Meridell Cloud: cloud_commitment signed [USD 2 bn] []"; got != want {
		t.Errorf("Read(%q) = %s, want %s", a.Text, got, want)
	}
}

// Evidence is where it says it is, whatever surrounds it.
func TestEvidenceIsVerbatim(t *testing.T) {
	r := reader(t)
	a := &news.Article{ID: "a1", Title: "Aurelia Labs and Norvane part ways", Text: "  “Good news,” they said.\n\n  Norvane’s licence to the models of Aurelia Labs was extended to 2036 – at last. It rains.\n"}
	for _, term := range r.Read(a) {
		if got := a.Field(term.Field)[term.Start:term.End]; got != term.Evidence || got == "" {
			t.Errorf("%s[%d:%d] = %q, want the evidence %q", term.Field, term.Start, term.End, got, term.Evidence)
		}
	}
	if len(r.Read(a)) != 2 {
		t.Errorf("Read = %s, want two terms", short(r.Read(a)))
	}
}

func TestAmountsAndDatesHaveOneForm(t *testing.T) {
	for in, want := range map[string]string{
		"$38bn": "USD 38 bn", "USD 38 billion": "USD 38 bn", "$38,000,000,000": "USD 38 bn", "35 billion dollars": "USD 35 bn",
		"US$4.2 billion": "USD 4.2 bn", "€1.2 billion": "EUR 1.2 bn", "C$90m": "CAD 90 mn", "18 million Swiss francs": "CHF 18 mn",
		"a quarter of a billion dollars": "USD 250 mn", "$920 million a month": "USD 920 mn per month", "£40m annually": "GBP 40 mn per year",
		"27 percent": "27 %", "four per cent": "4 %", "a fifth of": "20 %", "22 cents of": "22 %", "twenty-five percent": "25 %",
		"2 GW": "2 GW", "two gigawatts": "2 GW", "750MW": "750 MW", "1,200 megawatts": "1.2 GW",
	} {
		got := amounts(tokenize(nil, in, 0, len(in)))
		if len(got) != 1 || got[0].String() != want {
			t.Errorf("amounts(%q) = %v, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"2031": "2031", "June 2031": "2031-06", "June 30, 2033": "2033-06-30", "31 December 2032": "2032-12-31", "2032-12-31": "2032-12-31",
		"seven years": "7 years", "five-year": "5 years", "18 months": "18 months", "a decade": "10 years", "one year": "1 year",
	} {
		got := moments(tokenize(nil, in, 0, len(in)))
		if len(got) != 1 || got[0].text != want {
			t.Errorf("moments(%q) = %v, want %s", in, got, want)
		}
	}
}

// BenchmarkRead reads an article of 500 words.
func BenchmarkRead(b *testing.B) {
	r, err := New(nil)
	if err != nil {
		b.Fatal(err)
	}
	a := &news.Article{ID: "a1", Title: "Corvane and Meridell Cloud rewrite their pact", Published: time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC)}
	for len(strings.Fields(a.Text)) < 500 {
		a.Text += "Corvane, a maker of speech models in Turin, and Meridell Cloud said on Tuesday that the exclusivity between them lapses at once. " +
			"The start-up keeps its licence to Meridell's patents until 2034, and what it owes the provider from its sales is limited to €1.2 billion. " +
			"Analysts at two banks had expected as much, since talks had been going on for months and nobody had denied them.\n\n"
	}
	b.ReportAllocs()
	for b.Loop() {
		r.Read(a)
	}
}
