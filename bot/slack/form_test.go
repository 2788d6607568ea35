package slack

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
	"github.com/slack-go/slack"
)

func TestScenario12ABareAddOpensTheForm(t *testing.T) {
	f, h, _ := serving(t)
	for _, open := range []func() *fakeslack.Interaction{
		func() *fakeslack.Interaction { return f.Command(ada, fakeslack.ChannelID, "/watch add") },
		func() *fakeslack.Interaction { return f.Command(ada, fakeslack.ChannelID, "/pactwatch watch add") },
		func() *fakeslack.Interaction { return f.Shortcut(ada, newRuleShortcut) },
	} {
		v := open().Modal()
		if v.Title != "New watch rule" || !slices.Equal(v.Fields(), []string{"query", "to", "name", "severity"}) {
			t.Errorf("modal %q with %v, want a new rule's", v.Title, v.Fields())
		}
	}
	if len(h.changes()) != 0 {
		t.Errorf("%d changes, want none", len(h.changes()))
	}
}

func TestAFormIsCheckedAndCarriedOut(t *testing.T) {
	f, h, _ := serving(t)
	v := f.Command(ada, fakeslack.ChannelID, "/watch add").Modal()
	_, faults, err := f.Submit(ada, v, map[string]string{"query": "merger NEARBY cloud ("})
	if err != nil || faults["query"] == "" || f.View(v.ID).Closed || len(h.changes()) != 0 {
		t.Fatalf("Submit of a broken rule: faults %v, %v, %d changes; want one about the query, and the form open", faults, err, len(h.changes()))
	}
	i, faults, err := f.Submit(ada, v, map[string]string{"query": "merger", "severity": "high"})
	if err != nil || len(faults) > 0 || !f.View(v.ID).Closed {
		t.Fatalf("Submit: faults %v, %v, want none", faults, err)
	}
	m := i.Answer(soon)
	if !strings.Contains(m.Text, "r7") || m.To != ada.ID || m.Channel != fakeslack.ChannelID {
		t.Errorf("answer %+v, want the rule's ID to Ada alone, where she asked", m)
	}
	if changes := h.changes(); len(changes) != 1 || !strings.Contains(string(changes[0].After), `"high"`) {
		t.Errorf("changes %+v, want a rule that is high", changes)
	}
}

// Without a channel to answer in, the answer goes to the person.
func TestAShortcutsFormIsAnsweredOutsideOfChannels(t *testing.T) {
	f, _, _ := serving(t)
	v := f.Shortcut(ada, newRuleShortcut).Modal()
	i, faults, err := f.Submit(ada, v, map[string]string{"query": "merger", "to": fakeslack.ChannelID})
	if err != nil || len(faults) > 0 {
		t.Fatalf("Submit: faults %v, %v", faults, err)
	}
	if m := i.Answer(soon); m.Channel != "D"+ada.ID {
		t.Errorf("answer in %s, want it to Ada", m.Channel)
	}
	waitFor(t, "newer home page", func() bool { return f.Home(ada.ID).ID != "" })
}

func TestWhoManagesNothingGetsNoForm(t *testing.T) {
	f, _, _ := serving(t)
	m := f.Command(bo, fakeslack.ChannelID, "/watch add").Answer(soon)
	if !strings.Contains(m.Text, "Only bot managers") {
		t.Errorf("answer %q, want a refusal", m.Text)
	}
	f.Shortcut(bo, newRuleShortcut).Answer(soon)
	if n := len(f.Calls("views.open")); n != 0 {
		t.Errorf("views.open was called %d times, want never", n)
	}
}

func TestAFormThatCannotOpenSaysSo(t *testing.T) {
	f, _, _ := serving(t)
	f.Fail("views.open", fakeslack.Says("expired_trigger_id"))
	if m := f.Command(ada, fakeslack.ChannelID, "/watch add").Answer(soon); !strings.Contains(m.Text, "three seconds") {
		t.Errorf("answer %q, want why there is no form", m.Text)
	}
}

