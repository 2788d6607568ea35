package clock

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"
)

func in(t *testing.T, zone, fields string) (cron.Schedule, *time.Location, error) {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	s, err := cron.ParseStandard(fields)
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := In(loc, *s.(*cron.SpecSchedule))
	return schedule, loc, err
}

func TestScheduleAcrossAChangeOfClocks(t *testing.T) {
	const layout = "01-02 15:04 MST"
	for _, tt := range []struct{ name, zone, fields, from, want string }{
		{"a skipped time comes once", "America/New_York", "30 2 * * *", "2027-03-13T12:00:00Z",
			"03-14 03:30 EDT, 03-15 02:30 EDT"},
		{"a doubled time comes once", "America/New_York", "30 1 * * *", "2027-11-06T12:00:00Z",
			"11-07 01:30 EDT, 11-08 01:30 EST"},
		{"a start within the second of the doubled hours", "America/New_York", "30 1 * * *", "2027-11-07T06:10:00Z",
			"11-08 01:30 EST, 11-09 01:30 EST"},
		{"midnight is skipped", "America/Santiago", "0 0 * * *", "2027-09-04T12:00:00Z",
			"09-05 01:00 -03, 09-06 00:00 -03"},
		{"an hourly schedule goes on through skipped hours", "America/New_York", "0 * * * *", "2027-03-14T06:30:00Z",
			"03-14 03:00 EDT, 03-14 04:00 EDT"},
		{"and through doubled ones", "America/New_York", "0 * * * *", "2027-11-07T04:30:00Z",
			"11-07 01:00 EDT, 11-07 01:00 EST"},
		{"an ordinary day", "Europe/Berlin", "0 9 * * 1-5", "2026-03-06T07:00:00Z",
			"03-06 09:00 CET, 03-09 09:00 CET"},
	} {
		s, zone, err := in(t, tt.zone, tt.fields)
		if err != nil {
			t.Fatal(err)
		}
		at, _ := time.Parse(time.RFC3339, tt.from)
		var got []string
		for range 2 {
			at = s.Next(at)
			got = append(got, at.In(zone).Format(layout))
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s: %q in %s from %s: %q, want %q", tt.name, tt.fields, tt.zone, tt.from, got, tt.want)
		}
	}
}

// A year of cron's own loop, on a clock that runs as fast as it can.
func TestAJobRunsOnceADayForAYear(t *testing.T) {
	for _, tt := range []struct{ zone, fields string }{
		{"America/New_York", "30 2 * * *"}, // is skipped on a day in spring
		{"America/New_York", "30 1 * * *"}, // comes twice on a day in autumn
		{"America/Santiago", "0 0 * * *"},
		{"Australia/Lord_Howe", "15 2 * * *"}, // half an hour is skipped
		{"Asia/Kolkata", "30 2 * * *"},        // nothing changes
	} {
		t.Run(tt.zone+" "+tt.fields, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				schedule, zone, err := in(t, tt.zone, tt.fields)
				if err != nil {
					t.Fatal(err)
				}
				var mu sync.Mutex // cron runs each job in a goroutine of its own
				runs := map[string]int{}
				c := cron.New(cron.WithLocation(time.UTC))
				c.Schedule(schedule, cron.FuncJob(func() {
					mu.Lock()
					defer mu.Unlock()
					runs[time.Now().In(zone).Format(time.DateOnly)]++
				}))
				c.Start()
				time.Sleep(366 * 24 * time.Hour)
				<-c.Stop().Done()
				mu.Lock()
				defer mu.Unlock()
				for day, n := range runs {
					if n != 1 {
						t.Errorf("%s: %d runs, want 1", day, n)
					}
				}
				if len(runs) < 365 {
					t.Errorf("it ran on %d days of a year, want all", len(runs))
				}
			})
		})
	}
}

func TestADayThatNeverComesIsRefused(t *testing.T) {
	if s, _, err := in(t, "UTC", "0 9 30 2 *"); err == nil {
		t.Errorf("In(0 9 30 2 *) = %v, want an error", s)
	}
}
