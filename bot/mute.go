package bot

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

const defaultMute = 7 * 24 * time.Hour

// alertsMute keeps a story, a rule or a source out of a channel for a while.
func alertsMute(ctx context.Context, k *Desk, c Call) (Reply, error) {
	m, alert, err := k.muteOf(ctx, c.By, c.Args["what"])
	if err != nil {
		return Reply{}, err
	}
	if alert != nil && c.Args["to"] == "" {
		return k.mute(ctx, c, m, alert.Channel)
	}
	t, err := k.target(ctx, c.By, c.Args["to"])
	if err != nil {
		return Reply{}, err
	}
	return k.mute(ctx, c, m, t.channel.Name)
}

// muteOf returns a mute of what somebody names; alert is set where that is a story or an alert.
func (k *Desk) muteOf(ctx context.Context, by Asker, what string) (m news.Mute, alert *news.Alert, err error) {
	if r := k.ruleNamed(what); r != nil {
		return news.Mute{What: "rule", Which: r.Name, Rules: []string{r.Name}}, nil, nil
	}
	if s, err := k.findSource(ctx, what); err == nil {
		return news.Mute{What: "source", Which: s.Name}, nil, nil
	}
	a, err := k.alertNamed(ctx, by, what)
	if err != nil {
		return m, nil, usage("There is no story, rule or source “"+name(what)+"”.", "For example: /pactwatch alerts mute s55 for:7d")
	}
	return news.Mute{What: "story", Which: a.Story, Rules: rulesIn(a)}, &a, nil
}

// rulesIn returns the names of the rules that an alert's reports met.
func rulesIn(a news.Alert) []string {
	var all []string
	for _, m := range a.Members {
		for _, match := range m.Matches {
			if !slices.Contains(all, match.Rule) {
				all = append(all, match.Rule)
			}
		}
	}
	return all
}

// mute puts a mute into force, in place of an earlier one of the same.
func (k *Desk) mute(ctx context.Context, c Call, m news.Mute, channel string) (Reply, error) {
	d, err := duration("for", c.Args["for"], defaultMute, leastPause, longestPause)
	if err != nil {
		return Reply{}, err
	}
	m.Channel, m.By, m.Until = channel, c.By.Actor, k.Now().Add(d).UTC().Truncate(time.Second)
	change := news.Change{Kind: news.MuteRecord, After: record(m)}
	for key, old := range k.mutes() {
		if old.What == m.What && old.Which == m.Which && old.Channel == m.Channel {
			change.Key = key
			_, change.Before = current[news.Mute](k, news.MuteRecord, key)
		}
	}
	saved, err := k.change(ctx, c, change)
	if err != nil {
		return Reply{}, err
	}
	if err := k.afterChange(ctx, saved); err != nil {
		return Reply{}, err
	}
	id := saved[0].Key
	return Reply{
		Lines: []Line{
			say(m.What+" "+name(m.Which)+" is muted in "+k.title(channel)+" until ", m.Until, " ("+id+")."),
			say("What it holds back is counted, and told when the mute ends."),
		},
		Buttons: []Button{
			undoButton(saved), {ID: buttonID("remute", id, "1d"), Label: "1 day"},
			{ID: buttonID("remute", id, "7d"), Label: "7 days"}, {ID: buttonID("remute", id, "30d"), Label: "30 days"},
		},
	}, nil
}

// mutes returns the mutes that are still on, by ID.
func (k *Desk) mutes() map[string]news.Mute {
	on := map[string]news.Mute{}
	for _, r := range k.house.Records(news.MuteRecord) {
		var m news.Mute
		if json.Unmarshal(r.Value, &m) == nil && k.Now().Before(m.Until) {
			on[r.Key] = m
		}
	}
	return on
}

// mutesOf counts the mutes that a rule has brought on.
func (k *Desk) mutesOf(rule string) (n int) {
	for _, r := range k.house.Records(news.MuteRecord) { // those that are over, too
		var m news.Mute
		if json.Unmarshal(r.Value, &m) == nil && slices.Contains(m.Rules, rule) {
			n++
		}
	}
	return n
}

