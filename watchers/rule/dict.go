package rule

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// An atom is how one word of a rule asks for a token. All rules of a Set share their atoms.
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
)

// An atomID is the number of an atom in its dict.
type atomID int32

// A dict knows for every token which atoms it answers. It is built once and then only read.
type dict struct {
	atoms     []atom
	ids       map[atom]atomID
	words     map[string][]atomID // stemmed and plain, by their word
	prefixes  map[string]atomID
	lengths   []int                                 // of the prefixes, in bytes, each once
	languages map[string]func() map[string][]atomID // stemmed, by their stem; made at first need
}

func newDict() *dict {
	d := &dict{
		ids:       map[atom]atomID{},
		words:     map[string][]atomID{},
		prefixes:  map[string]atomID{},
		languages: map[string]func() map[string][]atomID{},
	}
	for lang := range stemmers {
		d.languages[lang] = sync.OnceValue(func() map[string][]atomID { return d.stems(lang) })
	}
	return d
}

// id returns the number of a, which it adds where it is new.
func (d *dict) id(a atom) atomID {
	if id, ok := d.ids[a]; ok {
		return id
	}
	id := atomID(len(d.atoms))
	d.ids[a] = id
	d.atoms = append(d.atoms, a)
	if a.kind != prefix {
		d.words[a.word] = append(d.words[a.word], id)
		return id
	}
	if d.prefixes[a.word] = id; !slices.Contains(d.lengths, len(a.word)) {
		d.lengths = append(d.lengths, len(a.word))
	}
	return id
}

// stems returns the stemmed atoms by their stem in a language.
func (d *dict) stems(lang string) map[string][]atomID {
	m := map[string][]atomID{}
	for id, a := range d.atoms {
		if a.kind == stemmed {
			s := stem(lang, a.composed)
			m[s] = append(m[s], atomID(id))
		}
	}
	return m
}

// answers calls f with each atom that t answers, some of them twice. Stems are those of t's language.
func (d *dict) answers(t *token, stems map[string][]atomID, f func(atomID)) {
	dotted := t.flags&dottedToken != 0
	for _, id := range d.words[t.word] {
		if !dotted || d.atoms[id].kind == plain { // "us" is not U.S.
			f(id)
		}
	}
	if !dotted {
		for _, id := range stems[t.stem] {
			f(id)
		}
	}
	for _, n := range d.lengths {
		if len(t.word) >= n {
			if id, ok := d.prefixes[t.word[:n]]; ok {
				f(id)
			}
		}
	}
}

// A term is a word, a phrase or a name as the atoms of its words, in a row.
type term struct {
	atoms []atomID
	flags []tokenFlags // of the words as the rule has them: gluedToken, breakToken
	exact string       // what the text has to have to the letter; "" if folded will do
	lead  int          // the bytes of exact before its first word
}

// newTerm returns the term for a text of at least one token. Only a form that is stemmed is
// found in its other forms.
func (d *dict) newTerm(text string, form atomKind) *term {
	t := &term{}
	for _, k := range tokenize(text) {
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
		t.atoms = append(t.atoms, d.id(a))
		t.flags = append(t.flags, k.flags)
	}
	return t
}

// newExact returns the term for a text that has to be found to the letter.
func (d *dict) newExact(text string) *term {
	exact := norm.NFC.String(strings.Join(strings.Fields(text), " "))
	t := d.newTerm(exact, plain)
	t.exact, t.lead = exact, int(tokenize(exact)[0].from)
	return t
}

// rarest returns the atom of t that is likely to be the rarest: the longest.
func (d *dict) rarest(t *term) atomID {
	best := t.atoms[0]
	for _, id := range t.atoms {
		if len(d.atoms[id].word) > len(d.atoms[best].word) {
			best = id
		}
	}
	return best
}
