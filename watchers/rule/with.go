package rule

import (
	"slices"

	"github.com/pactwatch/pactwatch/internal/news"
)

// With returns the Set of the rules of s without those named in remove, then of add; s stays as it
// is. Lists are those of s. The error is as from Compile, about the rules in add. A name in remove
// that no rule has is passed over.
//
// What it costs hardly depends on how many rules s has: those of add become a part of their own,
// beside the parts of s. Parts of about the same size are compiled into one, so there are few.
func (s *Set) With(add []news.Rule, remove []string) (*Set, error) {
	next := &change{lists: s.lists, parties: s.parties, parts: slices.Clone(s.parts), gone: slices.Clone(s.gone)}
	next.remove(remove)
	if err := next.add(add); err != nil {
		return nil, err
	}
	if err := next.tidy(); err != nil {
		return nil, err
	}
	return newSet(next.lists, next.parties, next.parts, next.gone), nil
}

// A change is a Set that is being made of another.
type change struct {
	lists   Lists
	parties *parties
	parts   []*part
	gone    []bitset
}

func (c *change) remove(names []string) {
	if len(names) == 0 {
		return
	}
	doomed := map[string]bool{}
	for _, name := range names {
		doomed[name] = true
	}
	for k, p := range c.parts {
		copied := false
		for i := range p.rules {
			if !doomed[p.rules[i].Name] || c.gone[k].has(int32(i)) {
				continue
			}
			if !copied {
				copied = true
				gone := newBitset(len(p.rules))
				copy(gone, c.gone[k])
				c.gone[k] = gone
			}
			c.gone[k].add(int32(i))
		}
	}
}

// add makes a part of rules, behind the others.
func (c *change) add(rules []news.Rule) error {
	if len(rules) == 0 {
		return nil
	}
	p := &part{rules: slices.Clone(rules), dict: newDict(0)}
	if n := len(c.parts); n > 0 {
		p.dict, p.shared = newDict(c.parts[n-1].dict.end()), c.parts[n-1].shared
	}
	if err := p.compile(c.lists, c.parties); err != nil {
		return err
	}
	c.parts, c.gone = append(c.parts, p), append(c.gone, nil)
	return nil
}

// tidy compiles anew the parts from the first on that has lost half of its rules or is not twice
// as large as the next: so there are no more parts than doublings, and a rule is seldom compiled
// again.
func (c *change) tidy() error {
	from := len(c.parts)
	for k := len(c.parts) - 1; k >= 0; k-- {
		live := len(c.parts[k].rules) - c.gone[k].count()
		if live*2 < len(c.parts[k].rules) || k+1 < len(c.parts) && live < 2*c.live(k+1) {
			from = k
		}
	}
	if from == len(c.parts) {
		return nil
	}
	var rules []news.Rule
	for k := from; k < len(c.parts); k++ {
		rules = append(rules, c.parts[k].without(c.gone[k])...)
	}
	c.parts, c.gone = c.parts[:from], c.gone[:from]
	return c.add(rules)
}

// live returns how many rules are in the parts from number k on.
func (c *change) live(k int) (n int) {
	for ; k < len(c.parts); k++ {
		n += len(c.parts[k].rules) - c.gone[k].count()
	}
	return n
}

// without returns the rules of p that are not gone.
func (p *part) without(gone bitset) []news.Rule {
	var rules []news.Rule
	for i, r := range p.rules {
		if !gone.has(int32(i)) {
			rules = append(rules, r)
		}
	}
	return rules
}
