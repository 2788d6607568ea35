// Package story decides which articles report one event, and which of their sentences say what
// happened. It does no I/O.
package story

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// window is how long a story is kept after its last article. Later reports are nearly always of
// something new (all of stories-allsides, and half of stories-gva's, are there within days).
const window = 30 * 24 * time.Hour

// maxArticles bounds an index of articles that have no dates.
const maxArticles = 200_000

// An Index holds the stories of the last window, by what they say, and decides which of them an
// article joins. Its decisions depend on nothing but the articles added and their order. It is not
// safe for concurrent use.
type Index struct {
	byName    map[string]*story
	byTerm    map[uint32][]*story // the stories that have a term, each once
	byAddress map[uint64]*story
	arrivals  []arrival // oldest first
	latest    time.Time // of the article added last
	highest   int       // number of a story
}

// An arrival is an article that still counts.
type arrival struct {
	story *story
	at    time.Time // zero while no article has a date
}

// A story is the sum of its articles. A closed one has nothing that others could share.
type story struct {
	name      string
	number    int
	live      int    // arrivals
	terms     []term // ascending by hash
	sketches  [][]uint32
	outlets   []uint64
	addresses []uint64
	dated     int     // articles with a date
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
	opens := news.Decision{Story: "s" + strconv.Itoa(x.highest+1), New: true}
	if p.recap {
		opens.Why = "a recap joins no story"
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
		s.number, _ = strconv.Atoi(strings.TrimPrefix(name, "s"))
		x.byName[name] = s
		x.highest = max(x.highest, s.number)
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
	}
	x.arrive(s, a)
}

// arrive notes an article of s and forgets the stories that have none within the window any more.
func (x *Index) arrive(s *story, a *news.Article) {
	at := a.Seen
	if at.IsZero() {
		at = a.Published
	}
	if at.IsZero() {
		at = x.latest
	}
	// The earlier of two in a row: one article from the future must not empty the index.
	now := at
	if x.latest.Before(at) && !x.latest.IsZero() {
		now = x.latest
	}
	x.latest = at
	x.arrivals = append(x.arrivals, arrival{s, now})
	s.live++
	for len(x.arrivals) > maxArticles || x.arrivals[0].at.Before(now.Add(-window)) {
		oldest := x.arrivals[0].story
		x.arrivals = x.arrivals[1:]
		if oldest.live--; oldest.live == 0 {
			x.forget(oldest)
		}
	}
}

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

// maxSketches is how many texts of a story are kept to recognise their copies: the first, and the
// latest ones.
const maxSketches = 8

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
	s.sketches = append(s.sketches, p.sketch)
	if p.outlet != 0 && !slices.Contains(s.outlets, p.outlet) {
		s.outlets = append(s.outlets, p.outlet)
	}
	if !p.published.IsZero() {
		s.dated++
		s.day += (daysSince1970(p.published) - s.day) / float64(s.dated)
	}
	return fresh
}

// daysFrom returns how many days t is from the mean date of s, -1 if either is unknown.
func (s *story) daysFrom(t time.Time) float64 {
	if t.IsZero() || s.dated == 0 {
		return -1
	}
	return math.Abs(daysSince1970(t) - s.day)
}

func daysSince1970(t time.Time) float64 { return float64(t.Unix()) / (24 * 60 * 60) }
