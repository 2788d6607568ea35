package watchers

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers/article"
)

const (
	maxSitemaps = 5   // of an index that one poll reads, those changed last
	maxListed   = 500 // addresses of a sitemap, the newest; a whole one may have 50,000
)

var errNoSitemap = errors.New("neither a sitemap nor an index of sitemaps")

// A sitemap is a list of pages that a site keeps for search engines (sitemaps.org/protocol.html), best
// one for news, which has titles (developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap).
type sitemap struct {
	address string
	links   *regexp.Regexp // of the pages' addresses; nil: any
}

func newSitemap(c SourceConfig) (Source, []news.Fault) {
	s, faults := sitemap{address: c.Sitemap}, addressFault("sitemap", c.Sitemap)
	var fault []news.Fault
	s.links, fault = linkPattern(c.Links)
	return s, append(faults, fault...)
}

func (s sitemap) Poll(ctx context.Context, v Visit) (Listing, error) {
	doc, c, err := v.again(ctx, request{address: s.address, accept: "application/xml, text/xml;q=0.9, */*;q=0.1", limit: maxFeed}, v.Cursor)
	if err != nil || doc == nil {
		return Listing{Cursor: c}, err
	}
	m, err := v.parseSitemap(doc)
	if err != nil {
		return Listing{}, err
	}
	if len(m.Sitemaps) > 0 {
		c.ETag, c.LastModified = "", "" // an index is often older than what it lists
		if m.Pages, err = s.below(ctx, v, m.Sitemaps); err != nil {
			return Listing{}, err
		}
	}
	return Listing{Cursor: c, Entries: s.entries(m.Pages), Home: s.address}, nil
}

// below returns the pages of those sitemaps of an index that have changed last. An index of indexes
// goes one level down.
func (s sitemap) below(ctx context.Context, v Visit, listed []siteEntry) (pages []siteEntry, err error) {
	slices.SortStableFunc(listed, func(a, b siteEntry) int { return b.at().Compare(a.at()) })
	for _, one := range listed[:min(len(listed), maxSitemaps)] {
		doc, err := v.get(ctx, request{address: strings.TrimSpace(one.Loc), limit: maxFeed})
		if err != nil {
			return nil, err
		}
		m, err := v.parseSitemap(doc)
		if err != nil {
			return nil, err
		}
		pages = append(pages, m.Pages...)
	}
	return pages, nil
}

// A siteMap is a sitemap's document, or an index's.
type siteMap struct {
	XMLName  xml.Name
	Pages    []siteEntry `xml:"url"`
	Sitemaps []siteEntry `xml:"sitemap"`
}

type siteEntry struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
	News    struct {
		Title   string `xml:"title"`
		Date    string `xml:"publication_date"`
		Outlet  string `xml:"publication>name"`
		Genres  string `xml:"genres"`
		Keyword string `xml:"keywords"`
	} `xml:"news"`
}

// at is when a page was published, else changed; zero if the sitemap does not say.
func (e siteEntry) at() time.Time {
	for _, s := range []string{e.News.Date, e.LastMod} {
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", time.DateOnly} {
			if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
				return t.UTC()
			}
		}
	}
	return time.Time{}
}

// parseSitemap reads a sitemap, which may be a gzip file whatever its headers say.
func (f *Fetcher) parseSitemap(doc *document) (m siteMap, err error) {
	defer f.desk()()
	body := doc.body
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return m, fmt.Errorf("gzip: %w", err)
		}
		if body, err = io.ReadAll(io.LimitReader(z, maxFeed+1)); err != nil {
			return m, fmt.Errorf("gzip: %w", err)
		}
		if len(body) > maxFeed {
			return m, errTooLarge
		}
	}
	body = bytes.TrimSpace(decode(body, doc.contentType))
	p, err := inspect(body)
	switch {
	case err != nil:
		return m, fmt.Errorf("parse sitemap: %w", err)
	case p.root != "urlset" && p.root != "sitemapindex":
		return m, errNoSitemap
	}
	if err := xml.Unmarshal(body[p.start:], &m); err != nil {
		return m, fmt.Errorf("parse sitemap: %w", err)
	}
	return m, nil
}

// entries returns the pages whose addresses are wanted, the newest first.
func (s sitemap) entries(pages []siteEntry) []Entry {
	base, _ := url.Parse(s.address) // it has been fetched
	var entries []Entry
	for _, p := range pages {
		link := webAddress(base, p.Loc)
		if link == "" || s.links != nil && !s.links.MatchString(link) {
			continue
		}
		entries = append(entries, Entry{URL: link, Title: cmp.Or(oneLine(article.Text(p.News.Title)), titleOf(link)),
			Outlet: oneLine(p.News.Outlet), Published: p.at()})
	}
	slices.SortStableFunc(entries, func(a, b Entry) int { return b.Published.Compare(a.Published) })
	return entries[:min(len(entries), maxListed)]
}

// titleOf guesses a title from an address, until the page is read: "Openai microsoft deal" for
// ".../2026/11/openai-microsoft-deal.html".
func titleOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	name := path.Base(u.Path)
	words := strings.FieldsFunc(strings.TrimSuffix(name, path.Ext(name)), func(r rune) bool { return r == '-' || r == '_' || r == '+' })
	if len(words) < 2 {
		return link
	}
	title := strings.Join(words, " ")
	return strings.ToUpper(title[:1]) + title[1:]
}
