package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Miss says in plain words why a does not meet the rule of a name, by the nearest missing part:
// `"revenue share" is there, nothing of @labs within 30 words of it`. It returns "" where a meets
// the rule, and where there is none of that name.
func (s *Set) Miss(a *news.Article, rule string) string {
	rules := s.Rules()
	i := slices.IndexFunc(rules, func(r news.Rule) bool { return r.Name == rule })
	if i < 0 {
		return ""
	}
	q, err := Parse(rules[i].Match)
	if err != nil {
		return "" // cannot be: it was compiled once
	}
	p := s.prober(a, q.root)
	if p.holds(q.root, body) {
		return ""
	}
	return p.why(q.root, body)
}

// A prober asks an article about the parts of one rule.
type prober struct {
	*doc
	parts map[*node]matcher
}

// prober returns a prober of a for n and all that is below it.
func (s *Set) prober(a *news.Article, n *node) *prober {
	p := &part{dict: newDict(0)}
	c := newCompiler(p, s.lists, s.parties)
	parts := map[*node]matcher{}
	n.all(func(k *node) {
		if m, err := c.matcher(k); err == nil { // what only has a meaning behind its field is not asked
			m.needs(p.dict)
			parts[k] = m
		}
	})
	d := newSet(s.lists, s.parties, []*part{p}, []bitset{nil}).newDoc()
	d.read(a)
	return &prober{d, parts}
}

func (p *prober) holds(n *node, fields fieldSet) bool {
	return p.doc.holds(p.parts[n], fields)
}

// asWords reports whether the field n is asked for words, not for what it is as a whole.
func asWords(n *node) bool { return n.text != "site" && n.text != "lang" }

// why says why n does not hold in fields.
func (p *prober) why(n *node, fields fieldSet) string {
	switch n.op {
	case opAnd:
		return p.whyNotAll(n, fields)
	case opOr:
		return p.whyNone(n, fields)
	case opNot:
		return named(n.kids[0]) + " must not be there, but is"
	case opField:
		return p.whyNotIn(n)
	case opBeside:
		return p.whyNotBeside(n, fields)
	case opNear, opBefore:
		return p.whyNotNear(n, fields)
	}
	return p.whyNoLeaf(n, fields)
}

// whyNotAll names the parts of n that hold, then what is wrong with the others.
func (p *prober) whyNotAll(n *node, fields fieldSet) string {
	var there []*node
	var wrong []string
	for _, k := range n.kids {
		switch {
		case !p.holds(k, fields):
			wrong = append(wrong, p.why(k, fields))
		case k.op != opNot:
			there = append(there, k)
		}
	}
	return after(there, strings.Join(wrong, "; "))
}

// after returns what is wrong behind what is there.
func after(there []*node, wrong string) string {
	if len(there) == 0 {
		return wrong
	}
	return is(there) + ", " + wrong
}

// is says that nodes are there.
func is(nodes []*node) string {
	var names []string
	for _, n := range nodes {
		names = append(names, named(n))
	}
	if len(names) == 1 {
		return names[0] + " is there"
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last] + " are there"
}

// named returns n as it is written in a rule, a word in quotes.
func named(n *node) string {
	if n.op == opWord {
		return `"` + n.text + `"`
	}
	return n.String()
}

// whyNone says what the alternative that is nearest to hold lacks; where nothing of any is there,
// it names them all.
func (p *prober) whyNone(n *node, fields fieldSet) string {
	best, most := n.kids[0], 0
	for _, k := range n.kids {
		if found := p.found(k, fields); found > most {
			best, most = k, found
		}
	}
	if most > 0 {
		return p.why(best, fields)
	}
	return nothing(n.kids)
}

// nothing says that none of nodes is there.
func nothing(nodes []*node) string {
	var none []string
	for _, n := range nodes {
		none = append(none, no(n))
	}
	const many = 4
	if len(none) > many {
		return fmt.Sprintf("%s, and none of %d others", strings.Join(none[:many], ", "), len(none)-many)
	}
	return strings.Join(none, ", ")
}

// no says that n is not there: `no "exclusive"`, "nothing of @labs".
func no(n *node) string {
	switch n.op {
	case opList:
		return "nothing of " + n.String()
	case opRegex:
		return "nothing that fits " + n.String()
	}
	return "no " + named(n)
}

// found counts the parts below n that hold, absences not among them.
func (p *prober) found(n *node, fields fieldSet) (count int) {
	switch {
	case n.op == opNot:
		return 0
	case n.op == opField && asWords(n):
		fields = fieldOf(n.text)
	case n.op == opField || len(n.kids) == 0:
		if p.holds(n, fields) {
			return 1
		}
		return 0
	}
	for _, k := range n.kids {
		count += p.found(k, fields)
	}
	return count
}

