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
	shared   int32    // the number after that of its last shared leaf
	gates    []gate   // by the atom they need first
	starts   []int32  // of the gates of each atom, and the end of the last
	ungated  []int32  // the rules that need no atom
}

// A gate is a rule that may hold only where an atom occurs, the one it is filed under, and also
// another, as in need.
type gate struct {
	rule   int32
	also   atomID
	offset int32
}

// A need is atoms of which both occur, or the one if also is none, in every article for which
// some part of a rule holds: also so many tokens behind atom where the offset is not 0, unless
// acronyms stand for words.
type need struct {
	atom, also atomID
	offset     int32
}

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
			p.gates[*at] = gate{int32(i), n.also, n.offset}
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
			if g.also == none || d.present.has(int32(g.also)) && (g.offset == 0 || d.stand(id, g)) {
				d.asked.add(g.rule)
			}
		}
	}
}

// stand reports whether an atom and the other that g asks for stand where the words of a phrase do.
func (d *doc) stand(id atomID, g gate) bool {
	if len(d.definitions()) > 0 {
		return true // or what they stand for does
	}
	for st := range d.in(d.set.fields) {
		for _, i := range st.post(id) {
			if i += g.offset; i >= 0 && int(i) < len(st.tokens) && st.answers(g.also, i) {
				return true
			}
		}
	}
	return false
}

// useAgain counts that a leaf is used once more.
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
	first, second := 0, -1
	for i := 1; i < len(t.words); i++ {
		switch w := d.weight(t.words[i].atom); {
		case w < d.weight(t.words[first].atom):
			first, second = i, first
		case second < 0 || w < d.weight(t.words[second].atom):
			second = i
		}
	}
	t.rare = int32(first)
	if second < 0 {
		return need{t.words[0].atom, none, 0}
	}
	return need{t.words[first].atom, t.words[second].atom, int32(second - first)}
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
