package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// R17: each secret holds a word that is nowhere else. The program works, fails in every way that a broken
// platform lets it fail, and dies with all its stacks printed; the word is then looked for in all that it
// has left.
func TestNoSecretGetsOut(t *testing.T) {
	t.Parallel()
	site, slack, address := newPress(t), newSlackChat(t), freeAddress(t)
	site.publish("Ledger Wire", pactTitle, pactText)
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // a broken Discord
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.Close()
		}
	}))
	defer cut.Close()
	dir := t.TempDir()
	token := writeFile(t, dir, "discord-token", "canary-in-a-file\n")
	config := writeFile(t, dir, "config.yaml", watching(site, fmt.Sprintf(`
database: pactwatch.db
slack: {bot_token_env: SLACK_BOT_TOKEN, app_token_env: SLACK_APP_TOKEN, signing_secret_env: SLACK_SECRET, api_url: %s/api/}
discord: {token_file: %q, api_url: %s/api/}
health: {listen: %q}
channels: {deals: {slack: C0123ABC, discord: "12"}}
`, slack.URL, token, cut.URL, address)))
	env := []string{"SLACK_BOT_TOKEN=xoxb-canary-1", "SLACK_APP_TOKEN=xapp-canary-2", "SLACK_SECRET=canary-3", "GOTRACEBACK=system"}
	p := start(t, dir, env, "run", "--config", config)
	p.waitFor(`"msg":"delivered"`, `"to":"deals on discord"`, "discord connection ended", "slack connection")
	if err := os.WriteFile(token, nil, 0o600); err != nil { // a reload that fails over a secret
		t.Fatal(err)
	}
	p.cmd.Process.Signal(syscall.SIGHUP)
	p.waitFor("configuration not reloaded", "the file of this secret is empty")

	left := map[string]string{}
	for _, path := range []string{"/healthz", "/metrics"} {
		_, left[path] = get(t, address, path)
	}
	for _, call := range slack.made("chat.postMessage") {
		delete(call.body, "token") // Slack's own way to be told who asks
		left["what Slack was sent"] += fmt.Sprint(call.body)
	}
	p.end(syscall.SIGQUIT)
	left["what was printed"] = p.output()
	files, err := filepath.Glob(filepath.Join(dir, "pactwatch.db*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("the database is %v, %v, want it with its log and its lock", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		left[filepath.Base(file)] = string(data)
	}
	if !strings.Contains(left["what was printed"], "goroutine 1 ") || left["what Slack was sent"] == "" {
		t.Fatalf("the program did not die as it should, or posted nothing:\n%s", left["what was printed"])
	}
	for where, text := range left {
		if at := strings.Index(text, "canary"); at >= 0 {
			t.Errorf("a secret is in %s: …%q…", where, text[max(0, at-80):min(len(text), at+40)])
		}
	}
}
