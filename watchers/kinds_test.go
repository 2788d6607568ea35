package watchers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/shared"
)

// Each kind asks where it should, and makes entries of a true answer.
func TestKindsReadWhatTheirSourceAnswers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		config  func(api string) SourceConfig
		asked   string // path and query
		answer  string // a file of samples
		entries []Entry
	}{
		{
			name: "hackernews, a search",
			config: func(api string) SourceConfig {
				return SourceConfig{HackerNews: &HackerNewsConfig{Query: "ai partnership", Points: 20, Comments: 2, APIURL: api}}
			},
			asked:  "/v1/search_by_date?hitsPerPage=100&numericFilters=points%3E%3D20%2Cnum_comments%3E%3D2&query=ai+partnership&tags=story",
			answer: "hn/algolia-search_by_date.json",
			entries: []Entry{
				{GUID: "hn:42000010", URL: "https://acme.example.test/news/acme-foundry?utm_source=hn", Title: "Acme and Foundry Labs announce multi-year AI partnership"},
				{URL: hnItem + "42000031", Outlet: "Hacker News", Closed: true, Title: "Ask HN: does a model partnership matter?"},
			},
		},
		{
			name: "edgar, a search",
			config: func(api string) SourceConfig {
				return SourceConfig{EDGAR: &EDGARConfig{Query: `"revenue share"`, Forms: []string{"8-K", "10-K"}, APIURL: api}}
			},
			asked:  "/LATEST/search-index?forms=8-K%2C10-K&q=%22revenue+share%22&dateRange=custom&enddt=2026-11-18&startdt=2026-11-11",
			answer: "edgar/efts-search-index.json",
			entries: []Entry{
				{GUID: "0001628280-24-002390:tsla-2023x12x31xex211.htm", URL: "API/Archives/edgar/data/1318605/000162828024002390/tsla-2023x12x31xex211.htm",
					Title: "Tesla, Inc.: 10-K, EX-21.1", Outlet: "Tesla, Inc.", Primary: true},
				{URL: "API/Archives/edgar/data/1802665/000110465926090086/hrmy-20260804xex99d1.htm", Title: "Harmony Biosciences Holdings, Inc.: 8-K, EX-99.1",
					Outlet: "Harmony Biosciences Holdings, Inc.", Primary: true},
			},
		},
		{
			name: "googlenews",
			config: func(api string) SourceConfig {
				return SourceConfig{GoogleNews: &NewsSearchConfig{Query: `"AI partnership"`, APIURL: api}}
			},
			asked:  "/rss/search?ceid=US%3Aen&gl=US&hl=en-US&q=%22AI+partnership%22",
			answer: "gnews/search.rss.xml",
			entries: []Entry{
				{GUID: "CBMiAAEXAMPLE0001", URL: "https://news.google.com/rss/articles/CBMiAAEXAMPLE0001?oc=5",
					Title: "Acme & Foundry Labs sign multi-year AI compute deal", Outlet: "Example Wire", Closed: true},
				{GUID: "CBMiAAEXAMPLE0002", Title: "Foundry Labs names Acme preferred cloud partner - report", Outlet: "Daily Example - Tech",
					URL: "https://news.google.com/rss/articles/CBMiAAEXAMPLE0002?oc=5", Closed: true},
			},
		},
		{
			name: "gdelt",
			config: func(api string) SourceConfig {
				return SourceConfig{GDELT: &GDELTConfig{Query: "acme foundry", APIURL: api}}
			},
			asked:  "/api/v2/doc/doc?format=json&maxrecords=250&mode=ArtList&query=acme+foundry&sort=DateDesc&timespan=1d",
			answer: "gdelt/artlist.json",
			entries: []Entry{
				{URL: "https://wire.example.test/acme-foundry", Title: "Acme and Foundry Labs sign AI compute deal", Outlet: "wire.example.test"},
			},
		},
		{
			name: "reddit",
			config: func(api string) SourceConfig {
				return SourceConfig{Reddit: &RedditConfig{Subreddit: "rust", Query: "async", APIURL: api}}
			},
			asked:  "/r/rust/search.rss?q=async&restrict_sr=on&sort=new",
			answer: "reddit/r-rust-2020.atom",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body, err := os.ReadFile(shared.Path(t, "samples/"+tt.answer))
			if err != nil {
				t.Fatal(err)
			}
			s := newSite(t)
			path, _, _ := strings.Cut(tt.asked, "?")
			s.serve(path, "", string(body))
			l := visit(t, tt.config(s.URL))
			if got := s.hits[0]; got != tt.asked {
				t.Errorf("asked %s, want %s", got, tt.asked)
			}
			if len(l.Entries) < max(len(tt.entries), 1) {
				t.Fatalf("entries = %+v, want at least %d", l.Entries, max(len(tt.entries), 1))
			}
			for i, want := range tt.entries {
				got := l.Entries[i]
				got.URL = strings.Replace(got.URL, s.URL, "API", 1)
				if got.Published.IsZero() {
					t.Errorf("entry %d has no date", i)
				}
				got.Published, got.Author, got.HTML = time.Time{}, "", ""
				if want.GUID == "" {
					want.GUID = got.GUID
				}
				if got != want {
					t.Errorf("entry %d = %+v, want %+v", i, got, want)
				}
			}
		})
	}
}

