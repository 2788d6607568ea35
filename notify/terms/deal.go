package terms

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A deal is what an article is about: who deals with whom, and when it was written.
type deal struct {
	pairs       map[int][]string // by scope: the two parties that the whole tells of; none if it tells of no two
	dealing     map[int]int      // by scope: the text says that the pair has to do with one another
	rumour      bool             // the title calls all of it a report
	bodies      []string         // the government bodies that the article names
	year, month int              // of publication; 0 if unknown
}

// How much a place says about whom an article tells of.
const (
	inTitle = 3
	inLead  = 2
	inBody  = 1
)

func newDeal(a *news.Article, ss []*sentence) *deal {
	d := &deal{pairs: map[int][]string{}, dealing: map[int]int{}}
	if !a.Published.IsZero() {
		d.year, d.month = a.Published.Year(), int(a.Published.Month())
	}
	named := map[string]bool{}
	for _, s := range ss {
		for _, m := range s.mentions {
			if m.party != "" {
				named[m.party] = true
				if m.role == authority && !slices.Contains(d.bodies, m.party) {
					d.bodies = append(d.bodies, m.party)
				}
			}
		}
	}
	long := map[string]string{} // a short name to the one it is short for here: "Sony" where the text has Sony Music
	for name := range named {
		for i, r := range name {
			if short := name[:i]; r == ' ' && named[short] && (long[short] == "" || name < long[short]) {
				long[short] = name
			}
		}
	}
	for _, s := range ss {
		for i := range s.mentions {
			m := &s.mentions[i]
			m.party = cmp.Or(long[m.party], m.party)
			if m.party == "" && named[m.called] {
				m.party = m.called
			}
		}
	}
	d.rumour = len(ss) > 0 && ss[0].field == "title" && slices.ContainsFunc(ss[0].cues, func(c cue) bool {
		return c.head == "hedge" && c.change == "wide" && strings.HasPrefix(ss[0].word(c.from), "reported")
	})
	last := 0
	for _, s := range ss {
		last = max(last, s.scope)
	}
	for scope := range last + 1 {
		d.pairs[scope] = principals(ss, scope)
	}
	topics := map[int]string{}
	for _, s := range ss { // who "it" is: the company told of first
		if ps := s.companies(); topics[s.scope] == "" && len(ps) > 0 {
			topics[s.scope] = ps[0]
		}
		s.topic = topics[s.scope]
	}
	for _, s := range ss {
		if pair := d.pairs[s.scope]; len(pair) == 2 {
			d.dealing[s.scope] += s.deals(pair)
		}
	}
	return d
}

// principals returns the two parties that the sentences of a scope tell of, or none.
func principals(ss []*sentence, scope int) []string {
	alone, together := map[string]int{}, map[[2]string]int{}
	for _, s := range ss {
		if s.scope != scope {
			continue
		}
		weight := inBody
		switch {
		case s.field == "title":
			weight = inTitle
		case s.order <= 2:
			weight = inLead
		}
		ps := s.dealers()
		if s.field == "title" && len(s.mentions) > 1 && s.joined(0, 1) {
			ps = ps[:min(len(ps), 3)] // "Aurelia and Norvane part"
		}
		ps = ps[:min(len(ps), mostParties)]
		for i, p := range ps {
			alone[p] += weight
			for _, q := range ps[i+1:] {
				bonus := 0
				if s.telling() {
					bonus = inLead
				}
				together[[2]string{min(p, q), max(p, q)}] += 2*weight + bonus
			}
		}
	}
	return likeliest(alone, together)
}

// likeliest returns the pair that is told of most, alone and together; two that are never told of together only if both
// are in a title or a lead. Without one it is nil.
func likeliest(alone map[string]int, together map[[2]string]int) []string {
	often := slices.SortedFunc(maps.Keys(alone), func(p, q string) int { return cmp.Or(alone[q]-alone[p], strings.Compare(p, q)) })
	often = often[:min(len(often), mostParties)]
	var best []string
	most := 0
	for i, p := range often {
		for _, q := range often[i+1:] {
			pair := together[[2]string{min(p, q), max(p, q)}]
			worth := pair + 3*min(alone[p], alone[q]) + max(alone[p], alone[q])
			if worth > most && (pair > 0 || min(alone[p], alone[q]) >= inLead) {
				most, best = worth, []string{p, q}
			}
		}
	}
	return best
}

