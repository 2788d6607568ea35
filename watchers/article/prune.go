package article

import (
	"regexp"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// notArticle are words that a template's author uses in a class or id for what stands beside an
// article: other articles, prompts, tools, captions.
var notArticle = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:` +
	`related|recirc|recommend(?:ed|ations?)|more-(?:stories|news|from|on|in)|read-?(?:more|next|also)|also-read|you-may|trending|popular|most-read|latest-news|` +
	`newsletter|sign-?up|subscribe|subscription|promo|advert(?:isement)?|ads?|sponsor(?:ed)?|outbrain|taboola|` +
	`share|sharing|social|addtoany|follow-us|` +
	`comments?|disqus|respond|` +
	`cookies?|consent|gdpr|` +
	`breadcrumbs?|pagination|tags?|tag-list|topics|toolbar|` +
	`caption|credit|byline|dateline|timestamp|author-?(?:bio|box|card|info)|about-author|bio|` +
	`print-only|sr-only|screen-reader(?:-text)?|visually-hidden|visuallyhidden` +
	`)(?:$|[\s_-])`)

var hiddenStyle = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*hidden`)

// prune removes the elements of a page that are no part of an article, before readability weighs
// what is left. An element with more than half of the page's paragraphs stays whatever it is
// called: templates put "has-comments" on the body.
func prune(doc *html.Node) {
	text := map[*html.Node]int{}
	weigh(doc, text)
	pruneBelow(doc, text, text[doc]/2)
}

// weigh notes for n and each element below how many bytes of text its paragraphs have.
func weigh(n *html.Node, text map[*html.Node]int) int {
	size := 0
	if n.DataAtom == atom.P {
		size = len(nodeText(n))
	} else {
		for c := range n.ChildNodes() {
			size += weigh(c, text)
		}
	}
	if size > 0 {
		text[n] = size
	}
	return size
}

func pruneBelow(n *html.Node, text map[*html.Node]int, most int) {
	for c, next := n.FirstChild, (*html.Node)(nil); c != nil; c = next {
		next = c.NextSibling
		switch {
		case c.Type != html.ElementNode:
		case isBeside(c) && text[c] <= most || isLinks(c):
			n.RemoveChild(c)
		default:
			pruneBelow(c, text, most)
		}
	}
}

// isLinks reports whether a paragraph is nothing but links: other articles, offered between
// two paragraphs of this one.
func isLinks(n *html.Node) bool {
	return n.DataAtom == atom.P && linkShare(n) > 0.9 && !endsSentence(nodeText(n))
}

func isBeside(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Html, atom.Head, atom.Body, atom.Article, atom.Main, atom.H1, atom.H2, atom.H3:
		return false
	case atom.Nav, atom.Aside, atom.Footer, atom.Figcaption, atom.Dialog, atom.Button, atom.Form, atom.Noscript:
		return true
	}
	if has(n, "hidden") || attr(n, "aria-hidden") == "true" || hiddenStyle.MatchString(attr(n, "style")) {
		return true
	}
	switch attr(n, "role") {
	case "navigation", "complementary", "dialog", "alertdialog", "contentinfo", "search", "menu", "banner":
		return true
	}
	return notArticle.MatchString(attr(n, "class")) || notArticle.MatchString(attr(n, "id"))
}
