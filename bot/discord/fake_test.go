package discord

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const token = "canary-token"

// openAPI is Discord's own description, which lies beside the repository.
const openAPI = "../../../shared/specs/discord/openapi.min.json"

// schemas compiles the schema of each kind of request body once; it is nil where there is no
// description to hold them against.
var schemas = sync.OnceValue(func() map[string]*jsonschema.Schema {
	file, err := os.Open(openAPI)
	if err != nil {
		return nil
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		panic(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", doc); err != nil {
		panic(err)
	}
	compiled := make(map[string]*jsonschema.Schema)
	for route, pointer := range map[string]string{
		"POST messages": "#/components/schemas/MessageCreateRequest",
		"PATCH message": "#/components/schemas/MessageEditRequestPartial",
		"POST threads":  "#/components/schemas/CreateTextThreadWithMessageRequest",
		"POST callback": "#/components/schemas/CreateMessageInteractionCallbackRequest",
		"POST commands": "#/components/schemas/ApplicationCommandCreateRequest",
	} {
		compiled[route] = compiler.MustCompile("openapi.json" + pointer)
	}
	return compiled
})

// A fakeDiscord is a guild with one bot. It records every call and is stricter than Discord: it
// fails the test over a body that Discord's description does not have, that is over a limit of
// bots, or that could ping.
type fakeDiscord struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	calls    []apiCall
	script   []http.HandlerFunc // what the next writes meet instead of an answer
	nonces   map[string]string  // message by nonce
	threads  map[string]bool
	commands []json.RawMessage // registered
	endpoint string            // the application's interactions_endpoint_url
	callback chan map[string]any
	gateways chan *websocket.Conn
	identify int
	greet    func(*websocket.Conn) // what a connection meets after its IDENTIFY, nil for READY
}

type apiCall struct {
	route, path string
	body        map[string]any
}

func newFake(t *testing.T) *fakeDiscord {
	f := &fakeDiscord{
		t: t, nonces: map[string]string{}, threads: map[string]bool{},
		callback: make(chan map[string]any, 20), gateways: make(chan *websocket.Conn, 20),
	}
	mux := http.NewServeMux()
	handle := func(pattern, route string, h http.HandlerFunc) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /api/v9"+path, func(w http.ResponseWriter, r *http.Request) { f.take(w, r, route, h) })
	}
	handle("POST /channels/{channel}/messages", "POST messages", f.create)
	handle("PATCH /channels/{channel}/messages/{message}", "PATCH message", f.message)
	handle("POST /channels/{channel}/messages/{message}/threads", "POST threads", f.thread)
	handle("POST /interactions/{id}/{token}/callback", "POST callback", f.interaction)
	handle("GET /applications/{app}/commands", "GET commands", f.listCommands)
	handle("POST /applications/{app}/commands", "POST commands", f.register)
	handle("GET /applications/@me", "GET application", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"id": "900", "name": "pactwatch", "interactions_endpoint_url": f.endpoint})
	})
	handle("GET /users/@me", "GET me", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"id":"900","username":"pactwatch"}`) })
	handle("GET /gateway", "GET gateway", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"url":%q}`, "ws"+strings.TrimPrefix(f.URL, "http")+"/gateway")
	})
	mux.HandleFunc("/gateway/", f.gateway)
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s: no such route", r.Method, r.URL) })
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	if schemas() == nil {
		t.Log("bodies are not held against Discord's description: it is not here")
	}
	return f
}

// next makes the coming writes meet h, one after the other.
func (f *fakeDiscord) next(h ...http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = append(f.script, h...)
}

// called returns the calls of a route so far, all of them for "".
func (f *fakeDiscord) called(route string) []apiCall {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []apiCall
	for _, c := range f.calls {
		if route == "" || c.route == route {
			found = append(found, c)
		}
	}
	return found
}

func (f *fakeDiscord) take(w http.ResponseWriter, r *http.Request, route string, h http.HandlerFunc) {
	if got := r.Header.Get("Authorization"); got != "Bot "+token {
		f.t.Errorf("%s: Authorization %q, want the bot's token", route, got)
	}
	if got := r.Header.Get("User-Agent"); !strings.HasPrefix(got, "DiscordBot (https://") {
		f.t.Errorf("%s: User-Agent %q, want Discord's form", route, got)
	}
	c := apiCall{route: route, path: r.URL.Path}
	if r.Method != http.MethodGet {
		raw, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(raw, &c.body); err != nil {
			f.t.Errorf("%s: body: %v", route, err)
		}
		for _, fault := range bodyFaults(route, raw, c.body) {
			f.t.Errorf("%s: %s", route, fault)
		}
	}
	f.mu.Lock()
	f.calls = append(f.calls, c)
	var scripted http.HandlerFunc
	if len(f.script) > 0 && r.Method != http.MethodGet {
		scripted, f.script = f.script[0], f.script[1:]
	}
	f.mu.Unlock()
	if scripted != nil {
		scripted(w, r)
		return
	}
	w.Header().Set("X-Call", fmt.Sprint(len(f.called(""))))
	h(w, r)
}

func (f *fakeDiscord) last() map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[len(f.calls)-1].body
}

func (f *fakeDiscord) create(w http.ResponseWriter, r *http.Request) {
	nonce, _ := f.last()["nonce"].(string)
	f.mu.Lock()
	defer f.mu.Unlock()
	id, ok := f.nonces[nonce]
	if !ok {
		id = "12000000000000000" + w.Header().Get("X-Call")
		f.nonces[nonce] = id
	}
	fmt.Fprintf(w, `{"id":%q,"channel_id":%q}`, id, r.PathValue("channel"))
}

