// Package pulse tells whether the loops of the program make progress.
//
// A loop says when a round of its work begins and goes on, and when it comes to rest. It is stuck if a
// round shows no progress for too long, or if it sleeps past the time at which it was to wake: a loop
// that only says that it lives would say so for ever.
package pulse

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Monitor knows all loops. It is safe for concurrent use. A nil Monitor has loops that nobody watches.
type Monitor struct {
	mu     sync.Mutex
	loops  []*Loop
	rounds map[string]int // ended, by stage, also by loops that are no more
}

// A Loop is one loop's sign of life. It is safe for concurrent use; the methods of a nil Loop do nothing.
type Loop struct {
	m     *Monitor
	stage string // "deliver"
	about string // of several loops of a stage, which one: "deals on slack"; "" for the only one
	limit time.Duration

	// The monitor's mu guards these.
	working  bool
	progress time.Time // the last sign
	due      time.Time // at rest: when it is to wake, by the monotonic clock; zero if something else wakes it
}

// Loop adds a loop of a stage, at rest. It is stuck once it has shown no progress for limit.
func (m *Monitor) Loop(stage, about string, limit time.Duration) *Loop {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rounds == nil {
		m.rounds = map[string]int{}
	}
	l := &Loop{m: m, stage: stage, about: about, limit: limit, progress: time.Now()}
	m.loops = append(m.loops, l)
	return l
}

// Work says that a round begins, or has come a step further.
func (l *Loop) Work() {
	if l == nil {
		return
	}
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	l.working, l.due, l.progress = true, time.Time{}, time.Now()
}

// Step says that the round under way of a loop has come a step further, for who does not have the Loop.
func (m *Monitor) Step(stage, about string) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.loops {
		if l.working && l.stage == stage && l.about == about {
			l.progress = time.Now()
		}
	}
}

// Rest says that a round is over, and how long until the next one; 0 if that depends on what happens.
func (l *Loop) Rest(next time.Duration) {
	if l == nil {
		return
	}
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	if l.working {
		l.m.rounds[l.stage]++
	}
	l.working, l.due, l.progress = false, time.Time{}, time.Now()
	if next > 0 {
		l.due = l.progress.Add(next)
	}
}

// End takes the loop off the list: it has ended as it should.
func (l *Loop) End() {
	if l == nil {
		return
	}
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	l.m.loops = slices.DeleteFunc(l.m.loops, func(one *Loop) bool { return one == l })
}

// A Stage is how the loops of one stage are.
type Stage struct {
	Name   string
	Loops  int
	Rounds int      // that have ended since the start
	Stuck  []string // what is wrong with each loop that is stuck, in words; nil if none is
}

// Stages returns the stages by name; nil if there are none.
func (m *Monitor) Stages() []Stage {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	var all []Stage
	for _, l := range m.loops {
		i := slices.IndexFunc(all, func(s Stage) bool { return s.Name == l.stage })
		if i < 0 {
			i = len(all)
			all = append(all, Stage{Name: l.stage, Rounds: m.rounds[l.stage]})
		}
		s := &all[i]
		s.Loops++
		if words := l.stuck(now); words != "" {
			s.Stuck = append(s.Stuck, words)
		}
	}
	slices.SortFunc(all, func(a, b Stage) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// stuck says what is wrong with a loop; "" if nothing is. All times are monotonic: a clock that is set
// makes no loop stuck.
func (l *Loop) stuck(now time.Time) string {
	words := ""
	switch quiet, late := now.Sub(l.progress), now.Sub(l.due); {
	case l.working && quiet > l.limit:
		words = fmt.Sprintf("no progress for %s", quiet.Round(time.Second))
	case !l.due.IsZero() && late > l.limit:
		words = fmt.Sprintf("should have woken %s ago", late.Round(time.Second))
	default:
		return ""
	}
	if l.about != "" {
		words = l.about + ": " + words
	}
	return words
}

// Stuck returns what is wrong with all loops that are stuck, "deliver: deals on slack: no progress for
// 2m10s"; nil if they all make progress.
func (m *Monitor) Stuck() []string {
	var all []string
	for _, s := range m.Stages() {
		for _, words := range s.Stuck {
			all = append(all, s.Name+": "+words)
		}
	}
	return all
}
