package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	fakediscord "github.com/pactwatch/pactwatch/internal/fake/discord"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
)

// slackClient is Slack's, of Ada, who is an admin, and of Bo, who is not.
type slackClient struct {
	t testing.TB
	s *fakeslack.Server
}

func (c *slackClient) person(manager bool) fakeslack.Person {
	if manager {
		return fakeslack.Person{ID: "U0000ADA", Name: "Ada", Admin: true}
	}
	return fakeslack.Person{ID: "U00000BO", Name: "Bo"}
}

func (c *slackClient) shown(m fakeslack.Message) answer {
	a := answer{text: m.Text + "\n" + m.Shown(), slack: m}
	for _, b := range m.Buttons() {
		a.buttons = append(a.buttons, b.Label)
	}
	return a
}

func (c *slackClient) ask(manager bool, line string) answer {
	c.t.Helper()
	return c.shown(c.s.Command(c.person(manager), fakeslack.ChannelID, line).Answer(patience))
}

func (c *slackClient) press(manager bool, on answer, label string) answer {
	c.t.Helper()
	i, err := c.s.Press(c.person(manager), on.slack, label)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.shown(i.Answer(patience))
}

func (c *slackClient) public() []answer {
	var all []answer
	for _, m := range c.s.Public(fakeslack.ChannelID) {
		all = append(all, c.shown(m))
	}
	return all
}

func (c *slackClient) threads() []string {
	var all []string
	for _, m := range c.s.Messages(fakeslack.ChannelID) {
		if m.Thread != "" {
			all = append(all, m.Text)
		}
	}
	return all
}

func (c *slackClient) channel() string { return "<#" + fakeslack.ChannelID + "|ai-deals>" }

func (c *slackClient) connected() { c.s.Connected(2) }

func (c *slackClient) disconnected() {
	for c.s.Connections() > 0 {
		time.Sleep(time.Millisecond)
	}
}

// discordClient is Discord's, of Ada, who may manage the server, and of Bo, who may not.
type discordClient struct {
	t testing.TB
	s *fakediscord.Server
}

func (c *discordClient) person(manager bool) fakediscord.Person {
	if manager {
		return fakediscord.Person{ID: "2000000000000000001", Name: "Ada", Permissions: fakediscord.ManageGuild}
	}
	return fakediscord.Person{ID: "2000000000000000002", Name: "Bo"}
}

func (c *discordClient) shown(m fakediscord.Message) answer {
	a := answer{text: strings.ReplaceAll(m.Text(), `\`, ""), discord: m}
	for _, b := range m.Buttons() {
		a.buttons = append(a.buttons, b.Label)
	}
	return a
}

// ask picks the command that a line names, as a person would from the menu, and fills in its options.
// Who may not see a command in the menu asks for it in vain; the refusal stands for that.
func (c *discordClient) ask(manager bool, line string) answer {
	c.t.Helper()
	line = strings.TrimPrefix(strings.TrimPrefix(line, "/"), "pactwatch ")
	for _, cmd := range bot.NewDesk(nil, nil, nil).Commands() {
		rest, ok := strings.CutPrefix(line, cmd.Name)
		if !ok {
			continue
		}
		name := cmd.Name
		if !strings.Contains(name, " ") {
			name = "pactwatch " + name
		}
		i, err := c.s.Command(c.person(manager), fakediscord.ChannelID, name, optionsOf(cmd, rest))
		if err != nil && !manager {
			return answer{text: "Only bot managers see that command: " + err.Error()}
		}
		if err != nil {
			c.t.Fatal(err)
		}
		return c.shown(i.Answer(patience))
	}
	c.t.Fatalf("no command is in %q", line)
	return answer{}
}

// optionsOf reads what stands after a command: its keyed arguments, and the first of the others.
func optionsOf(cmd bot.Command, rest string) map[string]string {
	options := map[string]string{}
	var plain []string
	for w := range strings.FieldsSeq(rest) {
		key, value, ok := strings.Cut(w, ":")
		if ok && slices.ContainsFunc(cmd.Args, func(a bot.Arg) bool { return a.Keyed && a.Name == key }) {
			options[key] = value
		} else {
			plain = append(plain, w)
		}
	}
	if len(plain) > 0 {
		options[cmd.Args[0].Name] = strings.Join(plain, " ")
	}
	return options
}

func (c *discordClient) press(manager bool, on answer, label string) answer {
	c.t.Helper()
	i, err := c.s.Press(c.person(manager), on.discord, label)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.shown(i.Answer(patience))
}

func (c *discordClient) public() []answer {
	var all []answer
	for _, m := range c.s.Messages(fakediscord.ChannelID) {
		if !m.Ephemeral() {
			all = append(all, c.shown(m))
		}
	}
	return all
}

func (c *discordClient) threads() []string {
	var all []string
	for _, m := range c.s.Messages(fakediscord.ChannelID) {
		for _, reply := range c.s.Messages(m.Thread) {
			all = append(all, c.shown(reply).text)
		}
	}
	return all
}

func (c *discordClient) channel() string { return fakediscord.ChannelID }

func (c *discordClient) connected() { c.s.Connected() }

func (c *discordClient) disconnected() {} // it sends to each session, and those that are gone do not mind
