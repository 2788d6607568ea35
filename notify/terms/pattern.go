package terms

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// A pattern is one line of patterns.txt: ways to say one thing, and a sentence that says it.
type pattern struct {
	line    int
	head    string // what it finds: a term, or the name of another group
	change  string // of a term: what happens to it; "noun" only names it
	ways    []way
	example string
	want    string // what an example of a noun reads as
}

// A way is a run of elements, one after another.
type way []element

// An element is one place of a way.
type element struct {
	words    set   // any of them
	phrases  []way // any of them, where a class has some of several words
	gap      int   // up to so many tokens
	plain    bool  // of a gap: within a noun and its adjectives
	thing    thing // a party, an amount
	optional bool
}

// A thing is what an element can stand for beside words.
type thing uint8

const (
	noThing thing = iota
	party
	money
	share
	power
	span
	count
	body  // a government body
	owned // a party that nothing is said to belong to
)

var things = map[string]thing{"<party>": party, "<money>": money, "<share>": share, "<power>": power, "<time>": span, "<number>": count, "<authority>": body, "<company>": owned}

// gaps are how many tokens the marks for "and then" pass over.
var gaps = map[string]int{".": 5, "..": 4, "...": 9, "....": 16}

// A set is a set of words by their number in the vocabulary.
type set []uint64

func (s set) has(id uint16) bool { return int(id>>6) < len(s) && s[id>>6]&(1<<(id&63)) != 0 }

func (s *set) add(id uint16) {
	for len(*s) <= int(id>>6) {
		*s = append(*s, 0)
	}
	(*s)[id>>6] |= 1 << (id & 63)
}

// A book is the patterns, ready to be looked for.
type book struct {
	patterns []*pattern
	words    map[string]uint16
	prefixes map[string]uint16
	classes  map[string][]way
	starts   [][]start // by the first word's number
	things   [owned + 1][]start
}

// A start is a way that can begin with a word.
type start struct {
	pattern *pattern
	way     way
}

//go:embed patterns.txt
var patternsFile string

// readBook reads the lines of patterns.txt; the head of that file tells its form.
func readBook(text string) (*book, error) {
	b := &book{words: map[string]uint16{}, prefixes: map[string]uint16{}, classes: map[string][]way{}}
	lines := strings.Split(text, "\n")
	for n := 0; n < len(lines); n++ {
		line, first := lines[n], n+1
		for n+1 < len(lines) && strings.HasPrefix(lines[n+1], " ") { // set in: it goes on the line above
			n++
			line += lines[n]
		}
		if err := b.readLine(strings.TrimSpace(line), first); err != nil {
			return nil, fmt.Errorf("patterns.txt:%d: %w", first, err)
		}
	}
	b.starts = make([][]start, len(b.words)+len(b.prefixes)+1)
	for _, p := range b.patterns {
		for _, w := range p.ways {
			for _, id := range firsts(w) {
				b.starts[id] = append(b.starts[id], start{p, w})
			}
			for _, t := range firstThings(w) {
				b.things[t] = append(b.things[t], start{p, w})
			}
		}
	}
	return b, nil
}

func (b *book) readLine(line string, n int) error {
	switch {
	case line == "" || line[0] == '#':
		return nil
	case line[0] == '@':
		name, ways, ok := strings.Cut(line, "=")
		if !ok {
			return fmt.Errorf("a class without =")
		}
		parsed, err := b.readWays(ways)
		b.classes[strings.TrimSpace(name)] = parsed
		return err
	case line[0] == '>':
		if len(b.patterns) == 0 {
			return fmt.Errorf("an example without a pattern")
		}
		p := b.patterns[len(b.patterns)-1]
		p.example, p.want, _ = strings.Cut(strings.TrimSpace(line[1:]), " = ")
		return nil
	}
	head, ways, ok := strings.Cut(line, ":")
	if !ok {
		return fmt.Errorf("a pattern without a colon")
	}
	p := &pattern{line: n}
	p.head, p.change, _ = strings.Cut(head, " ")
	if !p.known() {
		return fmt.Errorf("no such group: %q", head)
	}
	var err error
	p.ways, err = b.readWays(ways)
	b.patterns = append(b.patterns, p)
	return err
}

// known reports whether the head of a line is one that the reader looks for.
func (p *pattern) known() bool {
	switch p.head {
	case "mask", "deal", "if", "past", "no":
		return p.change == ""
	case "hedge":
		return p.change == "wide" || p.change == "near"
	case "again":
		return rank(p.change) >= 0
	case "change":
		return changes[p.change] != ""
	}
	return rank(p.head) >= 0 && (p.change == "noun" || changes[p.change] != "")
}

func (b *book) readWays(text string) ([]way, error) {
	var ways []way
	for part := range strings.SplitSeq(text, " / ") {
		var w way
		for _, f := range strings.Fields(part) {
			e, err := b.readElement(f)
			if err != nil {
				return nil, err
			}
			w = append(w, e)
		}
		if len(w) == 0 {
			return nil, fmt.Errorf("a way without words in %q", text)
		}
		ways = append(ways, w)
	}
	return ways, nil
}

