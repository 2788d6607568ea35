package fakediscord

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// A session is one connection to the gateway.
type session struct {
	conn  *websocket.Conn
	ended chan struct{}

	mu  sync.Mutex // of what is written
	seq int
}

func (c *session) write(op int, kind string, data any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	message := map[string]any{"op": op, "d": data, "t": nil, "s": nil}
	if kind != "" {
		c.seq++
		message["t"], message["s"] = kind, c.seq
	}
	c.conn.WriteJSON(message) // who has hung up is noticed by the reader
}

func (c *session) close(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "because the test says so"), time.Now().Add(time.Second))
	c.conn.Close()
}

// Greet makes the next IDENTIFYs meet a close code each, instead of READY.
func (s *Server) Greet(codes ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.greetings = append(s.greetings, codes...)
}

// Disconnect closes all sessions with a code.
func (s *Server) Disconnect(code int) {
	for _, c := range s.open() {
		c.close(code)
		<-c.ended
	}
}

// Reconnect asks all sessions to connect again, as Discord does before it restarts a server.
func (s *Server) Reconnect() {
	for _, c := range s.open() {
		c.write(7, "", nil)
	}
}

// Identified returns how many IDENTIFYs there have been.
func (s *Server) Identified() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identified
}

// Connected waits until a session is ready, and fails the test after 10 s.
func (s *Server) Connected() bool {
	s.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		s.mu.Lock()
		ready, next := len(s.sessions) > 0, s.connected
		s.mu.Unlock()
		if ready {
			return true
		}
		select {
		case <-next:
		case <-deadline:
			s.errorf("no bot is connected after 10 s")
			return false
		}
	}
}

func (s *Server) open() []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*session
	for c := range s.sessions {
		all = append(all, c)
	}
	return all
}

// gateway serves a connection: HELLO, IDENTIFY, READY and the guild; then it answers heartbeats.
func (s *Server) gateway(w http.ResponseWriter, r *http.Request) {
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		s.errorf("gateway: %v", err)
		return
	}
	defer conn.Close()
	c := &session{conn: conn, ended: make(chan struct{})}
	defer close(c.ended)
	c.write(10, "", map[string]any{"heartbeat_interval": 45000})
	for {
		var m struct {
			Op   int             `json:"op"`
			Data json.RawMessage `json:"d"`
		}
		if err := conn.ReadJSON(&m); err != nil {
			break
		}
		switch m.Op {
		case 1:
			c.write(11, "", nil)
		case 2:
			s.identify(c, m.Data)
		default:
			s.errorf("gateway: opcode %d, want a heartbeat or an IDENTIFY", m.Op)
		}
	}
	s.mu.Lock()
	delete(s.sessions, c)
	s.mu.Unlock()
}

func (s *Server) identify(c *session, data json.RawMessage) {
	var id struct {
		Token   string `json:"token"`
		Intents *int   `json:"intents"`
	}
	if err := json.Unmarshal(data, &id); err != nil || id.Intents == nil || *id.Intents&^1 != 0 {
		s.errorf("IDENTIFY %s, want no other intent than that for guilds", strings.ReplaceAll(string(data), Token, "(the token)"))
	}
	s.mu.Lock()
	s.identified++
	code := 0
	switch {
	case s.dead || strings.TrimPrefix(id.Token, "Bot ") != Token:
		code = 4004
	case len(s.greetings) > 0:
		code, s.greetings = s.greetings[0], s.greetings[1:]
	}
	channels := []any{}
	for _, ch := range s.channels {
		if ch.parent == "" {
			channels = append(channels, ch.object())
		}
	}
	s.mu.Unlock()
	if code != 0 {
		c.close(code)
		return
	}
	c.write(0, "READY", map[string]any{
		"v": 9, "session_id": "fake", "resume_gateway_url": "ws://127.0.0.1:1", "user": s.getMe(request{}).body,
		"application": map[string]any{"id": AppID, "flags": 0}, "guilds": []any{map[string]any{"id": GuildID, "unavailable": true}},
	})
	c.write(0, "GUILD_CREATE", map[string]any{"id": GuildID, "name": "Fake", "owner_id": "1", "channels": channels})
	s.mu.Lock()
	s.sessions[c] = true
	close(s.connected)
	s.connected = make(chan struct{})
	s.mu.Unlock()
}
