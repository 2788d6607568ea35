package watchers

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Once polls an address as a watcher would and returns its articles in the order of the source, as
// the source describes them: a feed's entries, those of the feed that a page names, or else the
// links of the page. The ID of each is its GUID.
func Once(ctx context.Context, f *Fetcher, address string) ([]news.Article, error) {
	_, l, err := look(ctx, f, address)
	if err != nil {
		return nil, err
	}
	var articles []news.Article
	for _, it := range identify(l.Entries, l.Home) {
		a := articleOf(SourceConfig{}, l, it, f.Now())
		a.ID = a.GUID
		articles = append(articles, a)
	}
	return articles, nil
}

// look polls an address as the kind of source that it turns out to be.
func look(ctx context.Context, f *Fetcher, address string) (c SourceConfig, l Listing, err error) {
	c = SourceConfig{Feed: address}
	if l, err = (feed{address}).Poll(ctx, firstVisit(f)); errors.Is(err, errNamesNoFeed) {
		c = SourceConfig{Page: address}
		if l, err = (page{address: address}).Poll(ctx, firstVisit(f)); errors.Is(err, errNoLinks) {
			err = errors.New("neither a feed nor a page that names one or links to articles")
		}
	}
	return c, l, err
}

// A Prospect is what an address would be as a source.
type Prospect struct {
	Config  SourceConfig // without name and schedule; its address is where permanent redirects led
	Title   string       // what it calls itself; "" if it does not
	Entries int
	Feeds   []string // of an OPML file: the feeds that it lists; then the rest is empty
}

// Scout reads an address as a watcher would, and says what it would be as a source.
func Scout(ctx context.Context, f *Fetcher, address string) (Prospect, error) {
	c, l, err := look(ctx, f, address)
	if err != nil {
		if feeds, found := outline(ctx, f, address); found == nil && len(feeds) > 0 {
			return Prospect{Feeds: feeds}, nil
		}
		return Prospect{}, err
	}
	if l.Cursor.Moved != "" && c.Feed != "" {
		c.Feed = l.Cursor.Moved
	} else if l.Cursor.Moved != "" {
		c.Page = l.Cursor.Moved
	}
	return Prospect{Config: c, Title: l.Outlet, Entries: len(l.Entries)}, nil
}

// outline returns the feeds of the OPML file at an address, in its order.
func outline(ctx context.Context, f *Fetcher, address string) ([]string, error) {
	doc, err := f.get(ctx, request{address: address, accept: "text/x-opml, application/xml;q=0.9, */*;q=0.1", limit: maxFeed})
	if err != nil {
		return nil, err
	}
	var feeds []string
	for x := xml.NewDecoder(bytes.NewReader(decode(doc.body, doc.contentType))); ; {
		token, err := x.Token()
		if err != nil { // also at the end; what a broken file has before its break counts
			return feeds, nil
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "outline" {
			continue
		}
		for _, a := range start.Attr {
			if link := webAddress(nil, a.Value); strings.EqualFold(a.Name.Local, "xmlUrl") && link != "" && !slices.Contains(feeds, link) {
				feeds = append(feeds, link)
			}
		}
	}
}

// Page fetches one page as a watcher would, for article.Extract: its bytes as served, its
// Content-Type and its address after redirects.
func (f *Fetcher) Page(ctx context.Context, address string) (page []byte, contentType, final string, err error) {
	doc, err := f.getPage(ctx, request{address: address, accept: acceptPage, limit: maxPage})
	if err != nil {
		return nil, "", "", err
	}
	return doc.body, doc.contentType, doc.address, nil
}
