package slack

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
	"github.com/pactwatch/pactwatch/internal/news"
)

// listening returns a workspace in which the bot takes signed requests, and its address.
func listening(t *testing.T) (*fakeslack.Server, *house, string) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	f, h := fakeslack.New(t), newHouse()
	s, _ := configured(t, f, Config{Listen: address, SigningSecret: news.NewSecret(fakeslack.SigningSecret)})
	serve(t, s, h)
	waitFor(t, "listener", func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	f.UseHTTP("http://" + address)
	return f, h, "http://" + address
}

func TestSignedRequestsAreAnsweredAsOverASocket(t *testing.T) {
	f, h, _ := listening(t)
	m := f.Command(bo, fakeslack.ChannelID, "/watch list").Answer(soon)
	if !strings.Contains(m.Text, "1 rule") {
		t.Errorf("answer %q, want one rule", m.Text)
	}
	v := f.Command(ada, fakeslack.ChannelID, "/watch add").Modal()
	if _, faults, err := f.Submit(ada, v, map[string]string{"query": "("}); err != nil || faults["query"] == "" {
		t.Errorf("Submit of a broken rule: %v, %v, want a fault", faults, err)
	}
	i, faults, err := f.Submit(ada, v, map[string]string{"query": "merger"})
	if err != nil || len(faults) > 0 {
		t.Fatalf("Submit: %v, %v", faults, err)
	}
	if m := i.Answer(soon); !strings.Contains(m.Text, "r7") || len(h.changes()) != 1 {
		t.Errorf("answer %q and %d changes, want the rule's ID and one", m.Text, len(h.changes()))
	}
	f.OpenHome(ada).Ack()
	waitFor(t, "home page", func() bool { return f.Home(ada.ID).ID != "" })
	if n := len(f.Calls("apps.connections.open")); n != 0 {
		t.Errorf("%d connections were opened, want none", n)
	}
}

func TestASignedRequestThatComesAgainIsHandledOnce(t *testing.T) {
	f, _, _ := listening(t)
	i := f.Command(bo, fakeslack.ChannelID, "/watch list")
	i.Answer(soon)
	i.Redeliver()
	f.Invite(ada, fakeslack.ChannelID)
	again := f.Event(map[string]any{"type": "member_joined_channel", "user": fakeslack.BotUserID, "channel": fakeslack.ChannelID, "inviter": ada.ID})
	again.Ack()
	f.SameEvent(again).Ack()
	f.Command(bo, fakeslack.ChannelID, "/pactwatch help").Answer(soon)
	waitFor(t, "two welcomes", func() bool { return len(f.Public(fakeslack.ChannelID)) == 2 })
	if n := len(f.Answers()); n != 2 {
		t.Errorf("%d answers to two commands, want 2", n)
	}
}

func TestWhatSlackDidNotSignIsRefused(t *testing.T) {
	s, log := configured(t, fakeslack.New(t), Config{Listen: ":0", SigningSecret: news.NewSecret(fakeslack.SigningSecret)})
	l := &listener{s: s, desk: deskOf(newHouse(), s)}
	handler := l.handler(context.Background())
	defer l.wg.Wait()
	body := url.Values{"command": {"/watch"}, "text": {"list"}}.Encode()
	wrong := fakeslack.Signed([]byte(body), time.Now())
	wrong.Set("X-Slack-Signature", "v0="+strings.Repeat("0", 64))
	for _, tt := range []struct {
		name, method, path, body string
		header                   http.Header
		status                   int
		want                     string
	}{
		{"signed", "POST", commandsPath, body, fakeslack.Signed([]byte(body), time.Now()), 200, ""},
		{"not signed", "POST", commandsPath, body, http.Header{}, 401, "not signed\n"},
		{"signed by another", "POST", commandsPath, body, wrong, 401, "not signed\n"},
		{"another body", "POST", commandsPath, body + "x", fakeslack.Signed([]byte(body), time.Now()), 401, "not signed\n"},
		{"six minutes old", "POST", commandsPath, body, fakeslack.Signed([]byte(body), time.Now().Add(-6*time.Minute)), 401, "not signed\n"},
		{"from the future", "POST", commandsPath, body, fakeslack.Signed([]byte(body), time.Now().Add(6*time.Minute)), 401, "not signed\n"},
		{"looked at", "GET", commandsPath, "", http.Header{}, 405, "POST only\n"},
		{"too large", "POST", commandsPath, strings.Repeat("x", maxBody+1), http.Header{}, 413, "too large\n"},
		{"no such path", "POST", "/", body, http.Header{}, 404, "404 page not found\n"},
		{"no JSON", "POST", eventsPath, "{", fakeslack.Signed([]byte("{"), time.Now()), 400, "cannot be read\n"},
		{"no payload", "POST", interactionsPath, body, fakeslack.Signed([]byte(body), time.Now()), 400, "cannot be read\n"},
		{"a look at the certificate", "GET", commandsPath + "?ssl_check=1", "", http.Header{}, 200, ""},
		{"the same as a form", "POST", commandsPath, "ssl_check=1&token=x", http.Header{}, 200, ""},
	} {
		r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
		r.Header = tt.header
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != tt.status || w.Body.String() != tt.want {
			t.Errorf("%s: %d %q, want %d %q", tt.name, w.Code, w.Body, tt.status, tt.want)
		}
	}
	if strings.Contains(log.String(), "canary") {
		t.Errorf("a secret is in the log: %s", log)
	}
}

func TestSlackMayVerifyTheAddress(t *testing.T) {
	_, _, address := listening(t)
	body := []byte(`{"type":"url_verification","challenge":"3eZbrw1a"}`)
	req, _ := http.NewRequest("POST", address+eventsPath, bytes.NewReader(body))
	req.Header = fakeslack.Signed(body, time.Now())
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if resp.StatusCode != 200 || string(got) != "3eZbrw1a" {
		t.Errorf("answered %d %q, want the challenge", resp.StatusCode, got)
	}
}

func TestAPortThatIsTakenIsRefusedInWords(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	f := fakeslack.New(t)
	s, _ := configured(t, f, Config{Listen: taken.Addr().String(), SigningSecret: news.NewSecret(fakeslack.SigningSecret)})
	if err := s.Serve(t.Context(), deskOf(newHouse(), s)); err == nil || !strings.Contains(err.Error(), taken.Addr().String()) {
		t.Errorf("Serve = %v, want the address in it", err)
	}
	s, _ = configured(t, f, Config{Listen: "127.0.0.1:0"})
	if err := s.Serve(t.Context(), deskOf(newHouse(), s)); err == nil || !strings.Contains(err.Error(), "signing secret") {
		t.Errorf("Serve without a signing secret = %v, want it named", err)
	}
}
