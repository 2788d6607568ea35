package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// said asks as a manager and returns the answer in plain text.
func said(t *testing.T, k *Desk, q string) string {
	t.Helper()
	return text(k.Ask(t.Context(), manager, q).Lines)
}

func button(r Reply, label string) string {
	for _, b := range r.Buttons {
		if b.Label == label {
			return b.ID
		}
	}
	return ""
}

func wantAll(t *testing.T, what, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("%s = %q, want %q in it", what, got, p)
		}
	}
}

func TestScenario8WatchAddAnswersWithAllThatMatters(t *testing.T) {
	k, house := newHouse(t)
	house.backtest = func(news.Rule) Backtest {
		a := exampleStore().alerts[0]
		return Backtest{Articles: 40, Matched: 2, Days: []int{0, 0, 0, 0, 0, 0, 1, 0}, Alerts: []news.Alert{a}}
	}
	r := k.Ask(t.Context(), manager, `watch add "AGI clause" to:<#C2|ai-deals> severity:high name:"the clause" mention:<@U0777>`)
	wantAll(t, "watch add", text(r.Lines), "r1 the clause is on: articles with", "#ai-deals", "high", "pings 1 person", "alerted once", "Halden and Ostrava part ways", "Next check: 2026-11-24 12:01")
	for _, label := range []string{"Test", "Edit", "Undo"} {
		if button(r, label) == "" {
			t.Errorf("watch add has buttons %v, want %s", r.Buttons, label)
		}
	}
	rules := house.Rules()
	got := rules[len(rules)-1]
	if got.Match != `"AGI clause"` || !slices.Equal(got.Channels, []string{"slack-C2"}) || !slices.Equal(got.Mentions, []string{"slack:U0777"}) || got.By.ID != "U1" {
		t.Errorf("the stored rule is %+v", got)
	}
}

func TestScenario9CurlyQuotesAreStraight(t *testing.T) {
	k, house := newHouse(t)
	said(t, k, "watch add “AGI clause”")
	if rules := house.Rules(); rules[len(rules)-1].Match != `"AGI clause"` {
		t.Errorf("the stored rule is %q, want straight quotes", rules[len(rules)-1].Match)
	}
	wantAll(t, "the same with straight quotes", said(t, k, `watch add "AGI clause"`), "is there already: r1")
}

func TestScenario11And15ChannelsThatWillNotDo(t *testing.T) {
	k, house := newHouse(t)
	for q, want := range map[string]string{
		`watch add "AGI clause" to:#nowhere`: "Pick it from the list",
		`watch add "AGI clause" to:<#C9>`:    "I can't post in #board.\nMissing Embed Links",
		`watch add "AGI clause" to:<#C404>`:  "/invite @pactwatch",
	} {
		wantAll(t, q, said(t, k, q), want)
	}
	if len(house.st.changes) != 0 {
		t.Errorf("changes = %v, want none", house.st.changes)
	}
}

func TestScenario12WithoutAPhraseAFormAsks(t *testing.T) {
	k, _ := newHouse(t)
	r := k.Ask(t.Context(), manager, "watch add")
	if r.Form == nil || r.Form.ID != NewRuleForm {
		t.Fatalf("watch add = %+v, want the form", r)
	}
	done, faults := k.Submit(t.Context(), manager, NewRuleForm, map[string]string{"query": "exclusive NEAR/", "severity": "normal"})
	if faults["query"] == "" || len(done.Lines) > 0 {
		t.Errorf("a wrong rule in the form: %v, %q, want a fault of query", faults, text(done.Lines))
	}
	done, faults = k.Submit(t.Context(), manager, NewRuleForm, map[string]string{"query": "exclusive", "to": "<#C9>"})
	if faults["to"] == "" {
		t.Errorf("a closed channel in the form: %v, %q, want a fault of to", faults, text(done.Lines))
	}
	done, faults = k.Submit(t.Context(), manager, NewRuleForm, map[string]string{"query": "exclusive", "severity": "low", "to": "<#C1>"})
	if faults != nil {
		t.Errorf("Submit = %v, want no fault", faults)
	}
	wantAll(t, "Submit", text(done.Lines), "r1 is on", "deals · low")
	wantAll(t, "Preview", text(k.Preview(t.Context(), manager, NewRuleForm, map[string]string{"query": "exclusive"})), "It finds articles with", "never")
}

