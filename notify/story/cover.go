package story

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/pactwatch/pactwatch/internal/news"
)

// What a brief's sentences are worth, in words: a sentence of 20 words, none of them said before, is
// worth about 20. What needs no match was chosen on the dev parts of summ-allsides and summ-cnndm
// (go test -v -run EvalBriefs ./notify/story), the rest so that the brief of the seeds names what changed (-run Seeds).
const (
	leadDecay = 0.8  // of what a sentence says, from each to the next …
	leadFloor = 0.05 // … down to this
	onceWorth = 0.25 // of a word that only one sentence has

	withNumber = 0.15 // a word more, of a sentence with a number
	guessed    = 0.1  // a word less, of one that says what may come
	background = 0.5  // a word less, of one that tells of before

	matchWorth  = 6   // of what a matched word is about, half of it where a rule has found only others …
	changeWorth = 8   // … and more, where the sentence says that something changes
	nameWorth   = 2   // of a matched name
	factWorth   = 1   // of a number with a unit
	termWorth   = 8   // more, where it is beside a matched word or a change: "a cap until 2030"
	otherWorth  = 0.3 // of what else a story says, where it has matched words
	padding     = 3   // what a sentence costs there
)

const (
	maxRepeated  = 0.6 // of the words of the shorter of two passages: more, and they say the same
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

func (c *option) density() float64 { return c.worth / math.Sqrt(float64(c.words)) }

// choose returns the sentences of the passages that are worth most together, in limit words.
func (w *worths) choose(passages []*passage, limit int) []news.Sentence {
	var said said
	var cs []*option
	for _, p := range passages {
		if p.words <= limit && len(p.sentences) <= maxSentences {
			cs = append(cs, w.option(p, &said))
		}
	}
	slices.SortStableFunc(cs, func(a, b *option) int { return cmp.Compare(b.density(), a.density()) })
	var kept []*option
	for _, c := range cs {
		if len(kept) < maxSearched && !slices.ContainsFunc(kept, c.repeats) {
			kept = append(kept, c)
		}
	}
	x := search{worth: said.worth, options: kept, count: make([]int, len(said.worth))}
	x.try(0, limit, maxSentences, 0)
	return x.sentences()
}

// said numbers what the passages say.
type said struct {
	index map[string]int
	worth []float64
}

func (s *said) add(key string, worth float64) int {
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

func (w *worths) option(p *passage, all *said) *option {
	c := &option{passage: p}
	for _, s := range p.sentences {
		for _, t := range s.stems {
			worth := w.of[t]
			if w.anyMatch {
				worth *= otherWorth
			}
			c.says = append(c.says, all.add(t, worth))
		}
		c.own += w.wording(s) * w.unit * float64(s.words)
		if w.anyMatch && len(s.matched) == 0 {
			c.own -= padding * w.unit
		}
		if s.old {
			continue // what was once agreed is no news
		}
		for _, n := range s.names {
			c.says = append(c.says, all.add("name "+n, nameWorth*w.unit))
		}
		for _, m := range s.matched {
			c.says = append(c.says, all.add("match "+m, matchWorth*w.match(m)))
			if p.changes() {
				c.says = append(c.says, all.add("change "+m, changeWorth*w.match(m)))
			}
		}
		for _, f := range s.facts {
			key := w.fact(f)
			c.says = append(c.says, all.add("fact "+key, factWorth*w.unit))
			if len(s.matched) > 0 || s.changes {
				c.says = append(c.says, all.add("term "+key, termWorth*w.unit))
			}
		}
	}
	slices.Sort(c.says)
	c.says = slices.Compact(c.says)
	c.worth = c.own
	for _, i := range c.says {
		c.worth += all.worth[i]
	}
	return c
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

// repeats reports whether c and d say the same. Passages that share a sentence do not: they are two
// ways to tell it.
func (c *option) repeats(d *option) bool {
	if c.overlaps(d.passage) {
		return false
	}
	a, b := c.stems(), d.stems()
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
	for _, c := range x.options[i:] {
		bound += max(0, c.worth)
	}
	if bound <= x.most {
		return
	}
	c := x.options[i]
	if c.words <= words && len(c.sentences) <= sentences && !slices.ContainsFunc(x.chosen, func(d *option) bool { return c.overlaps(d.passage) }) {
		gain := x.take(c)
		x.try(i+1, words-c.words, sentences-len(c.sentences), sum+gain)
		x.leave(c)
	}
	x.try(i+1, words, sentences, sum)
}

func (x *search) take(c *option) (gain float64) {
	gain = c.own
	for _, k := range c.says {
		if x.count[k] == 0 {
			gain += x.worth[k]
		}
		x.count[k]++
	}
	x.chosen = append(x.chosen, c)
	return gain
}

func (x *search) leave(c *option) {
	for _, k := range c.says {
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
		for i, c := range x.best {
			gain := x.take(c)
			x.leave(c)
			if d := gain / math.Sqrt(float64(c.words)); d > most {
				next, most = i, d
			}
		}
		c := x.best[next]
		x.take(c)
		for _, s := range c.sentences {
			out = append(out, s.Sentence)
		}
		x.best = slices.Delete(x.best, next, next+1)
	}
	return out
}
