package article

import (
	"regexp"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var hiddenStyle = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*hidden`)

// prune removes the elements of a page that are no part of an article, before what is left is
// weighed. An element that is only called so stays if it has more than half of the page's
// paragraphs: templates put "has-comments" on the body, and all of a page in a form.
func prune(doc *html.Node, s scale, v vocabulary) {
	s.pruneBelow(doc, v, s[doc].inP/2)
}

func (s scale) pruneBelow(n *html.Node, v vocabulary, most int) {
	for c, next := n.FirstChild, (*html.Node)(nil); c != nil; c = next {
		next = c.NextSibling
		switch {
		case c.Type != html.ElementNode:
		case neverArticle(c) || isBeside(c, v) && s[c].inP <= most || s.isTeaser(c):
			n.RemoveChild(c)
		default:
			s.pruneBelow(c, v, most)
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
func isBeside(n *html.Node, v vocabulary) bool {
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
	return (v.of(attr(n, "class"))|v.of(attr(n, "id")))&beside != 0
}
