package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
)

// What .ci/slack-seed.yaml makes.
const (
	emulateToken   = "xoxb-pactwatch-test"
	emulateChannel = "C000000001"
)

// TestSlackEmulate holds the Slack side against npm's emulate, a Slack that others wrote and that keeps
// what is posted.
func TestSlackEmulate(t *testing.T) {
	peer, err := url.Parse(os.Getenv("PACTWATCH_EMULATE_URL"))
	if err != nil || peer.Host == "" {
		t.Skip("PACTWATCH_EMULATE_URL is not set: .ci/run starts emulate and sets it")
	}
	press := newPress(t)
	press.publish("Ledger Wire", pactTitle, pactText)
	dir := t.TempDir()
	config := writeFile(t, dir, "config.yaml", watching(press, fmt.Sprintf(`
slack: {bot_token_env: SLACK_BOT_TOKEN, api_url: %s}
channels: {deals: {slack: %s}}
`, tokenInHeader(t, peer), emulateChannel)))
	run := start(t, dir, []string{"SLACK_BOT_TOKEN=" + emulateToken}, "run", "--config", config)
	run.waitFor(`"kind":"alert"`)
	press.publish("Kestrel Business", againTitle, againText)
	run.waitFor(`"kind":"edit"`)
	if err := run.end(syscall.SIGTERM); err != nil {
		t.Errorf("ended with %v, want exit code 0", err)
	}

	messages := emulateHistory(t, peer)
	if len(messages) != 1 {
		t.Fatalf("the channel has %d messages, want one:\n%+v", len(messages), messages)
	}
	m := messages[0]
	for _, want := range []string{"2 outlets", "Ledger Wire", "Kestrel Business", press.URL + "/ledger-wire"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("the message's text lacks %q:\n%s", want, m.Text)
		}
	}
	if m.Metadata.EventType != "pactwatch_alert" || m.Metadata.EventPayload["delivery"] == "" {
		t.Errorf("metadata = %+v, want the delivery's key", m.Metadata)
	}
}

// tokenInHeader returns the address of a proxy to peer that moves the token from the form, where
// slack-go sends it, to the header, the only place where emulate looks for it.
func tokenInHeader(t *testing.T, peer *url.URL) string {
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = peer.Scheme, peer.Host
		r.Out.Header.Set("Authorization", "Bearer "+emulateToken)
	}}
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	return s.URL + peer.Path
}

type emulateMessage struct {
	Text     string
	Metadata struct {
		EventType    string         `json:"event_type"`
		EventPayload map[string]any `json:"event_payload"`
	}
}

func emulateHistory(t *testing.T, peer *url.URL) []emulateMessage {
	t.Helper()
	form := url.Values{"channel": {emulateChannel}, "include_all_metadata": {"true"}}
	req, err := http.NewRequestWithContext(t.Context(), "POST", peer.String()+"conversations.history", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+emulateToken)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var history struct {
		OK       bool
		Error    string
		Messages []emulateMessage
	}
	if err := json.NewDecoder(resp.Body).Decode(&history); err != nil || !history.OK {
		t.Fatalf("conversations.history: %v %s", err, history.Error)
	}
	return history.Messages
}
