package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	fakediscord "github.com/pactwatch/pactwatch/internal/fake/discord"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
)

// The acceptance scenarios of PLATFORMS.md §7 that go through the whole program: it polls a press on
// loopback and talks to a strict Slack and a strict Discord. Each runs on both.

// A client is a platform with its people, as the scenarios use it.
type client interface {
	// ask types or picks a command as a manager or as somebody else and returns the answer.
	ask(manager bool, line string) answer
	// press presses a button of an answer or an alert by its label, and returns the answer.
	press(manager bool, on answer, label string) answer
	// public returns what everybody sees in the channel, threads left out, oldest first.
	public() []answer
	// threads returns the text of what was posted in threads.
	threads() []string
	channel() string // as a person writes it after to:
	connected()      // waits until the bot hears what people do
	disconnected()   // waits until the platform has noticed that it no longer does
}

// An answer is a message as its reader sees it.
type answer struct {
	text    string // all that it shows
	buttons []string
	slack   fakeslack.Message
	discord fakediscord.Message
}

// A team is the program with its press and one platform.
type team struct {
	t      testing.TB
	site   *press
	p      *program
	config string
	db     string
	stop   func()
	client
}

const patience = 10 * time.Second

// onBoth runs a scenario on Slack and on Discord.
func onBoth(t *testing.T, scenario func(t *testing.T, team *team)) {
	t.Run("slack", func(t *testing.T) {
		s := fakeslack.New(t)
		t.Setenv("TEST_SLACK_BOT", fakeslack.BotToken)
		t.Setenv("TEST_SLACK_APP", fakeslack.AppToken)
		chats := fmt.Sprintf("slack: {bot_token_env: TEST_SLACK_BOT, app_token_env: TEST_SLACK_APP, api_url: %q}\nchannels: {deals: {slack: %s}}", s.APIURL, fakeslack.ChannelID)
		scenario(t, newTeam(t, chats, &slackClient{t, s}))
	})
	t.Run("discord", func(t *testing.T) {
		s := fakediscord.New(t)
		t.Setenv("TEST_DISCORD", fakediscord.Token)
		chats := fmt.Sprintf("discord: {token_env: TEST_DISCORD, api_url: %q}\nchannels: {deals: {discord: %q}}", s.APIURL, fakediscord.ChannelID)
		scenario(t, newTeam(t, chats, &discordClient{t, s}))
	})
}

func newTeam(t testing.TB, chats string, c client) *team {
	press := newPress(t)
	tm := &team{t: t, site: press, client: c, db: filepath.Join(t.TempDir(), "pactwatch.db")}
	tm.config = fmt.Sprintf(`%s
database: %q
network: {allow_private: [127.0.0.0/8]}
sources: [{name: press, feed: %q, schedule: "@every 1h"}]
rules: [{name: pact, match: 'exclusive NEAR/12 cloud', channels: [deals], severity: high}]
`, chats, tm.db, press.URL)
	tm.start()
	return tm
}

// start runs the program until the test or stop ends it.
func (tm *team) start() {
	tm.t.Helper()
	c, err := ParseConfig("team.yaml", []byte(tm.config))
	if err != nil {
		tm.t.Fatal(err)
	}
	st, err := store.Open(tm.t.Context(), tm.db)
	if err != nil {
		tm.t.Fatal(err)
	}
	tm.p, err = wire(c, "team.yaml", st, tm.t.Output(), slog.New(slog.NewTextHandler(tm.t.Output(), nil)))
	if err != nil {
		tm.t.Fatal(err)
	}
	tm.p.watchers.Spread, tm.p.notifier.Gather, tm.p.notifier.Pace, tm.p.notifier.EditEvery = 0, 50*time.Millisecond, 0, 0
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- tm.p.run(ctx, nil, nil) }()
	stopped := false
	tm.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			tm.t.Errorf("the program ended with %v", err)
		}
		tm.disconnected()
		if err := st.Close(); err != nil {
			tm.t.Errorf("Close() = %v", err)
		}
	}
	tm.t.Cleanup(tm.stop)
	tm.eventually("the first poll", func() bool {
		cur, _, err := st.Source(tm.t.Context(), "press")
		return err == nil && !cur.LastOK.IsZero() && len(tm.p.Rules()) > 0
	})
	tm.connected()
}

