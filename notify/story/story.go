// Package story decides which articles report one event, and which of their sentences say what
// happened. It does no I/O.
package story

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Window is how long a story is kept after its last report. Few come so late; but what the index
// remembers tells it which words are common. With 30 days the reports of case-msft-openai raise two
// alerts, with 90 one.
const Window = 90 * 24 * time.Hour

// maxArticles bounds an index whose articles have no dates.
const maxArticles = 200_000

// An Index holds the stories of the last Window, by what they say, and decides which of them an
// article joins. Its decisions depend on nothing but the articles added and their order. It is not
// safe for concurrent use.
type Index struct {
	byName    map[string]*story
	byTerm    map[uint32][]*story // the stories that have a term, each once
	byAddress map[uint64]*story
	highest   int // number of a story

	arrivals []arrival // oldest first
	clock    time.Time // of the last arrival; zero while no article had a date
	previous time.Time // when the last article with a date was seen
}

// An arrival is an article within the window.
type arrival struct {
	story *story
	at    time.Time
}

// A story is the sum of its articles. That of a recap has no terms and no sketches.
type story struct {
	name      string
	number    int
	live      int        // how many arrivals it has
	terms     []term     // ascending by hash
	sketches  [][]uint32 // of its first text and the latest ones
	outlets   []uint64
	addresses []uint64
	dated     int     // how many articles have a date
	day       float64 // their mean date, in days since 1970
}

// NewIndex returns an index of no stories.
func NewIndex() *Index {
	return &Index{
		byName:    make(map[string]*story),
		byTerm:    make(map[uint32][]*story),
		byAddress: make(map[uint64]*story),
	}
}

// Decide returns which story a belongs to, as far as it can be known now, and why. It changes
// nothing: the same article gets the same answer until another one is added.
func (x *Index) Decide(a *news.Article) news.Decision {
	p := newProfile(a)
	for _, h := range p.addresses {
		if s := x.byAddress[h]; s != nil {
			return news.Decision{Story: s.name, Why: "the same address"}
		}
	}
	opens := news.Decision{Story: x.Next(), New: true}
	if p.recap {
		opens.Recap, opens.Why = true, "a recap joins no story"
		return opens
	}
	best := x.nearest(p)
	switch {
	case best.story == nil:
		opens.Why = "nothing alike"
		return opens
	case !best.joins():
		opens.Why = "too little in common with " + best.story.name + ": " + best.why(p)
		return opens
	}
	return news.Decision{Story: best.story.name, Why: best.why(p)}
}

// Add records that a has joined story, "s55", known or not. Articles are added in their order of
// arrival; after a restart the same ones, in the same order, bring back the same index.
func (x *Index) Add(name string, a *news.Article) {
	p := newProfile(a)
	s := x.byName[name]
	if s == nil {
		s = &story{name: name}
		s.number = numberOf(name)
		x.byName[name] = s
		x.Taken(name)
	}
	for _, h := range p.addresses {
		if x.byAddress[h] == nil {
			x.byAddress[h] = s
			s.addresses = append(s.addresses, h)
		}
	}
	if !p.recap {
		for _, h := range s.merge(p) {
			x.byTerm[h] = append(x.byTerm[h], s)
		}
		for _, h := range s.prune() {
			x.drop(h, s)
		}
	}
	x.arrive(s, cmp.Or(a.Seen, a.Published))
}

// Next returns the name of the next story that opens.
func (x *Index) Next() string { return "s" + strconv.Itoa(x.highest+1) }

// Taken records that a story of that name is there, also where no article of it is: Next is past it.
func (x *Index) Taken(name string) { x.highest = max(x.highest, numberOf(name)) }

// numberOf returns the number in a story's name, 55 for "s55"; 0 for any other text.
func numberOf(name string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(name, "s"))
	return n
}

