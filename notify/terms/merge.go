package terms

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A Merged is one term of a story as all its articles tell it. Its own fields are those of the side that holds:
// that of the latest denial or correction, else the one that most articles take, the earliest of equals.
type Merged struct {
	Parties  []string `json:"parties"`
	Term     string   `json:"term"`
	Change   string   `json:"change"`
	Value    string   `json:"value"`
	Until    string   `json:"until"`
	News     bool     `json:"news"`
	Evidence string   `json:"evidence"`
	Article  string   `json:"article"`
	Sides    []Side   `json:"sides"` // the side that holds first; one where all agree
}

// A Side is one way in which articles tell a term.
type Side struct {
	Change string      `json:"change"`
	Value  string      `json:"value"`
	Until  string      `json:"until"`
	Told   []news.Term `json:"told"` // by whom, with the evidence of each, in the order of their arrival

	corrects bool // one of them says that others are wrong
}

// Merge returns the terms of a story, those told first at the front. Each of told is the terms of one article, in the
// order of arrival. What is told as background only is merged where no article has it as news.
func Merge(told [][]news.Term) []Merged {
	var ms []Merged
	full := fullNames(told)
	for _, news := range []bool{true, false} {
		for _, ts := range told {
			for _, t := range ts {
				t.Parties = renamed(t.Parties, full)
				i := slices.IndexFunc(ms, func(m Merged) bool { return sameTerm(m, t) })
				switch {
				case t.News != news:
				case i < 0:
					ms = append(ms, Merged{Parties: t.Parties, Term: t.Term, News: t.News})
					ms[len(ms)-1].add(t)
				case ms[i].News == news:
					ms[i].add(t)
				}
			}
		}
	}
	for i := range ms {
		ms[i].settle()
	}
	return ms
}

// fullNames maps a party's short name to the longer one that another article gives: "Kestrel" to "Kestrel Robotics".
// A name that could be short for several stays.
func fullNames(told [][]news.Term) map[string]string {
	names := map[string]bool{}
	for _, ts := range told {
		for _, t := range ts {
			for _, p := range t.Parties {
				names[p] = true
			}
		}
	}
	full := map[string]string{}
	for short := range names {
		n := 0
		for long := range names {
			if strings.HasPrefix(long, short+" ") {
				full[short] = long
				n++
			}
		}
		if n > 1 {
			delete(full, short)
		}
	}
	return full
}

func renamed(parties []string, full map[string]string) []string {
	out := make([]string, len(parties))
	for i, p := range parties {
		out[i] = cmp.Or(full[p], p)
	}
	return out
}

// sameTerm reports whether t is about what m is about. Outlets may name the authority of an inquiry or not.
func sameTerm(m Merged, t news.Term) bool {
	if m.Term != t.Term {
		return false
	}
	if t.Term == "antitrust" {
		return len(common(m.Parties, t.Parties)) >= 2
	}
	return slices.Equal(m.Parties, t.Parties)
}

// add puts t to the first side that it does not contradict, or to one of its own.
func (m *Merged) add(t news.Term) {
	if len(t.Parties) > len(m.Parties) {
		m.Parties = t.Parties
	}
	corrects := t.Change == "denied" || correction.MatchString(t.Evidence)
	for i := range m.Sides {
		s := &m.Sides[i]
		if s.agrees(t) {
			if vague[s.Change] {
				s.Change = t.Change
			}
			s.Value = cmp.Or(s.Value, t.Value)
			s.Until = longer(s.Until, t.Until)
			s.Told = append(s.Told, t)
			s.corrects = s.corrects || corrects
			return
		}
	}
	m.Sides = append(m.Sides, Side{t.Change, t.Value, t.Until, []news.Term{t}, corrects})
}

// correction finds words by which a sentence says that others are wrong.
var correction = regexp.MustCompile(`(?i)\bcontrary to\b|\bcorrect(?:ed|ion|s)?\b|\bclarif(?:y|ied|ies)\b|\b(?:has|have|had|was|were|is|are|did|does) not (?:been |yet )?\w+(?:ed|end|change|expire)\b|\bwrong(?:ly)?\b|\bmistaken(?:ly)?\b|\bmisread\b`)

