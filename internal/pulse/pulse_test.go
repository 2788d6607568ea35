package pulse

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestALoopIsStuckWhenItsRoundShowsNoProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &Monitor{}
		l := m.Loop("deliver", "deals on slack", time.Minute)
		l.Work()
		for range 10 { // a long round that goes on
			time.Sleep(50 * time.Second)
			m.Step("deliver", "deals on slack")
		}
		if got := m.Stuck(); got != nil {
			t.Errorf("Stuck() = %q in a round that goes on, want none", got)
		}
		time.Sleep(61 * time.Second)
		want := []string{"deliver: deals on slack: no progress for 1m1s"}
		if got := m.Stuck(); !slices.Equal(got, want) {
			t.Errorf("Stuck() = %q, want %q", got, want)
		}
		l.Rest(0)
		time.Sleep(240 * time.Hour)
		if got := m.Stuck(); got != nil {
			t.Errorf("Stuck() = %q at rest until something happens, want none", got)
		}
	})
}

func TestALoopIsStuckWhenItSleepsPastItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &Monitor{}
		l := m.Loop("watch", "", time.Minute)
		l.Rest(time.Hour)
		time.Sleep(time.Hour + time.Minute)
		if got := m.Stuck(); got != nil {
			t.Errorf("Stuck() = %q within the limit, want none", got)
		}
		time.Sleep(time.Second)
		want := []string{"watch: should have woken 1m1s ago"}
		if got := m.Stuck(); !slices.Equal(got, want) {
			t.Errorf("Stuck() = %q, want %q", got, want)
		}
		l.End()
		if got := m.Stages(); got != nil {
			t.Errorf("Stages() = %v after the only loop has ended, want none", got)
		}
	})
}

func TestAStageCountsItsLoops(t *testing.T) {
	m := &Monitor{}
	for _, about := range []string{"deals", "board"} {
		l := m.Loop("deliver", about, time.Minute)
		l.Work()
		l.Work()
		l.Rest(0)
	}
	m.Loop("group", "", time.Minute)
	got := m.Stages()
	if len(got) != 2 || got[0].Name != "deliver" || got[0].Loops != 2 || got[0].Rounds != 2 || got[1].Rounds != 0 {
		t.Errorf("Stages() = %+v, want two loops of deliver with a round each, and group", got)
	}
}

func TestNobodyWatches(t *testing.T) {
	var m *Monitor
	l := m.Loop("deliver", "", time.Minute)
	l.Work()
	m.Step("deliver", "")
	l.Rest(0)
	l.End()
}
