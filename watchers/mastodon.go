package watchers

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A MastodonConfig asks a Mastodon server for public posts with a tag.
type MastodonConfig struct {
	Server string `yaml:"server"` // "mastodon.social"
	Tag    string `yaml:"tag"`    // without "#"
	APIURL string `yaml:"api_url"`
}

// String returns the address that is asked.
func (c *MastodonConfig) String() string {
	if c == nil {
		return ""
	}
	return under(cmp.Or(c.APIURL, "https://"+c.Server), "/api/v1/timelines/tag/"+url.PathEscape(c.Tag), url.Values{"limit": {"40"}})
}

func newMastodon(c SourceConfig) (Source, []news.Fault) {
	m := c.Mastodon
	faults := apiFault("mastodon", m.APIURL)
	if m.Tag == "" || strings.ContainsAny(m.Tag, "#/ ") || m.APIURL == "" && hostOf("https://"+m.Server+"/") != m.Server {
		faults = append(faults, needs("mastodon", "which tag of which server", "write {server: mastodon.social, tag: openai}")...)
	}
	return mastodon{*m}, faults
}

type mastodon struct{ MastodonConfig }

func (s mastodon) Poll(ctx context.Context, v Visit) (Listing, error) {
	var posts []struct {
		URI, URL, Content string
		CreatedAt         time.Time `json:"created_at"`
		Account           struct {
			Acct        string
			DisplayName string `json:"display_name"`
		}
		Card *struct{ URL, Title, Description string }
	}
	c, fresh, err := v.askJSON(ctx, s.String(), &posts)
	if err != nil || !fresh {
		return Listing{Cursor: c}, err
	}
	l := Listing{Cursor: c, Home: "https://" + s.Server}
	for _, p := range posts {
		e := Entry{GUID: p.URI, URL: webAddress(nil, cmp.Or(p.URL, p.URI)), Title: opening(p.Content), HTML: p.Content,
			Outlet: "Mastodon", Author: cmp.Or(p.Account.DisplayName, p.Account.Acct), Published: p.CreatedAt, Closed: true}
		if p.Card != nil && webAddress(nil, p.Card.URL) != "" {
			e.URL, e.Title, e.HTML = webAddress(nil, p.Card.URL), cmp.Or(oneLine(p.Card.Title), e.Title), asHTML(p.Card.Description)
			e.Outlet, e.Author, e.Closed = "", "", false
		}
		l.Entries = append(l.Entries, e)
	}
	return l, nil
}