func (p *prober) whyNotIn(n *node) string {
	k := n.kids[0]
	switch {
	case n.text == "lang":
		return fmt.Sprintf("the language is %s, not %s", primary(p.a.Lang), k)
	case n.text == "site":
		link := p.a.Link()
		from, to := host(link)
		if from == to {
			return fmt.Sprintf("no address, so not %s", k)
		}
		return fmt.Sprintf("the site is %s, not %s", strings.ToLower(link[from:to]), k)
	case n.text == "title" && p.holds(k, fieldOf("text")), n.text == "text" && p.holds(k, fieldOf("title")):
		return fmt.Sprintf("%s, but not in the %s", is([]*node{k}), n.text)
	}
	return p.why(k, fieldOf(n.text)) + " in the " + n.text
}

func (p *prober) whyNotBeside(n *node, fields fieldSet) string {
	there, missing := p.split(n.kids, fields)
	if len(missing) > 0 {
		return after(there, p.whyEach(missing, fields))
	}
	return fmt.Sprintf("%s, but not within %d words", is(there), maxBeside) + p.differ(n)
}

func (p *prober) whyNotNear(n *node, fields fieldSet) string {
	there, missing := p.split(n.kids, fields)
	if len(missing) > 0 {
		return after(there, p.whyEach(missing, fields))
	}
	a, b := n.kids[0], n.kids[1]
	said := is([]*node{a}) + ", " + no(b)
	if n.op == opBefore {
		said += fmt.Sprintf(" within %s after it", words(n.n))
	} else {
		said += fmt.Sprintf(" within %s of it", words(n.n))
	}
	if text, gap := p.nearest(n, fields); gap > 0 {
		return said + fmt.Sprintf("; the nearest, %q, is %s away", text, words(int(gap)))
	}
	return said + p.differ(n)
}

// differ reminds of what lists that stand together have to do.
func (p *prober) differ(n *node) string {
	if n.explainParties() == "" {
		return ""
	}
	return "; lists need different parties there"
}

// split sorts nodes by whether they hold.
func (p *prober) split(nodes []*node, fields fieldSet) (there, missing []*node) {
	for _, n := range nodes {
		if p.holds(n, fields) {
			there = append(there, n)
		} else {
			missing = append(missing, n)
		}
	}
	return there, missing
}

func (p *prober) whyEach(missing []*node, fields fieldSet) string {
	var whys []string
	for _, n := range missing {
		whys = append(whys, p.why(n, fields))
	}
	return strings.Join(whys, ", ")
}

// nearest returns the place of the second part of the NEAR or BEFORE n that comes nearest to one
// of the first, in the right order, and how far it is; 0 if no field has both.
func (p *prober) nearest(n *node, fields fieldSet) (text string, gap int32) {
	for st := range p.in(fields) {
		as, bs := p.places(n.kids[0], st), p.places(n.kids[1], st)
		for _, x := range as {
			for _, y := range bs {
				if n.op == opBefore && y.start < x.end {
					continue
				}
				if d := apart(x, y); d > int32(n.n) && (gap == 0 || d < gap) {
					text, gap = st.text[st.tokens[y.start].from:st.tokens[y.end-1].to], d
				}
			}
		}
	}
	return text, gap
}

// places returns the first places of n in st.
func (p *prober) places(n *node, st *stream) (all []extent) {
	const enough = 500 // so that no two parts have more than 250,000 pairs
	var at placer
	switch m := p.parts[n].(type) {
	case found:
		at = m.leaf
	case together:
		at = m.placer
	case anyOf:
		for _, k := range n.kids {
			all = append(all, p.places(k, st)...)
		}
		return all[:min(len(all), enough)]
	default:
		return nil
	}
	return slices.Clone(p.search.places(p.doc, st, at, enough))
}

// whyNoLeaf says why a word, phrase, list or regular expression is not there.
func (p *prober) whyNoLeaf(n *node, fields fieldSet) string {
	switch n.op {
	case opPhrase, opExact:
		if said := p.set.scattered(p.a, n, fields); said != "" {
			return said
		}
	}
	return no(n)
}

// scattered says so where the words of n are there, but not as it wants them; "" where they are not.
func (s *Set) scattered(a *news.Article, n *node, fields fieldSet) string {
	loose := &node{op: opPhrase, text: n.text}
	each := &node{op: opAnd}
	for _, t := range tokenize(n.text) {
		each.kids = append(each.kids, &node{op: opWord, text: n.text[t.from:t.to]})
	}
	switch p := s.prober(a, &node{op: opOr, kids: []*node{loose, each}}); {
	case n.op == opExact && p.holds(loose, fields):
		return fmt.Sprintf("%q is there, but not to the letter", n.text)
	case len(each.kids) > 1 && p.holds(each, fields):
		return fmt.Sprintf("the words of %q are there, but not in a row", n.text)
	}
	return ""
}
