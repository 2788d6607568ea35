package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot/discord"
	"github.com/pactwatch/pactwatch/bot/slack"
	fakediscord "github.com/pactwatch/pactwatch/internal/fake/discord"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
	"github.com/pactwatch/pactwatch/notify"
)

// The scenarios of PLATFORMS.md §7 about deliveries that go wrong. The clock stands still between steps.

// An outbox is a notifier with a store, a platform and a clock of its own.
type outbox struct {
	t   *testing.T
	st  *store.Store
	n   *notify.Notifier
	to  news.Destination
	now time.Time
}

func newOutbox(t *testing.T, platform, target string, poster notify.Poster) *outbox {
	st, err := store.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	o := &outbox{t: t, st: st, now: time.Now(), to: news.Destination{Channel: "deals", Platform: platform, Target: target}}
	o.n = notify.New(st, map[string]notify.Poster{platform: poster}, slog.New(slog.NewTextHandler(t.Output(), nil)))
	o.n.Now, o.n.Gather, o.n.Pace = func() time.Time { return o.now }, 0, 0
	c := notify.ChannelConfig{Slack: target}
	if platform == "discord" {
		c = notify.ChannelConfig{Discord: target}
	}
	o.n.Configure(map[string]notify.ChannelConfig{"deals": c}, []news.Rule{{Name: "pact", Channels: []string{"deals"}}}, nil)
	return o
}

