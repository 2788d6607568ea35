package article

import (
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
	shown     shown
	credits   credits
}

func readMeta(doc *html.Node, v vocabulary) *meta {
	m := &meta{tags: map[string]string{}}
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
		}
		class := v.of(attr(n, "class"))
		m.shown.add(n, class)
		m.credits.add(n, class)
	}
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

func (m *meta) author(outlet string) string {
	sources := [][]string{m.ld.Authors}
	for _, name := range []string{"author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl", "cxenseparse:author"} {
		sources = append(sources, []string{m.tags[name]})
	}
	sources = append(sources, m.credits.marked, m.credits.called, m.credits.lines)
	for _, not := range []string{outlet, ""} { // where no person is named, the outlet is the author
		for _, lines := range sources {
			if names := authors(lines, not); names != "" {
				return names
			}
		}
	}
	return ""
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
