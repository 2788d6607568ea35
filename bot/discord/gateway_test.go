package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
)

// oneAlert is a store with one alert, and panics when it is asked for what it does not have.
type oneAlert struct{ bot.Store }

func (oneAlert) Alert(_ context.Context, id string) (news.Alert, error) {
	if id != "a102" {
		return news.Alert{}, news.ErrNotFound
	}
	return news.Alert{ID: id, Headline: "Halden **@here** deal", Channel: "board", Created: time.Unix(1764000000, 0)}, nil
}

func testDesk() *bot.Desk {
	rules := func() []news.Rule {
		return []news.Rule{{Name: "exclusivity", Match: "exclusive", Channels: []string{"board"}}}
	}
	return bot.NewDesk(oneAlert{}, rules, slog.New(slog.DiscardHandler))
}

func press(id, token, button string) *discordgo.Interaction {
	return &discordgo.Interaction{ID: id, Token: token, Type: discordgo.InteractionMessageComponent, Data: discordgo.MessageComponentInteractionData{CustomID: button}}
}

// httptestDead returns the address of an API that rejects every token.
func httptestDead(t *testing.T) string {
	srv := httptest.NewServer(answers(401, `{"code":0,"message":"401: Unauthorized"}`))
	t.Cleanup(srv.Close)
	return srv.URL
}

// serve runs d until the test ends, and returns the first connection to f.
func serve(t *testing.T, f *fakeDiscord, d *Discord) *websocket.Conn {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx, testDesk()) }()
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
	return connection(t, f)
}

func connection(t *testing.T, f *fakeDiscord) *websocket.Conn {
	t.Helper()
	select {
	case conn := <-f.gateways:
		t.Cleanup(func() { conn.Close() })
		return conn
	case <-time.After(5 * time.Second):
		t.Fatal("no connection after 5 s")
		return nil
	}
}

// interact sends an interaction of a type: 2 is a command, 3 a click.
func interact(t *testing.T, conn *websocket.Conn, id string, kind int, data string) {
	t.Helper()
	text := fmt.Sprintf(`{"op":0,"s":2,"t":"INTERACTION_CREATE","d":{"id":%q,"application_id":"900","type":%d,"token":"canary-interaction","data":%s}}`, id, kind, data)
	if err := conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// reply returns what the next answer shows.
func (f *fakeDiscord) reply(t *testing.T) string {
	t.Helper()
	select {
	case body := <-f.callback:
		return strings.Join(shown(body["data"].(map[string]any)), "")
	case <-time.After(3 * time.Second): // as long as Discord waits
		t.Fatal("no answer after 3 s")
		return ""
	}
}

func subcommands(names ...string) string {
	option := `[]`
	for i := len(names) - 1; i >= 0; i-- {
		kind := 1
		if i < len(names)-1 {
			kind = 2
		}
		option = fmt.Sprintf(`[{"name":%q,"type":%d,"options":%s}]`, names[i], kind, option)
	}
	return fmt.Sprintf(`{"id":"77","name":"pactwatch","options":%s}`, option)
}

func TestCommandsAndClicksAreAnsweredForOnePerson(t *testing.T) {
	f := newFake(t)
	d, log := newDiscord(t, f, true)
	conn := serve(t, f, d)
	for i, tt := range []struct {
		name string
		kind int
		data string
		want string
	}{
		{"a command in a group", 2, subcommands("watch", "list"), "• exclusivity → board"},
		{"a command by itself", 2, subcommands("help"), "You can ask"},
		{"with an argument", 2, `{"id":"77","name":"pactwatch","options":[{"name":"why","type":1,"options":[{"name":"alert","type":3,"value":"a102"}]}]}`, `Halden \*\*\@here\*\* deal`},
		{"an argument is missing", 2, subcommands("why"), "The alert is missing"},
		{"a click", 3, `{"custom_id":"v1:why:a102","component_type":2}`, "Posted in board"},
		{"an old button", 3, `{"custom_id":"v0:why:a102","component_type":2}`, "another version"},
		{"a panic", 2, subcommands("status"), `Something went wrong \(ref `},
	} {
		interact(t, conn, fmt.Sprint(i+1), tt.kind, tt.data)
		if got := f.reply(t); !strings.Contains(got, tt.want) {
			t.Errorf("%s: answered %q, want %q in it", tt.name, got, tt.want)
		}
	}
	interact(t, conn, "1", 2, subcommands("help")) // again
	select {
	case body := <-f.callback:
		t.Errorf("an interaction that came again was answered again: %v", body)
	case <-time.After(100 * time.Millisecond):
	}
	if strings.Contains(log.String(), "canary") {
		t.Errorf("a secret is in the log: %s", log.String())
	}
}

func TestTheCommandIsRegisteredOnceUnlessItChanges(t *testing.T) {
	f := newFake(t)
	d, _ := newDiscord(t, f, true)
	l := &listener{d: d, desk: testDesk()}
	for range 2 {
		if err := l.prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(f.called("POST commands")); n != 1 {
		t.Errorf("%d registrations, want 1", n)
	}
	golden(t, "command.json", f.called("POST commands")[0].body)
	f.commands[0] = json.RawMessage(strings.Replace(string(f.commands[0]), "The latest alerts", "Older words", 1))
	if err := l.prepare(t.Context()); err != nil || len(f.called("POST commands")) != 2 {
		t.Errorf("prepare = %v with %d registrations, want another after a change", err, len(f.called("POST commands")))
	}
}

func TestWhatEndsServeInWords(t *testing.T) {
	closes := func(code int) func(*websocket.Conn) {
		return func(c *websocket.Conn) {
			c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "no"), time.Now().Add(time.Second))
			c.Close()
		}
	}
	for _, tt := range []struct {
		name     string
		endpoint string
		greet    func(*websocket.Conn)
		want     string
		identify int
	}{
		{"interactions go elsewhere", "https://elsewhere.example/", nil, "interactions_endpoint_url", 0},
		{"token rejected", "", closes(4004), "token was rejected", 1},
		{"intents refused", "", closes(4014), "4014", 1},
	} {
		f := newFake(t)
		f.endpoint, f.greet = tt.endpoint, tt.greet
		d, _ := newDiscord(t, f, true)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		err := d.Serve(ctx, testDesk())
		cancel()
		if err == nil || !strings.Contains(err.Error(), tt.want) || f.identify != tt.identify {
			t.Errorf("%s: Serve = %v after %d IDENTIFY, want %q in it after %d", tt.name, err, f.identify, tt.want, tt.identify)
		}
	}
	d := New(Config{APIURL: httptestDead(t), Token: news.NewSecret(token)}, newClient(t), slog.New(slog.DiscardHandler))
	if err := d.Serve(t.Context(), testDesk()); err == nil || !strings.Contains(err.Error(), "token was rejected") {
		t.Errorf("Serve with a dead token = %v, want it said", err)
	}
}

func TestPostOnlyServesNothing(t *testing.T) {
	f := newFake(t)
	d, _ := newDiscord(t, f, false)
	if err := d.Serve(t.Context(), testDesk()); err != nil || len(f.called("")) > 0 {
		t.Errorf("Serve = %v after %d calls, want nil after none", err, len(f.called("")))
	}
}

func TestAConnectionThatBreaksIsMadeAnew(t *testing.T) {
	f := newFake(t)
	d, _ := newDiscord(t, f, true)
	conn := serve(t, f, d)
	conn.Close()
	interact(t, connection(t, f), "2", 2, subcommands("help"))
	f.reply(t)
	if n := len(f.called("POST commands")); n != 1 {
		t.Errorf("%d registrations, want 1", n)
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
