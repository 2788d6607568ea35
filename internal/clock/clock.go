// Package clock reads hours as a clock on the wall shows them, also where a zone changes its clocks.
package clock

import (
	"errors"
	"time"

	"github.com/robfig/cron/v3"
)

// In returns a schedule of cron fields in a zone. A time that a change of clocks skips comes once,
// right after it; one that it repeats comes once, unless the schedule is for every hour. It is an
// error where the day never comes, as the 30th of February.
func In(zone *time.Location, fields cron.SpecSchedule) (cron.Schedule, error) {
	fields.Location = zone
	if fields.Next(time.Unix(0, 0)).IsZero() {
		return nil, errors.New("there is no such day")
	}
	if fields.Hour&everyHour == everyHour {
		return &fields, nil
	}
	fields.Location = time.UTC
	return wall{&fields, zone}, nil
}

// everyHour has the bits of all hours of a day, as cron keeps them.
const everyHour = 1<<24 - 1

// A wall is a schedule of hours as a clock on the wall in zone shows them. fields reads that clock as
// if it were UTC, where no hour is missing and none comes twice.
type wall struct {
	fields *cron.SpecSchedule
	zone   *time.Location
}

func (s wall) Next(t time.Time) time.Time {
	for shown := shownAt(t.In(s.zone)); ; {
		shown = s.fields.Next(shown)
		if shown.IsZero() {
			return shown
		}
		next := time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), shown.Second(), 0, s.zone)
		if early := shown.Sub(shownAt(next)); early > 0 { // skipped, and taken as of before the change
			next = next.Add(early)
		}
		if next.After(t) { // else its hour comes a second time
			return next.In(t.Location())
		}
	}
}

// shownAt is what the clock shows at t, as a time in UTC.
func shownAt(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}
