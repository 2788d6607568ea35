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

func TestScheduleAcrossAChangeOfClocks(t *testing.T) {
	const layout = "01-02 15:04 MST"
	for _, tt := range []struct{ name, spec, from, want string }{
		{"a skipped time comes once", "CRON_TZ=America/New_York 30 2 * * *", "2027-03-13T12:00:00Z",
			"03-14 03:30 EDT, 03-15 02:30 EDT"},
		{"a doubled time comes once", "CRON_TZ=America/New_York 30 1 * * *", "2027-11-06T12:00:00Z",
			"11-07 01:30 EDT, 11-08 01:30 EST"},
		{"a start within the second of the doubled hours", "CRON_TZ=America/New_York 30 1 * * *", "2027-11-07T06:10:00Z",
			"11-08 01:30 EST, 11-09 01:30 EST"},
		{"midnight is skipped", "CRON_TZ=America/Santiago 0 0 * * *", "2027-09-04T12:00:00Z",
			"09-05 01:00 -03, 09-06 00:00 -03"},
		{"an hourly schedule goes on through skipped hours", "CRON_TZ=America/New_York 0 * * * *", "2027-03-14T06:30:00Z",
			"03-14 03:00 EDT, 03-14 04:00 EDT"},
		{"and through doubled ones", "CRON_TZ=America/New_York 0 * * * *", "2027-11-07T04:30:00Z",
			"11-07 01:00 EDT, 11-07 01:00 EST"},
		{"an ordinary day", "CRON_TZ=Europe/Berlin 0 9 * * 1-5", "2026-03-06T07:00:00Z",
			"03-06 09:00 CET, 03-09 09:00 CET"},
	} {
		s, err := parseSchedule(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		zone, _ := time.LoadLocation(strings.TrimPrefix(strings.Fields(tt.spec)[0], "CRON_TZ="))
		at, _ := time.Parse(time.RFC3339, tt.from)
		var got []string
		for range 2 {
			at = s.Next(at)
			got = append(got, at.In(zone).Format(layout))
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s: %q from %s: %q, want %q", tt.name, tt.spec, tt.from, got, tt.want)
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
