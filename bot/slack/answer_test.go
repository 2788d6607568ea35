package slack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
	"github.com/pactwatch/pactwatch/internal/news"
)

func TestScenario8AManagersRuleIsAnsweredAtOnce(t *testing.T) {
	f, h, _ := serving(t)
	m := f.Command(ada, fakeslack.ChannelID, `/pactwatch watch add "AGI clause" to:<#C024BE91L|ai-deals>`).Answer(3 * time.Second)
	for _, want := range []string{"r7", "#ai-deals"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("answer %q, want %q in it", m.Text, want)
		}
	}
	var undo bool
	for _, b := range m.Buttons() {
		undo = undo || b.Label == "Undo"
	}
	if !undo || len(h.changes()) != 1 || h.changes()[0].By.Name != "Ada" {
		t.Errorf("buttons %v, changes %+v, want Undo, and one change by Ada", m.Buttons(), h.changes())
	}
}

func TestScenario14OnlyManagersManage(t *testing.T) {
	for _, tt := range []struct {
		name    string
		cfg     Config
		by      fakeslack.Person
		manages bool
	}{
		{"an admin", Config{}, ada, true},
		{"a member", Config{}, bo, false},
		{"a member whom the configuration names", Config{Managers: []string{bo.ID}}, bo, true},
		{"a member where all manage", Config{MembersCanManage: true}, bo, true},
		{"a guest where all manage", Config{MembersCanManage: true}, cy, false},
	} {
		f, h := fakeslack.New(t), newHouse()
		tt.cfg.AppToken = news.NewSecret(fakeslack.AppToken)
		s, _ := configured(t, f, tt.cfg)
		serve(t, s, h)
		m := f.Command(tt.by, fakeslack.ChannelID, "/watch add merger").Answer(soon)
		if manages := len(h.changes()) == 1; manages != tt.manages || !manages && !strings.Contains(m.Text, "Only bot managers") {
			t.Errorf("%s: answer %q and %d changes, want managing to be %v", tt.name, m.Text, len(h.changes()), tt.manages)
		}
	}
}

func TestWhoSomebodyIsIsAskedOnce(t *testing.T) {
	f, _, _ := serving(t)
	for range 3 {
		f.Command(ada, fakeslack.ChannelID, "/watch list").Answer(soon)
	}
	if n := len(f.Calls("users.info")); n != 1 {
		t.Errorf("users.info was called %d times, want once", n)
	}
}

func TestWhoSlackDoesNotVouchForManagesNothing(t *testing.T) {
	f, h, log := serving(t)
	f.Fail("users.info", fakeslack.Says("internal_error"))
	f.Command(ada, fakeslack.ChannelID, "/watch add merger").Answer(soon)
	if len(h.changes()) != 0 || !strings.Contains(log.String(), "manage nothing") {
		t.Errorf("%d changes, log %s; want none, and a line that says why", len(h.changes()), log)
	}
}

func TestScenario20AnAnswerThatTakesTimeIsPromisedFirst(t *testing.T) {
	f, h, _ := serving(t)
	h.slow = 3 * time.Second
	i := f.Command(ada, fakeslack.ChannelID, "/sources check northwind")
	if m := i.First(3 * time.Second); m.Text != working {
		t.Errorf("first %q, want %q", m.Text, working)
	}
	last := i.Answer(10 * time.Second)
	all := f.Answers()
	if len(all) != 2 || all[1].Args["replace_original"] != true || last.Edits != 1 {
		t.Errorf("answers %v, want two, the second in the place of the first", all)
	}
}

func TestScenario21APanicIsAnsweredWithAReference(t *testing.T) {
	f, _, _ := serving(t) // its store cannot search, and panics
	m := f.Command(bo, fakeslack.ChannelID, "/alerts search merger").Answer(soon)
	if !strings.Contains(m.Text, "(ref ") {
		t.Errorf("answer %q, want a reference", m.Text)
	}
	f.Command(bo, fakeslack.ChannelID, "/watch list").Answer(soon)
}