// visit polls a source whose API answers on this machine, and that was never polled before.
func visit(t *testing.T, c SourceConfig) Listing {
	t.Helper()
	l, err := tryVisit(t, c, nil)
	if err != nil {
		t.Fatalf("Poll = %v", err)
	}
	return l
}

// tryVisit polls a source that has shown the entries named known before.
func tryVisit(t *testing.T, c SourceConfig, known []string) (Listing, error) {
	t.Helper()
	c.Name = "test"
	if faults := c.Check(); len(faults) > 0 {
		t.Fatalf("Check = %+v", faults)
	}
	src, _ := c.source()
	f := newTestFetcher(t, NetworkConfig{AllowPrivate: []string{"127.0.0.1"}, Contact: "ops@example.org"})
	f.Now = func() time.Time { return time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC) }
	v := firstVisit(f)
	v.Cursor.FirstPoll = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	v.Known = func(_ context.Context, keys []string) (map[string]bool, error) {
		m := map[string]bool{}
		for _, k := range keys {
			m[k] = slices.Contains(known, k)
		}
		return m, nil
	}
	return src.Poll(t.Context(), v)
}

func TestHackerNewsListAsksForEachStoryOnce(t *testing.T) {
	s := newSite(t)
	s.serve("/v0/topstories.json", "application/json", "[5,4,3,2,1]")
	s.serve("/v0/item/5.json", "application/json", `{"id":5,"type":"story","by":"ada","time":1794000000,"title":"Halden ends its exclusivity","url":"https://halden.example/news","score":80,"descendants":9}`)
	s.serve("/v0/item/4.json", "application/json", `{"id":4,"type":"story","by":"ada","time":1794000000,"title":"Too few have seen this","url":"https://halden.example/b","score":3}`)
	s.serve("/v0/item/3.json", "application/json", `null`)
	s.serve("/v0/item/2.json", "application/json", `{"id":2,"type":"story","dead":true,"title":"[dead]","score":90,"time":1794000000}`)
	config := SourceConfig{HackerNews: &HackerNewsConfig{List: "top", Points: 50, APIURL: s.URL}}
	l, err := tryVisit(t, config, []string{"hn:1"})
	if err != nil || len(l.Entries) != 1 || l.Entries[0].URL != "https://halden.example/news" || l.Entries[0].GUID != "hn:5" {
		t.Errorf("Poll = %+v, %v, want the story with enough points", l.Entries, err)
	}
	if n := s.asked("/v0/item/1.json"); n != 0 {
		t.Errorf("a story that is known was asked for %d times", n)
	}
}

func TestBingNewsLeadsToThePublisher(t *testing.T) {
	s := newSite(t)
	s.serve("/news/search", "text/xml", `<rss version="2.0"><channel><title>x</title><link>`+s.URL+`</link><item><title>Halden ends its exclusivity</title>
		<link>http://www.bing.com/news/apiclick.aspx?ref=FexRss&amp;aid=&amp;tid=abc&amp;url=https%3a%2f%2fhalden.example%2fnews&amp;c=1</link></item></channel></rss>`)
	l := visit(t, SourceConfig{BingNews: &NewsSearchConfig{Query: "halden", APIURL: s.URL}})
	if len(l.Entries) != 1 || l.Entries[0].URL != "https://halden.example/news" {
		t.Errorf("entries = %+v, want the publisher's address", l.Entries)
	}
}

