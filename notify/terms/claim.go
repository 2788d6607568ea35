package terms

import (
	"cmp"
	"slices"
)

// A claim is what one sentence says about one term.
type claim struct {
	term, change string
	s            *sentence
	from, to     int // the tokens that name the term
	at           cue // the words for the change; those of the term where they say both
	tight        bool
	parties      []string
	value, until string
	class        string
	weight       float64
}

// order is the terms, of which the one listed first counts where words may mean several, and the changes
// that each can undergo beside being reported and denied.
var order = []struct{ term, changes string }{
	{"exclusivity", "signed ended extended reduced raised retained restructured"},
	{"revenue_share", "signed ended capped extended reduced raised retained restructured"},
	{"agi_clause", "signed removed retained restructured"},
	{"licence", "signed ended extended reduced raised retained restructured"},
	{"cloud_commitment", "signed ended capped extended reduced raised retained restructured"},
	{"compute", "signed ended capped extended reduced raised retained restructured"},
	{"investment", "signed ended reduced raised"},
	{"equity", "signed ended capped reduced raised retained"},
	{"governance", "signed ended removed reduced raised retained restructured"},
	{"acquisition", "signed ended"},
	{"partnership", "signed ended extended restructured"},
	{"data_access", "signed ended extended reduced raised retained restructured"},
	{"non_compete", "signed removed extended reduced retained restructured"},
	{"term_length", "extended reduced"},
	{"antitrust", "opened settled"},
	{"dispute", "opened settled"},
}

// rank returns the place of a term in the order, or -1.
func rank(term string) int {
	for i := range order {
		if order[i].term == term {
			return i
		}
	}
	return -1
}

// instead has, where a term cannot undergo a change, what the change means for it.
var instead = map[string]string{"ended": "removed", "removed": "ended"}

// fit returns the change as the term can undergo it, or "".
func fit(term, change string) string {
	can := order[rank(term)].changes
	for _, c := range []string{change, instead[change]} {
		if c != "" && containsWord(can, c) {
			return c
		}
	}
	return ""
}

// claims returns what s says about terms.
func (d *deal) claims(s *sentence) []claim {
	if len(s.tokens) > 0 && s.tokens[len(s.tokens)-1].word == "?" {
		return nil
	}
	v := newView(s)
	v.year = d.year
	var cs []claim
	for _, e := range v.events {
		c := claim{term: e.head, change: e.change, s: s, from: e.from, to: e.to, at: e, tight: e.tight(s), weight: 3}
		if e.change == "signed" { // says less than any other
			c.weight = 2.4
		}
		cs = append(cs, c)
	}
	for _, n := range v.nouns {
		if v.covered(n) || n.head == "investment" && v.s.word(n.from-1) == "raise" {
			continue
		}
		if c, ok := v.changeOf(n); ok {
			cs = append(cs, c)
		}
	}
	for _, g := range v.again {
		if s.before != nil && g.from <= 1 && s.before.has(g.change) {
			n := g
			n.pattern = &pattern{head: g.change, change: "noun"}
			if c, ok := v.changeOf(n); ok && c.change != "signed" {
				cs = append(cs, c)
			}
		}
	}
	for i := range cs {
		v.judge(&cs[i], d)
	}
	cs = slices.DeleteFunc(cs, func(c claim) bool { return c.class == "" })
	cs = distinct(cs)
	presuppose(cs)
	v.measure(cs)
	for i := range cs {
		cs[i].parties = d.bind(s, &cs[i])
	}
	return slices.DeleteFunc(cs, func(c claim) bool { return len(c.parties) < 2 })
}

// distinct keeps one claim of each term, what caps it or says both at once before the rest, and of terms whose
// words are the same the one listed first.
func distinct(cs []claim) []claim {
	worth := func(c claim) float64 {
		if c.change == "capped" {
			return c.weight + 1
		}
		return c.weight
	}
	slices.SortStableFunc(cs, func(a, b claim) int { return cmp.Compare(worth(b), worth(a)) })
	var out []claim
	for _, c := range cs {
		if !slices.ContainsFunc(out, func(o claim) bool { return o.term == c.term }) {
			out = append(out, c)
		}
	}
	return slices.DeleteFunc(slices.Clone(out), func(c claim) bool {
		return slices.ContainsFunc(out, func(o claim) bool {
			return o.term != c.term && overlap(o.from, o.to, c.from, c.to) && rank(o.term) < rank(c.term) && o.weight >= c.weight-.5
		})
	})
}

// presuppose makes background of what an inquiry or a suit is about.
func presuppose(cs []claim) {
	for _, c := range cs {
		if c.term != "antitrust" {
			continue
		}
		for i := range cs {
			if cs[i].term != "antitrust" && cs[i].term != "dispute" && cs[i].from >= c.from && !cs[i].s.comma(c.to, cs[i].from) {
				cs[i].class = Background
			}
		}
	}
}

// overlap reports whether each of two runs of tokens has the last of the other: they are about the same words.
func overlap(a, b, c, d int) bool {
	return c < b && b <= d && a < d && d <= b
}
