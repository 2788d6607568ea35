package rule

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A definition is an acronym that an article explains, "Artificial General Intelligence (AGI)"
// or the other way round. From there on, and before, each stands for the other.
type definition struct {
	home     *stream // where it is defined
	acronym  int32   // a token of home
	from, to int32   // the tokens of home that it abbreviates

	short, long [len(wordFields)][]int32 // the tokens of each field where the acronym, the expansion starts
}

// maxDefinitions keeps a text that defines nonsense without end from costing without end.
const maxDefinitions = 50

// definitions returns the definitions of the title and the text, the first of each acronym.
func (d *doc) definitions() []definition {
	if d.defined {
		return d.defs
	}
	d.defined = true
	for st := range d.in(body) {
		for i, t := range st.tokens {
			if t.flags&capsToken == 0 {
				continue
			}
			def := definition{home: st, acronym: int32(i)}
			known := slices.ContainsFunc(d.defs, func(e definition) bool { return e.letters() == t.word })
			if !known && len(d.defs) < maxDefinitions && (def.before() || def.after()) {
				d.define(def)
			}
		}
	}
	return d.defs
}

// define adds def to the definitions, in the memory of one of an article before.
func (d *doc) define(def definition) {
	if n := len(d.defs); n < cap(d.defs) {
		old := &d.defs[:n+1][n]
		for i := range wordFields {
			def.short[i], def.long[i] = old.short[i][:0], old.long[i][:0]
		}
	}
	def.find(d)
	d.defs = append(d.defs, def)
}

const (
	maxExpansion = 16 // in tokens
	small        = 3  // in bytes: "of", "and" and "the" need have no letter in the acronym
)

// before looks for the expansion in front of "(AGI" or "(the AGI".
func (def *definition) before() bool {
	to := def.acronym
	if !def.opens(to) {
		if to--; to < 1 || len(def.home.tokens[to].word) > small || !def.opens(to) {
			return false
		}
	}
	rest, i := def.letters(), to
	for ; rest != "" && i > 0 && to-i < maxExpansion; i-- {
		last, size := utf8.DecodeLastRuneInString(rest)
		switch w := def.home.tokens[i-1].word; {
		case starts(w, last):
			rest = rest[:len(rest)-size]
		case len(w) > small || i == to:
			return false
		}
	}
	def.from, def.to = i, to
	return rest == ""
}

// after looks for the expansion behind "AGI (".
func (def *definition) after() bool {
	i := def.acronym + 1
	if int(i) >= len(def.home.tokens) || !def.opens(i) {
		return false
	}
	rest, from := def.letters(), i
	for ; rest != "" && int(i) < len(def.home.tokens) && i-from < maxExpansion; i++ {
		first, size := utf8.DecodeRuneInString(rest)
		switch w := def.home.tokens[i].word; {
		case starts(w, first):
			rest = rest[size:]
		case len(w) > small || i == from:
			return false
		}
	}
	def.from, def.to = from, i
	return rest == ""
}

func (def *definition) letters() string { return def.home.tokens[def.acronym].word }

// opens reports whether a parenthesis opens between token i and the one before.
func (def *definition) opens(i int32) bool {
	if i == 0 {
		return false
	}
	t := def.home.tokens
	return strings.ContainsAny(def.home.text[t[i-1].to:t[i].from], "(（[")
}

func starts(word string, r rune) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return first == r
}

// find fills in where the acronym and its expansion stand.
func (def *definition) find(d *doc) {
	expansion := def.home.tokens[def.from:def.to]
	for st := range d.in(d.set.fields) {
		for i, t := range st.tokens {
			if t.flags&capsToken != 0 && t.word == def.letters() {
				def.short[st.number] = append(def.short[st.number], int32(i))
			}
			if alike(st.tokens[i:], expansion) {
				def.long[st.number] = append(def.long[st.number], int32(i))
			}
		}
	}
}

// alike reports whether tokens start with those of expansion, in whatever form.
func alike(tokens, expansion []token) bool {
	if len(tokens) < len(expansion) {
		return false
	}
	for i := range expansion {
		if t := &tokens[i]; t.word != expansion[i].word && t.stem != expansion[i].stem {
			return false
		}
	}
	return true
}
