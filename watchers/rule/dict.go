package rule

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// An atom is how one word of a rule asks for a token. All rules of a part share their atoms.
type atom struct {
	kind     atomKind
	word     string // folded
	composed string // the same, with its diacritics
}

type atomKind uint8

const (
	stemmed atomKind = iota // the word in any form
	plain                   // the word itself, with or without dots
	prefix                  // words that begin with it
	literal                 // no token: a part of a field as regular expressions see it
)

// An atomID is the number of an atom, unique in a Set.
type atomID int32

// A dict knows for every form which atoms it answers. It is built once and then only read.
type dict struct {
	first     atomID // the number of atoms[0]
	atoms     []atom
	ids       map[atom]atomID // nil once it is built
	uses      []int32         // of each atom, by the rules; nil once it is built
	words     chains          // stemmed and plain, by their word
	prefixes  map[string]atomID
	lengths   []int                       // of the prefixes, in bytes, each once
	literals  *literals                   // nil if there are none
	languages map[*language]func() chains // stemmed, by their stem; made at first need
}

// Chains are lists of atoms by a key, without an allocation for each.
type chains struct {
	heads map[string]atomID
	next  []atomID // by atom, from the first; none ends
}

// none is no atom.
const none atomID = -1

func newDict(first atomID) *dict {
	d := &dict{
		first:     first,
		ids:       map[atom]atomID{},
		words:     chains{heads: map[string]atomID{}},
		prefixes:  map[string]atomID{},
		languages: map[*language]func() chains{},
	}
	for _, lang := range languages {
		d.languages[lang] = sync.OnceValue(func() chains { return d.stems(lang) })
	}
	return d
}

// end returns the number after the last atom.
func (d *dict) end() atomID { return d.first + atomID(len(d.atoms)) }

func (d *dict) atom(id atomID) *atom { return &d.atoms[id-d.first] }

// id returns the number of a, which it adds where it is new.
func (d *dict) id(a atom) atomID {
	id, ok := d.ids[a]
	if !ok {
		id = d.end()
		d.ids[a] = id
		d.atoms = append(d.atoms, a)
		d.uses = append(d.uses, 0)
		d.enter(a, id)
	}
	d.uses[id-d.first]++
	return id
}

// enter files a new atom where answers finds it.
func (d *dict) enter(a atom, id atomID) {
	d.words.next = append(d.words.next, none)
	switch a.kind {
	case stemmed, plain:
		d.words.add(a.word, id, d.first)
	case prefix:
		if d.prefixes[a.word] = id; !slices.Contains(d.lengths, len(a.word)) {
			d.lengths = append(d.lengths, len(a.word))
		}
	case literal:
		if d.literals == nil {
			d.literals = newLiterals()
		}
		d.literals.add(a.word, id)
	}
}

func (c *chains) add(key string, id, first atomID) {
	if head, ok := c.heads[key]; ok {
		c.next[id-first] = head
	}
	c.heads[key] = id
}

// stems returns the stemmed atoms by their stem in a language.
func (d *dict) stems(lang *language) chains {
	c := chains{heads: make(map[string]atomID, len(d.atoms)), next: slices.Repeat([]atomID{none}, len(d.atoms))}
	for i, a := range d.atoms {
		if a.kind == stemmed {
			s := lang.stem(a.composed)
			if s == a.word {
				s = a.word // so that only one of the two is kept
			}
			c.add(s, d.first+atomID(i), d.first)
		}
	}
	return c
}

// built drops what is needed no longer once all rules are in.
func (d *dict) built() { d.ids, d.uses = nil, nil }

// answers adds to f the atoms that it answers, ascending.
func (d *dict) answers(f *form) {
	before := len(f.atoms)
	dotted := f.flags&dottedToken != 0
	d.answerWord(f, f.word, dotted) // "us" is not U.S.
	if stems, ok := d.languages[f.lang]; ok && !dotted && f.flags&runToken == 0 {
		c := stems()
		for id := c.head(f.stem); id != none; id = c.next[id-d.first] {
			f.atoms = append(f.atoms, id)
		}
	}
	if f.genitive() {
		d.answerWord(f, f.word[:len(f.word)-1], false)
	}
	for _, n := range d.lengths {
		if len(f.word) >= n {
			if id, ok := d.prefixes[f.word[:n]]; ok {
				f.atoms = append(f.atoms, id)
			}
		}
	}
	slices.Sort(f.atoms[before:])
	f.atoms = slices.Clip(slices.Compact(f.atoms))
}

func (c *chains) head(key string) atomID {
	if id, ok := c.heads[key]; ok {
		return id
	}
	return none
}

// answerWord adds to f the atoms whose word is word; only plain ones, where onlyPlain.
func (d *dict) answerWord(f *form, word string, onlyPlain bool) {
	for id := d.words.head(word); id != none; id = d.words.next[id-d.first] {
		if !onlyPlain || d.atom(id).kind == plain {
			f.atoms = append(f.atoms, id)
		}
	}
}

// genitive reports whether f may be the genitive of a name, by its language: Microsofts, in German.
func (f *form) genitive() bool {
	const short = 3 // in letters
	return f.lang.genitive && f.flags == 0 && len(f.word) > short && strings.HasSuffix(f.word, "s") && isCapital(f.written)
}

// A term is a word, a phrase or a name as the atoms of its words, in a row.
type term struct {
	words []termWord
	exact string // what the text has to have to the letter, composed; "" if folded will do
	lead  int32  // the bytes of exact before its first word
	rare  int32  // which word is likely to be the rarest
}

type termWord struct {
	atom  atomID
	flags tokenFlags // as the rule has it: gluedToken, breakToken
}

// newTerm returns the term for a text of at least one token. Only a form that is stemmed is
// found in its other forms.
func (d *dict) newTerm(text string, form atomKind) term {
	tokens := tokenize(text)
	t := term{words: make([]termWord, len(tokens))}
	for i, k := range tokens {
		a := atom{kind: form, word: k.word, composed: k.composed}
		switch {
		case form == stemmed && strings.HasPrefix(text[k.to:], "*"):
			a.kind = prefix
		case k.flags&(capsToken|runToken) != 0:
			a.kind = plain
		}
		if a.kind != stemmed {
			a.composed = "" // so that equal atoms are one
		}
		t.words[i] = termWord{d.id(a), k.flags}
	}
	return t
}

// newExact returns the term for a text that has to be found to the letter.
func (d *dict) newExact(text string) term {
	exact := norm.NFC.String(strings.Join(strings.Fields(text), " "))
	t := d.newTerm(exact, plain)
	t.exact, t.lead = exact, tokenize(exact)[0].from
	return t
}
