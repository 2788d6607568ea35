package rule

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

var testLists = Lists{
	"labs":   {{"Orrery"}, {"Halcyon AI", "Halcyon"}, {"Northwind"}, {"Lumen DeepSight", "DeepSight"}},
	"clouds": {{"Northwind", "Skybase"}, {"Vast Web Services", "VWS"}, {"Lumen"}},
}

// match compiles one rule and matches it with a.
func match(t *testing.T, query string, a *news.Article) []news.Match {
	t.Helper()
	s, err := Compile([]news.Rule{{Name: "r", Match: query}}, testLists)
	if err != nil {
		t.Fatalf("Compile(%q): %v", query, err)
	}
	return s.Match(a)
}

// foundTexts returns the texts of the spans of m, separated by bars; "-" if there is no match.
func foundTexts(m []news.Match) string {
	if len(m) == 0 {
		return "-"
	}
	var texts []string
	for _, s := range m[0].Spans {
		texts = append(texts, s.Text)
	}
	return strings.Join(texts, "|")
}

// The language by example: what each way of writing a rule finds in a text, and what it does not.
func TestLanguage(t *testing.T) {
	far := strings.Repeat("word ", 19)
	for _, tt := range []struct{ name, query, text, want string }{
		// words
		{"a word", "exclusive", "The exclusive deal ended.", "exclusive"},
		{"in any case", "exclusive", "EXCLUSIVE: the deal", "EXCLUSIVE"},
		{"in other forms", "exclusive", "exclusivity, exclusively", "exclusivity|exclusively"},
		{"in other forms, the other way", "sharing", "a share, two shares, shared", "share|shares|shared"},
		{"not in another word", "share", "The shareholder agreed", "-"},
		{"a possessive", "orrery", "Orrery's models, Orrery’s plans", "Orrery|Orrery"},
		{"beside a hyphen", "orrery", "an Orrery-backed start-up", "Orrery"},
		{"a number", "2030", "until 2030.", "2030"},
		{"words with signs are phrases", "R&D", "the R & D budget", "R & D"},
		{"and are not found apart", "R&D", "D before R", "-"},

		// acronyms
		{"capitals", "AGI", "until AGI is reached", "AGI"},
		{"not in a word", "AGI", "imagination, agitated, magic", "-"},
		{"any case", "AGI", "#agi", "agi"},
		{"with dots", "AGI", "until A.G.I. is reached", "A.G.I."},
		{"written with dots", "A.G.I.", "until AGI is reached", "AGI"},
		{"a possessive acronym", "AGI", "AGI's arrival, A.G.I.’s arrival", "AGI|A.G.I."},
		{"a plural acronym", "GPU", "ten thousand GPUs", "GPUs"},
		{"a plural acronym, by a small word", "gpus", "ten thousand GPUs", "GPUs"},
		{"not stemmed", "IDES", "a good ide", "-"},
		{"a small word has no dots", "us", "the U.S. and us", "us"},
		{"an acronym of dots", "US", "the U.S. court", "U.S."},
		{"the expansion counts", "AGI", "Artificial General Intelligence (AGI) is near. This artificial general intelligence", "Artificial General Intelligence|AGI|artificial general intelligence"},
		{"an acronym first", "AGI", "AGI (artificial general intelligence)", "AGI|artificial general intelligence"},
		{"with small words", "SEC", "the Securities and Exchange Commission (the SEC)", "Securities and Exchange Commission|SEC"},
		{"the acronym counts", `"artificial general intelligence"`, "artificial general intelligence (AGI); an AGI clause", "artificial general intelligence|AGI|AGI"},
		{"in a phrase", `"AGI clause"`, "Artificial general intelligence (AGI). Its artificial general intelligence clause", "artificial general intelligence clause"},
		{"in a phrase, back", `"artificial general intelligence clause"`, "artificial general intelligence (AGI). The AGI clause", "AGI clause"},
		{"undefined, it does not", "AGI", "artificial general intelligence", "-"},
		{"other words do not", "AGI", "a grand idea (AGX), artificial gold", "-"},

		// side by side
		{"side by side", "AGI clause", "a clause on AGI", "clause|AGI"},
		{"across a sentence", "AGI clause", "They spoke of AGI. The clause went.", "AGI|clause"},
		{"20 words", "AGI clause", "AGI " + far + "clause", "AGI|clause"},
		{"not 21", "AGI clause", "AGI " + far + "word clause", "-"},
		{"all of them", "AGI clause ends", "the AGI clause", "-"},
		{"the nearest", "revenue share", "share, word word word, revenue, share", "revenue|share"},
		{"three", "one two three", "one two word three", "one|two|three"},
		{"three, from first to last", "one two three", "one " + far + "two three", "-"},
		{"with alternatives", "(AGI, merger) clause", "a merger clause", "merger|clause"},
		{"with a phrase", `"revenue share" 2030`, "a revenue share until 2030", "revenue share|2030"},
		{"lists need two parties", "@labs @clouds", "Northwind and Skybase", "-"},

		// phrases
		{"a phrase", `"revenue share"`, "a revenue share", "revenue share"},
		{"with a hyphen", `"revenue share"`, "a revenue-sharing deal", "revenue-sharing"},
		{"with a hyphen that does not break", `"revenue share"`, "revenue‑sharing, revenue–share", "revenue‑sharing|revenue–share"},
		{"written with a hyphen", "revenue-share", "a revenue share", "revenue share"},
		{"not with words between", `"revenue share"`, "revenue and share", "-"},
		{"not in the other order", `"revenue share"`, "share revenue", "-"},
		{"not over the end of a sentence", `"revenue share"`, "It hid its revenue. Share prices fell.", "-"},
		{"not over a blank line", `"revenue share"`, "its revenue\n\nshare prices", "-"},
		{"over a line", `"revenue share"`, "its revenue\nshare", "revenue\nshare"},
		{"over an abbreviation", `"Orrery v Northwind"`, "Orrery v. Northwind", "Orrery v. Northwind"},
		{"curly quotes", "“revenue share”", "a revenue share", "revenue share"},
		{"a soft hyphen", `"revenue share"`, "reve\u00adnue share", "reve\u00adnue share"},
		{"zero width", "revenue", "reve\u200bnue", "reve\u200bnue"},
		{"wide letters", "orrery", "Ｏｒｒｅｒｙ", "Ｏｒｒｅｒｙ"},
		{"mathematical letters", "orrery", "𝗢𝗿𝗿𝗲𝗿𝘆", "𝗢𝗿𝗿𝗲𝗿𝘆"},
		{"a ligature", "office", "oﬃces", "oﬃces"},
		{"a beginning in a phrase", `"exclusiv* right"`, "exclusivity rights", "exclusivity rights"},
		{"apostrophes", `"d'accord"`, "d’accord", "d’accord"},

		// diacritics
		{"without an accent", "cafe", "the café", "café"},
		{"with an accent", "café", "the cafe", "cafe"},
		{"combining", "café", "the cafe\u0301", "cafe\u0301"},
		{"strokes", "lodz", "Łódź", "Łódź"},
		{"to the letter, with an accent", "=café", "the cafe", "-"},

		// to the letter
		{"to the letter", `="Orrery LP"`, "to Orrery LP.", "Orrery LP"},
		{"its case", `="Orrery LP"`, "to orrery lp", "-"},
		{"its form", `="share"`, "shares", "-"},
		{"not in a word", `="AI"`, "AIs and MAI", "-"},
		{"a word", `=Orrery`, "Orrery and ORRERY", "Orrery"},
		{"signs", `="C++"`, "C, C+ and C++", "C++"},
		{"decomposed", `="Café Orrery"`, "the Cafe\u0301 Orrery", "Cafe\u0301 Orrery"},
		{"written decomposed", "=\"Cafe\u0301\"", "the Café", "Café"},
		{"with an accent, it is another", `="Cafe"`, "the Cafe\u0301", "-"},
		{"signs before it", `=".NET"`, "runs on .NET", ".NET"},
		{"and not without", `=".NET"`, "the NET result", "-"},
		{"decomposed signs before it", "=\"≠ Orrery\"", "=\u0338 Orrery", "=\u0338 Orrery"},
		{"white space", `="Orrery LP"`, "Orrery\u00a0\n LP", "Orrery\u00a0\n LP"},

		// beginnings
		{"a beginning", "exclusiv*", "exclusivity", "exclusivity"},
		{"not inside", "clus*", "exclusive", "-"},
		{"unstemmed", "exclusive*", "exclusivity", "-"},

		// operators
		{"comma", "merger, exclusive", "an exclusive deal", "exclusive"},
		{"OR", "merger OR exclusive", "an exclusive deal", "exclusive"},
		{"bar", "merger | exclusive", "neither", "-"},
		{"AND", "merger AND exclusive", "an exclusive merger", "exclusive|merger"},
		{"AND needs both", "merger AND exclusive", "an exclusive deal", "-"},
		{"AND binds tighter than OR", "one OR two AND three", "one", "one"},
		{"the comma is no tighter", "one, two AND three", "two", "-"},
		{"parentheses", "(one OR two) AND three", "one", "-"},
		{"NOT", "exclusive NOT interview", "an exclusive interview", "-"},
		{"NOT holds", "exclusive NOT interview", "an exclusive deal", "exclusive"},
		{"minus", "exclusive -interview", "an exclusive interview", "-"},
		{"minus holds one word", "exclusive -interview deal", "an exclusive deal", "exclusive|deal"},
		{"NOT holds what stands together", "exclusive AND NOT AGI clause", "exclusive AGI", "exclusive"},
		{"no evidence of what does not hold", "(one AND two) OR three", "one three", "three"},

		// near
		{"NEAR", "one NEAR/3 two", "two a b one", "two|one"},
		{"too far", "one NEAR/3 two", "two a b c one", "-"},
		{"neighbours", "one NEAR/1 two", "two one", "two|one"},
		{"phrases", `"one two" NEAR/2 "three four"`, "one two x three four", "one two|three four"},
		{"not itself", "share NEAR/5 shares", "one share", "-"},
		{"but its like", "share NEAR/5 shares", "one share, two shares", "share|shares"},
		{"BEFORE", "one BEFORE/3 two", "one a two", "one|two"},
		{"not behind", "one BEFORE/3 two", "two a one", "-"},
		{"alternatives", "exclusiv* NEAR/12 (@labs OR @clouds)", "Skybase is exclusive", "Skybase|exclusive"},
		{"side by side binds tighter", "AGI clause NEAR/5 orrery", "the clause of Orrery on AGI", "clause|Orrery|AGI"},
		{"chains", "one NEAR/2 two NEAR/2 three", "one two three", "one|two|three"},
		{"chains reach from the whole", "one NEAR/9 two NEAR/1 three", "one a b c two three", "one|two|three"},
		{"chains break", "one NEAR/2 two NEAR/2 three", "one two a b three", "-"},

		// lists
		{"a list", "@labs", "Orrery and Halcyon", "Orrery|Halcyon"},
		{"its names are not stemmed", "@labs", "orreries", "-"},
		{"the longest name", "@labs", "DeepSight, Lumen DeepSight", "DeepSight|Lumen DeepSight"},
		{"two parties", "@labs NEAR/30 @clouds", "Orrery moves to Skybase", "Orrery|Skybase"},
		{"one party in both", "@labs NEAR/30 @clouds", "Northwind, only Northwind", "-"},
		{"one party by two names", "@labs NEAR/30 @clouds", "Northwind's Skybase", "-"},
		{"a name within a name", "@labs NEAR/30 @clouds", "Lumen DeepSight", "-"},
		{"the same list", "@labs NEAR/30 @labs", "Halcyon AI and Halcyon", "-"},
		{"the same list, two parties", "@labs NEAR/30 @labs", "Halcyon AI and Orrery", "Halcyon AI|Orrery"},
		{"three parties", "@labs NEAR/9 @labs NEAR/9 @clouds", "Orrery, Halcyon and Orrery", "-"},

		// regular expressions
		{"a regular expression", `/exclusiv[a-z]+/`, "Exclusivity", "Exclusivity"},
		{"on folded text", `/café – \d+/`, "the CAFÉ - 12", "-"},
		{"folds its letters", `/CAFÉ-\d+/`, "the Café–12", "Café–12"},
		{"spans are the original's", `/rate of \d+/`, "ﬁ́ a rate\u00a0of  12%", "rate\u00a0of  12"},

		// scripts without spaces
		{"Chinese", "独家", "微软的独家协议", "独家"},
		{"Chinese with a gap", "独家", "独，家", "-"},
		{"Japanese", "独占", "独占契約の終了", "独占"},
		{"Katakana", "データ", "データセンター", "データ"},
		{"Korean", "독점", "독점계약을 종료", "독점"},
		{"Korean, taken apart", "독점", "독점계약", "독점"},
		{"Thai", "สัญญา", "ยกเลิกสัญญาพิเศษ", "สัญญา"},
		{"mixed", "Orrery独家", "与Orrery独家合作", "Orrery独家"},

		// other scripts
		{"Arabic", "العقد", "انتهى العَقد اليوم", "العَقد"},
		{"Hebrew", "חוזה", "החוזה, חוֹזֶה", "חוֹזֶה"},
		{"emoji", "orrery", "🚀Orrery🚀", "Orrery"},
		{"a sign for an apostrophe", "orrery", "Orreryʼs", "Orrery"},
	} {
		a := &news.Article{Text: tt.text}
		if got := foundTexts(match(t, tt.query, a)); got != tt.want {
			t.Errorf("%s: %s in %q = %s, want %s", tt.name, tt.query, tt.text, got, tt.want)
		}
	}
}

