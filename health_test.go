package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/pulse"
	"github.com/pactwatch/pactwatch/internal/store"
)

// resting returns a program that is wired and does not run.
func resting(t *testing.T, config string) *program {
	t.Helper()
	c, err := ParseConfig("test.yaml", []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	p, err := wire(c, "test.yaml", st, io.Discard, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// asked returns the status and the checkup of one of the program's addresses.
func asked(t *testing.T, p *program, path string) (int, checkup) {
	t.Helper()
	w := httptest.NewRecorder()
	p.healthHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, decode[checkup](t, w.Body.String())
}

func TestAStageThatHangsTurnsHealthRed(t *testing.T) {
	p := resting(t, "health: {}")
	if code, got := asked(t, p, "/healthz"); code != 200 || got.Status != "ok" {
		t.Errorf("/healthz = %d %+v before anything hangs, want 200", code, got)
	}
	p.pulse.Loop("deliver", "deals on slack", 0).Work() // and never again
	time.Sleep(time.Millisecond)
	for _, path := range []string{"/healthz", "/livez"} {
		if code, got := asked(t, p, path); code != 503 || !strings.Contains(got.Checks["deliver"], "deals on slack: no progress") {
			t.Errorf("%s = %d %+v with a stage that hangs, want 503 that names it", path, code, got)
		}
	}
}

func TestAStoreThatTakesNothingTurnsHealthRed(t *testing.T) {
	p := resting(t, "health: {}")
	p.outage.probe = func(context.Context) error { return errors.New("database or disk is full") }
	for path, want := range map[string]int{"/healthz": 503, "/readyz": 503, "/livez": 200} { // a restart frees no disk
		if code, got := asked(t, p, path); code != want || want == 503 && !strings.Contains(got.Checks["store"], "full") {
			t.Errorf("%s = %d %+v with a full disk, want %d", path, code, got, want)
		}
	}
	if code, got := asked(t, p, "/readyz"); code != 503 || got.Checks["start"] != "not yet" {
		t.Errorf("/readyz = %d %+v before the start, want 503", code, got)
	}
}

const onSlack = `
slack: {bot_token_env: TEST_SLACK_BOT, api_url: %q}
health: {}
channels:
  deals: {slack: C0123ABC}
`

func TestAPlatformInTroubleTurnsHealthRed(t *testing.T) {
	t.Setenv("TEST_SLACK_BOT", "xoxb-canary")
	answer, status := `{"ok":true,"user":"pactwatch"}`, 200
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	defer far.Close()
	p := resting(t, fmt.Sprintf(onSlack, far.URL))
	c := p.connections["slack"]
	wants := func(when string, code int, words string) {
		t.Helper()
		if got, r := asked(t, p, "/healthz"); got != code || !strings.Contains(r.Checks["slack"], words) {
			t.Errorf("/healthz %s = %d %+v, want %d with slack %q", when, got, r, code, words)
		}
	}
	if err := c.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	wants("with a good token", 200, "ok")
	status = 502
	c.Preflight(t.Context())
	wants("while Slack answers 502", 503, "server errors")
	status = 200
	c.Preflight(t.Context())
	wants("when it answers again", 200, "ok")
	answer = `{"ok":false,"error":"token_revoked"}`
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan struct{})
	go func() { p.serve(ctx, "slack", c, func(error) {}); close(served) }()
	waitUntil(t, func() bool { _, ill := p.ill.Load("slack"); return ill }, func() string { return "slack's refusal" })
	stop()
	<-served
	wants("with a revoked token", 503, "token was revoked")
	p.ill.Delete("slack")
	far.Close()
	c.Preflight(t.Context())
	wants("without a network", 503, "cannot be reached")

	// Each of those is one request of its kind.
	for kind, want := range map[string]float64{callOK: 2, callServer: 1, callRefused: 1, callNetwork: 1} {
		if got := metric(t, p, "pactwatch_api_requests_total", "outcome", kind); got != want {
			t.Errorf("%v API requests that ended with %s, want %v", got, kind, want)
		}
	}
}

// metric returns the sum of a metric's values with a label; "" for any.
func metric(t *testing.T, p *program, name, label, value string) float64 {
	t.Helper()
	families, err := p.registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if f.GetName() == name && l.GetName() == label && l.GetValue() == value {
					sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
				}
			}
		}
	}
	return sum
}

func TestAChannelThatTakesNothingIsANote(t *testing.T) {
	t.Setenv("TEST_SLACK_BOT", "xoxb-canary")
	p := resting(t, fmt.Sprintf(onSlack, "http://127.0.0.1:9/")+"  board: {slack: C0456DEF}\n")
	archived := func(channel, target string) news.Delivery {
		return news.Delivery{Destination: news.Destination{Channel: channel, Platform: "slack", Target: target}, Reason: "not posted: slack: is_archived"}
	}
	p.roster.Load().routes = p.roster.Load().config.Channels
	one := []news.Delivery{archived("deals", "C0123ABC")}
	if got := p.platformFault("slack", one); got != "" {
		t.Errorf("slack with one of two channels archived: %q, want nothing", got)
	}
	both := append(one, archived("board", "C0456DEF"))
	if got := p.platformFault("slack", both); !strings.Contains(got, "is_archived") {
		t.Errorf("slack with both channels archived: %q, want the reason", got)
	}
}

