package verify

import (
	"slices"
	"strings"
)

// roles refuses a sentence in which somebody does, or suffers, what somebody else does in the source.
func (s *Source) roles(c claim) string {
	for i, w := range c.words {
		at := s.meant(c.words, i)
		if w.function() && !beForms[w.lower] || prepositions[w.lower] || w.name() || w.number() || len(at) == 0 {
			continue
		}
		here := rolesAt(c.words, i)
		others := func(at int) bool { return !w.function() && here.differ(rolesAt(s.words, at)) }
		turned := func(at int) bool { return crossed(c.words, i, s.words, at) }
		if !slices.ContainsFunc(at, func(at int) bool { return !others(at) && !turned(at) }) {
			return "it changes who did what to whom"
		}
	}
	return ""
}

// around is how many words before and after one say in which sense it is meant.
const around = 6

// meant returns where the source has the i-th word in the sense that it has here: in the sentences, of those
// that have it, that have most of the words around it.
func (s *Source) meant(ws []word, i int) (spots []int) {
	most := 0
	for _, at := range s.spots[ws[i].stem] {
		n := 1
		for _, other := range ws[max(0, i-around):min(len(ws), i+around+1)] {
			if !other.function() && slices.Contains(s.in[other.stem], s.words[at].at) {
				n++
			}
		}
		if n > most {
			most, spots = n, nil
		}
		if n == most {
			spots = append(spots, at)
		}
	}
	return spots
}

// Roles are who does what a word says and to whom, as far as names stand right beside it. Beside a noun
// they are what stands before and after it: "Fabrikam's stake in Contoso".
type roles struct{ agent, patient beside }

func rolesAt(ws []word, i int) roles {
	before, after := namesBeside(ws, i, -1), namesBeside(ws, i, +1)
	switch {
	case inSentence(ws, i, i+1) && ws[i+1].lower == "by":
		after.by = ""
		return roles{after, before}
	case passive(ws, i):
		return roles{beside{}, before}
	}
	return roles{before, after}
}

// differ reports whether both texts say who does it, or to whom, and mean nobody in common.
func (r roles) differ(other roles) bool {
	return r.agent.apart(other.agent) || r.patient.apart(other.patient)
}

// A beside is the names beside a word, and the preposition by which it is joined to them.
type beside struct {
	names []string // stems; nil for nobody
	by    string   // "in", "with"; "" for none
}

func (b beside) apart(other beside) bool {
	return b.by == other.by && len(b.names) > 0 && len(other.names) > 0 && !shares(b.names, other.names)
}

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(stem string) bool { return slices.Contains(b, stem) })
}

// namesBeside returns the names that stand beside the i-th word in its sentence, in one direction, with
// nothing but other names and function words between: two for "Fabrikam and Contoso ended". Before the
// word, no preposition stands between; after it, one.
func namesBeside(ws []word, i, step int) (b beside) {
	for j := i + step; inSentence(ws, i, j); j += step {
		switch w := ws[j]; {
		case w.name() && !calendar[w.lower]:
			b.names = append(b.names, w.stem)
		case prepositions[w.lower] && (step < 0 || len(b.names) > 0 || b.by != ""), !w.function():
			return b
		case prepositions[w.lower]:
			b.by = w.lower
		}
	}
	return b
}

var (
	prepositions = set("of to in on at by for with from as into over about under through during before after between against until since per via upon within among around across")
	calendar     = set("monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december")
)

func inSentence(ws []word, i, j int) bool { return j >= 0 && j < len(ws) && ws[j].at == ws[i].at }

// passive reports whether the i-th word is something that is done to who stands before it.
func passive(ws []word, i int) bool {
	for j := i - 1; j >= i-2 && inSentence(ws, i, j); j-- {
		if beForms[ws[j].lower] {
			_, odd := irregular[ws[i].lower]
			return odd || strings.HasSuffix(ws[i].lower, "ed")
		}
	}
	return false
}

// crossed reports whether the parties nearest to a word on its two sides have changed places.
func crossed(ws []word, i int, others []word, j int) bool {
	left, right := party(ws, i, -1), party(ws, i, +1)
	before, after := party(others, j, -1), party(others, j, +1)
	if passive(ws, i) != passive(others, j) {
		before, after = after, before
	}
	return shares(left, after) && shares(right, before) && !shares(left, before) && !shares(right, after)
}

// party returns the nearest party to the i-th word in its sentence, in one direction: a name or, where
// there is none, what follows "the" and the like.
func party(ws []word, i, step int) []string {
	if name := nearest(ws, i, step, isName); name != nil {
		return name
	}
	return nearest(ws, i, step, isThing)
}

// nearest returns the nearest word that is as asked for, with the rest of its name.
func nearest(ws []word, i, step int, is func([]word, int) bool) []string {
	for j := i + step; inSentence(ws, i, j); j += step {
		if is(ws, j) {
			return whole(ws, j)
		}
	}
	return nil
}

