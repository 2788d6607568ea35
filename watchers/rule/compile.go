package rule

import (
	"maps"
	"slices"
	"strings"
)

// A compiler turns queries into matchers of one part.
type compiler struct {
	part    *part
	lists   Lists
	parties *parties
	leaves  map[leafKey]*leaf // so far: a list, and a term that several rules have, are found once an article
	numbers int32             // of the leaves of the rule
}

// A leafKey is what two nodes have in common that are the same leaf.
type leafKey struct {
	op   op
	text string
}

func newCompiler(p *part, ls Lists, ps *parties) *compiler {
	return &compiler{part: p, lists: ls, parties: ps, leaves: map[leafKey]*leaf{}}
}

// rule returns the matcher of q.
func (c *compiler) rule(q *Query) (matcher, error) {
	c.numbers = 0
	return c.matcher(q.root)
}

// matcher returns the matcher of n.
func (c *compiler) matcher(n *node) (matcher, error) {
	switch n.op {
	case opAnd:
		kids, err := compileAll(n.kids, c.matcher)
		return allOf(kids), err
	case opOr:
		kids, err := compileAll(n.kids, c.matcher)
		return anyOf(kids), err
	case opNot:
		m, err := c.matcher(n.kids[0])
		return noneOf{m}, err
	case opField:
		return c.field(n)
	case opRegex:
		return c.regex(n.text)
	}
	p, err := c.placer(n)
	if l, ok := p.(*leaf); ok {
		return found{l}, err
	}
	return together{p}, err
}

// compileAll returns what compile makes of each of nodes.
func compileAll[T any](nodes []*node, compile func(*node) (T, error)) ([]T, error) {
	out := make([]T, len(nodes))
	for i, n := range nodes {
		var err error
		if out[i], err = compile(n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// placer returns the placer of n, which is a place.
func (c *compiler) placer(n *node) (placer, error) {
	switch n.op {
	case opList, opExact, opWord, opPhrase:
		return c.leaf(n)
	case opBeside:
		kids, err := compileAll(n.kids, c.placer)
		return beside(kids), err
	case opNear, opBefore:
		kids, err := compileAll(n.kids, c.placer)
		if err != nil {
			return nil, err
		}
		return &near{kids[0], kids[1], int32(n.n), n.op == opBefore}, nil
	}
	kids, err := compileAll(n.kids, c.placer)
	return alternatives(kids), err
}

// leaf returns the leaf of a word, phrase or list: the one there is, or a new one.
func (c *compiler) leaf(n *node) (placer, error) {
	key := leafKey{n.op, n.text}
	if l, ok := c.leaves[key]; ok {
		c.share(l)
		c.part.dict.useAgain(l)
		return l, nil
	}
	var l *leaf
	switch n.op {
	case opList:
		var err error
		if l, err = c.list(n); err != nil {
			return nil, err
		}
		c.share(l)
	case opExact:
		l = newTermLeaf(c.part.dict.newExact(n.text))
	default:
		l = newTermLeaf(c.part.dict.newTerm(n.text, stemmed))
	}
	if !l.shared {
		l.number = c.numbers
		c.numbers++
	}
	c.leaves[key] = l
	return l, nil
}

// share gives l a number that no other leaf of the Set has.
func (c *compiler) share(l *leaf) {
	if !l.shared {
		l.shared, l.number = true, c.part.shared
		c.part.shared++
	}
}

// field returns the matcher of a field and what stands behind its colon.
func (c *compiler) field(n *node) (matcher, error) {
	switch n.text {
	case "site":
		return c.plain(n.kids[0], func(host string) matcher {
			return site(strings.TrimPrefix(strings.ToLower(host), "www."))
		})
	case "lang":
		return c.plain(n.kids[0], func(lang string) matcher { return inLanguage(primary(lang)) })
	case "party", "term", "change":
		return nil, &SyntaxError{n.pos, "deal terms are not read yet, so " + n.text + ": would wait for ever", "leave it out, or look for the words: exclusivity BEFORE/8 ended"}
	}
	fields := fieldOf(n.text)
	c.part.fields |= fields
	m, err := c.matcher(n.kids[0])
	return inField{m, fields}, err
}

// plain returns the matcher of a word or of alternatives, each made by make.
func (c *compiler) plain(n *node, make func(string) matcher) (matcher, error) {
	if n.op != opOr {
		return make(n.text), nil
	}
	kids, err := compileAll(n.kids, func(k *node) (matcher, error) { return c.plain(k, make) })
	return anyOf(kids), err
}

// list returns the leaf of a list.
func (c *compiler) list(n *node) (*leaf, error) {
	list, ok := c.lists[n.text]
	if !ok {
		return nil, &SyntaxError{n.pos, "no such list: @" + n.text, c.listHint(n.text)}
	}
	l, err := c.newList(list)
	if err != nil {
		return nil, &SyntaxError{n.pos, "list @" + n.text + ": " + err.Error(), "give it names, or leave it out"}
	}
	return l, nil
}

// listHint names the list that was probably meant, or all of them.
func (c *compiler) listHint(name string) string {
	names := slices.Sorted(maps.Keys(c.lists))
	if len(names) == 0 {
		return "there are no lists; name the words instead: (openai OR microsoft)"
	}
	best := slices.MinFunc(names, func(x, y string) int { return distance(name, x) - distance(name, y) })
	if distance(name, best) <= max(1, len(name)/3) {
		return "try @" + best
	}
	return "lists are @" + strings.Join(names, ", @")
}

// distance returns how many letters have to be changed, added or dropped to make b of a, in any
// case.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