func TestAPanicOfOursIsAnsweredWithAReference(t *testing.T) {
	f := fakeslack.New(t)
	f.AddPerson(bo)
	s, log := newSlack(t, f, "")
	l := &listener{s: s}
	l.start(t.Context(), where{user: bo.ID}, func(context.Context) { panic("canary") })
	l.wg.Wait()
	if m := f.Direct(bo.ID); len(m) != 1 || !strings.Contains(m[0].Text, "(ref ") || !strings.Contains(log.String(), "panic: canary") {
		t.Errorf("told %v, log %s; want a reference, and the cause in the log", m, log)
	}
}

func TestScenario18PagesTakeEachOthersPlace(t *testing.T) {
	f, h := fakeslack.New(t), newHouse()
	h.rules = nil
	for i := range 60 {
		match := strings.Repeat("exclusive & cloud ", 20)
		h.rules = append(h.rules, bot.Rule{Rule: news.Rule{Name: fmt.Sprintf("rule-%d", i), Match: match, Channels: []string{"deals"}}})
	}
	s, _ := newSlack(t, f, fakeslack.AppToken)
	serve(t, s, h)
	m := f.Command(bo, fakeslack.ChannelID, "/watch list").Answer(soon)
	for _, label := range []string{"Next", "Next", "Previous"} {
		before := m.Text
		i, err := f.Press(bo, m, label)
		if err != nil {
			t.Fatal(err)
		}
		if m = i.Answer(soon); m.Text == before {
			t.Errorf("%s: still %q", label, m.Text)
		}
	}
	if n := len(f.Messages(fakeslack.ChannelID)); n != 1 {
		t.Errorf("%d messages after three pages, want one", n)
	}
}

// An alert that everybody sees is answered to the presser alone, and stays.
func TestScenario29WhyIsAnsweredToThePresserAlone(t *testing.T) {
	f, h := fakeslack.New(t), newHouse()
	s, _ := newSlack(t, f, fakeslack.AppToken)
	posted(t, s)
	serve(t, s, h)
	alert := f.Public(fakeslack.ChannelID)[0]
	i, err := f.Press(bo, alert, "Why?")
	if err != nil {
		t.Fatal(err)
	}
	m := i.Answer(soon)
	if m.To != bo.ID || !strings.Contains(m.Text, "Halden") || f.Message(alert.Channel, alert.TS).Edits != 0 {
		t.Errorf("answer %+v, want the reason to Bo alone, and the alert untouched", m)
	}
}

func TestScenario31ANonManagerCannotMute(t *testing.T) {
	f, h := fakeslack.New(t), newHouse()
	s, _ := newSlack(t, f, fakeslack.AppToken)
	posted(t, s)
	serve(t, s, h)
	i, err := f.Press(bo, f.Public(fakeslack.ChannelID)[0], "Mute story…")
	if err != nil {
		t.Fatal(err)
	}
	if m := i.Answer(soon); !strings.Contains(m.Text, "Only bot managers") || len(h.changes()) != 0 {
		t.Errorf("answer %q and %d changes, want a refusal and none", m.Text, len(h.changes()))
	}
}

// Nothing of a button is kept by the process that showed it.
func TestScenario32ButtonsWorkAfterARestart(t *testing.T) {
	f, h := fakeslack.New(t), newHouse()
	before, _ := newSlack(t, f, fakeslack.AppToken)
	posted(t, before)
	s, _ := newSlack(t, f, fakeslack.AppToken)
	serve(t, s, h)
	alert := f.Public(fakeslack.ChannelID)[0]
	for id, want := range map[string]string{"v1:why:a102": "Halden", "v0:why:a102": "another version"} {
		if m := f.PressID(bo, alert, id).Answer(soon); !strings.Contains(m.Text, want) {
			t.Errorf("%s: answer %q, want %q in it", id, m.Text, want)
		}
	}
}

// Slack tells of a click on a link, too, and wants it acknowledged.
func TestAClickOnALinkMeansNothing(t *testing.T) {
	f, h := fakeslack.New(t), newHouse()
	s, _ := newSlack(t, f, fakeslack.AppToken)
	card := readCard(t, "alert.json")
	card.Outlets = card.Outlets[:1]
	if _, err := s.Post(t.Context(), delivery(news.KindAlert, card, "")); err != nil {
		t.Fatal(err)
	}
	serve(t, s, h)
	i, err := f.Press(bo, f.Public(fakeslack.ChannelID)[0], "Open source")
	if err != nil {
		t.Fatal(err)
	}
	i.Ack()
	i.Unanswered(100 * time.Millisecond)
}

