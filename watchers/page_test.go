package watchers

import (
	"slices"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

const index = `<!doctype html><html><head><base href="/en/"></head><body>
<nav><a href="/products/everything-that-we-have-to-sell">Everything that we have to sell, in one list</a></nav>
<main>
 <article><a href="news/2026/03/lumen-deal?utm_source=home"><img src="x"></a>
  <a href="news/2026/03/lumen-deal"><h2>Lumen and Quarry end their exclusivity</h2><p>A teaser.</p></a></article>
 <article><h2><a href="/en/news/2026/02/harbour-capacity">Harbour leases capacity from two clouds</a></h2></article>
 <article><h2><a href="https://other.example/news/2026/02/elsewhere">A report on a site of somebody else entirely</a></h2></article>
 <a href="about/team">The people behind it, and how to reach them</a> <a href="news/2026/02/harbour-capacity">Read more</a>
 <a href="mailto:news@example.org">Write to us</a> <a href="#top">Top</a>
</main></body></html>`

func TestPageLinks(t *testing.T) {
	const lumen, harbour = "Lumen and Quarry end their exclusivity", "Harbour leases capacity from two clouds"
	for _, tt := range []struct {
		name            string
		selector, links string
		want            []string
	}{
		{"by the site's own pattern", "", "", []string{lumen, harbour}},
		{"by a selector of links", "h2 a", "", []string{harbour, "A report on a site of somebody else entirely"}},
		{"by a selector of what holds links", "article:first-child", "", []string{lumen}},
		{"by a pattern", "", `/about/`, []string{"The people behind it, and how to reach them"}},
		{"by both", "article", `^http://[^/]+/en/news/`, []string{lumen, harbour}},
	} {
		src, faults := newPage(SourceConfig{Page: "http://site.example/en/", Selector: tt.selector, Links: tt.links})
		if faults != nil {
			t.Fatalf("%s: %v", tt.name, faults)
		}
		entries, err := src.(page).entries(&document{address: "http://site.example/en/", contentType: "text/html", body: []byte(index)})
		var got []string
		for _, e := range entries {
			got = append(got, e.Title)
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: links %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

func TestANewLinkIsAnEntry(t *testing.T) {
	s, st := newSite(t), &memory{}
	s.serve("/", "text/html; charset=windows-1252", `<a href="/news/one">The first report has enough words</a><a href="/news/two">The second report has them \x93too\x94</a>`)
	w := newWatchers(t, st, SourceConfig{Page: s.URL + "/", Outlet: "Harbour Wire", Primary: true})
	poll(t, w)
	s.serve("/", "text/html", `<a href="/news/three?utm_source=x">The third report has enough words</a><a href="/news/one">The first report has enough words</a>`)
	poll(t, w)
	if len(st.articles) != 3 || st.articles[2].Stage != news.Unread {
		t.Fatalf("articles = %+v, want three, the third unread", st.articles)
	}
	s.serve("/news/three", "text/html", story("The third report in full words", "It ends the exclusivity."))
	if err := w.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := st.articles[2]
	if a := got.Article; got.Stage != news.Matched || a.Title != "The third report in full words" || a.Outlet != "Harbour Wire" || !a.Primary {
		t.Errorf("stage %s, article %+v", got.Stage, a)
	}
}

func TestAPageThatForbidsRobotsIsNotPolled(t *testing.T) {
	s, st := newSite(t), &memory{}
	s.serve("/robots.txt", "text/plain", "User-agent: pactwatch\nDisallow: /")
	w := newWatchers(t, st, SourceConfig{Page: s.URL + "/"})
	if _, err := w.Poll(t.Context(), "wire"); err == nil || !strings.Contains(err.Error(), errRobots.Error()) || s.asked("/") != 0 {
		t.Errorf("Poll = %v after %d requests, want %v after none", err, s.asked("/"), errRobots)
	}
}

func TestAPageWithoutLinksIsAFailure(t *testing.T) {
	s, st := newSite(t), &memory{}
	s.serve("/", "text/html", `<p>We will be back soon.</p>`)
	w := newWatchers(t, st, SourceConfig{Page: s.URL + "/"})
	if _, err := w.Poll(t.Context(), "wire"); err == nil || !strings.Contains(err.Error(), errNoLinks.Error()) {
		t.Errorf("Poll = %v, want %v", err, errNoLinks)
	}
}

func TestSourceConfigCheck(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    SourceConfig
		want string // paths of the faults
	}{
		{"a feed", SourceConfig{Name: "a", Feed: "https://example.org/feed", Schedule: "CRON_TZ=Europe/Berlin 0 9 * * *"}, ""},
		{"a page", SourceConfig{Name: "ä.1", Page: "https://example.org/", Selector: "main > a", Links: `/\d+/`}, ""},
		{"nothing", SourceConfig{Name: "a"}, " "},
		{"two kinds", SourceConfig{Name: "a", Feed: "https://example.org/", Page: "https://example.org/"}, "page"},
		{"all at once", SourceConfig{Name: "a b", Page: "ftp://example.org/", Selector: "a[", Links: "(", Schedule: "often"}, "page selector links name schedule"},
		{"what a feed has no use for", SourceConfig{Name: "a", Feed: "https://u:p@example.org/", Selector: "a"}, "feed selector"},
	} {
		got := ""
		for _, f := range tt.c.Check() {
			got += " " + f.Path
			if f.Msg == "" || f.Hint == "" {
				t.Errorf("%s: fault %+v says too little", tt.name, f)
			}
		}
		if got = strings.TrimPrefix(got, " "); got != tt.want && got+" " != tt.want {
			t.Errorf("%s: faults at %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestOnce(t *testing.T) {
	s := newSite(t)
	s.serve("/feed", "text/xml", rssOf("One|g1|/one", "Two|g2|/two"))
	s.serve("/blog", "text/html", `<link rel="alternate" type="application/rss+xml" href="/feed">`)
	s.serve("/news", "text/html", index)
	s.serve("/empty", "text/html", "<p>Nothing.</p>")
	f := newTestFetcher(t, NetworkConfig{AllowPrivate: []string{"127.0.0.1"}})
	for path, want := range map[string]string{"/feed": "g1 g2", "/blog": "g1 g2",
		"/news": s.URL + "/en/news/2026/03/lumen-deal " + s.URL + "/en/news/2026/02/harbour-capacity", "/empty": ""} {
		articles, err := Once(t.Context(), f, s.URL+path)
		var ids []string
		for _, a := range articles {
			ids = append(ids, a.ID)
		}
		if got := strings.Join(ids, " "); got != want || (err != nil) != (want == "") {
			t.Errorf("Once(%s) = %q, %v, want %q", path, got, err, want)
		}
	}
}