func TestRedditPostsLeadToWhatTheyLink(t *testing.T) {
	s := newSite(t)
	entry := func(id, link string) string {
		return `<entry><id>` + id + `</id><title>` + id + `</title><link href="https://www.reddit.com/r/x/comments/` + id + `/"/><updated>2026-11-18T08:00:00+00:00</updated>
			<content type="html">&lt;span&gt;&lt;a href="` + link + `"&gt;[link]&lt;/a&gt;&lt;/span&gt; &lt;a href="https://www.reddit.com/r/x/comments/` + id + `/"&gt;[comments]&lt;/a&gt;</content></entry>`
	}
	s.serve("/r/OpenAI/new/.rss", "application/atom+xml", `<feed xmlns="http://www.w3.org/2005/Atom"><title>r/x</title>`+
		entry("t3_a", "https://halden.example/news")+entry("t3_b", "https://www.reddit.com/r/x/comments/t3_b/")+`</feed>`)
	l := visit(t, SourceConfig{Reddit: &RedditConfig{Subreddit: "OpenAI", APIURL: s.URL}})
	if len(l.Entries) != 2 || l.Entries[0].URL != "https://halden.example/news" || l.Entries[0].Closed || !l.Entries[1].Closed || l.Entries[1].Outlet != "Reddit" {
		t.Errorf("entries = %+v, want the page that the first links, and the second itself", l.Entries)
	}
}

func TestSocialPostsLeadToTheirCards(t *testing.T) {
	s := newSite(t)
	s.serve("/xrpc/app.bsky.feed.searchPosts", "application/json", `{"posts":[
		{"uri":"at://did:plc:1/app.bsky.feed.post/k1","author":{"handle":"ada.example"},"record":{"text":"Big <b> news","createdAt":"2026-11-18T08:00:00.000Z"},
		 "embed":{"$type":"app.bsky.embed.external#view","external":{"uri":"https://halden.example/news","title":"Halden ends its exclusivity","description":"d"}}},
		{"uri":"at://did:plc:1/app.bsky.feed.post/k2","author":{"handle":"ada.example","displayName":"Ada"},"record":{"text":"Exclusivity <b>is</b> over","createdAt":"2026-11-18T08:00:00.000Z"}}]}`)
	s.serve("/api/v1/timelines/tag/openai", "application/json", `[
		{"uri":"https://m.example/1","url":"https://m.example/@ada/1","content":"<p>Look</p>","created_at":"2026-11-18T08:00:00.000Z","account":{"acct":"ada"},
		 "card":{"url":"https://halden.example/news","title":"Halden ends its exclusivity","description":"d"}},
		{"uri":"https://m.example/2","url":"https://m.example/@ada/2","content":"<p>Exclusivity is over</p>","created_at":"2026-11-18T08:00:00.000Z","account":{"acct":"ada","display_name":"Ada"},"card":null}]`)
	for _, c := range []SourceConfig{
		{Bluesky: &BlueskyConfig{Query: "openai", APIURL: s.URL}},
		{Mastodon: &MastodonConfig{Server: "m.example", Tag: "openai", APIURL: s.URL}},
	} {
		l := visit(t, c)
		if len(l.Entries) != 2 || l.Entries[0].URL != "https://halden.example/news" || l.Entries[0].Title != "Halden ends its exclusivity" || l.Entries[0].Closed {
			t.Errorf("%s: entries = %+v, want the page of the first one's card", c.Address(), l.Entries)
			continue
		}
		if e := l.Entries[1]; !e.Closed || e.Author != "Ada" || !strings.Contains(e.Title, "over") {
			t.Errorf("%s: second entry = %+v, want the post itself", c.Address(), e)
		}
	}
}

