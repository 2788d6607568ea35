// Package fakediscord is a Discord of one guild for tests: the API, the gateway, and the clients of
// the people in the guild. It is stricter than Discord. It fails the test over a request that
// Discord's own description does not have, that is over a limit of bots, that could ping somebody
// whom nobody named, or that answers an interaction in a way that Discord does not know. Where
// Discord would refuse a request, it refuses it in Discord's words.
package fakediscord

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Who and what is there from the start. The token is a secret: it must turn up nowhere else.
const (
	Token     = "canary-discord-token"
	AppID     = "900"
	BotID     = "901"
	GuildID   = "1100000000000000000"
	ChannelID = "1200000000000000000" // "ai-deals", where the bot may do all that it needs
)

// A Server is the guild. It is safe for concurrent use.
type Server struct {
	APIURL string // for the configuration, ending in "/"

	t   testing.TB
	web *httptest.Server

	mu           sync.Mutex
	over         bool // the test has ended
	dead         bool // the token was reset
	endpoint     string
	calls        []Call
	faults       map[string][]Fault
	lastID       uint64
	commands     []map[string]any
	channels     map[string]*channel
	roles        map[string]uint64 // permissions by ID
	botRoles     []string
	messages     map[string]*Message
	nonces       map[string]string // message by nonce; "" once it was deleted
	interactions map[string]*Interaction
	sessions     map[*session]bool
	connected    chan struct{} // closed and made anew whenever a session is ready
	identified   int
	greetings    []int // close codes that the next IDENTIFYs meet
}

// A Call is a request as it came.
type Call struct {
	Route string // "POST messages"
	Path  string // below the API's version
	Body  map[string]any
	Raw   []byte
	At    time.Time
}

// A Fault is what a request meets instead of its answer.
type Fault struct {
	Status int
	Body   string
	Header map[string]string
	Delay  time.Duration
	Cut    bool // the connection, before an answer
	Done   bool // what the request asks for is done nevertheless
	Extra  bool // Header is added to the usual answer, and Status and Body are not used
}

// Says returns a fault with a code of Discord's.
func Says(status, code int, message string) Fault {
	return Fault{Status: status, Body: fmt.Sprintf(`{"code":%d,"message":%q}`, code, message)}
}

// Limited returns the fault of a rate limit.
func Limited(after time.Duration) Fault {
	return Fault{Status: 429, Body: fmt.Sprintf(`{"message":"You are being rate limited.","retry_after":%g,"global":false}`, after.Seconds())}
}

// New returns a Server that ends with the test.
func New(t testing.TB) *Server {
	s := &Server{
		t: t, faults: map[string][]Fault{}, channels: map[string]*channel{}, messages: map[string]*Message{},
		nonces: map[string]string{}, interactions: map[string]*Interaction{}, sessions: map[*session]bool{},
		connected: make(chan struct{}), lastID: 1_300_000_000_000_000_000,
		roles: map[string]uint64{GuildID: ViewChannel | SendMessages | EmbedLinks | ReadMessageHistory | CreatePublicThreads | SendMessagesInThreads},
	}
	s.AddChannel(Channel{ID: ChannelID, Name: "ai-deals"})
	s.web = httptest.NewServer(s.routes())
	s.APIURL = s.web.URL + "/api/"
	if description() == nil {
		t.Log("requests are not held against Discord's description: it is not here")
	}
	t.Cleanup(s.close)
	return s
}

func (s *Server) close() {
	s.mu.Lock()
	s.over = true
	open := maps.Clone(s.sessions)
	s.mu.Unlock()
	for c := range open {
		c.conn.Close()
		<-c.ended
	}
	s.web.Close()
}

// errorf fails the test, unless it has ended.
func (s *Server) errorf(format string, args ...any) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.t.Errorf("fake Discord: "+format, args...)
	}
}

// Fail makes the next requests of a route meet faults, one each; route "" is any that writes.
func (s *Server) Fail(route string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[route] = append(s.faults[route], faults...)
}

// ResetToken makes the token one that Discord does not know.
func (s *Server) ResetToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = true
}

// SetInteractionsEndpoint sets the field of the application that takes interactions elsewhere.
func (s *Server) SetInteractionsEndpoint(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endpoint = url
}

// Calls returns the requests of a route so far, all of them for "".
func (s *Server) Calls(route string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Call
	for _, c := range s.calls {
		if route == "" || c.Route == route {
			found = append(found, c)
		}
	}
	return found
}

// A request is a Call being answered.
type request struct {
	Call
	path func(name string) string
}

// An answer is a status and what is sent as JSON; nil sends nothing.
type answer struct {
	status int
	body   any
}

