package article

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/language"
)

// maxHeadings is how many first-level headings are looked at: a page should have one.
const maxHeadings = 20

// A meta is what a page says about itself outside of its body. Publishers copy one thing into many
// places and get some wrong; each method of meta names the places it asks, the most careful first.
type meta struct {
	tags      map[string]string // meta elements by property, name, itemprop or http-equiv, in lower case; the first wins
	ld        linked
	canonLink string // of link rel=canonical
	htmlLang  string
	headTitle string   // the title element
	headings  []string // h1 elements
	times     []string // the datetime of time elements, those marked as published first
	dated     []string // short texts of elements that a template calls a date
	bylines   []string // elements marked as the author's name
}

func readMeta(doc *html.Node) *meta {
	m := &meta{tags: map[string]string{}}
	var marked []string
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Html:
			m.htmlLang = first(m.htmlLang, attr(n, "lang"), attr(n, "xml:lang"))
		case atom.Title:
			if n.Namespace == "" {
				m.headTitle = first(m.headTitle, innerText(n))
			}
		case atom.H1:
			if len(m.headings) < maxHeadings {
				m.headings = append(m.headings, nodeText(n))
			}
		case atom.Link:
			if hasWord(attr(n, "rel"), "canonical") {
				m.canonLink = first(m.canonLink, attr(n, "href"))
			}
		case atom.Meta:
			m.addTag(n)
		case atom.Script:
			if strings.Contains(strings.ToLower(attr(n, "type")), "ld+json") {
				m.ld.add(innerText(n))
			}
		case atom.Time:
			m.times = append(m.times, attr(n, "datetime"))
		}
		if hasWord(attr(n, "itemprop"), "datePublished") || n.DataAtom == atom.Time && has(n, "pubdate") {
			marked = append(marked, first(attr(n, "content"), attr(n, "datetime"), nodeText(n)))
		}
		if hasWord(attr(n, "rel"), "author") || hasWord(attr(n, "itemprop"), "author") {
			m.bylines = append(m.bylines, nodeText(n))
		}
		if isDated(n) && len(m.dated) < maxDated {
			m.dated = append(m.dated, nodeText(n))
		}
	}
	m.times = append(marked, m.times...)
	return m
}

func (m *meta) addTag(n *html.Node) {
	content := clean(attr(n, "content"))
	for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
		if name := strings.ToLower(strings.TrimSpace(attr(n, key))); name != "" && m.tags[name] == "" {
			m.tags[name] = content
		}
	}
}

// tag returns the first of the named meta elements that says something.
func (m *meta) tag(names ...string) string {
	for _, name := range names {
		if v := m.tags[name]; v != "" {
			return v
		}
	}
	return ""
}

func (m *meta) canonical(address string) string {
	return first(plausible(m.canonLink, address), plausible(m.tag("og:url"), address),
		plausible(m.ld.URL, address), Canonical(address))
}

func (m *meta) lang() string {
	return first(subtag(m.htmlLang), subtag(m.ld.Lang), subtag(m.tag("og:locale")),
		subtag(m.tag("content-language", "language", "dc.language")))
}

// subtag returns the primary subtag of a BCP 47 tag or a POSIX locale, "" if it is neither.
func subtag(tag string) string {
	t, err := language.Parse(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"))
	if err != nil || t == language.Und {
		return ""
	}
	base, _ := t.Base()
	return base.String()
}

func (m *meta) author() string {
	names := m.ld.Authors
	if len(names) == 0 {
		names = []string{m.tag("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl")}
	}
	if isName(names[0]) {
		return authors(names)
	}
	return authors(m.bylines)
}

var byWord = regexp.MustCompile(`(?i)^(?:written\s+|posted\s+)?(?:by|von|par|por)[:\s]+`)

// authors joins the distinct names, leaving out what is none: addresses, @handles, whole sentences.
func authors(names []string) string {
	var kept []string
	for _, name := range names {
		name = byWord.ReplaceAllString(clean(name), "")
		if isName(name) && !contains(kept, name) {
			kept = append(kept, name)
		}
	}
	return strings.Join(kept, ", ")
}

func isName(s string) bool {
	return s != "" && len(s) <= 120 && !strings.Contains(s, "://") && !strings.HasPrefix(s, "@")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// innerText returns the text nodes of a script or title element as they are.
func innerText(n *html.Node) string {
	var b strings.Builder
	for c := range n.ChildNodes() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// first returns the first of its arguments that is more than white space, trimmed.
func first(s ...string) string {
	for _, v := range s {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

func hasWord(list, word string) bool { return contains(strings.Fields(list), word) }

func contains(list []string, s string) bool {
	for _, v := range list {
		if strings.EqualFold(v, s) {
			return true
		}
	}
	return false
}
