package discord

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	fakediscord "github.com/pactwatch/pactwatch/internal/fake/discord"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// oneAlert is a store with one alert, and panics when it is asked for what it does not have.
type oneAlert struct{ bot.Store }

func (oneAlert) Alert(_ context.Context, id string) (news.Alert, error) {
	if id != "a102" {
		return news.Alert{}, news.ErrNotFound
	}
	return news.Alert{ID: id, Headline: "Halden **@here** deal", Channel: "board", Created: time.Unix(1764000000, 0)}, nil
}

// oneRule is a house with one rule and one source, of which a check takes as long as slow says. It
// takes no changes.
type oneRule struct {
	bot.House
	slow time.Duration
	made chan []news.Change
}

func (oneRule) Rules() []bot.Rule {
	return []bot.Rule{{Rule: news.Rule{Name: "exclusivity", Match: "exclusive", Channels: []string{"board"}}, File: "config.yaml"}}
}

func (oneRule) Channels() []bot.Channel {
	return []bot.Channel{{Name: "board", Title: "board", Destinations: []news.Destination{{Channel: "board", Platform: "discord", Target: fakediscord.ChannelID}}}}
}

func (oneRule) Sources(context.Context) ([]bot.Source, error) {
	return []bot.Source{{Name: "ledger", Title: "ledger"}}, nil
}

func (oneRule) Records(news.RecordKind) []news.Record { return nil }

func (h oneRule) Poll(ctx context.Context, _ string) (bot.Polled, error) {
	select {
	case <-ctx.Done():
	case <-time.After(h.slow):
	}
	return bot.Polled{}, fmt.Errorf("HTTP status 503")
}

func (h oneRule) Change(_ context.Context, changes []news.Change) ([]news.Change, error) {
	for i := range changes {
		changes[i].ID, changes[i].Key = "x1", "r1"
	}
	h.made <- changes
	return changes, nil
}

func (oneRule) Lists() rule.Lists { return nil }

func (oneRule) Backtest(context.Context, news.Rule, time.Time) (bot.Backtest, error) {
	return bot.Backtest{Days: []int{0}}, nil
}

func testDesk(h oneRule) *bot.Desk {
	return bot.NewDesk(oneAlert{}, h, slog.New(slog.DiscardHandler))
}

var (
	ada = fakediscord.Person{ID: "2000000000000000001", Name: "Ada", Permissions: fakediscord.ManageGuild}
	bo  = fakediscord.Person{ID: "2000000000000000002", Name: "Bo"}
)

// serve runs a bot against a guild until the test ends.
func serve(t *testing.T, h oneRule) (*fakediscord.Server, *Discord, *logBuffer) {
	s := fakediscord.New(t)
	d, log := newGuildBot(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx, testDesk(h)) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Serve = %v after its context ended, want nil", err)
			}
		case <-time.After(5 * time.Second):
			t.Error("Serve still runs 5 s after its context ended")
		}
	})
	s.Connected()
	return s, d, log
}

func newGuildBot(t *testing.T, s *fakediscord.Server) (*Discord, *logBuffer) {
	var log logBuffer
	return New(Config{APIURL: s.APIURL, Token: news.NewSecret(fakediscord.Token)}, newClient(t), slog.New(slog.NewTextHandler(&log, nil))), &log
}

// run picks a command and returns what its answer shows.
func run(t *testing.T, s *fakediscord.Server, by fakediscord.Person, name string, options map[string]string) fakediscord.Message {
	t.Helper()
	i, err := s.Command(by, fakediscord.ChannelID, name, options)
	if err != nil {
		t.Fatal(err)
	}
	m := i.Answer(10 * time.Second)
	if !m.Ephemeral() {
		t.Errorf("/%s is answered for all to see", name)
	}
	return m
}

func TestCommandsAndClicksAreAnsweredForOnePerson(t *testing.T) {
	s, _, log := serve(t, oneRule{})
	for _, tt := range []struct {
		name    string
		options map[string]string
		want    string
	}{
		{"alerts rules", nil, "exclusivity → board"},
		{"pactwatch help", nil, "You can ask"},
		{"pactwatch why", map[string]string{"what": "a102"}, `Halden \*\*\@here\*\* deal`},
		{"pactwatch status", nil, `Something went wrong \(ref `}, // the store panics
	} {
		if got := run(t, s, bo, tt.name, tt.options).Text(); !strings.Contains(got, tt.want) {
			t.Errorf("/%s: answered %q, want %q in it", tt.name, got, tt.want)
		}
	}
	again, err := s.Command(bo, fakediscord.ChannelID, "pactwatch help", nil)
	if err != nil {
		t.Fatal(err)
	}
	again.Answer(5 * time.Second)
	calls := len(s.Calls("POST callback"))
	again.Redeliver()
	time.Sleep(100 * time.Millisecond)
	if n := len(s.Calls("POST callback")); n != calls {
		t.Errorf("an interaction that came again was answered again: %d answers, want %d", n, calls)
	}
	if strings.Contains(log.String(), "canary") {
		t.Errorf("a secret is in the log: %s", log.String())
	}
}