// mostParties is of how many companies of an article, the most frequent, the pair is looked for, and of a sentence.
const mostParties = 20

// dealers returns the companies that s names otherwise than beside a deal, each once, in order.
func (s *sentence) dealers() []string {
	var ps []string
	for _, m := range s.mentions {
		if m.party != "" && m.role != authority && !m.aside && !slices.Contains(ps, m.party) {
			ps = append(ps, m.party)
		}
	}
	return ps
}

// companies returns the companies that s names, each once, in order.
func (s *sentence) companies() []string {
	var ps []string
	for _, m := range s.mentions {
		if m.party != "" && m.role != authority && !slices.Contains(ps, m.party) {
			ps = append(ps, m.party)
		}
	}
	return ps
}

// telling reports whether s has a pattern of a term.
func (s *sentence) telling() bool {
	return slices.ContainsFunc(s.cues, func(c cue) bool { return rank(c.head) >= 0 || c.head == "deal" || c.head == "again" })
}

// bind returns the parties of a claim in s, sorted, or none where they are not sure.
func (d *deal) bind(s *sentence, c *claim) []string {
	pair, local := d.pairs[s.scope], s.around(c)
	strangers := slices.ContainsFunc(local, func(p string) bool { return !slices.Contains(pair, p) })
	var parties []string
	switch {
	case len(local) >= 2 && !(strangers && len(pair) == 2 && (bindsOthers[c.term] || !c.tight && s.order > 2)):
		parties = local
	case len(pair) == 0 || d.dealing[s.scope] < likely || (c.change == "signed" || c.change == "opened") && d.dealing[s.scope] < surely || strangers && len(local) > 1 && !bindsOthers[c.term]:
		return nil
	case s.names(pair) == 2, s.describes() && (s.names(pair) > 0 || s.pairs() || c.tells(s)), s.definite(c), s.names(pair) == 1 && c.change != "signed", len(s.mentions) == 0 && s.before != nil && s.before.names(pair) > 0:
		parties = pair
	}
	parties = slices.Clone(parties[:min(len(parties), 4)])
	if c.term == "antitrust" {
		parties = append(parties, d.authorities(s)...)
	}
	slices.SortFunc(parties, func(p, q string) int { return strings.Compare(strings.ToLower(p), strings.ToLower(q)) })
	return parties
}

// names returns how many of the parties s names.
func (s *sentence) names(parties []string) int {
	n := 0
	for _, p := range s.companies() {
		if slices.Contains(parties, p) {
			n++
		}
	}
	return n
}

// authorities returns the government bodies that s names, or the only one that the article names.
func (d *deal) authorities(s *sentence) []string {
	var out []string
	for _, m := range s.mentions {
		if m.role == authority && !slices.Contains(out, m.party) {
			out = append(out, m.party)
		}
	}
	if out == nil && len(d.bodies) == 1 {
		return d.bodies
	}
	return out
}

// How much must say that two parties have to do with one another: surely where a sentence about them only says that
// something is agreed, likely where it says what changes.
const surely, likely = 3, 2

// deals returns how much s says so: surely where it names both around words for a term, or joined by "and" beside
// them; a little where it has such words and both parties, one of them perhaps described.
func (s *sentence) deals(pair []string) int {
	named := s.names(pair)
	switch {
	case named == 0 && s.telling() && s.pairs():
		return 1
	case named == 0, named == 1 && !(s.telling() && s.describes()):
		return 0
	case named == 1 || !s.telling():
		return 1
	}
	for i := range s.mentions {
		if i > 0 && s.joined(i-1, i) && slices.Contains(pair, s.mentions[i].party) && slices.Contains(pair, s.mentions[i-1].party) {
			return surely
		}
	}
	for _, c := range s.cues {
		if rank(c.head) < 0 && c.head != "deal" {
			continue
		}
		local := s.around(&claim{from: c.from, to: c.to})
		if slices.Contains(local, pair[0]) && slices.Contains(local, pair[1]) {
			return surely
		}
	}
	if s.field == "title" {
		return likely
	}
	return 1
}

// bindsOthers are the terms whose sentences name who else one may deal with: no parties of theirs.
var bindsOthers = map[string]bool{"exclusivity": true, "non_compete": true, "agi_clause": true}

