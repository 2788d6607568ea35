package terms

import (
	"slices"
)

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
		return e.change == "ended" && v.kept(e) || e.change == "signed" && v.mere(e) || e.head == "partnership" && v.narrower(e)
	})
	return v
}

// narrower reports whether c has the words of another term: "end their exclusive partnership".
func (v *view) narrower(c cue) bool {
	return slices.ContainsFunc(v.nouns, func(n cue) bool {
		return n.head != "partnership" && n.head != "term_length" && c.from <= n.from && n.to <= c.to
	})
}

// comparisons returns a change for every amount or end that is set against another: "until 2030 rather than 2027".
func (s *sentence) comparisons() []cue {
	var cs []cue
	for i := 1; i+2 < len(s.tokens); i++ {
		if w := s.word(i) + " " + s.word(i+1); w != "rather than" && w != "instead of" {
			continue
		}
		if change := s.compared(i + 2); change != "" {
			cs = append(cs, cue{&pattern{head: "change", change: change}, i, i + 2})
		}
	}
	return cs
}

// compared returns what the amount or end at token i, set against the one before it, says of that: it is more or less.
func (s *sentence) compared(i int) string {
	for j := 1; j < len(s.moments); j++ {
		if a, b := s.moments[j-1], s.moments[j]; b.from == i && !a.duration && !b.duration {
			if a.text > b.text {
				return "extended"
			}
			return "reduced"
		}
	}
	for j := 1; j < len(s.amounts); j++ {
		if a, b := s.amounts[j-1], s.amounts[j]; b.from == i && (a.thing == b.thing || b.thing == count) {
			if a.value > b.value {
				return "raised"
			}
			return "reduced"
		}
	}
	return ""
}

// inName reports whether c is a part of a name, or one word of a description: the "Commission" in European
// Commission, the "start" in "the start-up".
func (s *sentence) inName(c cue) bool {
	return slices.ContainsFunc(s.mentions, func(m mention) bool {
		return m.from <= c.from && c.to <= m.to && c.to-c.from < m.to-m.from && (m.party != "" || c.to-c.from == 1)
	})
}

// isNoun reports whether the first word of c, a verb elsewhere, is a noun here: "the order for chips".
func (s *sentence) isNoun(c cue) bool {
	switch s.word(c.from - 1) {
	case "the", "a", "an", "its", "their", "this", "that", "his", "her", "'s", "new", "big", "giant", "large":
		return nounVerbs[s.word(c.from)]
	}
	return false
}

// nounVerbs are verbs of events that are nouns as well.
var nounVerbs = setOf("order lease use supply design rent book fund back build access licence license")

// mere reports whether what c says only tells what a right or a company is for: "the right to sell chips", "Norvane,
// which builds servers".
func (v *view) mere(c cue) bool {
	before := v.s.word(c.from - 1)
	for i := max(0, c.from-4); i < c.from; i++ {
		if banned[v.s.word(i)] && !bindsOthers[c.head] {
			return true // "the ban on Norvane using chips"
		}
	}
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
	banned = setOf("ban bans banned bar bars barred prohibition prohibited forbidden forbid forbids")
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

// tight reports whether a party stands within or right behind the cue.
func (c cue) tight(s *sentence) bool {
	return slices.ContainsFunc(s.mentions, func(m mention) bool { return m.party != "" && c.from <= m.from && m.from <= c.to+1 })
}

// has reports whether s names a term.
func (s *sentence) has(term string) bool {
	return slices.ContainsFunc(s.cues, func(c cue) bool { return c.head == term })
}

// comma reports whether a comma stands in tokens from, to exclusive.
func (s *sentence) comma(from, to int) bool {
	return slices.ContainsFunc(s.tokens[from:max(from, to)], func(t token) bool { return t.word == "," })
}