func TestScenario31ButtonsCheckWhoPresses(t *testing.T) {
	s, _, _ := serve(t, oneRule{})
	for id, want := range map[string]string{
		"v1:why:a102": "Posted in board", "v0:why:a102": "another version", "v1:mute-story:a102": "Only bot managers", "v1:again:7": "Open it anew",
	} {
		m := s.PressID(bo, fakediscord.Message{ID: "1", Channel: fakediscord.ChannelID}, id).Answer(5 * time.Second)
		if got := m.Text(); !strings.Contains(got, want) || !m.Ephemeral() {
			t.Errorf("press of %s: answered %q, want %q in it, for one person", id, got, want)
		}
	}
}

func TestScenario6CommandsAreRegisteredOnceUnlessTheyChange(t *testing.T) {
	s := fakediscord.New(t)
	d, _ := newGuildBot(t, s)
	l := &listener{d: d, desk: testDesk(oneRule{})}
	for range 2 {
		if err := l.prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.Calls("PUT commands")); n != 1 {
		t.Errorf("%d registrations, want 1", n)
	}
	golden(t, "commands.json", definitions(l.desk.Commands(), true))
	s.SetCommands(s.Commands()[1:]...)
	if err := l.prepare(t.Context()); err != nil || len(s.Calls("PUT commands")) != 2 {
		t.Errorf("prepare = %v with %d registrations, want another after a change", err, len(s.Calls("PUT commands")))
	}
}

