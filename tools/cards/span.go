package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A span is a piece of a line of text that looks the same throughout. Its text is shown as it is.
type span struct {
	Text  string
	URL   string // "" for none
	Class string // "bold", "italic", "strike", "code", "mention", "date"; "" for plain text
}

const clock = "3:04 PM"

// pretty returns a time as both clients write those of today, yesterday and any other day.
func pretty(t time.Time) string {
	days := int(now.Truncate(24*time.Hour).Sub(t.Truncate(24*time.Hour)) / (24 * time.Hour))
	switch days {
	case 0:
		return "today"
	case 1:
		return "yesterday"
	case -1:
		return "tomorrow"
	}
	return t.Format("Jan 2")
}

// relative returns "3 hours ago", "in 7 days".
func relative(t time.Time) string {
	d := now.Sub(t)
	age := d.Abs()
	n, unit := int(math.Round(age.Seconds())), "second"
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if age >= u.size {
			n, unit = int(math.Round(float64(age)/float64(u.size))), u.name
			break
		}
	}
	if n != 1 {
		unit += "s"
	}
	if d < 0 {
		return fmt.Sprintf("in %d %s", n, unit)
	}
	return fmt.Sprintf("%d %s ago", n, unit)
}

// slackDate returns a time in Slack's format: "{date_short_pretty} at {time}". Of a token that is not
// known here, the braces stay.
func slackDate(unix int64, format string) string {
	t := time.Unix(unix, 0).UTC()
	return strings.NewReplacer("{date_short_pretty}", pretty(t), "{date_pretty}", pretty(t), "{time}", t.Format(clock), "{ago}", relative(t)).Replace(format)
}

// discordTime returns a time in one of Discord's styles, "f" for "".
func discordTime(unix int64, style string) string {
	t := time.Unix(unix, 0).UTC()
	switch style {
	case "R":
		return relative(t)
	case "t":
		return t.Format(clock)
	case "T":
		return t.Format("3:04:05 PM")
	case "d":
		return t.Format("1/2/2006")
	case "D":
		return t.Format("January 2, 2006")
	case "F":
		return t.Format("Monday, January 2, 2006 at 3:04 PM")
	}
	return t.Format("January 2, 2006 at 3:04 PM")
}
