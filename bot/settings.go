package bot

import (
	"context"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// settings shows or sets how a channel is told.
func settings(ctx context.Context, k *Desk, c Call) (Reply, error) {
	t, err := k.target(ctx, c.By, c.Args["to"])
	if err != nil {
		return Reply{}, err
	}
	action, err := choice("action", c.Args["action"], "show", "show", "set", "form")
	if err != nil {
		return Reply{}, err
	}
	switch action {
	case "form":
		return Reply{Form: k.settingsForm(t.channel.Name)}, nil
	case "set":
		return k.set(ctx, c, t, map[string]string{c.Args["key"]: c.Args["value"]})
	}
	lines := []Line{say("Settings of " + name(t.channel.Title) + ":")}
	for _, s := range k.house.Settings(t.channel.Name) {
		value := Clean(s.Value)
		if value == "" {
			value = "–"
		}
		lines = append(lines, say("• "+s.Key+": "+value+" ("+name(s.From)+"). "+s.Help))
	}
	lines = append(lines, say("For example: /pactwatch settings set quiet 22:00-07:00"))
	return Reply{Lines: lines, Buttons: []Button{{ID: buttonID("settings", t.channel.Name), Label: "Change…"}}}, nil
}

// set stores settings of a channel. The value "default" takes one back.
func (k *Desk) set(ctx context.Context, c Call, t target, values map[string]string) (Reply, error) {
	channel := t.channel.Name
	have, raw := current[map[string]string](k, news.SettingsRecord, channel)
	next := map[string]string{}
	for key, value := range have {
		next[key] = value
	}
	for key, value := range values {
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		if value == "default" {
			delete(next, key)
			continue
		}
		if err := k.house.CheckSetting(channel, key, value); err != nil {
			return Reply{}, usage(upper(Clean(err.Error())), "/pactwatch settings lists what can be set.")
		}
		next[key] = value
	}
	after := record(next)
	if len(next) == 0 {
		after = nil
	}
	changes := t.make
	if raw != nil || after != nil {
		changes = append(changes, news.Change{Action: "settings set", Kind: news.SettingsRecord, Key: channel, Before: raw, After: after})
	}
	if len(changes) == 0 {
		return tell(say("Nothing to change."))
	}
	saved, err := k.change(ctx, c, changes...)
	if err != nil {
		return Reply{}, err
	}
	return Reply{
		Lines:   []Line{say("Set for " + name(t.channel.Title) + difference(saved[len(saved)-1]) + ".")},
		Buttons: []Button{undoButton(saved)},
	}, nil
}

// formSettings are those that a form has room for on every platform.
var formSettings = []string{"timezone", "quiet", "digest", "cap", "broadcast"}

func (k *Desk) settingsForm(channel string) *Form {
	f := &Form{ID: buttonID("settings", channel), Title: "Channel settings", Submit: "Save"}
	all := k.house.Settings(channel)
	for _, key := range formSettings {
		for _, s := range all {
			if s.Key == key {
				f.Fields = append(f.Fields, Field{Name: s.Key, Label: upper(s.Key), Help: Shorten(s.Help+" Such as "+s.Example, 100), Value: s.Value})
			}
		}
	}
	return f
}

func pressSettings(_ context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	if !by.Manager {
		return Reply{}, errNotManager
	}
	return Reply{Form: k.settingsForm(args[0])}, nil
}

// saveSettings stores a filled settings form: what differs from what holds.
func (k *Desk) saveSettings(ctx context.Context, by Asker, channel string, values map[string]string, faults *map[string]string) (Reply, error) {
	changed := map[string]string{}
	for _, s := range k.house.Settings(channel) {
		value, asked := values[s.Key]
		if value = strings.TrimSpace(value); !asked || value == s.Value {
			continue
		}
		if value == "" {
			value = "default"
		} else if err := k.house.CheckSetting(channel, s.Key, value); err != nil {
			*faults = map[string]string{s.Key: upper(Clean(err.Error()))}
			return Reply{}, nil
		}
		changed[s.Key] = value
	}
	return k.set(ctx, Call{Command: "settings", By: by}, target{channel: Channel{Name: channel, Title: k.title(channel)}}, changed)
}

// alertsDigest sets when a channel is told of everything at once, or does it now.
func alertsDigest(ctx context.Context, k *Desk, c Call) (Reply, error) {
	t, err := k.target(ctx, c.By, c.Args["to"])
	if err != nil {
		return Reply{}, err
	}
	if when := strings.ToLower(c.Args["when"]); when != "now" {
		return k.set(ctx, c, t, map[string]string{"digest": when})
	}
	if err := k.house.Release(ctx, t.channel.Name, ""); err != nil {
		return Reply{}, err
	}
	return tell(say("What waited for " + name(t.channel.Title) + " is told now; nothing is said where nothing waited."))
}
