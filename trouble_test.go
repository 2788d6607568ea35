package main

import (
	"testing"
	"time"
)

func TestASourceIsSilentByItsOwnRhythm(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	every := func(n int, gap, ago time.Duration) (seen []time.Time) {
		for i := range n {
			seen = append(seen, now.Add(-ago-time.Duration(n-1-i)*gap))
		}
		return seen
	}
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name string
		seen []time.Time
		want bool
	}{
		{"hourly, two days ago", every(20, time.Hour, 2*day), false}, // three days at least
		{"hourly, four days ago", every(20, time.Hour, 4*day), true},
		{"weekly, two weeks ago", every(10, 7*day, 14*day), false},
		{"weekly, four weeks ago", every(10, 7*day, 28*day), true},
		{"four articles tell nothing", every(4, time.Hour, 90*day), false},
		{"all with the first poll", every(20, 0, 90*day), false},
		{"none", nil, false},
	} {
		if got := silent(tt.seen, now); got != tt.want {
			t.Errorf("%s: silent = %v, want %v", tt.name, got, tt.want)
		}
	}
}
