package fakeslack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Slack's limits for Socket Mode: docs.slack.dev/apis/events-api/using-socket-mode
const (
	ackWithin  = 3 * time.Second
	maxSockets = 10
	maxAck     = 20 << 10 // bytes; a longer acknowledgement is dropped without a word
)

// A socket is one connection of the bot's.
type socket struct {
	conn  *websocket.Conn
	write chan any
	ended chan struct{} // closed when nobody uses conn any more
	asked bool          // to make way for a new one: it gets no more requests; Server.mu guards it
}

func (s *Server) connectionsOpen(Call) map[string]any {
	if len(s.sockets) >= maxSockets {
		s.complain("more than %d connections", maxSockets)
	}
	ticket := fmt.Sprintf("canary-ticket-%d", s.next())
	return map[string]any{"ok": true, "url": "ws" + strings.TrimPrefix(s.web.URL, "http") + "/link?ticket=" + ticket + "&app_id=" + AppID}
}

// link is a connection from its beginning to its end.
func (s *Server) link(w http.ResponseWriter, r *http.Request) {
	conn, err := (&websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}).Upgrade(w, r, nil)
	if err != nil {
		s.errorf("socket: %v", err)
		return
	}
	c := &socket{conn: conn, write: make(chan any, 100), ended: make(chan struct{})}
	defer close(c.ended)
	s.mu.Lock()
	c.write <- map[string]any{
		"type": "hello", "num_connections": len(s.sockets) + 1, "connection_info": map[string]any{"app_id": AppID},
		"debug_info": map[string]any{"host": "applink", "build_number": 1, "approximate_connection_time": 18060},
	}
	s.sockets = append(s.sockets, c)
	s.wake()
	s.mu.Unlock()
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.writer(stop)
	}()
	s.reader(c)
	s.drop(c)
	close(stop)
	<-done
	conn.Close()
}

func (c *socket) writer(stop chan struct{}) {
	ping := time.NewTicker(5 * time.Second)
	defer ping.Stop()
	for {
		select {
		case <-stop:
			return
		case v := <-c.write:
			c.conn.WriteJSON(v)
		case <-ping.C:
			c.conn.WriteControl(websocket.PingMessage, []byte("Ping from the test"), time.Now().Add(time.Second))
		}
	}
}

func (s *Server) reader(c *socket) {
	for {
		_, raw, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			EnvelopeID string `json:"envelope_id"`
			Payload    json.RawMessage
		}
		if err := json.Unmarshal(raw, &ack); err != nil {
			s.errorf("socket: no acknowledgement: %s", raw)
			continue
		}
		if len(raw) >= maxAck {
			s.errorf("socket: an acknowledgement of %d bytes, want less than %d", len(raw), maxAck)
		}
		s.acked(ack.EnvelopeID, ack.Payload)
	}
}

func (s *Server) drop(c *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets = slices.DeleteFunc(s.sockets, func(other *socket) bool { return other == c })
	s.wake()
}

// Connected waits until there are n connections, and fails the test where there are not after 10 s.
func (s *Server) Connected(n int) {
	s.t.Helper()
	if !s.wait(10*time.Second, func() bool { return len(s.usable()) >= n }) {
		s.errorf("fewer than %d connections after 10 s", n)
	}
}

// Connections returns how many connections there are.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.usable())
}

// usable returns the connections that take requests; s.mu is held.
func (s *Server) usable() []*socket {
	return slices.DeleteFunc(slices.Clone(s.sockets), func(c *socket) bool { return c.asked })
}

// Refresh asks the oldest connection to make way for a new one, as Slack does every few hours.
func (s *Server) Refresh() { s.disconnect("refresh_requested", 1) }

// DisableLink ends all connections as Slack does when somebody turns Socket Mode off.
func (s *Server) DisableLink() { s.disconnect("link_disabled", maxSockets) }

func (s *Server) disconnect(reason string, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.usable()[:min(most, len(s.usable()))] {
		c.asked = true
		c.write <- map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "applink"}}
	}
}

// Cut breaks all connections without a word.
func (s *Server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.sockets {
		c.asked = true
		c.conn.Close()
	}
}
