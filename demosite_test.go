package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
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
