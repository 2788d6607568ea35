package slack

import (
	"bytes"
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
	"github.com/pactwatch/pactwatch/internal/news"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "rewrite the files in testdata that hold what is sent")

// newSlack returns a Slack that speaks to f, and its log. app is the app token, "" to only post.
func newSlack(t *testing.T, f *fakeslack.Server, app string) (*Slack, *logBuffer) {
	return configured(t, f, Config{AppToken: news.NewSecret(app)})
}

func configured(t *testing.T, f *fakeslack.Server, cfg Config) (*Slack, *logBuffer) {
	var log logBuffer
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cfg.APIURL = strings.TrimSuffix(f.APIURL, "/")
	cfg.BotToken = news.NewSecret(fakeslack.BotToken)
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

// delivery returns a delivery of a card; of an edit and a reply, to what message is.
func delivery(k news.Kind, c news.Card, message string) news.Delivery {
	d := news.Delivery{Key: "s55/deals/" + string(k), Kind: k, Card: c, Destination: news.Destination{Channel: "deals", Platform: "slack", Target: fakeslack.ChannelID}}
	if k == news.KindEdit || k == news.KindReply {
		d.Message = message
	}
	return d
}

// posted posts an alert, and returns its message.
func posted(t *testing.T, s *Slack) string {
	t.Helper()
	message, err := s.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json"), ""))
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func TestEachKindIsSentAsItsFileSays(t *testing.T) {
	muted := readCard(t, "alert.json")
	muted.Muted = &news.Mute{What: "story", Which: muted.Story, By: news.Actor{Name: "Ada <!here>"}, Until: time.Unix(1764600000, 0)}
	held := readCard(t, "digest.json")
	held.Held = "quiet hours 22:00–07:00"
	notice := news.Card{Headline: "A source is down", News: "northwind does not answer: 503.\nIt is asked again at noon.", Updated: time.Unix(1764000000, 0)}
	pinging := readCard(t, "alert.json")
	pinging.Mentions = []string{"slack:U0000ADA", "slack:S0000LAW", "discord:12", "slack:<!here>"}
	rewritten := readCard(t, "alert.json")
	rewritten.Rewriting = news.Rewriting{Model: "small_1", Done: true}
	for _, tt := range []struct {
		name string
		kind news.Kind
		card news.Card
		app  string
	}{
		{"alert", news.KindAlert, readCard(t, "alert.json"), ""},
		{"alert-buttons", news.KindAlert, readCard(t, "alert.json"), fakeslack.AppToken},
		{"alert-pinging", news.KindAlert, pinging, ""},
		{"alert-rewritten", news.KindAlert, rewritten, ""},
		{"edit", news.KindEdit, readCard(t, "alert.json"), ""},
		{"edit-muted", news.KindEdit, muted, fakeslack.AppToken},
		{"reply", news.KindReply, readCard(t, "reply.json"), fakeslack.AppToken},
		{"digest", news.KindDigest, readCard(t, "digest.json"), fakeslack.AppToken},
		{"digest-held", news.KindDigest, held, fakeslack.AppToken},
		{"notice", news.KindNotice, notice, fakeslack.AppToken},
	} {
		f := fakeslack.New(t)
		s, _ := newSlack(t, f, tt.app)
		message := posted(t, s)
		if _, err := s.Post(t.Context(), delivery(tt.kind, tt.card, message)); err != nil {
			t.Errorf("%s: Post = %v", tt.name, err)
			continue
		}
		c := f.Calls("")[1]
		c.Args["method"] = c.Method
		golden(t, tt.name+".json", c.Args)
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

func TestEditAndReplyFindTheirMessage(t *testing.T) {
	f := fakeslack.New(t)
	s, _ := newSlack(t, f, "")
	message := posted(t, s)
	alert := f.Public(fakeslack.ChannelID)[0]
	if want := fakeslack.ChannelID + "/" + alert.TS; message != want {
		t.Errorf("Post(alert) = %q, want %q", message, want)
	}
	if got, err := s.Post(t.Context(), delivery(news.KindEdit, readCard(t, "alert.json"), message)); err != nil || got != message {
		t.Errorf("Post(edit) = %q, %v, want %q", got, err, message)
	}
	loud := readCard(t, "reply.json")
	loud.Loud = true
	for _, card := range []news.Card{readCard(t, "reply.json"), loud} {
		if _, err := s.Post(t.Context(), delivery(news.KindReply, card, message)); err != nil {
			t.Errorf("Post(reply) = %v", err)
		}
	}
	all := f.Messages(fakeslack.ChannelID)
	if len(all) != 3 || all[0].Edits != 1 || all[1].Thread != alert.TS || all[1].Broadcast || all[2].Thread != alert.TS || !all[2].Broadcast {
		t.Errorf("messages: %+v, want one that is edited, and two in its thread, the loud one shown in the channel", all)
	}
}

func TestOnlyAnAlertPingsAndOnlyWhomItsRuleNames(t *testing.T) {
	for kind, want := range map[news.Kind][]string{news.KindAlert: {"U0000ADA", "S0000LAW"}, news.KindEdit: nil, news.KindReply: nil} {
		f := fakeslack.New(t)
		s, _ := newSlack(t, f, "")
		message := posted(t, s)
		card := readCard(t, "alert.json")
		card.Mentions = []string{"slack:U0000ADA", "slack:S0000LAW", "discord:12", "slack:here"}
		if _, err := s.Post(t.Context(), delivery(kind, card, message)); err != nil {
			t.Errorf("Post(%s) = %v", kind, err)
		}
		all := f.Messages(fakeslack.ChannelID)
		if got := all[len(all)-1].Notified; !slices.Equal(got, want) {
			t.Errorf("%s pings %v, want %v", kind, got, want)
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
		{"all well", Config{BotTokenEnv: "A", AppTokenFile: "b", APIURL: "https://slack.com/api/", Managers: []string{"U024BE7LH"}}, nil},
		{"HTTP mode", Config{BotTokenEnv: "A", Listen: ":8080", SigningSecretEnv: "S"}, nil},
		{"HTTP mode without a secret", Config{BotTokenEnv: "A", Listen: ":8080"}, []string{"listen"}},
		{"no place to listen", Config{BotTokenEnv: "A", Listen: "8080", SigningSecretEnv: "S"}, []string{"listen"}},
		{"named twice", Config{BotTokenEnv: "A", BotTokenFile: "a", AppTokenEnv: "B", AppTokenFile: "b", SigningSecretEnv: "C", SigningSecretFile: "c"},
			[]string{"bot_token_file", "app_token_file", "signing_secret_file"}},
		{"a manager's name", Config{Managers: []string{"U024BE7LH", "@ada"}}, []string{"managers[1]"}},
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
