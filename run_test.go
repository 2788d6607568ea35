package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
)

// A press is a site with one feed of excerpts and a page for each article, which a test adds.
type press struct {
	*httptest.Server
	mu    sync.Mutex
	items []string
	pages map[string]string
}

func newPress(t testing.TB) *press {
	p := &press{pages: map[string]string{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		page, ok := p.pages[r.URL.Path]
		switch {
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprintf(w, `<rss version="2.0"><channel><title>Press</title><link>%s</link>%s</channel></rss>`,
				p.URL, strings.Join(p.items, ""))
		case ok:
			io.WriteString(w, page)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// publish adds an article of an outlet, published now.
func (p *press) publish(outlet, title, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	path := "/" + strings.ReplaceAll(strings.ToLower(outlet), " ", "-")
	p.items = append(p.items, fmt.Sprintf(`<item><link>%s</link><title>%s</title><pubDate>%s</pubDate></item>`,
		p.URL+path, title, time.Now().Format(time.RFC1123Z)))
	p.pages[path] = fmt.Sprintf(`<html lang="en"><head><title>%s | %s</title><meta property="og:site_name" content="%s"></head>
<body><article><h1>%s</h1><p>%s</p></article></body></html>`, title, outlet, outlet, title, strings.ReplaceAll(text, "\n", "</p><p>"))
}

// One deal as two outlets tell it, and another deal.
const (
	pactTitle  = "Corvane and Meridell end exclusive cloud pact"
	pactText   = "Corvane and Meridell said on Tuesday that their exclusive cloud pact is over.\nCorvane may now buy computing from any provider, and will start with a tender in spring. Meridell keeps a licence to the Larch models of Corvane."
	againTitle = "Meridell loses exclusive hold on Corvane"
	againText  = "Meridell is no longer the exclusive cloud of Corvane after the two rewrote their pact on Tuesday.\nCorvane, maker of the Larch models, may buy computing elsewhere, and has a tender in mind."
	orderTitle = "Pellucid orders two gigawatts from Gridhaven"
	orderText  = "Pellucid ordered two gigawatts of exclusive capacity from Gridhaven at the old smelter in Ardmoor.\nThe first halls open when the power line is ready, its chief engineer told reporters at the site."
)

// A process is the program, running.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	mu     sync.Mutex
	out    strings.Builder // what it has printed, both streams
	exited chan error
}

// start runs the program in dir. It is the test's own binary under the program's name: see TestMain.
func start(t *testing.T, dir string, env []string, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, exited: make(chan error, 1)}
	p.cmd = exec.Command(self)
	p.cmd.Args = append([]string{"pactwatch"}, args...)
	p.cmd.Dir, p.cmd.Env = dir, append(os.Environ(), env...)
	read, write := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = write, write
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var reading sync.WaitGroup
	reading.Go(func() {
		for lines := bufio.NewScanner(read); lines.Scan(); {
			p.mu.Lock()
			p.out.WriteString(lines.Text() + "\n")
			p.mu.Unlock()
		}
	})
	go func() {
		err := p.cmd.Wait()
		write.Close()
		reading.Wait()
		p.exited <- err
	}()
	t.Cleanup(func() { p.cmd.Process.Kill() })
	return p
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// waitFor waits until the program has printed all of these.
func (p *process) waitFor(want ...string) {
	p.t.Helper()
	waitUntil(p.t, func() bool {
		for _, w := range want {
			if !strings.Contains(p.output(), w) {
				return false
			}
		}
		return true
	}, func() string { return fmt.Sprintf("%q\nin:\n%s", want, p.output()) })
}

// waitUntil gives a machine under load the time it needs; what tells what was waited for.
func waitUntil(t *testing.T, ready func() bool, what func() string) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !ready(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what())
		}
	}
}

// end sends a signal and returns how the program ended.
func (p *process) end(sig os.Signal) error {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatal(err)
	}
	select {
	case err := <-p.exited:
		return err
	case <-time.After(10 * time.Second):
		p.t.Fatalf("still running ten seconds after %v:\n%s", sig, p.output())
		return nil
	}
}

func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// watching is a configuration that polls a press as often as may be; head has the channel "deals".
func watching(p *press, head string) string {
	return head + fmt.Sprintf(`
network: {allow_private: [127.0.0.0/8]}
sources:
  - {name: wire, feed: %q, schedule: "@every 10s"}
rules:
  - {name: exclusivity, match: exclusive, channels: [deals]}
`, p.URL)
}

const toTerminal = "channels: {deals: {terminal: true}}"

