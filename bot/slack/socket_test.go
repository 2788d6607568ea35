package slack

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// Ada is an admin of the workspace, Bo is not, Cy is a guest.
var (
	ada = fakeslack.Person{ID: "U0000ADA", Name: "Ada", Admin: true, Zone: "Europe/Berlin"}
	bo  = fakeslack.Person{ID: "U00000BO", Name: "Bo"}
	cy  = fakeslack.Person{ID: "U00000CY", Name: "Cy", Guest: true}
)

// emptyStore has one alert, and panics when it is asked for what it does not have.
type emptyStore struct{ bot.Store }

func (emptyStore) Alert(_ context.Context, id string) (news.Alert, error) {
	if id != "a102" {
		return news.Alert{}, news.ErrNotFound
	}
	return news.Alert{ID: id, Headline: "Halden <!here> deal", Channel: "deals", Created: time.Unix(1764000000, 0)}, nil
}

func (emptyStore) AlertsOf(context.Context, string) (int, error)          { return 0, nil }
func (emptyStore) AlertTitles(context.Context, int) ([]news.Alert, error) { return nil, nil }
func (emptyStore) ChangesOf(context.Context, news.RecordKind, string) ([]news.Change, error) {
	return nil, nil
}

// A house has the rules that its test gives it, and keeps what is made.
type house struct {
	bot.House
	rules []bot.Rule
	slow  time.Duration // to poll a source

	mu   sync.Mutex
	made []news.Change
}

func (h *house) Rules() []bot.Rule                             { return h.rules }
func (h *house) Lists() rule.Lists                             { return nil }
func (h *house) Sources(context.Context) ([]bot.Source, error) { return h.SourceNames(), nil }
func (h *house) Records(news.RecordKind) []news.Record         { return nil }
func (h *house) Troubles(context.Context) []string             { return nil }
func (h *house) Settings(string) []bot.Setting                 { return nil }
func (h *house) SourceNames() []bot.Source {
	return []bot.Source{{Name: "northwind", Title: "Northwind Business"}, {Name: "ledger", Title: "The Ledger Post"}}
}

func (h *house) Channels() []bot.Channel {
	return []bot.Channel{{Name: "deals", Title: "#ai-deals", Destinations: []news.Destination{{Channel: "deals", Platform: "slack", Target: fakeslack.ChannelID}}}}
}

func (h *house) Change(_ context.Context, changes []news.Change) ([]news.Change, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range changes {
		changes[i].ID, changes[i].Key = fmt.Sprintf("x%d", len(h.made)+1), "r7"
		h.made = append(h.made, changes[i])
	}
	return changes, nil
}

func (h *house) changes() []news.Change {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.made)
}

func (h *house) Backtest(_ context.Context, _ news.Rule, since time.Time) (bot.Backtest, error) {
	return bot.Backtest{Since: since, Articles: 10, Days: make([]int, 8)}, nil
}

func (h *house) Poll(context.Context, string) (bot.Polled, error) {
	time.Sleep(h.slow)
	return bot.Polled{}, nil
}

func newHouse() *house {
	return &house{rules: []bot.Rule{{Rule: news.Rule{Name: "exclusivity", Match: "exclusive", Channels: []string{"deals"}, Severity: news.Normal}}}}
}

func deskOf(h *house, s *Slack) *bot.Desk {
	desk := bot.NewDesk(emptyStore{}, h, slog.New(slog.DiscardHandler))
	desk.Platforms = map[string]bot.Platform{"slack": s}
	return desk
}

// serve runs s until stop is called, or the test ends.
func serve(t *testing.T, s *Slack, h *house) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, deskOf(h, s)) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Serve = %v after its context ended, want nil", err)
			}
		case <-time.After(8 * time.Second):
			t.Error("Serve still runs 8 s after its context ended")
		}
	})
	t.Cleanup(stop)
	return stop
}

// serving returns a workspace in which the bot answers over Socket Mode, and what it is made of.
func serving(t *testing.T) (*fakeslack.Server, *house, *logBuffer) {
	f, h := fakeslack.New(t), newHouse()
	s, log := newSlack(t, f, fakeslack.AppToken)
	serve(t, s, h)
	f.Connected(2)
	return f, h, log
}

const soon = 5 * time.Second

func TestCommandsAreAnsweredForOnePerson(t *testing.T) {
	f, _, _ := serving(t)
	for _, tt := range []struct{ name, line, want string }{
		{"a command", "/pactwatch watch show exclusivity", "exclusivity"},
		{"its alias", "/watch list", "1 rule:"},
		{"nothing", "/pactwatch", "/pactwatch"},
		{"markup in the answer", "/pactwatch why a102", "Halden &lt;!here&gt; deal"},
	} {
		m := f.Command(bo, fakeslack.ChannelID, tt.line).Answer(soon)
		if !strings.Contains(m.Text, tt.want) || m.To != bo.ID {
			t.Errorf("%s: answered %q to %q, want %q in it to Bo alone", tt.name, m.Text, m.To, tt.want)
		}
	}
}

