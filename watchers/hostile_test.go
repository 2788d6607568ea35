package watchers

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/shared"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// A hostileCase is one of security/hostile-feeds/cases.json, as far as it is about watchers.
type hostileCase struct {
	ID, Title string
	Expect    struct {
		Kind      string
		Polls     int
		Baseline  bool // the first poll's entries are none of them news
		Outcome   []string
		Alerts    struct{ Min, Max int }
		Never     []string
		Must      []string
		NoContact []string `json:"no_contact"`
		MaxMS     int      `json:"max_ms"`
	}
}

func TestHostileFeeds(t *testing.T) {
	dir := shared.Path(t, "security/hostile-feeds")
	text, err := os.ReadFile(filepath.Join(dir, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []hostileCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	address := startHostile(t, dir)
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) { c.run(t, address) })
	}
}

// startHostile builds and runs the server of the cases, and returns its address.
func startHostile(t *testing.T, dir string) string {
	binary := filepath.Join(t.TempDir(), "hostile")
	if out, err := exec.Command("go", "build", "-o", binary, filepath.Join(dir, "main.go")).CombinedOutput(); err != nil {
		t.Fatalf("build the server: %v\n%s", err, out)
	}
	portFile := binary + ".port"
	cmd := exec.Command(binary, "-cases", filepath.Join(dir, "cases.json"), "-serve", "127.0.0.1:0", "-portfile", portFile)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for range 100 {
		if port, err := os.ReadFile(portFile); err == nil && len(port) > 0 {
			return strings.TrimSpace(string(port))
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the server does not start")
	return ""
}

func (c hostileCase) run(t *testing.T, address string) {
	f := newTestFetcher(t, NetworkConfig{AllowPrivate: []string{"127.0.0.1"}})
	f.head, f.all = 500*time.Millisecond, 3*time.Second // so that those who keep us waiting need not
	f.dialer.Resolver = (&zone{}).resolver()            // nothing but the server is to be found
	st := &memory{}
	if c.Expect.Baseline {
		st.Introduce(t.Context(), []string{"an older source"})
	}
	w := New(st, f, slog.New(slog.DiscardHandler))
	rules, err := rule.Compile([]news.Rule{{Name: "r", Match: "partnership"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	config := SourceConfig{Name: "wire", Feed: address + "/" + c.ID}
	if c.Expect.Kind == "page" {
		config.Feed, config.Page = "", config.Feed
	}
	if err := w.Configure(t.Context(), []SourceConfig{config}, rules); err != nil {
		t.Fatal(err)
	}
	outcome := ""
	for range c.Expect.Polls {
		start := time.Now()
		outcome = "ok"
		if _, err := w.Poll(t.Context(), "wire"); err != nil {
			outcome = "error"
			t.Log(err)
		}
		if took := time.Since(start); c.Expect.MaxMS > 0 && took > time.Duration(c.Expect.MaxMS)*time.Millisecond {
			t.Errorf("%s: a poll took %v, want at most %d ms", c.Title, took, c.Expect.MaxMS)
		}
	}
	if !slices.Contains(c.Expect.Outcome, outcome) {
		t.Errorf("%s: outcome %s, want one of %s", c.Title, outcome, c.Expect.Outcome)
	}
	if len(st.articles) < 1000 { // the flood's pages are not what it is about
		if err := w.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	c.checkAlerts(t, st)
	hits, err := http.Get(address + "/_hits")
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer hits.Body.Close()
	seen, _ := io.ReadAll(hits.Body)
	for _, path := range c.Expect.NoContact {
		if strings.Contains(string(seen), path) {
			t.Errorf("%s: %s was requested", c.Title, path)
		}
	}
}

// checkAlerts looks at what goes on to its story. How that is shown is the renderers' part: only
// control characters, links and stories of files are looked for here.
func (c hostileCase) checkAlerts(t *testing.T, st *memory) {
	alerts, all := 0, ""
	for _, a := range st.articles {
		if a.Stage == news.Done {
			continue
		}
		if len(a.Matches) > 0 {
			alerts++
		}
		shown := a.Article.Title + "\n" + a.Article.Outlet + "\n" + a.Article.Author + "\n" + a.Article.Link()
		all += shown + "\n"
		for _, s := range c.Expect.Never {
			if strings.Contains(shown, s) && !strings.ContainsAny(s, "<>()") {
				t.Errorf("%s: %q is in %q", c.Title, s, shown)
			}
		}
	}
	for _, s := range c.Expect.Must {
		if !strings.Contains(all, s) {
			t.Errorf("%s: %q is nowhere in %q", c.Title, s, all)
		}
	}
	if alerts < c.Expect.Alerts.Min || alerts > c.Expect.Alerts.Max {
		t.Errorf("%s: %d matched articles, want %d to %d", c.Title, alerts, c.Expect.Alerts.Min, c.Expect.Alerts.Max)
	}
}