func TestAnAlertIsPostedOnceWhateverHappens(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.publish("Ledger Wire", pactTitle, pactText)
	dir := t.TempDir()
	config := writeFile(t, dir, "config.yaml", watching(p, toTerminal))

	first := start(t, dir, nil, "run", "--config", config)
	first.waitFor(pactTitle, "delivered")
	first.end(os.Kill)

	second := start(t, dir, nil, "run", "--config", config)
	p.publish("Stackside", orderTitle, orderText)
	second.waitFor(orderTitle, "delivered") // a whole poll has passed over the first one
	if err := second.end(syscall.SIGTERM); err != nil {
		t.Errorf("ended by SIGTERM with %v, want exit code 0", err)
	}
	if strings.Contains(second.output(), pactTitle) {
		t.Errorf("the first alert was repeated after kill -9:\n%s", second.output())
	}
	if n := strings.Count(first.output()+second.output(), "NORMAL · 1 outlet"); n != 2 {
		t.Errorf("%d alerts for two stories:\n%s%s", n, first.output(), second.output())
	}
}

func TestAFailingSourceIsToldAndTheProgramStaysUp(t *testing.T) {
	t.Parallel()
	closed := newPress(t)
	closed.Close()
	dir := t.TempDir()
	p := start(t, dir, nil, "run", "--config", writeFile(t, dir, "config.yaml", watching(closed, toTerminal)))
	p.waitFor("poll failed", `"source":"wire"`, "next")
	if err := p.end(os.Interrupt); err != nil {
		t.Errorf("ended with %v, want exit code 0", err)
	}
}

func TestASecondProcessIsRefused(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	dir := t.TempDir()
	config := writeFile(t, dir, "config.yaml", watching(p, toTerminal))
	first := start(t, dir, nil, "run", "--config", config)
	first.waitFor("alerts   deals → terminal")
	second := start(t, dir, nil, "run", "--config", config)
	if err := <-second.exited; err == nil || !strings.Contains(second.output(), fmt.Sprintf("another pactwatch is running on it (pid %d", first.cmd.Process.Pid)) {
		t.Errorf("second process: %v\n%s", err, second.output())
	}
}

func TestReloadIsAllOrNothing(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	dir := t.TempDir()
	config := writeFile(t, dir, "config.yaml", watching(p, toTerminal))
	run := start(t, dir, nil, "run", "--config", config)
	run.waitFor("alerts   deals → terminal")

	writeFile(t, dir, "config.yaml", watching(p, toTerminal)+"  - {name: bad, match: 'a NEARBY b', channels: [deals]}\n")
	run.cmd.Process.Signal(syscall.SIGHUP)
	run.waitFor("configuration not reloaded", "no such operator: NEARBY")

	writeFile(t, dir, "config.yaml", watching(p, "slack: {bot_token_env: SLACK_BOT_TOKEN}\n"+toTerminal))
	run.cmd.Process.Signal(syscall.SIGHUP)
	run.waitFor("SLACK_BOT_TOKEN")

	writeFile(t, dir, "config.yaml", watching(p, toTerminal)+"  - {name: gigawatts, match: gigawatt, channels: [deals]}\n")
	run.cmd.Process.Signal(syscall.SIGHUP)
	run.waitFor("configuration reloaded")
	p.publish("Stackside", orderTitle, orderText)
	run.waitFor("rules exclusivity, gigawatts")
	if err := run.end(os.Interrupt); err != nil {
		t.Errorf("ended with %v, want exit code 0", err)
	}
}

// A call is a request that a fake platform was sent.
type call struct {
	what string // "chat.postMessage"; "POST /channels/…"
	body map[string]any
}

// A chat is a platform's far side, as much of it as posting takes.
type chat struct {
	*httptest.Server
	mu    sync.Mutex
	calls []call
}

func (c *chat) made(what string) (made []call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, v := range c.calls {
		if v.what == what {
			made = append(made, v)
		}
	}
	return made
}

func (c *chat) log(what string, body map[string]any) (nth int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call{what, body})
	return len(c.calls)
}

func newSlackChat(t *testing.T) *chat {
	c := &chat{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		body := map[string]any{}
		for k := range r.PostForm {
			body[k] = r.PostForm.Get(k)
		}
		n := c.log(strings.TrimPrefix(r.URL.Path, "/api/"), body)
		ts := fmt.Sprintf("1764000000.%06d", n)
		json.NewEncoder(w).Encode(map[string]any{"ok": true, "team": "T", "user": "pactwatch", "channel": body["channel"], "ts": ts,
			"message": map[string]any{"ts": ts, "thread_ts": body["thread_ts"]}})
	}))
	t.Cleanup(c.Close)
	return c
}

