package watchers

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A BlueskyConfig asks Bluesky for posts: those that a search finds, or an account's.
type BlueskyConfig struct {
	Query  string `yaml:"query"`
	Actor  string `yaml:"actor"`   // a handle, "openai.com"
	APIURL string `yaml:"api_url"` // "" means its public API
}

// String returns the address that is asked.
func (c *BlueskyConfig) String() string {
	if c == nil {
		return ""
	}
	base := cmp.Or(c.APIURL, "https://public.api.bsky.app")
	if c.Actor != "" {
		return under(base, "/xrpc/app.bsky.feed.getAuthorFeed", url.Values{"actor": {c.Actor}, "filter": {"posts_no_replies"}, "limit": {"50"}})
	}
	return under(base, "/xrpc/app.bsky.feed.searchPosts", url.Values{"q": {c.Query}, "sort": {"latest"}, "limit": {"50"}})
}

func newBluesky(c SourceConfig) (Source, []news.Fault) {
	b := c.Bluesky
	faults := apiFault("bluesky", b.APIURL)
	if (b.Query == "") == (b.Actor == "") {
		faults = append(faults, needs("bluesky", "whom to follow or what to look for, one of the two", `write {actor: openai.com} or {query: "OpenAI Microsoft"}`)...)
	}
	return bluesky{*b}, faults
}

type bluesky struct{ BlueskyConfig }

// A blueskyPost is what matters of app.bsky.feed.defs#postView.
type blueskyPost struct {
	URI    string
	Author struct{ Handle, DisplayName string }
	Record struct {
		Text      string
		CreatedAt string
	}
	Embed struct {
		External struct{ URI, Title, Description string }
	}
}

func (s bluesky) Poll(ctx context.Context, v Visit) (Listing, error) {
	var answer struct {
		Posts []blueskyPost // of a search
		Feed  []struct {    // of an account
			Post   blueskyPost
			Reason struct {
				Indexed string `json:"indexedAt"`
			} // why another's post is here
		}
	}
	c, fresh, err := v.askJSON(ctx, s.String(), &answer)
	if err != nil || !fresh {
		return Listing{Cursor: c}, err
	}
	for _, f := range answer.Feed {
		if f.Reason.Indexed == "" {
			answer.Posts = append(answer.Posts, f.Post)
		}
	}
	l := Listing{Cursor: c, Home: "https://bsky.app"}
	for _, p := range answer.Posts {
		if e, ok := p.entry(); ok {
			l.Entries = append(l.Entries, e)
		}
	}
	return l, nil
}

// entry is the page that a post shows a card of, else the post itself.
func (p blueskyPost) entry() (Entry, bool) {
	_, key, _ := strings.Cut(strings.TrimPrefix(p.URI, "at://"), "/app.bsky.feed.post/")
	if key == "" || p.Record.Text == "" && p.Embed.External.URI == "" {
		return Entry{}, false
	}
	e := Entry{GUID: p.URI, Title: opening(p.Record.Text)}
	e.Published, _ = time.Parse(time.RFC3339, p.Record.CreatedAt)
	if link := webAddress(nil, p.Embed.External.URI); link != "" {
		e.URL, e.Title, e.HTML = link, cmp.Or(oneLine(p.Embed.External.Title), e.Title), asHTML(p.Embed.External.Description)
		return e, true
	}
	e.URL = "https://bsky.app/profile/" + url.PathEscape(p.Author.Handle) + "/post/" + url.PathEscape(key)
	e.HTML, e.Outlet, e.Author, e.Closed = asHTML(p.Record.Text), "Bluesky", cmp.Or(p.Author.DisplayName, p.Author.Handle), true
	return e, true
}