// docs/operating.md has a row for each metric, with the help that the program gives.
func TestEveryMetricIsDocumented(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("docs", "operating.md"))
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(pactwatch_[a-z_]+)` \\|([a-z_, ]*)\\| (.*) \\|$").FindAllStringSubmatch(string(doc), -1) {
		documented[row[1]] = row[3] + " {" + strings.TrimSpace(row[2]) + "}"
	}
	known := map[string]string{}
	descs := make(chan *prometheus.Desc)
	go func() {
		resting(t, "health: {}").registry().Describe(descs)
		close(descs)
	}()
	desc := regexp.MustCompile(`fqName: "(pactwatch_\w+)", help: "(.*?)", .*variableLabels: {(.*?)}`)
	for d := range descs {
		if m := desc.FindStringSubmatch(d.String()); m != nil {
			known[m[1]] = strings.ReplaceAll(m[2], `\"`, `"`) + " {" + strings.ReplaceAll(m[3], ",", ", ") + "}"
		}
	}
	if len(known) == 0 {
		t.Fatal("no metric can be read")
	}
	if diff := cmp.Diff(known, documented); diff != "" {
		t.Errorf("the table of docs/operating.md (-program +page):\n%s", diff)
	}
}

func TestNoMetricHasAWordOfOthersInIt(t *testing.T) {
	t.Parallel()
	p, slack := newPress(t), newSlackChat(t)
	p.publish("Ledger Wire", pactTitle, pactText)
	dir := t.TempDir()
	address := freeAddress(t)
	config := writeFile(t, dir, "config.yaml", watching(p, fmt.Sprintf(`
slack: {bot_token_env: SLACK_BOT_TOKEN, api_url: %s/api/}
health: {listen: %q}
channels: {deals: {slack: C0123ABC}}
`, slack.URL, address)))
	run := start(t, dir, []string{"SLACK_BOT_TOKEN=xoxb-canary-1"}, "run", "--config", config)
	run.waitFor("delivered")
	body := ""
	waitUntil(t, func() bool {
		_, body = get(t, address, "/metrics")
		return strings.Contains(body, `pactwatch_deliveries_settled_total{kind="alert",platform="slack",state="sent"} 1`)
	}, func() string { return "the delivery to be counted in:\n" + body })
	for _, want := range []string{
		`pactwatch_polls_total{outcome="ok"}`, "pactwatch_items_total 1", `pactwatch_articles_read_total{outcome="ok"} 1`,
		"pactwatch_articles_matched_total 1", "pactwatch_alerts_total 1", `pactwatch_platform_up{platform="slack"} 1`,
		`pactwatch_queue_depth{stage="deliver"} 0`, "pactwatch_store_up 1", `pactwatch_build_info{`, "go_goroutines", "process_open_fds",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
	for _, other := range []string{"canary", "wire", "exclusiv", "deals", "C0123", "127.0.0.1", "Corvane", "http"} {
		for line := range strings.Lines(body) {
			if strings.HasPrefix(line, "pactwatch_") && strings.Contains(line, other) {
				t.Errorf("a metric has %q in it: %s", other, line)
			}
		}
	}
	if code, words := get(t, address, "/healthz"); code != 200 {
		t.Errorf("/healthz = %d %s, want 200", code, words)
	}
	if got := command(t, "", "health", "--config", config); !strings.Contains(strings.Join(got, "\n"), "slack      ok") {
		t.Errorf("pactwatch health prints %q, want a line for slack", got)
	}
	run.end(syscall.SIGTERM)
	var out bytes.Buffer
	if err := perform(t, &out, "health", "--config", config); err == nil || !strings.Contains(err.Error(), "no bot answers") {
		t.Errorf("pactwatch health after the end: %v, want that nobody answers", err)
	}
}

// perform runs the program in this process, its output to out.
func perform(t *testing.T, out io.Writer, args ...string) error {
	return run(t.Context(), args, strings.NewReader(""), out, io.Discard)
}

// freeAddress returns an address of this host that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func get(t *testing.T, address, path string) (int, string) {
	t.Helper()
	resp, err := http.Get("http://" + address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestTheServiceManagerHearsOfStartProgressAndEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	socket := filepath.Join(dir, "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil && runtime.GOOS == "windows" {
		t.Skip("Windows has no datagram sockets in files, and no systemd")
	} else if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	hears := func(want string) {
		t.Helper()
		buf := make([]byte, 64)
		conn.SetReadDeadline(time.Now().Add(time.Minute))
		for {
			n, err := conn.Read(buf)
			if err != nil {
				t.Fatalf("waited in vain for %s: %v", want, err)
			}
			if string(buf[:n]) == want {
				return
			}
		}
	}
	p := start(t, dir, []string{"NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=300000"}, "run", "--config",
		writeFile(t, dir, "config.yaml", watching(newPress(t), toTerminal)))
	hears("READY=1")
	hears("WATCHDOG=1")
	hears("WATCHDOG=1")
	p.cmd.Process.Signal(syscall.SIGTERM)
	hears("STOPPING=1")
	if err := <-p.exited; err != nil {
		t.Errorf("ended with %v, want exit code 0", err)
	}
}

func TestTheWatchdogIsNotFedByALoopThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fed, m = 0, &pulse.Monitor{}
		ctx, stop := context.WithCancel(t.Context())
		go watchProgress(ctx, m, 10*time.Second, func() { fed++ }, slog.New(slog.DiscardHandler))
		l := m.Loop("group", "", time.Minute)
		l.Work()
		time.Sleep(time.Minute)
		synctest.Wait()
		before := fed
		time.Sleep(time.Hour)
		if before == 0 || fed > before+1 {
			t.Errorf("fed %d times in a minute of work, then %d in an hour without progress; want some, then none", before, fed-before)
		}
		stop()
		synctest.Wait()
	})
}
