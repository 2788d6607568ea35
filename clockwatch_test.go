package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestAClockThatIsSetIsNoticedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var off time.Duration
		var forth, back int
		var behind time.Duration
		var fault error
		var mu sync.Mutex // held by who looks at the clock, so that a step is seen whole
		c := clockWatch{
			now: func() time.Time { mu.Lock(); defer mu.Unlock(); return time.Now().Add(off) }, forth: func() { forth++ },
			back: func(_ context.Context, by time.Duration) error { back++; behind = by; return fault }, lg: slog.New(slog.NewTextHandler(&log, nil)),
		}
		ctx, stop := context.WithCancel(t.Context())
		go c.watch(ctx)
		after := func(step time.Duration, wantForth, wantBack int) {
			t.Helper()
			mu.Lock()
			off += step
			mu.Unlock()
			time.Sleep(time.Minute)
			synctest.Wait()
			if forth != wantForth || back != wantBack {
				t.Errorf("a minute after a step of %v: %d looks at schedules and %d at the store, want %d and %d", step, forth, back, wantForth, wantBack)
			}
		}
		after(0, 0, 0)
		after(30*time.Second, 0, 0) // a time server at work
		after(time.Hour, 1, 0)
		after(-time.Hour, 2, 1)
		if behind != time.Hour {
			t.Errorf("the store is set back by %v, want %v", behind, time.Hour)
		}
		after(24*time.Hour, 3, 1)
		after(-24*time.Hour, 4, 2)
		after(10*365*24*time.Hour, 5, 2)
		mu.Lock()
		fault = errors.New("disk full")
		mu.Unlock()
		after(-10*365*24*time.Hour, 5, 2+6) // tried at every look until it is done
		mu.Lock()
		fault = nil
		mu.Unlock()
		after(0, 6, 9)
		if n := strings.Count(log.String(), "the clock was set or stood still"); n != 6 {
			t.Errorf("%d lines about six steps:\n%s", n, log.String())
		}
		stop()
		synctest.Wait()
	})
}
