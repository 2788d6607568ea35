package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pactwatch/pactwatch/internal/news"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "rewrite the files in testdata that hold what is sent")

// newSlack returns a Slack that speaks to f, and its log. app is the app token, "" to only post.
func newSlack(t *testing.T, f *fakeSlack, app string) (*Slack, *logBuffer) {
	var log logBuffer
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cfg := Config{APIURL: f.URL + "/api", BotToken: news.NewSecret(botToken), AppToken: news.NewSecret(app)}
	return New(cfg, &http.Client{Transport: transport}, slog.New(slog.NewTextHandler(&log, nil))), &log
}

// A logBuffer keeps what is logged, and can be read meanwhile.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func readCard(t *testing.T, name string) news.Card {
	t.Helper()
	raw, err := os.ReadFile("../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var c news.Card
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

func delivery(k news.Kind, c news.Card) news.Delivery {
	d := news.Delivery{Key: "s55/deals/" + string(k), Kind: k, Card: c, Destination: news.Destination{Channel: "deals", Platform: "slack", Target: "C024BE91L"}}
	if k == news.KindEdit || k == news.KindReply {
		d.Message = "C024BE91L/1764000000.000001"
	}
	return d
}

func TestEachKindIsSentAsItsFileSays(t *testing.T) {
	for _, tt := range []struct {
		name string
		kind news.Kind
		card string
		app  string
	}{
		{"alert", news.KindAlert, "alert.json", ""},
		{"alert-buttons", news.KindAlert, "alert.json", appToken},
		{"edit", news.KindEdit, "alert.json", ""},
		{"reply", news.KindReply, "reply.json", appToken},
		{"digest", news.KindDigest, "digest.json", appToken},
	} {
		f := newFake(t)
		s, _ := newSlack(t, f, tt.app)
		if _, err := s.Post(t.Context(), delivery(tt.kind, readCard(t, tt.card))); err != nil {
			t.Errorf("%s: Post = %v", tt.name, err)
			continue
		}
		c := f.called("")[0]
		sent := map[string]any{"method": c.method, "blocks": c.blocks}
		for name := range c.form {
			if name != "blocks" && name != "token" {
				sent[name] = c.form.Get(name)
			}
		}
		golden(t, tt.name+".json", sent)
	}
}

func golden(t *testing.T, name string, sent any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	enc.Encode(sent)
	path := "testdata/" + name
	if *update {
		os.MkdirAll("testdata", 0o777)
		if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s differs; read it, then rewrite it with -update (-want +got):\n%s", name, diff)
	}
}

func TestEditAndReplyFindTheirMessage(t *testing.T) {
	f := newFake(t)
	s, _ := newSlack(t, f, "")
	message, err := s.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json")))
	if err != nil || message != "C024BE91L/1764000000.000001" {
		t.Fatalf("Post(alert) = %q, %v, want C024BE91L/1764000000.000001", message, err)
	}
	edit := delivery(news.KindEdit, readCard(t, "alert.json"))
	edit.Message = message
	if got, err := s.Post(t.Context(), edit); err != nil || got != message {
		t.Errorf("Post(edit) = %q, %v, want %q", got, err, message)
	}
	if c := f.called("chat.update"); len(c) != 1 || c[0].form.Get("ts") != "1764000000.000001" || c[0].form.Get("channel") != "C024BE91L" || c[0].blocks == nil {
		t.Errorf("chat.update calls: %v, want one of that message with blocks", c)
	}
	reply := delivery(news.KindReply, readCard(t, "reply.json"))
	reply.Message = message
	if _, err := s.Post(t.Context(), reply); err != nil {
		t.Errorf("Post(reply) = %v", err)
	}
	if c := f.called("chat.postMessage"); len(c) != 2 || c[1].form.Get("thread_ts") != "1764000000.000001" {
		t.Errorf("chat.postMessage calls: %v, want the second in the thread of the first", c)
	}
}

func TestPreflight(t *testing.T) {
	for _, tt := range []struct {
		name, bot, app string
		meets          http.HandlerFunc
		want           string // "" for none
	}{
		{name: "all well", bot: botToken, app: appToken},
		{name: "posting only", bot: botToken},
		{name: "tokens exchanged", bot: appToken, app: botToken, want: "xoxb-"},
		{name: "a bot token as app token", bot: botToken, app: botToken, want: "xapp-"},
		{name: "a dead token", bot: botToken, meets: answers(200, `{"ok":false,"error":"invalid_auth"}`), want: "install the app again"},
	} {
		f := newFake(t)
		if tt.meets != nil {
			f.next(tt.meets)
		}
		s, _ := newSlack(t, f, tt.app)
		s.cfg.BotToken = news.NewSecret(tt.bot)
		err := s.Preflight(t.Context())
		post, _ := errors.AsType[*news.PostError](err)
		if (err == nil) != (tt.want == "") || err != nil && (post == nil || !post.Refused || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: Preflight = %v, want it refused with %q", tt.name, err, tt.want)
		}
	}
}

func TestConfigCheck(t *testing.T) {
	for _, tt := range []struct {
		name string
		cfg  Config
		want []string // paths
	}{
		{"no Slack", Config{}, nil},
		{"all well", Config{BotTokenEnv: "A", AppTokenFile: "b", APIURL: "https://slack.com/api/"}, nil},
		{"named twice", Config{BotTokenEnv: "A", BotTokenFile: "a", AppTokenEnv: "B", AppTokenFile: "b"}, []string{"bot_token_file", "app_token_file"}},
		{"no address", Config{APIURL: "slack.com/api"}, []string{"api_url"}},
	} {
		var got []string
		for _, f := range tt.cfg.Check() {
			got = append(got, f.Path)
			if f.Msg == "" || f.Hint == "" {
				t.Errorf("%s: fault %+v, want what is wrong and the way out", tt.name, f)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: Check (-want +got):\n%s", tt.name, diff)
		}
	}
}
