package slack

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
)

func TestScenario7OneWelcomeForOneInvitation(t *testing.T) {
	f, _, _ := serving(t)
	f.AddChannel(fakeslack.Channel{ID: "C0000LAW", Name: "law"})
	i := f.Invite(ada, "C0000LAW")
	i.Redeliver()
	f.SameEvent(i).Ack()
	waitFor(t, "a welcome", func() bool { return len(f.Public("C0000LAW")) > 0 })
	f.Event(map[string]any{"type": "member_joined_channel", "user": bo.ID, "channel": "C0000LAW"}).Ack() // somebody else
	f.Command(bo, fakeslack.ChannelID, "/pactwatch help").Answer(soon)
	all := f.Public("C0000LAW")
	if len(all) != 1 || !strings.Contains(all[0].Text, "/pactwatch help") {
		t.Fatalf("messages %v, want one welcome", all)
	}
	// Who may not make rules is told so, and the welcome stays for the others.
	press, err := f.Press(bo, all[0], "New rule")
	if err != nil {
		t.Fatal(err)
	}
	if m := press.Answer(soon); m.To != bo.ID || f.Public("C0000LAW")[0].Edits != 0 {
		t.Errorf("answer %+v, want it to Bo alone", m)
	}
	if press, err = f.Press(ada, all[0], "New rule"); err != nil {
		t.Fatal(err)
	}
	press.Modal()
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %s after %s", what, soon)
		}
	}
}

func TestTheHomePageShowsWhatThereIs(t *testing.T) {
	f, _, _ := serving(t)
	f.OpenHome(ada).Ack()
	waitFor(t, "home page", func() bool { return f.Home(ada.ID).ID != "" })
	v := f.Home(ada.ID)
	for _, want := range []string{"Health", "exclusivity", "Northwind Business"} {
		if !strings.Contains(v.Shown(), want) {
			t.Errorf("home page %q, want %q in it", v.Shown(), want)
		}
	}
	i, err := f.PressIn(ada, v, "New rule")
	if err != nil {
		t.Fatal(err)
	}
	i.Modal()
	waitFor(t, "newer home page", func() bool { return f.Home(ada.ID).Updates > 1 })
	f.OpenHome(bo).Ack()
	waitFor(t, "home page of Bo's", func() bool { return f.Home(bo.ID).ID != "" })
	if _, err := f.PressIn(bo, f.Home(bo.ID), "New rule"); err == nil {
		t.Error("Bo, who manages nothing, is offered a new rule")
	}
}

func TestAHomePageIsCutToWholeSections(t *testing.T) {
	var sections []bot.Section
	for i := range 80 {
		sections = append(sections, bot.Section{Title: fmt.Sprint(i), Lines: []bot.Line{{{Text: "line"}}}})
	}
	blocks := renderHome(sections)
	if faults := fakeslack.BlockFaults(asJSON(t, blocks[:10])); len(faults) > 0 {
		t.Error(faults)
	}
	last := asJSON(t, blocks[len(blocks)-1:])
	if len(blocks) > maxView || !strings.Contains(fmt.Sprint(last), "+31 more") {
		t.Errorf("%d blocks that end with %v, want %d at most and how much more there is", len(blocks), last, maxView)
	}
}

func TestWhatHappensToTheBotIsLoggedInWords(t *testing.T) {
	f, _, log := serving(t)
	for kind, want := range map[string]string{
		"channel_left": "removed from a channel", "group_left": "removed from a channel", "channel_archive": "was archived",
		"channel_deleted": "was deleted", "tokens_revoked": "tokens were revoked", "app_uninstalled": "app was removed",
	} {
		f.Event(map[string]any{"type": kind, "channel": fakeslack.ChannelID}).Ack()
		waitFor(t, want, func() bool { return strings.Contains(log.String(), want) })
	}
}
