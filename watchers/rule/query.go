package rule

import (
	"fmt"
	"slices"
	"strings"
)

// An op says what a node of a query is.
type op uint8

const (
	opWord   op = iota // text as written, a trailing * included
	opPhrase           // text
	opExact            // text, to the letter
	opList             // text is the list's name
	opRegex            // text
	opBeside           // kids side by side
	opNear             // two kids, at most n words apart
	opBefore           // the same, in this order
	opField            // one kid, in the field named by text
	opNot              // one kid
	opAnd              // kids
	opOr               // kids
)

// A node is a part of a query.
type node struct {
	op   op
	text string
	n    int
	kids []*node
	pos  int // in bytes into the query
}

// join returns a node of kids, with the kids of kids that have the same op in their place.
func join(op op, kids ...*node) *node {
	if len(kids) == 1 {
		return kids[0]
	}
	n := &node{op: op, pos: kids[0].pos}
	for _, k := range kids {
		if k.op == op {
			n.kids = append(n.kids, k.kids...)
		} else {
			n.kids = append(n.kids, k)
		}
	}
	return n
}

// negate returns the negation of n at pos.
func negate(n *node, pos int) *node {
	if n.op == opNot {
		return n.kids[0]
	}
	return &node{op: opNot, kids: []*node{n}, pos: pos}
}

// all calls f for n and everything below it.
func (n *node) all(f func(*node)) {
	f(n)
	for _, k := range n.kids {
		k.all(f)
	}
}

// place reports whether n is something that has a place among the words of a field, so that it
// can stand near something else.
func (n *node) place() bool {
	switch n.op {
	case opWord, opPhrase, opExact, opList, opBeside, opNear, opBefore:
		return true
	case opOr:
		return !slices.ContainsFunc(n.kids, func(k *node) bool { return !k.place() })
	}
	return false
}

// ofNothing reports whether n holds for an article in which none of its terms occur.
func (n *node) ofNothing() bool {
	switch n.op {
	case opNot:
		return !n.kids[0].ofNothing()
	case opField:
		return n.kids[0].ofNothing()
	case opAnd:
		return !slices.ContainsFunc(n.kids, func(k *node) bool { return !k.ofNothing() })
	case opOr:
		return slices.ContainsFunc(n.kids, (*node).ofNothing)
	}
	return false
}

// A Query is a parsed rule.
type Query struct{ root *node }

// String returns the query in its canonical form, which parses to the same query.
func (q *Query) String() string { return q.root.String() }

// Lists returns the names of the lists that the query uses, sorted, each once.
func (q *Query) Lists() []string {
	var names []string
	q.root.all(func(n *node) {
		if n.op == opList {
			names = append(names, n.text)
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}

func (n *node) String() string {
	switch n.op {
	case opPhrase:
		return `"` + n.text + `"`
	case opExact:
		return `="` + n.text + `"`
	case opList:
		return "@" + n.text
	case opRegex:
		return "/" + n.text + "/"
	case opBeside:
		return n.between(" ")
	case opNear:
		return n.between(fmt.Sprintf(" NEAR/%d ", n.n))
	case opBefore:
		return n.between(fmt.Sprintf(" BEFORE/%d ", n.n))
	case opField:
		return n.text + ":" + n.kids[0].within(n)
	case opNot:
		return "NOT " + n.kids[0].within(n)
	case opAnd:
		return n.between(" AND ")
	case opOr:
		return n.between(" OR ")
	}
	return n.text
}

// between returns the kids of n with sep between them.
func (n *node) between(sep string) string {
	parts := make([]string, len(n.kids))
	for i, k := range n.kids {
		parts[i] = k.within(n)
	}
	return strings.Join(parts, sep)
}

// within returns n as a part of outer: in parentheses where it would be read differently without,
// and where a person might.
func (n *node) within(outer *node) string {
	loose := outer.op == opAnd || outer.op == opOr
	if n.op == opOr || !loose && (len(n.kids) > 1 || n.op == opNot) {
		return "(" + n.String() + ")"
	}
	return n.String()
}