func TestFeedKindsAskForTheirFeeds(t *testing.T) {
	for _, tt := range []struct {
		config func(api string) SourceConfig
		asked  string
		title  string // of an entry that the feed calls "One"
	}{
		{func(api string) SourceConfig {
			return SourceConfig{GitHub: &GitHubConfig{Repo: "halden/kit", APIURL: api}}
		}, "/halden/kit/releases.atom", "halden/kit: One"},
		{func(api string) SourceConfig {
			return SourceConfig{GitHub: &GitHubConfig{Repo: "halden/kit", Watch: "tags", APIURL: api}}
		}, "/halden/kit/tags.atom", "halden/kit: One"},
		{func(api string) SourceConfig {
			return SourceConfig{YouTube: &YouTubeConfig{Channel: "UCabcdefghijklmnopqrstuv", APIURL: api}}
		}, "/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv", "One"},
		{func(api string) SourceConfig {
			return SourceConfig{ArXiv: &ArXivConfig{Query: "cat:cs.AI", APIURL: api}}
		}, "/api/query?max_results=50&search_query=cat%3Acs.AI&sortBy=submittedDate&sortOrder=descending", "One"},
		{func(api string) SourceConfig {
			return SourceConfig{CourtListener: &CourtListenerConfig{Docket: 7, APIURL: api}}
		}, "/docket/7/feed/", "One"},
		{func(api string) SourceConfig {
			return SourceConfig{CourtListener: &CourtListenerConfig{Query: "openai", APIURL: api}}
		}, "/feed/search/?order_by=dateFiled+desc&q=openai&type=r", "One"},
	} {
		s := newSite(t)
		path, _, _ := strings.Cut(tt.asked, "?")
		s.serve(path, "application/atom+xml", `<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>1</id><title>One</title><link href="https://x.example/1"/></entry></feed>`)
		l := visit(t, tt.config(s.URL))
		if s.hits[0] != tt.asked || len(l.Entries) != 1 || l.Entries[0].Title != tt.title {
			t.Errorf("asked %s, entries %+v, want %s and %q", s.hits[0], l.Entries, tt.asked, tt.title)
		}
	}
}

func TestGitHubAdvisories(t *testing.T) {
	s := newSite(t)
	s.serve("/repos/halden/kit/security-advisories", "application/json",
		`[{"ghsa_id":"GHSA-1","html_url":"https://github.com/halden/kit/security/advisories/GHSA-1","summary":"Keys in logs","description":"<script>","severity":"high","published_at":"2026-11-18T08:00:00Z"}]`)
	l := visit(t, SourceConfig{GitHub: &GitHubConfig{Repo: "halden/kit", Watch: "advisories", APIURL: s.URL}})
	if len(l.Entries) != 1 || l.Entries[0].Title != "halden/kit: Keys in logs (high)" || l.Entries[0].HTML != "&lt;script&gt;" {
		t.Errorf("entries = %+v", l.Entries)
	}
}

const filingIndex = `<html><body><table class="tableFile" summary="Document Format Files">
<tr><th>Seq</th><th>Description</th><th>Document</th><th>Type</th><th>Size</th></tr>
<tr><td>1</td><td>8-K</td><td><a href="/ix?doc=/Archives/edgar/data/9000001/000900000126000007/acme-8k.htm">acme-8k.htm</a></td><td>8-K</td><td>40000</td></tr>
<tr><td>2</td><td>AGREEMENT</td><td><a href="/Archives/edgar/data/9000001/000900000126000007/ex10.htm">ex10.htm</a></td><td>EX-10.1</td><td>90000</td></tr>
<tr><td>3</td><td>PICTURE</td><td><a href="/Archives/edgar/data/9000001/000900000126000007/logo.jpg">logo.jpg</a></td><td>GRAPHIC</td><td>1</td></tr>
</table></body></html>`