// poll asks the press now, and waits until all that came of it is settled.
func (tm *team) poll() {
	tm.t.Helper()
	if _, err := tm.p.watchers.Poll(tm.t.Context(), "press"); err != nil {
		tm.t.Fatal(err)
	}
	tm.settled()
}

// settled waits until nothing is on its way any more. It looks at the stages in the order in which an
// article goes through them, so that none slips by.
func (tm *team) settled() {
	tm.t.Helper()
	tm.eventually("all deliveries to be settled", func() bool {
		before, err1 := tm.p.st.Counts(tm.t.Context())
		reported, err2 := tm.p.st.Reported(tm.t.Context(), 1)
		after, err3 := tm.p.st.Counts(tm.t.Context())
		waiting := after.Deliveries[news.Pending] + after.Deliveries[news.Sending] + after.Deliveries[news.Retry]
		return err1 == nil && err2 == nil && err3 == nil && before.Unread == 0 && len(reported) == 0 && waiting == 0
	})
}

func (tm *team) eventually(what string, done func() bool) {
	tm.t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			tm.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// wants fails the test unless a text has all the parts.
func (tm *team) wants(what, got string, parts ...string) {
	tm.t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			tm.t.Errorf("%s is\n%s\nwant %q in it", what, got, p)
		}
	}
}

// alert publishes a deal and returns its alert.
func (tm *team) alert() answer {
	tm.t.Helper()
	before := len(tm.public())
	tm.site.publish("Ledger Wire", pactTitle, pactText)
	tm.poll()
	all := tm.public()
	if len(all) != before+1 {
		tm.t.Fatalf("%d messages in the channel, want one more than %d", len(all), before)
	}
	return all[before]
}

func TestScenario8ARuleFromChatAlerts(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		added := tm.ask(true, `/watch add gigawatts name:power severity:low to:`+tm.channel())
		tm.wants("watch add", added.text, "r1 power", "gigawatts", "deals", "low", "Next check")
		tm.site.publish("Stackside", orderTitle, orderText)
		tm.poll()
		all := tm.public()
		if len(all) != 1 {
			t.Fatalf("%d messages, want the alert of the new rule", len(all))
		}
		tm.wants("the alert", all[0].text, orderTitle, "Stackside", "LOW", "r1 power")
	})
}

func TestScenario13AnEqualRuleIsNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		tm.ask(true, `/watch add "AGI clause"`)
		tm.wants("the same again", tm.ask(true, `/watch add “AGI clause”`).text, "r1")
		if n := len(tm.p.Records(news.RuleRecord)); n != 1 {
			t.Errorf("%d rules are stored, want 1", n)
		}
	})
}

func TestScenario14OthersAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		for _, line := range []string{`/watch add "AGI clause"`, "/watch pause pact", "/sources add https://example.org/", "/alerts mute pact", "/alerts digest off"} {
			tm.wants(line, tm.ask(false, line).text, "Only bot managers")
		}
		if cs, err := tm.p.st.Changes(t.Context(), 9); err != nil || len(cs) != 0 {
			t.Errorf("changes = %v, %v, want none", cs, err)
		}
	})
}

func TestScenario16UndoBringsARuleBack(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		tm.ask(true, `/watch add gigawatts`)
		removed := tm.ask(true, "/watch remove r1")
		if slices.ContainsFunc(tm.p.Rules(), hasName("r1")) {
			t.Fatal("the rule is still there")
		}
		tm.wants("Undo", tm.press(true, removed, "Undo").text, "Undone: rule r1")
		if !slices.ContainsFunc(tm.p.Rules(), hasName("r1")) {
			t.Error("the rule is not back")
		}
	})
}

