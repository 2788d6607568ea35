package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

const rosterFile = `
channels: {here: {terminal: true, cap: "5"}}
lists: {labs: [Ostrava Labs]}
sources: [{name: press, feed: "https://press.example/rss"}]
rules: [{name: pact, match: exclusive, channels: [here]}, {name: r2, match: cloud, channels: [here]}]
`

func made(kind news.RecordKind, key string, v any) news.Record {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return news.Record{Kind: kind, Key: key, Value: b}
}

func TestRosterPutsFileAndChatTogether(t *testing.T) {
	c, err := ParseConfig("team.yaml", []byte(rosterFile))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	chat := func(match string, channels ...string) news.MadeRule {
		return news.MadeRule{Rule: news.Rule{Match: match, Channels: channels}}
	}
	r, err := newRoster(c, "team.yaml", []news.Record{
		made(news.RuleRecord, "r10", chat("gigawatts", "here")),
		made(news.RuleRecord, "r2", chat("taken", "here")),
		made(news.RuleRecord, "r3", chat("x NEAR/9 @gone", "here")),
		made(news.RuleRecord, "r4", chat("lost", "slack-C1")),
		made(news.SourceRecord, "src1", news.MadeSource{Title: "Wire", URL: "https://wire.example/rss", Every: 24 * time.Hour}),
		made(news.SourceRecord, "src2", news.MadeSource{Title: "Page", URL: "https://page.example/", Page: true, Every: time.Hour}),
		made(news.ChannelRecord, "slack-C1", news.MadeChannel{Destination: news.Destination{Channel: "slack-C1", Platform: "slack", Target: "C1"}}),
		made(news.SettingsRecord, "here", map[string]string{"quiet": "22:00-07:00", "of a newer version": "1"}),
		made(news.PauseRecord, "rule:pact", news.Pause{Until: now.Add(time.Hour)}),
		made(news.PauseRecord, "source:src2", news.Pause{}),
		made(news.PauseRecord, "rule:r10", news.Pause{Until: now.Add(-time.Hour)}),
		made(news.MuteRecord, "m1", news.Mute{What: "story", Which: "s1", Channel: "here", Until: now.Add(30 * time.Minute)}),
		made(news.MuteRecord, "m2", news.Mute{What: "story", Which: "s2", Channel: "here", Until: now}),
		{Kind: news.RuleRecord, Key: "r5", Value: json.RawMessage(`{"rule": 7}`)},
	}, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, b := range r.rules {
		state := ""
		if b.Pause != nil {
			state = " paused"
		}
		if b.Broken != "" {
			state += " broken: " + b.Broken
		}
		rules = append(rules, b.Name+state)
	}
	want := "pact paused, r2, r2 broken: the configuration file has the same name for something else, " +
		"r3 broken: rule r3: no such list: @gone; lists are @labs, r4 broken: its channel is gone, " +
		`r5 broken: rule r5: an empty rule; try exclusive, or "revenue share", r10`
	if got := strings.Join(rules, ", "); got != want {
		t.Errorf("rules are %s\nwant      %s", got, want)
	}
	var on []string
	for _, rule := range r.set.Rules() {
		on = append(on, rule.Name)
	}
	if got := strings.Join(on, " "); got != "r2 r4 r10" {
		t.Errorf("rules in force are %s, want r2 r4 r10", got)
	}
	if len(r.watched) != 2 || r.watched[1].Schedule != "@every 24h0m0s" {
		t.Errorf("watched are %+v, want press and src1", r.watched)
	}
	if len(r.mutes) != 1 || !r.nextTurn.Equal(now.Add(30*time.Minute)) {
		t.Errorf("mutes are %v, and the next turn %s, want one, in half an hour", r.mutes, r.nextTurn)
	}
	for _, s := range r.settings("here", "team.yaml") {
		from := map[string]string{"quiet": "set in chat", "cap": "team.yaml", "threads": "default"}[s.Key]
		if from != "" && s.From != from {
			t.Errorf("%s = %q comes from %s, want %s", s.Key, s.Value, s.From, from)
		}
	}
}

func TestARosterCompilesOnlyWhatIsNew(t *testing.T) {
	c, err := ParseConfig("team.yaml", []byte(rosterFile))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	var before *roster
	for _, tt := range []struct {
		records []news.Record
		text    string
		want    string
	}{
		{nil, "an exclusive cloud of gigawatts", "pact r2"},
		{[]news.Record{made(news.RuleRecord, "r9", news.MadeRule{Rule: news.Rule{Match: "gigawatts", Channels: []string{"here"}}})}, "an exclusive cloud of gigawatts", "pact r2 r9"},
		{[]news.Record{made(news.RuleRecord, "r9", news.MadeRule{Rule: news.Rule{Match: "megawatts", Channels: []string{"here"}}})}, "an exclusive cloud of gigawatts", "pact r2"},
		{[]news.Record{made(news.PauseRecord, "rule:pact", news.Pause{})}, "an exclusive cloud of gigawatts", "r2"},
		{nil, "an exclusive cloud of gigawatts", "r2 pact"},
	} {
		r, err := newRoster(c, "team.yaml", tt.records, before, now)
		if err != nil {
			t.Fatal(err)
		}
		var met []string
		for _, m := range r.set.Match(&news.Article{Text: tt.text, Lang: "en"}) {
			met = append(met, m.Rule)
		}
		if got := strings.Join(met, " "); got != tt.want {
			t.Errorf("with %d records, rules %q match, want %q", len(tt.records), got, tt.want)
		}
		before = r
	}
}
