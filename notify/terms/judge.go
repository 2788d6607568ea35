package terms

import (
	"cmp"
	"slices"
	"strings"
)

// judge sets how sure the sentence is of the claim, and drops it, with class "", where it only supposes it.
func (v *view) judge(c *claim, d *deal) {
	c.class = Stated
	c.change = fitOr(c.term, c.change)
	first := min(c.from, c.at.from)
	for _, f := range v.ifs {
		if f.from < first && !v.relative(f.from) {
			c.class = ""
			return
		}
	}
	if c.change == "signed" && v.undone(c) {
		c.change = fit(c.term, "ended")
	}
	if c.change == "signed" && v.goesOn(c) {
		c.change = cmp.Or(fit(c.term, "retained"), c.change)
	}
	if v.negated(c) {
		if c.change = negative[c.change]; c.change == "" || fit(c.term, c.change) == "" && c.change != "denied" {
			c.class = ""
			return
		}
	}
	switch {
	case v.isPast(c, d), v.stands(c):
		c.class = Background
		if v.isHedged(c) {
			c.change = "reported"
		}
	case v.isDenied(c):
		c.change = "denied"
	case v.isHedged(c) || d.rumour && c.s.scope == 0:
		c.class, c.change = Reported, "reported"
	}
}

func fitOr(term, change string) string {
	if f := fit(term, change); f != "" {
		return f
	}
	return change
}

// relative reports whether token i follows a word that begins a clause about a noun.
func (v *view) relative(i int) bool {
	for j := i - 1; j >= max(0, i-3); j-- {
		if w := v.s.word(j); w == "that" || w == "which" || w == "who" {
			return true
		}
	}
	return false
}

// undone reports whether c stands in a clause about a contract's words that go: "scrapped a rule that bars Norvane
// from selling".
func (v *view) undone(c *claim) bool {
	return fit(c.term, "ended") != "" && slices.ContainsFunc(v.changes, func(x cue) bool {
		if x.change != "ended" && x.change != "removed" || x.to > c.from || c.from-x.to > 7 {
			return false
		}
		for i := x.to; i < c.from; i++ {
			w := v.s.word(i)
			if w == "that" || w == "which" || (w == "to" || w == "under") && lengthened[v.s.word(i-1)] {
				return true
			}
		}
		return false
	})
}

// goesOn reports whether what c tells goes on: "keeps receiving", "continues to pay".
func (v *view) goesOn(c *claim) bool {
	for i := c.at.from - 1; i >= max(0, c.at.from-2); i-- {
		switch v.s.word(i) {
		case "keep", "keeps", "kept", "continue", "continues", "still":
			return true
		case "on":
			return v.s.word(i-1) == "goes" || v.s.word(i-1) == "go"
		}
	}
	return false
}

// negative is what a change is when it did not happen.
var negative = map[string]string{"ended": "retained", "removed": "retained", "reduced": "retained", "restructured": "retained", "retained": "ended", "denied": "denied", "capped": "retained"}

// negated reports whether a "not" stands right before the words for the change.
func (v *view) negated(c *claim) bool {
	if c.at.change == "denied" {
		return false
	}
	if w := v.s.word(0); w == "nor" || w == "neither" || w == "no" && c.from <= 3 {
		return true
	}
	for _, n := range v.negations {
		if slices.ContainsFunc(v.changes, func(x cue) bool { return x.from <= n.from && n.from < x.to }) {
			continue // "no longer", "no more"
		}
		if c.from <= n.from && n.from < c.to {
			continue // "no other supplier"
		}
		if n.from < c.at.from && c.at.from-n.to <= 4 && v.clause[n.from] == v.clause[c.at.from] && !v.between(n.to, c.at.from) {
			return true
		}
	}
	return false
}

// between reports whether another change stands in tokens from, to exclusive.
func (v *view) between(from, to int) bool {
	return slices.ContainsFunc(v.changes, func(c cue) bool { return from <= c.from && c.to <= to })
}

func (v *view) isDenied(c *claim) bool {
	return c.at.change == "denied" || slices.ContainsFunc(v.denials, func(n cue) bool { return n.from < c.from || n.from > c.to })
}