func TestAnAnswerFindsAnotherWay(t *testing.T) {
	f, h := fakeslack.New(t), newHouse()
	f.AddChannel(fakeslack.Channel{ID: "C0000ELSE", Name: "elsewhere"})
	s, _ := newSlack(t, f, fakeslack.AppToken)
	posted(t, s)
	l := &listener{s: s, desk: deskOf(h, s)}
	f.AddPerson(bo)
	for _, tt := range []struct {
		name, channel string
		wants         string
	}{
		{"in the channel", fakeslack.ChannelID, fakeslack.ChannelID},
		{"outside of channels that the bot is not in", "C0000ELSE", "D" + bo.ID},
		{"outside of channels", "", "D" + bo.ID},
	} {
		before := len(f.Messages(tt.wants))
		l.deliver(t.Context(), where{channel: tt.channel, user: bo.ID}, renderReply(bot.Reply{Lines: []bot.Line{{{Text: "Done."}}}}))
		if all := f.Messages(tt.wants); len(all) != before+1 || all[before].Text != "Done." {
			t.Errorf("%s: %v, want one more message", tt.name, all)
		}
	}
}

func TestScenario10TypedReadsWhatSlackMadeOfIt(t *testing.T) {
	for in, want := range map[string]string{
		"why <https://northwind.example/a?b=1&amp;c=2>":         "why https://northwind.example/a?b=1&c=2",
		"why <https://northwind.example/a|northwind.example/a>": "why https://northwind.example/a",
		`add "AT&amp;T deal" to:<#C123|ai-deals>`:               `add "AT&T deal" to:<#C123>`,
		"to:<#C123|>":                         "to:<#C123>",
		"mention:<@U1> mention:<!subteam^S1>": "mention:<@U1> mention:<!subteam^S1>",
		"a b &lt;c":                           "a b <c",
		"twice &amp;lt; escaped":              "twice &lt; escaped",
		"open < bracket":                      "open < bracket",
	} {
		if got := typed(in); got != want {
			t.Errorf("typed(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLongAnswersAreCut(t *testing.T) {
	lines := make([]bot.Line, 1000)
	for i := range lines {
		lines[i] = bot.Line{{Text: strings.Repeat("a & b ", 20)}}
	}
	buttons := make([]bot.Button, 12)
	for i := range buttons {
		buttons[i] = bot.Button{ID: fmt.Sprint("v1:page:", i), Label: strings.Repeat("l", 90), Danger: i == 0}
	}
	one := []bot.Line{{{Text: strings.Repeat("&", 9000)}}}
	for _, r := range []bot.Reply{{Lines: lines, Buttons: buttons}, {Lines: one, Buttons: buttons}} {
		m := renderReply(r)
		faults := fakeslack.BlockFaults(asJSON(t, m.blocks))
		if len(faults) > 0 || bot.Units(m.text) > maxText || len(m.blocks) != 4 {
			t.Errorf("%d lines: %s, text of %d units, %d blocks", len(r.Lines), faults, bot.Units(m.text), len(m.blocks))
		}
		if len(r.Lines) > 1 && !strings.Contains(m.text, " more") {
			t.Errorf("text ends %q, want how much more there is", m.text[len(m.text)-20:])
		}
	}
}

func TestScenario37ARateLimitIsHandedOnAndOtherMethodsGoOn(t *testing.T) {
	f := fakeslack.New(t)
	f.Fail("chat.postMessage", fakeslack.Limited(30*time.Second))
	s, _ := newSlack(t, f, "")
	_, err := s.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json"), ""))
	post, _ := errors.AsType[*news.PostError](err)
	if post == nil || post.Refused || !post.Channel || post.After != 30*time.Second {
		t.Errorf("Post = %#v, want the channel to wait 30 s", err)
	}
	if _, err := s.Place(t.Context(), fakeslack.ChannelID); err != nil {
		t.Errorf("Place = %v, want it to go on", err)
	}
}
