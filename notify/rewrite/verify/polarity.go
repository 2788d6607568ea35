package verify

import (
	"maps"
	"slices"
	"strings"
)

// A marker is a word that changes what the words after it mean.
type marker string

const (
	negation marker = "negation"
	doubt    marker = "doubt"   // it may be so
	plan     marker = "plan"    // somebody wants it to be so
	future   marker = "future"  // it will be so
	hearsay  marker = "hearsay" // it is said to be so
	said     marker = "said"    // somebody says it is so
)

// markers by the stem of a word, or by the word itself where that stem says other things too.
var markers = markerTable(map[marker]string{
	negation: `not non no never none nothing nobody neither nor without cannot hardly barely unlikely deny =refuse =refused =refuses reject fail decline
		dispute cancel scrap halt stop avoid prevent abandon drop lack refute`,
	doubt: `may might could possible possibly perhaps maybe likely potential potentially if unless whether appear seem suggest
		consider weigh mull explore uncertain unclear probably`,
	plan:    `plan expect intend aim seek hope propose proposal =talks negotiate discuss =set`,
	future:  `will would shall should`,
	hearsay: `reportedly allegedly alleged rumor rumour rumored believed thought supposedly purportedly apparently claim accuse =sources`,
	said:    `say tell argue insist according`,
})

func markerTable(lists map[marker]string) map[string]marker {
	table := map[string]marker{}
	for m, list := range lists {
		for _, w := range strings.Fields(list) {
			if exact, ok := strings.CutPrefix(w, "="); ok {
				table["="+exact] = m
			} else {
				table[stem(w)] = m
			}
		}
	}
	return table
}

// markerAt returns what the i-th word marks; "" for nothing. A name marks nothing: May is a month.
func markerAt(ws []word, i int) marker {
	w := ws[i]
	switch {
	case w.name():
		return ""
	case strings.HasSuffix(w.lower, "n't"):
		return negation
	case strings.HasSuffix(w.lower, "'ll"):
		return future
	case w.lower == "set" && (i+1 == len(ws) || ws[i+1].lower != "to"):
		return ""
	case w.stem == "say" && i > 0 && beForms[ws[i-1].lower]: // "is said to"
		return hearsay
	}
	if m, ok := markers["="+w.lower]; ok {
		return m
	}
	return markers[w.stem]
}

var beForms = set("is are was were be been being am")

// An affected is the words of a text by whether a marker of one kind changes them.
type affected struct {
	marked, free map[string]bool // stems
	any          bool            // there is such a marker
}

// affectedBy returns what the markers of a kind do to the words of a text, where each changes as many
// words of its clause as reach says. Names, numbers and function words do not count.
func affectedBy(ws []word, m marker, reach int) affected {
	a := affected{marked: map[string]bool{}, free: map[string]bool{}}
	left, clause := 0, 0
	for i, w := range ws {
		switch {
		case markerAt(ws, i) == m:
			a.any = true
			left, clause = reach, w.clause
		case turns(m, markerAt(ws, i)) || relatives[w.lower]:
			left = 0
		case w.function() || w.name() || w.number():
		case left > 0 && w.clause == clause:
			a.marked[w.stem] = true
			left--
		default:
			left = 0
			a.free[w.stem] = true
		}
	}
	return a
}

// turns reports whether a marker ends what another one says: "may ask whether it will sell".
func turns(one, other marker) bool { return modal(one) && modal(other) }

func modal(m marker) bool { return m == doubt || m == plan || m == future }

var relatives = set("that which who whose where")

// What a marker certainly changes, "will pay", and what it may, "will not formally end the deal", in
// words with a meaning of their own.
const (
	surely  = 1
	perhaps = 3
)

// negations refuses a sentence that denies what the source does not, or the other way about.
func (s *Source) negations(c claim) string {
	return s.kept(c, negation, "it drops a negation", "it adds a negation")
}

