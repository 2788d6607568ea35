package article

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxDated  = 8  // dates of each kind are looked at: the article's own is among the first
	datedLine = 80 // bytes of a line that says when, and nothing else
)

// A shown is when a page says, for its readers, that it was published and changed.
type shown struct {
	marked, times, called, lines []string // by microdata, by a time element, by the template's name for it, in words
	updated                      []string // of any of these: when it was changed
	below                        bool     // the headline has been seen: lines above it may say what day it is
}

var changedWord = regexp.MustCompile(`(?i)\b(?:updated?|modified|last[ -]?(?:reviewed|edited|changed)|aktualisiert|mis à jour|actualizado|atualizado|aggiornato)\b`)

// add notes what an element, whose class means class, says of when its page was published or changed.
func (d *shown) add(n *html.Node, class meaning) {
	switch {
	case n.DataAtom == atom.H1:
		d.below = true
	case hasWord(attr(n, "itemprop"), "dateModified"):
		note(&d.updated, dateOf(n))
	case hasWord(attr(n, "itemprop"), "datePublished") || n.DataAtom == atom.Time && has(n, "pubdate"):
		note(&d.marked, dateOf(n))
	case n.DataAtom == atom.Time && (class&changed != 0 || changedWord.MatchString(shortText(n, datedLine))):
		note(&d.updated, dateOf(n))
	case n.DataAtom == atom.Time:
		note(&d.times, dateOf(n))
	case n.DataAtom == atom.Body || n.DataAtom == atom.Html:
	case class&dated != 0:
		d.addLine(&d.called, shortText(n, datedLine))
	case d.below && len(d.lines) < maxDated && hasYear(n):
		if line := shortText(n, datedLine); isDateline(line) {
			d.addLine(&d.lines, line)
		}
	}
}

func note(dates *[]string, date string) {
	if len(*dates) < maxDated {
		*dates = append(*dates, date)
	}
}

// addLine notes a line in words, which may give one date or both.
func (d *shown) addLine(to *[]string, line string) {
	changed := changedWord.FindStringIndex(line)
	if changed == nil {
		note(to, line)
		return
	}
	note(to, line[:changed[0]])
	note(&d.updated, line[changed[0]:])
}

// dateOf returns what an element says of a date, as its markup has it or else as its text.
func dateOf(n *html.Node) string {
	return first(attr(n, "datetime"), attr(n, "content"), shortText(n, datedLine))
}

// hasYear reports whether a text right in an element may have a year.
func hasYear(n *html.Node) bool {
	for c := range n.ChildNodes() {
		if c.Type == html.TextNode && (strings.Contains(c.Data, "20") || strings.Contains(c.Data, "19")) {
			return true
		}
	}
	return false
}

// isDateline reports whether a line says a date and little else.
func isDateline(line string) bool {
	at := writtenDate.FindStringIndex(line)
	return at != nil && len(line)-(at[1]-at[0]) <= datedLine/2
}

// published asks JSON-LD, meta elements, microdata, time elements, JSON-LD of the page around the
// article, the date in the path of address, what a template calls a date, and at last a line that
// is one. When the page was changed counts for nothing.
func (m *meta) published(address string) time.Time {
	claims := []string{m.ld.Published}
	for _, name := range []string{
		"article:published_time", "og:article:published_time", "datepublished", "date", "pubdate", "publishdate",
		"publish-date", "publication_date", "parsely-pub-date", "sailthru.date", "dc.date", "dc.date.issued",
		"dcterms.created", "dcterms.date", "article.published", "article:published", "og:published_time",
		"rnews:datepublished", "cxenseparse:recs:publishtime", "og:pubdate", "created",
	} {
		claims = append(claims, m.tags[name])
	}
	claims = append(claims, m.shown.marked...)
	claims = append(append(claims, m.shown.times...), m.ld.PagePublished)
	if t := firstDate(claims); !t.IsZero() {
		return t
	}
	if t := pathDate(address); !t.IsZero() {
		return t
	}
	return firstDate(append(m.shown.called, m.shown.lines...))
}

// modified asks JSON-LD, meta elements, microdata, and what is called an update. A change before
// the page was published is none: the result is the zero time.
func (m *meta) modified(published time.Time) time.Time {
	claims := []string{m.ld.Modified}
	for _, name := range []string{
		"article:modified_time", "og:article:modified_time", "datemodified", "og:updated_time", "article:updated_time", "last-modified",
		"lastmod", "revised", "dcterms.modified", "dc.date.modified", "article.updated", "rnews:datemodified",
	} {
		claims = append(claims, m.tags[name])
	}
	t := firstDate(append(claims, m.shown.updated...))
	if t.Before(published) {
		return time.Time{}
	}
	return t
}

func firstDate(claims []string) time.Time {
	for _, c := range claims {
		if t, ok := parseDate(c); ok {
			return t
		}
	}
	return time.Time{}
}

var datedPath = regexp.MustCompile(`/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?:[/-]|$)`)

func pathDate(address string) time.Time {
	u, err := url.Parse(address)
	if err != nil {
		return time.Time{}
	}
	if d := datedPath.FindStringSubmatch(u.Path); d != nil {
		t, _ := parseDate(d[1] + "-" + pad(d[2]) + "-" + pad(d[3]))
		return t
	}
	return time.Time{}
}

func pad(digits string) string {
	if len(digits) < 2 {
		return "0" + digits
	}
	return digits
}

// dateLayouts are what pages' markup was seen to have, RFC 3339 first. What is in words, with a zone's
// abbreviation or without, is for spoken.
var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999", "2006-01-02T15:04",
	"2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05.999",
	"2006-01-02 15:04", "2006-01-02", "2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02", "20060102", "20060102T150405Z0700",
	time.RFC1123Z, time.ANSIC, "02.01.2006 15:04", "02.01.2006",
}

// parseDate reads a date as pages write it. Years before 1990 are mistakes: epochs and templates.
func parseDate(s string) (time.Time, bool) {
	s = clean(s)
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, isSane(t)
		}
	}
	t, ok := spokenDate(s)
	return t, ok && isSane(t)
}

func isSane(t time.Time) bool { return t.Year() >= 1990 && t.Year() < 2200 }

// maxDate is in bytes: what is longer is no date.
const maxDate = 200
