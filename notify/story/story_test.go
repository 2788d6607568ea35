package story

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pactwatch/pactwatch/internal/news"
)

var monday = time.Date(2031, 3, 3, 9, 0, 0, 0, time.UTC)

// ended is the report that most cases are held against.
var ended = news.Article{
	ID: "a1", Outlet: "Ledger Wire", URL: "https://ledgerwire.example/2031/fabrikam-contoso", Published: monday,
	Title: "Fabrikam and Contoso end cloud exclusivity",
	Text: "Fabrikam and Contoso have ended the exclusive cloud agreement under which the Osprey models ran only in " +
		"Contoso's data centers. Fabrikam may now sell Osprey through any provider, the companies said on Monday. " +
		"Contoso keeps a 14 percent revenue share until 2036, capped at $9 billion, and its licence to the models.",
}

func TestDecide(t *testing.T) {
	for _, tt := range []struct {
		name  string
		a     news.Article
		joins bool
		why   string // a part of it
	}{
		{"the same event in other words joins", news.Article{
			Outlet: "Harbor Post", Published: monday.Add(5 * time.Hour),
			Title: "Osprey maker Fabrikam breaks free of Contoso's cloud",
			Text: "Contoso is no longer the only place to run Osprey. Fabrikam, which makes the models, will sell them " +
				"through other cloud providers after the two agreed to drop exclusivity. Contoso's share of Fabrikam's " +
				"revenue, 14 percent, ends in 2036 and may not exceed $9 billion.",
		}, true, "Osprey"},
		{"a headline alone joins", news.Article{
			Outlet: "Tech Gazette", Published: monday.Add(3 * time.Hour),
			Title: "Contoso loses Fabrikam cloud exclusivity",
		}, true, "Fabrikam"},
		{"a reprint under another title joins", news.Article{
			Outlet: "Morning Reprint", Published: monday.Add(40 * time.Hour), Title: "Business in brief",
			Text: "From our partners. " + ended.Text + " Reprinted with permission.",
		}, true, "near-duplicate"},
		{"the same address joins, whatever it says by now", news.Article{
			Outlet: "Ledger Wire", URL: "http://ledgerwire.example/2031/fabrikam-contoso/#update",
			Published: monday.Add(9 * 24 * time.Hour), Title: "Markets wrap",
		}, true, "same address"},
		{"the same parties on another day do not join", news.Article{
			Outlet: "Harbor Post", Published: monday.Add(6 * 24 * time.Hour),
			Title: "Contoso puts Fabrikam's Osprey into its spreadsheet",
			Text: "Contoso will build Fabrikam's Osprey assistant into its Tabula spreadsheet from April, the company " +
				"told developers at its conference in Lund. The feature writes formulas and checks them.",
		}, false, "s1"},
		{"the same clause between other parties does not join", news.Article{
			Outlet: "Harbor Post", Published: monday.Add(2 * time.Hour),
			Title: "Tailspin and Wingtip end exclusive chip agreement",
			Text: "Tailspin has ended the agreement that made Wingtip its exclusive supplier of inference chips. The " +
				"carmaker will buy from three foundries next year, a filing in Osaka showed.",
		}, false, "s1"},
		{"an exclusive interview does not join", news.Article{
			Outlet: "Glossy", Published: monday.Add(4 * time.Hour),
			Title: "Exclusive interview: the Fabrikam founder on fatherhood",
			Text: "In an exclusive interview the founder speaks about his twins, sleepless nights and the marathon that " +
				"he means to run in Bergen this summer.",
		}, false, "s1"},
		{"a recap joins nothing", news.Article{
			Outlet: "Inbox Daily", Published: monday.Add(6 * time.Hour),
			Title: "AI roundup: Fabrikam and Contoso end cloud exclusivity",
			Text:  ended.Text,
		}, false, "recap"},
		{"what shares no word is alone", news.Article{
			Outlet: "Harbor Post", Published: monday, Title: "Storm shuts ferry terminals along northern coast",
		}, false, "nothing alike"},
	} {
		x := NewIndex()
		x.Add("s1", &ended)
		got := x.Decide(&tt.a)
		want := news.Decision{Story: "s1", Why: got.Why}
		if !tt.joins {
			want = news.Decision{Story: "s2", New: true, Recap: tt.why == "recap", Why: got.Why}
		}
		if got != want || !strings.Contains(got.Why, tt.why) {
			t.Errorf("%s: Decide = %+v, want %+v with %q in its why", tt.name, got, want, tt.why)
		}
	}
}