func (f *fakeDiscord) message(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, `{"id":%q,"channel_id":%q}`, r.PathValue("message"), r.PathValue("channel"))
}

func (f *fakeDiscord) thread(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("message")
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.threads[id] {
		answers(400, `{"code":160004,"message":"A thread has already been created for this message"}`)(w, r)
		return
	}
	f.threads[id] = true
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"id":%q,"type":11}`, id)
}

func (f *fakeDiscord) interaction(w http.ResponseWriter, _ *http.Request) {
	f.callback <- f.last()
	w.WriteHeader(http.StatusNoContent)
}

func (f *fakeDiscord) listCommands(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	json.NewEncoder(w).Encode(append([]json.RawMessage{}, f.commands...))
}

func (f *fakeDiscord) register(w http.ResponseWriter, _ *http.Request) {
	body := f.last()
	body["id"], body["version"], body["dm_permission"] = "77", "1", false // Discord adds these and more
	raw, _ := json.Marshal(body)
	f.mu.Lock()
	f.commands = append(f.commands, raw)
	f.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
	w.Write(raw)
}

// gateway says hello, waits for an IDENTIFY and says READY, or what greet does.
func (f *fakeDiscord) gateway(w http.ResponseWriter, r *http.Request) {
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		f.t.Errorf("gateway: %v", err)
		return
	}
	conn.WriteMessage(websocket.TextMessage, []byte(`{"op":10,"d":{"heartbeat_interval":45000}}`))
	var first struct {
		Op int `json:"op"`
		D  struct {
			Token   string `json:"token"`
			Intents int    `json:"intents"`
		} `json:"d"`
	}
	if err := conn.ReadJSON(&first); err != nil || first.Op != 2 || first.D.Token != "Bot "+token || first.D.Intents != 1 {
		f.t.Errorf("first message %+v, %v, want an IDENTIFY with the intent for guilds only", first, err)
	}
	f.mu.Lock()
	f.identify++
	greet := f.greet
	f.mu.Unlock()
	if greet != nil {
		greet(conn)
		return
	}
	conn.WriteMessage(websocket.TextMessage, []byte(`{"op":0,"s":1,"t":"READY","d":{"v":9,"session_id":"s","user":{"id":"900"},"guilds":[]}}`))
	f.gateways <- conn
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

// bodyFaults returns what Discord would find wrong with a body, and what could ping.
func bodyFaults(route string, raw []byte, body map[string]any) (faults []string) {
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	if schema := schemas()[route]; schema != nil {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
		if err == nil {
			err = schema.Validate(v)
		}
		if err != nil {
			complain("%v", err)
		}
	}
	switch route {
	case "POST messages", "PATCH message":
		faults = append(faults, messageFaults(body)...)
	case "POST callback":
		data, _ := body["data"].(map[string]any)
		if data["flags"] != 64.0 {
			complain("flags %v, want ephemeral", data["flags"])
		}
		faults = append(faults, messageFaults(data)...)
	}
	nonce, _ := body["nonce"].(string)
	if route == "POST messages" && (len(nonce) != 25 || body["enforce_nonce"] != true) {
		complain("nonce %q, enforce_nonce %v, want 25 characters and true", nonce, body["enforce_nonce"])
	}
	return faults
}

// messageFaults checks what the description does not: it allows 4000 characters of content, where a
// bot gets 2000, and knows no sum.
func messageFaults(m map[string]any) (faults []string) {
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	mentions, _ := m["allowed_mentions"].(map[string]any)
	if parse, ok := mentions["parse"].([]any); !ok || len(parse) > 0 {
		complain("allowed_mentions %v, want parse: []", m["allowed_mentions"])
	}
	content, _ := m["content"].(string)
	embeds, _ := m["embeds"].([]any)
	if bot.Units(content) > 2000 || content == "" && len(embeds) == 0 {
		complain("content of %d units, want 1 to 2000", bot.Units(content))
	}
	sum := 0
	text := func(what string, v any, n int) {
		s, _ := v.(string)
		if sum += bot.Units(s); bot.Units(s) > n {
			complain("%s of %d units, want %d at most", what, bot.Units(s), n)
		}
	}
	for _, e := range embeds {
		e := e.(map[string]any)
		text("title", e["title"], 256)
		text("description", e["description"], 4096)
		if footer, ok := e["footer"].(map[string]any); ok {
			text("footer", footer["text"], 2048)
		}
		fields, _ := e["fields"].([]any)
		if len(fields) > 25 {
			complain("%d fields", len(fields))
		}
		for _, field := range fields {
			field := field.(map[string]any)
			if field["name"] == "" || field["value"] == "" {
				complain("empty field %v", field)
			}
			text("field name", field["name"], 256)
			text("field value", field["value"], 1024)
		}
		if stamp, ok := e["timestamp"].(string); ok {
			if _, err := time.Parse(time.RFC3339, stamp); err != nil {
				complain("timestamp %q", stamp)
			}
		}
	}
	if sum > 6000 {
		complain("embeds of %d units, want 6000 at most", sum)
	}
	return faults
}

// answers returns a handler that answers with a status and a body.
func answers(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// hangsUp reads the request and cuts the connection.
func hangsUp(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		conn.Close()
	}
}