func TestFields(t *testing.T) {
	a := &news.Article{
		Title: "Orrery ends exclusive deal", Text: "The revenue share stays.\nNorthwind agreed.",
		Outlet: "The Daily Ledger", Source: "ledger-news", URL: "https://user@News.Ledger.example:8443/a?b", Lang: "en-GB",
	}
	for _, tt := range []struct{ query, want string }{
		{"exclusive AND northwind", "title:exclusive|text:Northwind"},
		{"exclusive northwind", "-"}, // what stands together does so in one field
		{"exclusive NEAR/9 revenue", "-"},
		{`"deal the"`, "-"},
		{"title:exclusive", "title:exclusive"},
		{"text:exclusive", "-"},
		{"title:(orrery exclusive)", "title:Orrery|title:exclusive"},
		{"title:orrery revenue", "title:Orrery|text:revenue"}, // the field binds to one word
		{"title:(orrery AND revenue)", "-"},
		{"-title:revenue share", "text:share"},
		{`outlet:ledger`, "outlet:Ledger"},
		{`outlet:"daily ledger"`, "outlet:Daily Ledger"},
		{"source:ledger", "source:ledger"},
		{"source:/^ledger-/", "source:ledger-"},
		{"site:ledger.example", "site:News.Ledger.example"},
		{"site:www.ledger.example", "site:News.Ledger.example"},
		{"site:edger.example", "-"},
		{"site:example.org", "-"},
		{"site:(example.org OR ledger.example) orrery", "title:Orrery|site:News.Ledger.example"},
		{"lang:en orrery", "title:Orrery|lang:en-GB"},
		{"lang:(de OR fr) orrery", "-"},
		{"lang:de OR orrery", "title:Orrery"},
	} {
		m := match(t, tt.query, a)
		got := "-"
		if len(m) > 0 {
			var parts []string
			for _, s := range m[0].Spans {
				parts = append(parts, s.Field+":"+s.Text)
			}
			got = strings.Join(parts, "|")
		}
		if got != tt.want {
			t.Errorf("%s = %s, want %s", tt.query, got, tt.want)
		}
	}
}

