package main

import (
	"context"
	"log/slog"
	"time"
)

const (
	clockEvery = 10 * time.Second
	clockJump  = time.Minute // less is a time server at work, and a schedule bears it
)

// A clockWatch finds out when the clock is set: timers go on by the monotonic one, while schedules, and
// what the store puts off, are of the clock that people see.
type clockWatch struct {
	now   func() time.Time                                  // the clock that people see
	forth func()                                            // looks at all schedules anew
	back  func(ctx context.Context, by time.Duration) error // sets back what the store has from a clock that was ahead
	lg    *slog.Logger
}

// watch looks at the clock until ctx ends.
func (c clockWatch) watch(ctx context.Context) error {
	tick := time.NewTicker(clockEvery)
	defer tick.Stop()
	seen, steady := c.now().Round(0), time.Now()
	var behind time.Duration // by how much the store is still to be set back
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := c.now().Round(0)
		jump := now.Sub(seen) - time.Since(steady)
		seen, steady = now, time.Now()
		isSet := jump.Abs() >= clockJump
		if isSet {
			c.lg.Warn("the clock was set or stood still, schedules are looked at anew", "by", jump.Round(time.Second).String())
			behind += max(-jump, 0)
		}
		if behind > 0 {
			if err := c.back(ctx, behind); err != nil {
				c.lg.Error("what waits by the old clock is looked at again soon", "err", err)
				continue
			}
		}
		if isSet || behind > 0 {
			c.forth()
		}
		behind = 0
	}
}

// watchClock keeps the program by the clock, until ctx ends.
func (p *program) watchClock(ctx context.Context) error {
	back := func(ctx context.Context, by time.Duration) error { return p.st.Rewind(ctx, time.Now, by) }
	return clockWatch{now: time.Now, forth: p.resume, back: back, lg: p.lg}.watch(ctx)
}

// resume lets everything look again at what is due.
func (p *program) resume() {
	p.watchers.Resume()
	p.notifier.Resume()
	signalTurn(p.turned)
}
