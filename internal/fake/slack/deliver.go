package fakeslack

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A delivery is one payload that Slack sends to the bot, over a socket or as a signed request.
type delivery struct {
	id      string // of its envelope
	kind    string // "slash_commands", "interactive", "events_api"
	payload map[string]any

	// s.mu guards what follows.
	sentAt time.Time
	times  int
	acks   []Ack
}

// An Ack is how the bot acknowledged a payload.
type Ack struct {
	Status  int // of HTTP mode; 0 over a socket
	Payload map[string]any
	After   time.Duration
}

// deliver sends a payload, and does not wait for the acknowledgement.
func (s *Server) deliver(d *delivery) {
	s.t.Helper()
	s.mu.Lock()
	if d.id == "" {
		d.id = fmt.Sprintf("envelope-%d", s.next())
	}
	s.sent[d.id] = d
	d.sentAt, d.times = time.Now(), d.times+1
	base := s.base
	s.mu.Unlock()
	if base != "" {
		s.requests.Go(func() { s.request(base, d) })
		return
	}
	s.Connected(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.usable()
	if len(open) == 0 {
		return // that has been complained about, or it broke just now
	}
	s.turn++
	envelope := map[string]any{"envelope_id": d.id, "type": d.kind, "payload": d.payload, "accepts_response_payload": d.kind != "events_api"}
	if d.kind == "events_api" {
		envelope["retry_attempt"], envelope["retry_reason"] = d.times-1, ""
	}
	open[s.turn%len(open)].write <- envelope
}

// acked takes an acknowledgement of a socket.
func (s *Server) acked(id string, payload json.RawMessage) {
	a := Ack{}
	json.Unmarshal(payload, &a.Payload)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.wake()
	d := s.sent[id]
	if d == nil {
		s.complain("an acknowledgement of %q, which was never sent", id)
		return
	}
	if a.Payload != nil && d.kind == "events_api" {
		s.complain("an event is acknowledged with %s", payload)
	}
	s.keep(d, a)
}

// keep records an acknowledgement; s.mu is held.
func (s *Server) keep(d *delivery, a Ack) {
	a.After = time.Since(d.sentAt)
	if a.After > ackWithin {
		s.complain("%s acknowledged after %s, want %s at most", d.kind, a.After, ackWithin)
	}
	if d.acks = append(d.acks, a); len(d.acks) > d.times {
		s.complain("%s acknowledged %d times, sent %d times", d.kind, len(d.acks), d.times)
	}
}

// ack waits for the first acknowledgement, and fails the test where there is none in time.
func (s *Server) ack(d *delivery) Ack {
	s.t.Helper()
	var first Ack
	if !s.wait(ackWithin+time.Second, func() bool {
		if len(d.acks) > 0 {
			first = d.acks[0]
		}
		return len(d.acks) > 0
	}) {
		s.errorf("no acknowledgement within %s of %v", ackWithin, d.payload)
	}
	return first
}

// UseHTTP sends payloads from now on as signed requests to the paths below base, instead of over sockets.
func (s *Server) UseHTTP(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = strings.TrimSuffix(base, "/")
}

// request sends a delivery as HTTP mode has it, and keeps the answer as its acknowledgement.
func (s *Server) request(base string, d *delivery) {
	body, contentType := form(d)
	path := map[string]string{"slash_commands": "/slack/commands", "interactive": "/slack/interactions", "events_api": "/slack/events"}[d.kind]
	req, err := http.NewRequest(http.MethodPost, base+path, bytes.NewReader(body))
	if err != nil {
		s.errorf("%v", err)
		return
	}
	req.Header = Signed(body, time.Now())
	req.Header.Set("Content-Type", contentType)
	resp, err := s.web.Client().Do(req)
	if err != nil {
		s.errorf("%s: %v", path, err)
		return
	}
	defer resp.Body.Close()
	a := Ack{Status: resp.StatusCode}
	raw, _ := io.ReadAll(resp.Body)
	if len(raw) > 0 && json.Unmarshal(raw, &a.Payload) != nil {
		s.errorf("%s: answered with %q, want nothing or JSON", path, raw)
	}
	if resp.StatusCode != http.StatusOK {
		s.errorf("%s: status %d, want 200", path, resp.StatusCode)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(d, a)
	s.wake()
}

// form returns a payload as the body of a request.
func form(d *delivery) (body []byte, contentType string) {
	raw, _ := json.Marshal(d.payload)
	switch d.kind {
	case "events_api":
		return raw, "application/json"
	case "interactive":
		return []byte(url.Values{"payload": {string(raw)}}.Encode()), "application/x-www-form-urlencoded"
	}
	values := url.Values{}
	for name, v := range d.payload {
		values.Set(name, fmt.Sprint(v))
	}
	return []byte(values.Encode()), "application/x-www-form-urlencoded"
}

// Signed returns the headers with which Slack signs a body at a time.
func Signed(body []byte, at time.Time) http.Header {
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(SigningSecret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	h := http.Header{}
	h.Set("X-Slack-Request-Timestamp", stamp)
	h.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return h
}
