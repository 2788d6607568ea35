package watchers

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pactwatch/pactwatch/internal/pulse"
)

// start runs w until the function that it returns is called.
func start(t *testing.T, w *Watchers) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	}
}

func TestAPollThatHangsIsStuckAndTheOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		letGo := make(chan struct{})
		hangs, other := &clockwork{fails: func(int) error { <-letGo; return nil }}, &clockwork{}
		w := scheduled(t, &memory{}, "*/5 * * * *", slog.New(slog.DiscardHandler), map[string]*clockwork{"a": hangs, "b": other})
		w.Pulse = &pulse.Monitor{}
		stop := start(t, w)
		time.Sleep(pollLimit)
		synctest.Wait()
		if got := w.Pulse.Stuck(); got != nil {
			t.Errorf("Stuck() = %q within the limit of a poll, want none", got)
		}
		time.Sleep(5 * time.Second)
		if got, want := w.Pulse.Stuck(), []string{"poll: a: no progress for 40m5s"}; !slices.Equal(got, want) {
			t.Errorf("Stuck() = %q, want %q", got, want)
		}
		if n := len(other.polls); n < 8 {
			t.Errorf("%d polls of the other source in 40 minutes, want 8 at least", n)
		}
		close(letGo)
		time.Sleep(time.Hour)
		if got := w.Pulse.Stuck(); got != nil {
			t.Errorf("Stuck() = %q after it was let go, want none", got)
		}
		stop()
		if got := w.Pulse.Stages(); got != nil {
			t.Errorf("Stages() = %v after the end, want none", got)
		}
	})
}

func TestNothingIsPolledWhileTheStoreIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &clockwork{}
		var down atomic.Bool
		w := scheduled(t, &memory{}, "*/5 * * * *", slog.New(slog.DiscardHandler), map[string]*clockwork{"a": s})
		w.StoreDown = down.Load
		stop := start(t, w)
		time.Sleep(6 * time.Minute) // polled at once and at five past
		down.Store(true)
		time.Sleep(time.Hour + time.Minute)
		down.Store(false)
		w.Resume()
		time.Sleep(time.Minute)
		stop()
		if got, want := s.times("15:04"), "00:00 00:05 01:07"; got != want {
			t.Errorf("polls at %s, want %s: none in an outage, one right after it", got, want)
		}
	})
}

func TestAStoreThatFailsAPollIsToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("database or disk is full")
		st := &memory{}
		w := scheduled(t, st, "*/5 * * * *", slog.New(slog.DiscardHandler), map[string]*clockwork{"a": {}})
		st.fail = full
		var told []error
		w.StoreFailed = func(err error) bool { told = append(told, err); return true }
		stop := start(t, w)
		time.Sleep(time.Minute)
		stop()
		if !slices.ContainsFunc(told, func(err error) bool { return errors.Is(err, full) }) {
			t.Errorf("told of %v, want %v", told, full)
		}
	})
}
