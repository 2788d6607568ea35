package rule

import (
	"fmt"
	"slices"
	"strings"
)

// Explain says in plain words what the query finds: `articles with "exclusive" in any form, and
// also no "interview" in any form`.
func (q *Query) Explain() string { return "articles with " + q.root.explain() }

func (n *node) explain() string {
	switch n.op {
	case opWord, opPhrase:
		return n.explainTerm()
	case opExact:
		return fmt.Sprintf("%q to the letter", n.text)
	case opList:
		return "a name from the list " + n.text
	case opRegex:
		return "text that fits /" + n.text + "/"
	case opBeside:
		return fmt.Sprintf("%s within %d words, in any order%s", n.explainKids(" and "), maxBeside, n.explainParties())
	case opNear:
		return fmt.Sprintf("%s at most %s from %s%s", n.kids[0].inner(), words(n.n), n.kids[1].inner(), n.explainParties())
	case opBefore:
		return fmt.Sprintf("%s at most %s before %s%s", n.kids[0].inner(), words(n.n), n.kids[1].inner(), n.explainParties())
	case opField:
		return n.explainField()
	case opNot:
		return "no " + n.kids[0].inner()
	case opAnd:
		return n.explainKids(", and also ")
	}
	return n.explainKids(", or ")
}

// inner returns the explanation of a part, in parentheses where it has parts itself.
func (n *node) inner() string {
	if len(n.kids) > 1 {
		return "(" + n.explain() + ")"
	}
	return n.explain()
}

func (n *node) explainKids(sep string) string {
	parts := make([]string, len(n.kids))
	for i, k := range n.kids {
		parts[i] = k.inner()
	}
	return strings.Join(parts, sep)
}

func (n *node) explainTerm() string {
	tokens := tokenize(n.text)
	switch t := tokens[0]; {
	case !slices.ContainsFunc(tokens, func(t token) bool { return t.flags&runToken == 0 }):
		return fmt.Sprintf("%q", n.text)
	case len(tokens) > 1:
		return fmt.Sprintf("the phrase %q in any form", n.text)
	case strings.HasSuffix(n.text, "*"):
		return fmt.Sprintf("a word that begins with %q", t.word)
	case t.flags&capsToken != 0:
		return "the acronym " + strings.ToUpper(t.word)
	}
	return fmt.Sprintf("%q in any form", n.text)
}

// explainParties says what lists that stand together have to do.
func (n *node) explainParties() string {
	lists := 0
	for _, k := range n.kids {
		if k.names() {
			lists++
		}
	}
	if lists < 2 {
		return ""
	}
	return ", of different parties"
}

// names reports whether there is a list in n.
func (n *node) names() bool {
	return n.op == opList || slices.ContainsFunc(n.kids, (*node).names)
}

func (n *node) explainField() string {
	k := n.kids[0].inner()
	switch n.text {
	case "title", "text":
		return k + " in the " + n.text
	case "outlet":
		return "an outlet whose name has " + k
	case "source":
		return "a source whose name has " + k
	case "site":
		return "an address on " + n.kids[0].String()
	case "lang":
		return "the language " + n.kids[0].String()
	}
	return "a deal's " + n.text + " " + k
}

func words(n int) string {
	if n == 1 {
		return "1 word"
	}
	return fmt.Sprintf("%d words", n)
}
