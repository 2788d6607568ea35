package rule

import (
	"slices"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A part is rules that were compiled together. It never changes; Sets share it.
type part struct {
	rules    []news.Rule
	matchers []matcher // of rules, in the same order
	dict     *dict
	fields   fieldSet // that a rule names
	lists    int32    // the number after that of its last list
	gates    []gate   // by the atom they need first
	starts   []int32  // of the gates of each atom, and the end of the last
	ungated  []int32  // the rules that need no atom
}

// A gate is a rule that may hold only where an atom occurs, the one it is filed under, and also
// the other, unless that is none.
type gate struct {
	rule int32
	also atomID
}

// A need is atoms of which both occur, or the one if also is none, in every article for which
// some part of a rule holds.
type need struct{ atom, also atomID }

// file puts every rule under the atoms that it needs and that are likely to be the rarest.
func (p *part) file() {
	needs := make([][]need, len(p.rules))
	p.starts = make([]int32, len(p.dict.atoms)+1)
	for i, m := range p.matchers {
		ns, ok := m.needs(p.dict)
		if !ok {
			p.ungated = append(p.ungated, int32(i))
			continue
		}
		needs[i] = ns
		for _, n := range ns {
			p.starts[n.atom-p.dict.first+1]++
		}
	}
	for i := range p.dict.atoms {
		p.starts[i+1] += p.starts[i]
	}
	p.gates = make([]gate, p.starts[len(p.dict.atoms)])
	next := slices.Clone(p.starts)
	for i, ns := range needs {
		for _, n := range ns {
			at := &next[n.atom-p.dict.first]
			p.gates[*at] = gate{int32(i), n.also}
			*at++
		}
	}
}

// choose adds to d.asked the rules of p that d may meet.
func (d *doc) choose(p *part) {
	for _, i := range p.ungated {
		d.asked.add(i)
	}
	first, end := p.dict.first, p.dict.end()
	for _, id := range d.occur {
		if id < first || id >= end {
			continue
		}
		for _, g := range p.gates[p.starts[id-first]:p.starts[id-first+1]] {
			if g.also == none || d.present.has(int32(g.also)) {
				d.asked.add(g.rule)
			}
		}
	}
}

// useAgain counts that one more rule uses a list.
func (d *dict) useAgain(l *leaf) {
	for _, n := range l.names {
		for _, w := range n.words {
			d.uses[w.atom-d.first]++
		}
	}
}

// weight says how many articles an atom is likely to occur in, compared with others: what many
// rules use is mostly frequent in the news as well; then, short words are.
func (d *dict) weight(id atomID) int {
	const longest = 64
	a := d.atom(id)
	n := min(len(a.word), longest-1)
	if a.kind == prefix {
		n /= 2
	}
	return int(d.uses[id-d.first])*longest - n
}

// need returns what t needs: its two rarest words. It notes which is the rarest.
func (t *term) need(d *dict) need {
	n := need{t.words[0].atom, none}
	for i, w := range t.words[1:] {
		switch {
		case d.weight(w.atom) < d.weight(n.atom):
			n = need{w.atom, n.atom}
			t.rare = int32(i + 1)
		case w.atom != n.atom && (n.also == none || d.weight(w.atom) < d.weight(n.also)):
			n.also = w.atom
		}
	}
	return n
}

func (l *leaf) needs(d *dict) ([]need, bool) {
	ns := make([]need, len(l.names))
	for i := range l.names {
		ns[i] = l.names[i].need(d)
	}
	return ns, true
}

func (a alternatives) needs(d *dict) ([]need, bool) { return needsOfOne(d, a) }
func (m anyOf) needs(d *dict) ([]need, bool)        { return needsOfOne(d, m) }
func (b beside) needs(d *dict) ([]need, bool)       { return needsOfAll(d, b) }
func (r *near) needs(d *dict) ([]need, bool)        { return needsOfAll(d, []placer{r.a, r.b}) }
func (m allOf) needs(d *dict) ([]need, bool)        { return needsOfAll(d, m) }
func (m noneOf) needs(*dict) ([]need, bool)         { return nil, false }
func (m site) needs(*dict) ([]need, bool)           { return nil, false }
func (m inLanguage) needs(*dict) ([]need, bool)     { return nil, false }

// A needy part of a rule says what it needs, as matcher does.
type needy interface {
	needs(*dict) ([]need, bool)
}

// needsOfOne returns what parts need of which one has to hold.
func needsOfOne[N needy](d *dict, parts []N) (all []need, ok bool) {
	for _, p := range parts {
		ns, ok := p.needs(d)
		if !ok {
			return nil, false
		}
		all = append(all, ns...)
	}
	return all, true
}

// needsOfAll returns what parts need that all have to hold: the needs of the one that is likely
// to hold least often, and also the atom of another.
func needsOfAll[N needy](d *dict, parts []N) (best []need, ok bool) {
	lightest := 0
	also := none
	for _, p := range parts {
		ns, has := p.needs(d)
		if !has {
			continue
		}
		weight := 0
		for _, n := range ns {
			weight += d.weight(n.atom)
		}
		switch {
		case !ok || weight < lightest:
			if ok && len(best) == 1 {
				also = best[0].atom
			}
			best, lightest, ok = ns, weight, true
		case len(ns) == 1:
			also = ns[0].atom
		}
	}
	for i := range best {
		if best[i].also == none {
			best[i].also = also
		}
	}
	return best, ok
}