func TestScenario17ATestPostsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		tm.alert()
		tested := tm.ask(false, `/alerts test exclusive`)
		tm.wants("watch test", tested.text, "A test: nothing is posted", "1 match", "alerted once", "exclusive")
		if n := len(tm.public()); n != 1 {
			t.Errorf("%d messages in the channel, want the alert only", n)
		}
	})
}

func TestScenario22PrivateAddressesAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		tm.wants("sources add", tm.ask(true, "/sources add http://169.254.169.254/").text, "cannot watch")
		if n := len(tm.p.Records(news.SourceRecord)); n != 0 {
			t.Errorf("%d sources are stored, want none", n)
		}
	})
}

func TestScenario23And24OneMessageThatGrows(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		tm.wants("the alert", tm.alert().text, pactTitle, "HIGH", "Ledger Wire", "1 outlet")
		tm.site.publish("Kestrel Business", againTitle, "Corvane commits to buy computing for $42 billion from Meridell, which is no longer its exclusive cloud.\n"+againText)
		tm.poll()
		all := tm.public()
		if len(all) != 1 {
			t.Fatalf("%d messages, want one", len(all))
		}
		tm.wants("the alert", all[0].text, "2 outlets", "Kestrel Business")
		if replies := tm.threads(); len(replies) != 1 || !strings.Contains(replies[0], "Kestrel Business") {
			t.Errorf("replies = %q, want one about Kestrel Business", replies)
		}
	})
}

func TestScenario29WhyIsForTheOneWhoAsks(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		why := tm.press(false, tm.alert(), "Why?")
		tm.wants("Why?", why.text, "pact:", `"exclusive" in the title`, "Ledger Wire", "because of pact")
		if n := len(tm.public()); n != 1 {
			t.Errorf("%d messages in the channel, want the alert only", n)
		}
	})
}

func TestScenario30To32MutingAStory(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		alert := tm.alert()
		tm.wants("pressed by somebody", tm.press(false, alert, "Mute story…").text, "Only bot managers")
		tm.stop()
		tm.start() // buttons outlive a restart
		muted := tm.press(true, alert, "Mute story…")
		tm.wants("Mute story…", muted.text, "is muted in deals until")
		tm.settled()
		tm.wants("the card", tm.public()[0].text, "muted by Ada")
		tm.site.publish("Kestrel Business", againTitle, againText)
		tm.poll()
		if all := tm.public(); len(all) != 1 || strings.Contains(all[0].text, "Kestrel") {
			t.Fatalf("a later outlet shows: %q", all[0].text)
		}
		tm.press(true, muted, "Undo")
		tm.settled()
		all := tm.public()
		tm.wants("the card after Undo", all[0].text, "Kestrel Business", "2 outlets")
		if strings.Contains(all[0].text, "muted by") || len(all) != 1 {
			t.Errorf("the card still says that it is muted: %q", all[0].text)
		}
	})
}

func TestScenario33TheRuleWasRemoved(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		tm.ask(true, `/watch add gigawatts`)
		tm.site.publish("Stackside", orderTitle, orderText)
		tm.poll()
		alert := tm.public()[0]
		tm.ask(true, "/watch remove r1")
		tm.wants("Mute rule…", tm.press(true, alert, "Mute rule…").text, "no longer exists")
	})
}

func TestScenario36ANewSourceIsABaseline(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		wire := newPress(t)
		wire.publish("Old Times", pactTitle, pactText)
		added := tm.ask(true, "/sources add "+wire.URL+"/")
		tm.wants("sources add", added.text, "src1", "1 item", "baseline is recorded")
		tm.settled()
		if n := len(tm.public()); n != 0 {
			t.Errorf("%d messages, want none", n)
		}
		wire.publish("New Times", againTitle, againText)
		if _, err := tm.p.watchers.Poll(t.Context(), "src1"); err != nil {
			t.Fatal(err)
		}
		tm.settled()
		if n := len(tm.public()); n != 1 {
			t.Errorf("%d messages after news, want one", n)
		}
	})
}

