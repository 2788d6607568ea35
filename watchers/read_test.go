package watchers

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// story is a page with an article of some length that ends with a sentence.
func story(title, last string) string {
	filler := strings.Repeat("<p>The two companies have worked together for years, and neither would say how the talks went this spring.</p>", 12)
	return fmt.Sprintf(`<!doctype html><html lang="en"><head><title>%s</title><link rel="canonical" href="/canonical"></head>
		<body><article><h1>%s</h1>%s<p>%s</p></article></body></html>`, title, title, filler, last)
}

// arrived returns Watchers after a poll that showed one new entry, at /new.
func arrived(t *testing.T, description string) (*Watchers, *memory, *site) {
	w, st, s := polledOnce(t)
	s.serve("/feed", "text/xml", rssOf("Lumen and Quarry sign|g3|/new||"+description))
	poll(t, w)
	return w, st, s
}

func TestReadMatchesTheWholePage(t *testing.T) {
	w, st, s := arrived(t, "A deal.")
	woken := 0
	w.Woken = func() { woken++ }
	s.serve("/new", "text/html", story("Lumen and Quarry sign", "The deal ends the exclusivity of 2023."))
	if err := w.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := st.articles[2]
	if got.Stage != news.Matched || len(got.Matches) != 1 || got.Matches[0].Rule != "exclusivity" || woken != 1 {
		t.Errorf("stage %s, matches %v, woken %d times, want one match and one call", got.Stage, got.Matches, woken)
	}
	a := got.Article
	if !strings.Contains(a.Text, "ends the exclusivity") || a.Excerpt || a.Canonical != s.URL+"/canonical" || a.Lang != "en" || a.URL != s.URL+"/new" {
		t.Errorf("article = %+v", a)
	}
	if s.asked("/robots.txt") != 1 {
		t.Errorf("robots.txt asked for %d times, want once", s.asked("/robots.txt"))
	}
}

func TestReadLeavesWhatNoRuleMeets(t *testing.T) {
	w, st, s := arrived(t, "A deal.")
	s.serve("/new", "text/html", story("Lumen and Quarry sign", "No more is known."))
	if err := w.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := st.articles[2]; got.Stage != news.Done || got.Reason != "no rule matches" {
		t.Errorf("stage %s, reason %q, want done, no rule matches", got.Stage, got.Reason)
	}
}

func TestALongEntryNeedsNoPage(t *testing.T) {
	w, st, s := arrived(t, strings.Repeat("word ", briefText)+"exclusivity")
	if got := st.articles[2]; got.Stage != news.Matched || got.Article.Excerpt {
		t.Errorf("stage %s, excerpt %v, want matched in full", got.Stage, got.Article.Excerpt)
	}
	if err := w.Read(t.Context()); err != nil || s.asked("/new") != 0 {
		t.Errorf("Read = %v, page asked for %d times, want none", err, s.asked("/new"))
	}
}

func TestAPageThatCannotBeHad(t *testing.T) {
	forbid := func(s *site) { s.serve("/robots.txt", "text/plain", "User-agent: *\nDisallow: /new") }
	fail := func(code int) func(*site) {
		return func(s *site) { s.handle("/new", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }) }
	}
	for _, tt := range []struct {
		name, excerpt string
		prepare       func(*site)
		stage         news.Stage
		reason        string
		attempts      int // that are postponed
	}{
		{"the excerpt is enough", "The exclusivity ends.", fail(500), news.Matched, "answered 500", 0},
		{"a server in trouble is asked four times", "A deal.", fail(503), news.Done, "page not read: fetch", 3},
		{"a missing page is asked for once", "A deal.", fail(404), news.Done, "answered 404", 0},
		{"robots.txt forbids", "A deal.", forbid, news.Done, "robots.txt asks us to stay away; no rule matches", 0},
		{"robots.txt forbids, the excerpt is enough", "The exclusivity ends.", forbid, news.Matched, "robots.txt", 0},
		{"robots.txt cannot be had", "A deal.", func(s *site) {
			s.handle("/robots.txt", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
		}, news.Done, errNoRobots.Error(), 3},
		{"no page but an image", "A deal.", func(s *site) { s.serve("/new", "image/png", "\x89PNG\r\n\x1a\n\x00") }, news.Done, "no article", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, st, s := arrived(t, tt.excerpt)
			tt.prepare(s)
			clock := now
			w.Now = func() time.Time { return clock }
			for range 6 {
				if err := w.Read(t.Context()); err != nil {
					t.Fatal(err)
				}
				clock = clock.Add(30 * time.Minute)
			}
			got := st.articles[2]
			if got.Stage != tt.stage || !strings.Contains(got.Reason, tt.reason) || got.attempts != tt.attempts || !got.Article.Excerpt {
				t.Errorf("stage %s, reason %q, %d attempts postponed, excerpt %v; want %s, %q, %d, true",
					got.Stage, got.Reason, got.attempts, got.Article.Excerpt, tt.stage, tt.reason, tt.attempts)
			}
		})
	}
}

func TestAnExcerptLongerThanThePageStays(t *testing.T) {
	excerpt := strings.Repeat("The exclusivity ends. ", 30)
	w, st, s := arrived(t, excerpt)
	s.serve("/new", "text/html", "<html><body><p>Please enable JavaScript.</p></body></html>")
	if err := w.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := st.articles[2]; got.Article.Text != strings.TrimSpace(excerpt) || got.Stage != news.Matched {
		t.Errorf("stage %s, text %q, want the excerpt", got.Stage, got.Article.Text)
	}
}