func TestAFormShowsWhatItWouldDoWhileItIsFilledIn(t *testing.T) {
	f, _, _ := serving(t)
	v := f.Command(ada, fakeslack.ChannelID, "/watch add").Modal()
	for _, typed := range []string{"mer", "merge", "merger"} { // a burst is one preview
		if _, err := f.Type(ada, v, "query", typed); err != nil {
			t.Fatal(err)
		}
	}
	shows := func(want string) {
		t.Helper()
		for end := time.Now().Add(soon); !strings.Contains(f.View(v.ID).Shown(), want); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the form shows %q, want %q in it", f.View(v.ID).Shown(), want)
			}
		}
	}
	shows("merger")
	if n := f.View(v.ID).Updates; n != 1 {
		t.Errorf("%d updates for a burst, want one", n)
	}
	if _, err := f.Type(ada, v, "query", "merger NEARBY ("); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * pause)
	f.Fail("views.update", fakeslack.Says("hash_conflict")) // as if another preview came in between
	if _, err := f.Type(ada, v, "query", "takeover"); err != nil {
		t.Fatal(err)
	}
	shows("takeover")
	i, faults, err := f.Submit(ada, v, nil)
	if err != nil || len(faults) > 0 {
		t.Fatalf("Submit: %v, %v; want what was typed to be still there", faults, err)
	}
	i.Answer(soon)
	if i, err := f.Type(ada, f.View(v.ID), "name", "x"); i != nil || err == nil {
		t.Errorf("Type into a closed form = %v, %v", i, err)
	}
}

func TestEveryKindOfFieldIsFilledInItsOwnWay(t *testing.T) {
	f, h := fakeslack.New(t), newHouse()
	s, _ := newSlack(t, f, fakeslack.AppToken)
	form := &bot.Form{ID: "v1:x", Title: strings.Repeat("t", 40), Submit: "Save", Fields: []bot.Field{
		{Name: "text", Label: "Text", Value: "a"},
		{Name: "lines", Label: "Lines", Lines: 3, Value: "a\nb", Required: true, Help: "Help"},
		{Name: "choice", Label: "Choice", Kind: bot.ChoiceArg, Value: "b", Choices: []bot.Choice{{Label: "A", Value: "a"}, {Label: "B", Value: "b"}}},
		{Name: "place", Label: "Place", Kind: bot.PlaceArg, Value: "<#C024BE91L>"},
		{Name: "rule", Label: "Rule", Kind: bot.RuleArg},
		{Name: "source", Label: "Source", Kind: bot.SourceArg, Value: "ledger"},
	}}
	serve(t, s, h)
	v := f.Command(ada, fakeslack.ChannelID, "/watch add").Modal() // another form's trigger, to show ours with
	view := modal(form, note{Form: form.ID})
	if _, err := s.api.UpdateViewContext(t.Context(), view, "", v.Hash, v.ID); err != nil {
		t.Fatal(err)
	}
	v = f.View(v.ID)
	if got := f.Suggest(ada, v, "source", "north"); !slices.Equal(got, []string{"Northwind Business"}) {
		t.Errorf("offered %v, want Northwind Business", got)
	}
	if got := f.Suggest(ada, v, "rule", "nothing of that name"); len(got) != 0 {
		t.Errorf("offered %v, want nothing", got)
	}
	want := map[string]string{"text": "a", "lines": "a\nb", "choice": "b", "place": "C024BE91L", "rule": "", "source": "ledger"}
	if got := v.Values(); !maps.Equal(got, want) {
		t.Errorf("the form begins with %v, want %v", got, want)
	}
}

func TestAFaultIsShownAtAnInput(t *testing.T) {
	v := slack.View{Blocks: slack.Blocks{BlockSet: []slack.Block{
		slack.NewDividerBlock(), slack.NewInputBlock("query", plain("Q"), nil, slack.NewPlainTextInputBlockElement(nil, "text")),
	}}}
	got := atInputs(v, map[string]string{"sources": "No such source."})
	if len(got) != 1 || got["query"] != "No such source." {
		t.Errorf("atInputs = %v, want it at the first input", got)
	}
}
