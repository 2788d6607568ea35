package article

import (
	"net/url"
	"regexp"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxDated is how many elements called a date are looked at: the article's own is among the first.
const maxDated = 8

var (
	dateClass   = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:date|published|posted|pubdate|datetime|timestamp|dateline|byline|meta)(?:$|[\s_-])|(?:publish|post|entry|article)-?date`)
	writtenDate = regexp.MustCompile(`(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}, \d{4}|\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4}|\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}`)
)

// isDated reports whether a template calls an element a date, or what one stands in, and it is
// short enough to be it.
func isDated(n *html.Node) bool {
	return dateClass.MatchString(attr(n, "class")) && n.DataAtom != atom.Body && n.DataAtom != atom.Html && len(nodeText(n)) <= 80
}

// published asks JSON-LD, meta elements, marked elements, time elements, the date in the path of
// address, and at last what a template calls a date. When the page was changed counts for nothing.
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
	claims = append(append(claims, m.times...), m.ld.PagePublished)
	for _, c := range claims {
		if t, ok := parseDate(c); ok {
			return t
		}
	}
	if t := pathDate(address); !t.IsZero() {
		return t
	}
	for _, line := range m.dated {
		if t, ok := parseDate(writtenDate.FindString(line)); ok {
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

// dateLayouts are what pages were seen to write, RFC 3339 first.
var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999", "2006-01-02T15:04",
	"2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05.999",
	"2006-01-02 15:04", "2006-01-02", "2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02", "20060102", "20060102T150405Z0700",
	time.RFC1123Z, time.RFC1123, time.ANSIC, time.UnixDate,
	"January 2, 2006 15:04:05", "January 2, 2006 3:04 PM", "January 2, 2006", "Jan 2, 2006 3:04 PM", "Jan 2, 2006", "Jan. 2, 2006",
	"Monday, January 2, 2006", "2 January 2006 15:04", "2 January 2006", "2 Jan 2006 15:04", "2 Jan 2006", "02.01.2006 15:04", "02.01.2006",
}

// parseDate reads a date as pages write it. Years before 1990 are mistakes: epochs and templates.
func parseDate(s string) (time.Time, bool) {
	s = clean(s)
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1990 && t.Year() < 2200 {
			return t, true
		}
	}
	return time.Time{}, false
}
