package bot

import (
	"context"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// How long a pause or a mute can be.
const (
	leastPause   = 15 * time.Minute
	longestPause = 90 * 24 * time.Hour
)

func watchRemove(ctx context.Context, k *Desk, c Call) (Reply, error) {
	r, _, raw, err := k.madeRule(c.Args["rule"])
	if err != nil {
		return Reply{}, err
	}
	changes := []news.Change{{Kind: news.RuleRecord, Key: r.Name, Before: raw}}
	if _, pause := current[news.Pause](k, news.PauseRecord, "rule:"+r.Name); pause != nil {
		changes = append(changes, news.Change{Kind: news.PauseRecord, Key: "rule:" + r.Name, Before: pause})
	}
	saved, err := k.change(ctx, c, changes...)
	if err != nil {
		return Reply{}, err
	}
	return Reply{
		Lines: []Line{
			say(name(r.Label()) + " is removed; the alerts it brought stay."),
			say("Undo works for 10 minutes, /pactwatch watch resume " + r.Name + " at any time."),
		},
		Buttons: []Button{undoButton(saved)},
	}, nil
}

func watchPause(ctx context.Context, k *Desk, c Call) (Reply, error) {
	d, err := duration("for", c.Args["for"], 0, leastPause, longestPause)
	if err != nil {
		return Reply{}, err
	}
	var keys []string
	what := "All rules are"
	if strings.EqualFold(c.Args["rule"], "all") {
		for _, r := range k.house.Rules() {
			keys = append(keys, "rule:"+r.Name)
		}
	} else {
		r, err := k.findRule(c.Args["rule"])
		if err != nil {
			return Reply{}, err
		}
		keys, what = []string{"rule:" + r.Name}, name(r.Label())+" is"
	}
	return k.pause(ctx, c, what, keys, d)
}

// pause keeps what keys name from working for d, 0 for until somebody ends it.
func (k *Desk) pause(ctx context.Context, c Call, what string, keys []string, d time.Duration) (Reply, error) {
	p := news.Pause{By: c.By.Actor}
	if d > 0 {
		p.Until = k.Now().Add(d).UTC().Truncate(time.Second)
	}
	var changes []news.Change
	for _, key := range keys {
		_, before := current[news.Pause](k, news.PauseRecord, key)
		changes = append(changes, news.Change{Kind: news.PauseRecord, Key: key, Before: before, After: record(p)})
	}
	if len(changes) == 0 {
		return Reply{}, usage("There is nothing to pause yet.", "")
	}
	saved, err := k.change(ctx, c, changes...)
	if err != nil {
		return Reply{}, err
	}
	l := say(what + " paused")
	if p.Until.IsZero() {
		l = append(l, say(" until somebody resumes it.")...)
	} else {
		l = append(l, say(" until ", p.Until, ".")...)
	}
	return Reply{Lines: []Line{l}, Buttons: []Button{undoButton(saved)}}, nil
}

func watchResume(ctx context.Context, k *Desk, c Call) (Reply, error) {
	if strings.EqualFold(c.Args["rule"], "all") {
		return k.resume(ctx, c, "All rules are on again.", func(key string) bool { return strings.HasPrefix(key, "rule:") })
	}
	r := k.ruleNamed(c.Args["rule"])
	if r == nil {
		return k.restore(ctx, c, news.RuleRecord, strings.ToLower(c.Args["rule"]))
	}
	return k.resume(ctx, c, name(r.Label())+" is on again.", func(key string) bool { return key == "rule:"+r.Name })
}

// resume ends the pauses whose keys are meant.
func (k *Desk) resume(ctx context.Context, c Call, done string, meant func(key string) bool) (Reply, error) {
	var changes []news.Change
	for _, r := range k.house.Records(news.PauseRecord) {
		if meant(r.Key) {
			changes = append(changes, news.Change{Kind: news.PauseRecord, Key: r.Key, Before: r.Value})
		}
	}
	if len(changes) == 0 {
		return tell(say("It is not paused."))
	}
	saved, err := k.change(ctx, c, changes...)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Lines: []Line{say(done)}, Buttons: []Button{undoButton(saved)}}, nil
}

// restore brings back a rule or a source that was removed, under its old ID.
func (k *Desk) restore(ctx context.Context, c Call, kind news.RecordKind, key string) (Reply, error) {
	value, err := k.removed(ctx, kind, key)
	if err != nil {
		return Reply{}, err
	}
	if value == nil {
		return Reply{}, usage("There is no "+string(kind)+" “"+name(key)+"”, and there never was.", "/pactwatch help lists what can be asked.")
	}
	saved, err := k.change(ctx, c, news.Change{Kind: kind, Key: key, After: value})
	if err != nil {
		return Reply{}, err
	}
	return Reply{Lines: []Line{say(key + " is back, as it was.")}, Buttons: []Button{undoButton(saved)}}, nil
}
