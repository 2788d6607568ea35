package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	probeEvery   = 2 * time.Second  // while the store is down: what waits goes on within ten seconds of its end
	probeTimeout = 6 * time.Second  // longer than the store waits for a lock
	probeTrust   = 10 * time.Second // how long a store that took a write is believed to take another
	outageSaid   = time.Minute      // between two lines in the log about one outage
)

// An outage knows whether the store takes writes: a disk that is full or read-only is one trouble, not
// one of each source and of each drain. It is safe for concurrent use.
type outage struct {
	probe func(ctx context.Context) error // why the store takes no writes; nil if it does
	lg    *slog.Logger
	began chan struct{} // to watch

	mu     sync.Mutex
	fault  error     // nil while the store takes writes
	since  time.Time // the beginning of the fault
	said   time.Time // when the log was last told
	proven time.Time // when the store last took a probe
}

func newOutage(probe func(context.Context) error, lg *slog.Logger) *outage {
	return &outage{probe: probe, lg: lg, began: make(chan struct{}, 1)}
}

// failed is told that the store failed somebody. It reports whether that is part of an outage, which
// the log is told of already.
func (o *outage) failed(error) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fault == nil {
		o.ask(context.Background())
	}
	return o.fault != nil
}

// down reports whether the store takes no writes.
func (o *outage) down() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.fault != nil
}

// check returns why the store takes no writes, nil if it does.
func (o *outage) check(ctx context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fault == nil && time.Since(o.proven) > probeTrust {
		o.ask(ctx)
	}
	return o.fault
}

// ask probes the store, and tells of an outage that begins, lasts or ends. The caller holds mu.
func (o *outage) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	err := o.probe(ctx)
	now := time.Now()
	switch {
	case err == nil:
		if o.fault != nil {
			o.lg.Info("the store takes writes again", "after", now.Sub(o.since).Round(time.Second).String())
		}
		o.fault, o.proven = nil, now
	case o.fault == nil:
		o.fault, o.since, o.said = err, now, now
		o.lg.Error("nothing is polled or posted until the store takes writes", "err", err)
		signalTurn(o.began)
	case now.Sub(o.said) >= outageSaid:
		o.fault, o.said = err, now
		o.lg.Error("the store still takes no writes", "err", err, "since", o.since)
	}
}

// watch calls resume at the end of every outage, until ctx ends.
func (o *outage) watch(ctx context.Context, resume func()) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-o.began:
		}
		for o.down() {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(probeEvery):
			}
			o.mu.Lock()
			o.ask(ctx)
			o.mu.Unlock()
		}
		resume()
	}
}
