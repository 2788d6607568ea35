package slack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/pactwatch/pactwatch/bot"
)

const (
	botToken = "xoxb-canary-bot"
	appToken = "xapp-canary-app"
)

// A fakeSlack is a workspace with one bot. It records every call and is stricter than Slack: it
// fails the test over a call that Slack's published description does not have, and over blocks
// beyond their limits.
type fakeSlack struct {
	*httptest.Server
	t      *testing.T
	params map[string][]string // of each method, from Slack's description; nil without it

	mu      sync.Mutex
	calls   []apiCall
	script  []http.HandlerFunc // what the next calls meet instead of an answer
	replies chan map[string]any
	sockets chan *websocket.Conn
}

type apiCall struct {
	method string
	form   url.Values
	blocks []any
}

func newFake(t *testing.T) *fakeSlack {
	f := &fakeSlack{t: t, replies: make(chan map[string]any, 20), sockets: make(chan *websocket.Conn, 20)}
	f.params = methodParams(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", f.api)
	mux.HandleFunc("/respond", f.respond)
	mux.HandleFunc("/socket", f.socket)
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s: no such route", r.Method, r.URL) })
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

// shared opens a file of the descriptions that lie beside the repository, or skips what needs it.
func shared(t *testing.T, path string, into any) bool {
	raw, err := os.ReadFile(filepath.Join("../../../shared", path))
	if err != nil {
		t.Logf("not held against %s: it is not here", path)
		return false
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return true
}

func methodParams(t *testing.T) map[string][]string {
	var spec struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name string }
		}
	}
	if !shared(t, "specs/slack/web-api-openapi-v2.min.json", &spec) {
		return nil
	}
	// Slack archived its description in 2021, before metadata; the token may also stand in the form.
	params := map[string][]string{"apps.connections.open": {}}
	for path, ops := range spec.Paths {
		method := strings.TrimPrefix(path, "/")
		params[method] = []string{"token"}
		for _, op := range ops {
			for _, p := range op.Parameters {
				params[method] = append(params[method], p.Name)
			}
		}
	}
	params["chat.postMessage"] = append(params["chat.postMessage"], "metadata")
	return params
}

// next makes the coming calls meet h, one after the other.
func (f *fakeSlack) next(h ...http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = append(f.script, h...)
}

// called returns the calls of a method so far, all of them for "".
func (f *fakeSlack) called(method string) []apiCall {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []apiCall
	for _, c := range f.calls {
		if method == "" || c.method == method {
			found = append(found, c)
		}
	}
	return found
}

func (f *fakeSlack) api(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	c := apiCall{method: r.PathValue("method"), form: r.PostForm}
	f.check(r, &c)
	f.mu.Lock()
	f.calls = append(f.calls, c)
	n := len(f.calls)
	var scripted http.HandlerFunc
	if len(f.script) > 0 {
		scripted, f.script = f.script[0], f.script[1:]
	}
	f.mu.Unlock()
	if scripted != nil {
		scripted(w, r)
		return
	}
	switch c.method {
	case "chat.postMessage":
		fmt.Fprintf(w, `{"ok":true,"channel":%q,"ts":"1764000000.%06d"}`, c.form.Get("channel"), n)
	case "chat.update":
		fmt.Fprintf(w, `{"ok":true,"channel":%q,"ts":%q,"text":"x"}`, c.form.Get("channel"), c.form.Get("ts"))
	case "auth.test":
		io.WriteString(w, `{"ok":true,"team":"Example","user":"pactwatch","team_id":"T1","user_id":"U1","bot_id":"B1"}`)
	case "apps.connections.open":
		fmt.Fprintf(w, `{"ok":true,"url":%q}`, "ws"+strings.TrimPrefix(f.URL, "http")+"/socket?ticket=canary-ticket")
	default:
		io.WriteString(w, `{"ok":false,"error":"unknown_method"}`)
	}
}

