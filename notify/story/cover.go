package story

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/pactwatch/pactwatch/internal/news"
)

// What a brief's sentences are worth, in words: a sentence of 20 words, none of them said before, is
// worth about 20. What needs no match was chosen on the dev parts of summ-allsides and summ-cnndm,
// where it reaches ROUGE-1 0.402 and 0.407 (go test -v -run EvalBriefs ./notify/story) and no value
// near it reaches more than 0.005 more; the rest so that a card of 60 words names
// all terms of the seeds (-run Seeds) and half of those of terms-long (-run EvalBriefsCarryTerms).
const (
	leadDecay = 0.8  // of what a sentence says, from each to the next …
	leadFloor = 0.05 // … down to this
	onceWorth = 0.15 // of a word that only one sentence has

	withNumber = 0.15 // a word more, of a sentence with a number
	guessed    = 0.1  // a word less, of one that says what may come
	background = 0.5  // a word less, of one that tells of before

	matchWorth  = 20  // of what a matched word is about, half of it where a rule has found only others …
	changeWorth = 8   // … and more, where the sentence says that something changes
	nameWorth   = 2   // of a matched name
	factWorth   = 1   // of a number with a unit
	termWorth   = 8   // more, where it is beside a matched word or a change: "a cap until 2030"
	otherWorth  = 0.3 // of what else a story says, where it has matched words
	padding     = 3   // what a sentence costs there
)

const (
	maxRepeated  = 0.6 // of the words of the shorter of two passages: more, and they say the same
	shorter      = 0.6 // of a passage's length: one that says the same in less is worth a look
	maxSearched  = 14  // passages, of which all sets are looked at
	maxSentences = 4   // a card shows no more
)

// Worths are what can be said of a story.
type worths struct {
	of       map[string]float64 // by stem
	unit     float64            // what a word of an average sentence is worth
	facts    []quantity         // each once, in whatever words
	asked    []string           // what a rule has found
	anyMatch bool
}

func newWorths(reports [][]*sentence) *worths {
	w := &worths{of: make(map[string]float64)}
	said := make(map[string]int)
	words := 0
	for _, r := range reports {
		for _, s := range r {
			w.anyMatch = w.anyMatch || len(s.matched) > 0
			w.asked = append(w.asked, s.asked...)
			if !s.body {
				continue
			}
			words += s.words
			v := leadFloor + (1-leadFloor)*math.Pow(leadDecay, float64(s.order))
			for _, t := range s.stems {
				w.of[t] += v
				said[t]++
			}
		}
	}
	w.asked = distinct(w.asked)
	for t, n := range said {
		if n == 1 {
			w.of[t] *= onceWorth
		}
	}
	for _, s := range slices.Concat(reports...) { // in their order: the sum is the same each time
		for _, t := range s.stems {
			if s.body {
				w.unit += w.of[t] / float64(words)
			}
		}
	}
	return w
}

// match returns the part of matchWorth and changeWorth that a matched word has.
func (w *worths) match(about string) float64 {
	if _, found := slices.BinarySearch(w.asked, about); found || len(w.asked) == 0 {
		return w.unit
	}
	return w.unit / 2
}

// An option is a passage with what it says.
type option struct {
	*passage
	says  []int   // indexes of worth
	worth float64 // of all that it says, and its own
	own   float64 // of its wording, whatever it says
}

func (o *option) density() float64 { return o.worth / math.Sqrt(float64(o.words)) }

// choose returns the sentences of the passages that are worth most together, in limit words.
func (w *worths) choose(passages []*passage, limit int) []news.Sentence {
	var all sayings
	var options []*option
	for _, p := range passages {
		if p.words <= limit {
			options = append(options, w.option(p, &all))
		}
	}
	slices.SortStableFunc(options, func(o, p *option) int { return cmp.Compare(p.density(), o.density()) })
	var kept []*option
	for _, o := range options {
		if len(kept) < maxSearched && !slices.ContainsFunc(kept, o.yieldsTo) {
			kept = append(kept, o)
		}
	}
	x := search{worth: all.worth, options: kept, count: make([]int, len(all.worth))}
	x.try(0, limit, maxSentences, 0)
	return x.sentences()
}

// Sayings number what the passages say.
type sayings struct {
	index map[string]int
	worth []float64
}

func (s *sayings) add(key string, worth float64) int {
	if i, ok := s.index[key]; ok {
		return i
	}
	if s.index == nil {
		s.index = make(map[string]int)
	}
	s.index[key] = len(s.worth)
	s.worth = append(s.worth, worth)
	return len(s.worth) - 1
}

func (w *worths) option(p *passage, all *sayings) *option {
	o := &option{passage: p}
	for _, s := range p.sentences {
		for _, t := range s.stems {
			worth := w.of[t]
			if w.anyMatch {
				worth *= otherWorth
			}
			o.says = append(o.says, all.add(t, worth))
		}
		o.own += w.wording(s) * w.unit * float64(s.words)
		if w.anyMatch && len(s.matched) == 0 {
			o.own -= padding * w.unit
		}
		if !s.old { // what was once agreed is no news
			o.says = append(o.says, w.news(s, p.changes(), all)...)
		}
	}
	o.says = slices.Compact(slices.Sorted(slices.Values(o.says)))
	o.worth = o.own
	for _, i := range o.says {
		o.worth += all.worth[i]
	}
	return o
}

