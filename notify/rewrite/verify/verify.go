// Package verify tells whether a sentence says what its source says. It reads English only, knows
// nothing of the world, and does no I/O.
package verify

import "slices"

// A Source is what a sentence is held against. It is not changed once it is read.
type Source struct {
	words     []word
	sentences int
	spots     map[string][]int // where each stem is
	in        map[string][]int // which sentences have it, ascending
	before    []int            // how many words with a meaning of their own come before each word
}

// Read returns a source of these sentences, in the order in which they follow one another.
func Read(sentences []string) *Source {
	s := &Source{sentences: len(sentences), spots: map[string][]int{}, in: map[string][]int{}}
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
