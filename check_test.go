package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	fakediscord "github.com/pactwatch/pactwatch/internal/fake/discord"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
)

// A checked is a set-up with both platforms and a press, for check --online.
type checked struct {
	t       *testing.T
	slack   *fakeslack.Server
	discord *fakediscord.Server
	press   *press
	dir     string
}

func newChecked(t *testing.T) *checked {
	t.Setenv("TEST_SLACK_BOT", fakeslack.BotToken)
	t.Setenv("TEST_SLACK_APP", fakeslack.AppToken)
	t.Setenv("TEST_DISCORD", fakediscord.Token)
	return &checked{t, fakeslack.New(t), fakediscord.New(t), newPress(t), t.TempDir()}
}

// findings returns what check --online finds, by check, and how it ends.
func (c *checked) findings(more string) (map[string]finding, error) {
	c.t.Helper()
	config := writeFile(c.t, c.dir, "config.yaml", fmt.Sprintf(`
database: %q
slack: {bot_token_env: TEST_SLACK_BOT, app_token_env: TEST_SLACK_APP, api_url: %q}
discord: {token_env: TEST_DISCORD, api_url: %q}
network: {allow_private: [127.0.0.0/8]}
channels:
  deals: {slack: %s, discord: %q}
%s
sources:
  - {name: wire, feed: %q}
rules: [{name: exclusivity, match: exclusive, channels: [deals]}]
`, filepath.Join(c.dir, "pactwatch.db"), c.slack.APIURL, c.discord.APIURL, fakeslack.ChannelID, fakediscord.ChannelID, more, c.press.URL))
	var out bytes.Buffer
	err := perform(c.t, &out, "check", "--config", config, "--online", "--json")
	if strings.Contains(out.String(), "canary") || err != nil && strings.Contains(err.Error(), "canary") {
		c.t.Errorf("a token is in %v\n%s", err, out.String())
	}
	answer := struct {
		OK     bool
		Checks []finding
	}{}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		c.t.Fatalf("check --online --json printed %q: %v", out.String(), err)
	}
	if answer.OK != (err == nil) {
		c.t.Errorf("ok is %v and the command ends with %v", answer.OK, err)
	}
	by := map[string]finding{}
	for _, f := range answer.Checks {
		by[f.Check] = f
	}
	return by, err
}

func TestCheckOnlineFindsNothingWrongWithARightSetup(t *testing.T) {
	c := newChecked(t)
	c.press.publish("Ledger Wire", pactTitle, pactText)
	got, err := c.findings("")
	if err != nil || len(got) != 8 {
		t.Errorf("check --online: %d findings, %v; want 8 that are well", len(got), err)
	}
	for check, want := range map[string]string{
		"database " + filepath.Join(c.dir, "pactwatch.db"): "is made at the first start",
		"disk":  "GB are free",
		"slack": "tokens are good",
		"channel deals on slack (" + fakeslack.ChannelID + ")": "#ai-deals",
		"discord": "token is good",
		"channel deals on discord (" + fakediscord.ChannelID + ")": "may post and read",
		"source wire": "1 item",
		"clock":       "s off, by 3 servers",
	} {
		if f := got[check]; f.State != found || !strings.Contains(f.Detail, want) {
			t.Errorf("%s = %+v, want it well, with %q", check, f, want)
		}
	}
	if n := len(c.slack.Calls("chat.postMessage")) + len(c.discord.Calls("POST messages")); n != 0 {
		t.Errorf("%d messages were posted by a check", n)
	}
	if names, err := filepath.Glob(filepath.Join(c.dir, "*")); err != nil || len(names) != 1 {
		t.Errorf("a check has left %v, want the configuration alone", names)
	}
}