// news returns what s says beside its words: what was matched, names, and numbers.
func (w *worths) news(s *sentence, changes bool, all *sayings) (says []int) {
	for _, n := range s.names {
		says = append(says, all.add("name "+n, nameWorth*w.unit))
	}
	for _, m := range s.matched {
		says = append(says, all.add("match "+m, matchWorth*w.match(m)))
		if changes {
			says = append(says, all.add("change "+m, changeWorth*w.match(m)))
		}
	}
	for _, f := range s.facts {
		key := w.fact(f)
		says = append(says, all.add("fact "+key, factWorth*w.unit))
		if len(s.matched) > 0 || s.changes {
			says = append(says, all.add("term "+key, termWorth*w.unit))
		}
	}
	return says
}

// fact returns one key for all ways to write a number.
func (w *worths) fact(f quantity) string {
	i := slices.IndexFunc(w.facts, f.same)
	if i < 0 {
		i = len(w.facts)
		w.facts = append(w.facts, f)
	}
	return strconv.Itoa(i)
}

// wording returns what the words of s are worth more or less by how it speaks, each.
func (w *worths) wording(s *sentence) float64 {
	v := 0.0
	if hasDigit(s.Text) {
		v += withNumber
	}
	if s.guesses {
		v -= guessed
	}
	if s.old {
		v -= background
	}
	return v
}

// yieldsTo reports whether o says the same as p, which says it better, and is not much shorter.
func (o *option) yieldsTo(p *option) bool {
	return o.repeats(p) && float64(o.words) > shorter*float64(p.words)
}

// repeats reports whether o and p say the same. Passages that share a sentence do not: they are two
// ways to tell it.
func (o *option) repeats(p *option) bool {
	if o.overlaps(p.passage) {
		return false
	}
	a, b := o.stems(), p.stems()
	return float64(inCommon(a, b)) >= maxRepeated*float64(min(len(a), len(b)))
}

func (p *passage) stems() []string {
	if len(p.sentences) == 1 {
		return p.sentences[0].stems
	}
	var out []string
	for _, s := range p.sentences {
		out = append(out, s.stems...)
	}
	return distinct(out)
}

// inCommon returns how many elements two ascending lists share.
func inCommon(a, b []string) int {
	n := 0
	for len(a) > 0 && len(b) > 0 {
		switch cmp.Compare(a[0], b[0]) {
		case -1:
			a = a[1:]
		case 1:
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
			n++
		}
	}
	return n
}

// A search looks at all sets of options.
type search struct {
	worth   []float64
	options []*option
	count   []int // how many of the chosen say it
	chosen  []*option

	best []*option
	most float64
}

// try goes on from what is chosen, which is worth sum, with the options from i.
func (x *search) try(i, words, sentences int, sum float64) {
	if sum > x.most {
		x.most, x.best = sum, slices.Clone(x.chosen)
	}
	bound := sum
	for _, o := range x.options[i:] {
		bound += max(0, o.worth)
	}
	if bound <= x.most {
		return
	}
	o := x.options[i]
	if o.words <= words && len(o.sentences) <= sentences && !x.excludes(o) {
		x.try(i+1, words-o.words, sentences-len(o.sentences), sum+x.take(o))
		x.leave(o)
	}
	x.try(i+1, words, sentences, sum)
}

// excludes reports whether a chosen passage says the same as o, or has a sentence of it.
func (x *search) excludes(o *option) bool {
	return slices.ContainsFunc(x.chosen, func(c *option) bool { return c.overlaps(o.passage) || c.repeats(o) })
}

// take chooses o and returns what it adds.
func (x *search) take(o *option) (gain float64) {
	gain = o.own
	for _, k := range o.says {
		if x.count[k] == 0 {
			gain += x.worth[k]
		}
		x.count[k]++
	}
	x.chosen = append(x.chosen, o)
	return gain
}

// leave undoes the last take, that of o.
func (x *search) leave(o *option) {
	for _, k := range o.says {
		x.count[k]--
	}
	x.chosen = x.chosen[:len(x.chosen)-1]
}

// sentences returns the best set, the passage first that adds most, then the one that adds most to it.
func (x *search) sentences() []news.Sentence {
	var out []news.Sentence
	clear(x.count)
	x.chosen = x.chosen[:0]
	for len(x.best) > 0 {
		next, most := 0, math.Inf(-1)
		for i, o := range x.best {
			gain := x.take(o) / math.Sqrt(float64(o.words))
			x.leave(o)
			if gain > most {
				next, most = i, gain
			}
		}
		x.take(x.best[next])
		for _, s := range x.best[next].sentences {
			out = append(out, s.Sentence)
		}
		x.best = slices.Delete(x.best, next, next+1)
	}
	return out
}
