package rule

import (
	"fmt"
	"slices"
	"strings"
)

// What a query may be at most, so that no rule costs more than its share.
const (
	maxQuery     = 4 << 10 // bytes
	maxDepth     = 32      // parentheses and NOTs within one another
	maxTerms     = 200     // words, phrases, lists and so on
	maxWildcards = 20      // words that end in *
	maxRegex     = 512     // bytes
	minPrefix    = 3       // letters before the *
)

// Parse reads a query. Its error is a *SyntaxError.
func Parse(query string) (*Query, error) {
	if len(query) > maxQuery {
		return nil, &SyntaxError{maxQuery, fmt.Sprintf("a rule has at most %d bytes, this one has %d", maxQuery, len(query)), "make it several rules"}
	}
	toks, err := lex(query)
	if err != nil {
		return nil, err
	}
	p := &parser{query: query, toks: toks}
	root, err := p.either()
	if err != nil {
		return nil, err
	}
	if t := p.tok(); t.kind == lexClose {
		return nil, p.instead(t, "", "a closing parenthesis without an opening one")
	}
	if root.ofNothing() {
		return nil, &SyntaxError{root.pos, "this would match articles for what is not in them", "say what has to be there, try exclusive AND NOT interview"}
	}
	return &Query{root}, nil
}

// A parser reads lexemes by the grammar in the package comment, one method a production.
type parser struct {
	query string
	toks  []lexeme
	depth int

	terms, wildcards int
}

func (p *parser) tok() lexeme { return p.toks[0] }

func (p *parser) next() lexeme {
	t := p.toks[0]
	if t.kind != lexEnd {
		p.toks = p.toks[1:]
	}
	return t
}

// instead returns an error at t whose hint is the query with fix in the place of t.
func (p *parser) instead(t lexeme, fix, msg string) error {
	hint := instead(p.query, t.pos, t.end, fix)
	if hint == "try " {
		hint = "try exclusive"
	}
	return &SyntaxError{t.pos, msg, hint}
}

// deeper counts one more level of nesting, at t.
func (p *parser) deeper(t lexeme) error {
	if p.depth++; p.depth > maxDepth {
		return &SyntaxError{t.pos, fmt.Sprintf("more than %d parentheses and NOTs within one another", maxDepth), "make it several rules"}
	}
	return nil
}

// either reads alternatives. A comma and OR mean the same; that the comma binds looser needs no
// level of its own, since nothing binds between the two.
func (p *parser) either() (*node, error) {
	var kids []*node
	for {
		k, err := p.both()
		if err != nil {
			return nil, err
		}
		kids = append(kids, k)
		t := p.tok()
		if t.kind != lexOr && t.kind != lexComma {
			return join(opOr, kids...), nil
		}
		if p.next(); p.atEnd() {
			return nil, p.instead(t, "", "nothing after "+t.text)
		}
	}
}

// atEnd reports whether no more can follow in this pair of parentheses.
func (p *parser) atEnd() bool { return p.tok().kind == lexEnd || p.tok().kind == lexClose }

// both reads what has to hold together. What stands side by side without an operator and is not
// a place among words (a field, a regular expression, a negation) is taken as joined by AND.
func (p *parser) both() (*node, error) {
	var kids []*node
	for {
		k, err := p.part()
		if err != nil {
			return nil, err
		}
		kids = append(kids, k)
		switch t := p.tok(); t.kind {
		case lexEnd, lexClose, lexComma, lexOr:
			return join(opAnd, kids...), nil
		case lexAnd:
			if p.next(); p.atEnd() {
				return nil, p.instead(t, "", "nothing after AND")
			}
		}
	}
}

// part reads a negation, or places near one another.
func (p *parser) part() (*node, error) {
	t := p.tok()
	if t.kind != lexNot {
		return p.near()
	}
	if p.next(); p.atEnd() {
		return nil, p.instead(t, "", "nothing after NOT")
	}
	if err := p.deeper(t); err != nil {
		return nil, err
	}
	k, err := p.part()
	p.depth--
	if err != nil {
		return nil, err
	}
	return negate(k, t.pos), nil
}