func (f *fakeSlack) check(r *http.Request, c *apiCall) {
	if r.Method != http.MethodPost {
		f.t.Errorf("%s: method %s, want POST", c.method, r.Method)
	}
	if c.method == "apps.connections.open" {
		if got := r.Header.Get("Authorization"); got != "Bearer "+appToken {
			f.t.Errorf("%s: Authorization %q, want the app token", c.method, got)
		}
		return
	}
	if got := c.form.Get("token"); got != botToken {
		f.t.Errorf("%s: token %q, want the bot's", c.method, got)
	}
	for name := range c.form {
		if f.params != nil && !slices.Contains(f.params[c.method], name) {
			f.t.Errorf("%s: parameter %s is not in Slack's description", c.method, name)
		}
	}
	if !strings.HasPrefix(c.method, "chat.") {
		return
	}
	if c.form.Get("channel") == "" || c.form.Get("text") == "" {
		f.t.Errorf("%s: channel %q, text %q, want both", c.method, c.form.Get("channel"), c.form.Get("text"))
	}
	if c.form.Get("parse") != "none" || c.form.Get("link_names") != "false" {
		f.t.Errorf("%s: parse %q, link_names %q, want none and false", c.method, c.form.Get("parse"), c.form.Get("link_names"))
	}
	if c.method == "chat.postMessage" && (c.form.Get("unfurl_links") != "false" || c.form.Get("unfurl_media") != "false") {
		f.t.Errorf("%s: unfurls, want none", c.method)
	}
	if n := bot.Units(c.form.Get("text")); n > maxText {
		f.t.Errorf("%s: text of %d units, want %d at most", c.method, n, maxText)
	}
	if raw := c.form.Get("blocks"); raw != "" {
		if err := json.Unmarshal([]byte(raw), &c.blocks); err != nil {
			f.t.Errorf("%s: blocks: %v", c.method, err)
		}
		for _, fault := range blockFaults(c.blocks) {
			f.t.Errorf("%s: blocks: %s", c.method, fault)
		}
	}
}

// respond takes an answer to a command or a click.
func (f *fakeSlack) respond(_ http.ResponseWriter, r *http.Request) {
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		f.t.Errorf("response_url: %v", err)
	}
	blocks, _ := body["blocks"].([]any)
	for _, fault := range blockFaults(blocks) {
		f.t.Errorf("response_url: blocks: %s", fault)
	}
	f.replies <- body
}

func (f *fakeSlack) socket(w http.ResponseWriter, r *http.Request) {
	conn, err := (&websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}).Upgrade(w, r, nil)
	if err != nil {
		f.t.Errorf("socket: %v", err)
		return
	}
	conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","num_connections":1}`))
	f.sockets <- conn
}

// blockFaults returns what breaks a limit of Slack's in blocks, or is not safe: text that Slack
// parses has to be verbatim.
func blockFaults(blocks []any) (faults []string) {
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	if len(blocks) > 50 {
		complain("%d blocks, want 50 at most", len(blocks))
	}
	atMost := func(what, s string, n int) {
		if u := bot.Units(s); u < 1 || u > n {
			complain("%s of %d units, want 1 to %d", what, u, n)
		}
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case []any:
			for i, e := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), e)
			}
		case map[string]any:
			kind, _ := v["type"].(string)
			elements, _ := v["elements"].([]any)
			text, _ := v["text"].(string)
			switch kind {
			case "header":
				inner := v["text"].(map[string]any)
				atMost(path+" header", inner["text"].(string), 150)
				if inner["type"] != "plain_text" {
					complain("%s: a header of type %v", path, inner["type"])
				}
			case "section":
				if inner := v["text"].(map[string]any); inner["type"] != "plain_text" {
					complain("%s: a section of type %v", path, inner["type"])
				}
			case "context":
				if n := len(elements); n < 1 || n > 10 {
					complain("%s: %d elements", path, n)
				}
			case "actions":
				if n := len(elements); n < 1 || n > 25 {
					complain("%s: %d elements", path, n)
				}
			case "button":
				atMost(path+" label", v["text"].(map[string]any)["text"].(string), 75)
				atMost(path+" action_id", v["action_id"].(string), 255)
				if link, ok := v["url"].(string); ok {
					atMost(path+" url", link, 3000)
				}
			case "mrkdwn":
				atMost(path, text, 3000)
				if v["verbatim"] != true {
					complain("%s: mrkdwn that is not verbatim: %q", path, text)
				}
			case "plain_text":
				atMost(path, text, 3000)
				if v["emoji"] == true {
					complain("%s: plain_text that turns :words: into emoji", path)
				}
			case "text", "link":
				if kind == "text" && text == "" {
					complain("%s: an empty text", path)
				}
			case "date":
				if ts, ok := v["timestamp"].(float64); !ok || ts <= 0 || !strings.HasSuffix(v["fallback"].(string), " UTC") {
					complain("%s: date %v", path, v)
				}
			case "rich_text", "rich_text_section", "rich_text_list", "rich_text_quote":
				if len(elements) == 0 {
					complain("%s: %s without elements", path, kind)
				}
			default:
				complain("%s: a block or element of type %q", path, kind)
			}
			for _, key := range []string{"elements", "text"} {
				if _, isString := v[key].(string); !isString && v[key] != nil {
					walk(path+"."+key, v[key])
				}
			}
		default:
			complain("%s: %T", path, v)
		}
	}
	walk("blocks", any(blocks))
	raw, _ := json.Marshal(blocks)
	if n := bot.Units(string(raw)); n > 13200 {
		complain("%d units in all, want 13200 at most", n)
	}
	return faults
}

// answers returns a handler that answers with a status and a body.
func answers(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
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