func TestStemsByLanguage(t *testing.T) {
	for _, tt := range []struct{ lang, query, text, want string }{
		{"", "agreement", "agreements", "agreements"},
		{"en", "agreement", "agreements", "agreements"},
		{"de", "Vertrag", "des Vertrages", "Vertrages"},
		{"de", "Führung", "die Führungen", "Führungen"},
		{"fr", "exclusif", "une licence exclusive", "exclusive"},
		{"es", "exclusivo", "la cláusula exclusiva", "exclusiva"},
		{"it", "accordo", "gli accordi", "accordi"},
		{"pt", "acordo", "os acordos", "acordos"},
		{"nl", "overeenkomst", "de overeenkomsten", "overeenkomsten"},
		{"sv", "flicka", "flickorna", "flickorna"},
		{"da", "aftale", "aftaler", "aftaler"},
		{"nb", "avtale", "avtaler", "avtaler"},
		{"fi", "sopimus", "sopimuksen", "-"}, // the stems differ: sopimus, sopimuks
		{"fi", "kauppa", "kaupassa", "-"},
		{"fi", "yhtiö", "yhtiössä", "yhtiössä"},
		{"ru", "новый", "нового договора", "нового"},
		{"hu", "szerződés", "szerződések", "szerződések"},
		{"ro", "contract", "contracte", "contracte"},

		// names have a genitive in s
		{"de", "@labs", "Orrerys Vertrag", "Orrerys"},
		{"de", `"Halcyon AI"`, "Halcyon AIs Modelle", "Halcyon AIs"},
		{"de", "Nvidia", "Nvidias Chips, nvidias", "Nvidias"},
		{"sv", "@labs NEAR/3 @clouds", "Orrerys avtal med Skybase", "Orrerys|Skybase"},
		{"en", "@labs", "Orrerys", "-"},
		{"xx", "agreement", "agreements", "-"}, // a language without a stemmer
	} {
		a := &news.Article{Text: tt.text, Lang: tt.lang}
		if got := foundTexts(match(t, tt.query, a)); got != tt.want {
			t.Errorf("%s: %s in %q = %s, want %s", tt.lang, tt.query, tt.text, got, tt.want)
		}
	}
}

