// Package rule is the language of watch rules: parse, match, explain. It does no I/O.
//
// Its grammar in EBNF, from what binds loosest to what binds tightest:
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
// and NOT are about the whole article. docs/rules.md has an example of each.
//
// # How it matches
//
// All rules of a Set are matched in one pass. The words of an article are looked up in a lexicon,
// which has for each way of writing a word what it is once folded and stemmed, and which words of
// rules (atoms) it answers; so a word costs about as much as finding where it ends. Each rule is
// filed under the atom it needs that is likely to be the rarest, with another that it needs as
// well; where these do not occur, or not as the words of a phrase do, the rule is not looked at.
// Regular expressions are filed under a text of three bytes or more that they need, where they
// have one. What is left is evaluated by itself, on the positions of its words.
//
// # What bounds it
//
// A rule has limits (see Parse), and so has an article, by its reader. Reading takes time by the
// length of the text, whatever the rules; a regular expression, too, since it is RE2. A place is
// found by search, which is bounded by steps: for each rule and field, and for all rules of an
// article together, after which each rule left has only a fair share. What is remembered of an
// article is its tokens and one link for each atom a token answers; the lexicon has at most 65,536
// words. Nothing else grows.
package rule

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A RuleError is what is wrong with one rule: mostly a *SyntaxError, with an offset into its query.
type RuleError struct {
	Rule string // its name
	Err  error
}

func (e *RuleError) Error() string { return fmt.Sprintf("rule %s: %v", e.Rule, e.Err) }
func (e *RuleError) Unwrap() error { return e.Err }

// A Set is rules compiled into one matcher. It never changes, and is safe for concurrent use.
type Set struct {
	lists   Lists
	parties *parties
	parts   []*part
	gone    []bitset // by part: its rules that the Set does not have any more; nil if it has all
	rules   func() []news.Rule

	fields  fieldSet // that are read
	atoms   atomID   // the number after the last
	largest int      // the rules of the largest part
	words   *lexicon
	docs    sync.Pool // of *doc
}

// Compile returns the Set of rules. The error joins a *RuleError for each rule that cannot be
// compiled, in the order of rules; the Set is then nil.
func Compile(rules []news.Rule, lists Lists) (*Set, error) {
	ps := newParties(lists)
	p := &part{rules: slices.Clone(rules), dict: newDict(0)}
	if err := p.compile(lists, ps); err != nil {
		return nil, err
	}
	return newSet(lists, ps, []*part{p}, []bitset{nil}), nil
}

func newSet(lists Lists, ps *parties, parts []*part, gone []bitset) *Set {
	s := &Set{lists: lists, parties: ps, parts: parts, gone: gone, fields: body}
	s.rules = sync.OnceValue(s.collect)
	var dicts []*dict
	for _, p := range parts {
		dicts = append(dicts, p.dict)
		s.fields |= p.fields
		s.atoms = p.dict.end()
		s.largest = max(s.largest, len(p.rules))
	}
	s.words = newLexicon(dicts)
	s.docs.New = func() any { return s.newDoc() }
	return s
}

// Rules returns the rules of s, in the order they were given. The caller must not change them.
func (s *Set) Rules() []news.Rule { return s.rules() }

func (s *Set) collect() []news.Rule {
	if len(s.parts) == 1 && s.gone[0] == nil {
		return s.parts[0].rules
	}
	var rules []news.Rule
	for k, p := range s.parts {
		rules = append(rules, p.without(s.gone[k])...)
	}
	return rules
}

// Match returns the rules that a meets, in the order of the rules, each with its evidence: the
// first places, at most eight of each part that held in each field, and one place where parts
// stand together. It returns nil if there are none.
func (s *Set) Match(a *news.Article) []news.Match {
	d := s.docs.Get().(*doc)
	out := d.match(a)
	s.docs.Put(d)
	return out
}

// match returns the rules that a meets, as Match does.
func (d *doc) match(a *news.Article) (out []news.Match) {
	d.read(a)
	var spans []news.Span // of all matches, so that many are not many allocations
	for k, p := range d.set.parts {
		d.choose(p)
		for i := range d.asked.drain() {
			if d.set.gone[k].has(i) || !p.rules[i].Hears(a.Source) {
				continue
			}
			if d.spans = d.spans[:0]; d.holds(p.matchers[i], body) {
				from := len(spans)
				spans = append(spans, d.evidence()...)
				out = append(out, news.Match{Rule: p.rules[i].Name, Spans: slices.Clip(spans[from:])})
			}
		}
	}
	d.forget()
	return out
}

// compile fills in the matchers of p, and what finds them. The error is as from Compile.
func (p *part) compile(ls Lists, ps *parties) error {
	p.matchers = make([]matcher, len(p.rules))
	c := newCompiler(p, ls, ps)
	var errs []error
	for i, r := range p.rules {
		q, err := Parse(r.Match)
		if err == nil {
			p.matchers[i], err = c.rule(q)
		}
		if err != nil {
			errs = append(errs, &RuleError{r.Name, err})
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	p.file()
	p.dict.built()
	return nil
}
