package notify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/pactwatch/pactwatch/internal/clock"
	"github.com/pactwatch/pactwatch/internal/news"
)

// ChannelConfig is one entry of the "channels" section. A channel may name several platforms; an
// alert is then rendered natively on each.
type ChannelConfig struct {
	Slack    string `yaml:"slack"`    // a channel ID, "C0123ABC"
	Discord  string `yaml:"discord"`  // a channel ID, "1200000000000000000"
	Terminal bool   `yaml:"terminal"` // print alerts where the bot runs
	Digest   string `yaml:"digest"`   // five cron fields; "" posts each alert at once
	Timezone string `yaml:"timezone"` // of its hours, "Europe/Berlin"; "" means UTC

	Quiet     string `yaml:"quiet"`      // "22:00-07:00": what comes is told when they end; "" for none
	QuietPass string `yaml:"quiet_pass"` // "high": alerts that loud are posted in quiet hours; "" and "none" post nothing
	Cap       string `yaml:"cap"`        // alerts an hour, more are told in one digest; "" means 20, "none" no limit
	Threads   string `yaml:"threads"`    // "off" posts no replies; "" means on
	Broadcast string `yaml:"broadcast"`  // "material" shows replies in the channel, too; "" means never
	Cooldown  string `yaml:"cooldown"`   // between two broadcasts of one story; "" means 6h
	Mentions  string `yaml:"mentions"`   // "off": no rule pings anyone here; "" means on
}

// Check returns all that is wrong with the channel.
func (c ChannelConfig) Check() []news.Fault {
	var fs []news.Fault
	if len(c.Destinations("")) == 0 {
		fs = append(fs, news.Fault{Msg: "the channel has no destination", Hint: "add slack: C0123ABC, discord: \"1200000000000000000\" or terminal: true"})
	}
	if _, err := time.LoadLocation(c.Timezone); err != nil {
		fs = append(fs, news.Fault{Path: "timezone", Msg: fmt.Sprintf("no such time zone: %s", c.Timezone), Hint: "write it as Europe/Berlin or America/New_York"})
	}
	if _, err := c.digests(); err != nil {
		fs = append(fs, news.Fault{Path: "digest", Msg: err.Error(), Hint: `try "0 9 * * 1-5" for 9:00 on workdays; the zone goes into timezone`})
	}
	if _, _, err := quietHours(c.Quiet); err != nil {
		fs = append(fs, news.Fault{Path: "quiet", Msg: fmt.Sprintf("not hours of a day: %s", c.Quiet), Hint: `write "22:00-07:00"`})
	}
	if n, err := strconv.Atoi(c.Cap); c.Cap != "" && c.Cap != "none" && (err != nil || n < 1) {
		fs = append(fs, news.Fault{Path: "cap", Msg: fmt.Sprintf("not a number of alerts: %s", c.Cap), Hint: "write 20, or none"})
	}
	if d, err := time.ParseDuration(c.Cooldown); c.Cooldown != "" && (err != nil || d < 0) {
		fs = append(fs, news.Fault{Path: "cooldown", Msg: fmt.Sprintf("not a duration: %s", c.Cooldown), Hint: "write 30m or 6h"})
	}
	for _, w := range checked {
		if v := w.of(c); !slices.Contains(w.words, v) {
			fs = append(fs, news.Fault{Path: w.key, Msg: fmt.Sprintf("no such choice: %s", v), Hint: "write " + strings.Join(w.words[1:], " or ")})
		}
	}
	return fs
}

// digests returns when the channel's digests are due; nil if it has none. "@every" is no set hour, and
// a zone has a setting of its own; cron would panic on some of those.
func (c ChannelConfig) digests() (cron.Schedule, error) {
	if c.Digest == "" {
		return nil, nil
	}
	if c.Digest[0] == '*' || c.Digest[0] >= '0' && c.Digest[0] <= '9' {
		if s, err := cron.ParseStandard(c.Digest); err == nil {
			if fields, ok := s.(*cron.SpecSchedule); ok {
				return clock.In(c.zone(), *fields)
			}
		}
	}
	return nil, fmt.Errorf("not a cron expression of five fields: %s", c.Digest)
}

// Destinations returns where the channel's alerts go; name is the channel's own.
func (c ChannelConfig) Destinations(name string) []news.Destination {
	var ds []news.Destination
	if c.Slack != "" {
		ds = append(ds, news.Destination{Channel: name, Platform: "slack", Target: c.Slack})
	}
	if c.Discord != "" {
		ds = append(ds, news.Destination{Channel: name, Platform: "discord", Target: c.Discord})
	}
	if c.Terminal {
		ds = append(ds, news.Destination{Channel: name, Platform: "terminal"})
	}
	return ds
}
