package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
)

// emptyStore has one alert, and panics when it is asked for what it does not have.
type emptyStore struct{ bot.Store }

func (emptyStore) Alert(_ context.Context, id string) (news.Alert, error) {
	if id != "a102" {
		return news.Alert{}, news.ErrNotFound
	}
	return news.Alert{ID: id, Headline: "Halden <!here> deal", Channel: "deals", Created: time.Unix(1764000000, 0)}, nil
}

func testDesk() *bot.Desk {
	rules := func() []news.Rule {
		return []news.Rule{{Name: "exclusivity", Match: "exclusive", Channels: []string{"deals"}}}
	}
	return bot.NewDesk(emptyStore{}, rules, slog.New(slog.DiscardHandler))
}

// serve runs s until the test ends, and returns the first connection to f.
func serve(t *testing.T, f *fakeSlack, s *Slack) *websocket.Conn {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, testDesk()) }()
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

func connection(t *testing.T, f *fakeSlack) *websocket.Conn {
	t.Helper()
	select {
	case conn := <-f.sockets:
		t.Cleanup(func() { conn.Close() })
		return conn
	case <-time.After(5 * time.Second):
		t.Fatal("no connection after 5 s")
		return nil
	}
}

// envelope sends an envelope and fails unless its acknowledgement follows.
func envelope(t *testing.T, conn *websocket.Conn, id, kind, payload string) {
	t.Helper()
	text := fmt.Sprintf(`{"envelope_id":%q,"type":%q,"accepts_response_payload":true,"payload":%s}`, id, kind, payload)
	if err := conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(3 * time.Second)) // as long as Slack waits
	var ack struct {
		EnvelopeID string `json:"envelope_id"`
	}
	if err := conn.ReadJSON(&ack); err != nil || ack.EnvelopeID != id {
		t.Fatalf("acknowledgement of %s: %+v, %v", id, ack, err)
	}
}

func (f *fakeSlack) reply(t *testing.T) map[string]any {
	t.Helper()
	select {
	case r := <-f.replies:
		return r
	case <-time.After(5 * time.Second):
		t.Fatal("no answer after 5 s")
		return nil
	}
}

func (f *fakeSlack) noReply(t *testing.T) {
	t.Helper()
	select {
	case r := <-f.replies:
		t.Errorf("an answer that nobody asked for: %v", r)
	case <-time.After(100 * time.Millisecond):
	}
}

func slash(f *fakeSlack, command, text string) string {
	payload, _ := json.Marshal(map[string]string{"command": command, "text": text, "response_url": f.URL + "/respond", "user_id": "U1", "channel_id": "C1"})
	return string(payload)
}

func click(f *fakeSlack, action string) string {
	payload, _ := json.Marshal(map[string]any{
		"type": "block_actions", "response_url": f.URL + "/respond",
		"actions": []map[string]string{{"type": "button", "action_id": action, "block_id": "b"}},
	})
	return string(payload)
}

func TestCommandsAndClicksAreAnsweredForOnePerson(t *testing.T) {
	f := newFake(t)
	s, _ := newSlack(t, f, appToken)
	conn := serve(t, f, s)
	for i, tt := range []struct{ name, kind, payload, want string }{
		{"a command", "slash_commands", slash(f, "/pactwatch", "watch show exclusivity"), "exclusivity (normal) → deals\nexclusive"},
		{"its alias", "slash_commands", slash(f, "/watch", "list"), "1 rule:\n• exclusivity → deals"},
		{"nothing", "slash_commands", slash(f, "/pactwatch", ""), "You can ask:"},
		{"markup in the answer", "interactive", click(f, "v1:why:a102"), "Halden &lt;!here&gt; deal"},
		{"an old button", "interactive", click(f, "v0:why:a102"), "another version"},
		{"a panic", "slash_commands", slash(f, "/pactwatch", "status"), "Something went wrong (ref "},
	} {
		envelope(t, conn, fmt.Sprint("e", i), tt.kind, tt.payload)
		r := f.reply(t)
		if text, _ := r["text"].(string); !strings.Contains(text, tt.want) {
			t.Errorf("%s: answered %q, want %q in it", tt.name, text, tt.want)
		}
		if r["response_type"] != "ephemeral" || r["replace_original"] != false {
			t.Errorf("%s: response_type %v, replace_original %v, want ephemeral and false", tt.name, r["response_type"], r["replace_original"])
		}
	}
	envelope(t, conn, "link", "interactive", click(f, openButton))
	f.noReply(t)
}