// report makes an alert out of a report of its own.
func (o *outbox) report(title, text string) {
	o.t.Helper()
	a := news.Article{GUID: title, Source: "press", URL: "https://press.example/" + strings.ReplaceAll(title, " ", "-"), Title: title, Text: text, Outlet: "Press", Lang: "en", Seen: o.now, Published: o.now}
	m := news.Match{Rule: "pact", Spans: []news.Span{{Field: "title", Start: 0, End: 4, Text: title[:4]}}}
	if err := o.st.SavePoll(o.t.Context(), "press", news.Cursor{}, []news.Arrival{{Article: a, Matches: []news.Match{m}, Stage: news.Matched}}); err != nil {
		o.t.Fatal(err)
	}
	if err := o.n.Group(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// deliver sends what is due after a time, and returns the states of all deliveries.
func (o *outbox) deliver(after time.Duration) map[news.State]int {
	o.t.Helper()
	o.now = o.now.Add(after)
	if _, err := o.n.Deliver(o.t.Context(), o.to); err != nil {
		o.t.Fatal(err)
	}
	n, err := o.st.Counts(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return n.Deliveries
}

func newSlack(t *testing.T) (*fakeslack.Server, *outbox) {
	s := fakeslack.New(t)
	cfg := slack.Config{APIURL: s.APIURL, BotToken: news.NewSecret(fakeslack.BotToken), AppToken: news.NewSecret(fakeslack.AppToken)}
	o := newOutbox(t, "slack", fakeslack.ChannelID, slack.New(cfg, &http.Client{}, slog.New(slog.DiscardHandler)))
	o.now = time.Unix(1764000000, 0) // when this Slack says that messages are posted
	return s, o
}

func newDiscord(t *testing.T) (*fakediscord.Server, *outbox) {
	s := fakediscord.New(t)
	cfg := discord.Config{APIURL: s.APIURL, Token: news.NewSecret(fakediscord.Token)}
	return s, newOutbox(t, "discord", fakediscord.ChannelID, discord.New(cfg, &http.Client{}, slog.New(slog.DiscardHandler)))
}

func TestScenario37ARateLimitHoldsTheOrder(t *testing.T) {
	s, o := newSlack(t)
	s.Fail("chat.postMessage", fakeslack.Limited(2*time.Second)) // by its own clock, which does not stand still
	o.report("Halden orders chips", "Halden orders chips from Ostrava for nine years.")
	o.report("Vesper leases a hall", "Trains stop at the hall that Vesper leases in Brundal.")
	o.report("Tarn closes its lab", "The lab in Kirby, which Tarn closes, had forty people.")
	if got := o.deliver(0); got[news.Sent] != 0 || got[news.Retry] != 1 || got[news.Pending] != 2 {
		t.Errorf("after the limit: %v, want one to be tried again and two waiting", got)
	}
	calls := len(s.Calls("chat.postMessage"))
	if o.deliver(time.Second); len(s.Calls("chat.postMessage")) != calls {
		t.Error("something was posted within the limit")
	}
	time.Sleep(2 * time.Second)
	if got := o.deliver(5 * time.Second); got[news.Sent] != 3 {
		t.Errorf("after the limit: %v, want three sent", got)
	}
	var heads []string
	for _, m := range s.Public(fakeslack.ChannelID) {
		heads = append(heads, strings.Fields(m.Text)[1])
	}
	if !slices.Equal(heads, []string{"Halden", "Vesper", "Tarn"}) {
		t.Errorf("posted in the order %v", heads)
	}
}

func TestScenario38AMessageThatArrivedIsAdopted(t *testing.T) {
	s, o := newSlack(t)
	s.Fail("chat.postMessage", fakeslack.Fault{Cut: true, Done: true})
	o.report("Halden orders chips", "Halden orders chips from Ostrava for nine years.")
	if got := o.deliver(0); got[news.Unknown] != 1 {
		t.Fatalf("after the connection dropped: %v, want one unknown", got)
	}
	if got := o.deliver(30 * time.Second); got[news.Unknown] != 1 {
		t.Errorf("after 30 s: %v, want it still unknown: it may be under way", got)
	}
	if got := o.deliver(31 * time.Second); got[news.Sent] != 1 {
		t.Errorf("after 61 s: %v, want the message adopted", got)
	}
	if n := len(s.Public(fakeslack.ChannelID)); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
	ds, err := o.st.StoryDeliveries(t.Context(), "s1")
	if err != nil || ds[0].Message != fakeslack.ChannelID+"/"+s.Public(fakeslack.ChannelID)[0].TS {
		t.Errorf("the delivery's message is %q, %v, want that of the history", ds[0].Message, err)
	}
}

func TestAMessageThatDidNotArriveIsPostedOnce(t *testing.T) {
	s, o := newSlack(t)
	s.Fail("chat.postMessage", fakeslack.Fault{Cut: true})
	o.report("Halden orders chips", "Halden orders chips from Ostrava for nine years.")
	o.deliver(0)
	if got := o.deliver(61 * time.Second); got[news.Retry]+got[news.Sent] != 1 {
		t.Errorf("after 61 s: %v, want it to be tried again", got)
	}
	if got := o.deliver(time.Minute); got[news.Sent] != 1 || len(s.Public(fakeslack.ChannelID)) != 1 {
		t.Errorf("at last: %v with %d messages, want one", got, len(s.Public(fakeslack.ChannelID)))
	}
}

func TestWhereHistoryIsClosedAPersonDecides(t *testing.T) {
	s, o := newSlack(t)
	s.Fail("chat.postMessage", fakeslack.Fault{Cut: true, Done: true})
	o.report("Halden orders chips", "Halden orders chips from Ostrava for nine years.")
	o.deliver(0)
	s.Fail("conversations.history", fakeslack.Says("missing_scope"))
	if got := o.deliver(61 * time.Second); got[news.Held] != 1 {
		t.Errorf("without the right to read: %v, want it held", got)
	}
	if n := len(s.Public(fakeslack.ChannelID)); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

func TestScenario39TheSameNonceIsTheSameMessage(t *testing.T) {
	s, o := newDiscord(t)
	s.Fail("POST messages", fakediscord.Fault{Status: 502, Body: "bad gateway", Done: true})
	o.report("Halden orders chips", "Halden orders chips from Ostrava for nine years.")
	o.deliver(0)
	if got := o.deliver(time.Second); got[news.Sent] != 1 {
		t.Errorf("asked again: %v, want it sent", got)
	}
	calls := s.Calls("POST messages")
	if len(calls) != 2 || calls[0].Body["nonce"] != calls[1].Body["nonce"] || calls[1].Body["enforce_nonce"] != true {
		t.Errorf("%d requests with nonces, want two with the same one, enforced", len(calls))
	}
	if n := len(s.Messages(fakediscord.ChannelID)); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

func TestAnOldNonceIsNotTrusted(t *testing.T) {
	s, o := newDiscord(t)
	s.Fail("POST messages", fakediscord.Fault{Status: 502, Body: "bad gateway", Done: true}, fakediscord.Fault{Status: 502, Body: "bad gateway"})
	o.report("Halden orders chips", "Halden orders chips from Ostrava for nine years.")
	o.deliver(0)
	if got := o.deliver(2 * time.Minute); got[news.Held] != 1 || len(s.Messages(fakediscord.ChannelID)) != 1 {
		t.Errorf("two minutes later: %v with %d messages, want one, held", got, len(s.Messages(fakediscord.ChannelID)))
	}
}

func TestScenario40AnArchivedChannelPausesAloneAndIsToldOnce(t *testing.T) {
	s := fakeslack.New(t)
	s.AddChannel(fakeslack.Channel{ID: "C0000OPS", Name: "ops", Member: true})
	t.Setenv("TEST_SLACK_BOT", fakeslack.BotToken)
	t.Setenv("TEST_SLACK_APP", fakeslack.AppToken)
	chats := fmt.Sprintf("slack: {bot_token_env: TEST_SLACK_BOT, app_token_env: TEST_SLACK_APP, api_url: %q}\nadmin: ops\nchannels: {deals: {slack: %s}, ops: {slack: C0000OPS}}", s.APIURL, fakeslack.ChannelID)
	tm := newTeam(t, chats, &slackClient{t, s})
	s.AddChannel(fakeslack.Channel{ID: fakeslack.ChannelID, Name: "ai-deals", Member: true, Archived: true})
	tm.ask(true, "/watch add gigawatts to:ops")
	tm.site.publish("Ledger Wire", pactTitle, pactText)
	tm.site.publish("Stackside", orderTitle, orderText)
	if _, err := tm.p.watchers.Poll(t.Context(), "press"); err != nil {
		t.Fatal(err)
	}
	inOps := func() []fakeslack.Message { return s.Public("C0000OPS") }
	tm.eventually("the alert in ops, and the pause of deals", func() bool {
		paused, err := tm.p.st.Paused(t.Context())
		return err == nil && len(paused) == 1 && len(inOps()) == 1
	})
	for range 2 {
		if _, err := tm.p.notifier.Watch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tm.eventually("the notice in ops", func() bool { return len(inOps()) == 2 })
	tm.wants("the notice", inOps()[1].Text, "Nothing can be posted to deals on slack", "archived")
	tm.wants("status", tm.ask(false, "/pactwatch status").text, "Nothing can be posted to deals on slack", "archived")
	if n := len(s.Calls("chat.postMessage")); n != 3 {
		t.Errorf("%d posts, want one in vain, one alert and one notice", n)
	}
}

func TestScenario26And28EditsPingNobodyAndMarkupIsText(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		const hostile = `**[x](http://evil.example)** ~~exclusive cloud~~ &lt;!channel&gt; @everyone`
		tm.site.publish("Ledger Wire", hostile, pactText)
		tm.poll()
		tm.wants("the alert", tm.public()[0].text, "**[x](http://evil.example)** ~~exclusive cloud~~") // shown as it is written
		tm.site.publish("Kestrel Business", againTitle, againText)
		tm.poll()
		all := tm.public()
		if len(all[0].slack.Notified)+len(all[0].discord.Notified) != 0 {
			t.Errorf("the alert notifies %v%v", all[0].slack.Notified, all[0].discord.Notified)
		}
		if d, ok := tm.client.(*discordClient); ok {
			for _, c := range d.s.Calls("PATCH message") {
				mentions, _ := c.Body["allowed_mentions"].(map[string]any)
				if parse, ok := mentions["parse"].([]any); !ok || len(parse) != 0 {
					t.Errorf("an edit has allowed_mentions %v, want an empty parse", c.Body["allowed_mentions"])
				}
			}
		}
	})
}
