package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify"
	"github.com/pactwatch/pactwatch/watchers"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// A roster is all that is in force: what the configuration file says and, beside it, what people
// made in chat. It is made anew at every change and never changed.
type roster struct {
	config  *Config
	records map[news.RecordKind][]news.Record // by key

	rules    []bot.Rule // the file's first
	sources  []bot.Source
	channels []bot.Channel // by name
	mutes    []news.Mute

	set      *rule.Set               // the rules that are not paused
	polls    []watchers.SourceConfig // all sources, in the order of sources
	watched  []watchers.SourceConfig // those that are not paused
	routes   map[string]notify.ChannelConfig
	nextTurn time.Time // when a pause or a mute ends next; zero for never
}

// newRoster puts a configuration and the records together. What is wrong with a record, by a list that
// the file no longer has, makes that one broken and nothing else. Rules that before has in force, nil for
// none, are not compiled anew.
func newRoster(c *Config, name string, records []news.Record, before *roster, now time.Time) (*roster, error) {
	r := &roster{config: c, records: map[news.RecordKind][]news.Record{}}
	for _, rec := range records {
		r.records[rec.Kind] = append(r.records[rec.Kind], rec)
	}
	r.addChannels(name)
	r.addSources(name, now)
	r.addRules(name, now)
	r.addMutes(now)
	return r, r.compile(before)
}

// each calls f with the value of each record of a kind. A record of a newer version, which cannot be
// read, is left alone.
func each[T any](r *roster, kind news.RecordKind, f func(key string, value T)) {
	for _, rec := range r.records[kind] {
		var v T
		if json.Unmarshal(rec.Value, &v) == nil {
			f(rec.Key, v)
		}
	}
}

func (r *roster) addChannels(file string) {
	r.routes = maps.Clone(r.config.Channels)
	if r.routes == nil {
		r.routes = map[string]notify.ChannelConfig{}
	}
	titles, files := map[string]string{}, map[string]string{}
	for name := range r.routes {
		titles[name], files[name] = name, file
	}
	each(r, news.ChannelRecord, func(name string, m news.MadeChannel) {
		if _, taken := r.routes[name]; taken {
			return
		}
		switch {
		case m.Platform == "slack" && r.config.Slack != nil:
			r.routes[name] = notify.ChannelConfig{Slack: m.Target}
		case m.Platform == "discord" && r.config.Discord != nil:
			r.routes[name] = notify.ChannelConfig{Discord: m.Target}
		default: // the team has left that platform: what leads there is broken, and comes back with it
			return
		}
		titles[name] = m.Title
	})
	each(r, news.SettingsRecord, func(name string, values map[string]string) {
		c, ok := r.routes[name]
		if !ok {
			return
		}
		for key, value := range values {
			if next, err := c.Set(key, value); err == nil { // one that a newer version takes is left out
				c = next
			}
		}
		r.routes[name] = c
	})
	for _, name := range slices.Sorted(maps.Keys(r.routes)) {
		r.channels = append(r.channels, bot.Channel{Name: name, Title: titles[name], Destinations: r.routes[name].Destinations(name), File: files[name]})
	}
}

func (r *roster) addSources(file string, now time.Time) {
	for _, s := range r.config.Sources {
		r.sources = append(r.sources, bot.Source{Name: s.Name, Title: s.Name, Address: s.Address(), Schedule: cmp.Or(s.Schedule, "every 10m"), File: file})
		r.watch(s, now)
	}
	for _, key := range sortedKeys(r.records[news.SourceRecord]) {
		each(r, news.SourceRecord, func(k string, m news.MadeSource) {
			if k != key {
				return
			}
			r.sources = append(r.sources, bot.Source{Name: key, Title: m.Title, Address: m.URL, Schedule: "every " + bot.ShortTime(m.Every), Tags: m.Tags, By: m.By})
			c := watchers.SourceConfig{Name: key, Schedule: "@every " + m.Every.String(), Feed: m.URL}
			if m.Page {
				c.Feed, c.Page = "", m.URL
			}
			r.watch(c, now)
		})
	}
}

// watch adds the source that was added last to those that are polled, unless it is paused.
func (r *roster) watch(s watchers.SourceConfig, now time.Time) {
	r.polls = append(r.polls, s)
	if r.sources[len(r.sources)-1].Pause = r.pauseOf("source:"+s.Name, now); r.sources[len(r.sources)-1].Pause == nil {
		r.watched = append(r.watched, s)
	}
}

func (r *roster) addRules(file string, now time.Time) {
	for _, rule := range r.config.rules() {
		r.rules = append(r.rules, bot.Rule{Rule: rule, File: file, Pause: r.pauseOf("rule:"+rule.Name, now)})
	}
	made := map[string]news.MadeRule{}
	each(r, news.RuleRecord, func(key string, m news.MadeRule) { made[key] = m })
	for _, key := range sortedKeys(r.records[news.RuleRecord]) {
		m := made[key]
		m.Rule.Name = key
		r.rules = append(r.rules, bot.Rule{Rule: m.Rule, By: m.By, Made: m.Made, Pause: r.pauseOf("rule:"+key, now)})
	}
}