func (p *parser) near() (*node, error) {
	a, err := p.beside()
	if err != nil {
		return nil, err
	}
	for p.tok().kind == lexLink {
		link := p.next()
		switch t := p.tok(); {
		case p.atEnd():
			return nil, p.instead(link, "", "nothing after "+p.query[link.pos:link.end])
		case t.kind == lexNot || t.kind == lexMinus:
			return nil, &SyntaxError{t.pos, link.text + " cannot look for what is not there", "try exclusive NEAR/8 openai AND NOT interview"}
		}
		b, err := p.beside()
		if err != nil {
			return nil, err
		}
		for _, k := range []*node{a, b} {
			if !k.place() {
				return nil, notAPlace(k, link.text)
			}
		}
		op := opNear
		if link.text == "BEFORE" {
			op = opBefore
		}
		a = &node{op: op, n: link.n, kids: []*node{a, b}, pos: a.pos}
	}
	return a, nil
}

// notAPlace returns the error about the part of k that has no place near something.
func notAPlace(k *node, link string) error {
	hint := "it takes words, phrases, lists, and these in parentheses with OR: exclusive NEAR/8 (openai OR microsoft)"
	for k.op == opOr {
		k = k.kids[slices.IndexFunc(k.kids, func(k *node) bool { return !k.place() })]
	}
	if k.op == opField {
		hint = fmt.Sprintf("put the field before the whole: %s:(exclusive %s/8 openai)", k.text, link)
	}
	return &SyntaxError{k.pos, fmt.Sprintf("%s cannot stand beside %s", k, link), hint}
}

// beside reads places side by side, or one item that is none.
func (p *parser) beside() (*node, error) {
	first, err := p.item()
	if err != nil {
		return nil, err
	}
	kids := []*node{first}
	for first.place() && p.startsPlace() {
		k, err := p.item()
		if err != nil {
			return nil, err
		}
		kids = append(kids, k)
	}
	return join(opBeside, kids...), nil
}

// startsPlace reports whether the next item is a place: if it is a parenthesis, whether it is
// one with nothing but places and alternatives in it.
func (p *parser) startsPlace() bool {
	switch p.tok().kind {
	case lexWord, lexPhrase, lexExact, lexList:
		return true
	case lexOpen:
	default:
		return false
	}
	depth := 0
	for _, t := range p.toks {
		switch t.kind {
		case lexOpen:
			depth++
		case lexClose:
			if depth--; depth == 0 {
				return true
			}
		case lexWord, lexPhrase, lexExact, lexList, lexLink, lexOr, lexComma:
		default:
			return false
		}
	}
	return false // not closed, which item will say
}

// item reads a primary with the sign or the field before it.
func (p *parser) item() (*node, error) {
	t := p.tok()
	switch t.kind {
	case lexMinus:
		p.next()
		if k := p.tok().kind; k == lexMinus || k == lexNot {
			return nil, p.instead(t, "", "one minus is enough")
		}
		k, err := p.item()
		if err != nil {
			return nil, err
		}
		return negate(k, t.pos), nil
	case lexField:
		p.next()
		switch k := p.tok(); {
		case p.atEnd():
			return nil, &SyntaxError{t.pos, "nothing after " + t.text + ":", "try " + example(t.text)}
		case k.kind == lexMinus || k.kind == lexNot:
			return nil, &SyntaxError{t.pos, "the minus stands before the field", "try exclusive -" + example(t.text)}
		case t.text == "site" && strings.HasPrefix(k.text, "*."):
			return nil, p.instead(k, k.text[2:], "a site is all that is below its host")
		}
		k, err := p.primary()
		if err != nil {
			return nil, err
		}
		n := &node{op: opField, text: t.text, kids: []*node{k}, pos: t.pos}
		return n, n.checkField()
	}
	return p.primary()
}

// example returns a correct use of a field.
func example(field string) string {
	switch field {
	case "site":
		return "site:openai.com"
	case "lang":
		return "lang:en"
	case "term":
		return "term:exclusivity"
	case "change":
		return "change:ended"
	}
	return field + ":openai"
}

// checkField refuses what a field cannot be asked.
func (n *node) checkField() (err error) {
	plain := n.text == "site" || n.text == "lang"
	n.kids[0].all(func(k *node) {
		switch {
		case err != nil:
		case k.op == opField:
			err = &SyntaxError{k.pos, "a field within a field", "try " + example(n.text) + " AND " + example(k.text)}
		case plain && k.op != opWord && k.op != opPhrase && k.op != opOr,
			n.text == "lang" && k.op != opOr && !allLetters(k.text),
			n.text == "site" && k.op != opOr && strings.ContainsAny(k.text, "/*@ "):
			err = &SyntaxError{k.pos, fmt.Sprintf("%s: cannot be asked for %s", n.text, k), fmt.Sprintf("try %s, or several in parentheses with OR", example(n.text))}
		}
	})
	return err
}