func isName(ws []word, i int) bool { return ws[i].name() }

func isThing(ws []word, i int) bool {
	return i > 0 && articles[ws[i-1].lower] && !ws[i].function() && !ws[i].number()
}

func isEither(ws []word, i int) bool { return isName(ws, i) || isThing(ws, i) }

var articles = set("a an the its his her their our")

// whole returns all words of the name that the i-th word is a part of.
func whole(ws []word, i int) []string {
	from, to := i, i+1
	for ws[i].name() && from > 0 && ws[from-1].name() && adjoin(ws, from-1) {
		from--
	}
	for ws[i].name() && to < len(ws) && ws[to].name() && adjoin(ws, to-1) {
		to++
	}
	var stems []string
	for _, w := range ws[from:to] {
		stems = append(stems, w.stem)
	}
	return stems
}

// maxStrange is the largest share of the words with a meaning of their own, names and numbers aside, that
// may come from elsewhere: "keep sharing" for "continue to share" is one in six.
const maxStrange = .25

// strangers refuses a sentence with too many words from elsewhere, or with one by which two names have to
// do with each other: "Fabrikam sued Contoso".
func (s *Source) strangers(c claim) string {
	strange, all := 0, 0
	for i, w := range c.words {
		if w.function() || w.name() || w.number() || isUnit(w) {
			continue
		}
		all++
		if len(s.spots[w.stem]) > 0 {
			continue
		}
		strange++
		if r := rolesAt(c.words, i); len(r.agent.names) > 0 && len(r.patient.names) > 0 && r.patient.by == "" {
			return "it relates two names by a word that is not in what it cites"
		}
	}
	if float64(strange) > maxStrange*float64(all) {
		return "too many of its words are not in what it cites"
	}
	return ""
}

// figures refuses a sentence in which two numbers have changed places between two names: "A paid 4 and B
// 10" for "A paid 10 and B 4".
func (s *Source) figures(c claim) string {
	type owned struct {
		number string
		owner  []string
	}
	owners := func(ws []word) (all []owned) {
		for i, w := range ws {
			if owner := nearest(ws, i, -1, isName); w.number() && owner != nil {
				all = append(all, owned{w.stem, owner})
			}
		}
		return all
	}
	in, of := owners(c.words), owners(s.words)
	has := func(number string, owner []string) bool {
		return slices.ContainsFunc(of, func(o owned) bool { return o.number == number && shares(o.owner, owner) })
	}
	for _, a := range in {
		for _, b := range in {
			if !has(a.number, a.owner) && !has(b.number, b.owner) && has(a.number, b.owner) && has(b.number, a.owner) {
				return "two numbers have changed places"
			}
		}
	}
	return ""
}

// together refuses a sentence that brings together, in one of its parts, names that no sentence of the
// source has together, or a name and a number that belongs to others.
func (s *Source) together(c claim) string {
	var part []word // since the last comma or conjunction
	for _, w := range append(slices.Clone(c.words), word{lower: "and"}) {
		if len(part) > 0 && (joints[w.lower] || w.clause != part[len(part)-1].clause) {
			if !s.joins(part) {
				return "it brings together what it cites apart"
			}
			part = nil
		}
		part = append(part, w)
	}
	return ""
}

var joints = set("and or but while which who where whereas as after before when")

// joins reports whether each two names of a part stand in one sentence, and each number with the names of
// the part.
func (s *Source) joins(part []word) bool {
	for i, a := range part {
		for _, b := range part[i+1:] {
			switch {
			case a.name() && b.name() && !s.meet(a, b),
				a.name() && b.number() && !s.belongs(b, a),
				a.number() && b.name() && !s.belongs(a, b):
				return false
			}
		}
	}
	return true
}

// meet reports whether two words stand in one sentence of the source.
func (s *Source) meet(a, b word) bool {
	return slices.ContainsFunc(s.in[a.stem], func(at int) bool { return slices.Contains(s.in[b.stem], at) })
}

// belongs reports whether a number may be said of a name: somewhere in the source the name is the nearest
// to the number on one side or stands in the same part of its sentence, or no other name does. A year is
// everybody's in its sentence.
func (s *Source) belongs(number, name word) bool {
	if isYear(number) && s.meet(number, name) {
		return true
	}
	for _, i := range s.spots[number.stem] {
		near := append(nearest(s.words, i, -1, isName), nearest(s.words, i, +1, isName)...)
		for _, step := range []int{-1, +1} {
			for j := i + step; inSentence(s.words, i, j) && s.words[j].clause == s.words[i].clause && !joints[s.words[j].lower]; j += step {
				if s.words[j].name() {
					near = append(near, s.words[j].stem)
				}
			}
		}
		if len(near) == 0 || slices.Contains(near, name.stem) {
			return true
		}
	}
	return false
}

func isYear(w word) bool {
	return len(w.text) == 4 && w.money == "" && !w.percent && (w.text[0] == '1' || w.text[0] == '2')
}