func TestScenario16ARemovedRuleComesBack(t *testing.T) {
	k, house := newHouse(t)
	said(t, k, "watch add exclusive name:deal")
	r := k.Ask(t.Context(), manager, "watch remove deal")
	wantAll(t, "watch remove", text(r.Lines), "r1 deal is removed", "watch resume r1")
	if k.ruleNamed("r1") != nil {
		t.Fatal("the rule is still there")
	}
	undone := k.Press(t.Context(), manager, button(r, "Undo"))
	wantAll(t, "Undo", text(undone.Lines), "Undone: rule r1")
	if k.ruleNamed("deal") == nil {
		t.Fatal("Undo has not brought the rule back")
	}
	wantAll(t, "Undo once more", text(k.Press(t.Context(), manager, button(r, "Undo")).Lines), "changed that in the same moment")

	r = k.Ask(t.Context(), manager, "watch remove r1")
	k.Now = func() time.Time { return noon.Add(11 * time.Minute) }
	wantAll(t, "Undo after 11 minutes", text(k.Press(t.Context(), manager, button(r, "Undo")).Lines), "more than 10 minutes ago", "watch resume r1")
	wantAll(t, "watch resume", said(t, k, "watch resume r1"), "r1 is back")
	if k.ruleNamed("deal") == nil {
		t.Error("watch resume has not brought the rule back")
	}
	said(t, k, "watch add cloud")
	if n := len(house.Records(news.RuleRecord)); n != 2 || k.ruleNamed("r1").Title != "deal" {
		t.Errorf("%d rules and r1 = %+v, want two, and r1 still the old one", n, k.ruleNamed("r1"))
	}
}

func TestScenario18SixtyRulesComeInPages(t *testing.T) {
	k, _ := newHouse(t)
	for i := range 60 {
		said(t, k, fmt.Sprintf("watch add word%d", i))
	}
	r := k.Ask(t.Context(), stranger, "watch list")
	wantAll(t, "watch list", text(r.Lines), "62 rules, page 1 of 5:")
	next := k.Press(t.Context(), stranger, button(r, "Next"))
	wantAll(t, "Next", text(next.Lines), "page 2 of 5:")
	wantAll(t, "Previous", text(k.Press(t.Context(), stranger, button(next, "Previous")).Lines), "page 1 of 5:")
	if button(r, "Previous") != "" || len(r.Lines) != perPage+1 {
		t.Errorf("page 1 has %d lines and buttons %v", len(r.Lines), r.Buttons)
	}
}

func TestScenario19CompletionIsShortAndQuiet(t *testing.T) {
	k, house := newHouse(t)
	for i := range 300 {
		house.file = append(house.file, news.Rule{Name: fmt.Sprintf("revenue-%03d-%s", i, strings.Repeat("x", 40)), Match: strings.Repeat("revenue share, ", 20)})
	}
	got := k.Complete(t.Context(), stranger, "watch show", "rule", "rev")
	if len(got) != 25 {
		t.Errorf("Complete gives %d choices, want 25", len(got))
	}
	for _, c := range got {
		if Units(c.Label) > 100 || Units(c.Value) > 100 {
			t.Errorf("choice %+v is too long", c)
		}
	}
	house.st.err = fmt.Errorf("disk")
	house.st.alerts = nil
	if got := k.Complete(t.Context(), stranger, "why", "what", "a"); len(got) != 0 {
		t.Errorf("Complete on a broken store = %v, want nothing", got)
	}
}

func TestSeveralRulesAtOnceHaveAResultEach(t *testing.T) {
	k, house := newHouse(t)
	got := said(t, k, "watch add exclusive deal\nrevenue share NEAR/\n\"AGI clause\" name:agi")
	wantAll(t, "watch add", got, "• exclusive deal — r1 agi is on", "• revenue share NEAR/ — I do not understand", `• "AGI clause" — r2 agi 3 is on`)
	if n := len(house.Records(news.RuleRecord)); n != 2 {
		t.Errorf("%d rules are stored, want 2", n)
	}
}

func TestMistakesInARuleAreMarked(t *testing.T) {
	k, _ := newHouse(t)
	wantAll(t, "watch add", said(t, k, `watch add ("AGI clause" OR exclusive`), "I do not understand that rule", "▸")
}

