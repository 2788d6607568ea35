// Package watchers takes news from the clock to a stored, matched article: schedules, polite and
// guarded fetching, feeds, pages.
package watchers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/pulse"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// A Store keeps what watchers learn. Each method is one transaction.
type Store interface {
	// Introduce records sources that were not there before. Those of the first call on an empty
	// store are founding: their baseline may reach back.
	Introduce(ctx context.Context, names []string) error
	// Source returns the zero Cursor for a source that was never polled.
	Source(ctx context.Context, name string) (c news.Cursor, founding bool, err error)
	// Known returns those of the keys that are the GUID, the URL or the canonical URL of an
	// article of the source.
	Known(ctx context.Context, source string, keys []string) (map[string]bool, error)
	// SavePoll stores what a poll brought together with the cursor. An arrival whose GUID the
	// source has shown before is left as it is.
	SavePoll(ctx context.Context, source string, c news.Cursor, arrived []news.Arrival) error
	// SaveCursors stores the cursors of sources, by name, whose polls brought nothing.
	SaveCursors(ctx context.Context, cursors map[string]news.Cursor) error
	// Unread returns at most limit articles whose page is to be read now, the oldest first.
	Unread(ctx context.Context, now time.Time, limit int) ([]news.Reading, error)
	// SaveReading completes an article and moves it on; for one that has moved on it does nothing.
	SaveReading(ctx context.Context, a news.Article, ms []news.Match, s news.Stage, reason string) error
	// PostponeReading counts an attempt to read an article and sets when to try again.
	PostponeReading(ctx context.Context, article string, until time.Time, reason string) error
}

// Watchers poll sources and read the articles behind their entries. All methods are safe for
// concurrent use; one source is polled by one goroutine at a time.
type Watchers struct {
	Now      func() time.Time
	Backfill time.Duration // how old an entry of a founding source's first poll may be to count as new
	Spread   time.Duration // over how long sources with one schedule are spread, at most their interval
	Woken    func()        // called after articles were stored that wait for their story

	Pulse       *pulse.Monitor                            // is told of progress; nil: nobody watches
	Polled      func(arrived []news.Arrival, cause error) // called after every poll; cause is why it failed
	PageRead    func(next news.Stage, cause error)        // called after every attempt to read a page
	StoreFailed func(err error) (told bool)               // called when the store fails; told: it needs no line in the log
	StoreDown   func() bool                               // while it holds, nothing is polled: it could not be stored

	st Store
	f  *Fetcher
	lg *slog.Logger

	mu      sync.Mutex // guards what Configure replaces
	sources map[string]*source
	rules   *rule.Set

	cursors cursors

	reading   sync.Mutex    // held by the Read under way
	changed   chan struct{} // to Run: other sources
	hasUnread chan struct{} // to Run: there may be something to read
}

// A source is one that is configured.
type source struct {
	config   SourceConfig
	source   Source
	schedule cron.Schedule
	busy     *sync.Mutex // held by the poll under way, also by one under an older configuration
	digest   *digest     // of its last document that was stored; under busy
}

// New returns Watchers without sources. Set its fields before Configure.
func New(st Store, f *Fetcher, lg *slog.Logger) *Watchers {
	return &Watchers{
		Now: time.Now, Backfill: 24 * time.Hour, Spread: time.Minute, Woken: func() {},
		Polled: func([]news.Arrival, error) {}, PageRead: func(news.Stage, error) {},
		StoreFailed: func(error) bool { return false }, StoreDown: func() bool { return false },
		st: st, f: f, lg: lg,
		changed: make(chan struct{}, 1), hasUnread: make(chan struct{}, 1),
	}
}

// Configure replaces all sources and rules, also while Run goes on. If one of them is wrong, what
// was there stays.
func (w *Watchers) Configure(ctx context.Context, configs []SourceConfig, rules *rule.Set) error {
	next := make(map[string]*source, len(configs))
	names := make([]string, 0, len(configs))
	for _, c := range configs {
		if faults := c.Check(); len(faults) > 0 {
			return fmt.Errorf("source %s: %s", c.Name, strings.TrimPrefix(faults[0].Path+": "+faults[0].Msg, ": "))
		}
		if next[c.Name] != nil {
			return fmt.Errorf("source %s: there are two of this name", c.Name)
		}
		src, _ := c.source()
		schedule, err := c.schedule()
		if err != nil {
			return fmt.Errorf("source %s: %w", c.Name, err)
		}
		next[c.Name] = &source{config: c, source: src, schedule: schedule, busy: new(sync.Mutex), digest: new(digest)}
		names = append(names, c.Name)
	}
	if err := w.st.Introduce(ctx, names); err != nil {
		return err
	}
	w.mu.Lock()
	for name, s := range next {
		if old := w.sources[name]; old != nil {
			s.busy = old.busy
			if old.config.Address() == s.config.Address() {
				s.digest = old.digest
			}
		}
	}
	w.sources, w.rules = next, rules
	w.mu.Unlock()
	signal(w.changed)
	return nil
}

// signal leaves a note on c unless one is there.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// readEvery is how often Run looks for articles whose next attempt to be read has come.
const readEvery = 30 * time.Second

