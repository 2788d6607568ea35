package notify

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// watch looks for troubles, delivers, and returns the headlines of the notices that came.
func (d *desk) watch() []string {
	d.t.Helper()
	if _, err := d.n.Watch(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	d.deliver()
	var all []string
	for _, p := range d.posted() {
		if p.Kind != news.KindNotice {
			d.t.Errorf("posted %s, want notices only", p.Kind)
		}
		all = append(all, p.Card.Headline+": "+p.Card.News)
	}
	return all
}

func TestTroubleIsToldOnceRemindedOfAndItsEndIsTold(t *testing.T) {
	d := newDesk(t)
	var now []Trouble
	d.n.Admin = "deals"
	d.n.Troubles = func(context.Context) ([]Trouble, error) { return now, nil }
	steps := []struct {
		after time.Duration
		there bool
		want  string
	}{
		{0, false, ""},
		{time.Minute, true, "Trouble: the ledger fails"},
		{2 * time.Minute, true, ""},
		{30 * time.Minute, false, ""}, // not more than one notice in an hour
		{40 * time.Minute, true, ""},  // it came and went within it
		{24*time.Hour + time.Minute, true, "Still in trouble, since 2026-11-25 12:01 UTC: the ledger fails"},
		{25 * time.Hour, true, ""},
		{8*24*time.Hour + 2*time.Minute, true, "Still in trouble, since 2026-11-25 12:01 UTC: the ledger fails"},
		{9 * 24 * time.Hour, false, "Over after 8 days: the ledger fails"},
		{9*24*time.Hour + time.Minute, false, ""},
		{9*24*time.Hour + 2*time.Minute, true, ""}, // its end was told a minute ago
		{9*24*time.Hour + time.Hour, true, "Trouble: the ledger fails"},
		{10 * 24 * time.Hour, false, "Over after 23 hours: the ledger fails"},
		{10*24*time.Hour + time.Hour, false, ""},
		{10*24*time.Hour + time.Hour + time.Minute, true, "Trouble: the ledger fails"}, // forgotten, so told at once
	}
	for _, s := range steps {
		d.now, now = noon.Add(s.after), nil
		if s.there {
			now = []Trouble{{Key: "ledger", Words: "the ledger fails"}}
		}
		if got := strings.Join(d.watch(), "; "); got != s.want {
			t.Errorf("%s after noon, in trouble %v: %q, want %q", s.after, s.there, got, s.want)
		}
	}
}

func TestTheWeeklyLineComesOnceAfterMondayAtNine(t *testing.T) {
	d := newDesk(t)
	d.n.Admin = "deals"
	d.n.Troubles = func(context.Context) ([]Trouble, error) { return nil, nil }
	d.n.Alive = func(context.Context) string { return "All 3 sources live." }
	monday := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	for _, s := range []struct {
		at   time.Time
		want string
	}{
		{noon, ""},
		{monday.Add(-time.Minute), ""},
		{monday, "This week: All 3 sources live."},
		{monday.Add(time.Minute), ""},
		{monday.AddDate(0, 0, 9), "This week: All 3 sources live."}, // it was off on Monday
		{monday.AddDate(0, 0, 13), ""},
	} {
		d.now = s.at
		if got := strings.Join(d.watch(), "; "); got != s.want {
			t.Errorf("at %s: %q, want %q", s.at, got, s.want)
		}
	}
}
