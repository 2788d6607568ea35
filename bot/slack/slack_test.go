package slack

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
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

// What a screen reader is given holds everything: the headline, the outlets and their links.
func TestTopLevelTextSaysEverything(t *testing.T) {
	f := newFake(t)
	s, _ := newSlack(t, f, "")
	card := readCard(t, "alert.json")
	if _, err := s.Post(t.Context(), delivery(news.KindAlert, card)); err != nil {
		t.Fatal(err)
	}
	text := f.called("")[0].form.Get("text")
	wants := []string{card.Headline, card.Quotes[0].Text, "3 outlets"}
	for _, o := range card.Outlets {
		link, _ := bot.Link(o.URL)
		wants = append(wants, o.Name, link)
	}
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("text = %q, want %q in it", text, want)
		}
	}
}

func TestLimitsHold(t *testing.T) {
	card := news.Card{Alert: "a1", Story: "s1", Headline: strings.Repeat("h", 400), Updated: time.Unix(1764000000, 0)}
	for i := range 30 {
		link := fmt.Sprintf("https://outlet%d.example/%s?q=a&b=%d", i, strings.Repeat("p", 60*i), i)
		card.Outlets = append(card.Outlets, news.Outlet{Name: strings.Repeat("o<&>", 40), URL: link, Seen: time.Unix(1764000000, 0)})
		card.Quotes = append(card.Quotes, news.Quote{Text: strings.Repeat("q & a ", 1700), Outlet: "Outlet", URL: link})
		card.Matched = append(card.Matched, strings.Repeat("m&", 300))
		card.Rules = append(card.Rules, strings.Repeat("r&", 300))
		card.Added = append(card.Added, news.Outlet{Name: strings.Repeat("a&", 99), URL: link})
		card.Stories = append(card.Stories, news.DigestEntry{Headline: strings.Repeat("s&", 300), URL: link, Outlets: []string{"x", "y"}})
	}
	card.News = strings.Repeat("n&", 5000)
	for _, k := range []news.Kind{news.KindAlert, news.KindEdit, news.KindReply, news.KindDigest} {
		f := newFake(t) // it checks
		s, _ := newSlack(t, f, appToken)
		if _, err := s.Post(t.Context(), delivery(k, card)); err != nil {
			t.Errorf("Post(%s) = %v", k, err)
		}
		if k != news.KindReply && !regexp.MustCompile(`\+\d+ more`).MatchString(f.called("")[0].form.Get("text")) {
			t.Errorf("%s: text %q, want +N more in it", k, f.called("")[0].form.Get("text"))
		}
	}
}

// parsed returns all text of a call in which Slack looks for markup, our own dates taken out.
func parsed(c apiCall) []string {
	own := regexp.MustCompile(`<!date\^\d+\^\{date_short_pretty\} at \{time\}\|\d{4}-\d\d-\d\d \d\d:\d\d UTC>`)
	texts := []string{own.ReplaceAllString(c.form.Get("text"), "")}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if v["type"] == "mrkdwn" {
				texts = append(texts, own.ReplaceAllString(v["text"].(string), ""))
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(c.blocks)
	return texts
}

// everywhere returns a card that has s in each of its texts, and an address that is good.
func everywhere(s string) news.Card {
	const link = "https://northwind.example/a"
	return news.Card{
		Alert: "a1", Story: "s1", Headline: s, News: s, Matched: []string{s}, Rules: []string{s}, Updated: time.Unix(1764000000, 0),
		Quotes:  []news.Quote{{Text: s, Outlet: s, URL: link}, {Text: s, Outlet: s, URL: s}},
		Outlets: []news.Outlet{{Name: s, Title: s, URL: link}, {Name: s, Title: s, URL: s}},
		Added:   []news.Outlet{{Name: s, Title: s, URL: link}},
		Stories: []news.DigestEntry{{Headline: s, URL: link, Outlets: []string{s}}},
	}
}

var kinds = []news.Kind{news.KindAlert, news.KindEdit, news.KindReply, news.KindDigest}

func TestMentionsDoNotArrive(t *testing.T) {
	file, err := os.Open("../../../shared/security/mention-injection.jsonl")
	if err != nil {
		t.Skip("the list of mentions is not here")
	}
	defer file.Close()
	cases := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var tt struct {
			ID, Text string
			Never    []string `json:"never_slack"`
		}
		if err := json.Unmarshal(lines.Bytes(), &tt); err != nil {
			t.Fatal(err)
		}
		cases++
		f := newFake(t)
		s, _ := newSlack(t, f, appToken)
		for _, k := range kinds {
			if _, err := s.Post(t.Context(), delivery(k, everywhere(tt.Text))); err != nil {
				t.Fatalf("%s: Post(%s) = %v", tt.ID, k, err)
			}
		}
		for _, c := range f.called("") {
			for _, text := range parsed(c) {
				for _, never := range tt.Never {
					if strings.Contains(text, never) {
						t.Errorf("%s %q: %s has %q in %q", tt.ID, tt.Text, c.method, never, text)
					}
				}
			}
		}
	}
	if cases < 30 {
		t.Errorf("read %d cases, want 30 at least", cases)
	}
}

