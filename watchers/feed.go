package watchers

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/rss"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers/article"
)

// acceptFeed asks for a feed where a server can choose.
const acceptFeed = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, " +
	"application/xml;q=0.8, text/xml;q=0.8, text/html;q=0.5, */*;q=0.1"

var errNamesNoFeed = errors.New("neither a feed nor a page that names one")

// A feed is a source that publishes RSS, RDF, Atom or JSON Feed. Given a page, it follows the
// page to its feed at every poll.
type feed struct{ address string }

func newFeed(c SourceConfig) (Source, []news.Fault) {
	return feed{c.Feed}, addressFault("feed", c.Feed)
}

func (s feed) Poll(ctx context.Context, v Visit) (Listing, error) {
	doc, c, err := v.again(ctx, request{address: s.address, accept: acceptFeed, limit: maxFeed}, v.Cursor)
	if err != nil || doc == nil {
		return Listing{Cursor: c, digest: v.digest}, err
	}
	if l, ok := v.fresh(ctx, doc, c); ok {
		return l, nil
	}
	return v.whole(ctx, doc, c)
}

// whole reads all of a feed's document.
func (v Visit) whole(ctx context.Context, doc *document, c news.Cursor) (Listing, error) {
	parsed, err := v.parseFeed(doc)
	follows := errors.Is(err, errNotFeed)
	if follows {
		c.ETag, c.LastModified = "", "" // they are the page's, and say nothing of its feed
		parsed, err = followPage(ctx, v.Fetcher, doc)
	}
	if err != nil {
		return Listing{}, err
	}
	c.TTL = ttl(parsed)
	l := Listing{Cursor: c, Entries: entriesOf(parsed), Outlet: parsed.Title, Home: parsed.Link}
	// A feed that calls all items by one name is judged by all of them, or each new one were known.
	if d, ok := dissect(doc.body); ok && !follows && sharedGUID(l.Entries) == "" && len(d.items) == len(l.Entries) {
		l.digest = d.digest()
	}
	return l, nil
}

// fresh reads those items of a feed's document that the last one did not have, byte for byte: most
// documents have one new item, or none, and parsing is what a poll costs. It reports false where the
// document is better read whole.
func (v Visit) fresh(ctx context.Context, doc *document, c news.Cursor) (Listing, bool) {
	if v.digest == nil {
		return Listing{}, false
	}
	d, ok := dissect(doc.body)
	if !ok {
		return Listing{}, false
	}
	l := Listing{Cursor: c, digest: d.digest(), whole: func() (Listing, error) { return v.whole(ctx, doc, c) }}
	rest := *doc
	if rest.body = d.without(v.digest); rest.body == nil {
		return l, true
	}
	parsed, err := v.parseFeed(&rest)
	if err != nil { // say so of the whole
		return Listing{}, false
	}
	l.Entries, l.Outlet, l.Home, l.Cursor.TTL = entriesOf(parsed), parsed.Title, parsed.Link, ttl(parsed)
	return l, true
}

// followPage fetches and parses the feed that a page names.
func followPage(ctx context.Context, f *Fetcher, page *document) (*gofeed.Feed, error) {
	link := feedLink(page)
	if link == "" {
		return nil, errNamesNoFeed
	}
	doc, err := f.get(ctx, request{address: link, accept: acceptFeed, limit: maxFeed})
	if err != nil {
		return nil, err
	}
	return f.parseFeed(doc)
}

func (f *Fetcher) parseFeed(doc *document) (*gofeed.Feed, error) {
	defer f.desk()()
	return parseFeed(doc.body, doc.contentType, doc.address)
}

// feedLink returns the first feed that a page names and that is not one of comments, "" if there
// is none.
func feedLink(page *document) string {
	base, err := url.Parse(page.address)
	if err != nil {
		return ""
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page.body))
	if err != nil {
		return ""
	}
	types := []string{"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/json"}
	for _, l := range doc.Find("link[rel~=alternate][href]").EachIter() {
		kind, _, _ := strings.Cut(strings.ToLower(l.AttrOr("type", "")), ";")
		about := strings.ToLower(l.AttrOr("title", "") + l.AttrOr("href", ""))
		if to := webAddress(base, l.AttrOr("href", "")); to != "" &&
			slices.Contains(types, strings.TrimSpace(kind)) && !strings.Contains(about, "comment") {
			return to
		}
	}
	return ""
}

// parseFeed reads a feed's document, which came from address. What gofeed leaves to its caller is
// done: links are absolute or empty, an Atom id stands as it was written, titles are plain text.
func parseFeed(body []byte, contentType, address string) (*gofeed.Feed, error) {
	doc := bytes.TrimSpace(decode(body, contentType))
	var ids []string
	if bytes.HasPrefix(doc, []byte("{")) {
		if err := inspectJSON(doc); err != nil {
			return nil, err
		}
	} else {
		p, err := inspect(doc)
		switch isFeed := slices.Contains([]string{"rss", "rdf", "feed"}, p.root); {
		case p.root != "" && !isFeed, p.root == "" && err == nil:
			return nil, errNotFeed
		case err != nil:
			return nil, fmt.Errorf("parse feed: %w", err)
		}
		doc, ids = doc[p.start:], p.ids
	}
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true
	parsed, err := parser.Parse(bytes.NewReader(doc))
	if err != nil {
		return nil, fmt.Errorf("parse feed: %w", err)
	}
	if len(parsed.Items) > maxItems {
		return nil, errItems
	}
	mend(parsed, ids, address)
	return parsed, nil
}

