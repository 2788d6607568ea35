package fakeslack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// How long and how often a response_url is good: docs.slack.dev/interactivity/handling-user-interaction
const (
	urlLives = 30 * time.Minute
	urlUses  = 5
)

// A responseURL is where the answer to one command or click may go.
type responseURL struct {
	delivery string // the ID of its envelope
	by       string
	channel  string
	original string // the TS of the message with the button; of a command, that of its last answer
	made     time.Time
	uses     int
}

// newURL returns a response_url; s.mu is held.
func (s *Server) newURL(d *delivery, by Person, channel, original string) string {
	id := fmt.Sprintf("canary-respond-%d", s.next())
	s.urls[id] = &responseURL{delivery: d.id, by: by.ID, channel: channel, original: original, made: time.Now()}
	return s.web.URL + "/respond/" + id
}

// respond takes an answer to a command or a click.
func (s *Server) respond(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	body := map[string]any{}
	if err := json.Unmarshal(raw, &body); err != nil || r.Method != http.MethodPost {
		s.errorf("response_url: %s with %v: %s", r.Method, err, raw)
	}
	faults := append(textFaults(text(body["text"])), messageFaults(objects(body["blocks"]))...)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.wake()
	for _, fault := range faults {
		s.complain("response_url: %s", fault)
	}
	s.calls = append(s.calls, Call{Method: "response_url", Args: body, At: time.Now()})
	u := s.urls[r.PathValue("id")]
	switch {
	case u == nil:
		s.complain("response_url: there is no such address")
		http.Error(w, "no_service", http.StatusNotFound)
		return
	case time.Since(u.made) > urlLives:
		http.Error(w, "expired_url", http.StatusNotFound)
		return
	case u.uses == urlUses:
		s.complain("response_url: used more than %d times", urlUses)
		http.Error(w, "used_url", http.StatusNotFound)
		return
	}
	u.uses++
	s.answer(u, body)
	io.WriteString(w, "ok")
}

// answer shows what came over a response_url; s.mu is held.
func (s *Server) answer(u *responseURL, body map[string]any) {
	if body["response_type"] == "in_channel" {
		s.complain("response_url: an answer that all see: %v", body["text"])
	}
	c := s.channels[u.channel]
	if body["replace_original"] == true {
		if m := c.find(u.original); m != nil {
			if !m.Ephemeral() && u.channel[0] != 'D' {
				s.complain("response_url: an answer to one person takes the place of a message that all see")
			}
			m.write(body)
			m.Edits++
			m.serial, m.by = s.next(), u.delivery
			return
		}
	}
	m := &Message{To: u.by, by: u.delivery}
	s.add(c, m, body)
	if u.original == "" {
		u.original = m.TS
	}
}

// Age makes the response_urls and trigger_ids that were given so far older.
func (s *Server) Age(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.urls {
		u.made = u.made.Add(-by)
	}
	for _, t := range s.triggers {
		t.made = t.made.Add(-by)
	}
}

// Answers returns what came over response_urls so far, as it came.
func (s *Server) Answers() []Call { return s.Calls("response_url") }