func TestScenario3NothingIsHandledTwiceAcrossAReconnect(t *testing.T) {
	f, _, _ := serving(t)
	first := f.Command(bo, fakeslack.ChannelID, "/pactwatch help")
	first.Answer(soon)
	first.Redeliver()
	f.Refresh()
	next := f.Command(bo, fakeslack.ChannelID, "/watch list")
	next.Answer(soon)
	f.Connected(2)
	first.Redeliver()
	first.Redeliver() // over the other connection
	f.Command(bo, fakeslack.ChannelID, "/pactwatch help").Answer(soon)
	if n := len(f.Answers()); n != 3 {
		t.Errorf("%d answers to three commands, want 3", n)
	}
}

func TestWhatAnEarlierProcessHandledIsNotHandledAgain(t *testing.T) {
	f, h := fakeslack.New(t), newHouse()
	var mu sync.Mutex
	kept := map[string]bool{}
	handled := func(_ context.Context, id string) (bool, error) {
		mu.Lock()
		defer mu.Unlock()
		again := kept[id]
		kept[id] = true
		return again, nil
	}
	process := func() (stop func()) {
		s, _ := newSlack(t, f, fakeslack.AppToken)
		s.Handled = handled
		stop = serve(t, s, h)
		f.Connected(2)
		return stop
	}
	stop := process()
	first := f.Command(bo, fakeslack.ChannelID, "/pactwatch help")
	first.Answer(soon)
	stop()
	for f.Connections() > 0 { // what Slack sends to a connection that is gone does not arrive
		time.Sleep(time.Millisecond)
	}
	process()
	first.Redeliver()
	f.Command(bo, fakeslack.ChannelID, "/watch list").Answer(soon)
	if n := len(f.Answers()); n != 2 {
		t.Errorf("%d answers to two commands, want 2", n)
	}
}

func TestOneConnectionIsOpenWhileTheOtherIsMadeAnew(t *testing.T) {
	f, _, _ := serving(t)
	for range 3 {
		f.Refresh()
		if n := f.Connections(); n < 1 {
			t.Errorf("%d connections during the hand-over, want one at least", n)
		}
		f.Command(bo, fakeslack.ChannelID, "/pactwatch help").Answer(soon)
		f.Connected(2)
	}
}

func TestScenario2AWrongAppTokenEndsServeInWords(t *testing.T) {
	for _, tt := range []struct {
		name, app, says, want string
		calls                 int
	}{
		{"a bot token", fakeslack.BotToken, "", "xapp-", 0},
		{"refused type", fakeslack.AppToken, "not_allowed_token_type", "connections:write", 1},
		{"missing scope", fakeslack.AppToken, "missing_scope", "missing_scope", 1},
		{"revoked", fakeslack.AppToken, "token_revoked", "revoked", 1},
	} {
		f := fakeslack.New(t)
		f.Fail("apps.connections.open", fakeslack.Says(tt.says))
		s, _ := newSlack(t, f, tt.app)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		err := s.Serve(ctx, deskOf(newHouse(), s))
		cancel()
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Serve = %v, want %q in it", tt.name, err, tt.want)
		}
		if n := len(f.Calls("apps.connections.open")); n != tt.calls {
			t.Errorf("%s: %d calls, want %d", tt.name, n, tt.calls)
		}
	}
}

func TestWithoutAppTokenThereIsNothingToServe(t *testing.T) {
	f := fakeslack.New(t)
	s, _ := newSlack(t, f, "")
	if err := s.Serve(t.Context(), deskOf(newHouse(), s)); err != nil || len(f.Calls("")) > 0 {
		t.Errorf("Serve = %v after %d calls, want nil after none", err, len(f.Calls("")))
	}
}

func TestAConnectionThatBreaksIsMadeAnewAndTellsNoSecret(t *testing.T) {
	f, h := fakeslack.New(t), newHouse()
	f.Fail("apps.connections.open", answers(500, ""))
	s, log := newSlack(t, f, fakeslack.AppToken)
	serve(t, s, h)
	f.Connected(2)
	f.Cut()
	f.Command(bo, fakeslack.ChannelID, "/pactwatch help").Answer(10 * time.Second)
	if strings.Contains(log.String(), "canary") {
		t.Errorf("a secret is in the log: %s", log)
	}
}

// slack-go refuses an event that it does not know. It has to be acknowledged all the same.
func TestAnUnknownEventIsAcknowledged(t *testing.T) {
	f, _, _ := serving(t)
	f.Event(map[string]any{"type": "something_new", "channel": map[string]any{"id": "C1"}}).Ack()
}

func TestHealthSaysWhetherCommandsArrive(t *testing.T) {
	f := fakeslack.New(t)
	s, _ := newSlack(t, f, fakeslack.AppToken)
	if got := s.Health(); got != "" {
		t.Errorf("Health before anything is to be served = %q, want none", got)
	}
	stop := serve(t, s, newHouse())
	f.Connected(2)
	waitFor(t, "health", func() bool { return s.Health() == "" })
	f.Fail("apps.connections.open", answers(500, ""), answers(500, ""))
	f.Cut()
	waitFor(t, "word of the lost connection", func() bool { return strings.Contains(s.Health(), "disconnected") })
	f.Connected(2)
	waitFor(t, "health", func() bool { return s.Health() == "" })
	stop()
}