func TestMatchIsInTheOrderOfTheRules(t *testing.T) {
	s, err := Compile([]news.Rule{
		{Name: "c", Match: "gamma"}, {Name: "a", Match: "alpha"}, {Name: "r", Match: "/beta/"}, {Name: "n", Match: "delta"},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range s.Match(&news.Article{Title: "beta", Text: "alpha gamma"}) {
		got = append(got, m.Rule)
	}
	if g := strings.Join(got, " "); g != "c a r" {
		t.Errorf("rules = %s, want c a r", g)
	}
	if m := s.Match(&news.Article{Text: "nothing"}); m != nil {
		t.Errorf("Match of no rule = %v, want nil", m)
	}
}

func TestMatchFromManyGoroutines(t *testing.T) {
	s, err := Compile([]news.Rule{{Name: "r", Match: "agreement NEAR/5 @labs, /deal/"}}, testLists)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for lang := range languages {
				if s.Match(&news.Article{Text: "agreement with Orrery", Lang: lang}) == nil {
					t.Errorf("%s: no match", lang)
				}
			}
		})
	}
	wg.Wait()
}

// Rules that look for words that are everywhere are given up after so many steps, and take nothing
// from rules that need few.
func TestCostIsBounded(t *testing.T) {
	const n = 200
	var rules []news.Rule
	for i := range n {
		rules = append(rules, news.Rule{Name: fmt.Sprint(i), Match: fmt.Sprintf("one NEAR/%d two NEAR/900 one NEAR/900 three*", 800+i)})
	}
	rules = append(rules, news.Rule{Name: "cheap", Match: "one NEAR/2 three"})
	s, err := Compile(rules, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := s.newDoc()
	d.read(&news.Article{Text: strings.Repeat("one two ", 5000) + strings.Repeat("word ", 3000) + "threefold three one"})
	for i, m := range s.parts[0].matchers {
		if got := d.holds(m, body); got != (i == n) {
			t.Errorf("%s = %v", rules[i].Match, got)
		}
	}
	if most := maxArticleSteps + maxSteps + n*fairSteps; d.steps > most {
		t.Errorf("%d steps, want %d at most", d.steps, most)
	}
	if d.steps < maxArticleSteps {
		t.Errorf("%d steps: the rules are too cheap for this test", d.steps)
	}
}

// Whatever an article is asked, it allocates nothing where no rule matches.
func TestNoMatchAllocatesNothing(t *testing.T) {
	s, err := Compile([]news.Rule{
		{Name: "near", Match: "exclusive NEAR/2 deal NEAR/3 merger"}, {Name: "phrase", Match: `"deal exclusive"`},
		{Name: "all", Match: "exclusive AND deal NOT interview AND @clouds"}, {Name: "beside", Match: "(merger, inflation) deal"},
		{Name: "lists", Match: "@labs NEAR/2 @labs"}, {Name: "acronym", Match: `"AGI deal"`}, {Name: "regex", Match: "/inflation/"},
	}, testLists)
	if err != nil {
		t.Fatal(err)
	}
	a := &news.Article{Title: "Orrery ends a deal", Text: "It was exclusive. Artificial general intelligence (AGI) may come. A clause fell; a merger follows Orrery’s interview."}
	a.Text += strings.Repeat(" word", 40) + " merger"
	if m := s.Match(a); m != nil {
		t.Fatalf("Match = %v, want nothing", m)
	}
	d := s.newDoc()
	if n := testing.AllocsPerRun(100, func() { d.match(a) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestEvidenceIsShort(t *testing.T) {
	a := &news.Article{Text: strings.Repeat("exclusive ", 50)}
	m := match(t, "exclusive, exclusiv*", a)
	if n := len(m[0].Spans); n != maxEvidence {
		t.Errorf("%d spans of two ways to find the same words, want %d", n, maxEvidence)
	}
}

func TestCompileTellsAllThatIsWrong(t *testing.T) {
	_, err := Compile([]news.Rule{
		{Name: "good", Match: "exclusive"},
		{Name: "list", Match: "exclusive AND @lab"},
		{Name: "term", Match: "exclusive term:exclusivity"},
		{Name: "slip", Match: "a NEARBY b"},
	}, testLists)
	want := `rule list: no such list: @lab; try @labs
rule term: deal terms are not read yet, so term: would wait for ever; leave it out, or look for the words: exclusivity BEFORE/8 ended
rule slip: no such operator: NEARBY; try NEAR/40`
	if err == nil || err.Error() != want {
		t.Fatalf("Compile: %v\nwant %s", err, want)
	}
	var offsets []int
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		if se, ok := errors.AsType[*SyntaxError](e); ok {
			offsets = append(offsets, se.Offset)
		}
	}
	if len(offsets) != 3 || offsets[0] != 14 || offsets[1] != 10 || offsets[2] != 2 {
		t.Errorf("offsets = %v, want [14 10 2]", offsets)
	}
}
