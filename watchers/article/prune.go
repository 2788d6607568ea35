package article

import (
	"regexp"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var hiddenStyle = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*hidden`)

// A pruner removes the elements of a page that are no part of an article, before what is left is
// weighed.
type pruner struct {
	scale
	vocabulary
	inP  bool // the page has paragraphs, and is not just text with line breaks
	most int  // half of the page's text: in paragraphs if it has them
}

func prune(doc *html.Node, s scale, v vocabulary) {
	all := s[doc]
	p := pruner{scale: s, vocabulary: v, inP: 4*all.inP >= all.text-all.linked}
	p.most = p.text(doc) / 2
	p.below(doc)
}

// text returns how much text an element has, in paragraphs if the page has them.
func (p *pruner) text(n *html.Node) int {
	w := p.scale[n]
	if p.inP {
		return w.inP
	}
	return w.text - w.linked
}

// below prunes what is below n. An element that is only called beside the article stays if it has
// more than half of the page's text: templates put "has-comments" on the body, and all of a page in
// a form.
func (p *pruner) below(n *html.Node) {
	for c, next := n.FirstChild, (*html.Node)(nil); c != nil; c = next {
		next = c.NextSibling
		switch {
		case c.Type != html.ElementNode:
		case neverArticle(c) || p.isBeside(c) && p.text(c) <= p.most || p.isTeaser(c):
			n.RemoveChild(c)
		default:
			p.below(c)
		}
	}
}

// isTeaser reports whether a paragraph is nothing but links: other articles, offered between two
// paragraphs of this one.
func (s scale) isTeaser(n *html.Node) bool {
	w := s[n]
	return n.DataAtom == atom.P && 10*w.linked > 9*w.text && !endsSentence(shortText(n, maxTitle))
}

// neverArticle reports whether the standard says that such an element is beside the article or is
// no text of it.
func neverArticle(n *html.Node) bool {
	switch n.DataAtom {
	case 0:
		return ampBeside[n.Data]
	case atom.Nav, atom.Aside, atom.Footer, atom.Figcaption, atom.Dialog, atom.Button, atom.Noscript:
		return true
	}
	return false
}

// ampBeside are AMP's own elements that hold text that is beside the article.
var ampBeside = map[string]bool{
	"amp-ad": true, "amp-sticky-ad": true, "amp-auto-ads": true, "amp-embed": true, "amp-sidebar": true, "amp-consent": true,
	"amp-user-notification": true, "amp-lightbox": true, "amp-social-share": true, "amp-subscriptions-dialog": true,
	"amp-next-page": true, "amp-list": true,
}

// isBeside reports whether an element's template seems to put it beside the article.
func (p *pruner) isBeside(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Html, atom.Head, atom.Body, atom.Article, atom.Main, atom.H1, atom.H2, atom.H3:
		return false
	case atom.Form:
		return true
	}
	if has(n, "hidden") || attr(n, "aria-hidden") == "true" || hiddenStyle.MatchString(attr(n, "style")) {
		return true
	}
	switch attr(n, "role") {
	case "navigation", "complementary", "dialog", "alertdialog", "contentinfo", "search", "menu", "banner":
		return true
	}
	return (p.of(attr(n, "class"))|p.of(attr(n, "id")))&beside != 0
}
