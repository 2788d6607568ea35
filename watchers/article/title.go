package article

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTitle is in bytes: what is longer is no headline.
const maxTitle = 1000

// separator stands between a headline and an outlet's name in a title.
var separator = regexp.MustCompile(`\s+[|\-–—:·•»«/~]+\s+|\s*[|｜»]\s*|_`)

// title asks og:title, JSON-LD, the other meta elements, the title element and the heading: what an
// outlet gives to be shown elsewhere is without its name more often than not, and never cut. But
// where the page's one heading has most of its words from any of them, it is the headline that
// readers see, and the others are shorter, longer or made for search engines.
func (m *meta) title(outlet, address string) string {
	claims := []string{m.tag("og:title"), m.ld.Headline, m.tag("twitter:title", "dc.title", "headline"), m.headTitle}
	if len(m.headings) == 1 {
		claims = slices.Insert(append(claims, m.headings[0]), 0, seen(m.headings[0], claims))
	}
	for _, c := range claims {
		if len(c) > maxTitle {
			continue
		}
		t := withoutOutlet(m.headline(clean(c)), outlet, address)
		t = withoutOutlet(barred(t), outlet, address)
		if t != "" && !namesOutlet(t, outlet, address) {
			return t
		}
	}
	return ""
}

// minHeading is in words: a shorter heading is a section's or the outlet's.
const minHeading = 3

// seen returns a page's heading if it is the headline of one of its titles, "" if not: that title
// itself where they differ in case and punctuation only, as templates write headings in capitals.
func seen(heading string, titles []string) string {
	words := strings.Fields(strings.ToLower(heading))
	if len(words) < minHeading || len(heading) > maxTitle {
		return ""
	}
	headline := ""
	for _, t := range titles {
		if len(t) > maxTitle {
			continue
		}
		if letters(t) == letters(heading) {
			return t
		}
		of := strings.Fields(strings.ToLower(t))
		common := 0
		for _, w := range words {
			if slices.Contains(of, w) {
				common++
			}
		}
		if 2*common > len(words) {
			headline = heading
		}
	}
	return headline
}

// barred returns the first part of more than a word of a title with vertical bars: templates write
// those, to put a section or a slogan beside the headline.
func barred(title string) string {
	for part := range strings.SplitSeq(title, " | ") {
		if strings.Contains(strings.TrimSpace(part), " ") {
			return part
		}
	}
	return title
}

// headline returns the heading of the page that the title begins or ends with: what else is in the
// title is the outlet's name or its section.
func (m *meta) headline(title string) string {
	for _, h := range m.headings {
		h = clean(h)
		if len(h) >= len(title)/3 && len(h) < len(title) && strings.Contains(h, " ") && (strings.HasPrefix(title, h) || strings.HasSuffix(title, h)) {
			return h
		}
	}
	return title
}

// withoutOutlet returns title without the outlet's name before or after a separator. The name is
// outlet, or what the host of address spells.
func withoutOutlet(title, outlet, address string) string {
	for {
		seps := separator.FindAllStringIndex(title, -1)
		if len(seps) == 0 {
			return title
		}
		last, head := seps[len(seps)-1], seps[0]
		switch {
		case namesOutlet(title[last[1]:], outlet, address):
			title = title[:last[0]]
		case namesOutlet(title[:head[0]], outlet, address):
			title = title[head[1]:]
		default:
			return title
		}
	}
}

// namesOutlet reports whether part of a title is an outlet's name, as it calls itself or as its
// host spells it.
func namesOutlet(part, outlet, address string) bool {
	p := letters(part)
	if p == "" {
		return false
	}
	if o := letters(outlet); o != "" && (p == o || len(o) > 3 && strings.HasPrefix(p, o) && len(p) < 2*len(o)) {
		return true
	}
	host := hostName(address)
	if host == "" {
		return false
	}
	label, _, _ := strings.Cut(site(host), ".")
	return p == letters(host) || p == letters(site(host)) || p == letters(label)
}

// letters returns the letters and digits of a name in lower case, without a leading "the".
func letters(name string) string {
	name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "the ")
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name)
}

// outlet asks og:site_name, JSON-LD, application-name, the end of the title, and at last the host.
func (m *meta) outlet(address string) string {
	named := first(m.tag("og:site_name"), clean(m.ld.Publisher), m.tag("application-name", "apple-mobile-web-app-title", "publisher", "dc.publisher"))
	if named != "" && utf8.RuneCountInString(named) <= 80 {
		name, _, _ := strings.Cut(named, " | ") // a slogan follows
		return strings.TrimPrefix(name, "www.")
	}
	return first(titleSuffix(clean(m.headTitle), address), hostName(address))
}

// titleSuffix returns the end of a title where it is the name that address's host spells: "The
// Harbour Ledger" of theharbourledger.example.
func titleSuffix(title, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	seps := separator.FindAllStringIndex(title, -1)
	if len(seps) == 0 {
		return ""
	}
	suffix := strings.TrimSpace(title[seps[len(seps)-1][1]:])
	label, _, _ := strings.Cut(site(u.Hostname()), ".")
	if label != "" && letters(suffix) == letters(strings.TrimPrefix(label, "the")) {
		return suffix
	}
	return ""
}
