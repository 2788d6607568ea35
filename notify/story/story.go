// Package story decides which articles report one event, and which of their sentences say what
// happened. It does no I/O.
package story

import (
	"cmp"
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
	byAddress map[uint64]*story
	byTerm    map[uint32]uses
	serials   []*story // in the order in which they opened, nil where one is forgotten
	firstOf   uint32   // the serial of the first
	highest   int      // number of a story
	by        *judgement

	arrivals []arrival // oldest first
	clock    time.Time // of the last arrival; zero while no article had a date
	previous time.Time // when the last article with a date was seen
}

// An arrival is an article within the window.
type arrival struct {
	story *story
	at    time.Time
}

// NewIndex returns an index of no stories.
func NewIndex() *Index {
	return &Index{
		byName:    make(map[string]*story),
		byAddress: make(map[uint64]*story),
		byTerm:    make(map[uint32]uses),
		by:        &fitted,
	}
}

// Decide returns which story a belongs to, as far as it can be known now, and why. It changes
// nothing: the same article gets the same answer until another one is added.
func (x *Index) Decide(a *news.Article) news.Decision {
	p := NewProfile(a)
	s, best := x.home(p)
	opens := news.Decision{Story: x.Next(), New: true}
	switch {
	case s != nil && best == nil:
		return news.Decision{Story: s.name, Why: "the same address"}
	case s != nil:
		return news.Decision{Story: s.name, Why: best.why(a)}
	case p.recap:
		opens.Recap, opens.Why = true, "a recap joins no story"
	case best == nil:
		opens.Why = "nothing alike"
	default:
		opens.Why = "too little in common with " + best.story.name + ": " + best.why(a)
	}
	return opens
}

// home returns the story that p joins, nil for none, and how it compares with the one that is most
// alike, if that was asked.
func (x *Index) home(p *Profile) (*story, *likeness) {
	for _, h := range p.addresses {
		if s := x.byAddress[h]; s != nil {
			return s, nil
		}
	}
	if p.recap {
		return nil, nil
	}
	best := x.nearest(p)
	if best == nil || !best.joins() {
		return nil, best
	}
	return best.story, best
}

// Add records that a has joined story, "s55", known or not. Articles are added in their order of
// arrival; after a restart the same ones, in the same order, bring back the same index.
func (x *Index) Add(name string, a *news.Article) {
	x.AddProfile(name, NewProfile(a), cmp.Or(a.Seen, a.Published))
}

// AddProfile is Add for an article that was read before, and seen at a time that is zero if unknown.
func (x *Index) AddProfile(name string, p *Profile, seen time.Time) {
	s := x.byName[name]
	if s == nil {
		s = x.open(name)
	}
	for _, h := range p.addresses {
		if x.byAddress[h] == nil {
			x.byAddress[h] = s
			s.addresses = append(s.addresses, h)
		}
	}
	if !p.recap {
		fresh, dropped := s.take(p)
		for _, h := range fresh {
			x.use(h, s)
		}
		for _, h := range dropped {
			x.drop(h)
		}
		s.weigh(x)
	}
	x.arrive(s, seen)
}

// open adds a story without articles.
func (x *Index) open(name string) *story {
	s := &story{name: name, serial: x.firstOf + uint32(len(x.serials))}
	x.serials = append(x.serials, s)
	x.byName[name] = s
	x.Taken(name)
	return s
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
		x.drop(t.hash)
	}
	x.serials[s.serial-x.firstOf] = nil
	for len(x.serials) > 0 && x.serials[0] == nil {
		x.serials = x.serials[1:]
		x.firstOf++
	}
}

// Uses are the stories that have a term.
type uses struct {
	stories int32    // how many
	latest  []uint32 // the serials of the latest of them, and of some that are forgotten, ascending
}

// maxUses is for how many stories a term leads to. Any search ends there.
const maxUses = maxVisits

// use records that s has a term.
func (x *Index) use(hash uint32, s *story) {
	u := x.byTerm[hash]
	u.stories++
	for len(u.latest) > 0 && u.latest[0] < x.firstOf {
		u.latest = u.latest[1:]
	}
	if len(u.latest) == maxUses {
		u.latest = append(make([]uint32, 0, maxUses), u.latest[maxUses/4:]...)
	}
	u.latest = append(u.latest, s.serial)
	x.byTerm[hash] = u
}

// drop records that a story has a term no more.
func (x *Index) drop(hash uint32) {
	u := x.byTerm[hash]
	if u.stories--; u.stories == 0 {
		delete(x.byTerm, hash)
		return
	}
	x.byTerm[hash] = u
}
