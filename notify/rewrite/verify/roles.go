package verify

import (
	"slices"
	"strings"
)

// opposites are pairs of words that say the contrary of each other, by their stems both ways.
var opposites = oppositesTable(`rise fall  increase decrease  gain lose  win lose  grow shrink  raise cut  raise lower  more less  more fewer
	most least  above below  up down  high low  higher lower  accept reject  approve block  approve reject  allow ban  permit ban
	include exclude  before after  begin end  start end  start stop  open close  buy sell  pay receive  give take  lend borrow  grant receive
	extend terminate  extend end  renew end  keep end  keep drop  continue end  support oppose  confirm deny  join leave  add remove
	expand narrow  widen narrow  capped uncapped  minimum maximum  best worst  early late  profit loss  success failure  friend foe
	agree disagree  legal illegal  likely unlikely  public private  former current  former new  old new  win defeat  exclusive nonexclusive
	hire fire  import export  majority minority  acquire divest  true false  guilty innocent  strengthen weaken  tighten loosen
	accelerate slow  always never  all none  first last  upper lower  inside outside  with without`)

func oppositesTable(list string) map[string][]string {
	table := map[string][]string{}
	words := strings.Fields(list)
	for i := 0; i+1 < len(words); i += 2 {
		a, b := stem(words[i]), stem(words[i+1])
		table[a] = append(table[a], b)
		table[b] = append(table[b], a)
	}
	return table
}

// opposites refuses a word that the source does not have where it has its contrary.
func (s *Source) opposites(c claim) string {
	for _, w := range c.words {
		if len(s.spots[w.stem]) > 0 {
			continue
		}
		for _, other := range opposites[w.stem] {
			if len(s.spots[other]) > 0 {
				return "it says the contrary of a word that it cites"
			}
		}
		for _, prefix := range []string{"un", "non", "in", "dis", "im"} {
			bare, cut := strings.CutPrefix(w.lower, prefix)
			if len(s.spots[stem(prefix+w.lower)]) > 0 || cut && len(bare) > 3 && len(s.spots[stem(bare)]) > 0 {
				return "it says the contrary of a word that it cites"
			}
		}
	}
	return ""
}

// roles refuses a sentence in which who does something and whom it is done to have changed places.
func (s *Source) roles(c claim) string {
	for i, w := range c.words {
		if w.function() || w.name() || w.number() {
			continue
		}
		here, at := sidesOf(c.words, i), s.spots[w.stem]
		if len(at) > 0 && !slices.ContainsFunc(at, func(at int) bool { return !swapped(here, sidesOf(s.words, at)) }) {
			return "it changes who did what to whom"
		}
	}
	return ""
}

// Sides are who stands on either side of a word: the stems of the nearest party's name; nil for nobody.
type sides struct{ left, right []string }

// sidesOf returns who stands before and after the i-th word in its sentence; turned about where the word
// is in the passive voice.
func sidesOf(ws []word, i int) sides {
	p := sides{party(ws, i, -1), party(ws, i, +1)}
	if passive(ws, i) {
		p.left, p.right = p.right, p.left
	}
	return p
}

// swapped reports whether somebody who is on one side here is on the other there, and nowhere on both.
func swapped(here, there sides) bool {
	if shares(here.left, here.right) || shares(there.left, there.right) {
		return false
	}
	return shares(here.left, there.right) || shares(here.right, there.left)
}

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(stem string) bool { return slices.Contains(b, stem) })
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

func inSentence(ws []word, i, j int) bool { return j >= 0 && j < len(ws) && ws[j].at == ws[i].at }

func isName(ws []word, i int) bool { return ws[i].name() }

func isThing(ws []word, i int) bool {
	return i > 0 && articles[ws[i-1].lower] && !ws[i].function() && !ws[i].number()
}

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

// passive reports whether the i-th word is something that is done to who stands before it.
func passive(ws []word, i int) bool {
	for j := i - 1; j >= max(0, i-2) && ws[j].at == ws[i].at; j-- {
		if beForms[ws[j].lower] {
			return !strings.HasSuffix(ws[i].lower, "ing")
		}
	}
	return false
}

// speakers refuses a sentence in which somebody says what nobody of that name says in the source.
func (s *Source) speakers(c claim) string {
	var speak []string
	for at := range s.words {
		if markerAt(s.words, at) == said {
			speak = append(speak, nearest(s.words, at, -1, isEither)...)
			speak = append(speak, nearest(s.words, at, +1, isEither)...)
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

func isEither(ws []word, i int) bool { return isName(ws, i) || isThing(ws, i) }

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