// pauseOf returns the pause that holds what key names now; nil if there is none.
func (r *roster) pauseOf(key string, now time.Time) (found *news.Pause) {
	each(r, news.PauseRecord, func(k string, p news.Pause) {
		if k == key && p.Holds(now) {
			found = &p
			r.turnsAt(p.Until)
		}
	})
	return found
}

func (r *roster) addMutes(now time.Time) {
	each(r, news.MuteRecord, func(key string, m news.Mute) {
		if m.ID = key; now.Before(m.Until) {
			r.mutes = append(r.mutes, m)
			r.turnsAt(m.Until)
		}
	})
}

func (r *roster) turnsAt(t time.Time) {
	if !t.IsZero() && (r.nextTurn.IsZero() || t.Before(r.nextTurn)) {
		r.nextTurn = t
	}
}

// compile makes one matcher of the rules in force. A rule made in chat that can no longer be compiled
// is broken.
func (r *roster) compile(before *roster) error {
	on := r.inForce()
	if before != nil && before.config == r.config { // and so the lists are the same
		add, remove := difference(before.set.Rules(), on)
		if set, err := before.set.With(add, remove); err == nil {
			r.set = set
			return nil
		}
	}
	lists := r.config.lists()
	var err error
	if r.set, err = rule.Compile(on, lists); err == nil {
		return nil
	}
	on = slices.DeleteFunc(on, func(one news.Rule) bool { // which are they?
		_, broken := rule.Compile([]news.Rule{one}, lists)
		i := slices.IndexFunc(r.rules, func(b bot.Rule) bool { return b.Name == one.Name })
		if broken == nil || r.rules[i].File != "" {
			return false
		}
		r.rules[i].Broken = broken.Error()
		return true
	})
	r.set, err = rule.Compile(on, lists)
	return err
}

// inForce returns the rules that are to match: not those that are paused, nor those made in chat whose
// name the file has come to use.
func (r *roster) inForce() []news.Rule {
	var on []news.Rule
	for i := range r.rules {
		b := &r.rules[i]
		switch {
		case b.File == "" && r.config.names(b.Name):
			b.Broken = "the configuration file has the same name for something else"
			continue
		case b.File == "" && !slices.ContainsFunc(b.Channels, func(name string) bool { _, ok := r.routes[name]; return ok }):
			b.Broken = "its channel is gone"
		}
		if b.Pause == nil {
			on = append(on, b.Rule)
		}
	}
	return on
}

// difference returns what has to be added to old and removed from it to have next.
func difference(old, next []news.Rule) (add []news.Rule, remove []string) {
	have := make(map[string]news.Rule, len(old))
	for _, r := range old {
		have[r.Name] = r
	}
	for _, r := range next {
		was, ok := have[r.Name]
		delete(have, r.Name)
		if ok && reflect.DeepEqual(was, r) {
			continue
		}
		if ok {
			remove = append(remove, r.Name)
		}
		add = append(add, r)
	}
	return add, append(remove, slices.Sorted(maps.Keys(have))...)
}

// names reports whether the file has a rule or a source of that name.
func (c *Config) names(name string) bool {
	return slices.ContainsFunc(c.Rules, func(r RuleConfig) bool { return r.Name == name }) ||
		slices.ContainsFunc(c.Sources, func(s watchers.SourceConfig) bool { return s.Name == name })
}

// sortedKeys returns the keys of records in the order in which they were given: r2 before r10.
func sortedKeys(records []news.Record) []string {
	keys := make([]string, len(records))
	for i, rec := range records {
		keys[i] = rec.Key
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	return keys
}

// settings returns the settings of a channel with where each comes from.
func (r *roster) settings(channel, file string) []bot.Setting {
	inForce, written := r.routes[channel], r.config.Channels[channel]
	var said map[string]string
	each(r, news.SettingsRecord, func(name string, values map[string]string) {
		if name == channel {
			said = values
		}
	})
	var all []bot.Setting
	for _, s := range notify.Settings() {
		from := "default"
		if _, ok := said[s.Key]; ok {
			from = "set in chat"
		} else if written.Value(s.Key) != (notify.ChannelConfig{}).Value(s.Key) {
			from = file
		}
		all = append(all, bot.Setting{Key: s.Key, Value: inForce.Value(s.Key), Help: s.Help, Example: s.Example, From: from})
	}
	return all
}

// checkSetting returns what is wrong with a value of a channel's setting.
func (r *roster) checkSetting(channel, key, value string) error {
	c, ok := r.routes[channel]
	if !ok {
		c = notify.ChannelConfig{}
	}
	if _, err := c.Set(key, value); err != nil {
		return fmt.Errorf("%w", err)
	}
	return nil
}