func TestCheckOnlineSaysWhatIsWrong(t *testing.T) {
	c := newChecked(t)
	c.slack.AddChannel(fakeslack.Channel{ID: "C0000OUT", Name: "elsewhere"})
	c.slack.AddChannel(fakeslack.Channel{ID: "C0000OLD", Name: "archive", Member: true, Archived: true})
	c.press.Close()
	writeFile(t, c.dir, "pactwatch.db", strings.Repeat("no database", 500))
	got, err := c.findings(`  out: {slack: C0000OUT}
  old: {slack: C0000OLD}
  typo: {slack: C0000NIL, discord: "1999999999999999999"}`)
	if err == nil || report(new(bytes.Buffer), err) != 1 {
		t.Errorf("check --online ends with %v, want exit code 1", err)
	}
	for check, want := range map[string]string{
		"database " + filepath.Join(c.dir, "pactwatch.db"): "not a SQLite database",
		"channel out on slack (C0000OUT)":                  "invite me first",
		"channel old on slack (C0000OLD)":                  "archived",
		"channel typo on slack (C0000NIL)":                 "invite it there",
		"channel typo on discord (1999999999999999999)":    "invite it there",
		"source wire": "connection refused",
	} {
		if f := got[check]; f.State != fails || !strings.Contains(f.Detail, want) {
			t.Errorf("%s = %+v, want it to fail with %q", check, f, want)
		}
	}
	for _, check := range []string{"slack", "discord", "channel deals on slack (" + fakeslack.ChannelID + ")"} {
		if f := got[check]; f.State != found {
			t.Errorf("%s = %+v, want it well: another one's trouble is not its own", check, f)
		}
	}
}

func TestCheckOnlineStopsAtATokenThatIsRefused(t *testing.T) {
	c := newChecked(t)
	c.discord.ResetToken()
	c.slack.SetScopes("chat:write,commands")
	got, err := c.findings("")
	if err == nil {
		t.Error("check --online ends well with a token that was reset")
	}
	for check, want := range map[string]string{
		"discord": "the token was rejected",
		"channel deals on discord (" + fakediscord.ChannelID + ")": "not tried",
		"slack": "lacks scopes: users:read",
	} {
		if f := got[check]; f.State != fails || !strings.Contains(f.Detail, want) {
			t.Errorf("%s = %+v, want it to fail with %q", check, f, want)
		}
	}
	if n := len(c.discord.Calls("GET channel")); n != 0 {
		t.Errorf("%d calls with a token that was refused", n)
	}
}

func TestOneWrongClockIsNotOurs(t *testing.T) {
	var r clockReader
	tell := func(host string, off time.Duration, age string) {
		head := http.Header{"Date": {time.Now().Add(off).UTC().Format(http.TimeFormat)}}
		if age != "" {
			head.Set("Age", age)
		}
		r.answered(&http.Response{Header: head, Request: &http.Request{URL: &url.URL{Host: host}}})
	}
	if f := r.judge(); f.State != noted {
		t.Errorf("judge() = %+v when nobody has answered, want a note", f)
	}
	tell("ledger.example", 0, "")
	tell("stackside.example", -time.Hour, "3600") // an hour in a cache
	for range 5 {
		tell("kestrel.example", -6*time.Hour, "")
	}
	if f := r.judge(); f.State != found || !strings.Contains(f.Detail, "0s off, by 3 servers") {
		t.Errorf("judge() = %+v with one wrong server of three, want it well", f)
	}
	for _, host := range []string{"ledger.example", "stackside.example"} {
		tell(host, 5*time.Minute, "")
	}
	if f := r.judge(); f.State != fails || !strings.Contains(f.Detail, "5m0s off") {
		t.Errorf("judge() = %+v when two of three are five minutes ahead, want it to fail", f)
	}
}

func TestAFolderThatTakesNoWritesIsFound(t *testing.T) {
	file := writeFile(t, t.TempDir(), "file", "")
	folders := map[string]string{file: "not a directory"}
	if os.Getuid() != 0 { // to root every folder takes writes
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		folders[dir] = "permission denied"
	}
	for folder, want := range folders {
		c := &Config{Database: filepath.Join(folder, "pactwatch.db")}
		if f := (&checker{config: c}).database(t.Context()); f.State != fails || !strings.Contains(f.Detail, want) {
			t.Errorf("database() = %+v in %s, want it to fail: %s", f, folder, want)
		}
	}
}
