package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnOutageIsToldOnceAMinuteAndEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		full := errors.New("database or disk is full")
		fault := full
		o := newOutage(func(context.Context) error { return fault }, slog.New(slog.NewTextHandler(&log, nil)))
		held := func(f func()) { // what the probe and the log are called under
			o.mu.Lock()
			defer o.mu.Unlock()
			f()
		}
		ctx, stop := context.WithCancel(t.Context())
		resumed := 0
		go o.watch(ctx, func() { resumed++ })

		for range 500 { // as many sources fail
			if !o.failed(full) {
				t.Fatal("failed() = false in an outage, want true")
			}
		}
		if err := o.check(ctx); err != full || !o.down() {
			t.Errorf("check() = %v, down() = %v in an outage, want %v and true", err, o.down(), full)
		}
		held(func() {
			if n := strings.Count(log.String(), "\n"); n != 1 {
				t.Errorf("%d lines for 500 failures, want 1:\n%s", n, log.String())
			}
		})
		time.Sleep(10*time.Minute + time.Second)
		synctest.Wait()
		held(func() {
			if n := strings.Count(log.String(), "\n"); n < 10 || n > 11 {
				t.Errorf("%d lines in ten minutes, want one a minute:\n%s", n, log.String())
			}
			fault = nil
		})
		time.Sleep(probeEvery)
		synctest.Wait()
		if resumed != 1 || o.down() || o.check(ctx) != nil {
			t.Errorf("%v after the end: resumed %d times, down() = %v", probeEvery, resumed, o.down())
		}
		if !strings.Contains(log.String(), "the store takes writes again") {
			t.Errorf("the end is not told:\n%s", log.String())
		}
		stop()
		synctest.Wait()
	})
}

func TestAFailureWithoutAnOutageIsNotHidden(t *testing.T) {
	o := newOutage(func(context.Context) error { return nil }, slog.New(slog.DiscardHandler))
	if o.failed(errors.New("constraint failed")) || o.down() {
		t.Error("failed() = true of a store that takes writes; want false, so that it is logged")
	}
}
