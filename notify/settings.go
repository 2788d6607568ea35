package notify

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Setting is one thing about a channel that its people can set, in the file or from chat.
type Setting struct {
	Key, Help, Example string

	get func(c ChannelConfig) string
	set func(c *ChannelConfig, value string) error
}

// Settings returns all settings in the order in which people read them.
func Settings() []Setting {
	return []Setting{
		{"timezone", "The zone of its hours.", "Europe/Berlin",
			func(c ChannelConfig) string { return c.Timezone },
			func(c *ChannelConfig, v string) error { c.Timezone = v; return nil }},
		{"quiet", "Hours in which nothing is posted; what comes is told when they end.", "22:00-07:00",
			func(c ChannelConfig) string { return c.Quiet },
			func(c *ChannelConfig, v string) error { c.Quiet = v; return nil }},
		{"quiet_pass", "What is posted in quiet hours all the same: high, or none.", "high",
			func(c ChannelConfig) string { return c.QuietPass },
			func(c *ChannelConfig, v string) error { c.QuietPass = v; return nil }},
		{"digest", "When it is told of everything at once: off, daily 09:00, weekly mon 09:00.", "daily 09:00",
			func(c ChannelConfig) string { return spoken(c.Digest) },
			func(c *ChannelConfig, v string) (err error) { c.Digest, err = digestSpec(v); return err }},
		{"cap", "How many alerts an hour; more come in one digest. none for no limit.", "20",
			func(c ChannelConfig) string { return c.Cap },
			func(c *ChannelConfig, v string) error { c.Cap = v; return nil }},
		{"threads", "Whether what is new about a story goes into its thread: on or off.", "on",
			func(c ChannelConfig) string { return c.Threads },
			func(c *ChannelConfig, v string) error { c.Threads = v; return nil }},
		{"broadcast", "Whether what is new about a story is shown in the channel, too: never or material.", "never",
			func(c ChannelConfig) string { return c.Broadcast },
			func(c *ChannelConfig, v string) error { c.Broadcast = v; return nil }},
		{"cooldown", "The least time between two broadcasts of one story.", "6h",
			func(c ChannelConfig) string { return c.Cooldown },
			func(c *ChannelConfig, v string) error { c.Cooldown = v; return nil }},
		{"mentions", "Whether rules may ping people here: on or off.", "on",
			func(c ChannelConfig) string { return c.Mentions },
			func(c *ChannelConfig, v string) error { c.Mentions = v; return nil }},
	}
}

// Set returns the channel with another value of a setting, or says in words why it will not do.
func (c ChannelConfig) Set(key, value string) (ChannelConfig, error) {
	for _, s := range Settings() {
		if s.Key != key {
			continue
		}
		if err := s.set(&c, strings.TrimSpace(value)); err != nil {
			return c, err
		}
		for _, f := range c.Check() {
			if f.Path == key {
				return c, fmt.Errorf("%s; %s", f.Msg, f.Hint)
			}
		}
		return c, nil
	}
	var keys []string
	for _, s := range Settings() {
		keys = append(keys, s.Key)
	}
	return c, fmt.Errorf("no such setting: %s; there are %s", key, strings.Join(keys, ", "))
}

// Value returns the value of a setting; "" is its default.
func (c ChannelConfig) Value(key string) string {
	for _, s := range Settings() {
		if s.Key == key {
			return s.get(c)
		}
	}
	return ""
}

// How a channel behaves that says nothing else.
const (
	defaultCap      = 20 // alerts an hour
	defaultCooldown = 6 * time.Hour
)

// checked are the settings that are one of a few words, with "" for the default.
var checked = []struct {
	key   string
	words []string
	of    func(c ChannelConfig) string
}{
	{"quiet_pass", []string{"", "high", "none"}, func(c ChannelConfig) string { return c.QuietPass }},
	{"threads", []string{"", "on", "off"}, func(c ChannelConfig) string { return c.Threads }},
	{"broadcast", []string{"", "never", "material"}, func(c ChannelConfig) string { return c.Broadcast }},
	{"mentions", []string{"", "on", "off"}, func(c ChannelConfig) string { return c.Mentions }},
}

