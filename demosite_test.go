package main

import (
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify/story"
	"github.com/pactwatch/pactwatch/watchers/article"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// demoStart is when the demo of these tests begins.
var demoStart = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func startDemoSite() *demoSite { return newDemoSite(func() time.Time { return demoStart }) }

// getDemo asks site for the document at target, with the named validator of an earlier answer if
// etag is not "".
func getDemo(site *demoSite, target, etag string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, "http://press.test"+target, nil)
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(t *testing.T, response *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestDemoFeedsGrowWithThePhases(t *testing.T) {
	tests := []struct {
		feed   string
		phases [3]string // the slugs that each phase adds on top, newest first
	}{
		{"/ledger-wire/feed.rss", [3]string{"corvane-meridell-end-exclusivity pellucid-gridhaven-compute gridhaven-finance-chief corvane-seeks-looser-ties"}},
		{"/kestrel-business/feed.atom", [3]string{"meridell-loses-its-lock-on-corvane exclusive-interview-pellucid"}},
		{"/stackside/feed.rss", [3]string{"corvane-is-free-to-leave pellucid-books-a-smelter quiet-war-over-data-center-noise"}},
		{"/cote-courier/feed.rdf", [3]string{"ardmoor-smelter-pellucid museum-of-imagination", "no-more-single-cloud-for-corvane"}},
		{"/model-weekly/feed.json", [3]string{"week-in-models tern-reads-handwriting"}},
	}
	site := startDemoSite()
	if got, want := site.Phases(), 3; got != want {
		t.Fatalf("Phases() = %d, want %d", got, want)
	}
	for phase := range site.Phases() {
		for _, tt := range tests {
			feed, err := gofeed.NewParser().Parse(getDemo(site, tt.feed, "").Body)
			if err != nil {
				t.Fatalf("phase %d: parse %s: %v", phase, tt.feed, err)
			}
			var want, got []string
			for _, slugs := range tt.phases[:phase+1] {
				want = slices.Concat(strings.Fields(slugs), want)
			}
			for _, e := range feed.Items {
				slug, _, _ := strings.Cut(path.Base(e.Link), "?")
				got = append(got, slug)
				if e.PublishedParsed == nil || e.GUID == "" && !strings.HasSuffix(tt.feed, ".rdf") {
					t.Errorf("phase %d: %s: %s has published %v, GUID %q, want both", phase, tt.feed, slug, e.PublishedParsed, e.GUID)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("phase %d: %s has %q, want %q", phase, tt.feed, got, want)
			}
		}
		site.Advance()
	}
}

func TestDemoIndexPageGetsTheFiling(t *testing.T) {
	const index, filing = "/meridell-investors/", "current-report-corvane-agreement"
	site := startDemoSite()
	site.Advance()
	if body := bodyOf(t, getDemo(site, index, "")); strings.Contains(body, filing) {
		t.Errorf("the second phase has the filing on its index:\n%s", body)
	}
	if got := getDemo(site, index+filing, "").StatusCode; got != http.StatusNotFound {
		t.Errorf("the second phase answers %d for the filing, want 404", got)
	}
	site.Advance()
	if body := bodyOf(t, getDemo(site, index, "")); !strings.Contains(body, filing) {
		t.Errorf("the last phase lacks the filing on its index:\n%s", body)
	}
	if got := getDemo(site, index+filing, "").StatusCode; got != http.StatusOK {
		t.Errorf("the last phase answers %d for the filing, want 200", got)
	}
}

func TestDemoDocumentIsUnchangedUntilItGrows(t *testing.T) {
	const feed = "/cote-courier/feed.rdf"
	site := startDemoSite()
	etag := getDemo(site, feed, "").Header.Get("ETag")
	if got := getDemo(site, feed, etag).StatusCode; got != http.StatusNotModified {
		t.Errorf("with the ETag %s, %s answers %d, want 304", etag, feed, got)
	}
	site.Advance()
	if got := getDemo(site, feed, etag).StatusCode; got != http.StatusOK {
		t.Errorf("after an article appeared, %s answers %d, want 200", feed, got)
	}
}

func TestDemoServesNothingElse(t *testing.T) {
	site := startDemoSite()
	for _, tt := range []struct {
		target string
		want   int
	}{
		{"/robots.txt", http.StatusOK},
		{"/", http.StatusNotFound},
		{"/config.yaml", http.StatusNotFound},
		{"/ledger-wire/", http.StatusNotFound},
		{"/ledger-wire/page.html", http.StatusNotFound},
		{"/ledger-wire/corvane-seeks-looser-ties.md", http.StatusNotFound},
		{"/stackside/gridhaven-finance-chief", http.StatusNotFound}, // another outlet's
	} {
		if got := getDemo(site, tt.target, "").StatusCode; got != tt.want {
			t.Errorf("GET %s = %d, want %d", tt.target, got, tt.want)
		}
	}
}

func TestDemoDatesAreWithinTheBackfill(t *testing.T) {
	site := startDemoSite()
	for range site.Phases() {
		site.Advance()
	}
	for _, a := range site.published() {
		old := demoStart.Sub(a.Published) > 24*time.Hour
		if want := a.Slug == "corvane-seeks-looser-ties"; old != want {
			t.Errorf("%s is from %v; older than a day: %t, want %t", a.Slug, a.Published, old, want)
		}
	}
}

// demoReports has what the rules of the demo find in each article, and which of the reports tell
// one story.
var demoReports = []struct{ slug, rules, story string }{
	{"corvane-meridell-end-exclusivity", "exclusivity revenue-share agi-clause", "A"},
	{"meridell-loses-its-lock-on-corvane", "exclusivity revenue-share agi-clause", "A"},
	{"corvane-is-free-to-leave", "exclusivity revenue-share agi-clause", "A"},
	{"no-more-single-cloud-for-corvane", "exclusivity revenue-share agi-clause", "A"},
	{"current-report-corvane-agreement", "exclusivity revenue-share agi-clause cloud-commitment", "A"},
	{"pellucid-gridhaven-compute", "compute", "B"},
	{"pellucid-books-a-smelter", "compute", "B"},
	{"ardmoor-smelter-pellucid", "compute cloud-commitment", "B"},

	{"corvane-seeks-looser-ties", "exclusivity revenue-share agi-clause", ""}, // older than the backfill
	{"week-in-models", "exclusivity revenue-share agi-clause compute", ""},    // a recap
	{"exclusive-interview-pellucid", "", ""},                                  // the interview is exclusive, no deal is
	{"quiet-war-over-data-center-noise", "", ""},                              // only its teaser speaks of a deal
	{"museum-of-imagination", "", ""},                                         // agitated, imagination: no AGI
	{"gridhaven-finance-chief", "", ""},
	{"results-call", "", ""},
	{"tern-reads-handwriting", "", ""},
}

func TestDemoRulesFindTheDealsOnly(t *testing.T) {
	set := demoRules(t)
	read := readDemo(t)
	if got, want := len(demoReports), len(read); got != want {
		t.Errorf("the table has %d articles, the site %d", got, want)
	}
	for _, tt := range demoReports {
		a := read[tt.slug]
		var got []string
		for _, m := range set.Match(&a) {
			got = append(got, m.Rule)
		}
		if want := strings.Fields(tt.rules); !slices.Equal(got, want) {
			t.Errorf("%s meets %q, want %q; its text is\n%s", tt.slug, got, want, a.Text)
		}
	}
}

// Stackside's pages bring the body twice, and one of them another article's title.
func TestDemoPagesAreReadOnceAndAlone(t *testing.T) {
	const teaser = "the AGI clause is dead"
	read := readDemo(t)
	for _, a := range startDemoSite().published() {
		text := read[a.Slug].Text
		for _, p := range a.Text {
			if got := strings.Count(text, p); got != 1 {
				t.Errorf("the text of %s has %d times %q, want it once:\n%s", a.Slug, got, p, text)
			}
		}
		if strings.Contains(text, teaser) {
			t.Errorf("the text of %s has the teaser %q:\n%s", a.Slug, teaser, text)
		}
	}
}

// Polls come back in any order, so the stories of the first phase must not depend on it.
func TestDemoReportsJoinTheirStories(t *testing.T) {
	read := readDemo(t)
	for _, order := range []string{"as listed", "backwards"} {
		reports := slices.Clone(demoReports)
		if order == "backwards" {
			slices.Reverse(reports)
		}
		x := story.NewIndex()
		names := map[string]string{} // of the index, by ours
		for _, r := range reports {
			if r.story == "" {
				continue
			}
			a := read[r.slug]
			d := x.Decide(&a)
			x.Add(d.Story, &a)
			if want, ok := names[r.story]; d.New == ok || ok && d.Story != want {
				t.Errorf("%s: %s joins %s (new: %t, %s), want %s", order, r.slug, d.Story, d.New, d.Why, cmp.Or(want, "a new one"))
			}
			names[r.story] = cmp.Or(names[r.story], d.Story)
		}
	}
}

// Whatever report came first, no other outlet's is worth a reply in the thread.
func TestDemoOnlyTheFilingIsMaterial(t *testing.T) {
	set := demoRules(t)
	read := readDemo(t)
	for _, first := range demoReports {
		for _, next := range demoReports {
			a, b := read[first.slug], read[next.slug]
			if first == next || first.story != next.story || first.story == "" || a.Primary {
				continue
			}
			if got := story.Material([]news.Article{a}, &b, set.Match(&b)); (got != "") != b.Primary {
				t.Errorf("after %s, %s brings as new %q, want something: %t", first.slug, next.slug, got, b.Primary)
			}
		}
	}
}

// demoRules compiles the rules of the demo's configuration.
func demoRules(t *testing.T) *rule.Set {
	t.Helper()
	c, err := ParseConfig("demo/config.yaml", startDemoSite().Config("http://127.0.0.1:8080"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := c.RuleSet()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// readDemo reads the pages of all articles, by slug.
func readDemo(t *testing.T) map[string]news.Article {
	t.Helper()
	site := startDemoSite()
	for range site.Phases() {
		site.Advance()
	}
	out := map[string]news.Article{}
	for _, a := range site.published() {
		target := "/" + a.Outlet + "/" + a.Slug
		response := getDemo(site, target, "")
		p, err := article.Extract([]byte(bodyOf(t, response)), response.Header.Get("Content-Type"), "http://press.test"+target)
		if err != nil {
			t.Fatalf("extract %s: %v", target, err)
		}
		out[a.Slug] = news.Article{ID: a.Slug, URL: "http://press.test" + target, Canonical: p.Canonical, Title: p.Title, Text: p.Text,
			Outlet: p.Outlet, Lang: p.Lang, Published: p.Published, Seen: a.Published, Primary: a.Outlet == "meridell-investors"}
	}
	return out
}