// auxiliaries is how many words may stand between "might" and the verb it weakens.
const auxiliaries = 4

func (v *view) isHedged(c *claim) bool {
	if c.change == "denied" {
		return false
	}
	for _, h := range v.hedges {
		if h.change == "wide" || h.to <= c.at.from && c.term != "dispute" && c.term != "antitrust" && c.at.from-h.to <= auxiliaries && v.clause[h.from] == v.clause[c.at.from] {
			return true
		}
	}
	return false
}

// isPast reports whether the sentence tells the claim as what was before.
func (v *view) isPast(c *claim, d *deal) bool {
	for _, p := range v.past {
		if !v.elsewhere(c, p.from) {
			return true
		}
	}
	for _, m := range v.s.moments {
		before := m.year < d.year
		if d.year == 0 { // when was it written? "invested in 2019" was before, whenever that is
			w := v.s.word(m.from - 1)
			before = (w == "in" || w == "since") && pastTense(v.s.word(c.at.from))
		}
		if !m.duration && before && !v.elsewhere(c, m.from) {
			return true
		}
	}
	return v.pluperfect(c) || v.monthsAgo(c, d)
}

// pastTense reports whether w is a verb's past form; a participle is taken for one.
func pastTense(w string) bool {
	return strings.HasSuffix(w, "ed") || pasts[w]
}

var pasts = setOf("bought sold cut put took gave got won lost struck paid built led made sought spent took tore wound")

// elsewhere reports whether token i belongs to what is said by the way: in a clause about a noun, or between the term and
// what happens to it.
func (v *view) elsewhere(c *claim, i int) bool {
	first, last := min(c.from, c.at.from), max(c.to, c.at.to)
	switch {
	case i < first:
		return false
	case i < last && c.at.from < c.from: // "ended their previously exclusive deal"
		return i >= c.at.to && i < c.from
	case i < last:
		return v.s.comma(c.to, i) || v.relates(c.to, i)
	}
	return v.s.comma(last, i) || v.relates(last, i)
}

// relates reports whether a word that begins a clause about a noun stands in tokens from, to exclusive.
func (v *view) relates(from, to int) bool {
	for i := from; i < to; i++ {
		switch w := v.s.word(i); w {
		case "that", "which", "who", "whose":
			return true
		case "it", "they", "he", "she": // "the suit it filed"
			if before := v.s.word(i - 1); i > from && v.s.tokens[i-1].kind == word && !conjunctions[before] {
				return true
			}
		}
	}
	return false
}

var conjunctions = setOf("and or but as when while before after since because if said says for to with of")

// pluperfect reports whether the change itself had happened: "had cancelled the licence". What somebody said had happened
// is the news.
func (v *view) pluperfect(c *claim) bool {
	for i := c.at.from - 1; i >= max(0, c.at.from-3); i-- {
		if v.s.word(i) != "had" {
			continue
		}
		for j := range i {
			if w := v.s.word(j); w == "said" || w == "that" || w == "announced" || w == "confirmed" || w == "which" {
				return false
			}
		}
		return true
	}
	return false
}

// monthsAgo reports whether the sentence puts the claim two months or more before publication: "in May".
func (v *view) monthsAgo(c *claim, d *deal) bool {
	for i := 1; i < len(v.s.tokens) && d.month > 0; i++ {
		if m := monthOf(v.s.tokens[i]); m > 0 && v.s.word(i-1) == "in" && !v.elsewhere(c, i) {
			if _, dated := yearAt(v.s.tokens, i+1); !dated {
				ago := (d.month - m + 12) % 12
				return 2 <= ago && ago <= 9 && pastTense(v.s.word(c.at.from))
			}
		}
	}
	return false
}

// stands reports whether c only tells of a state, and not at the start of the article: "Norvane owns 18 percent".
func (v *view) stands(c *claim) bool {
	return c.term == "equity" && c.at.from == c.from && v.s.word(c.from-1) != "now" && c.s.order > 1 && states[v.s.word(c.from)]
}

var states = setOf("own owns owned hold holds held has have controls")