// arrive notes an article of s, seen at a time that is zero if unknown, and forgets the stories that
// have none within the window any more.
func (x *Index) arrive(s *story, at time.Time) {
	x.tick(at)
	x.arrivals = append(x.arrivals, arrival{s, x.clock})
	s.live++
	for len(x.arrivals) > maxArticles || x.arrivals[0].at.Before(x.clock.Add(-Window)) {
		oldest := x.arrivals[0].story
		x.arrivals = x.arrivals[1:]
		if oldest.live--; oldest.live == 0 {
			x.forget(oldest)
		}
	}
}

// tick moves the clock to the earlier of the last two times that articles had, and never back: one
// article that claims to be from the future must not empty the index.
func (x *Index) tick(at time.Time) {
	if at.IsZero() {
		return
	}
	if x.clock.IsZero() {
		x.clock = at
		for i := range x.arrivals {
			x.arrivals[i].at = at
		}
	} else if sure := earlier(at, x.previous); sure.After(x.clock) {
		x.clock = sure
	}
	x.previous = at
}

func earlier(s, t time.Time) time.Time {
	if s.Before(t) {
		return s
	}
	return t
}

// forget takes s out of the index.
func (x *Index) forget(s *story) {
	delete(x.byName, s.name)
	for _, h := range s.addresses {
		delete(x.byAddress, h)
	}
	for _, t := range s.terms {
		x.drop(t.hash, s)
	}
}

// drop takes s out of the stories that have a term.
func (x *Index) drop(hash uint32, s *story) {
	rest := slices.DeleteFunc(x.byTerm[hash], func(t *story) bool { return t == s })
	if len(rest) == 0 {
		delete(x.byTerm, hash)
		return
	}
	x.byTerm[hash] = rest
}

const (
	maxTerms    = 1000 // of a story; a single full text has some 200
	maxSketches = 8    // of a story, to recognise copies of its texts
)

// merge takes an article into s and returns the terms that are new to it.
func (s *story) merge(p *profile) (fresh []uint32) {
	merged := make([]term, 0, len(s.terms)+len(p.terms))
	rest := s.terms
	for _, t := range p.terms {
		i := 0
		for i < len(rest) && rest[i].hash < t.hash {
			i++
		}
		merged = append(merged, rest[:i]...)
		rest = rest[i:]
		if len(rest) > 0 && rest[0].hash == t.hash {
			t.weight += rest[0].weight
			rest = rest[1:]
		} else {
			fresh = append(fresh, t.hash)
		}
		merged = append(merged, t)
	}
	s.terms = slices.Clip(append(merged, rest...))
	if len(s.sketches) == maxSketches {
		s.sketches = slices.Delete(s.sketches, 1, 2)
	}
	if len(p.sketch) > 0 {
		s.sketches = append(s.sketches, p.sketch)
	}
	if p.outlet != 0 && !slices.Contains(s.outlets, p.outlet) {
		s.outlets = append(s.outlets, p.outlet)
	}
	if !p.published.IsZero() {
		s.dated++
		s.day += (daysSince1970(p.published) - s.day) / float64(s.dated)
	}
	return fresh
}

// prune drops the lightest terms of s beyond maxTerms and returns them.
func (s *story) prune() (dropped []uint32) {
	if len(s.terms) <= maxTerms {
		return nil
	}
	byWeight := slices.SortedFunc(slices.Values(s.terms), func(t, u term) int {
		return cmp.Or(cmp.Compare(u.weight, t.weight), cmp.Compare(t.hash, u.hash))
	})
	for _, t := range byWeight[maxTerms:] {
		dropped = append(dropped, t.hash)
	}
	s.terms = byWeight[:maxTerms]
	slices.SortFunc(s.terms, byHash)
	return dropped
}

// daysFrom returns how many days t is from the mean date of s, -1 if either is unknown.
func (s *story) daysFrom(t time.Time) float64 {
	if t.IsZero() || s.dated == 0 {
		return -1
	}
	return math.Abs(daysSince1970(t) - s.day)
}

func daysSince1970(t time.Time) float64 { return float64(t.Unix()) / (24 * 60 * 60) }