func TestEDGARReadsTheDocumentsOfAFiling(t *testing.T) {
	s := newSite(t)
	entry := func(form, accession string) string {
		return `<entry><title>` + form + ` - ACME COMPUTE CORP (0009000001) (Filer)</title><id>urn:tag:sec.gov,2008:accession-number=` + accession + `</id>
			<link rel="alternate" href="` + s.URL + `/Archives/` + accession + `-index.htm"/><updated>2026-11-18T08:00:00-05:00</updated></entry>`
	}
	s.serve("/cgi-bin/browse-edgar", "application/atom+xml", `<feed xmlns="http://www.w3.org/2005/Atom"><title>Latest</title>`+
		entry("8-K", "new")+entry("8-K", "old")+entry("4", "other")+`</feed>`)
	s.serve("/Archives/new-index.htm", "text/html", filingIndex)
	l, err := tryVisit(t, SourceConfig{EDGAR: &EDGARConfig{Company: "ACME", Forms: []string{"8-K", "10-Q"}, APIURL: s.URL}}, []string{"urn:tag:sec.gov,2008:accession-number=old"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range l.Entries {
		got = append(got, e.Title+" "+strings.TrimPrefix(e.URL, s.URL))
		if !e.Primary || e.Outlet != "ACME COMPUTE CORP" {
			t.Errorf("entry = %+v, want a primary source by the company", e)
		}
	}
	want := []string{
		"ACME COMPUTE CORP: 8-K /Archives/edgar/data/9000001/000900000126000007/acme-8k.htm",
		"ACME COMPUTE CORP: 8-K, EX-10.1 /Archives/edgar/data/9000001/000900000126000007/ex10.htm",
	}
	if !slices.Equal(got, want) {
		t.Errorf("entries = %q, want %q", got, want)
	}
	if s.hits[0] != "/cgi-bin/browse-edgar?CIK=ACME&action=getcompany&count=100&output=atom&owner=exclude" {
		t.Errorf("asked %s", s.hits[0])
	}
}

func TestEDGARSaysWhyItRefuses(t *testing.T) {
	s := newSite(t)
	s.handle("/LATEST/search-index", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "<title>Request Rate Threshold Exceeded</title>")
	})
	config := SourceConfig{EDGAR: &EDGARConfig{Query: "x", APIURL: s.URL}}
	_, err := tryVisit(t, config, nil)
	se, ok := errors.AsType[*statusError](err)
	if !ok || se.RetryAfter != edgarPause || !strings.Contains(err.Error(), "user_agent_contact") {
		t.Errorf("Poll = %v, want it explained, and a pause of %v", err, edgarPause)
	}
	src, _ := config.source()
	f := newTestFetcher(t, NetworkConfig{AllowPrivate: []string{"127.0.0.1"}})
	if _, err := src.Poll(t.Context(), firstVisit(f)); !errors.Is(err, errUndeclared) || len(s.hits) != 1 {
		t.Errorf("without a contact Poll = %v after %d requests, want %v after none more", err, len(s.hits)-1, errUndeclared)
	}
}