func TestNothingJoinsARecap(t *testing.T) {
	recap := ended
	recap.Title, recap.URL = "The week in AI", "https://inbox.example/9"
	x := NewIndex()
	x.Add("s1", &recap)
	if got := x.Decide(&ended); !got.New {
		t.Errorf("Decide after a recap of it = %+v, want a new story", got)
	}
}

func TestRecapTitles(t *testing.T) {
	for title, want := range map[string]bool{
		"AI roundup: chips, clouds and courts":           true,
		"This week in AI: Osprey lands":                  true,
		"Weekly newsletter: what we read":                true,
		"The month in review":                            true,
		"In case you missed it: Fabrikam's new terms":    true,
		"10 AI stories to read today":                    true,
		"Fabrikam deal talks | Newsletter":               true,
		"Contoso settles Roundup lawsuits":               false,
		"Weekly jobless claims rise":                     false,
		"Fabrikam signs cloud deal this week":            false,
		"Regulator publishes digest rules for clouds":    false,
		"Fabrikam and Contoso to meet this week in Oslo": false,
		"3 news outlets sue Fabrikam":                    false,
		"Data center rises 12 stories over Lund":         false,
		"Regulator holds news briefing on the merger":    false,
		"": false,
	} {
		if got := isRecap(&news.Article{Title: title}); got != want {
			t.Errorf("isRecap(%q) = %v, want %v", title, got, want)
		}
	}
}

func TestNumberOfANewStory(t *testing.T) {
	x := NewIndex()
	if got := x.Decide(&ended).Story; got != "s1" {
		t.Errorf("the first story is %q, want s1", got)
	}
	x.Add("s55", &ended)
	x.Add("s7", &news.Article{Title: "Storm shuts ferry terminals"})
	if got := x.Decide(&news.Article{Title: "Orchestra elects conductor"}).Story; got != "s56" {
		t.Errorf("the story after s55 and s7 is %q, want s56", got)
	}
}

func TestTheWindowBoundsTheIndex(t *testing.T) {
	x := NewIndex()
	for day := range 300 {
		x.Add(fmt.Sprintf("s%d", day), &news.Article{
			Title: fmt.Sprintf("Ferry %d leaves", day),
			URL:   fmt.Sprintf("https://ferries.example/%d", day),
			Seen:  monday.AddDate(0, 0, day),
		})
	}
	const want = int(Window/(24*time.Hour)) + 2 // the clock is a report behind
	if got := len(x.byName); got > want || len(x.byAddress) != got || len(x.arrivals) != got {
		t.Errorf("after 300 days of one story a day the index holds %d stories, %d addresses and %d arrivals, want %d at most",
			got, len(x.byAddress), len(x.arrivals), want)
	}
	if _, there := x.byTerm[uint32(hash("3"))]; there {
		t.Error("a word of a forgotten story is still there")
	}
}

func TestAnArticleFromTheFutureForgetsNothing(t *testing.T) {
	x := NewIndex()
	x.Add("s1", &ended)
	x.Add("s2", &news.Article{Title: "Time traveller found", Published: monday.AddDate(60, 0, 0)})
	x.Add("s3", &news.Article{Title: "Orchestra elects conductor", Published: monday.Add(time.Hour)})
	if got := x.Decide(&news.Article{Title: ended.Title, Published: monday.Add(2 * time.Hour)}); got.Story != "s1" {
		t.Errorf("Decide after an article from 2091 = %+v, want s1", got)
	}
}

// A story cannot wander off: what is like its latest article only is not like the story.
func TestChainingIsBounded(t *testing.T) {
	x := NewIndex()
	sizes := make(map[string]int)
	vocabulary := strings.Fields(numbered("word", 500))
	for step := range 40 {
		a := &news.Article{Text: strings.Join(vocabulary[12*step:12*step+24], " "), Published: monday.Add(time.Duration(step) * 12 * time.Hour)}
		d := x.Decide(a)
		x.Add(d.Story, a)
		sizes[d.Story]++
	}
	for name, n := range sizes {
		if n > 8 {
			t.Errorf("%s took in %d of 40 articles, each like the one before by half and like no other, want 8 at most", name, n)
		}
	}
}