// tells reports whether who does what the claim tells is meant in s, if only as "it" or "the start-up".
func (c *claim) tells(s *sentence) bool {
	for _, m := range s.mentions {
		if m.to <= min(c.from, c.at.from) && s.word(m.from) != "its" {
			return true
		}
	}
	return s.definite(c)
}

// definite reports whether a claim is about a thing that the text has told of: "the licence", "its fee".
func (s *sentence) definite(c *claim) bool {
	for i := max(0, c.from-2); i < c.to; i++ {
		switch s.word(i) {
		case "the", "its", "their", "this", "that", "both":
			return true
		}
	}
	return false
}

// pairs reports whether s means both parties at once.
func (s *sentence) pairs() bool {
	return slices.ContainsFunc(s.mentions, func(m mention) bool { return m.pair })
}

// describes reports whether s means a party without its name.
func (s *sentence) describes() bool {
	return slices.ContainsFunc(s.mentions, func(m mention) bool { return m.party == "" })
}

// reach is how many words may stand between a claim's words and a party to the right of them.
const reach = 7

// around returns the companies that stand as the parties around a claim's words: the nearest before
// them, the first within or after them, and those joined to either by "and".
func (s *sentence) around(c *claim) []string {
	if ps := s.companies(); c.term == "equity" && len(ps) == 2 {
		return ps // one's stake in the other
	}
	left, right := -1, -1
	for i, m := range s.mentions {
		if m.aside && bindsOthers[c.term] {
			continue
		}
		if m.party != "" && m.role != authority && right < 0 && m.from >= c.from && m.from <= c.to+reach {
			right = i
		}
	}
	for i, m := range s.mentions {
		if m.party != "" && m.role != authority && !(m.aside && bindsOthers[c.term]) && m.to <= c.from && (right < 0 || m.party != s.mentions[right].party) {
			left = i
		}
	}
	var ps []string
	add := func(i int) {
		if p := s.mentions[i].party; !slices.Contains(ps, p) {
			ps = append(ps, p)
		}
	}
	if left < 0 && right >= 0 && s.topic != "" && s.topic != s.mentions[right].party && (s.points(c.from) || c.term == "investment" && s.definite(c)) {
		ps = append(ps, s.topic)
	}
	if left >= 0 {
		first := left
		for first > 0 && s.joined(first-1, first) {
			first--
		}
		for i := first; i <= left; i++ {
			add(i)
		}
	}
	if right >= 0 {
		add(right)
		last := right
		for i := right + 1; i < len(s.mentions) && s.joined(last, i); i++ {
			add(i)
			last = i
		}
		if left < 0 && len(ps) == 1 && s.mentions[right].from >= c.from { // "the revenue share that Aurelia pays Norvane"
			for i := last + 1; i < len(s.mentions) && s.mentions[i].from <= s.mentions[last].to+reach && len(ps) == 1; i++ {
				if s.mentions[i].party != "" && s.mentions[i].role != authority {
					add(i)
				}
			}
		}
	}
	return ps
}

// close reports whether at most five tokens stand between two mentions.
func (s *sentence) close(i, j int) bool { return s.mentions[j].from-s.mentions[i].to <= 5 }

// points reports whether "it" or "the company" stands before token i as who does what is told.
func (s *sentence) points(i int) bool {
	return slices.ContainsFunc(s.mentions, func(m mention) bool {
		return m.party == "" && !m.pair && m.to <= i && s.word(m.from) != "its"
	})
}

// joined reports whether nothing but a comma or "and" stands between mentions i and j.
func (s *sentence) joined(i, j int) bool {
	if s.mentions[i].party == "" || s.mentions[j].party == "" {
		return false
	}
	linked := false
	for k := s.mentions[i].to; k < s.mentions[j].from; k++ {
		switch w := s.tokens[k].word; {
		case w == "(": // "Norvane (the maker)"
			for k+1 < s.mentions[j].from && s.tokens[k].word != ")" {
				k++
			}
		case w == "," || w == "and" || w == "&" || w == "–" || w == "/":
			linked = true
		case !linked || s.leaves(k) || !s.close(i, j): // "and the recipe app Norvane"
			return false
		}
	}
	return linked || s.mentions[i].to == s.mentions[j].from
}
