package terms

import (
	"cmp"
	"slices"
	"strings"
)

// measured has, for the terms that have a value, the kinds of amount it can be, the likeliest first.
var measured = map[string][]thing{
	"revenue_share":    {share, money},
	"licence":          {money, share},
	"cloud_commitment": {money, power},
	"compute":          {power, money},
	"investment":       {money},
	"equity":           {share, money},
	"acquisition":      {money, share},
	"data_access":      {money},
	"partnership":      {money},
}

// timed are the terms that run for a time.
var timed = map[string]bool{"exclusivity": true, "revenue_share": true, "licence": true, "cloud_commitment": true, "compute": true,
	"data_access": true, "non_compete": true, "term_length": true, "governance": true, "partnership": true}

// measure gives each amount and each end of a term in the sentence to the claim nearest to it.
func (v *view) measure(cs []claim) {
	for i := range cs {
		c := &cs[i]
		for _, kind := range measured[c.term] {
			if c.value = cmp.Or(v.valueOf(c, cs, kind), v.pointed(kind)); c.value != "" {
				break
			}
		}
		if timed[c.term] {
			c.until = v.untilOf(c, cs)
		}
	}
}

// valueOf returns the amount of a kind nearest to c, unless another claim is nearer to it.
func (v *view) valueOf(c *claim, cs []claim, kind thing) string {
	best, least := "", farthest
	for _, a := range v.s.amounts {
		if a.thing != kind || v.beside(a) {
			continue
		}
		d := v.distance(c, a.from, a.to)
		if d < least && !v.nearer(c, cs, a.from, a.to, d, func(o *claim) bool { return slices.Contains(measured[o.term], kind) }) {
			best, least = a.String(), d
		}
	}
	return best
}

