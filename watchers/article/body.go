package article

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// maxDepths is the sum of the depths of all elements, which readability's time grows with. The
	// longest articles have a tenth of it; pages made to be slow take over 20 s at 20 times as much.
	maxDepths = 1_000_000
	// shortBody is in characters. Less than this from readability makes it worth asking elsewhere.
	shortBody = 250
)

// readBody returns the article's text and whether it is only an excerpt. It takes doc apart.
func readBody(doc *html.Node, m *meta, p Page) (text string, excerpt bool) {
	address, _ := url.Parse(first(p.Canonical, "http://localhost/"))
	prune(doc)
	body := tidy(readable(doc, address), p)
	if size(body) < shortBody {
		if dense := tidy(densest(doc), p); size(dense) > size(body) {
			body = dense
		}
	}
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
	return text, walled || m.ld.Paid && size(body) < longTeaser && brokenOff(text)
}

// readable returns the lines of what readability takes for the article, nil if it finds none.
func readable(doc *html.Node, address *url.URL) []string {
	if depths(doc, 0) > maxDepths {
		return nil
	}
	parser := readability.NewParser()
	parser.DisableJSONLD = true // read already, and with fewer guesses
	parser.KeepClasses = true   // nobody sees them: the time is better spent
	found, err := parser.ParseDocument(doc, address)
	if err != nil || found.Node == nil {
		return nil
	}
	return strings.Split(nodeText(found.Node), "\n")
}

func depths(n *html.Node, depth int) int {
	sum := depth
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			sum += depths(c, depth+1)
		}
	}
	return sum
}

// densest returns the lines of the element that has most text in paragraphs directly below it. It
// finds what readability leaves out: short articles, and those of pages that would keep it too long.
func densest(doc *html.Node) []string {
	score := map[*html.Node]int{}
	var best *html.Node
	for n := range doc.Descendants() {
		if n.DataAtom != atom.P || linkShare(n) > 0.5 {
			continue
		}
		score[n.Parent] += utf8.RuneCountInString(nodeText(n))
		if best == nil || score[n.Parent] > score[best] {
			best = n.Parent
		}
	}
	if best == nil {
		return nil
	}
	return strings.Split(nodeText(best), "\n")
}

// linkShare returns how much of an element's text is in links, from 0 to 1.
func linkShare(n *html.Node) float64 {
	all := len(nodeText(n))
	if all == 0 {
		return 0
	}
	linked := 0
	for d := range n.Descendants() {
		if d.DataAtom == atom.A {
			linked += len(nodeText(d))
		}
	}
	return float64(linked) / float64(all)
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
