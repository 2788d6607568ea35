package watchers

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// now is when tests take place.
var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// A site is a loopback server whose paths a test sets; others answer 404.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	paths map[string]http.HandlerFunc
	hits  []string // "GET /path etag"
}

func newSite(t *testing.T) *site {
	s := &site{paths: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.hits = append(s.hits, strings.TrimSpace(r.URL.RequestURI()+" "+r.Header.Get("If-None-Match")))
		h := s.paths[r.URL.Path]
		s.mu.Unlock()
		if h == nil {
			http.NotFound(w, r)
			return
		}
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) handle(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths[path] = h
}

// serve answers path with text.
func (s *site) serve(path, contentType, text string) {
	s.handle(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, text)
	})
}

func (s *site) asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, h := range s.hits {
		if p, _, _ := strings.Cut(h, " "); p == path {
			n++
		}
	}
	return n
}

// rssOf returns a feed of items, each "title|guid|link|date|description" with fields left out from the end.
func rssOf(items ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Wire</title><link>/</link>`)
	for _, it := range items {
		p := append(strings.Split(it, "|"), "", "", "", "")
		fmt.Fprintf(&b, "<item><title>%s</title>", p[0])
		for i, name := range []string{`guid isPermaLink="false"`, "link", "pubDate", "description"} {
			if p[i+1] != "" {
				end, _, _ := strings.Cut(name, " ")
				fmt.Fprintf(&b, "<%s>%s</%s>", name, p[i+1], end)
			}
		}
		b.WriteString("</item>")
	}
	return b.String() + "</channel></rss>"
}

func ago(d time.Duration) string { return now.Add(-d).Format(time.RFC1123Z) }

// newWatchers returns Watchers of one source, "wire", on a site, with a rule for "exclusivity".
func newWatchers(t *testing.T, st *memory, c SourceConfig) *Watchers {
	t.Helper()
	f := newTestFetcher(t, NetworkConfig{AllowPrivate: []string{"127.0.0.1"}})
	w := New(st, f, slog.New(slog.DiscardHandler))
	w.Now = func() time.Time { return now }
	c.Name = "wire"
	configure(t, w, c)
	return w
}

func configure(t *testing.T, w *Watchers, cs ...SourceConfig) {
	t.Helper()
	rules, err := rule.Compile([]news.Rule{{Name: "exclusivity", Match: "exclusivity"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Configure(t.Context(), cs, rules); err != nil {
		t.Fatal(err)
	}
}

func poll(t *testing.T, w *Watchers) {
	t.Helper()
	if _, err := w.Poll(t.Context(), "wire"); err != nil {
		t.Fatal(err)
	}
}

// polledOnce returns Watchers after a first poll of a feed with two old entries.
func polledOnce(t *testing.T) (*Watchers, *memory, *site) {
	s, st := newSite(t), &memory{}
	s.serve("/feed", "text/xml", rssOf("One|g1|/one", "Two|g2|/two"))
	w := newWatchers(t, st, SourceConfig{Feed: s.URL + "/feed"})
	poll(t, w)
	return w, st, s
}

func TestFirstPollIsABaseline(t *testing.T) {
	s := newSite(t)
	s.serve("/feed", "text/xml", rssOf(
		"Fresh|1|/1|"+ago(time.Hour), "Stale|2|/2|"+ago(72*time.Hour), "Undated|3|/3", "From the future|4|/4|"+ago(-9999*time.Hour)))
	for _, tt := range []struct {
		name     string
		founding bool
		want     news.Stage // of Fresh
	}{{"a source of the first start", true, news.Unread}, {"a source added later", false, news.Done}} {
		st := &memory{}
		if !tt.founding {
			st.Introduce(t.Context(), []string{"other"})
		}
		w := newWatchers(t, st, SourceConfig{Feed: s.URL + "/feed"})
		poll(t, w)
		got := st.stages()
		if len(got) != 4 || got["Fresh"] != tt.want || got["Stale"] != news.Done || got["Undated"] != news.Done || got["From the future"] != news.Done {
			t.Errorf("%s: stages after the first poll = %v, want Fresh %s, the rest done", tt.name, got, tt.want)
		}
	}
}

func TestAnotherAddressIsAnotherSource(t *testing.T) {
	w, st, s := polledOnce(t)
	s.serve("/other", "text/xml", rssOf("Fresh elsewhere|g9|/nine|"+ago(time.Hour)))
	configure(t, w, SourceConfig{Name: "wire", Feed: s.URL + "/other"})
	poll(t, w)
	if got := st.stages()["Fresh elsewhere"]; got != news.Done {
		t.Errorf("stage of what the new address showed first = %q, want it in the baseline", got)
	}
	if c, _, _ := st.Source(t.Context(), "wire"); c.Address != s.URL+"/other" || !c.FirstPoll.Equal(now) {
		t.Errorf("cursor = %+v, want one of the new address", c)
	}
}

func TestAnEntryIsNewsOnce(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first []string
		next  []string
		want  string // titles of what is new, in order
	}{
		{"the same again", []string{"One|g1|/one"}, []string{"One|g1|/one"}, ""},
		{"an edit of title and link", []string{"One|g1|/one"}, []string{"One, corrected|g1|/one-corrected"}, ""},
		{"another order, some gone", []string{"One|g1|/one", "Two|g2|/two", "Three|g3|/three"}, []string{"Three|g3|/three", "One|g1|/one"}, ""},
		{"no entries", []string{"One|g1|/one"}, nil, ""},
		{"a new one below the others", []string{"One|g1|/one"}, []string{"One|g1|/one", "Old news|g0|/old|" + ago(9999*time.Hour)}, "Old news"},
		{"new GUIDs for the same links", []string{"One|g1|/one", "Two|g2|/two", "Three|g3|/three"},
			[]string{"One|h1|/one", "Two|h2|/two", "Three|h3|/three", "Four|h4|/four"}, "Four"},
		{"a new GUID for a page that is linked again", []string{"Release 1|r1|/releases"}, []string{"Release 2|r2|/releases"}, "Release 2"},
		{"no GUID, a tracking parameter", []string{"One||/one?utm_source=a"}, []string{"One||/one?utm_source=b"}, ""},
		{"neither GUID nor link", []string{"One"}, []string{"One", "Two"}, "Two"},
		{"a GUID that all share", []string{"One|1|/one", "Two|1|/two", "Three|1|/three"},
			[]string{"One|1|/one", "Two|1|/two", "Three|1|/three", "Four|1|/four"}, "Four"},
		{"one filing under two companies", []string{"One|g1|/one"}, []string{"One|g1|/one", "Two (A)|g2|/a", "Two (B)|g2|/b"}, "Two (A)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, st := newSite(t), &memory{}
			s.serve("/feed", "text/xml", rssOf(tt.first...))
			w := newWatchers(t, st, SourceConfig{Feed: s.URL + "/feed"})
			poll(t, w)
			before := len(st.articles)
			for range 2 {
				s.serve("/feed", "text/xml", rssOf(tt.next...))
				poll(t, w)
			}
			var got []string
			for _, a := range st.articles[before:] {
				got = append(got, a.Article.Title)
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("new = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPollIsConditional(t *testing.T) {
	s, st := newSite(t), &memory{}
	s.handle("/feed", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified) // without the ETag
			return
		}
		w.Header().Set("ETag", `"v1"`)
		fmt.Fprint(w, rssOf("One|g1|/one"))
	})
	w := newWatchers(t, st, SourceConfig{Feed: s.URL + "/feed"})
	for range 3 {
		poll(t, w)
	}
	if want := []string{"/feed", `/feed "v1"`, `/feed "v1"`}; strings.Join(s.hits, ",") != strings.Join(want, ",") {
		t.Errorf("requests = %q, want %q", s.hits, want)
	}
}

func TestAFailedPollKeepsNothing(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answer  http.HandlerFunc
		message string
	}{
		{"a server in trouble", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "answered 500"},
		{"a login page", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!doctype html><title>Log in</title>") }, "neither a feed nor a page that names one"},
		{"half a document", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10000")
			fmt.Fprint(w, rssOf("Three|g3|/three"))
		}, "unexpected EOF"},
		{"a document cut off", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, rssOf("Three|g3|/three")[:120]) }, "parse feed"},
		{"a document too large", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, strings.TrimSuffix(rssOf("Three|g3|/three"), "</rss>"), strings.Repeat(" ", maxFeed), "</rss>")
		}, "too large"},
		{"an encoding that was not asked for", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			fmt.Fprint(w, "x")
		}, "otherwise than in gzip"},
		{"a document type with entities", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<!DOCTYPE rss [<!ENTITY a "b">]>`, rssOf("&a;|g3|/three"))
		}, "entities of its own"},
		{"a redirect to a private address", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://10.0.0.1/secret?token=1", http.StatusFound)
		}, "address not allowed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, st, s := polledOnce(t)
			before := st.cursors["wire"]
			s.handle("/feed", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"bad"`)
				tt.answer(w, r)
			})
			_, err := w.Poll(t.Context(), "wire")
			if err == nil || !strings.Contains(err.Error(), tt.message) || strings.Contains(err.Error(), "token") {
				t.Errorf("Poll = %v, want an error with %q", err, tt.message)
			}
			c := st.cursors["wire"]
			if c.ETag != before.ETag || c.LastOK != before.LastOK || c.Failures != 1 || c.LastError == "" {
				t.Errorf("cursor after a failure = %+v, before %+v", c, before)
			}
			if len(st.articles) != 2 {
				t.Errorf("%d articles, want the 2 of before", len(st.articles))
			}
		})
	}
}

func TestAFailedSourceIsLeftAlone(t *testing.T) {
	w, st, s := polledOnce(t)
	answer := func(code int, after string) {
		s.handle("/feed", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(code)
		})
	}
	for _, tt := range []struct {
		name      string
		code      int
		after     string
		polls     int
		min, most time.Duration
	}{
		{"the interval doubles", 500, "", 3, 36 * time.Minute, 40 * time.Minute},
		{"up to six hours", 500, "", 12, 5 * time.Hour, 6 * time.Hour},
		{"Retry-After in seconds", 429, "7200", 1, 2 * time.Hour, 2 * time.Hour},
		{"Retry-After far too long", 503, "99999999", 1, 24 * time.Hour, 24 * time.Hour},
		{"Retry-After of nothing", 503, "0", 1, time.Minute, time.Minute},
		{"gone for good", 410, "", 1, goneFor, goneFor},
	} {
		st.cursors["wire"] = news.Cursor{FirstPoll: now}
		answer(tt.code, tt.after)
		for range tt.polls {
			if _, err := w.Poll(t.Context(), "wire"); err == nil {
				t.Fatalf("%s: Poll = nil, want an error", tt.name)
			}
		}
		if got := st.cursors["wire"].NextPoll.Sub(now); got < tt.min || got > tt.most {
			t.Errorf("%s: next poll in %v, want between %v and %v", tt.name, got, tt.min, tt.most)
		}
	}
	s.serve("/feed", "text/xml", rssOf())
	poll(t, w)
	if c := st.cursors["wire"]; c.Failures != 0 || c.LastError != "" || !c.NextPoll.IsZero() {
		t.Errorf("cursor after a good poll = %+v, want no trace of failures", c)
	}
}

func TestTheScheduleDecidesAfterOneFailure(t *testing.T) {
	w, st, s := polledOnce(t)
	s.handle("/feed", http.NotFound)
	if _, err := w.Poll(t.Context(), "wire"); err == nil {
		t.Fatal("Poll of a missing feed = nil, want an error")
	}
	src, err := w.source("wire")
	if err != nil {
		t.Fatal(err)
	}
	if got := w.nextPoll(src, st.cursors["wire"]).Sub(now); got.Round(time.Second) != 10*time.Minute {
		t.Errorf("next poll in %v, want after the source's ten minutes", got)
	}
}

func TestWhoPublishes(t *testing.T) {
	l := Listing{Outlet: "Harbour Wire", Home: "https://www.harbour.example/news"}
	for address, want := range map[string]string{
		"": "Harbour Wire", "https://blog.harbour.example/a": "Harbour Wire", "https://www.quarry.example/a": "quarry.example",
	} {
		if got := publisher(l, address); got != want {
			t.Errorf("publisher(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestAPermanentMoveIsBelievedTheThirdTime(t *testing.T) {
	w, st, s := polledOnce(t)
	s.handle("/feed", http.RedirectHandler("/moved", http.StatusMovedPermanently).ServeHTTP)
	s.handle("/moved", http.RedirectHandler("/elsewhere", http.StatusFound).ServeHTTP)
	s.serve("/elsewhere", "text/xml", rssOf("One|g1|/one"))
	for range 5 {
		poll(t, w)
	}
	if got := s.asked("/feed"); got != 1+3 {
		t.Errorf("%d requests to the old address, want 4", got)
	}
	if got, want := st.cursors["wire"].Moved, s.URL+"/moved"; got != want {
		t.Errorf("moved to %q, want %q", got, want)
	}
	s.handle("/moved", http.NotFound)
	if _, err := w.Poll(t.Context(), "wire"); err == nil {
		t.Error("Poll of a vanished address = nil, want an error")
	}
	s.serve("/feed", "text/xml", rssOf("One|g1|/one"))
	poll(t, w)
	if got := st.cursors["wire"].Moved; got != "" {
		t.Errorf("moved to %q after the old address answered again, want none", got)
	}
}

func TestAPageLeadsToItsFeed(t *testing.T) {
	s, st := newSite(t), &memory{}
	s.serve("/", "text/html", `<html><head><link rel="alternate" type="application/rss+xml" title="Comments" href="/comments">
		<link rel="alternate" type="application/atom+xml" href="news.atom"></head></html>`)
	s.serve("/news.atom", "text/html", `<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title>
		<entry><id>a</id><title type="html">One &amp;amp; &lt;b&gt;two&lt;/b&gt;</title><link href="/one"/></entry></feed>`)
	w := newWatchers(t, st, SourceConfig{Feed: s.URL + "/"})
	poll(t, w)
	if got := st.only(t).Article; got.Title != "One & two" || got.URL != s.URL+"/one" || got.GUID != "a" {
		t.Errorf("article = %q %q %q", got.GUID, got.Title, got.URL)
	}
}

func TestAnEntryWithoutALinkGetsThatOfItsSource(t *testing.T) {
	w, st, s := polledOnce(t)
	s.serve("/feed", "text/xml", rssOf("Exclusivity ends|g3|javascript:alert(1)", "Exclusivity is back|g4|http://good.example@evil.example/"))
	poll(t, w)
	urls := map[string]bool{}
	for _, a := range st.articles[2:] {
		urls[a.Article.URL] = true
		if !strings.HasPrefix(a.Article.URL, s.URL+"/#entry-") || a.Stage != news.Matched || a.Article.Canonical != "" {
			t.Errorf("%q: URL %q, stage %s, canonical %q", a.Article.Title, a.Article.URL, a.Stage, a.Article.Canonical)
		}
	}
	if len(urls) != 2 {
		t.Errorf("addresses = %v, want two", urls)
	}
}

func TestAPollThatCannotBeStoredIsDoneAgain(t *testing.T) {
	w, st, s := polledOnce(t)
	s.serve("/feed", "text/xml", rssOf("Three|g3|/three"))
	st.fail = errors.New("disk full")
	if _, err := w.Poll(t.Context(), "wire"); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("Poll = %v, want the store's error", err)
	}
	poll(t, w)
	if got := st.stages()["Three"]; got != news.Unread {
		t.Errorf("stage of the new entry = %q, want %q", got, news.Unread)
	}
}

func TestConfigureIsAllOrNothing(t *testing.T) {
	w, _, s := polledOnce(t)
	err := w.Configure(t.Context(), []SourceConfig{{Name: "ok", Feed: s.URL}, {Name: "bad", Feed: s.URL, Schedule: "61 * * * *"}}, nil)
	if err == nil || !strings.Contains(err.Error(), "source bad: schedule") {
		t.Errorf("Configure = %v, want what is wrong with bad", err)
	}
	if _, err := w.Poll(t.Context(), "ok"); !errors.Is(err, errNoSource) {
		t.Errorf("Poll(ok) = %v, want %v", err, errNoSource)
	}
	poll(t, w)
}