func says(status, code int, message string) answer {
	return answer{status, map[string]any{"code": code, "message": message}}
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, r := range map[string]struct {
		name string
		do   func(request) answer // s.mu is held
	}{
		"POST /channels/{channel}/messages":                   {"POST messages", s.createMessage},
		"PATCH /channels/{channel}/messages/{message}":        {"PATCH message", s.editMessage},
		"POST /channels/{channel}/messages/{message}/threads": {"POST threads", s.startThread},
		"GET /channels/{channel}":                             {"GET channel", s.getChannel},
		"GET /guilds/{guild}/roles":                           {"GET roles", s.getRoles},
		"GET /guilds/{guild}/members/{user}":                  {"GET member", s.getMember},
		"GET /users/@me":                                      {"GET me", s.getMe},
		"GET /applications/@me":                               {"GET application", s.getApplication},
		"GET /applications/{app}/commands":                    {"GET commands", s.getCommands},
		"PUT /applications/{app}/commands":                    {"PUT commands", s.putCommands},
		"GET /gateway":                                        {"GET gateway", s.getGateway},
		"POST /interactions/{id}/{token}/callback":            {"POST callback", s.callback},
		"PATCH /webhooks/{app}/{token}/messages/{message}":    {"PATCH reply", s.editReply},
		"POST /webhooks/{app}/{token}":                        {"POST followup", s.followUp},
	} {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /api/v9"+path, func(w http.ResponseWriter, req *http.Request) { s.take(w, req, r.name, r.do) })
	}
	mux.HandleFunc("/gateway/", s.gateway)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.errorf("%s %s: there is no such route", r.Method, r.URL.Path)
		http.NotFound(w, r)
	})
	return mux
}

func (s *Server) take(w http.ResponseWriter, req *http.Request, route string, do func(request) answer) {
	if got := req.Header.Get("User-Agent"); !strings.HasPrefix(got, "DiscordBot (https://") {
		s.errorf("%s: User-Agent %q, want Discord's form", route, got)
	}
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return // whoever asked is gone
	}
	r := request{Call{Route: route, Path: strings.TrimPrefix(req.URL.Path, "/api/v9"), Raw: raw, At: time.Now()}, req.PathValue}
	if req.Method != http.MethodGet {
		if !strings.HasPrefix(req.Header.Get("Content-Type"), "application/json") {
			s.errorf("%s: Content-Type %q, want application/json", route, req.Header.Get("Content-Type"))
		}
		json.Unmarshal(raw, &r.Body) // a list has no Body; what is no JSON is a fault below
		for _, fault := range bodyFaults(route, raw, r.Body) {
			s.errorf("%s: %s\n%s", route, fault, raw)
		}
	}
	fault := s.record(r.Call, req.Method != http.MethodGet)
	if fault == nil {
		s.send(w, s.do(req, r, do))
		return
	}
	time.Sleep(fault.Delay)
	var usual answer
	if fault.Done || fault.Extra {
		usual = s.do(req, r, do)
	}
	for k, v := range fault.Header {
		w.Header().Set(k, v)
	}
	switch {
	case fault.Extra:
		s.send(w, usual)
	case fault.Cut:
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
	default:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(fault.Status)
		io.WriteString(w, fault.Body)
	}
}

// record keeps a call, and returns what it is to meet.
func (s *Server) record(c Call, writes bool) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
	for _, route := range []string{c.Route, ""} {
		if left := s.faults[route]; len(left) > 0 && (route != "" || writes) {
			s.faults[route] = left[1:]
			return &left[0]
		}
	}
	return nil
}

func (s *Server) do(req *http.Request, r request, do func(request) answer) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	ownToken := req.PathValue("token") != "" // the address of an interaction says who asks
	if s.dead || !ownToken && req.Header.Get("Authorization") != "Bot "+Token {
		return says(http.StatusUnauthorized, 0, "401: Unauthorized")
	}
	return do(r)
}

func (s *Server) send(w http.ResponseWriter, a answer) {
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	json.NewEncoder(w).Encode(a.body)
}

// newID returns the next snowflake.
func (s *Server) newID() string {
	s.lastID++
	return strconv.FormatUint(s.lastID, 10)
}

func (s *Server) getMe(request) answer {
	return answer{200, map[string]any{"id": BotID, "username": "pactwatch", "discriminator": "0", "bot": true}}
}

func (s *Server) getApplication(request) answer {
	app := map[string]any{"id": AppID, "name": "pactwatch", "interactions_endpoint_url": nil, "bot": s.getMe(request{}).body}
	if s.endpoint != "" {
		app["interactions_endpoint_url"] = s.endpoint
	}
	return answer{200, app}
}

func (s *Server) getGateway(request) answer {
	return answer{200, map[string]any{"url": "ws" + strings.TrimPrefix(s.web.URL, "http") + "/gateway"}}
}
