package article

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text returns an HTML fragment (a feed's title, summary or content) as plain text: entities
// decoded once, one line for each block element or line break, other white space collapsed to a
// space, scripts and the like left out. It is valid UTF-8 without control or format characters.
// Text of a plain string is that string with its white space collapsed.
func Text(fragment string) string {
	var p prose
	dropped := 0 // how many elements without text we are in
	for z := html.NewTokenizer(strings.NewReader(fragment)); ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return p.String()
		case html.TextToken:
			if dropped == 0 {
				p.write(string(z.Text()))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			switch {
			case textless(tag) && kind == html.StartTagToken:
				dropped++
			case textless(tag) && kind == html.EndTagToken:
				dropped = max(dropped-1, 0)
			default:
				p.tag(tag)
			}
		}
	}
}

// nodeText returns the text below n, in the form of Text.
func nodeText(n *html.Node) string {
	var p prose
	p.node(n)
	return p.String()
}

// maxSeen is how many nodes a short text is looked for in.
const maxSeen = 100

// shortText returns the text below n in one line, "" if it is longer than most bytes or lies in more
// than maxSeen nodes. It costs little however much is below n: any of thousands of elements may be
// short.
func shortText(n *html.Node, most int) string {
	p := prose{most: most}
	p.node(n)
	if p.isFull() {
		return ""
	}
	return strings.ReplaceAll(p.String(), "\n", " ")
}

// clean returns s in one line, without white space around it, control or format characters.
func clean(s string) string {
	var p prose
	p.write(s)
	return p.String()
}

// A prose collects text as a browser shows it. The zero prose is empty.
type prose struct {
	b           strings.Builder
	space, line bool // owed before the next word
	pre         int  // depth of elements where a blank line is a paragraph's end
	most        int  // bytes of a short text, 0 for any
	seen        int  // nodes
}

func (p *prose) String() string { return p.b.String() }

func (p *prose) node(n *html.Node) {
	p.seen++
	if n.Type == html.TextNode {
		text := n.Data
		if p.most > 0 && len(text) > 8*p.most { // most of it white space, or too long
			text = text[:8*p.most]
		}
		p.write(text)
		return
	}
	if n.Type == html.ElementNode && textless(n.DataAtom) {
		return
	}
	if n.DataAtom == atom.Pre {
		p.pre++
		defer func() { p.pre-- }()
	}
	p.tag(n.DataAtom)
	for c := n.FirstChild; c != nil && !p.isFull(); c = c.NextSibling {
		p.node(c)
	}
	p.tag(n.DataAtom)
}

// isFull reports whether a short text is none.
func (p *prose) isFull() bool { return p.most > 0 && (p.b.Len() > p.most || p.seen > maxSeen) }

func (p *prose) tag(tag atom.Atom) {
	switch {
	case isBlock(tag):
		p.line = true
	case tag == atom.Td || tag == atom.Th:
		p.space = true
	}
}

func (p *prose) write(s string) {
	newlines := 0
	for i, r := range s {
		switch {
		case r == '\n':
			newlines++
			p.line = p.line || p.pre > 0 && newlines > 1
			p.space = true
		case unicode.IsSpace(r) || unicode.IsControl(r):
			p.space = true
		case unicode.Is(unicode.Cf, r): // zero width, direction, tags: they hide or reorder text
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"): // invalid
		default:
			newlines = 0
			p.rune(r)
		}
	}
}

func (p *prose) rune(r rune) {
	if p.b.Len() > 0 {
		switch {
		case p.line:
			p.b.WriteByte('\n')
		case p.space:
			p.b.WriteByte(' ')
		}
	}
	p.space, p.line = false, false
	p.b.WriteRune(r)
}

// textless reports whether nothing in such an element is text for a reader.
func textless(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Object, atom.Svg, atom.Math,
		atom.Canvas, atom.Audio, atom.Video, atom.Select, atom.Textarea, atom.Button, atom.Head, atom.Title:
		return true
	}
	return false
}

func isBlock(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.Br, atom.Hr, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Blockquote, atom.Pre, atom.Figure, atom.Figcaption,
		atom.Table, atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr,
		atom.Article, atom.Section, atom.Main, atom.Header, atom.Footer, atom.Nav, atom.Aside, atom.Address,
		atom.Details, atom.Summary, atom.Dialog, atom.Form, atom.Fieldset, atom.Center, atom.Body:
		return true
	}
	return false
}