// agrees reports whether t says nothing else than s, as far as both say it.
func (s *Side) agrees(t news.Term) bool {
	return sameChange(s.Change, t.Change, s.Value != "" && sameValue(s.Value, t.Value)) &&
		(s.Value == "" || t.Value == "" || sameValue(s.Value, t.Value)) &&
		(s.Until == "" || t.Until == "" || sameUntil(s.Until, t.Until))
}

// vague are changes that say that something happens, and not what.
var vague = map[string]bool{"restructured": true, "reported": true}

// sameChange reports whether two changes can be the same, told by two outlets: the vague beside the definite, and
// signed beside raised or extended where the amount is the same.
func sameChange(a, b string, sameAmount bool) bool {
	switch {
	case a == b, over[a] && over[b] && a != "denied" && b != "denied":
		return true
	case a == "denied" || b == "denied":
		return false
	case vague[a] || vague[b]:
		return !over[a] && !over[b] || a == "reported" || b == "reported"
	}
	return sameAmount && a != "retained" && b != "retained"
}

// sameValue reports whether two amounts are one: outlets round, within 2 %.
func sameValue(a, b string) bool {
	x, y := amounts(tokenize(nil, a, 0, len(a))), amounts(tokenize(nil, b, 0, len(b)))
	if len(x) != 1 || len(y) != 1 {
		return a == b
	}
	return x[0].thing == y[0].thing && x[0].currency == y[0].currency && x[0].per == y[0].per &&
		math.Abs(x[0].value-y[0].value) <= .02*max(x[0].value, y[0].value)
}

// sameUntil reports whether two ends are one: "2031" and "2031-12-31" are, and a length and a date may be.
func sameUntil(a, b string) bool {
	da, db := strings.Contains(a, " "), strings.Contains(b, " ")
	if da != db {
		return true
	}
	if da {
		return inMonths(a) == inMonths(b)
	}
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

// inMonths reads a duration; a year has twelve months.
func inMonths(s string) float64 {
	v, end, ok := numeral(tokenize(nil, s, 0, len(s)), 0)
	if !ok || end != 1 {
		return math.NaN()
	}
	if strings.Contains(s, "year") {
		return 12 * v
	}
	return v
}

// longer returns the end that says more: a day before a year, a date before a length.
func longer(a, b string) string {
	if a == "" || strings.Contains(a, " ") && b != "" || strings.HasPrefix(b, a) {
		return b
	}
	return a
}

// settle puts the side that holds first and takes over what it says.
func (m *Merged) settle() {
	slices.SortStableFunc(m.Sides, func(a, b Side) int {
		if a.corrects != b.corrects {
			if a.corrects {
				return -1
			}
			return 1
		}
		return cmp.Compare(len(b.Told), len(a.Told))
	})
	s := m.Sides[0]
	m.Change, m.Value, m.Until = s.Change, s.Value, s.Until
	m.Evidence, m.Article = s.Told[0].Evidence, s.Told[0].Article
}

// Fresh returns the terms of an article that no earlier article of the story tells, or tells otherwise: what is
// materially new. Background is not.
func Fresh(before [][]news.Term, ts []news.Term) []news.Term {
	var fresh []news.Term
	full := fullNames(append(slices.Clip(before), ts))
	for _, t := range ts {
		told := slices.ContainsFunc(slices.Concat(before...), func(b news.Term) bool {
			s := Side{Change: b.Change, Value: b.Value, Until: b.Until}
			m := Merged{Parties: renamed(b.Parties, full), Term: b.Term}
			u := t
			u.Parties = renamed(t.Parties, full)
			adds := b.Value == "" && t.Value != "" || b.Until == "" && t.Until != "" || b.Change == "reported" && t.Change != "reported"
			return b.News && sameTerm(m, u) && s.agrees(t) && !adds
		})
		if t.News && !told {
			fresh = append(fresh, t)
		}
	}
	return fresh
}
