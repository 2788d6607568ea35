package article

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// shortBody is in characters. Fewer are no article beside another, no release before its lawyers.
	shortBody = 250
	// longIntro is in characters of prose: what stands before the article and is longer is no
	// standfirst but its first paragraphs.
	longIntro = 300
)

// readBody returns the article's text and whether it is only an excerpt. It takes doc apart.
func readBody(doc *html.Node, m *meta, v vocabulary, p Page) (text string, excerpt bool) {
	prune(doc, weigh(doc), v)
	lines := bodyLines(doc, p.Title)
	if isFiling(lines, p.Canonical) {
		lines = filingLines(lines)
	}
	body := tidy(lines, p)
	// articleBody is without boilerplate and without structure; it is the better text only where
	// the page shows little of it.
	if linked := tidy(ldLines(m.ld.Body), p); size(body)*5 < size(linked)*3 {
		body = linked
	}
	body, walled := cutWall(body)
	text = strings.Join(body, "\n")
	if text == "" {
		text = Text(m.tag("og:description", "description", "twitter:description"))
		return text, text != ""
	}
	return text, walled || isStub(text, m)
}

// bodyLines returns the lines of the page's article, nil where there is no text.
func bodyLines(doc *html.Node, title string) []string {
	s := weigh(doc)
	best := s.article(doc)
	if best == nil {
		return nil
	}
	if own := s.headed(best, title); own != nil {
		best = own
	}
	intro := s.intro(best)
	if 3*s.links(best) < s[best].text { // with more it is an article of links
		s.dropLinks(best)
	}
	return strings.Split(intro+"\n"+nodeText(best), "\n")
}

// headed returns the article within the article element below n that has the page's headline, nil if
// there is none: where a page goes on to the next article, that is not this one.
func (s scale) headed(n *html.Node, title string) *html.Node {
	for d := range n.Descendants() {
		if d.DataAtom != atom.H1 && d.DataAtom != atom.H2 || letters(shortText(d, maxTitle)) != letters(title) {
			continue
		}
		for a := d.Parent; a != n; a = a.Parent {
			if a.DataAtom == atom.Article && s[a].value >= shortBody {
				return s.article(a)
			}
		}
	}
	return nil
}

// intro returns the blocks of prose between the page's headline and the article, in case its first
// paragraphs are set apart.
func (s scale) intro(n *html.Node) string {
	var blocks []string
	for ; n != nil; n = n.Parent {
		for b := n.PrevSibling; b != nil; b = b.PrevSibling {
			if hasH1(b) {
				slices.Reverse(blocks)
				return strings.Join(blocks, "\n")
			}
			if s[b].value >= longIntro {
				blocks = append(blocks, nodeText(b))
			}
		}
	}
	return ""
}

func hasH1(n *html.Node) bool {
	if n.DataAtom == atom.H1 {
		return true
	}
	for d := range n.Descendants() {
		if d.DataAtom == atom.H1 {
			return true
		}
	}
	return false
}

// links returns how many characters of text the lists of links below n have.
func (s scale) links(n *html.Node) (sum int) {
	for c := range n.ChildNodes() {
		if s.isLinks(c) {
			sum += s[c].text
		} else {
			sum += s.links(c)
		}
	}
	return sum
}

// dropLinks removes the lists of links below n.
func (s scale) dropLinks(n *html.Node) {
	for c, next := n.FirstChild, (*html.Node)(nil); c != nil; c = next {
		next = c.NextSibling
		if s.isLinks(c) {
			n.RemoveChild(c)
		} else {
			s.dropLinks(c)
		}
	}
}

// ldLines returns the paragraphs of a JSON-LD articleBody: HTML, or plain text with line breaks.
func ldLines(body string) []string {
	if hasMarkup([]byte(body)) {
		return strings.Split(Text(body), "\n")
	}
	var lines []string
	for line := range strings.Lines(body) {
		lines = append(lines, Text(line)) // entities are escaped twice now and then
	}
	return lines
}

func size(lines []string) (n int) {
	for _, l := range lines {
		n += utf8.RuneCountInString(l)
	}
	return n
}
