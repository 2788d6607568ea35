package watchers

import (
	"strings"
	"testing"
	"time"
)

func TestParseScheduleRefuses(t *testing.T) {
	for spec, want := range map[string]string{
		"":                            "empty spec",
		"* * * *":                     "expected exactly 5 fields",
		"61 * * * *":                  "above maximum",
		"0 0 30 2 *":                  "no such day",
		"0 0 * * 7":                   "above maximum",
		"@every 9s":                   "more often than every 10s",
		"@every -5m":                  "more often",
		"@every soon":                 "failed to parse duration",
		"TZ=":                         "CRON_TZ=Area/City",
		"TZ=UTC":                      "CRON_TZ=Area/City",
		"CRON_TZ=":                    "no such time zone",
		"CRON_TZ=UTC":                 "empty spec",
		"CRON_TZ=Mars/Base * * * * *": "no such time zone",
		"CRON_TZ=UTC CRON_TZ=":        "CRON_TZ=Area/City",
	} {
		if s, err := parseSchedule(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parseSchedule(%q) = %v, %v, want an error with %q", spec, s, err, want)
		}
	}
}

func TestAScheduleKeepsItsHoursAcrossAChangeOfClocks(t *testing.T) {
	s, err := parseSchedule("CRON_TZ=America/New_York 30 2 * * *")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2027, 3, 13, 12, 0, 0, 0, time.UTC)
	for _, want := range []string{"2027-03-14T07:30:00Z", "2027-03-15T06:30:00Z"} { // the first is skipped, and comes right after
		if at = s.Next(at); at.Format(time.RFC3339) != want {
			t.Errorf("next = %s, want %s", at.Format(time.RFC3339), want)
		}
	}
}

func TestSpreadMovesEveryRun(t *testing.T) {
	inner, err := parseSchedule("CRON_TZ=UTC */5 * * * *")
	if err != nil {
		t.Fatal(err)
	}
	s := &spread{Schedule: inner, offset: 7 * time.Second, first: now.Add(3 * time.Second)}
	at := now
	for _, want := range []string{"12:00:03", "12:00:07", "12:05:07", "12:10:07"} {
		at = s.Next(at)
		if got := at.Format(time.TimeOnly); got != want {
			t.Errorf("next = %s, want %s", got, want)
		}
	}
	late := &spread{Schedule: inner, first: now.Add(-time.Hour)}
	if got := late.Next(now); got.Sub(now) > time.Second {
		t.Errorf("next of what is overdue = %v, want at once", got)
	}
	seen := map[time.Duration]bool{}
	for _, name := range []string{"a", "b", "c", "d"} {
		o := offsetOf(name, time.Minute)
		if o != offsetOf(name, time.Minute) || o < 0 || o >= time.Minute {
			t.Errorf("offsetOf(%s) = %v, want always the same below a minute", name, o)
		}
		seen[o] = true
	}
	if len(seen) != 4 {
		t.Errorf("offsets of four names = %v, want four", seen)
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, spec := range []string{"*/5 * * * *", "@every 10m", "CRON_TZ=UTC 0 9 * * 1-5", "TZ=", "@daily", "0 0 29 2 *"} {
		f.Add(spec)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		s, err := parseSchedule(spec)
		if err != nil {
			return
		}
		if next := s.Next(now); !next.After(now) {
			t.Errorf("parseSchedule(%q).Next(%v) = %v, want later", spec, now, next)
		}
	})
}
