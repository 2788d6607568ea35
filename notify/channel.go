package notify

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/pactwatch/pactwatch/internal/news"
)

// ChannelConfig is one entry of the "channels" section. A channel may name several platforms; an
// alert is then rendered natively on each.
type ChannelConfig struct {
	Slack    string `yaml:"slack"`    // a channel ID, "C0123ABC"
	Discord  string `yaml:"discord"`  // a channel ID, "1200000000000000000"
	Terminal bool   `yaml:"terminal"` // print alerts where the bot runs
	Digest   string `yaml:"digest"`   // five cron fields; "" posts each alert at once
	Timezone string `yaml:"timezone"` // of the digest, "Europe/Berlin"; "" means UTC
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
	if c.Digest != "" && !isCron(c.Digest) {
		fs = append(fs, news.Fault{Path: "digest", Msg: fmt.Sprintf("not a cron expression of five fields: %s", c.Digest), Hint: `try "0 9 * * 1-5" for 9:00 on workdays; the zone goes into timezone`})
	}
	return fs
}

// isCron reports whether spec is five plain cron fields. "@every" is no set hour, and a zone has a
// setting of its own; cron would panic on some of those.
func isCron(spec string) bool {
	if spec[0] != '*' && (spec[0] < '0' || spec[0] > '9') {
		return false
	}
	_, err := cron.ParseStandard(spec)
	return err == nil
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
