// Package rule is the language of watch rules: parse, match, explain. It does no I/O.
//
// Its grammar, from what binds loosest to what binds tightest:
//
//	Query    = Both { ( "," | "OR" | "|" ) Both } .
//	Both     = Part { [ "AND" ] Part } .
//	Part     = { "NOT" } Near .
//	Near     = Beside { ( "NEAR" | "BEFORE" ) "/" number Beside } .
//	Beside   = Item { Item } .
//	Item     = [ "-" ] ( [ field ":" ] Primary ) .
//	Primary  = word | word "*" | phrase | "=" ( phrase | word ) | "@" name | "/" regex "/" | "(" Query ")" .
//	field    = "title" | "text" | "outlet" | "site" | "source" | "lang" | "party" | "term" | "change" .
//	phrase   = quote { character } quote .     any kind of double quote
//
// A place is what can be pointed at among the words of a field: words, phrases, lists, places side
// by side or near one another, and alternatives of these. Items that are places and stand side by
// side make a Beside; anything else side by side is joined by AND, which may be left out only
// there: `title:exclusive -interview`. NEAR and BEFORE take places only. Operators are written in
// capitals; and, or, not, near and before in any other case are refused unless they are quoted.
//
// Title and text are searched each for itself: what stands together does so in one of them. AND
// and NOT are about the whole article.
package rule

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A RuleError is what is wrong with one rule: mostly a *SyntaxError, with an offset into its query.
type RuleError struct {
	Rule string // its name
	Err  error
}

func (e *RuleError) Error() string { return fmt.Sprintf("rule %s: %v", e.Rule, e.Err) }
func (e *RuleError) Unwrap() error { return e.Err }

// A Set is rules compiled into one matcher. It is safe for concurrent use.
type Set struct {
	lists    Lists
	rules    []news.Rule
	matchers []matcher // of rules, in the same order
	dict     *dict
	fields   []string         // that are read as words
	gates    map[atomID][]int // the rules that need one of their atoms to occur, by atom
	ungated  []int            // the others
}

// Compile returns the Set of rules. The error joins a *RuleError for each rule that cannot be
// compiled, in the order of rules; the Set is then nil.
func Compile(rules []news.Rule, lists Lists) (*Set, error) {
	s := newSet(lists)
	s.rules = slices.Clone(rules)
	c := newCompiler(s)
	var errs []error
	for i, r := range s.rules {
		q, err := Parse(r.Match)
		if err != nil {
			errs = append(errs, &RuleError{r.Name, err})
			continue
		}
		m, err := c.matcher(q.root)
		if err != nil {
			errs = append(errs, &RuleError{r.Name, err})
			continue
		}
		s.matchers = append(s.matchers, m)
		s.file(i, m)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return s, nil
}

func newSet(lists Lists) *Set {
	return &Set{lists: lists, dict: newDict(), fields: slices.Clone(body), gates: map[atomID][]int{}}
}

// With returns the Set of the rules of s without those named in remove, then of add; s stays as it
// is. Lists are those of s. The error is as from Compile, about the rules in add. A name in remove
// that no rule has is passed over.
func (s *Set) With(add []news.Rule, remove []string) (*Set, error) {
	rules := slices.DeleteFunc(slices.Clone(s.rules), func(r news.Rule) bool { return slices.Contains(remove, r.Name) })
	return Compile(append(rules, add...), s.lists)
}

// file puts rule i where Match finds it.
func (s *Set) file(i int, m matcher) {
	ids, ok := m.gate(s.dict)
	if !ok {
		s.ungated = append(s.ungated, i)
	}
	for _, id := range ids {
		s.gates[id] = append(s.gates[id], i)
	}
}

// Rules returns the rules of s, in the order they were given. The caller must not change them.
func (s *Set) Rules() []news.Rule { return s.rules }

// Match returns the rules that a meets, in the order of the rules, each with its evidence: the
// first places, at most eight of each part that held in each field, and one place where parts
// stand together. It returns nil if there are none.
func (s *Set) Match(a *news.Article) []news.Match {
	d := s.read(a)
	var out []news.Match
	for _, i := range s.candidates(d) {
		d.spans = nil
		if s.matchers[i].match(d, body) {
			out = append(out, news.Match{Rule: s.rules[i].Name, Spans: d.evidence()})
		}
	}
	return out
}

// candidates returns the rules that d may meet, ascending.
func (s *Set) candidates(d *doc) []int {
	out := slices.Clone(s.ungated)
	for _, st := range d.streams {
		for id := range st.post {
			out = append(out, s.gates[id]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// body are the fields that a rule asks where it names none.
var body = []string{"title", "text"}

// A compiler turns queries into matchers of one Set.
type compiler struct {
	set     *Set
	leaves  map[string]*leaf // the lists in use, by name: found once an article, whatever rules ask
	parties parties
}

func newCompiler(s *Set) *compiler {
	c := &compiler{set: s, leaves: map[string]*leaf{}}
	c.parties = parties{byName: map[string]int32{}, joined: map[int32]int32{}}
	for _, list := range s.lists {
		for _, p := range list {
			c.parties.number(p)
		}
	}
	return c
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
		re, err := compileRegex(n.text)
		return regex{re}, err
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
	d := c.set.dict
	switch n.op {
	case opList:
		return c.list(n)
	case opExact:
		return newLeaf(name{term: d.newExact(n.text)}), nil
	case opBeside:
		kids, err := compileAll(n.kids, c.placer)
		return beside(kids), err
	case opNear, opBefore:
		kids, err := compileAll(n.kids, c.placer)
		if err != nil {
			return nil, err
		}
		return &near{kids[0], kids[1], int32(n.n), n.op == opBefore}, nil
	case opOr:
		kids, err := compileAll(n.kids, c.placer)
		return alternatives(kids), err
	}
	return newLeaf(name{term: d.newTerm(n.text, stemmed)}), nil
}

// field returns the matcher of a field and what stands behind its colon.
func (c *compiler) field(n *node) (matcher, error) {
	switch n.text {
	case "site":
		return c.plain(n.kids[0], func(host string) matcher {
			return site(strings.TrimPrefix(strings.ToLower(host), "www."))
		})
	case "lang":
		return c.plain(n.kids[0], func(lang string) matcher { return language(primary(lang)) })
	case "party", "term", "change":
		return nil, &SyntaxError{n.pos, "deal terms are not read yet, so " + n.text + ": would wait for ever", "leave it out, or look for the words: exclusivity BEFORE/8 ended"}
	}
	if !slices.Contains(c.set.fields, n.text) {
		c.set.fields = append(c.set.fields, n.text)
	}
	m, err := c.matcher(n.kids[0])
	return inField{m, []string{n.text}}, err
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
func (c *compiler) list(n *node) (placer, error) {
	if l, ok := c.leaves[n.text]; ok {
		return l, nil
	}
	list, ok := c.set.lists[n.text]
	if !ok {
		return nil, &SyntaxError{n.pos, "no such list: @" + n.text, c.listHint(n.text)}
	}
	l, err := c.newList(list)
	if err != nil {
		return nil, &SyntaxError{n.pos, "list @" + n.text + ": " + err.Error(), "give it names, or leave it out"}
	}
	c.leaves[n.text] = l
	return l, nil
}

// listHint names the list that was probably meant, or all of them.
func (c *compiler) listHint(name string) string {
	names := slices.Sorted(maps.Keys(c.set.lists))
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