// inspectJSON refuses a JSON document that is nested too deep, before it is built, and one that is
// no JSON Feed.
func inspectJSON(doc []byte) error {
	d := json.NewDecoder(bytes.NewReader(doc))
	isFeed := false
	for depth := 0; ; {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("parse feed: %w", err)
		}
		switch tok {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		case "items":
			isFeed = isFeed || depth == 1
		}
		if depth > maxDepth {
			return errTooDeep
		}
	}
	if !isFeed {
		return errNotFeed
	}
	return nil
}

// mend does to a parsed feed what gofeed leaves to its caller.
func mend(parsed *gofeed.Feed, ids []string, address string) {
	from, _ := url.Parse(address) // it has been fetched; a nil base resolves nothing
	parsed.Title = oneLine(article.Text(parsed.Title))
	parsed.Link = cmp.Or(webAddress(from, parsed.Link), address)
	base := from
	if home, err := url.Parse(parsed.Link); err == nil && parsed.FeedType != "atom" {
		base = home // RSS knows no other base, and many feeds lie on another host than their links
	}
	permalinks := permalinksOf(parsed)
	for i, it := range parsed.Items {
		if parsed.FeedType == "atom" && len(ids) == len(parsed.Items) { // gofeed resolves it against xml:base
			it.GUID = strings.TrimSpace(ids[i])
		}
		it.Link = webAddress(base, it.Link)
		for _, other := range append(slices.Clone(it.Links), permalinks[i], enclosureOf(it)) {
			if it.Link == "" {
				it.Link = webAddress(base, other)
			}
		}
		if it.Description == "" && it.Content == "" {
			it.Description = cmp.Or(mediaDescription(it), it.Custom["fullitem"], it.Custom["body"]) // as RSS 2.0's first users wrote
		}
		if it.Title = oneLine(article.Text(it.Title)); it.Title == "" {
			it.Title = cmp.Or(opening(it.Description), opening(it.Content), it.Link)
		}
	}
}

// mediaDescription returns what Media RSS says of an item: on YouTube nothing else does.
func mediaDescription(it *gofeed.Item) string {
	media := it.Extensions["media"]
	for _, group := range media["group"] {
		for _, d := range group.Children["description"] {
			return d.Value
		}
	}
	for _, d := range media["description"] {
		return d.Value
	}
	return ""
}

// permalinksOf returns, for each item, its GUID where that is also its address.
func permalinksOf(parsed *gofeed.Feed) []string {
	links := make([]string, len(parsed.Items))
	original, isRSS := parsed.OriginalFeed().(*rss.Feed)
	for i, it := range parsed.Items {
		switch {
		case !isRSS:
			links[i] = absolute(it.GUID)
		case original.Items[i].GUID != nil && original.Items[i].GUID.IsPermalink != "false":
			links[i] = absolute(it.GUID)
		}
	}
	return links
}

// absolute returns s if it is an address by itself, else "".
func absolute(s string) string { return webAddress(nil, s) }

func enclosureOf(it *gofeed.Item) string {
	if len(it.Enclosures) == 0 {
		return ""
	}
	return it.Enclosures[0].URL
}

// webAddress resolves a link as a browser would, and returns "" unless it leads to a page: http or
// https, with a host and without a user name. base may be nil.
func webAddress(base *url.URL, link string) string {
	link = strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, strings.TrimSpace(link))
	if link == "" {
		return ""
	}
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// entriesOf returns a mended feed's items in its order.
func entriesOf(parsed *gofeed.Feed) []Entry {
	original, _ := parsed.OriginalFeed().(*rss.Feed)
	entries := make([]Entry, len(parsed.Items))
	for i, it := range parsed.Items {
		e := Entry{GUID: it.GUID, URL: it.Link, Title: it.Title, HTML: it.Content, Published: dateOf(it)}
		if len(it.Description) > len(e.HTML) {
			e.HTML = it.Description
		}
		if len(it.Authors) > 0 && it.Authors[0] != nil { // JSON Feed allows null
			e.Author = oneLine(article.Text(it.Authors[0].Name))
		}
		if original != nil && original.Items[i].Source != nil {
			e.Outlet = oneLine(article.Text(original.Items[i].Source.Title))
			e.Title = strings.TrimSuffix(e.Title, " - "+e.Outlet)
		}
		entries[i] = e
	}
	return entries
}

// dateOf returns when an item was published, else when it was changed; zero if it does not say so
// in a way that can be true: feeds give year 0 and the epoch for "unknown".
func dateOf(it *gofeed.Item) time.Time {
	for _, t := range []*time.Time{it.PublishedParsed, it.UpdatedParsed} {
		if t != nil && t.Year() > 1970 {
			return t.UTC()
		}
	}
	return time.Time{}
}

// opening returns how a text begins, in at most 100 characters and whole words.
func opening(fragment string) string {
	text, _, _ := strings.Cut(article.Text(fragment), "\n")
	const limit = 100
	rs := []rune(text)
	if len(rs) <= limit {
		return text
	}
	short := string(rs[:limit-1])
	if i := strings.LastIndexByte(short, ' '); i > limit/2 {
		short = short[:i]
	}
	return short + "…"
}

// oneLine returns text that has been cleaned, in one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