// Decide changes nothing, and the same articles in the same order make the same index.
func TestRebuiltIndexIsTheSame(t *testing.T) {
	names := strings.Fields("Fabrikam Contoso Northwind Osprey licence exclusive cloud revenue share ends signs court 14 9bn Lund ferry")
	rapid.Check(t, func(t *rapid.T) {
		x, rebuilt := NewIndex(), NewIndex()
		at := monday
		for range rapid.IntRange(1, 25).Draw(t, "articles") {
			at = at.Add(time.Duration(rapid.IntRange(0, 15*24).Draw(t, "hours")) * time.Hour)
			a := &news.Article{
				Title:     strings.Join(rapid.SliceOfN(rapid.SampledFrom(names), 1, 6).Draw(t, "title"), " "),
				Outlet:    rapid.SampledFrom([]string{"", "Ledger Wire", "Harbor Post"}).Draw(t, "outlet"),
				URL:       rapid.SampledFrom([]string{"", "https://a.example/1", "https://a.example/2"}).Draw(t, "url"),
				Published: at,
			}
			d := x.Decide(a)
			if again := rebuilt.Decide(a); again != d {
				t.Fatalf("the rebuilt index decides %+v, the first %+v", again, d)
			}
			if again := x.Decide(a); again != d {
				t.Fatalf("Decide twice: %+v, then %+v", d, again)
			}
			x.Add(d.Story, a)
			rebuilt.Add(d.Story, a)
			if !reflect.DeepEqual(x, rebuilt) {
				t.Fatal("Decide changed the index: one that was asked twice differs from one that was asked once")
			}
		}
	})
}

func TestContainment(t *testing.T) {
	menu := strings.Repeat("Home Politics Markets Weather Sport Contact ", 5)
	long := numbered("page", 2000)
	for _, tt := range []struct {
		name     string
		a, b     string
		low, top float64
	}{
		{"the same text", ended.Text, ended.Text, 1, 1},
		{"within a page and its menus", ended.Text, menu + ended.Text + menu, .95, 1},
		{"a twentieth of a long page", strings.Join(strings.Fields(long)[:300], " "), long, .9, 1},
		{"another text", ended.Text, numbered("other", 80), 0, 0},
		{"too short to tell", "Fabrikam and Contoso end exclusivity", "Fabrikam and Contoso end exclusivity", 0, 0},
		{"nothing", "", "", 0, 0},
	} {
		if got := containment(sketch(tt.a), sketch(tt.b)); got < tt.low || got > tt.top {
			t.Errorf("%s: containment = %.2f, want %.2f to %.2f", tt.name, got, tt.low, tt.top)
		}
	}
}

// numbered returns n words, all different.
func numbered(word string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s%d ", word, i)
	}
	return b.String()
}

func TestTerms(t *testing.T) {
	for _, tt := range []struct {
		name, text, lang string
		want             []string
	}{
		{"stems, without stopwords", "The companies are sharing revenues", "en", []string{"compani", "share", "revenu"}},
		{"numbers with their scale", "$38 billion, 2.75bn or 1,200", "en", []string{"38b", "billion", "2.75bn", "1200"}},
		{"German", "Verträge enden", "de", []string{"vertrag", "end"}},
		{"a language without a stemmer", "umowy wygasają", "pl", []string{"umowy", "wygasają"}},
		{"Chinese, two by two", "独家协议", "zh", []string{"独家", "家协", "协议"}},
	} {
		var got []string
		ws := words(tt.text)
		for i := range ws {
			if k := termOf(tt.text, ws, i, tt.lang); k != "" {
				got = append(got, k)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: terms of %q (-want +got):\n%s", tt.name, tt.text, diff)
		}
	}
}

// BenchmarkIndex decides on and adds reports of 250 words to an index of 100,000 live stories.
func BenchmarkIndex(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 20, 400_000)
	report := func(i int) *news.Article {
		var text strings.Builder
		for range 250 {
			fmt.Fprintf(&text, "w%dx ", zipf.Uint64())
		}
		t := text.String()
		return &news.Article{Title: t[:60], Text: t, Published: monday.Add(time.Duration(i) * time.Second), Outlet: fmt.Sprint(i % 500)}
	}
	x := NewIndex()
	for i := range 100_000 {
		x.Add(fmt.Sprintf("s%d", i), report(i))
	}
	i := 100_000
	for b.Loop() {
		a := report(i)
		x.Add(x.Decide(a).Story, a)
		i++
	}
}