func TestAnEnvelopeThatComesAgainIsHandledOnce(t *testing.T) {
	f := newFake(t)
	s, _ := newSlack(t, f, appToken)
	conn := serve(t, f, s)
	envelope(t, conn, "e1", "slash_commands", slash(f, "/pactwatch", "help"))
	f.reply(t)
	envelope(t, conn, "e1", "slash_commands", slash(f, "/pactwatch", "help"))
	f.noReply(t)

	conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"disconnect","reason":"refresh_requested"}`))
	conn = connection(t, f)
	envelope(t, conn, "e1", "slash_commands", slash(f, "/pactwatch", "help"))
	f.noReply(t)
	envelope(t, conn, "e2", "slash_commands", slash(f, "/pactwatch", "help"))
	f.reply(t)
}

func TestAWrongAppTokenEndsServeInWords(t *testing.T) {
	for _, tt := range []struct {
		name, app, says, want string
		calls                 int
	}{
		{"a bot token", botToken, "", "xapp-", 0},
		{"refused type", appToken, "not_allowed_token_type", "connections:write", 1},
		{"missing scope", appToken, "missing_scope", "missing_scope", 1},
		{"revoked", appToken, "token_revoked", "revoked", 1},
	} {
		f := newFake(t)
		f.next(answers(200, `{"ok":false,"error":"`+tt.says+`"}`))
		s, _ := newSlack(t, f, tt.app)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		err := s.Serve(ctx, testDesk())
		cancel()
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Serve = %v, want %q in it", tt.name, err, tt.want)
		}
		if n := len(f.called("apps.connections.open")); n != tt.calls {
			t.Errorf("%s: %d calls, want %d", tt.name, n, tt.calls)
		}
	}
}

func TestWithoutAppTokenThereIsNothingToServe(t *testing.T) {
	f := newFake(t)
	s, _ := newSlack(t, f, "")
	if err := s.Serve(t.Context(), testDesk()); err != nil || len(f.called("")) > 0 {
		t.Errorf("Serve = %v after %d calls, want nil after none", err, len(f.called("")))
	}
}

func TestAConnectionThatBreaksIsMadeAnewAndTellsNoSecret(t *testing.T) {
	f := newFake(t)
	s, log := newSlack(t, f, appToken)
	f.next(answers(http.StatusInternalServerError, ""))
	conn := serve(t, f, s)
	conn.Close()
	envelope(t, connection(t, f), "e1", "slash_commands", slash(f, "/pactwatch", "help"))
	f.reply(t)
	if strings.Contains(log.String(), "canary") {
		t.Errorf("a secret is in the log: %s", log.String())
	}
}

func TestTypedReadsWhatSlackMadeOfIt(t *testing.T) {
	for in, want := range map[string]string{
		"why <https://northwind.example/a?b=1&amp;c=2>":         "why https://northwind.example/a?b=1&c=2",
		"why <https://northwind.example/a|northwind.example/a>": "why https://northwind.example/a",
		`add “AGI clause” ‘x’ «y»`:                              `add "AGI clause" 'x' "y"`,
		`add "AT&amp;T deal" to:<#C123|ai-deals>`:               `add "AT&T deal" to:<#C123|ai-deals>`,
		"a\u00a0b &lt;c":         "a b <c",
		"twice &amp;lt; escaped": "twice &lt; escaped",
		"open < bracket":         "open < bracket",
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
	m := renderAnswer(lines)
	raw, _ := json.Marshal(m.blocks)
	var blocks []any
	json.Unmarshal(raw, &blocks)
	if faults := blockFaults(blocks); len(faults) > 0 || bot.Units(m.text) > maxText || !strings.Contains(m.text, " more") {
		t.Errorf("1000 lines: %s, text of %d units ending %q", faults, bot.Units(m.text), m.text[len(m.text)-20:])
	}
}

func TestLimitsAreThoseOfTheList(t *testing.T) {
	var list struct {
		Header struct {
			Text struct {
				Max int `json:"max_length"`
			}
		}
		Text struct {
			Max int `json:"max_length"`
		}
	}
	if !shared(t, "specs/slackblocks/spec/limits.json", &list) {
		t.Skip("nothing to compare with")
	}
	if list.Header.Text.Max != maxHeader || list.Text.Max != maxObject {
		t.Errorf("header %d, text %d; the list has %d and %d", maxHeader, maxObject, list.Header.Text.Max, list.Text.Max)
	}
}