func TestSplitAndWrongMatchFromTheCard(t *testing.T) {
	onBoth(t, func(t *testing.T, tm *team) {
		tm.alert()
		tm.site.publish("Kestrel Business", againTitle, againText)
		tm.poll()
		tm.wants("Open sources", tm.press(false, tm.public()[0], "Open sources").text, "Ledger Wire", "Kestrel Business", againTitle)
		split := tm.press(true, tm.public()[0], "Not the same story")
		tm.wants("Not the same story", split.text, "a story of its own, s2")
		tm.settled()
		if n := len(tm.public()); n != 2 {
			t.Fatalf("%d messages, want two alerts", n)
		}
		tm.wants("Wrong match", tm.press(false, tm.public()[0], "Wrong match").text, "counts against pact")
		tm.wants("watch show", tm.ask(true, "/watch show pact").text, "called wrong once")
		tm.wants("audit", tm.ask(true, "/pactwatch audit").text, "wrong match")
		tm.wants("search", tm.ask(false, "/alerts search exclusive cloud").text, "a1", pactTitle)
	})
}

func hasName(name string) func(r bot.Rule) bool {
	return func(r bot.Rule) bool { return r.Name == name }
}

// The rest of the first scenario, alerts to the terminal without any token, is what the tests in
// run_test.go begin with.
func TestScenario1AMissingTokenIsNamedAndNoSecretIs(t *testing.T) {
	t.Setenv("TEST_SLACK_APP", fakeslack.AppToken)
	file := filepath.Join(t.TempDir(), "team.yaml")
	write(t, file, "slack: {bot_token_env: NO_SUCH_SLACK_TOKEN, app_token_env: TEST_SLACK_APP}\ndiscord: {token_file: no-such-token}\nchannels: {deals: {slack: C0123ABC, discord: \"1200\"}}", 0o644)
	var out, errs strings.Builder
	err := run(t.Context(), []string{"run", "--config", file}, strings.NewReader(""), &out, &errs)
	if err == nil || report(&errs, err) != 2 {
		t.Fatalf("run = %v, want it refused with 2", err)
	}
	for _, want := range []string{"NO_SUCH_SLACK_TOKEN", "the file of this secret cannot be read", "team.yaml:1:", "team.yaml:2:"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("said %q, want %q in it", errs.String(), want)
		}
	}
	if strings.Contains(errs.String()+out.String(), "canary") {
		t.Errorf("a secret is in %q", errs.String()+out.String())
	}
}

// PLATFORMS.md §7, scenarios 2 and 5: what can never work ends the program, in words.
func TestScenario2And5AMistakeInTheSetupEndsTheProgram(t *testing.T) {
	slack, discord := fakeslack.New(t), fakediscord.New(t)
	t.Setenv("TEST_SLACK_BOT", fakeslack.BotToken)
	t.Setenv("TEST_SLACK_APP", fakeslack.AppToken)
	t.Setenv("TEST_DISCORD", fakediscord.Token)
	slack.Fail("apps.connections.open", fakeslack.Says("not_allowed_token_type"), fakeslack.Says("not_allowed_token_type"), fakeslack.Says("not_allowed_token_type"))
	discord.SetInteractionsEndpoint("https://elsewhere.example/")
	for name, tt := range map[string]struct{ chats, want string }{
		"a token of another kind": {fmt.Sprintf("slack: {bot_token_env: TEST_SLACK_BOT, app_token_env: TEST_SLACK_APP, api_url: %q}", slack.APIURL), "app-level token, xapp-…"},
		"interactions elsewhere":  {fmt.Sprintf("discord: {token_env: TEST_DISCORD, api_url: %q}", discord.APIURL), "interactions_endpoint_url"},
	} {
		file := filepath.Join(t.TempDir(), "team.yaml")
		write(t, file, tt.chats+"\ndatabase: "+filepath.Join(t.TempDir(), "pactwatch.db")+"\nchannels: {here: {terminal: true}}\n", 0o644)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		err := run(ctx, []string{"run", "--config", file}, strings.NewReader(""), new(strings.Builder), new(strings.Builder))
		if ctx.Err() != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: run = %v, want it to end within 10 s with %q", name, err, tt.want)
		}
		cancel()
	}
}
