package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	fakediscord "github.com/pactwatch/pactwatch/internal/fake/discord"
	"github.com/pactwatch/pactwatch/internal/news"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "rewrite the files in testdata that hold what is sent")

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

// newDiscord returns a Discord that speaks to f, and its log.
func newDiscord(t *testing.T, f *fakediscord.Server, commands bool) (*Discord, *logBuffer) {
	var log logBuffer
	cfg := Config{APIURL: f.APIURL, Token: news.NewSecret(fakediscord.Token), Commands: &commands}
	return New(cfg, newClient(t), slog.New(slog.NewTextHandler(&log, nil))), &log
}

func newClient(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
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

// before is a message that was posted before the test.
const before = "1200000000000000001"

// newGuild returns a guild in which that message stands.
func newGuild(t *testing.T) *fakediscord.Server {
	s := fakediscord.New(t)
	s.Put(fakediscord.ChannelID, before)
	return s
}

func delivery(k news.Kind, c news.Card) news.Delivery {
	d := news.Delivery{Key: "s55/board/" + string(k), Kind: k, Card: c, Destination: news.Destination{Channel: "board", Platform: "discord", Target: fakediscord.ChannelID}}
	if k == news.KindEdit || k == news.KindReply {
		d.Message = before
	}
	return d
}

func TestEachKindIsSentAsItsFileSays(t *testing.T) {
	for _, tt := range []struct {
		name     string
		kind     news.Kind
		card     string
		commands bool
		change   func(c *news.Card)
	}{
		{"alert", news.KindAlert, "alert.json", false, nil},
		{"alert-buttons", news.KindAlert, "alert.json", true, nil},
		{"alert-rewritten", news.KindAlert, "alert.json", false, func(c *news.Card) {
			c.Rewriting = news.Rewriting{Model: "small_1*", Done: true}
		}},
		{"edit", news.KindEdit, "alert.json", false, nil},
		{"muted", news.KindEdit, "alert.json", true, func(c *news.Card) {
			c.Muted = &news.Mute{What: "story", Which: "s55", Until: c.Updated.AddDate(0, 0, 7), By: news.Actor{Name: "Ada *"}}
		}},
		{"reply", news.KindReply, "reply.json", true, nil},
		{"reply-loud", news.KindReply, "reply.json", true, func(c *news.Card) { c.Loud = true }},
		{"digest", news.KindDigest, "digest.json", true, nil},
		{"digest-held", news.KindDigest, "digest.json", true, func(c *news.Card) { c.Held = "quiet hours" }},
		{"notice", news.KindNotice, "alert.json", true, func(c *news.Card) {
			*c = news.Card{Headline: "The source ledger fails", News: "3 times in a row: HTTP status 503.\nLook at its address."}
		}},
	} {
		f := newGuild(t)
		d, _ := newDiscord(t, f, tt.commands)
		card := readCard(t, tt.card)
		if tt.change != nil {
			tt.change(&card)
		}
		if _, err := d.Post(t.Context(), delivery(tt.kind, card)); err != nil {
			t.Errorf("%s: Post = %v", tt.name, err)
			continue
		}
		var sent []any
		for _, c := range f.Calls("") {
			sent = append(sent, map[string]any{"call": c.Route + " " + c.Path, "body": c.Body})
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
	path := filepath.Join("testdata", name)
	if *update {
		os.MkdirAll(filepath.Dir(path), 0o777)
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

func TestThreadIsStartedOnceAndPostedIntoTwice(t *testing.T) {
	f := newGuild(t)
	d, _ := newDiscord(t, f, true)
	message, err := d.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json")))
	if err != nil || message == "" {
		t.Fatalf("Post(alert) = %q, %v", message, err)
	}
	for i := range 2 {
		reply := delivery(news.KindReply, readCard(t, "reply.json"))
		reply.Message, reply.Key = message, fmt.Sprint("reply", i)
		if got, err := d.Post(t.Context(), reply); err != nil || got == "" || got == message {
			t.Errorf("Post(reply %d) = %q, %v, want a message of its own", i, got, err)
		}
	}
	if thread := f.Messages(f.Message(message).Thread); len(thread) != 2 {
		t.Errorf("the thread has %v, want two messages", thread)
	}
}

func TestScenario39TheSameDeliveryAgainIsTheSameMessage(t *testing.T) {
	f := newGuild(t)
	f.AddChannel(fakediscord.Channel{ID: "1200000000000000009"})
	d, _ := newDiscord(t, f, true)
	f.Fail("", fakediscord.Fault{Status: 502, Done: true})
	del := delivery(news.KindAlert, readCard(t, "alert.json"))
	_, err := d.Post(t.Context(), del)
	if _, certain := errors.AsType[*news.PostError](err); err == nil || certain {
		t.Errorf("Post that met a 502 = %v, want an unknown outcome", err)
	}
	if n := len(f.Calls("")); n != 1 {
		t.Errorf("%d calls, want 1: nothing is retried here", n)
	}
	again, err := d.Post(t.Context(), del)
	if all := f.Messages(fakediscord.ChannelID); err != nil || len(all) != 2 || all[1].ID != again {
		t.Errorf("Post again = %q, %v with messages %v, want one new message", again, err, all)
	}
	del.Destination.Target = "1200000000000000009"
	other, err := d.Post(t.Context(), del)
	if err != nil || other == again {
		t.Errorf("Post to another channel = %q, %v, want another message than %q", other, err, again)
	}
	f.Delete(other)
	if got, err := d.Post(t.Context(), del); err != nil || got != "" {
		t.Errorf("Post of a message deleted since = %q, %v, want it delivered", got, err)
	}
}

func TestAnEndedContextPostsNothing(t *testing.T) {
	f := newGuild(t)
	d, _ := newDiscord(t, f, false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.Post(ctx, delivery(news.KindAlert, readCard(t, "alert.json")))
	if _, ok := errors.AsType[*news.PostError](err); !ok || len(f.Calls("")) > 0 {
		t.Errorf("Post = %v after %d calls, want a *news.PostError after none", err, len(f.Calls("")))
	}
}

func TestNothingToEdit(t *testing.T) {
	f := newGuild(t)
	d, _ := newDiscord(t, f, false)
	for _, k := range []news.Kind{news.KindEdit, news.KindReply} {
		del := delivery(k, readCard(t, "alert.json"))
		del.Message = ""
		_, err := d.Post(t.Context(), del)
		if post, ok := errors.AsType[*news.PostError](err); !ok || !post.Refused {
			t.Errorf("Post(%s) without a message = %v, want it refused", k, err)
		}
	}
}

func TestPreflight(t *testing.T) {
	f := newGuild(t)
	d, _ := newDiscord(t, f, true)
	if err := d.Preflight(t.Context()); err != nil {
		t.Errorf("Preflight = %v", err)
	}
	f.ResetToken()
	err := d.Preflight(t.Context())
	if post, ok := errors.AsType[*news.PostError](err); !ok || !post.Refused || !strings.Contains(err.Error(), "developer portal") {
		t.Errorf("Preflight with a dead token = %v, want it refused and where to get another", err)
	}
}

func TestConfigCheck(t *testing.T) {
	for _, tt := range []struct {
		name string
		cfg  Config
		want []string // paths
	}{
		{"no Discord", Config{}, nil},
		{"all well", Config{TokenEnv: "A", APIURL: "http://127.0.0.1:8080"}, nil},
		{"named twice", Config{TokenEnv: "A", TokenFile: "a"}, []string{"token_file"}},
		{"no address", Config{APIURL: "ftp://discord.com/"}, []string{"api_url"}},
		{"a name for an ID", Config{Managers: []string{"1200000000000000000", "ada"}}, []string{"managers[1]"}},
	} {
		var got []string
		for _, f := range tt.cfg.Check() {
			got = append(got, f.Path)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: Check (-want +got):\n%s", tt.name, diff)
		}
	}
}