// Whatever a card holds, in text that Slack parses the only markup is our own links and dates, and
// all limits hold.
func TestNoTextFromOutsideIsMarkup(t *testing.T) {
	ours := regexp.MustCompile(`<https?://[^<>| ]*>`)
	entity := regexp.MustCompile(`&(amp|lt|gt);`)
	rapid.Check(t, func(rt *rapid.T) {
		piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"<!channel>", "<@U1>", "<#C1|x>", "<!date^1^{ago}|x>", "&lt;!here&gt;", "```", "<https://e.example|x>", "@here"}))
		s := strings.Join(rapid.SliceOf(piece).Draw(rt, "text"), " ")
		for _, k := range kinds {
			m := render(bot.NewView(k, everywhere(s)), rapid.Bool().Draw(rt, "interactive"))
			raw, err := json.Marshal(m.blocks)
			if err != nil {
				rt.Fatal(err)
			}
			c := apiCall{form: map[string][]string{"text": {m.text}}}
			if err := json.Unmarshal(raw, &c.blocks); err != nil {
				rt.Fatal(err)
			}
			if faults := blockFaults(c.blocks); len(faults) > 0 && m.blocks != nil {
				rt.Fatalf("%s: %s", k, faults)
			}
			if n := bot.Units(m.text); n > maxText {
				rt.Fatalf("%s: text of %d units", k, n)
			}
			for _, text := range parsed(c) {
				rest := entity.ReplaceAllString(ours.ReplaceAllString(text, ""), "")
				if strings.ContainsAny(rest, "<>&`") {
					rt.Fatalf("%s: markup in %q", k, text)
				}
			}
		}
	})
}

func TestWhatAnErrorMeans(t *testing.T) {
	const (
		refusedForGood = "refused"
		notPosted      = "not posted"
		channelWaits   = "channel waits"
		unknownOutcome = "unknown"
	)
	slackSays := func(code string) http.HandlerFunc { return answers(200, `{"ok":false,"error":"`+code+`"}`) }
	limited := func(after string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(429)
		}
	}
	for _, tt := range []struct {
		name  string
		meets http.HandlerFunc
		want  string
		after time.Duration
	}{
		{"429 that says how long", limited("30"), channelWaits, 30 * time.Second},
		{"429 that says nothing", answers(429, ""), channelWaits, waitUnstated},
		{"429 that says nonsense", limited("soon"), channelWaits, waitUnstated},
		{"ratelimited", slackSays("ratelimited"), channelWaits, waitUnstated},
		{"token revoked", slackSays("token_revoked"), channelWaits, waitForPerson},
		{"missing scope", answers(200, `{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"commands"}`), channelWaits, waitForPerson},
		{"archived", slackSays("is_archived"), channelWaits, waitForPerson},
		{"not in channel", slackSays("channel_not_found"), channelWaits, waitForPerson},
		{"message gone", slackSays("message_not_found"), refusedForGood, 0},
		{"thread locked", slackSays("restricted_action_thread_locked"), refusedForGood, 0},
		{"a code nobody knows", slackSays("solar_flare"), notPosted, 0},
		{"org login", slackSays("org_login_required"), notPosted, 0},
		{"internal error", slackSays("internal_error"), unknownOutcome, 0},
		{"HTTP 500", answers(500, "<html>"), unknownOutcome, 0},
		{"HTTP 503", answers(503, ""), unknownOutcome, 0},
		{"not JSON", answers(200, "<html>"), unknownOutcome, 0},
		{"half an answer", answers(200, `{"ok":true,"chan`), unknownOutcome, 0},
		{"an answer without a message", answers(200, `{"ok":true}`), unknownOutcome, 0},
		{"cut after the request", hangsUp, unknownOutcome, 0},
		{"not the API", answers(404, ""), channelWaits, waitForServer},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", 307) }, channelWaits, waitForServer},
	} {
		f := newFake(t)
		f.next(tt.meets)
		s, _ := newSlack(t, f, "")
		_, err := s.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json")))
		got, after := unknownOutcome, time.Duration(0)
		if post, ok := errors.AsType[*news.PostError](err); ok {
			got, after = notPosted, post.After
			if post.Channel {
				got = channelWaits
			}
			if post.Refused {
				got = refusedForGood
			}
		}
		if err == nil || got != tt.want || after != tt.after {
			t.Errorf("%s: Post = %v: %s after %s, want %s after %s", tt.name, err, got, after, tt.want, tt.after)
		}
		if n := len(f.called("")); n != 1 {
			t.Errorf("%s: %d calls, want 1", tt.name, n)
		}
	}
}

