package watchers

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func TestScoutSaysWhatAnAddressWouldBe(t *testing.T) {
	const feed = `<rss version="2.0"><channel><title>The Wire</title><link>https://wire.example/</link>
<item><guid>1</guid><title>One</title><link>https://wire.example/1</link></item></channel></rss>`
	pages := map[string]string{
		"/rss":   feed,
		"/home":  `<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><body></body></html>`,
		"/index": `<html><body><main><a href="/news/first-of-many-stories">The first of many stories that are told</a> <a href="/news/second-of-many">The second of many stories that are told</a> <a href="/news/third">The third of many stories that are told</a></main></body></html>`,
		"/opml":  `<?xml version="1.0"?><opml version="2.0"><body><outline text="a"><outline type="rss" xmlUrl="https://a.example/rss"/><outline xmlUrl="javascript:x"/></outline><outline xmlURL="https://b.example/atom"/><outline xmlUrl="https://a.example/rss"/>`,
		"/text":  "nothing to see here",
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		switch {
		case r.URL.Path == "/moved":
			http.Redirect(w, r, "/rss", http.StatusMovedPermanently)
		case ok:
			w.Write([]byte(body))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	f, err := NewFetcher(NetworkConfig{AllowPrivate: []string{"127.0.0.0/8"}}, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	for _, tt := range []struct {
		path, feed, page, title string
		feeds                   []string
		fault                   string
	}{
		{path: "/rss", feed: "/rss", title: "The Wire"},
		{path: "/home", feed: "/home", title: "The Wire"},
		{path: "/moved", feed: "/rss", title: "The Wire"},
		{path: "/index", page: "/index"},
		{path: "/opml", feeds: []string{"https://a.example/rss", "https://b.example/atom"}}, // the file is broken at its end
		{path: "/text", fault: "neither a feed nor a page"},
		{path: "/gone", fault: "404"},
	} {
		got, err := Scout(t.Context(), f, srv.URL+tt.path)
		if tt.fault != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fault) {
				t.Errorf("Scout(%s) = %+v, %v, want %q", tt.path, got, err, tt.fault)
			}
			continue
		}
		at := func(path string) string {
			if path == "" {
				return ""
			}
			return srv.URL + path
		}
		if err != nil || got.Config.Feed != at(tt.feed) || got.Config.Page != at(tt.page) || got.Title != tt.title || !slices.Equal(got.Feeds, tt.feeds) {
			t.Errorf("Scout(%s) = %+v, %v, want feed %q, page %q, feeds %v", tt.path, got, err, tt.feed, tt.page, tt.feeds)
		}
	}
}
