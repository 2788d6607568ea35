package terms

import (
	"slices"
	"strings"
)

// covered reports whether an event of the same term, or a longer name of another, has n's words.
func (v *view) covered(n cue) bool {
	for _, e := range v.events {
		if e.head == n.head && e.from < n.to && n.from < e.to {
			return true
		}
	}
	for _, m := range v.nouns {
		if m.head == "partnership" && n.head == "term_length" {
			continue // a supply contract that is prolonged
		}
		if n.head == "term_length" && m.head != n.head && (m.to == n.from || m.from < n.from && n.from < m.to) {
			return true // "the licence deal": it is the licence that is prolonged
		}
		if m.from <= n.from && n.to <= m.to && (m.to-m.from > n.to-n.from || m.to-m.from == n.to-n.from && m.head != n.head && rank(m.head) < rank(n.head)) {
			return true
		}
	}
	return false
}

// maxCost is how far the words for a change may stand from the term: in words, more where clauses or other
// terms lie between.
const maxCost = 20

// changeOf finds what happens to the term that n names.
func (v *view) changeOf(n cue) (claim, bool) {
	best, least := cue{}, maxCost+1
	change := ""
	for _, c := range slices.Concat(v.changes, v.denials) {
		fitted := fit(n.head, c.change)
		if c.change == "denied" && n.head != "term_length" {
			fitted = "denied"
		}
		if n.head == "investment" && c.from < n.from && strings.HasPrefix(v.s.word(c.from), "rais") {
			continue // who raises a round begins it
		}
		if n.head == "partnership" && fitted == "extended" || v.spoken(n, c) || c.change == "ended" && v.dated(c) {
			continue
		}
		if n.head == "compute" && fitted == "raised" && !v.s.reaches(power) {
			continue // what the customer has grows, by a contract that is new
		}
		if n.head == "term_length" && fitted == "reduced" && len(v.s.moments) == 0 {
			continue // nothing says that it is a time that shrinks
		}
		if fitted == "" || c.from < n.to && n.from < c.to {
			continue
		}
		cost := v.cost(n, c) + penalty[c.change]
		if v.within(n, c) || v.s.word(c.from-1) == "to" && planned[v.s.word(c.from-2)] {
			cost += 14
		}
		if c.line == 0 {
			cost -= 8 // set against what was
		}
		if cost < least {
			best, least, change = c, cost, fitted
		}
	}
	if change == "" {
		return claim{}, false
	}
	w := 2.5
	if change == "signed" {
		w = 1.5
	}
	return claim{term: n.head, change: change, s: v.s, from: n.from, to: n.to, at: best, weight: w - float64(least)/20}, true
}

// reaches reports whether s has an amount of a kind that something comes to: "to 900 MW".
func (s *sentence) reaches(kind thing) bool {
	return slices.ContainsFunc(s.amounts, func(a amount) bool { return a.thing == kind && s.word(a.from-1) == "to" })
}

// penalty makes the words that say most count most.
var penalty = map[string]int{"signed": 8, "retained": 4, "opened": 1, "restructured": 1, "extended": -2, "reduced": -5, "raised": -5, "capped": -6, "denied": 4}

// dated reports whether a year to come follows the words for an end: a term that runs until then has not ended.
func (v *view) dated(c cue) bool {
	return slices.ContainsFunc(v.s.moments, func(m moment) bool {
		return !m.duration && c.to <= m.from && m.from <= c.to+6 && m.year > v.year
	})
}

// spoken reports whether the words for a change are those of an event of another term.
func (v *view) spoken(n, c cue) bool {
	return slices.ContainsFunc(v.events, func(e cue) bool {
		return e.head != n.head && e.from <= c.from && c.to <= e.to && !(e.from <= n.from && n.to <= e.to)
	})
}

// planned are the words for what was to be: "due to run until 2028".
var planned = setOf("due supposed meant scheduled bound originally")

// within reports whether c stands at the start of a clause that tells which one is meant: "the ban that kept
// Norvane away has been lifted".
func (v *view) within(n, c cue) bool {
	for i := n.to; i < min(n.to+3, len(v.s.tokens)); i++ {
		if w := v.s.word(i); w == "that" || w == "which" || w == "who" {
			return i < c.from && c.from <= i+6 && !slices.ContainsFunc(v.changes, func(x cue) bool { return i < x.from && x.to <= c.from })
		}
	}
	return false
}

// cost returns how far apart a term and a change stand.
func (v *view) cost(n, c cue) int {
	from, to := n.to, c.from
	if c.to <= n.from {
		from, to = c.to, n.from
	}
	cost := max(0, to-from)
	if from < len(v.clause) && to < len(v.clause) {
		a, b := v.clause[min(n.from, c.from)], v.clause[max(n.from, c.from)]
		cost += 6 * (b - a)
	}
	for _, m := range v.nouns {
		if m.head != n.head && m.head != "term_length" && m.head != "partnership" && from <= m.from && m.to <= to && !v.listed(m, n) {
			return cost + 12
		}
	}
	return cost
}

// listed reports whether n follows m in a list: "the exclusive deal and the revenue share".
func (v *view) listed(m, n cue) bool {
	for i := m.to; i < n.from && i < m.to+3; i++ {
		if w := v.s.word(i); w == "and" || w == "," {
			return n.from <= i+4
		}
	}
	return false
}