func TestWatchEditShowsWhatChanges(t *testing.T) {
	k, house := newHouse(t)
	house.backtest = func(r news.Rule) Backtest {
		a, b := exampleStore().alerts[0], exampleStore().alerts[0]
		b.Members = []news.Member{{Article: news.Article{ID: "n9"}}}
		if strings.Contains(r.Match, "cloud") {
			return Backtest{Days: make([]int, 8), Alerts: []news.Alert{a}}
		}
		return Backtest{Days: make([]int, 8), Alerts: []news.Alert{a, b}}
	}
	said(t, k, "watch add exclusive")
	got := said(t, k, "watch edit r1 exclusive AND cloud severity:high")
	wantAll(t, "watch edit", got, "match “exclusive” → “exclusive AND cloud”", "severity “normal” → “high”", "1 alert instead of 2 alerts (+0 new, −1 lost)")
	if r := k.Ask(t.Context(), manager, "watch edit r1"); r.Form == nil || r.Form.Fields[0].Value != "exclusive AND cloud" {
		t.Errorf("watch edit r1 = %+v, want the form with the rule", r)
	}
	wantAll(t, "watch edit of the file's", said(t, k, "watch edit exclusivity cloud"), "written in config.yaml", "cannot be changed from chat")
}

func TestPausesAndTheirEnds(t *testing.T) {
	k, house := newHouse(t)
	wantAll(t, "watch pause", said(t, k, "watch pause exclusivity for:2d"), "exclusivity is paused until 2026-11-26 12:00 UTC")
	wantAll(t, "watch list", said(t, k, "watch list"), "exclusivity → deals, high, paused until")
	wantAll(t, "watch resume", said(t, k, "watch resume exclusivity"), "exclusivity is on again")
	wantAll(t, "watch pause all", said(t, k, "watch pause all"), "All rules are paused until somebody resumes it.")
	if n := len(house.Records(news.PauseRecord)); n != 2 {
		t.Errorf("%d pauses, want 2", n)
	}
	said(t, k, "watch resume all")
	if n := len(house.Records(news.PauseRecord)); n != 0 {
		t.Errorf("%d pauses after resume all, want none", n)
	}
	for _, bad := range []string{"for:5m", "for:1y", "for:91d", "for:x", "for:-1h"} {
		wantAll(t, bad, said(t, k, "watch pause exclusivity "+bad), "for: is")
	}
}

func TestScenario36AndSourcesFromChat(t *testing.T) {
	k, house := newHouse(t)
	r := k.Ask(t.Context(), manager, "sources add https://wire.example/rss every:30m tags:wires,us")
	wantAll(t, "sources add", text(r.Lines), "src1 The Wire is watched: wire.example, 100 items, every 30m.", "A baseline is recorded: no alerts for old items")
	if !slices.Contains(house.said, "poll src1") {
		t.Errorf("the house was told %q, want a first poll", house.said)
	}
	wantAll(t, "the same again", said(t, k, "sources add https://www.wire.example/rss/"), "cannot watch")
	wantAll(t, "the same again", said(t, k, "sources add https://wire.example/rss"), "watched already, as src1")
	wantAll(t, "no address", said(t, k, "sources add wire.example"), "not the address")
	wantAll(t, "an OPML file", said(t, k, "sources add https://wire.example/opml"), "rss — That address is watched already", "https://gone.example/rss — I cannot watch")
	wantAll(t, "by tag", said(t, k, "sources list tag:wires"), "1 source:", "The Wire")
	wantAll(t, "too often", said(t, k, "sources add https://wire.example/rss2 every:1m"), "cannot watch")
	wantAll(t, "remove", said(t, k, "sources remove src1"), "no longer watched")
	wantAll(t, "resume", said(t, k, "sources resume src1"), "src1 is back")
	wantAll(t, "remove the file's", said(t, k, "sources remove ledger"), "written in config.yaml")
	wantAll(t, "check", said(t, k, "sources check vesper"), "vesper answers: 3 items new, of them 1 would alert")
	k.Now = func() time.Time { return noon.Add(30 * time.Second) }
	wantAll(t, "check too soon", said(t, k, "sources check northwind"), "less than a minute ago")
}

func TestScenario30MutingAStory(t *testing.T) {
	k, house := newHouse(t)
	r := k.Press(t.Context(), manager, buttonID("mute-story", "a102"))
	wantAll(t, "Mute story…", text(r.Lines), "story s55 is muted in deals until 2026-12-01 12:00 UTC (m1)", "told when the mute ends")
	if !slices.Contains(house.said, "refresh s55 in deals") {
		t.Errorf("the house was told %q, want the card refreshed", house.said)
	}
	wantAll(t, "mutes", text(k.Ask(t.Context(), stranger, "alerts mutes").Lines), "m1: story s55 in deals, by Ada, until")
	wantAll(t, "1 day", text(k.Press(t.Context(), manager, button(r, "1 day")).Lines), "until 2026-11-25 12:00 UTC (m1)")
	wantAll(t, "unmute", said(t, k, "alerts unmute s55"), "no longer muted")
	if n := len(k.mutes()); n != 0 {
		t.Errorf("%d mutes are left, want none", n)
	}
	wantAll(t, "mute rule", said(t, k, "alerts mute exclusivity for:1d"), "rule exclusivity is muted in deals")
	said(t, k, "alerts unmute exclusivity")
	if last := house.said[len(house.said)-1]; last != "release deals: rule exclusivity is muted" {
		t.Errorf("the house was told %q last, want the held back released", last)
	}
}