func (p *parser) primary() (*node, error) {
	t := p.next()
	switch t.kind {
	case lexOpen:
		return p.group(t)
	case lexWord:
		return p.term(t, opWord)
	case lexPhrase:
		return p.term(t, opPhrase)
	case lexExact:
		return p.term(t, opExact)
	case lexList:
		return p.term(t, opList)
	case lexRegex:
		return p.term(t, opRegex)
	case lexEnd:
		if len(p.toks) == 1 && strings.TrimSpace(p.query) == "" {
			return nil, &SyntaxError{0, "an empty rule", `try exclusive, or "revenue share"`}
		}
		return nil, &SyntaxError{t.pos, "the rule ends too early", "say what to look for"}
	case lexClose:
		if p.depth == 0 {
			return nil, p.instead(t, "", "a closing parenthesis without an opening one")
		}
		return nil, p.instead(t, "exclusive)", "nothing between the parentheses")
	}
	return nil, p.instead(t, "", "nothing before "+p.query[t.pos:t.end])
}

// group reads what follows an opening parenthesis.
func (p *parser) group(open lexeme) (*node, error) {
	if err := p.deeper(open); err != nil {
		return nil, err
	}
	n, err := p.either()
	p.depth--
	if err != nil {
		return nil, err
	}
	if p.next().kind != lexClose {
		return nil, &SyntaxError{open.pos, "a parenthesis that is not closed", instead(p.query, len(p.query), len(p.query), ")")}
	}
	return n, nil
}

// term counts and checks one word, phrase, list or regular expression.
func (p *parser) term(t lexeme, op op) (*node, error) {
	n := &node{op: op, text: t.text, pos: t.pos}
	if p.terms++; p.terms > maxTerms {
		return nil, &SyntaxError{t.pos, fmt.Sprintf("a rule has at most %d terms", maxTerms), "put names into a list, or make it several rules"}
	}
	switch op {
	case opRegex:
		return n, checkRegex(t)
	case opWord, opPhrase:
		p.wildcards += strings.Count(t.text, "*")
		if p.wildcards > maxWildcards {
			return nil, &SyntaxError{t.pos, fmt.Sprintf("a rule has at most %d words that end in *", maxWildcards), "words are found in all their forms without it"}
		}
		return n, checkTerm(t)
	case opExact:
		if len(tokenize(t.text)) == 0 {
			return nil, &SyntaxError{t.pos, "no letter or digit to look for", `try ="OpenAI LP"`}
		}
	}
	return n, nil
}

// checkTerm refuses a word or phrase without a letter or digit, and a * in the wrong place.
func checkTerm(t lexeme) error {
	tokens := tokenize(t.text)
	if len(tokens) == 0 {
		return &SyntaxError{t.pos, "no letter or digit to look for", "try exclusive"}
	}
	stars := 0
	for _, k := range tokens {
		if !strings.HasPrefix(t.text[k.to:], "*") {
			continue
		}
		stars++
		switch {
		case k.flags&runToken != 0:
			return &SyntaxError{t.pos, "no * is needed in this script", "try " + strings.ReplaceAll(t.text, "*", "")}
		case len([]rune(k.word)) < minPrefix:
			return &SyntaxError{t.pos, fmt.Sprintf("at least %d letters have to stand before *", minPrefix), "try exclusiv*"}
		case int(k.to)+1 < len(t.text) && tokenStarts(t.text[k.to+1:]):
			return &SyntaxError{t.pos, "* stands at the end of a word", "try exclusiv*"}
		}
	}
	if stars != strings.Count(t.text, "*") {
		return &SyntaxError{t.pos, "* stands at the end of a word", "try exclusiv*"}
	}
	return nil
}

func checkRegex(t lexeme) error {
	if len(t.text) > maxRegex {
		return &SyntaxError{t.pos, fmt.Sprintf("a regular expression has at most %d bytes", maxRegex), "try a NEAR/8 of words"}
	}
	re, _, err := compileRegex(t.text)
	if err != nil {
		return &SyntaxError{t.pos, "not a regular expression (RE2): " + strings.TrimPrefix(err.Error(), "error parsing regexp: "), "try /exclusiv[a-z]+/"}
	}
	if re.MatchString("") {
		return &SyntaxError{t.pos, "a regular expression that needs no text matches every article", "try /exclusiv[a-z]+/"}
	}
	return nil
}
