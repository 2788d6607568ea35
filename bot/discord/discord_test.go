package discord

import (
	"bufio"
	"bytes"
	"context"
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
func newDiscord(t *testing.T, f *fakeDiscord, commands bool) (*Discord, *logBuffer) {
	var log logBuffer
	cfg := Config{APIURL: f.URL + "/api", Token: news.NewSecret(token), Commands: &commands}
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

const channel = "1200000000000000000"

func delivery(k news.Kind, c news.Card) news.Delivery {
	d := news.Delivery{Key: "s55/board/" + string(k), Kind: k, Card: c, Destination: news.Destination{Channel: "board", Platform: "discord", Target: channel}}
	if k == news.KindEdit || k == news.KindReply {
		d.Message = "1200000000000000001"
	}
	return d
}

func TestEachKindIsSentAsItsFileSays(t *testing.T) {
	for _, tt := range []struct {
		name     string
		kind     news.Kind
		card     string
		commands bool
	}{
		{"alert", news.KindAlert, "alert.json", false},
		{"alert-buttons", news.KindAlert, "alert.json", true},
		{"edit", news.KindEdit, "alert.json", false},
		{"reply", news.KindReply, "reply.json", true},
		{"digest", news.KindDigest, "digest.json", true},
	} {
		f := newFake(t)
		d, _ := newDiscord(t, f, tt.commands)
		if _, err := d.Post(t.Context(), delivery(tt.kind, readCard(t, tt.card))); err != nil {
			t.Errorf("%s: Post = %v", tt.name, err)
			continue
		}
		var sent []any
		for _, c := range f.called("") {
			sent = append(sent, map[string]any{"call": c.route + " " + c.path, "body": c.body})
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

func TestThreadIsStartedOnceAndPostedIntoTwice(t *testing.T) {
	f := newFake(t)
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
	posts := f.called("POST messages")
	if len(f.threads) != 1 || len(posts) != 3 || !strings.Contains(posts[2].path, message) {
		t.Errorf("%d threads and posts %v, want one thread and two posts into it", len(f.threads), posts)
	}
}

func TestTheSameDeliveryAgainIsTheSameMessage(t *testing.T) {
	f := newFake(t)
	d, _ := newDiscord(t, f, true)
	f.next(func(w http.ResponseWriter, r *http.Request) { // makes the message, but answers 502
		w.Header().Set("X-Call", "0")
		f.create(httpDiscard{w}, r)
		w.WriteHeader(http.StatusBadGateway)
	})
	del := delivery(news.KindAlert, readCard(t, "alert.json"))
	_, err := d.Post(t.Context(), del)
	if _, certain := errors.AsType[*news.PostError](err); err == nil || certain {
		t.Errorf("Post that met a 502 = %v, want an unknown outcome", err)
	}
	if n := len(f.called("")); n != 1 {
		t.Errorf("%d calls, want 1: nothing is retried here", n)
	}
	again, err := d.Post(t.Context(), del)
	if err != nil || len(f.nonces) != 1 {
		t.Errorf("Post again = %q, %v with %d messages, want one message", again, err, len(f.nonces))
	}
	del.Destination.Target = "1200000000000000009"
	if other, err := d.Post(t.Context(), del); err != nil || other == again {
		t.Errorf("Post to another channel = %q, %v, want another message than %q", other, err, again)
	}
	f.next(answers(404, `{"code":10008,"message":"Unknown Message"}`))
	if got, err := d.Post(t.Context(), del); err != nil || got != "" {
		t.Errorf("Post of a message deleted since = %q, %v, want it delivered", got, err)
	}
}

// httpDiscard is a ResponseWriter that lets nothing out.
type httpDiscard struct{ http.ResponseWriter }

func (httpDiscard) Write(p []byte) (int, error) { return len(p), nil }

func TestLimitsHold(t *testing.T) {
	card := news.Card{Alert: "a1", Story: "s1", Headline: strings.Repeat("h*", 200), Updated: time.Unix(1764000000, 0)}
	for i := range 30 {
		link := fmt.Sprintf("https://outlet%d.example/%s?q=a&b=%d", i, strings.Repeat("p", 60*i), i)
		card.Outlets = append(card.Outlets, news.Outlet{Name: strings.Repeat("o_*", 40), URL: link, Seen: time.Unix(1764000000, 0)})
		card.Quotes = append(card.Quotes, news.Quote{Text: strings.Repeat("*", 5000), Outlet: strings.Repeat("*", 80), URL: "https://x.example/" + strings.Repeat("p", 370)})
		card.Matched = append(card.Matched, strings.Repeat("m_", 300))
		card.Rules = append(card.Rules, strings.Repeat("r-", 300))
		card.Added = append(card.Added, news.Outlet{Name: strings.Repeat("a*", 99), URL: link})
		card.Stories = append(card.Stories, news.DigestEntry{Headline: strings.Repeat("s*", 300), URL: link, Outlets: []string{"x", "y"}})
	}
	card.News = strings.Repeat("n*", 5000)
	for _, k := range kinds {
		f := newFake(t) // it checks
		d, _ := newDiscord(t, f, true)
		if _, err := d.Post(t.Context(), delivery(k, card)); err != nil {
			t.Errorf("Post(%s) = %v", k, err)
		}
		raw, _ := json.Marshal(f.called("")[0].body)
		if k != news.KindReply && !regexp.MustCompile(`\+\d+ more`).MatchString(strings.ReplaceAll(string(raw), `\\`, "")) {
			t.Errorf("%s: %s, want +N more in it", k, raw)
		}
	}
}

func TestALongAddressDoesNotCrowdOutTheOthers(t *testing.T) {
	card := readCard(t, "alert.json")
	card.Outlets[0].URL = "https://news.halden.example/" + strings.Repeat("p", 900)
	sources := render(bot.NewView(news.KindAlert, card), false).Embeds[0].Fields[2].Value
	for _, o := range card.Outlets {
		if !strings.Contains(sources, o.Name) {
			t.Errorf("sources = %q, want %q in it", sources, o.Name)
		}
	}
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

// shown returns every text of a message in which Discord looks for markup.
func shown(m map[string]any) []string {
	content, _ := m["content"].(string)
	texts := []string{content}
	embeds, _ := m["embeds"].([]any)
	for _, e := range embeds {
		e := e.(map[string]any)
		title, _ := e["title"].(string)
		description, _ := e["description"].(string)
		texts = append(texts, title, description)
		fields, _ := e["fields"].([]any)
		for _, field := range fields {
			texts = append(texts, field.(map[string]any)["value"].(string))
		}
	}
	return texts
}

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
			Never    []string `json:"never_discord"`
		}
		if err := json.Unmarshal(lines.Bytes(), &tt); err != nil {
			t.Fatal(err)
		}
		cases++
		f := newFake(t)
		d, _ := newDiscord(t, f, true)
		for _, k := range kinds {
			if _, err := d.Post(t.Context(), delivery(k, everywhere(tt.Text))); err != nil {
				t.Fatalf("%s: Post(%s) = %v", tt.ID, k, err)
			}
		}
		for _, c := range f.called("") {
			for _, text := range shown(c.body) {
				for _, never := range tt.Never {
					if strings.Contains(strings.ReplaceAll(text, `\`+never, ""), never) {
						t.Errorf("%s %q: %s has %q in %q", tt.ID, tt.Text, c.route, never, text)
					}
				}
				if fault := markupIn(text); fault != "" {
					t.Errorf("%s %q: %s has %q in %q", tt.ID, tt.Text, c.route, fault, text)
				}
			}
		}
	}
	if cases < 30 {
		t.Errorf("read %d cases, want 30 at least", cases)
	}
}

var (
	ours     = regexp.MustCompile(`\]\(<?https?://[^()<> ]*>?\)|<t:\d+:R>`)
	disarmed = regexp.MustCompile(`\\[^0-9A-Za-z\s]`)
	markup   = regexp.MustCompile("[\\\\*_~|>#\\-+\\](<:@`]|(?m:^\\d+\\.)")
)

// markupIn returns what of text Discord would read as markup, apart from our own links and times.
func markupIn(text string) string {
	text = disarmed.ReplaceAllString(text, "")
	text = ours.ReplaceAllString(text, "")
	// "+3 more" stands at the end of a list and is ours.
	text = regexp.MustCompile(`(^|[\n ])\+\d+ more`).ReplaceAllString(text, "")
	return markup.FindString(text)
}

// Whatever a card holds, the only markup is our own links and times, and all limits hold.
func TestNoTextFromOutsideIsMarkup(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"<@1>", "<@&1>", "@everyone", "</a:1>", "<t:1:R>", "[x](https://e.example)", "```", "||x||", "1. x", "https://e.example", "\\"}))
		s := strings.Join(rapid.SliceOf(piece).Draw(rt, "text"), " ")
		for _, k := range kinds {
			v := bot.NewView(k, everywhere(s))
			message := render(v, rapid.Bool().Draw(rt, "interactive"))
			if k == news.KindReply || rapid.Bool().Draw(rt, "plain") {
				message = renderPlain(v)
			}
			raw, err := json.Marshal(createMessage{message, strings.Repeat("n", 25), true})
			if err != nil {
				rt.Fatal(err)
			}
			var body map[string]any
			if err := json.Unmarshal(raw, &body); err != nil {
				rt.Fatal(err)
			}
			if faults := bodyFaults("POST messages", raw, body); len(faults) > 0 {
				rt.Fatalf("%s: %s", k, faults)
			}
			for _, text := range shown(body) {
				if fault := markupIn(text); fault != "" {
					rt.Fatalf("%s: %q in %q", k, fault, text)
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
	says := func(status, code int) http.HandlerFunc {
		return answers(status, fmt.Sprintf(`{"code":%d,"message":"It says so"}`, code))
	}
	for _, tt := range []struct {
		name  string
		kind  news.Kind
		meets http.HandlerFunc
		want  string
		after time.Duration
	}{
		{"429", news.KindAlert, answers(429, `{"message":"You are being rate limited.","retry_after":64.57,"global":false}`), channelWaits, 64570 * time.Millisecond},
		{"429 of the network in front", news.KindAlert, answers(429, "<html>"), channelWaits, waitUnstated},
		{"edits of an old message", news.KindEdit, answers(429, `{"message":"x","retry_after":1200,"code":30046}`), notPosted, 20 * time.Minute},
		{"token dead", news.KindAlert, says(401, 0), channelWaits, waitForPerson},
		{"channel gone", news.KindAlert, says(404, 10003), channelWaits, waitForPerson},
		{"permission", news.KindAlert, says(403, 50013), channelWaits, waitForPerson},
		{"moderation", news.KindAlert, says(400, 200000), refusedForGood, 0},
		{"a forum", news.KindAlert, says(400, 50008), refusedForGood, 0},
		{"message gone", news.KindEdit, says(404, 10008), refusedForGood, 0},
		{"message not ours", news.KindEdit, says(403, 50005), refusedForGood, 0},
		{"no thread allowed", news.KindReply, says(403, 50013), notPosted, waitForPerson},
		{"thread may be there", news.KindReply, answers(502, ""), notPosted, 0},
		{"a code nobody knows", news.KindAlert, says(400, 31337), notPosted, 0},
		{"HTTP 500", news.KindAlert, answers(500, "<html>"), unknownOutcome, 0},
		{"HTTP 502", news.KindAlert, answers(502, ""), unknownOutcome, 0},
		{"not JSON", news.KindAlert, answers(200, "<html>"), unknownOutcome, 0},
		{"cut after the request", news.KindAlert, hangsUp, unknownOutcome, 0},
		{"not the API", news.KindAlert, answers(404, "<html>"), channelWaits, waitForServer},
		{"a redirect", news.KindAlert, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", 307) }, channelWaits, waitForServer},
	} {
		f := newFake(t)
		f.next(tt.meets)
		d, _ := newDiscord(t, f, false)
		_, err := d.Post(t.Context(), delivery(tt.kind, readCard(t, "alert.json")))
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

func TestThreadThatWasDeletedTakesNoReply(t *testing.T) {
	f := newFake(t)
	f.next(answers(400, `{"code":160004,"message":"x"}`), answers(404, `{"code":10003,"message":"Unknown Channel"}`))
	d, _ := newDiscord(t, f, false)
	_, err := d.Post(t.Context(), delivery(news.KindReply, readCard(t, "reply.json")))
	if post, ok := errors.AsType[*news.PostError](err); !ok || !post.Refused || post.Channel {
		t.Errorf("Post = %v, want it refused, and its channel left alone", err)
	}
}

func TestRefusedEmbedIsSentAsTextOnce(t *testing.T) {
	invalid := answers(400, `{"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":{"url":{"_errors":[{"code":"URL_TYPE_INVALID_URL"}]}}}}}`)
	for _, tt := range []struct {
		name    string
		kind    news.Kind
		meets   []http.HandlerFunc
		refused bool
	}{
		{"the text is taken", news.KindAlert, []http.HandlerFunc{invalid}, false},
		{"of an edit", news.KindEdit, []http.HandlerFunc{invalid}, false},
		{"not even the text is", news.KindAlert, []http.HandlerFunc{invalid, invalid}, true},
	} {
		f := newFake(t)
		f.next(tt.meets...)
		d, _ := newDiscord(t, f, true)
		_, err := d.Post(t.Context(), delivery(tt.kind, readCard(t, "alert.json")))
		post, _ := errors.AsType[*news.PostError](err)
		if refused := post != nil && post.Refused; refused != tt.refused || !refused && err != nil {
			t.Errorf("%s: Post = %v, want refused %v", tt.name, err, tt.refused)
		}
		calls := f.called("")
		if len(calls) != 2 || len(calls[1].body["embeds"].([]any)) != 0 {
			t.Errorf("%s: calls %v, want two, the second without embeds", tt.name, calls)
		}
	}
}

// discordgo would sleep before the call that a limit forbids, however soon the context ends.
func TestAUsedUpLimitIsNotSleptOut(t *testing.T) {
	f := newFake(t)
	f.next(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset-After", "30")
		w.Header().Set("X-Call", "1")
		f.create(w, r)
	})
	d, _ := newDiscord(t, f, false)
	if _, err := d.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json"))); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err := d.Post(t.Context(), delivery(news.KindDigest, readCard(t, "digest.json")))
	post, ok := errors.AsType[*news.PostError](err)
	if !ok || post.Refused || !post.Channel || post.After < 29*time.Second || post.After > 30*time.Second {
		t.Errorf("Post = %v, want the channel to wait some 30s", err)
	}
	if d := time.Since(start); d > time.Second || len(f.called("")) != 1 {
		t.Errorf("it took %s and %d calls, want no wait and no second call", d, len(f.called("")))
	}
}

func TestAnEndedContextPostsNothing(t *testing.T) {
	f := newFake(t)
	d, _ := newDiscord(t, f, false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.Post(ctx, delivery(news.KindAlert, readCard(t, "alert.json")))
	if _, ok := errors.AsType[*news.PostError](err); !ok || len(f.called("")) > 0 {
		t.Errorf("Post = %v after %d calls, want a *news.PostError after none", err, len(f.called("")))
	}
}

func TestNothingToEdit(t *testing.T) {
	f := newFake(t)
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

func TestSecretsReachNoErrorAndNoLog(t *testing.T) {
	for _, tt := range []struct {
		name  string
		meets http.HandlerFunc
	}{
		{"cut", hangsUp},
		{"rejected", answers(401, `{"code":0,"message":"401: Unauthorized"}`)},
		{"server error", answers(500, "x")},
		{"bad gateway", answers(502, "x")},
		{"limited", answers(429, "x")},
		{"not JSON", answers(200, "x")},
	} {
		f := newFake(t)
		d, log := newDiscord(t, f, true)
		f.next(tt.meets, tt.meets)
		_, post := d.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json")))
		if post == nil {
			t.Errorf("%s: Post = nil, want an error", tt.name)
		}
		// An interaction's token is part of its address, which Go's client puts into its errors.
		(&listener{d: d, desk: testDesk()}).answer(t.Context(), press("1", "canary-interaction", "v1:why:a102"))
		if out := fmt.Sprintf("%v %+v %#v %s", post, post, post, log); strings.Contains(out, "canary") {
			t.Errorf("%s: a secret is in %q", tt.name, out)
		}
	}
}

func TestPreflight(t *testing.T) {
	f := newFake(t)
	d, _ := newDiscord(t, f, true)
	if err := d.Preflight(t.Context()); err != nil {
		t.Errorf("Preflight = %v", err)
	}
	d = New(Config{APIURL: httptestDead(t), Token: news.NewSecret(token)}, newClient(t), slog.New(slog.DiscardHandler))
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