// PLATFORMS.md §7, scenarios 4 and 5.
func TestScenario4And5WhatEndsServeInWords(t *testing.T) {
	for _, tt := range []struct {
		name     string
		set      func(s *fakediscord.Server)
		want     string
		identify int
	}{
		{"interactions go elsewhere", func(s *fakediscord.Server) { s.SetInteractionsEndpoint("https://elsewhere.example/") }, "interactions_endpoint_url", 0},
		{"token rejected", func(s *fakediscord.Server) { s.Greet(4004) }, "token was rejected", 1},
		{"intents refused", func(s *fakediscord.Server) { s.Greet(4014) }, "4014", 1},
		{"token reset", func(s *fakediscord.Server) { s.ResetToken() }, "token was rejected", 0},
	} {
		s := fakediscord.New(t)
		tt.set(s)
		d, _ := newGuildBot(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		err := d.Serve(ctx, testDesk(oneRule{}))
		cancel()
		if got := d.Health(); !strings.Contains(got, tt.want) || strings.HasPrefix(got, "refused") {
			t.Errorf("%s: Health = %q, want %q in it", tt.name, got, tt.want)
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) || s.Identified() != tt.identify {
			t.Errorf("%s: Serve = %v after %d IDENTIFY, want %q in it after %d", tt.name, err, s.Identified(), tt.want, tt.identify)
		}
	}
}

func TestPostOnlyServesNothing(t *testing.T) {
	f := fakediscord.New(t)
	d, _ := newDiscord(t, f, false)
	if err := d.Serve(t.Context(), testDesk(oneRule{})); err != nil || len(f.Calls("")) > 0 {
		t.Errorf("Serve = %v after %d calls, want nil after none", err, len(f.Calls("")))
	}
}

func TestAConnectionThatBreaksIsMadeAnew(t *testing.T) {
	s, d, _ := serve(t, oneRule{})
	run(t, s, bo, "pactwatch help", nil)
	if got := d.Health(); got != "" {
		t.Errorf("Health of a connection that is well = %q", got)
	}
	s.Disconnect(4000)
	for start := time.Now(); d.Health() != "disconnected"; time.Sleep(time.Millisecond) {
		if time.Since(start) > 5*time.Second {
			t.Fatalf("Health without a connection = %q after 5 s", d.Health())
		}
	}
	s.Connected()
	run(t, s, bo, "pactwatch help", nil)
	if n := len(s.Calls("PUT commands")); n != 1 {
		t.Errorf("%d registrations, want 1", n)
	}
}

func TestScenario20ASlowAnswerIsPromisedAndFollows(t *testing.T) {
	s, _, _ := serve(t, oneRule{slow: 2500 * time.Millisecond})
	i, err := s.Command(ada, fakediscord.ChannelID, "sources check", map[string]string{"source": "ledger"})
	if err != nil {
		t.Fatal(err)
	}
	if first := i.First(); first.Type != fakediscord.TypeDeferred {
		t.Errorf("the first response is of type %d after %s, want a promise", first.Type, first.After)
	}
	if got := i.Answer(5 * time.Second).Text(); !strings.Contains(got, `ledger failed\: HTTP status 503`) {
		t.Errorf("the answer is %q", got)
	}
}

func TestScenario19CompletionComesFromMemory(t *testing.T) {
	s, _, _ := serve(t, oneRule{})
	i, err := s.Autocomplete(ada, fakediscord.ChannelID, "watch show", map[string]string{"rule": "exc"}, "rule")
	if err != nil {
		t.Fatal(err)
	}
	if got := i.Choices(); len(got) != 1 || !strings.HasPrefix(got[0], "exclusivity") {
		t.Errorf("choices = %q, want exclusivity", got)
	}
	i, err = s.Autocomplete(ada, fakediscord.ChannelID, "pactwatch why", map[string]string{"what": "a"}, "what")
	if err != nil {
		t.Fatal(err)
	}
	if got := i.Choices(); len(got) != 0 { // the store panics
		t.Errorf("choices = %q, want none", got)
	}
}

func TestAFormSaysWhatIsWrongAndKeepsWhatWasTyped(t *testing.T) {
	made := make(chan []news.Change, 1)
	s, _, _ := serve(t, oneRule{made: made})
	open := s.PressID(ada, fakediscord.Message{ID: "1", Channel: fakediscord.ChannelID}, bot.NewRuleForm)
	bad, err := open.Submit(map[string]string{"query": "revenue NEAR/", "name": "share"})
	if err != nil {
		t.Fatal(err)
	}
	m := bad.Answer(5 * time.Second)
	if !strings.Contains(m.Text(), "Nothing is saved yet") {
		t.Errorf("a wrong rule is answered %q", m.Text())
	}
	again, err := s.Press(ada, m, "Correct it")
	if err != nil {
		t.Fatal(err)
	}
	good, err := again.Submit(map[string]string{"query": "revenue share"}) // the name is still there
	if err != nil {
		t.Fatal(err)
	}
	if got := good.Answer(5 * time.Second).Text(); !strings.Contains(got, "r1 share is on") {
		t.Errorf("the corrected form is answered %q", got)
	}
	if c := <-made; len(c) != 1 || !strings.Contains(string(c[0].After), "revenue share") {
		t.Errorf("stored %v", c)
	}
}

// PLATFORMS.md §7, scenario 15.
func TestScenario15AChannelSaysExactlyWhatIsMissing(t *testing.T) {
	s := fakediscord.New(t)
	d, _ := newGuildBot(t, s)
	s.AddChannel(fakediscord.Channel{ID: "1201", Name: "quiet", Overwrites: []fakediscord.Overwrite{
		{ID: fakediscord.GuildID, Deny: fakediscord.EmbedLinks | fakediscord.CreatePublicThreads},
		{ID: fakediscord.BotID, Member: true, Allow: fakediscord.CreatePublicThreads},
	}})
	for channel, want := range map[string]string{fakediscord.ChannelID: "", "1201": "missing Embed Links"} {
		p, err := d.Place(t.Context(), channel)
		if err != nil || p.Trouble != want {
			t.Errorf("Place(%s) = %+v, %v, want trouble %q", channel, p, err, want)
		}
	}
	if _, err := d.Place(t.Context(), "404"); err != news.ErrNotFound {
		t.Errorf("Place of no channel = %v, want ErrNotFound", err)
	}
	to := news.Destination{Target: fakediscord.ChannelID}
	if got, want := d.Permalink(to, "1300"), "https://discord.com/channels/"+fakediscord.GuildID+"/"+fakediscord.ChannelID+"/1300"; got != want {
		t.Errorf("Permalink = %q, want %q", got, want)
	}
}

func TestOnlyAPersonsChoicePings(t *testing.T) {
	s := fakediscord.New(t)
	d, _ := newGuildBot(t, s)
	del := delivery(news.KindAlert, readCard(t, "alert.json"))
	del.Destination.Target = fakediscord.ChannelID
	del.Card.Mentions = []string{"slack:U0000ADA", "discord:2000000000000000001", "discord:&2200000000000000000", "discord:everyone", "discord:2000000000000000001"}
	id, err := d.Post(t.Context(), del)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.Message(id).Notified); got != "[2000000000000000001 &2200000000000000000]" {
		t.Errorf("the alert notifies %s", got)
	}
}

func TestIdentifyBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var identified []time.Time
		start := time.Now()
		for range 100 {
			time.Sleep(untilBudget(identified, time.Now()))
			identified = append(identified, time.Now())
		}
		if took := time.Since(start); took != 3*identifyWindow {
			t.Errorf("100 IDENTIFY took %s, want 3h: 30 an hour", took)
		}
	})
}