func TestScenario33TheRuleIsGone(t *testing.T) {
	k, house := newHouse(t)
	house.file = nil
	wantAll(t, "Mute rule…", text(k.Press(t.Context(), manager, buttonID("mute-rule", "a102")).Lines), "no longer exists")
}

func TestWrongMatchesAreCountedAndProposeANarrowerRule(t *testing.T) {
	k, house := newHouse(t)
	house.file = nil
	said(t, k, "watch add exclusive")
	house.st.alerts = nil
	for i, title := range []string{"Earnings: Ostrava up", "Halden earnings beat", "Earnings season opens", "Halden ends a deal"} {
		house.st.alerts = append(house.st.alerts, news.Alert{ID: fmt.Sprintf("a%d", i+1), Story: fmt.Sprintf("s%d", i+1), Channel: "deals", Headline: title,
			Members: []news.Member{{Article: news.Article{ID: fmt.Sprintf("n%d", i), Title: title}, Matches: []news.Match{{Rule: "r1"}}}}})
	}
	for _, a := range []string{"a1", "a2", "a3"} {
		wantAll(t, "Wrong match", text(k.Press(t.Context(), stranger, buttonID("wrong", a)).Lines), "counts against r1")
	}
	wantAll(t, "the same again", text(k.Press(t.Context(), stranger, buttonID("wrong", "a1")).Lines), "already")
	r := k.Ask(t.Context(), stranger, "watch show r1")
	wantAll(t, "watch show", text(r.Lines), "4 alerts, muted never, called wrong 3 times", "Narrower: (exclusive) -earnings")
	wantAll(t, "Make it narrower", text(k.Press(t.Context(), manager, button(r, "Make it narrower")).Lines), "“(exclusive) -earnings”")
	if got := k.ruleNamed("r1").Match; got != "(exclusive) -earnings" {
		t.Errorf("the rule is %q", got)
	}
}

func TestSettings(t *testing.T) {
	k, house := newHouse(t)
	wantAll(t, "settings", said(t, k, "settings"), "Settings of deals:", "quiet: – (default)")
	wantAll(t, "settings set", said(t, k, "settings set quiet 22:00-07:00"), "quiet – → “22:00-07:00”")
	if got := house.setting("deals", "quiet"); got != "22:00-07:00" {
		t.Errorf("quiet = %q", got)
	}
	wantAll(t, "a wrong one", said(t, k, "settings set noise loud"), "No such setting: noise")
	wantAll(t, "taken back", said(t, k, "settings set quiet default"), "quiet “22:00-07:00” → –")
	wantAll(t, "digest", said(t, k, "alerts digest daily 09:00"), "digest – → “daily 09:00”")
	wantAll(t, "digest now", said(t, k, "alerts digest now"), "is told now")
	if last := house.said[len(house.said)-1]; last != "release deals: " {
		t.Errorf("the house was told %q last", last)
	}
}

func TestAuditNamesWhoWhatAndWhen(t *testing.T) {
	k, _ := newHouse(t)
	said(t, k, "watch add exclusive")
	said(t, k, "watch edit r1 severity:low")
	wantAll(t, "audit", said(t, k, "audit"), "2026-11-24 12:00 UTC Ada (slack U1): watch edit rule r1: severity “normal” → “low”", "watch add rule r1")
}

func TestMentionsAreIDsOnly(t *testing.T) {
	k, _ := newHouse(t)
	for _, bad := range []string{"@here", "<!here>", "<!channel>", "@everyone", "Ada", "<@U1", "<@&1200>"} {
		wantAll(t, bad, said(t, k, "watch add exclusive mention:"+bad), "mention: takes people and groups")
	}
}

func TestEveryButtonIsShortAndHoldsNothingFromOutside(t *testing.T) {
	k, _ := newHouse(t)
	for _, q := range []string{"watch add exclusive", "watch show r1", "watch edit r1 cloud", "watch remove r1", "watch list", "alerts show a102", "alerts mute a102", "setup", "settings"} {
		r := k.Ask(t.Context(), manager, q)
		for _, b := range r.Buttons {
			if len(b.ID) > 100 || Units(b.Label) > 34 || !strings.HasPrefix(b.ID, "v1:") {
				t.Errorf("%s: button %+v is unfit", q, b)
			}
		}
	}
}
