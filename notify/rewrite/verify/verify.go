// Package verify tells whether a sentence says what its source says. It reads English only, knows
// nothing of the world, and does no I/O.
package verify

import (
	"slices"
	"strings"
)

// A Source is what a sentence is held against. It is not changed once it is read.
type Source struct {
	text      string
	words     []word
	sentences int
	spots     map[string][]int // where each stem is
	in        map[string][]int // which sentences have it, ascending
	before    []int            // how many words with a meaning of their own come before each word
}

// Read returns a source of these sentences, in the order in which they follow one another.
func Read(sentences []string) *Source {
	s := &Source{text: strings.Join(sentences, " "), sentences: len(sentences), spots: map[string][]int{}, in: map[string][]int{}}
	for at, text := range sentences {
		s.words = readWords(s.words, text, at)
	}
	n := 0
	for i, w := range s.words {
		s.spots[w.stem] = append(s.spots[w.stem], i)
		if in := s.in[w.stem]; !slices.Contains(in, w.at) {
			s.in[w.stem] = append(in, w.at)
		}
		s.before = append(s.before, n)
		if !w.function() {
			n++
		}
	}
	s.before = append(s.before, n)
	return s
}

// minSupport is the least support that Refuse takes for one. In the dev part of faith-qags 75 % of the
// sentences that reach it are faithful, and 30 % of the others.
const minSupport = .7

// Refuse returns why a sentence must not pass for what the source says; "" where nothing speaks against
// it. A reason is made of our own words only. It is strict: what it cannot tell from a mistake, such as a
// name in another spelling, it refuses.
func (s *Source) Refuse(sentence string) (why string) {
	c := claim{text: sentence, words: readWords(nil, sentence, 0)}
	for _, check := range []func(claim) string{
		s.shape, s.names, s.numbers, s.times, s.quotations, s.negations, s.modality, s.opposites,
		s.strangers, s.roles, s.figures, s.together,
	} {
		if why := check(c); why != "" {
			return why
		}
	}
	if s.Support(sentence) < minSupport {
		return "too little of it is in what it cites"
	}
	return ""
}

// A claim is a sentence that is to be held against a source.
type claim struct {
	text  string
	words []word
}
