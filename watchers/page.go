package watchers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html/charset"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers/article"
)

const acceptPage = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

// maxPattern is in bytes: Go's regexp is linear in the text, and its program in the pattern.
const maxPattern = 512

var errNoLinks = errors.New("no links to articles on the page")

// A page is a source without a feed: an index page whose new links are its entries.
type page struct {
	address  string
	selector cascadia.Selector // nil: the links are found by the site's own pattern
	links    *regexp.Regexp    // of their addresses; nil: any
}

func newPage(c SourceConfig) (Source, []news.Fault) {
	p, faults := page{address: c.Page}, addressFault("page", c.Page)
	if c.Selector != "" {
		sel, err := cascadia.Compile(c.Selector)
		if err != nil {
			faults = append(faults, news.Fault{Path: "selector", Msg: fmt.Sprintf("not a CSS selector: %v", err),
				Hint: `write one like "main h2 a"`})
		}
		p.selector = sel
	}
	var fault []news.Fault
	p.links, fault = linkPattern(c.Links)
	faults = append(faults, fault...)
	return p, faults
}

// linkPattern compiles the setting "links"; "" is nil, which is any.
func linkPattern(links string) (*regexp.Regexp, []news.Fault) {
	if links == "" {
		return nil, nil
	}
	re, err := regexp.Compile(links)
	if err == nil && len(links) > maxPattern {
		err = fmt.Errorf("longer than %d bytes", maxPattern)
	}
	if err != nil {
		return nil, []news.Fault{{Path: "links", Msg: fmt.Sprintf("not a regular expression: %v", err), Hint: `write one like "/news/20\\d\\d/"`}}
	}
	return re, nil
}

func (p page) Poll(ctx context.Context, v Visit) (Listing, error) {
	if err := v.mayRead(ctx, p.address); err != nil {
		return Listing{}, err
	}
	doc, c, err := v.again(ctx, request{address: p.address, accept: acceptPage, limit: maxPage}, v.Cursor)
	if err != nil || doc == nil {
		return Listing{Cursor: c}, err
	}
	defer v.desk()()
	entries, err := p.entries(doc)
	if err != nil {
		return Listing{}, err
	}
	return Listing{Cursor: c, Entries: entries, Home: doc.address}, nil
}

// entries returns the links of an index page, one entry for each address, in the order of the page.
// A page without any is an error: its design has changed, or it is not the page we knew.
func (p page) entries(doc *document) ([]Entry, error) {
	text, err := charset.NewReader(bytes.NewReader(doc.body), doc.contentType)
	if err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	html, err := goquery.NewDocumentFromReader(text)
	if err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	base, err := url.Parse(doc.address)
	if err != nil {
		return nil, err
	}
	if href, ok := html.Find("base[href]").First().Attr("href"); ok {
		if b, err := base.Parse(href); err == nil {
			base = b
		}
	}
	links := p.linksOf(html, base)
	if p.selector == nil && p.links == nil {
		links = ownPattern(links, hostOf(doc.address))
	}
	if len(links) == 0 {
		return nil, errNoLinks
	}
	return links, nil
}

// linksOf collects the links that the settings allow; of several to one address the longest text.
func (p page) linksOf(html *goquery.Document, base *url.URL) []Entry {
	var anchors *goquery.Selection
	if p.selector != nil {
		found := html.FindMatcher(p.selector)
		anchors = found.Filter("a[href]").AddSelection(found.Not("a[href]").Find("a[href]"))
	} else {
		html.Find("nav, footer").Remove()
		anchors = html.Find("a[href]")
	}
	var links []Entry
	at := map[string]int{} // where in links, by canonical address
	self := article.Canonical(base.String())
	for _, a := range anchors.EachIter() {
		address := webAddress(base, a.AttrOr("href", ""))
		id := article.Canonical(address)
		if id == "" || id == self || p.links != nil && !p.links.MatchString(address) {
			continue
		}
		title := anchorTitle(a)
		if i, ok := at[id]; ok {
			if utf8.RuneCountInString(title) > utf8.RuneCountInString(links[i].Title) {
				links[i].Title = title
			}
			continue
		}
		at[id] = len(links)
		links = append(links, Entry{URL: address, Title: title})
	}
	return links
}

// anchorTitle is the headline inside a link if it has one, else all its text.
func anchorTitle(a *goquery.Selection) string {
	if h := a.Find("h1, h2, h3, h4, h5, h6").First(); h.Length() > 0 {
		a = h
	}
	html, err := a.Html()
	if err != nil {
		return ""
	}
	return oneLine(article.Text(html))
}

// headline is how long, in characters, the text of a link is that is more than "Products" or "Read more".
const headline = 25

// ownPattern keeps the links whose addresses have the shape that the site gives its articles: the
// shape that most characters of headlines lead to. Links to other sites are not its own.
func ownPattern(links []Entry, host string) []Entry {
	weight := map[string]int{}
	best := ""
	for _, l := range links {
		s := shapeOf(l.URL, host)
		if n := utf8.RuneCountInString(l.Title); s != "" && n >= headline {
			weight[s] += min(n, 4*headline) // a teaser in full is not four articles
		}
		if weight[s] > weight[best] {
			best = s
		}
	}
	var own []Entry
	for _, l := range links {
		if best != "" && shapeOf(l.URL, host) == best {
			own = append(own, l)
		}
	}
	return own
}

// shapeOf returns an address's path with each number as "0" and its last part, the article's own,
// left out: "/news/0/0/". It is "" for another site's address, the home page and what has no path.
func shapeOf(address, host string) string {
	u, err := url.Parse(address)
	if err != nil || hostOf(address) != host {
		return ""
	}
	dirs := strings.Split(strings.Trim(u.Path, "/"), "/")
	if dirs[0] == "" {
		return ""
	}
	for i, d := range dirs[:len(dirs)-1] {
		if strings.IndexFunc(d, func(r rune) bool { return !unicode.IsDigit(r) }) < 0 {
			dirs[i] = "0"
		}
	}
	return "/" + strings.Join(dirs[:len(dirs)-1], "/") + "/"
}