func (c ChannelConfig) capped() int {
	if n, err := strconv.Atoi(cmp.Or(c.Cap, strconv.Itoa(defaultCap))); err == nil {
		return n
	}
	return 0 // none
}

func (c ChannelConfig) cooldown() time.Duration {
	if d, err := time.ParseDuration(c.Cooldown); err == nil {
		return d
	}
	return defaultCooldown
}

func (c ChannelConfig) zone() *time.Location {
	if zone, err := time.LoadLocation(c.Timezone); err == nil {
		return zone
	}
	return time.UTC
}

// timeOfDay reads "09:30" as minutes since midnight.
func timeOfDay(s string) (int, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, errors.New("not a time of day")
	}
	return t.Hour()*60 + t.Minute(), nil
}

// quietHours reads "22:00-07:00"; the zero hours are none.
func quietHours(s string) (from, to int, err error) {
	if s == "" || s == "off" {
		return 0, 0, nil
	}
	a, b, _ := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(s, " ", ""), "–", "-"), "-")
	from, err = timeOfDay(a)
	if err == nil {
		to, err = timeOfDay(b)
	}
	if err == nil && from == to {
		err = errors.New("no time at all")
	}
	return from, to, err
}

// quietUntil returns when the quiet hours end in which now lies, which is later; the zero time if it lies
// in none. They end by the clock on the wall: where it is put forward over the end, then.
func (c ChannelConfig) quietUntil(now time.Time) time.Time {
	from, to, err := quietHours(c.Quiet)
	if err != nil || from == to {
		return time.Time{}
	}
	local := now.In(c.zone())
	minute := local.Hour()*60 + local.Minute()
	inside := from < to && from <= minute && minute < to || from > to && (from <= minute || minute < to)
	if !inside {
		return time.Time{}
	}
	const day = 24 * 60
	left := (to - minute + day) % day
	end := local.Truncate(time.Minute).Add(time.Duration(left) * time.Minute)
	if end.Hour()*60+end.Minute() != to { // the clock is changed before
		end = time.Date(local.Year(), local.Month(), local.Day(), 0, minute+left, 0, 0, local.Location())
	}
	return end
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// digestSpec returns the cron fields of "daily 09:00", "weekly mon 09:00" or "off"; five fields stay.
func digestSpec(s string) (string, error) {
	words := strings.Fields(strings.ToLower(s))
	day, at := "*", ""
	switch {
	case len(words) == 1 && words[0] == "off", len(words) == 0:
		return "", nil
	case len(words) == 5:
		return s, nil
	case len(words) == 2 && words[0] == "daily":
		at = words[1]
	case len(words) == 3 && words[0] == "weekly" && len(words[1]) >= 3 && slices.Contains(weekdays, words[1][:3]):
		day, at = strconv.Itoa(slices.Index(weekdays, words[1][:3])), words[2]
	}
	minute, err := timeOfDay(at)
	if err != nil {
		return "", fmt.Errorf("not a time for a digest: %s; write off, daily 09:00 or weekly mon 09:00", s)
	}
	return fmt.Sprintf("%d %d * * %s", minute%60, minute/60, day), nil
}

// spoken is the reverse of digestSpec.
func spoken(spec string) string {
	f := strings.Fields(spec)
	if len(f) != 5 || f[2] != "*" || f[3] != "*" {
		return spec
	}
	minute, err1 := strconv.Atoi(f[0])
	hour, err2 := strconv.Atoi(f[1])
	day, err3 := strconv.Atoi(f[4])
	switch {
	case err1 != nil || err2 != nil:
		return spec
	case f[4] == "*":
		return fmt.Sprintf("daily %02d:%02d", hour, minute)
	case err3 == nil && day >= 0 && day < 7:
		return fmt.Sprintf("weekly %s %02d:%02d", weekdays[day], hour, minute)
	}
	return spec
}
