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
	now   func() time.Time                // the clock that people see
	forth func()                          // looks at all schedules anew
	back  func(ctx context.Context) error // brings the store's times back to now
	lg    *slog.Logger
}

// watch looks at the clock until ctx ends.
func (c clockWatch) watch(ctx context.Context) error {
	tick := time.NewTicker(clockEvery)
	defer tick.Stop()
	seen, steady := c.now().Round(0), time.Now()
	owed := false // back failed
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := c.now().Round(0)
		jump := now.Sub(seen) - time.Since(steady)
		seen, steady = now, time.Now()
		if jump.Abs() < clockJump && !owed {
			continue
		}
		if jump.Abs() >= clockJump {
			c.lg.Warn("the clock was set, schedules are looked at anew", "by", jump.Round(time.Second).String())
		}
		if owed = owed || jump < 0; owed {
			if err := c.back(ctx); err != nil {
				c.lg.Error("what waits by the old clock is looked at again soon", "err", err)
				continue
			}
			owed = false
		}
		c.forth()
	}
}

// watchClock keeps the program by the clock, until ctx ends.
func (p *program) watchClock(ctx context.Context) error {
	c := clockWatch{now: time.Now, forth: p.resume, lg: p.lg, back: func(ctx context.Context) error {
		_, err := p.st.Rewind(ctx, time.Now())
		return err
	}}
	return c.watch(ctx)
}

// resume lets everything look again at what is due.
func (p *program) resume() {
	p.watchers.Resume()
	p.notifier.Resume()
	signalTurn(p.turned)
}
