// Package article turns a page's HTML into title, date, canonical URL and text. It does no I/O.
package article

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// maxPage is in bytes, the limit of a fetched page: no page that was read whole is larger.
const maxPage = 4 << 20

// A Page is what a page says about itself and its article. TestOrder has where each field is looked
// for, the most careful place first. All strings are valid UTF-8 without control or format
// characters; a field is empty where the page does not say.
type Page struct {
	Canonical string    // the address it claims where that is plausible, else its own; see Canonical
	Title     string    // without the outlet's name
	Outlet    string    // the publisher's name, its host where it gives none
	Author    string    // names separated by ", "
	Lang      string    // BCP 47 primary subtag: "en"
	Text      string    // the body, paragraphs separated by a newline
	Published time.Time // with the page's own zone, UTC where it gives none
	Modified  time.Time // likewise; never before Published
	Excerpt   bool      // Text is a teaser, a paywall's or a consent page's; never the whole article
}

// Extract reads a page: HTML, or plain text where it has no tags at all. It is decoded by its byte
// order mark, contentType (a Content-Type header, may be "") or meta element. address is the page's
// own URL, "" if unknown; it resolves links and tells which of the page's claims are plausible.
//
// The text of a live blog is its entries as the page has them, the newest first as a rule. That of a
// press release ends above what it says of its companies, its lawyers and its contacts, which is the
// same below each; that of a filing is without cover, tables of contents, page numbers and signatures.
//
// It fails on what is no page (a PDF, an image), on more than 4 MiB, and on elements nested deeper
// than html.Parse follows (512). A page without an article is no failure: Text is then empty, or
// the page's own description with Excerpt set.
func Extract(page []byte, contentType, address string) (Page, error) {
	if len(page) > maxPage {
		return Page{}, fmt.Errorf("read page: %d bytes, the limit is %d", len(page), maxPage)
	}
	if kind := http.DetectContentType(page); !strings.HasPrefix(kind, "text/") && kind != "application/octet-stream" {
		return Page{}, fmt.Errorf("read page: it is %s", kind)
	}
	text := decode(page, contentType)
	if !hasMarkup(text) {
		return readPlain(text, address), nil
	}
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return Page{}, fmt.Errorf("read page: %w", err)
	}
	return readDocument(doc, address), nil
}

// readDocument reads the page's claims before the body: finding the body takes the tree apart.
func readDocument(doc *html.Node, address string) Page {
	v := vocabulary{}
	m := readMeta(doc, v)
	p := Page{
		Canonical: m.canonical(address),
		Outlet:    m.outlet(address),
		Lang:      m.lang(),
		Published: m.published(address),
	}
	p.Modified = m.modified(p.Published)
	p.Author = m.author(p.Outlet)
	p.Title = m.title(p.Outlet, p.Canonical)
	p.Text, p.Excerpt = readBody(doc, m, v, p)
	if formName.MatchString(p.Title) { // EDGAR's, for any of its documents
		p.Title = headline(p.Text)
	}
	if isWall(p) {
		p.Title, p.Text, p.Excerpt = "", "", true
	}
	p.Lang = spokenOr(p.Lang, p.Title+"\n"+p.Text)
	return p
}