func (b *book) readElement(f string) (element, error) {
	f, optional := strings.CutSuffix(f, "?")
	e := element{optional: optional, gap: gaps[f], plain: f == ".", thing: things[f]}
	if e.gap > 0 || e.thing != noThing {
		return e, nil
	}
	if strings.HasPrefix(f, "<") && !strings.Contains(f, "|") || f != "" && strings.Trim(f, ".") == "" {
		return e, fmt.Errorf("no such mark: %s", f)
	}
	for alt := range strings.SplitSeq(f, "|") {
		switch {
		case alt == "":
			return e, fmt.Errorf("an empty word in %q", f)
		case things[alt] != noThing:
			e.phrases = append(e.phrases, way{{thing: things[alt]}})
		case alt[0] == '@':
			class, ok := b.classes[alt]
			if !ok {
				return e, fmt.Errorf("no class %s above this line", alt)
			}
			e.addClass(class)
		case alt[0] == '~':
			for _, form := range inflections(alt[1:]) {
				e.words.add(b.number(b.words, form))
			}
		case strings.HasSuffix(alt, "*"):
			e.words.add(b.number(b.prefixes, strings.TrimSuffix(alt, "*")))
		default:
			e.words.add(b.number(b.words, alt))
		}
	}
	return e, nil
}

// addClass takes over what a class has: its single words as words, the rest as phrases.
func (e *element) addClass(class []way) {
	for _, w := range class {
		if len(w) > 1 || w[0].thing != noThing || w[0].phrases != nil {
			e.phrases = append(e.phrases, w)
			continue
		}
		for i, bits := range w[0].words {
			for len(e.words) <= i {
				e.words = append(e.words, 0)
			}
			e.words[i] |= bits
		}
	}
}

// number returns the number of a word or prefix in the vocabulary; both count on from 1.
func (b *book) number(in map[string]uint16, w string) uint16 {
	id, ok := in[w]
	if !ok {
		id = uint16(len(b.words) + len(b.prefixes) + 1)
		in[w] = id
	}
	return id
}

// firsts returns the numbers of the words that a way can begin with.
func firsts(w way) []uint16 {
	var ids []uint16
	for _, e := range w {
		for i, bits := range e.words {
			for j := range 64 {
				if bits&(1<<j) != 0 {
					ids = append(ids, uint16(i*64+j))
				}
			}
		}
		for _, p := range e.phrases {
			ids = append(ids, firsts(p)...)
		}
		if !e.optional {
			break
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// firstThings returns the things that a way can begin with.
func firstThings(w way) []thing {
	var ts []thing
	for _, e := range w {
		if e.thing != noThing {
			ts = append(ts, e.thing)
		}
		for _, p := range e.phrases {
			ts = append(ts, firstThings(p)...)
		}
		if !e.optional {
			break
		}
	}
	return ts
}

// know looks the tokens' words up in the vocabulary.
func (b *book) know(ts []token) {
	for i := range ts {
		t := &ts[i]
		t.id = b.words[t.word]
		for n := min(len(t.word), maxPrefix); n >= minPrefix; n-- {
			if id, ok := b.prefixes[t.word[:n]]; ok {
				t.prefix = id
				break
			}
		}
	}
}

// Prefixes in patterns.txt have at least and at most so many letters.
const minPrefix, maxPrefix = 4, 10

// A cue is a place where a sentence meets a pattern, in tokens from, to exclusive.
type cue struct {
	*pattern
	from, to int
}

// cues returns what a sentence's tokens meet, in order, the longest first where several begin.
func (b *book) cues(s *sentence) []cue {
	var cs []cue
	try := func(i int, sts []start) {
		for _, st := range sts {
			if end := st.way.match(s, i); end > i {
				cs = append(cs, cue{st.pattern, i, end})
			}
		}
	}
	for _, m := range s.mentions {
		try(m.from, b.things[party])
		try(m.from, b.things[owned])
		if m.role == authority {
			try(m.from, b.things[body])
		}
	}
	for _, a := range s.amounts {
		try(a.from, b.things[a.thing])
	}
	for _, m := range s.moments {
		try(m.from, b.things[span])
	}
	for i := range s.tokens {
		t := &s.tokens[i]
		for _, id := range [2]uint16{t.id, t.prefix} {
			if id != 0 {
				try(i, b.starts[id])
			}
		}
	}
	slices.SortStableFunc(cs, func(c, d cue) int {
		return cmp.Or(cmp.Compare(c.from, d.from), cmp.Compare(d.to, c.to), cmp.Compare(c.line, d.line))
	})
	return slices.CompactFunc(cs, func(c, d cue) bool { return c.pattern == d.pattern && c.from == d.from })
}

// match returns where the way ends in s if it begins at token i, or -1.
func (w way) match(s *sentence, i int) int {
	if len(w) == 0 {
		return i
	}
	e := &w[0]
	if e.gap > 0 {
		for j := i; j <= min(i+e.gap, len(s.tokens)); j++ {
			if end := w[1:].match(s, j); end >= 0 {
				return end
			}
			if j < len(s.tokens) && (s.parts(j) || e.plain && s.leaves(j)) {
				break
			}
		}
		return -1
	}
	if i < len(s.tokens) {
		for _, end := range e.ends(s, i) {
			if end := w[1:].match(s, end); end >= 0 {
				return end
			}
		}
	}
	if e.optional {
		return w[1:].match(s, i)
	}
	return -1
}

// ends returns where the element can end in s if it begins at token i.
func (e *element) ends(s *sentence, i int) []int {
	if e.thing != noThing {
		if end := s.thingAt(e.thing, i); end > i {
			return []int{end}
		}
		return nil
	}
	t := &s.tokens[i]
	if t.id != 0 && e.words.has(t.id) || t.prefix != 0 && e.words.has(t.prefix) {
		return []int{i + 1}
	}
	var ends []int
	for _, p := range e.phrases {
		if end := p.match(s, i); end > i {
			ends = append(ends, end)
		}
	}
	return ends
}
