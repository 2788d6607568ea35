package watchers

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/pactwatch/pactwatch/internal/clock"
)

// shortest is the least time between two polls of one source.
const shortest = 10 * time.Second

// parseSchedule reads five cron fields, "@every 10m" or "@daily" and the like, after "CRON_TZ=Zone "
// if the local zone is not meant. A time that a change of clocks skips comes once, right after
// it; one that it repeats comes once, unless the schedule is for every hour.
func parseSchedule(spec string) (cron.Schedule, error) {
	zone := time.Local
	if rest, ok := strings.CutPrefix(spec, "CRON_TZ="); ok {
		name, fields, _ := strings.Cut(rest, " ")
		loc, err := time.LoadLocation(name)
		if err != nil || name == "" {
			return nil, fmt.Errorf("no such time zone: %q", name)
		}
		zone, spec = loc, strings.TrimSpace(fields)
	}
	if strings.Contains(spec, "TZ=") { // cron panics on some of them
		return nil, errors.New("a time zone is written CRON_TZ=Area/City and comes first")
	}
	s, err := cron.ParseStandard(spec)
	if err != nil {
		return nil, err
	}
	switch s := s.(type) {
	case cron.ConstantDelaySchedule:
		if every(spec) < shortest {
			return nil, fmt.Errorf("more often than every %v", shortest)
		}
		return s, nil
	case *cron.SpecSchedule:
		return clock.In(zone, *s)
	}
	return s, nil
}

// every returns the delay of an "@every" schedule as written: cron rounds a shorter one, or a
// negative one, up to a second.
func every(spec string) time.Duration {
	d, _ := time.ParseDuration(strings.TrimPrefix(spec, "@every "))
	return d
}

// A spread is a schedule moved by an offset of its own, so that sources with the same schedule do
// not all start at once. It is for one entry of cron, which asks for the first activation once.
type spread struct {
	cron.Schedule
	offset time.Duration
	first  time.Time // of an activation that is not the schedule's; zero if there is none, or it was given
}

func (s *spread) Next(t time.Time) time.Time {
	if first := s.first; !first.IsZero() {
		s.first = time.Time{}
		if first.After(t) {
			return first
		}
		return t.Add(time.Millisecond)
	}
	next := s.Schedule.Next(t.Add(-s.offset))
	if next.IsZero() {
		return next
	}
	return next.Add(s.offset)
}

// offsetOf returns a source's share of width, between 0 and width, always the same.
func offsetOf(name string, width time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(name))
	return time.Duration(h.Sum64() % uint64(max(width, 1)))
}
