package article

import (
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// How a run of text is weighed, and what holds runs. Half or twice of each cost changes the figures
// of TestEval by less than .003; so does a fade from .65 to .75.
const (
	linkCost = 3   // characters of prose that a character in a link takes away
	runCost  = 30  // characters of prose that make up for a run's being one: captions and buttons are short
	fade     = 0.7 // of the score of what an element holds, if it holds several things
)

// A weight is what a reader sees in an element. The text falls into runs: a paragraph, a heading,
// a cell, whatever stands between the bounds of blocks.
type weight struct {
	text, linked int     // characters, and how many of them in links
	inP          int     // characters in p elements
	value        int     // of all runs: what is in links and short counts against
	score        float64 // how well it would do as the article; see scale.article
}

// A scale has the weights of a page's blocks, of those with any text.
type scale map[*html.Node]weight

func weigh(doc *html.Node) scale {
	w := weigher{of: scale{}}
	w.block(doc)
	return w.of
}

// A weigher goes through a page once.
type weigher struct {
	of    scale
	run   weight // the run at hand
	links int    // how many links it is in
	space bool   // before the next character
}

// block weighs a block with all below it.
func (w *weigher) block(n *html.Node) weight {
	var all weight
	parts := w.inline(n, &all) + w.end(&all)
	if all.text == 0 {
		return all
	}
	if n.DataAtom == atom.P {
		all.inP = all.text
	}
	if parts > 1 { // a wrapper around one thing is worth as much as it
		all.score *= fade
	}
	w.of[n] = all
	return all
}

// inline adds what is below n to all, but for the run at hand, and returns how many runs and blocks
// that were.
func (w *weigher) inline(n *html.Node, all *weight) (parts int) {
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			w.write(c.Data)
		case c.Type != html.ElementNode || textless(c.DataAtom):
		case isBlock(c.DataAtom) || c.DataAtom == atom.Html:
			parts += w.end(all)
			if b := w.block(c); b.text > 0 {
				all.add(b)
				parts++
			}
		default:
			parts += w.wrapper(c, all)
		}
	}
	return parts
}

// wrapper goes through an inline element, which may hold blocks: a link around a teaser, a
// component of the site's own.
func (w *weigher) wrapper(n *html.Node, all *weight) (parts int) {
	if n.DataAtom == atom.A {
		w.links++
		defer func() { w.links-- }()
	}
	var held weight
	if parts = w.inline(n, &held); parts > 0 {
		w.of[n] = held
		all.add(held)
	}
	return parts
}

func (w *weigher) write(text string) {
	n := 0
	for _, r := range text {
		if unicode.IsSpace(r) {
			w.space = true
			continue
		}
		if w.space {
			n++
			w.space = false
		}
		n++
	}
	w.run.text += n
	if w.links > 0 {
		w.run.linked += n
	}
}

// end ends the run at hand and returns how many that were.
func (w *weigher) end(all *weight) int {
	run := w.run
	w.run, w.space = weight{}, false
	if run.text == 0 {
		return 0
	}
	run.value = run.text - linkCost*run.linked - runCost
	run.score = float64(run.value)
	all.text += run.text
	all.linked += run.linked
	all.value += run.value
	all.score += run.score
	return 1
}

// add adds a block to what holds it. A list of links takes nothing away: it can be left out.
func (w *weight) add(b weight) {
	w.text += b.text
	w.linked += b.linked
	w.inP += b.inP
	w.value += b.value
	w.score += max(b.score, 0)
}

// article returns the element that is the article: the one with most prose, nearest to its
// paragraphs, so that what stands beside the article adds less than it costs to include it. It
// is n or below it, nil where n has no text.
func (s scale) article(n *html.Node) *html.Node {
	if s[n].text == 0 {
		return nil
	}
	best := n
	for d := range n.Descendants() {
		if w, ok := s[d]; ok && holdsBlocks(d.DataAtom) && w.score >= s[best].score {
			best = d
		}
	}
	return best
}

// holdsBlocks reports whether such an element holds paragraphs as a rule, and is none.
func holdsBlocks(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Pre,
		atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Tr, atom.Caption, atom.Figcaption:
		return false
	}
	return true
}

// isLinks reports whether an element is a list of links.
func (s scale) isLinks(n *html.Node) bool {
	w, ok := s[n]
	return ok && w.value < 0 && 2*w.linked > w.text && holdsLinks(n.DataAtom)
}

func holdsLinks(tag atom.Atom) bool {
	return tag == atom.Ul || tag == atom.Ol || tag == atom.Dl || tag == atom.Li || holdsBlocks(tag)
}
