package watchers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A clockwork is a Source without a network, that notes when it is polled.
type clockwork struct {
	mu    sync.Mutex
	polls []time.Time
	takes time.Duration
	fails func(n int) error // of the n-th poll, from 1; nil: never
}

func (s *clockwork) Poll(ctx context.Context, v Visit) (Listing, error) {
	s.mu.Lock()
	s.polls = append(s.polls, time.Now())
	n := len(s.polls)
	s.mu.Unlock()
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		return Listing{}, ctx.Err()
	}
	if s.fails != nil {
		if err := s.fails(n); err != nil {
			return Listing{}, err
		}
	}
	return Listing{Cursor: v.Cursor}, nil
}

func (s *clockwork) times(layout string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, t := range s.polls {
		all = append(all, t.UTC().Format(layout))
	}
	return strings.Join(all, " ")
}

// run runs sources on a schedule for a time in a bubble that begins at 2000-01-01 00:00 UTC.
func run(t *testing.T, st *memory, schedule string, length time.Duration, lg *slog.Logger, sources map[string]*clockwork) {
	t.Helper()
	w := scheduled(t, st, schedule, lg, sources)
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	if err := w.Run(ctx); err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
}

// scheduled returns Watchers of sources on a schedule.
func scheduled(t *testing.T, st *memory, schedule string, lg *slog.Logger, sources map[string]*clockwork) *Watchers {
	t.Helper()
	f := newTestFetcher(t, NetworkConfig{})
	w := New(st, f, lg)
	w.Spread = 0
	when, err := parseSchedule("CRON_TZ=UTC " + schedule)
	if err != nil {
		t.Fatal(err)
	}
	w.sources = map[string]*source{}
	var names []string
	for name, s := range sources {
		w.sources[name] = &source{config: SourceConfig{Name: name}, source: s, schedule: when, busy: new(sync.Mutex), digest: new(digest)}
		names = append(names, name)
	}
	st.Introduce(t.Context(), names)
	signal(w.changed)
	return w
}

func TestRunPollsOnSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Minute)
		s := &clockwork{}
		run(t, &memory{}, "*/5 * * * *", 12*time.Minute, slog.New(slog.DiscardHandler), map[string]*clockwork{"a": s})
		if got, want := s.times("15:04"), "00:01 00:05 00:10"; got != want {
			t.Errorf("polls at %s, want %s", got, want)
		}
	})
}

func TestRunDoesNotPollAgainAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Minute)
		s, st := &clockwork{}, &memory{}
		for range 3 {
			run(t, st, "*/5 * * * *", 30*time.Second, slog.New(slog.DiscardHandler), map[string]*clockwork{"a": s})
		}
		time.Sleep(time.Hour)
		run(t, st, "*/5 * * * *", 30*time.Second, slog.New(slog.DiscardHandler), map[string]*clockwork{"a": s})
		if got, want := s.times("15:04"), "00:01 01:02"; got != want {
			t.Errorf("polls at %s, want %s: one at the start, one after an hour's silence", got, want)
		}
	})
}

func TestAnIntervalCountsFromTheLastPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := &clockwork{}, &memory{}
		for range 3 {
			run(t, st, "@every 1h", 50*time.Minute, slog.New(slog.DiscardHandler), map[string]*clockwork{"a": s})
		}
		if got, want := s.times("15:04"), "00:00 01:00 02:00"; got != want {
			t.Errorf("polls at %s, want %s", got, want)
		}
	})
}

func TestAClockThatWasWrongStopsNoPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := &clockwork{}, &memory{}
		wrong := time.Now().AddDate(10, 0, 0)
		st.Introduce(t.Context(), []string{"a"})
		st.cursors["a"] = news.Cursor{LastPoll: wrong, NextPoll: wrong.Add(time.Hour)}
		run(t, st, "*/5 * * * *", 6*time.Minute, slog.New(slog.DiscardHandler), map[string]*clockwork{"a": s})
		if got, want := s.times("15:04"), "00:00 00:05"; got != want {
			t.Errorf("polls at %s, want %s", got, want)
		}
	})
}

func TestASlowSourceHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, quick := &clockwork{takes: 8 * time.Minute}, &clockwork{}
		run(t, &memory{}, "*/5 * * * *", 16*time.Minute, slog.New(slog.DiscardHandler), map[string]*clockwork{"slow": slow, "quick": quick})
		if got, want := slow.times("15:04"), "00:00 00:10"; got != want {
			t.Errorf("slow polls at %s, want %s", got, want)
		}
		if got, want := quick.times("15:04"), "00:00 00:05 00:10 00:15"; got != want {
			t.Errorf("quick polls at %s, want %s", got, want)
		}
	})
}

func TestAFailingSourceIsPolledLessAndSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := &clockwork{fails: func(n int) error {
			if n == 2 {
				panic("a broken document")
			}
			return errors.New("no such host")
		}}
		run(t, &memory{}, "*/5 * * * *", 61*time.Minute, slog.New(slog.NewTextHandler(&out, nil)), map[string]*clockwork{"a": s})
		if got, want := s.times("15:04"), "00:00 00:05 00:15 00:35"; got != want {
			t.Errorf("polls at %s, want %s", got, want)
		}
		var failed []string
		for l := range strings.Lines(out.String()) {
			if strings.Contains(l, "poll failed") {
				failed = append(failed, l)
			}
		}
		if len(failed) != 4 || !strings.Contains(failed[0], `err="no such host" next=2000-01-01T00:05`) || !strings.Contains(failed[1], "panic: a broken document") {
			t.Errorf("log of failures:\n%s", strings.Join(failed, ""))
		}
	})
}

func TestRunEndsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &clockwork{takes: time.Hour}
		start := time.Now()
		run(t, &memory{}, "*/5 * * * *", time.Minute, slog.New(slog.DiscardHandler), map[string]*clockwork{"a": s})
		if took := time.Since(start); took > time.Minute+time.Second {
			t.Errorf("Run ended %v after it was told to", took-time.Minute)
		}
	})
}

func TestSourcesOfOneScheduleAreSpread(t *testing.T) {
	w := New(&memory{}, nil, slog.New(slog.DiscardHandler))
	w.Now = func() time.Time { return now }
	var cs []SourceConfig
	for i := range 1000 {
		cs = append(cs, SourceConfig{Name: fmt.Sprint("s", i), Feed: "https://example.org/feed", Schedule: "*/5 * * * *"})
	}
	configure(t, w, cs...)
	inSecond := map[time.Time]int{}
	for _, s := range w.sources {
		inSecond[w.timetable(s).Next(now).Truncate(time.Second)]++
	}
	for at, n := range inSecond {
		if n > 40 {
			t.Errorf("%d polls start at %v, want about 17 a second", n, at)
		}
	}
}
