package bot

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// status says how the bot is doing.
func status(ctx context.Context, k *Desk, _ Call) (Reply, error) {
	n, err := k.st.Counts(ctx)
	if err != nil {
		return Reply{}, err
	}
	sources, err := k.house.Sources(ctx)
	if err != nil {
		return Reply{}, err
	}
	var lines []Line
	if k.Version != "" {
		lines = append(lines, say("pactwatch "+k.Version))
	}
	if !k.Started.IsZero() {
		lines = append(lines, say("Running since ", k.Started))
	}
	lines = append(lines, sourcesHealth(sources),
		say(count(len(k.house.Rules()), "rule"), ", ", count(n.Stories, "story"), ", ", count(n.Alerts, "alert")),
		say(count(n.Articles, "article"), ", ", n.Unread, " still to be read"))
	for _, s := range slices.Sorted(maps.Keys(n.Deliveries)) {
		lines = append(lines, say("Deliveries "+stateWords[s]+": ", n.Deliveries[s]))
	}
	for _, t := range k.house.Troubles(ctx) {
		lines = append(lines, say("⚠ "+Shorten(Clean(t), maxQuote)))
	}
	return tell(lines...)
}

// stateWords say what the state of a delivery means to who runs the bot.
var stateWords = map[news.State]string{
	news.Pending: "waiting", news.Sending: "under way", news.Sent: "sent", news.Retry: "to be tried again",
	news.Held: "held for a person (nobody knows if they arrived)", news.Failed: "failed",
}

func sourcesHealth(sources []Source) Line {
	failing, last := 0, time.Time{}
	for _, s := range sources {
		if s.Cursor.Failures > 0 {
			failing++
		}
		if s.Cursor.LastPoll.After(last) {
			last = s.Cursor.LastPoll
		}
	}
	l := say(count(len(sources), "source"), ", ", failing, " failing")
	if !last.IsZero() {
		l = append(l, say(", last poll ", last)...)
	}
	return l
}

// Home returns the page that shows a person what the bot does for them.
func (k *Desk) Home(ctx context.Context, by Asker) []Section {
	health := k.Answer(ctx, Call{Command: "status", By: by})
	rules := k.Answer(ctx, Call{Command: "watch list", By: by})
	sources := k.Answer(ctx, Call{Command: "sources list", By: by})
	if by.Manager {
		rules.Buttons = append([]Button{{ID: NewRuleForm, Label: "New rule"}}, rules.Buttons...)
	}
	return []Section{
		{Title: "Health", Lines: health.Lines},
		{Title: "Rules", Lines: rules.Lines, Buttons: withoutPages(rules.Buttons)},
		{Title: "Sources", Lines: sources.Lines},
	}
}

// withoutPages leaves out the buttons that lead to another page: a home page has one of each.
func withoutPages(buttons []Button) []Button {
	return slices.DeleteFunc(buttons, func(b Button) bool { return strings.HasPrefix(b.ID, buttonID("page")) })
}

// Welcome returns what the bot says when it is invited to a channel.
func (k *Desk) Welcome(Asker) Reply {
	return Reply{
		Lines: []Line{
			say("Pactwatch tells this channel about changes in AI partnerships: one message for each story, which grows as outlets join."),
			say(`A rule says what to watch for: /pactwatch watch add "AGI clause" — or press the button.`),
			say("Every alert, and every silence, has its reason: press Why?, or ask /pactwatch why."),
			say("/pactwatch help lists what can be asked."),
		},
		Buttons: []Button{{ID: NewRuleForm, Label: "New rule"}},
	}
}

// setup says what is still to be done in a channel.
func setup(ctx context.Context, k *Desk, c Call) (Reply, error) {
	t, err := k.target(ctx, c.By, "")
	if err != nil {
		return Reply{}, err
	}
	sources, err := k.house.Sources(ctx)
	if err != nil {
		return Reply{}, err
	}
	here := 0
	for _, r := range k.house.Rules() {
		if slices.Contains(r.Channels, t.channel.Name) {
			here++
		}
	}
	done := func(ok bool, words string) Line {
		if ok {
			return say("✔ " + words)
		}
		return say("☐ " + words)
	}
	return Reply{
		Lines: []Line{
			say("Setting up " + name(t.channel.Title) + ":"),
			done(true, "I can post here."),
			done(len(sources) > 0, fmt.Sprintf("%s watched. More: /pactwatch sources add https://…", count(len(sources), "source"))),
			done(here > 0, fmt.Sprintf("%s to post here. More: /pactwatch watch add, or the button.", count(here, "rule"))),
			done(len(k.house.Records(news.SettingsRecord)) > 0, "Quiet hours, digest and time zone: /pactwatch settings, or the button."),
		},
		Buttons: []Button{{ID: NewRuleForm, Label: "New rule"}, {ID: buttonID("settings", t.channel.Name), Label: "Settings…"}},
	}, nil
}
