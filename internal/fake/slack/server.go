// Package fakeslack is a Slack of one workspace for tests: the Web API, Socket Mode, the requests of
// HTTP mode, and the clients of the people in the workspace. It is stricter than Slack. It fails the
// test over a call that Slack's own description does not have, over blocks and views beyond their
// limits, over text that could ping, format or link by accident, and over an acknowledgement that
// comes late. Where Slack would refuse a call, it refuses it in Slack's words.
package fakeslack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Who and what is there from the start. The tokens and the signing secret are secrets: they must
// turn up nowhere else.
const (
	BotToken      = "xoxb-canary-slack-bot"
	AppToken      = "xapp-canary-slack-app"
	SigningSecret = "canary-slack-signing-secret"

	TeamID    = "T024BE7LD"
	TeamURL   = "https://northwind-team.example/"
	AppID     = "A024BE7LH"
	BotUserID = "U024BE7LB"
	BotID     = "B024BE7LC"
	ChannelID = "C024BE91L" // "ai-deals", a public channel that the bot is in
)

// AllScopes is what the bot's token may do unless SetScopes says otherwise.
const AllScopes = "commands,chat:write,channels:read,groups:read,channels:history,groups:history,users:read"

// A Server is the workspace. It is safe for concurrent use.
type Server struct {
	APIURL string // for the configuration, ending in "/"

	t   testing.TB
	web *httptest.Server

	requests sync.WaitGroup // of HTTP mode, under way

	mu       sync.Mutex
	changed  chan struct{} // closed and made anew whenever something below changes
	over     bool          // the test has ended
	base     string        // where requests of HTTP mode go; "" for Socket Mode
	scopes   string
	calls    []Call
	faults   map[string][]Fault
	quiet    map[string]time.Time // no call of the method before then: it was told so
	serial   int
	people   map[string]Person
	channels map[string]*channel
	views    map[string]*View
	homes    map[string]string // the ID of each person's home view
	triggers map[string]*trigger
	urls     map[string]*responseURL
	sent     map[string]*delivery // by the ID of the envelope
	sockets  []*socket
	turn     int // which socket is next
	refused  string
}

// A Call is a call of the Web API as it came.
type Call struct {
	Method string // "chat.postMessage"
	Args   map[string]any
	At     time.Time
}

// Text returns an argument that is text, "" if there is none.
func (c Call) Text(arg string) string { return text(c.Args[arg]) }

// A Fault is what a call meets instead of its answer.
type Fault struct {
	Status int // 0 means 200
	Body   string
	Header map[string]string
	Delay  time.Duration
	Cut    bool // the connection, before an answer
	Done   bool // what the call asks for is done nevertheless
	Late   bool // the usual answer follows after Delay
}

// Says returns the fault of an error code of Slack's.
func Says(code string) Fault { return Fault{Body: fmt.Sprintf(`{"ok":false,"error":%q}`, code)} }

// Limited returns the fault of a rate limit. A call of the method before that is over fails the test.
func Limited(after time.Duration) Fault {
	seconds := strconv.Itoa(int(after.Seconds()))
	return Fault{Status: 429, Header: map[string]string{"Retry-After": seconds}, Body: `{"ok":false,"error":"ratelimited"}`}
}

// New returns a Server that ends with the test.
func New(t testing.TB) *Server {
	s := &Server{
		t: t, changed: make(chan struct{}), scopes: AllScopes, faults: map[string][]Fault{}, quiet: map[string]time.Time{},
		people: map[string]Person{}, channels: map[string]*channel{}, views: map[string]*View{}, homes: map[string]string{},
		triggers: map[string]*trigger{}, urls: map[string]*responseURL{}, sent: map[string]*delivery{},
	}
	s.AddChannel(Channel{ID: ChannelID, Name: "ai-deals", Member: true})
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.api)
	mux.HandleFunc("/respond/{id}", s.respond)
	mux.HandleFunc("/link", s.link)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.errorf("%s %s: there is no such route", r.Method, r.URL.Path)
		http.NotFound(w, r)
	})
	s.web = httptest.NewServer(mux)
	s.APIURL = s.web.URL + "/api/"
	if params() == nil {
		t.Log("calls are not held against Slack's description: it is not here")
	}
	t.Cleanup(s.close)
	return s
}

func (s *Server) close() {
	s.mu.Lock()
	s.over = true
	open := slices.Clone(s.sockets)
	s.mu.Unlock()
	for _, c := range open {
		c.conn.Close()
		<-c.ended
	}
	s.requests.Wait()
	s.web.Close()
}

// errorf fails the test, unless it has ended.
func (s *Server) errorf(format string, args ...any) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.complain(format, args...)
}

// complain is errorf for who holds s.mu.
func (s *Server) complain(format string, args ...any) {
	s.t.Helper()
	if !s.over {
		s.t.Errorf("fake Slack: "+format, args...)
	}
}

// wait returns whether done was true within a time. done is called with s.mu held.
func (s *Server) wait(within time.Duration, done func() bool) bool {
	timeout := time.After(within)
	for {
		s.mu.Lock()
		ok, changed := done(), s.changed
		s.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-timeout:
			return false
		}
	}
}

// wake wakes those who wait; s.mu is held.
func (s *Server) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// next returns a number that was not there before; s.mu is held.
func (s *Server) next() int {
	s.serial++
	return s.serial
}

// Fail makes the next calls of a method meet faults, one each; method "" is any.
func (s *Server) Fail(method string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[method] = append(s.faults[method], faults...)
}

// RefuseTokens makes every call meet an error code, such as "token_revoked"; "" ends that.
func (s *Server) RefuseTokens(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = code
}

// SetScopes says what the bot's token may do, parted by commas.
func (s *Server) SetScopes(scopes string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = scopes
}

