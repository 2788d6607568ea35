package article

import (
	"regexp"
	"strings"

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
	total := paragraphs(doc)
	var doomed []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && isBeside(n) && 2*paragraphs(n) <= total {
			doomed = append(doomed, n)
		}
	}
	for _, n := range doomed {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
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

// paragraphs returns how many bytes of text are in paragraphs below n.
func paragraphs(n *html.Node) (size int) {
	for d := range n.Descendants() {
		if d.DataAtom == atom.P {
			size += len(strings.TrimSpace(nodeText(d)))
		}
	}
	return size
}
