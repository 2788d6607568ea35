package verify

import (
	"cmp"
	"math"
	"slices"
)

// What it costs to lay a sentence over a source, word by word. Round figures, chosen on the dev parts of
// faith-qags and faith-summeval, whose AUC is .837 and .822 (go test -v -run Eval ./notify/rewrite/verify);
// half or double of any one moves neither by more than .005.
const (
	beginCost   = .5  // of the first word found: the same words say less, the fewer they are
	jumpCost    = 1.5 // from one word to the next, where the source has them in another sentence or order
	skipCost    = .4  // where it has them in this order: times the logarithm of 1 + the words left out
	leaveCost   = .5  // of a word that the source has, but not in a place that fits
	strangeCost = 1.5 // of one that it does not have
	inventCost  = 3   // of a number that it does not have
	formCost    = .2  // of a function word, wherever it comes from
	scatterCost = .2  // of what no two sentences in a row have together, as a share by rarity
)

// beam is how much more than the best way to lay out the words so far another way may cost, to be kept:
// no ending is worth more.
const beam = 4

// Support returns how well the source carries a sentence, from 1, for a long one that stands there, down
// to 0. It finds the cheapest way to put the sentence together from runs of the source's words: pieces of
// several sentences, another order and words from nowhere each cost something. It knows nothing of
// meaning; a sentence without words has a support of 1.
func (s *Source) Support(sentence string) float64 {
	words := readWords(nil, sentence, 0)
	if len(words) == 0 {
		return 1
	}
	cost := (beginCost+s.cost(words))/float64(len(words)) + scatterCost*s.scattered(words)
	return math.Exp(-cost)
}

// A layout is a way to lay the first words of a sentence over a source.
type layout struct {
	at   int // where the last word that was found is; -1 before the first
	cost float64
}

// cost returns the cost of the cheapest layout of words.
func (s *Source) cost(words []word) float64 {
	ways := []layout{{at: -1}}
	for _, w := range words {
		next := make([]layout, 0, len(ways)+len(s.spots[w.stem]))
		for _, l := range ways {
			next = append(next, layout{l.at, l.cost + s.unplaced(w)})
		}
		for _, at := range s.spots[w.stem] {
			best := layout{at, math.Inf(1)}
			for _, l := range ways {
				best.cost = min(best.cost, l.cost+s.step(l.at, at))
			}
			next = append(next, best)
		}
		ways = cheapest(next)
	}
	return slices.MinFunc(ways, byCost).cost
}

func byCost(a, b layout) int { return cmp.Compare(a.cost, b.cost) }

// cheapest keeps, of the layouts that end at one place, the cheapest, and none that is out of the beam.
func cheapest(ways []layout) []layout {
	most := slices.MinFunc(ways, byCost).cost + beam
	slices.SortFunc(ways, func(a, b layout) int { return cmp.Or(cmp.Compare(a.at, b.at), byCost(a, b)) })
	ways = slices.CompactFunc(ways, func(a, b layout) bool { return a.at == b.at })
	return slices.DeleteFunc(ways, func(l layout) bool { return l.cost > most })
}

// unplaced returns what it costs to take a word from nowhere.
func (s *Source) unplaced(w word) float64 {
	switch {
	case w.function():
		return formCost
	case len(s.spots[w.stem]) > 0:
		return leaveCost
	case w.number():
		return inventCost
	}
	return strangeCost
}

// step returns what it costs to go on from one place to another.
func (s *Source) step(from, to int) float64 {
	switch {
	case from < 0 || to == from+1:
		return 0
	case to > from && s.words[to].at == s.words[from].at:
		return min(jumpCost, skipCost*math.Log1p(float64(s.before[to]-s.before[from+1])))
	}
	return jumpCost
}

// scattered returns the share of what the words say, by their rarity, that no two sentences of the source
// that follow one another have together: 0 for what is said in one place.
func (s *Source) scattered(words []word) float64 {
	var all float64
	said := make([]float64, s.sentences) // by the first of two sentences
	seen := map[string]bool{}
	for _, w := range words {
		if w.function() || seen[w.stem] {
			continue
		}
		seen[w.stem] = true
		in := s.in[w.stem]
		rarity := math.Log(1 + float64(s.sentences)/float64(max(1, len(in))))
		all += rarity
		last := -1
		for _, at := range in {
			for _, first := range []int{at - 1, at} {
				if first > last && first >= 0 {
					said[first] += rarity
					last = first
				}
			}
		}
	}
	if all == 0 {
		return 0
	}
	return 1 - slices.Max(said)/all
}
