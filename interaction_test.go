package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	fakediscord "github.com/pactwatch/pactwatch/internal/fake/discord"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
)

// The goals: with 10,000 rules and a poll running, the 99th percentile from an interaction to its
// acknowledgement is under 300 ms, and completion is there in 200 ms.
func BenchmarkInteraction(b *testing.B) {
	const rules = 10_000
	var many strings.Builder
	for i := range rules {
		fmt.Fprintf(&many, "{name: rule-%d, match: 'word%d NEAR/12 \"revenue share\"', channels: [deals]}, ", i, i)
	}
	slack, discord := fakeslack.New(b), fakediscord.New(b)
	b.Setenv("TEST_SLACK_BOT", fakeslack.BotToken)
	b.Setenv("TEST_SLACK_APP", fakeslack.AppToken)
	b.Setenv("TEST_DISCORD", fakediscord.Token)
	chats := fmt.Sprintf(`slack: {bot_token_env: TEST_SLACK_BOT, app_token_env: TEST_SLACK_APP, api_url: %q}
discord: {token_env: TEST_DISCORD, api_url: %q}
channels: {deals: {slack: %s, discord: %q}}`, slack.APIURL, discord.APIURL, fakeslack.ChannelID, fakediscord.ChannelID)
	sc := &slackClient{b, slack}
	tm := newTeam(b, chats, sc)
	tm.stop()
	tm.config = strings.Replace(tm.config, "rules: [", "rules: ["+many.String(), 1)
	tm.start()

	stop := make(chan struct{})
	polled := make(chan struct{})
	go func() { // a poll that always has something new
		defer close(polled)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			tm.site.publish(fmt.Sprint("Outlet ", i), fmt.Sprint("Word", i, " has no part in it"), strings.Repeat(pactText+" ", 20))
			if _, err := tm.p.watchers.Poll(b.Context(), "press"); err != nil {
				b.Error(err)
				return
			}
		}
	}()
	defer func() { close(stop); <-polled }()

	ada := (&discordClient{b, discord}).person(true)
	var acks, completions, answers []time.Duration
	for b.Loop() {
		start := time.Now()
		i := slack.Command(sc.person(true), fakeslack.ChannelID, "/watch show rule-777")
		i.Ack()
		acks = append(acks, time.Since(start))
		i.Answer(patience)
		answers = append(answers, time.Since(start))
		c, err := discord.Autocomplete(ada, fakediscord.ChannelID, "watch show", map[string]string{"rule": "rule-9"}, "rule")
		if err != nil {
			b.Fatal(err)
		}
		completions = append(completions, c.First().After)
	}
	for name, all := range map[string][]time.Duration{"ack-p99-ms": acks, "answer-p99-ms": answers, "completion-p99-ms": completions} {
		slices.Sort(all)
		b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, name)
	}
}