// pointed returns the only amount of a kind in the sentence before, where this one begins by pointing at it:
// "That is what Norvane will pay".
func (v *view) pointed(kind thing) string {
	if w := v.s.word(0); v.s.before == nil || w != "that" && w != "this" || v.s.word(1) != "is" && v.s.word(1) != "sum" && v.s.word(1) != "amount" {
		return ""
	}
	var found []amount
	for _, a := range v.s.before.amounts {
		if a.thing == kind {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0].String()
}

// farthest is how far from a term's words its amount may stand, as distance counts.
const farthest = 20

// beside reports whether an amount is not that of a term: what it was before, a valuation, a first part.
func (v *view) beside(a amount) bool {
	for i := a.from - 1; i >= max(0, a.from-5); i-- {
		near := i >= a.from-3
		switch v.s.word(i) {
		case "valuation", "valued", "valuing", "values":
			w := v.s.word(i - 1)
			return w != "stock" && w != "shares" && w != "deal" && w != "transaction"
		case "first", "initial":
			if i == a.from-1 {
				return true
			}
		case "from", "than":
			if near {
				return true
			}
		case "to", "of", "for", "worth", ",":
			return false
		}
	}
	if w := v.s.word(a.to + 1); (w == "share" || w == "song" || w == "user") && (v.s.word(a.to) == "per" || v.s.word(a.to) == "a" || v.s.word(a.to) == "each" || v.s.word(a.to) == "for") {
		return true // a price of each
	}
	for i := a.to; i < min(a.to+3, len(v.s.tokens)); i++ {
		switch w := v.s.word(i); {
		case strings.HasPrefix(w, "valuation"), w == "company" && i == a.to && a.thing == money, w == "market" && v.s.word(i+1) == "value":
			return true
		}
	}
	return false
}

// distance returns how far tokens from, to exclusive, stand from a claim's words; a clause counts as
// several words, and what stands before them as a little farther than what stands behind.
func (v *view) distance(c *claim, from, to int) int {
	d := min(gapBetween(c.from, c.to, from, to), gapBetween(c.at.from, c.at.to, from, to))
	k := v.clause[from] - v.clause[c.from]
	if l := v.clause[from] - v.clause[c.at.from]; l*l < k*k {
		k = l
	}
	return d + 5*max(k, -k)
}

func gapBetween(a, b, c, d int) int {
	switch {
	case c >= b:
		return c - b
	case a >= d:
		return a - d + 2
	}
	return 0
}

func (v *view) nearer(c *claim, cs []claim, from, to, d int, can func(*claim) bool) bool {
	for i := range cs {
		o := &cs[i]
		if o != c && o.term != c.term && can(o) && v.distance(o, from, to) < d {
			return true
		}
	}
	return false
}

// untilOf returns the date or duration that c runs to.
func (v *view) untilOf(c *claim, cs []claim) string {
	best, least := "", farthest+10
	for _, m := range v.s.moments {
		if !v.ends(m, c) {
			continue
		}
		d := v.distance(c, m.from, m.to)
		if m.duration {
			d += 10 // a date says more
		}
		if d < least && !v.nearer(c, cs, m.from, m.to, d, func(o *claim) bool { return timed[o.term] }) {
			best, least = m.text, d
		}
	}
	return best
}

// ends reports whether m is written as an end or a length: "until 2031", "for seven years", "five-year licence".
func (v *view) ends(m moment, c *claim) bool {
	s, i := v.s, m.from-1
	for i >= 0 && softeners[s.word(i)] {
		i--
	}
	w := s.word(i)
	if !m.duration {
		if w == "until" || w == "till" || w == "through" || w == "thru" {
			return true
		}
		if w == "to" {
			return true
		}
		if w == "by" && c.term == "cloud_commitment" && i < m.from-1 {
			return true // "spend USD 2 bn by the end of 2031"
		}
		if w == "at" || w == "in" || w == "on" || w == "with" || w == "by" {
			for j := i - 1; j >= max(0, i-4); j-- {
				if enders[s.word(j)] {
					return true
				}
			}
		}
		return enders[w] || w == "in" && c.term == "term_length"
	}
	switch w {
	case "over", "for", "lasts", "last", "lasting", "within", "after", "during", "of", "to", "runs", "run", "running", "next":
		after := s.word(m.to)
		return after != "ago" && after != "sooner" && after != "earlier" && after != "early" && after != "longer"
	}
	for j := m.to; j < min(m.to+3, len(s.tokens)); j++ {
		if lengthened[s.word(j)] {
			return true
		}
	}
	return false
}

var (
	softeners = setOf("spring summer autumn fall winter an initial minimum full the end of close middle start beginning mid early late about around roughly at least least up another a further least next coming first some period term")
	enders    = setOf("expire expires expiring expired end ends ending stop stops stopping lapse lapses terminate terminates terminating run runs running last lasts lasting")
	// lengthened is what a length stands before: "a five-year licence".
	lengthened = setOf("deal deals agreement contract pact licence license partnership accord commitment order arrangement lease term period exclusivity exclusive cloud alliance ban non programme collaboration cooperation")
)

func setOf(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

func containsWord(list, w string) bool {
	for x := range strings.FieldsSeq(list) {
		if x == w {
			return true
		}
	}
	return false
}

// complete adds to the claims of the three sentences before s, which makes none itself, what s says of them: "The
// price is USD 310 mn." "The contract runs for 15 years."
func (d *deal) complete(claims []claim, s *sentence) {
	var sums []amount
	for _, a := range s.amounts {
		if a.thing == money {
			sums = append(sums, a)
		}
	}
	v := newView(s)
	priced := len(sums) == 1 && !v.beside(sums[0]) && (pricing[s.word(1)] && s.word(0) == "the" || v.atMost(sums[0]))
	for i := range claims {
		c := &claims[i]
		if c.s.field != s.field || c.s.scope != s.scope || s.order-c.s.order > 3 {
			continue
		}
		if c.value == "" && priced && slices.Contains(measured[c.term], money) && v.atMost(sums[0]) == (c.change == "capped") {
			c.value = sums[0].String()
		}
		for _, m := range s.moments {
			if c.until == "" && timed[c.term] && s.word(0) == "the" && runs(s) && v.ends(m, c) {
				c.until = m.text
			}
		}
	}
}

// runs reports whether s begins with what runs or lasts: "The lease runs for".
func runs(s *sentence) bool {
	for i := 2; i < 5; i++ {
		switch s.word(i) {
		case "run", "runs", "last", "lasts", "expires":
			return true
		case "has":
			return s.word(i+2) == "term" || s.word(i+2) == "duration"
		}
	}
	return false
}

// pricing are words for what a deal costs.
var pricing = setOf("price sum fee cost deal purchase takeover contract transaction agreement order")

// atMost reports whether an amount is written as a limit: "no more than USD 3 mn".
func (v *view) atMost(a amount) bool {
	switch v.s.word(a.from - 1) {
	case "than":
		return v.s.word(a.from-2) == "more" && (v.s.word(a.from-3) == "no" || v.s.word(a.from-3) == "not")
	case "most":
		return v.s.word(a.from-2) == "at"
	}
	return false
}