func TestSitemaps(t *testing.T) {
	s := newSite(t)
	s.serve("/sitemap.xml", "application/xml", `<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
		<sitemap><loc>`+s.URL+`/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap><sitemap><loc>`+s.URL+`/news.xml.gz</loc><lastmod>2026-11-18</lastmod></sitemap></sitemapindex>`)
	s.serve("/old.xml", "application/xml", `<urlset><url><loc>`+s.URL+`/2020/a-very-old-page.html</loc><lastmod>2020-01-01</lastmod></url></urlset>`)
	s.serve("/news.xml.gz", "application/x-gzip", string(gzipped([]byte(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
		<url><loc>`+s.URL+`/2026/halden-ends-exclusivity.html</loc><news:news><news:publication><news:name>Northwind</news:name></news:publication>
		<news:publication_date>2026-11-18T08:00:00+01:00</news:publication_date><news:title>Halden &amp; Ostrava: the end</news:title></news:news></url>
		<url><loc>`+s.URL+`/tag/ai</loc></url></urlset>`))))
	l := visit(t, SourceConfig{Sitemap: s.URL + "/sitemap.xml", Links: `/20\d\d/`})
	if len(l.Entries) != 2 || l.Entries[0].Title != "Halden & Ostrava: the end" || l.Entries[0].Outlet != "Northwind" || l.Entries[1].Title != "A very old page" {
		t.Errorf("entries = %+v, want the news one first", l.Entries)
	}
	if got := l.Entries[0].Published; !got.Equal(time.Date(2026, 11, 18, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("published %v", got)
	}
	s.serve("/page.xml", "text/html", "<html><body>404</body></html>")
	if _, err := tryVisit(t, SourceConfig{Sitemap: s.URL + "/page.xml"}, nil); !errors.Is(err, errNoSitemap) {
		t.Errorf("a page in place of the sitemap: %v, want %v", err, errNoSitemap)
	}
}

// What an API does not like, and what it has no answer to, is told and is no news.
func TestKindsBearWhatIsNoAnswer(t *testing.T) {
	apis := map[string]SourceConfig{}
	s := newSite(t)
	for _, c := range []SourceConfig{
		{HackerNews: &HackerNewsConfig{Query: "x", APIURL: s.URL}}, {HackerNews: &HackerNewsConfig{List: "new", APIURL: s.URL}},
		{EDGAR: &EDGARConfig{Query: "x", APIURL: s.URL}}, {EDGAR: &EDGARConfig{Company: "X", APIURL: s.URL}}, {GDELT: &GDELTConfig{Query: "x", APIURL: s.URL}},
		{GoogleNews: &NewsSearchConfig{Query: "x", APIURL: s.URL}}, {BingNews: &NewsSearchConfig{Query: "x", APIURL: s.URL}},
		{Reddit: &RedditConfig{Subreddit: "xx", APIURL: s.URL}}, {Bluesky: &BlueskyConfig{Query: "x", APIURL: s.URL}}, {Bluesky: &BlueskyConfig{Actor: "x.example", APIURL: s.URL}},
		{Mastodon: &MastodonConfig{Tag: "x", APIURL: s.URL}}, {GitHub: &GitHubConfig{Repo: "a/b", APIURL: s.URL}}, {GitHub: &GitHubConfig{Repo: "a/b", Watch: "advisories", APIURL: s.URL}},
		{YouTube: &YouTubeConfig{Playlist: "x", APIURL: s.URL}}, {ArXiv: &ArXivConfig{Query: "x", APIURL: s.URL}}, {CourtListener: &CourtListenerConfig{Query: "x", APIURL: s.URL}},
		{Sitemap: s.URL + "/sitemap.xml"},
	} {
		apis[c.Address()] = c
	}
	for _, tt := range []struct {
		name, body string
		status     int
		fails      bool
	}{
		{"words with status 200", "Your query was too short or too long.", 200, true},
		{"a page in HTML", "<!doctype html><html><body>Sign in</body></html>", 200, true},
		{"too many requests", `{"error":429}`, 429, true},
		{"forbidden", `{"error":403}`, 403, true},
		{"an error of the server", "", 503, true},
		{"half an answer", `{"hits":[{"title":`, 200, true},
	} {
		for address, c := range apis {
			s.mu.Lock()
			for path := range s.paths {
				delete(s.paths, path)
			}
			s.mu.Unlock()
			src, _ := c.source()
			f := newTestFetcher(t, NetworkConfig{AllowPrivate: []string{"127.0.0.1"}, Contact: "ops@example.org"})
			s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.body)
			})
			l, err := src.Poll(t.Context(), firstVisit(f))
			if (err != nil) != tt.fails || len(l.Entries) > 0 {
				t.Errorf("%s, %s: %d entries, %v", address, tt.name, len(l.Entries), err)
			}
		}
	}
}

// Each kind's settings are checked, and say what to write.
func TestKindsCheckTheirSettings(t *testing.T) {
	for path, c := range map[string]SourceConfig{
		"hackernews":         {HackerNews: &HackerNewsConfig{}},
		"hackernews.list":    {HackerNews: &HackerNewsConfig{List: "frontpage"}},
		"hackernews.api_url": {HackerNews: &HackerNewsConfig{List: "top", APIURL: "ftp://x"}},
		"edgar":              {EDGAR: &EDGARConfig{}},
		"edgar.company":      {EDGAR: &EDGARConfig{Company: "Microsoft Corporation"}},
		"edgar.forms[1]":     {EDGAR: &EDGARConfig{Query: "x", Forms: []string{"8-K", "current report"}}},
		"googlenews":         {GoogleNews: &NewsSearchConfig{}},
		"bingnews":           {BingNews: &NewsSearchConfig{}},
		"gdelt":              {GDELT: &GDELTConfig{}},
		"reddit":             {Reddit: &RedditConfig{}},
		"reddit.subreddit":   {Reddit: &RedditConfig{Subreddit: "r/OpenAI"}},
		"bluesky":            {Bluesky: &BlueskyConfig{}},
		"mastodon":           {Mastodon: &MastodonConfig{Server: "https://mastodon.social", Tag: "x"}},
		"github":             {GitHub: &GitHubConfig{Repo: "openai"}},
		"github.watch":       {GitHub: &GitHubConfig{Repo: "openai/x", Watch: "stars"}},
		"youtube":            {YouTube: &YouTubeConfig{Channel: "OpenAI"}},
		"arxiv":              {ArXiv: &ArXivConfig{}},
		"courtlistener":      {CourtListener: &CourtListenerConfig{}},
		"sitemap":            {Sitemap: "sitemap.xml"},
		"selector":           {Sitemap: "https://x.example/sitemap.xml", Selector: "a"},
	} {
		c.Name = "x"
		faults := c.Check()
		if !slices.ContainsFunc(faults, func(f news.Fault) bool { return f.Path == path && f.Hint != "" }) {
			t.Errorf("Check(%s) = %+v, want a fault at %s with a hint", c.Address(), faults, path)
		}
	}
}
