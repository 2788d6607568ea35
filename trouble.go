package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/notify"
)

const (
	failsFrom  = 3         // polls in a row, and
	failsFor   = time.Hour // since the last good one: a source that fails is a trouble
	rhythmOf   = 50        // articles that tell a source's rhythm
	rhythmFrom = 5         // fewer tell none
	quietLeast = 3 * 24 * time.Hour
)

// troubles returns all that does not work now, for the admin channel and for status. The error is the
// store's: then nobody knows.
func (p *program) troubles(ctx context.Context) ([]notify.Trouble, error) {
	sources, err := p.Sources(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := p.st.SeenTimes(ctx, rhythmOf)
	if err != nil {
		return nil, err
	}
	all, err := p.chatTroubles(ctx)
	now := time.Now()
	for _, s := range sources {
		if t, ok := sourceTrouble(s, seen[s.Name], now); ok {
			all = append(all, t)
		}
	}
	return all, err
}

// sourceTrouble says what is wrong with a source that is not paused.
func sourceTrouble(s bot.Source, seen []time.Time, now time.Time) (notify.Trouble, bool) {
	c := s.Cursor
	since := c.LastOK
	if since.IsZero() {
		since = c.FirstPoll
	}
	switch {
	case s.Pause != nil:
		return notify.Trouble{}, false
	case c.Failures >= failsFrom && now.Sub(since) >= failsFor:
		return notify.Trouble{Key: "source " + s.Name + " fails", Words: fmt.Sprintf(
			"The source %s fails, %d times in a row: %s. Look at its address, or pause it: /pactwatch sources pause %s", s.Name, c.Failures, c.LastError, s.Name)}, true
	case c.Failures == 0 && silent(seen, now):
		return notify.Trouble{Key: "source " + s.Name + " is silent", Words: fmt.Sprintf(
			"The source %s answers and shows nothing new since %s, which is not its rhythm. Its address or layout may have changed.", s.Name, seen[len(seen)-1].Format(time.DateOnly))}, true
	}
	return notify.Trouble{}, false
}

// silent reports whether a source that showed articles at these times has been quiet for longer than it
// ever is: three times its longest gap, three days at least. Articles of one poll are one event.
func silent(seen []time.Time, now time.Time) bool {
	if len(seen) < rhythmFrom {
		return false
	}
	longest := time.Duration(0)
	for i := range seen[1:] {
		longest = max(longest, seen[i+1].Sub(seen[i]))
	}
	if longest == 0 { // all came with the first poll
		return false
	}
	return now.Sub(seen[len(seen)-1]) > max(3*longest, quietLeast)
}

// chatTroubles says which platforms and destinations take nothing.
func (p *program) chatTroubles(ctx context.Context) ([]notify.Trouble, error) {
	var all []notify.Trouble
	for _, name := range []string{"slack", "discord"} {
		if words, ok := p.ill.Load(name); ok {
			all = append(all, notify.Trouble{Key: name, Words: fmt.Sprintf("%s: %s", name, words)})
		}
	}
	paused, err := p.st.Paused(ctx)
	for _, d := range paused {
		all = append(all, notify.Trouble{Key: "destination " + d.Destination.String(),
			Words: fmt.Sprintf("Nothing can be posted to %s: %s. What waits is posted when that is mended.", d.Destination, d.Reason)})
	}
	return all, err
}

// Troubles says what does not work now.
func (p *program) Troubles(ctx context.Context) []string {
	var all []string
	troubles, err := p.troubles(ctx)
	if err != nil {
		all = append(all, "The store does not answer: "+err.Error())
	}
	for _, t := range troubles {
		all = append(all, t.Words)
	}
	health := func(name, words string) { // as a notice, each reconnect would be noise
		if _, gaveUp := p.ill.Load(name); !gaveUp && words != "" {
			all = append(all, name+": "+words)
		}
	}
	if p.slack != nil {
		health("slack", p.slack.Health())
	}
	if p.discord != nil {
		health("discord", p.discord.Health())
	}
	return all
}

// alive is the weekly line: all sources live, or which do not.
func (p *program) alive(ctx context.Context) string {
	sources, err := p.Sources(ctx)
	if err != nil {
		return "The store does not answer: " + err.Error()
	}
	var failing []string
	for _, s := range sources {
		if s.Pause == nil && s.Cursor.Failures > 0 {
			failing = append(failing, s.Name)
		}
	}
	if len(failing) == 0 {
		return "All " + count(len(sources), "source lives", "sources live") + "."
	}
	return fmt.Sprintf("%d of %s live; these fail: %v", len(sources)-len(failing), count(len(sources), "source", "sources"), failing)
}