func TestNothingListeningMeansNotPosted(t *testing.T) {
	f := newFake(t)
	s, _ := newSlack(t, f, "")
	f.Close()
	_, err := s.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json")))
	if post, ok := errors.AsType[*news.PostError](err); !ok || post.Refused || post.Channel {
		t.Errorf("Post = %v, want a *news.PostError that lets it be tried again", err)
	}
}

func TestRefusedBlocksAreSentAsTextOnce(t *testing.T) {
	invalid := answers(200, `{"ok":false,"error":"invalid_blocks"}`)
	unreadable := answers(200, `{"ok":false,"error":"invalid_blocks","errors":[{"odd":1}]}`)
	for _, tt := range []struct {
		name    string
		kind    news.Kind
		meets   []http.HandlerFunc
		refused bool
	}{
		{"the text is taken", news.KindAlert, []http.HandlerFunc{invalid}, false},
		{"an unreadable list of errors", news.KindAlert, []http.HandlerFunc{unreadable}, false},
		{"of an edit", news.KindEdit, []http.HandlerFunc{invalid}, false},
		{"not even the text is", news.KindAlert, []http.HandlerFunc{invalid, invalid}, true},
	} {
		f := newFake(t)
		f.next(tt.meets...)
		s, _ := newSlack(t, f, "")
		_, err := s.Post(t.Context(), delivery(tt.kind, readCard(t, "alert.json")))
		post, _ := errors.AsType[*news.PostError](err)
		if refused := post != nil && post.Refused; refused != tt.refused || !refused && err != nil {
			t.Errorf("%s: Post = %v, want refused %v", tt.name, err, tt.refused)
		}
		// An edit keeps one block: it could not switch off the formatting of text.
		calls, left := f.called(""), 0
		if tt.kind == news.KindEdit {
			left = 1
		}
		if len(calls) != 2 || len(calls[0].blocks) < 5 || len(calls[1].blocks) != left {
			t.Errorf("%s: calls %v, want two, the second with %d blocks", tt.name, calls, left)
		}
	}
}

// roundTripper is a function that is an http.RoundTripper.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSecretsReachNoErrorAndNoLog(t *testing.T) {
	canary := regexp.MustCompile(`canary`)
	for _, tt := range []struct {
		name  string
		meets http.HandlerFunc
	}{
		{"cut", hangsUp},
		{"refused", answers(200, `{"ok":false,"error":"invalid_auth"}`)},
		{"server error", answers(500, "x")},
		{"not JSON", answers(200, "x")},
	} {
		f := newFake(t)
		s, log := newSlack(t, f, appToken)
		f.next(tt.meets, tt.meets)
		_, post := s.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json")))
		preflight := s.Preflight(t.Context())
		if out := fmt.Sprintf("%v %+v %#v %v %+v %s", post, post, post, preflight, preflight, log); canary.MatchString(out) {
			t.Errorf("%s: a secret is in %q", tt.name, out)
		}
	}
	// Where an answer may go is a secret, too, and Go's client puts addresses into its errors.
	var log bytes.Buffer
	broken := &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("broken") })}
	s := New(Config{BotToken: news.NewSecret(botToken), AppToken: news.NewSecret(appToken)}, broken, slog.New(slog.NewTextHandler(&log, nil)))
	(&listener{s: s}).reply(t.Context(), "https://hooks.slack.example/canary", nil)
	if !strings.Contains(log.String(), "broken") || canary.MatchString(log.String()) {
		t.Errorf("log = %q, want the cause without the address", log.String())
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
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Preflight = %v, want %q in it", tt.name, err, tt.want)
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