// Run polls every source on its schedule and reads what arrives, until ctx ends and all that was
// under way has ended with it. A source that was not polled when it was due is polled soon.
func (w *Watchers) Run(ctx context.Context) error {
	cl := cronLogger{w.lg}
	chain := cron.WithChain(cron.SkipIfStillRunning(cl), cron.Recover(cl))
	c := cron.New(cron.WithLogger(cl), chain)
	c.Start()
	defer func() { <-c.Stop().Done() }()

	defer w.Flush(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { w.readOn(ctx) })
	wg.Go(func() { w.flushOn(ctx) })
	beat := w.Pulse.Loop("schedule", "", beatLimit)
	defer beat.End()
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-w.changed:
			beat.Work()
			w.reschedule(ctx, c)
		case <-tick.C:
			beat.Work()
			c.Entries() // answers only while cron's own loop runs
		case <-ctx.Done():
			return nil
		}
		beat.Rest(beatEvery)
	}
}

// How long a loop may show no progress before it is stuck.
const (
	beatEvery = 10 * time.Second
	beatLimit = 2 * time.Minute  // for cron's loop, which never waits for a poll
	readLimit = 5 * time.Minute  // between two pages, of which each ends after 30 s
	pollLimit = 40 * time.Minute // for one poll, which may wait for 80 slow ones of the same host
)

// Resume polls what was left out while the store was down, and reads what waits.
func (w *Watchers) Resume() {
	signal(w.changed)
	signal(w.hasUnread)
}

// startEvery is the time between the first polls of sources that are due at a start.
const startEvery = 50 * time.Millisecond

// reschedule replaces all entries of c by those of the sources that are configured now. Sources
// that missed a poll, or never had one, are polled one after the other at once.
func (w *Watchers) reschedule(ctx context.Context, c *cron.Cron) {
	for _, e := range c.Entries() {
		c.Remove(e.ID)
	}
	w.mu.Lock()
	sources := w.sources
	w.mu.Unlock()
	now := w.Now()
	first := now
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		s := sources[name]
		cur, _, err := w.cursor(ctx, s.config)
		if err != nil && ctx.Err() == nil { // the poll will fail on it too, if it lasts
			w.lg.Error("cursor not read, polling soon", "source", name, "err", err)
		}
		t := w.timetable(s)
		t.first = t.Next(cur.LastPoll) // "@every" counts from the last poll, not from the start
		if cur.LastPoll.IsZero() || cur.LastPoll.After(now) || !t.first.After(now) {
			first = first.Add(startEvery)
			t.first = first
		}
		c.Schedule(t, cron.FuncJob(func() { w.pollDue(ctx, name) }))
	}
}

// safely calls f and returns a panic in it as an error: what a publisher wrote must not stop the rest.
func (w *Watchers) safely(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
			w.lg.Error("recovered", "err", err, "stack", string(debug.Stack()))
		}
	}()
	return f()
}

// timetable is a source's schedule with its offset.
func (w *Watchers) timetable(s *source) *spread {
	next := s.schedule.Next(w.Now())
	width := min(w.Spread, s.schedule.Next(next).Sub(next))
	return &spread{Schedule: s.schedule, offset: offsetOf(s.config.Name, width)}
}

// pollDue polls a source as scheduled, unless it was told or has learnt to wait.
func (w *Watchers) pollDue(ctx context.Context, name string) {
	s, err := w.source(name)
	if err != nil || w.StoreDown() { // taken out of the configuration a moment ago; or polled by Resume
		return
	}
	cur, _, err := w.cursor(ctx, s.config)
	now := w.Now()
	clockWasAhead := cur.LastPoll.After(now) || cur.NextPoll.Sub(now) > goneFor
	if err == nil && cur.NextPoll.After(now) && !clockWasAhead {
		return
	}
	if err == nil {
		cur, _, err = w.poll(ctx, s)
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	if failure, ok := errors.AsType[*storeError](err); ok && w.StoreFailed(failure) {
		return
	}
	w.lg.Warn("poll failed", "source", name, "err", err, "next", w.nextPoll(s, cur))
}

// nextPoll is when a source that was just polled is asked again.
func (w *Watchers) nextPoll(s *source, cur news.Cursor) time.Time {
	t := w.timetable(s)
	next := t.Next(cur.LastPoll)
	for next.Before(cur.NextPoll) {
		next = t.Next(next)
	}
	return next
}

// Next returns when a source is polled next, given what the store keeps of it; zero for one that is
// not configured.
func (w *Watchers) Next(name string, cur news.Cursor) time.Time {
	s, err := w.source(name)
	if err != nil {
		return time.Time{}
	}
	if now := w.Now(); cur.LastPoll.IsZero() || cur.LastPoll.After(now) {
		cur.LastPoll = now
	}
	return w.nextPoll(s, cur)
}

var errNoSource = errors.New("no such source")

func (w *Watchers) source(name string) (*source, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.sources[name]; s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("source %s: %w", name, errNoSource)
}

// match returns the rules that an article meets now.
func (w *Watchers) match(a *news.Article) []news.Match {
	w.mu.Lock()
	rules := w.rules
	w.mu.Unlock()
	return rules.Match(a)
}

// A cronLogger is a slog.Logger in cron's form. What cron calls information is every tick.
type cronLogger struct{ lg *slog.Logger }

func (l cronLogger) Info(msg string, args ...any) { l.lg.Debug("cron: "+msg, args...) }

func (l cronLogger) Error(err error, msg string, args ...any) {
	l.lg.Error("cron: "+msg, append(args, "err", err)...)
}