func newDiscordChat(t *testing.T) *chat {
	c := &chat{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := map[string]any{}
		data, _ := io.ReadAll(r.Body)
		json.Unmarshal(data, &body)
		_, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/"), "/") // v9
		n := c.log(r.Method+" "+path, body)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"id":"90%d","channel_id":"12","username":"pactwatch","type":11,"embeds":[]}`, n)
	}))
	t.Cleanup(c.Close)
	return c
}

func TestTwoReportsAreOneMessageOnBothPlatforms(t *testing.T) {
	t.Parallel()
	p, slack, discord := newPress(t), newSlackChat(t), newDiscordChat(t)
	p.publish("Ledger Wire", pactTitle, pactText)
	dir := t.TempDir()
	config := writeFile(t, dir, "config.yaml", watching(p, fmt.Sprintf(`
slack: {bot_token_env: SLACK_BOT_TOKEN, api_url: %s/api/}
discord: {token_env: DISCORD_TOKEN, api_url: %s/api/, commands: false}
channels: {deals: {slack: C0123ABC, discord: "12"}}
`, slack.URL, discord.URL)))
	run := start(t, dir, []string{"SLACK_BOT_TOKEN=xoxb-canary-1", "DISCORD_TOKEN=canary-2"}, "run", "--config", config)
	both := func(slackCall, discordCall string, want int) {
		t.Helper()
		waitUntil(t, func() bool { return len(slack.made(slackCall)) == want && len(discord.made(discordCall)) == want },
			func() string {
				return fmt.Sprintf("%d × %s and %s\nSlack: %v\nDiscord: %v\n%s", want, slackCall, discordCall, slack.calls, discord.calls, run.output())
			})
	}
	both("chat.postMessage", "POST channels/12/messages", 1)
	alert := slack.made("chat.postMessage")[0].body
	if text := fmt.Sprint(alert["text"]); alert["channel"] != "C0123ABC" || !strings.Contains(text, pactTitle) || !strings.Contains(text, p.URL) {
		t.Errorf("Slack was posted %v, want headline and link to C0123ABC", alert)
	}
	if m := discord.made("POST channels/12/messages")[0].body; m["enforce_nonce"] != true || m["nonce"] == "" {
		t.Errorf("Discord was posted %v, want a nonce that is enforced", m)
	}

	p.publish("Kestrel Business", againTitle, againText)
	both("chat.update", "PATCH channels/12/messages/902", 1)
	if err := run.end(syscall.SIGTERM); err != nil {
		t.Errorf("ended with %v, want exit code 0", err)
	}
	if n := len(slack.made("chat.postMessage")); n != 1 {
		t.Errorf("%d posts to Slack, want one: the second report edits it", n)
	}
	for _, secret := range []string{"canary-1", "canary-2"} {
		if strings.Contains(run.output(), secret) {
			t.Errorf("a token is in what the program printed:\n%s", run.output())
		}
	}
}

// F18: a source and a platform that do not answer hold up the end for no longer than ten seconds, which
// is what end waits.
func TestTheEndWaitsForNoOneWhoDoesNotAnswer(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	posted := make(chan struct{}, 1)
	hung := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/auth.test":
			io.WriteString(w, `{"ok":true,"user":"pactwatch"}`)
			return
		case "/api/chat.postMessage":
			posted <- struct{}{}
		}
		<-over
	}))
	defer hung.Close()
	defer close(over)
	p := newPress(t)
	p.publish("Ledger Wire", pactTitle, pactText)
	dir := t.TempDir()
	config := writeFile(t, dir, "config.yaml", fmt.Sprintf(`
slack: {bot_token_env: SLACK_BOT_TOKEN, api_url: %s/api/}
channels: {deals: {slack: C0123ABC}}
network: {allow_private: [127.0.0.0/8]}
sources:
  - {name: silent, feed: %q, schedule: "@every 10s"}
  - {name: wire, feed: %q, schedule: "@every 10s"}
rules:
  - {name: exclusivity, match: exclusive, channels: [deals]}
`, hung.URL, hung.URL+"/feed", p.URL))
	run := start(t, dir, []string{"SLACK_BOT_TOKEN=xoxb-canary-1"}, "run", "--config", config)
	<-posted
	if err := run.end(syscall.SIGTERM); err != nil {
		t.Errorf("ended with %v, want exit code 0", err)
	}
	st, err := store.OpenReadOnly(t.Context(), filepath.Join(dir, "pactwatch.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if qs, err := st.Queues(t.Context()); err != nil || len(qs) != 1 || qs[0].State != news.Unknown {
		t.Errorf("what waits after the end is %+v, %v; want the message in flight, of unknown outcome", qs, err)
	}
}
