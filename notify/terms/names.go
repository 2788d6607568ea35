package terms

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A roster is the names of one article.
type roster struct {
	*lexicon
	unknown map[string]*candidate // by the tokens, joined
	parties map[string]string     // tokens of names found in the text, joined, to the party as shown
	firsts  map[string]bool       // the first tokens of those
	text    bool                  // the article has more than a title
	defined map[string]string     // what a filing calls its parties: "Company"
	owner   string                // the company that publishes the article itself, "we" in it; "" for none
}

// newRoster finds the names in the sentences of an article.
func (x *lexicon) newRoster(ss []*sentence) *roster {
	r := &roster{lexicon: x, unknown: map[string]*candidate{}, parties: map[string]string{}, firsts: map[string]bool{}, defined: map[string]string{}}
	lower := map[string]bool{}
	r.text = len(ss) > 1
	for _, s := range ss {
		for i := range s.tokens {
			if t := &s.tokens[i]; t.kind == word && !t.capital {
				lower[t.word] = true
			}
		}
	}
	for _, s := range ss {
		r.collect(s, lower)
	}
	r.settle()
	return r
}

// collect weighs the capitalised words of s that no list has.
func (r *roster) collect(s *sentence, lower map[string]bool) {
	var last *candidate // the one before, which ends at token end
	end := 0
	for i := 0; i < len(s.tokens); {
		if _, end := r.find(s, i); end > i {
			i = end
			for i < len(s.tokens) && s.tokens[i].capital && !s.apart(i) && s.tokens[i].kind == word && !s.shouts {
				if _, next := r.find(s, i); next > i {
					break
				}
				i++ // what belongs to it: "Norvane Maps"
			}
			continue
		}
		from, to := r.run(s, i, lower)
		if to > from {
			if c := r.weigh(s, from, to); c != nil {
				if last != nil && from-end <= 1 && (s.word(from-1) == "and" || s.word(from-1) == "&" || s.word(from-1) == ",") {
					c.mates, last.mates = append(c.mates, last), append(last.mates, c)
				}
				last, end = c, to
			}
		}
		i = max(i+1, to)
	}
}

// run returns the run of capitalised words that begins at token i, without what does not belong to a name.
func (r *roster) run(s *sentence, i int, lower map[string]bool) (from, to int) {
	if !r.nameLike(s, i) {
		return i, i
	}
	to = i + 1
	for to < len(s.tokens) && to-i < 6 {
		if s.tokens[to].word == "&" && to+1 < len(s.tokens) && r.nameLike(s, to+1) {
			to += 2
			continue
		}
		if _, end := r.find(s, to); end > to || !r.nameLike(s, to) || s.apart(to) && !s.hyphened(to) || s.word(to) == s.word(i) || len(s.word(to)) <= 4 && r.is("starts", s.word(to)) {
			break
		}
		to++
	}
	from = i
	if s.opens(from) && to-from > 1 && (r.is("starts", s.tokens[from].word) || lower[s.tokens[from].word] || s.tokens[from].id != 0 && !r.is("kinds", s.tokens[from].word)) {
		from++
	}
	for from < to && (r.is("nations", s.tokens[from].word) || r.is("roles", s.tokens[from].word)) {
		from++
	}
	if to-from == 1 && r.is("things", s.tokens[from].word) || to-from == 1 && s.opens(from) && (r.is("starts", s.tokens[from].word) || lower[s.tokens[from].word]) {
		return i, i
	}
	if to-from == 1 && s.opens(from) && s.tokens[from].id != 0 || s.shouts && to-from == 1 && lower[s.tokens[from].word] {
		return i, i
	}
	if s.shouts { // every word has a capital: the name ends where words of deals begin
		for k := from; k < to; k++ {
			if s.tokens[k].id != 0 && !r.is("kinds", s.tokens[k].word) || r.is("starts", s.tokens[k].word) {
				return from, k
			}
		}
	}
	return from, to
}

// nameLike reports whether token i can be a word of a name.
func (r *roster) nameLike(s *sentence, i int) bool {
	t := &s.tokens[i]
	return t.kind == word && t.capital && len(t.word) > 1 && t.word != "'s" && !r.is("times", t.word) && !r.is("things", t.word) ||
		t.capital && i > 0 && t.word == "ai" && s.tokens[i-1].capital && !s.apart(i) && s.tokens[i-1].kind == word
}

// settle decides which candidates are companies and by what name each is shown.
func (r *roster) settle() {
	all := slices.SortedFunc(maps.Values(r.unknown), func(c, d *candidate) int {
		return cmp.Or(len(d.tokens)-len(c.tokens), strings.Compare(c.key(), d.key()))
	})
	longs := map[*candidate]*candidate{}
	for _, c := range all { // the longest first: a short form speaks for its long one
		if c.person {
			if surname := r.unknown[c.tokens[len(c.tokens)-1]]; surname != nil {
				surname.person = true
			}
			continue
		}
		for n := 1; n < len(c.tokens); n++ {
			short := r.unknown[strings.Join(c.tokens[:n], " ")]
			if short != nil && !short.person && !short.formal && longs[short] == nil {
				c.score += short.score
				c.count += short.count
				longs[short] = c
			}
		}
	}
	for _, c := range all {
		long := cmp.Or(longs[c], c)
		if !c.person && !long.person && long.score+twice(long) >= enough {
			r.parties[c.key()] = long.shown
		}
	}
	for _, c := range all { // who stands beside a company as its like is one
		if r.parties[c.key()] == "" && longs[c] == nil && !c.person && c.count > 1 && c.score >= 0 &&
			slices.ContainsFunc(c.mates, func(m *candidate) bool { return r.parties[m.key()] != "" }) {
			r.parties[c.key()] = c.shown
		}
	}
	for key := range r.parties {
		first, _, _ := strings.Cut(key, " ")
		r.firsts[first] = true
	}
}

// twice is worth a weak sign: the name is told more than once, as that of a party is.
func twice(c *candidate) float64 {
	if c.count > 1 {
		return weakSign
	}
	return 0
}
