package terms

import (
	"cmp"
	"slices"
	"strings"
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

// A view is the cues of one sentence by what they are for.
type view struct {
	year               int // of publication; 0 if unknown
	s                  *sentence
	clause             []int // by token
	events, nouns      []cue
	changes            []cue
	again              []cue // words that point at a term of the sentence before
	hedges, ifs, past  []cue
	negations, denials []cue
}

func newView(s *sentence) *view {
	v := &view{s: s, clause: clauses(s)}
	masked := make([]bool, len(s.tokens))
	for _, c := range s.cues {
		if c.head == "mask" {
			for i := c.from; i < c.to; i++ {
				masked[i] = true
			}
		}
	}
	for _, c := range s.cues {
		if masked[c.from] || s.inName(c) {
			continue
		}
		switch c.head {
		case "mask", "deal":
		case "again":
			v.again = append(v.again, c)
		case "hedge":
			v.hedges = append(v.hedges, c)
		case "if":
			v.ifs = append(v.ifs, c)
		case "past":
			v.past = append(v.past, c)
		case "no":
			v.negations = append(v.negations, c)
		case "change":
			if c.change == "denied" {
				v.denials = append(v.denials, c)
			} else {
				v.changes = append(v.changes, c)
			}
		default:
			if c.change == "noun" {
				v.nouns = append(v.nouns, c)
			} else if !s.isNoun(c) {
				v.events = append(v.events, c)
			}
		}
	}
	v.changes = append(v.changes, s.comparisons()...)
	v.events = slices.DeleteFunc(v.events, func(e cue) bool {
		return e.change == "ended" && v.kept(e) || e.change == "signed" && v.mere(e)
	})
	return v
}

// comparisons returns a change for every amount or end that is set against another: "until 2030 rather than 2027".
func (s *sentence) comparisons() []cue {
	var cs []cue
	for i := 1; i+2 < len(s.tokens); i++ {
		if w := s.word(i) + " " + s.word(i+1); w != "rather than" && w != "instead of" {
			continue
		}
		c := cue{pattern: &pattern{head: "change"}, from: i, to: i + 2}
		for j := 1; j < len(s.moments); j++ {
			if a, b := s.moments[j-1], s.moments[j]; b.from == i+2 && !a.duration && !b.duration {
				c.pattern.change = map[bool]string{true: "extended", false: "reduced"}[a.text > b.text]
			}
		}
		for j := 1; j < len(s.amounts); j++ {
			if a, b := s.amounts[j-1], s.amounts[j]; c.pattern.change == "" && b.from == i+2 && (a.thing == b.thing || b.thing == count) {
				c.pattern.change = map[bool]string{true: "raised", false: "reduced"}[a.value > b.value]
			}
		}
		if c.pattern.change != "" {
			cs = append(cs, c)
		}
	}
	return cs
}

// inName reports whether c is a part of a name, or one word of a description: the "Commission" in European
// Commission, the "start" in "the start-up".
func (s *sentence) inName(c cue) bool {
	return slices.ContainsFunc(s.mentions, func(m mention) bool {
		return m.from <= c.from && c.to <= m.to && c.to-c.from < m.to-m.from && (m.party != "" || c.to-c.from == 1)
	})
}

// clauses numbers the clauses of s by token.
func clauses(s *sentence) []int {
	out := make([]int, len(s.tokens))
	n := 0
	for i := range s.tokens {
		switch w := s.tokens[i].word; w {
		case "(", ")":
			n += 2
		case ";", ":", "—", "–", "but", "while", "although", "though", "whereas":
			n++
		case "and", "so", "yet", "or", "with":
			if s.word(i-1) == "," {
				n++
			}
		}
		out[i] = n
	}
	return out
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

// has reports whether s names a term.
func (s *sentence) has(term string) bool {
	return slices.ContainsFunc(s.cues, func(c cue) bool { return c.head == term })
}

// isNoun reports whether the first word of c, a verb elsewhere, is a noun here: "the order for chips".
func (s *sentence) isNoun(c cue) bool {
	switch s.word(c.from - 1) {
	case "the", "a", "an", "its", "their", "this", "that", "his", "her", "'s", "new", "big", "giant", "large":
		return nounVerbs[s.word(c.from)]
	}
	return false
}

// mere reports whether what c says only tells what a right or a company is for: "the right to sell chips", "Norvane,
// which builds servers".
func (v *view) mere(c cue) bool {
	before := v.s.word(c.from - 1)
	switch {
	case c.head != "exclusivity" && (before == "to" && rights[v.s.word(c.from-2)] || v.s.word(c.from) == "to" && rights[before]):
		return true
	case (before == "which" || before == "that" || before == "who") && (c.head == "compute" || c.head == "cloud_commitment" || c.head == "data_access"):
		return v.s.word(c.from-2) == "," || slices.ContainsFunc(v.s.mentions, func(m mention) bool { return m.to == c.from-1 })
	case c.head == "acquisition" && v.s.word(c.to) == "'s" && !parts[v.s.word(c.to+1)]:
		return true // a thing of the company's
	}
	return false
}

var (
	rights = setOf("right rights freedom permission option licence license liberty free obligation duty")
	parts  = setOf("business unit division arm subsidiary team")
)

// kept reports whether what c says goes on as it was: "keeps the freedom to sell on any cloud".
func (v *view) kept(c cue) bool {
	for i := c.from - 1; i >= max(0, c.from-9) && v.clause[i] == v.clause[c.from]; i-- {
		switch v.s.word(i) {
		case "keep", "keeps", "kept", "retain", "retains", "remain", "remains", "remained", "still", "always", "stay", "stays":
			return true
		}
	}
	return false
}

// nounVerbs are verbs of events that are nouns as well.
var nounVerbs = setOf("order lease use supply design rent book fund back build access licence license")

// tight reports whether a party stands within or right behind the cue.
func (c cue) tight(s *sentence) bool {
	return slices.ContainsFunc(s.mentions, func(m mention) bool { return m.party != "" && c.from <= m.from && m.from <= c.to+1 })
}

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

// relative reports whether token i follows a word that begins a clause about a noun.
func (v *view) relative(i int) bool {
	for j := i - 1; j >= max(0, i-3); j-- {
		if w := v.s.word(j); w == "that" || w == "which" || w == "who" {
			return true
		}
	}
	return false
}

// stands reports whether c only tells of a state, and not at the start of the article: "Norvane owns 18 percent".
func (v *view) stands(c *claim) bool {
	return c.term == "equity" && c.at.from == c.from && c.s.order > 1 && states[v.s.word(c.from)]
}

var states = setOf("own owns owned hold holds held has have controls")

func fitOr(term, change string) string {
	if f := fit(term, change); f != "" {
		return f
	}
	return change
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
		if !m.duration && m.year < d.year && !v.elsewhere(c, m.from) {
			return true
		}
	}
	return v.pluperfect(c) || v.monthsAgo(c, d)
}

// monthsAgo reports whether the sentence puts the claim two months or more before publication: "in May".
func (v *view) monthsAgo(c *claim, d *deal) bool {
	for i := 1; i < len(v.s.tokens) && d.month > 0; i++ {
		if m := monthOf(v.s.tokens[i]); m > 0 && v.s.word(i-1) == "in" && !v.elsewhere(c, i) {
			if _, dated := yearAt(v.s.tokens, i+1); !dated {
				ago := (d.month - m + 12) % 12
				return 2 <= ago && ago <= 9
			}
		}
	}
	return false
}

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
		if w := v.s.word(i); w == "that" || w == "which" || w == "who" || w == "whose" {
			return true
		}
	}
	return false
}

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

// comma reports whether a comma stands in tokens from, to exclusive.
func (s *sentence) comma(from, to int) bool {
	return slices.ContainsFunc(s.tokens[from:max(from, to)], func(t token) bool { return t.word == "," })
}

// overlap reports whether each of two runs of tokens has the last of the other: they are about the same words.
func overlap(a, b, c, d int) bool {
	return c < b && b <= d && a < d && d <= b
}