// modality refuses a sentence that is surer than the source, or less sure; "may" and "plans to" have to
// stay, and that somebody says it.
func (s *Source) modality(c claim) string {
	for _, m := range []marker{doubt, plan, future} {
		if why := s.kept(c, m, "it is surer than what it cites", "it is less sure than what it cites"); why != "" {
			return why
		}
	}
	claimed := marksIn(c.words)
	own := marksIn(s.words)
	switch {
	case s.onlyIn(c, hearsay) && !claimed[hearsay]:
		return "it states as a fact what is said to be so"
	case (s.onlyIn(c, said) || s.onlyIn(c, hearsay)) && !claimed[said] && !claimed[hearsay]:
		return "it does not say that somebody says so"
	case claimed[hearsay] && !own[hearsay], claimed[said] && !own[said] && !own[hearsay]:
		return "it says that somebody says so, and nobody does in what it cites"
	}
	return s.speakers(c)
}

// speakers refuses a sentence in which somebody says what nobody of that name says in the source.
func (s *Source) speakers(c claim) string {
	var speak []string
	for at := range s.words {
		if markerAt(s.words, at) == said {
			for _, step := range []int{-1, +1} {
				speak = append(speak, nearest(s.words, at, step, isName)...)
				speak = append(speak, nearest(s.words, at, step, isThing)...)
			}
		}
	}
	for i := range c.words {
		if markerAt(c.words, i) != said {
			continue
		}
		if who := speaker(c.words, i); who != nil && !shares(who, speak) {
			return "somebody else says so in what it cites"
		}
	}
	return ""
}

// speaker returns who does the saying that the i-th word tells of: who stands before it in its clause,
// else after it there; nil for nobody.
func speaker(ws []word, i int) []string {
	for _, step := range []int{-1, +1} {
		inClause := func(ws []word, j int) bool { return ws[j].clause == ws[i].clause && isEither(ws, j) }
		if who := nearest(ws, i, step, inClause); who != nil {
			return who
		}
	}
	return nil
}

// kept refuses a sentence in which a word that the source always has right after a marker has none near
// it, or the other way about.
func (s *Source) kept(c claim, m marker, dropped, added string) string {
	if bare(affectedBy(s.words, m, surely), affectedBy(c.words, m, perhaps)) {
		return dropped
	}
	in, of := affectedBy(c.words, m, surely), affectedBy(s.words, m, perhaps)
	if m == future { // "to buy" and "buys" may well be "will buy", but not "bought"
		maps.DeleteFunc(of.free, func(stem string, _ bool) bool { return !s.past(stem) })
	} else if in.any && !of.any {
		return added
	}
	if bare(in, of) {
		return added
	}
	return ""
}

// past reports whether the source has a word in a form of the past.
func (s *Source) past(stem string) bool {
	return slices.ContainsFunc(s.spots[stem], func(at int) bool {
		_, odd := irregular[s.words[at].lower]
		return odd || strings.HasSuffix(s.words[at].lower, "ed")
	})
}

// bare reports whether a word that always has a marker in one text never has it in the other.
func bare(one, other affected) bool {
	for stem := range one.marked {
		if !one.free[stem] && other.free[stem] && !other.marked[stem] {
			return true
		}
	}
	return false
}

func marksIn(ws []word) map[marker]bool {
	ms := map[marker]bool{}
	for i := range ws {
		ms[markerAt(ws, i)] = true
	}
	return ms
}

// onlyIn reports whether most of what a claim says stands only in sentences that have a marker.
func (s *Source) onlyIn(c claim, m marker) bool {
	has := make([]bool, s.sentences)
	for i, w := range s.words {
		has[w.at] = has[w.at] || markerAt(s.words, i) == m
	}
	only, all := 0, 0
	for _, w := range c.words {
		in := s.in[w.stem]
		if w.function() || len(in) == 0 {
			continue
		}
		all++
		plain := false
		for _, at := range in {
			plain = plain || !has[at]
		}
		if !plain {
			only++
		}
	}
	return 2*only > all
}