func alertsUnmute(ctx context.Context, k *Desk, c Call) (Reply, error) {
	what := c.Args["what"]
	which := what
	if m, _, err := k.muteOf(ctx, c.By, what); err == nil {
		which = m.Which
	}
	channel := ""
	if c.Args["to"] != "" {
		t, err := k.target(ctx, c.By, c.Args["to"])
		if err != nil {
			return Reply{}, err
		}
		channel = t.channel.Name
	}
	var changes []news.Change
	for key, m := range k.mutes() {
		if (key == strings.ToLower(what) || m.Which == which) && (channel == "" || m.Channel == channel) {
			_, raw := current[news.Mute](k, news.MuteRecord, key)
			changes = append(changes, news.Change{Kind: news.MuteRecord, Key: key, Before: raw})
		}
	}
	if len(changes) == 0 {
		return Reply{}, usage("“"+name(what)+"” is not muted.", "/pactwatch alerts mutes lists what is.")
	}
	saved, err := k.change(ctx, c, changes...)
	if err != nil {
		return Reply{}, err
	}
	if err := k.afterChange(ctx, saved); err != nil {
		return Reply{}, err
	}
	return Reply{Lines: []Line{say(name(which) + " is no longer muted. What was held back is told now.")}, Buttons: []Button{undoButton(saved)}}, nil
}

func alertsMutes(_ context.Context, k *Desk, _ Call) (Reply, error) {
	on := k.mutes()
	if len(on) == 0 {
		return tell(say("Nothing is muted."))
	}
	r := Reply{Lines: []Line{say(count(len(on), "mute") + ":")}}
	for _, key := range byNumber(on) {
		m := on[key]
		r.Lines = append(r.Lines, say("• "+key+": "+m.What+" "+name(m.Which)+" in "+k.title(m.Channel)+", by "+name(m.By.Name)+", until ", m.Until))
	}
	return r, nil
}

// byNumber returns the keys of records in the order in which they were given.
func byNumber[T any](records map[string]T) []string {
	keys := make([]string, 0, len(records))
	for key := range records {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return keys
}

// pressMuteStory mutes the story of an alert in its channel.
func pressMuteStory(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	if !by.Manager {
		return Reply{}, errNotManager
	}
	a, err := k.alertNamed(ctx, by, args[0])
	if err != nil {
		return Reply{}, err
	}
	return k.mute(ctx, Call{Command: "alerts mute", By: by}, news.Mute{What: "story", Which: a.Story, Rules: rulesIn(a)}, a.Channel)
}

// pressMuteRule mutes the only rule of an alert, or asks which.
func pressMuteRule(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	if !by.Manager {
		return Reply{}, errNotManager
	}
	a, err := k.alertNamed(ctx, by, args[0])
	if err != nil {
		return Reply{}, err
	}
	var rules []*Rule
	for _, name := range rulesIn(a) {
		if r := k.ruleNamed(name); r != nil {
			rules = append(rules, r)
		}
	}
	if len(rules) == 0 {
		return Reply{}, usage("The rule of this alert no longer exists.", "/pactwatch watch list names those that do.")
	}
	if args[1] == "" && len(rules) > 1 {
		r := Reply{Lines: []Line{say("Which of its rules?")}}
		for i, rule := range rules[:min(len(rules), 5)] {
			r.Buttons = append(r.Buttons, Button{ID: buttonID("mute-rule", a.ID, string(rune('0'+i))), Label: Shorten(rule.Label(), 34)})
		}
		return r, nil
	}
	which := rules[min(len(rules)-1, max(0, changeNumber(args[1])))]
	return k.mute(ctx, Call{Command: "alerts mute", By: by}, news.Mute{What: "rule", Which: which.Name, Rules: []string{which.Name}}, a.Channel)
}

// pressRemute gives a mute another end.
func pressRemute(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	if !by.Manager {
		return Reply{}, errNotManager
	}
	m, raw := current[news.Mute](k, news.MuteRecord, args[0])
	if raw == nil {
		return Reply{}, usage("That mute is over.", "/pactwatch alerts mutes lists those that are on.")
	}
	return k.mute(ctx, Call{Command: "alerts mute", By: by, Args: map[string]string{"for": args[1]}}, m, m.Channel)
}
