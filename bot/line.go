package bot

import (
	"fmt"
	"strings"
	"time"
)

// A Line is one line of what the bot says, in pieces that each platform shows in its own way. Its
// text may be anyone's: a platform escapes it.
type Line []Part

// A Part is a piece of a line: text, a link or a time.
type Part struct {
	Text string
	URL  string    // where Text leads, as Link returned it; "" for plain text
	Time time.Time // shown instead of Text, in the reader's own zone where the platform can; else UTC
}

// say makes a line of strings, times, Parts and whatever else prints.
func say(pieces ...any) Line {
	var l Line
	for _, p := range pieces {
		switch p := p.(type) {
		case string:
			l = append(l, Part{Text: p})
		case time.Time:
			l = append(l, Part{Time: p})
		case Part:
			l = append(l, p)
		default:
			l = append(l, Part{Text: fmt.Sprint(p)})
		}
	}
	return l
}

// String returns the line in plain text, its addresses at the end.
func (l Line) String() string {
	same := func(s string) string { return s }
	return l.Format(same, same)
}

// Format returns the line with each text passed through text, and at its end the addresses it links
// to, each passed through link.
func (l Line) Format(text, link func(string) string) string {
	var words, links strings.Builder
	for _, p := range l {
		words.WriteString(text(p.Plain()))
		if p.URL != "" {
			links.WriteString(" " + link(p.URL))
		}
	}
	return words.String() + links.String()
}

// Plain returns what the part shows: its text, or its time as "2026-11-24 14:12 UTC".
func (p Part) Plain() string {
	if !p.Time.IsZero() {
		return UTC(p.Time)
	}
	return p.Text
}

// UTC returns a time as people read it where a platform cannot show it in their own zone.
func UTC(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// count returns "1 outlet" or "3 outlets".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if stem, ok := strings.CutSuffix(thing, "y"); ok {
		thing = stem + "ie"
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
