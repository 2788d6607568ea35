package rule

import (
	"errors"
	"fmt"
	"strings"
)

// Lists are the lists that rules may use, by name, without the @.
type Lists map[string][]Party

// A Party is the names of one party, the main one first. Names are found in any case, but not in
// other forms: Cohere is not "coherent".
type Party []string

// ParseParty reads the names of one party, separated by bars: `Amazon | "Amazon Web Services"`.
// Quotes around a name are dropped.
func ParseParty(s string) (Party, error) {
	var p Party
	for _, name := range splitNames(s) {
		bare := strings.TrimSpace(strings.Trim(name, doubleQuotes))
		switch {
		case bare == "":
			return nil, fmt.Errorf("party %q: an empty name", s)
		case quotes(name) != 0 && (quotes(name) != 2 || quotes(bare) != 0):
			return nil, fmt.Errorf("party %q: a quote that is not closed", s)
		case len(tokenize(bare)) == 0:
			return nil, fmt.Errorf("party %q: no letter or digit in %q", s, bare)
		}
		p = append(p, bare)
	}
	return p, nil
}

func quotes(s string) (n int) {
	for _, r := range s {
		if strings.ContainsRune(doubleQuotes, r) {
			n++
		}
	}
	return n
}

// splitNames splits s at the bars outside quotes.
func splitNames(s string) (names []string) {
	from, quoted := 0, false
	for i, r := range s {
		switch {
		case strings.ContainsRune(doubleQuotes, r):
			quoted = !quoted
		case r == '|' && !quoted:
			names = append(names, strings.TrimSpace(s[from:i]))
			from = i + 1
		}
	}
	return append(names, strings.TrimSpace(s[from:]))
}

// parties gives numbers, from 1, to the parties of all lists. Parties of two lists that share a
// name are one.
type parties struct {
	byName map[string]int32
	joined map[int32]int32 // to the number that stands for both
}

func newParties(lists Lists) *parties {
	ps := &parties{byName: map[string]int32{}, joined: map[int32]int32{}}
	for _, list := range lists {
		for _, p := range list {
			ps.number(p)
		}
	}
	return ps
}

// number gives all names of p one number.
func (ps *parties) number(p Party) {
	id := int32(len(ps.joined) + 1)
	ps.joined[id] = id
	for _, name := range p {
		key := foldName(name)
		if other, ok := ps.byName[key]; ok {
			ps.joined[ps.of(other)] = id
		}
		ps.byName[key] = id
	}
}

// of returns the number that stands for id.
func (ps *parties) of(id int32) int32 {
	for ps.joined[id] != id {
		id = ps.joined[id]
	}
	return id
}

// foldName returns name as the words that are looked for.
func foldName(name string) string {
	var words []string
	for _, t := range tokenize(name) {
		words = append(words, t.word)
	}
	return strings.Join(words, " ")
}

// newList returns the leaf that finds the names of a list.
func (c *compiler) newList(list []Party) (*leaf, error) {
	var names []name
	for _, p := range list {
		for _, s := range p {
			if len(tokenize(s)) == 0 {
				return nil, fmt.Errorf("no letter or digit in the name %q", s)
			}
			names = append(names, name{c.part.dict.newTerm(s, plain), c.parties.of(c.parties.byName[foldName(s)])})
		}
	}
	if len(names) == 0 {
		return nil, errors.New("no names in it")
	}
	return newLeaf(names), nil
}