// Calls returns the calls of a method so far, all of them for "".
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Call
	for _, c := range s.calls {
		if method == "" || c.Method == method {
			found = append(found, c)
		}
	}
	return found
}

// methods are those that the workspace knows, each with the scopes of which it wants one; s.mu is held.
var methods = map[string]struct {
	scopes string
	do     func(*Server, Call) map[string]any
}{
	"auth.test":             {"", (*Server).authTest},
	"apps.connections.open": {"", (*Server).connectionsOpen},
	"chat.postMessage":      {"chat:write", (*Server).postMessage},
	"chat.postEphemeral":    {"chat:write", (*Server).postEphemeral},
	"chat.update":           {"chat:write", (*Server).update},
	"chat.getPermalink":     {"", (*Server).permalink},
	"conversations.info":    {"channels:read groups:read", (*Server).conversationInfo},
	"conversations.members": {"channels:read groups:read", (*Server).conversationMembers},
	"conversations.history": {"channels:history groups:history", (*Server).history},
	"conversations.replies": {"channels:history groups:history", (*Server).replies},
	"users.info":            {"users:read", (*Server).userInfo},
	"views.open":            {"", (*Server).openView},
	"views.update":          {"", (*Server).updateView},
	"views.publish":         {"", (*Server).publishView},
}

func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	c, token := s.read(r)
	fault := s.record(c)
	if fault == nil {
		s.send(w, s.do(c, token))
		return
	}
	time.Sleep(fault.Delay)
	var usual map[string]any
	if fault.Done || fault.Late {
		usual = s.do(c, token)
	}
	switch {
	case fault.Late:
		s.send(w, usual)
	case fault.Cut:
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
	default:
		for k, v := range fault.Header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(max(fault.Status, 200))
		io.WriteString(w, fault.Body)
	}
}

// read returns a call as Slack reads it: a form, in which blocks and metadata are JSON, or JSON.
func (s *Server) read(r *http.Request) (c Call, token string) {
	c = Call{Method: r.PathValue("method"), Args: map[string]any{}, At: time.Now()}
	if r.Method != http.MethodPost {
		s.errorf("%s: method %s, want POST", c.Method, r.Method)
	}
	token, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return c, token // whoever asked is gone
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		if len(raw) > 0 && json.Unmarshal(raw, &c.Args) != nil {
			s.errorf("%s: no JSON: %s", c.Method, raw)
		}
		return c, token
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		s.errorf("%s: no form: %s", c.Method, raw)
	}
	for name := range form {
		c.Args[name] = form.Get(name)
	}
	for _, name := range []string{"blocks", "metadata", "view"} {
		if raw := text(c.Args[name]); raw != "" {
			var v any
			if err := json.Unmarshal([]byte(raw), &v); err != nil {
				s.errorf("%s: %s: %v", c.Method, name, err)
			}
			c.Args[name] = v
		}
	}
	if inForm := text(c.Args["token"]); inForm != "" {
		token = inForm
		delete(c.Args, "token")
	}
	return c, token
}

// record keeps a call, and returns what it is to meet.
func (s *Server) record(c Call) *Fault {
	faults := callFaults(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.wake()
	for _, fault := range faults {
		s.complain("%s: %s", c.Method, fault)
	}
	s.calls = append(s.calls, c)
	if c.At.Before(s.quiet[c.Method]) {
		s.complain("%s: called again %s before the rate limit's Retry-After was over", c.Method, s.quiet[c.Method].Sub(c.At))
	}
	for _, method := range []string{c.Method, ""} {
		left := s.faults[method]
		if len(left) == 0 {
			continue
		}
		s.faults[method] = left[1:]
		if seconds, err := strconv.Atoi(left[0].Header["Retry-After"]); err == nil {
			s.quiet[c.Method] = c.At.Add(time.Duration(seconds) * time.Second)
		}
		return &left[0]
	}
	return nil
}

func (s *Server) do(c Call, token string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.wake()
	m, ok := methods[c.Method]
	wanted := BotToken
	if c.Method == "apps.connections.open" {
		wanted = AppToken
	}
	switch {
	case !ok:
		s.complain("%s: there is no such method, or not in this workspace", c.Method)
		return says("unknown_method")
	case s.refused != "":
		return says(s.refused)
	case token == "":
		return says("not_authed")
	case token != BotToken && token != AppToken:
		return says("invalid_auth")
	case token != wanted:
		return says("not_allowed_token_type")
	}
	if needed := strings.Fields(m.scopes); len(needed) > 0 {
		provided := strings.Split(s.scopes, ",")
		if !slices.ContainsFunc(needed, func(n string) bool { return slices.Contains(provided, n) }) {
			return map[string]any{"ok": false, "error": "missing_scope", "needed": needed[0], "provided": s.scopes}
		}
	}
	return m.do(s, c)
}

func (s *Server) send(w http.ResponseWriter, answer map[string]any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	s.mu.Lock()
	w.Header().Set("X-OAuth-Scopes", s.scopes)
	s.mu.Unlock()
	json.NewEncoder(w).Encode(answer)
}

func says(code string) map[string]any { return map[string]any{"ok": false, "error": code} }

func (s *Server) authTest(Call) map[string]any {
	return map[string]any{
		"ok": true, "url": TeamURL, "team": "Northwind", "user": "pactwatch", "team_id": TeamID, "user_id": BotUserID,
		"bot_id": BotID, "is_enterprise_install": false,
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func object(v any) map[string]any {
	o, _ := v.(map[string]any)
	return o
}

func objects(v any) []map[string]any {
	list, _ := v.([]any)
	var all []map[string]any
	for _, e := range list {
		all = append(all, object(e))
	}
	return all
}
