package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/pactwatch/pactwatch/internal/news"
)

var update = flag.Bool("update", false, "write what comes out into testdata as what should")

// Each file of testdata/config has a bad.yaml and the error that it gives.
func TestConfigFaults(t *testing.T) {
	t.Setenv("PACTWATCH_TEST_TOKEN", "xoxb-canary")
	files, err := filepath.Glob("testdata/config/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata/config: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil || len(ar.Files) != 2 {
				t.Fatalf("%s: want bad.yaml and error, got %d files, %v", file, len(ar.Files), err)
			}
			got := "none\n"
			if _, err := ParseConfig("bad.yaml", ar.Files[0].Data); err != nil {
				got = err.Error() + "\n"
			}
			if strings.Contains(got, "canary") {
				t.Errorf("the error has the secret in it:\n%s", got)
			}
			if *update {
				ar.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(ar.Files[1].Data), got); diff != "" {
				t.Errorf("the error of %s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestLoadConfig(t *testing.T) {
	t.Setenv("PACTWATCH_TEST_BOT", " xoxb-1\n")
	dir := t.TempDir()
	app := filepath.Join(dir, "app")
	write(t, app, "xapp-1\n", 0o600)
	file := filepath.Join(dir, "pactwatch.yaml")
	write(t, file, "\ufeffretention: 2w\r\nslack: {bot_token_env: PACTWATCH_TEST_BOT, app_token_file: "+app+"}\r\n"+`
channels:
  deals: {slack: C0123ABC}
lists: {labs: [Aurora | Aurora AI]}
rules:
  - {name: r1, match: '@labs NEAR/8 exclusiv*', channels: [deals], severity: high}
`, 0o644)

	c, err := LoadConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := time.Duration(c.Retention), 14*24*time.Hour; got != want {
		t.Errorf("retention = %v, want %v", got, want)
	}
	if c.Database != "pactwatch.db" || time.Duration(c.Backfill) != 24*time.Hour {
		t.Errorf("database, backfill = %q, %v, want the defaults", c.Database, c.Backfill)
	}
	if got := c.Slack.BotToken.Reveal() + c.Slack.AppToken.Reveal(); got != "xoxb-1xapp-1" {
		t.Errorf("the tokens are %q, want xoxb-1 and xapp-1", got)
	}
	want := []RuleConfig{{Name: "r1", Match: "@labs NEAR/8 exclusiv*", Channels: []string{"deals"}, Severity: news.High}}
	if diff := cmp.Diff(want, c.Rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if _, err := c.RuleSet(); err != nil {
		t.Errorf("RuleSet() = %v, want no error", err)
	}
}

// A secret's file has to be there, to hold something, and to be nobody else's to read.
func TestSecretFile(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		name, content string
		mode          os.FileMode
		want          string // a part of the error
	}{
		{"open", "canary", 0o644, "mode 0644"},
		{"group", "canary", 0o640, "mode 0640"},
		{"empty", "\n", 0o600, "is empty"},
		{"missing", "", 0, "no such file"},
	} {
		file := filepath.Join(dir, tt.name)
		if tt.mode != 0 {
			write(t, file, tt.content, tt.mode)
		}
		_, err := ParseConfig("bad.yaml", []byte("discord: {token_file: "+file+"}"))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: error = %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

// What systemd hands over has an access list, whose mask shows as the group's bits.
func TestACredentialOfSystemdIsASecretFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	for _, tt := range []struct {
		name, dir string
		mode      os.FileMode
		ok        bool
	}{
		{"handed-over", dir, 0o440, true},
		{"open", dir, 0o444, false},
		{"elsewhere", t.TempDir(), 0o440, false},
	} {
		file := filepath.Join(tt.dir, tt.name)
		write(t, file, "canary", tt.mode)
		if err := os.Chmod(file, tt.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := ParseConfig("test.yaml", []byte("discord: {token_file: "+file+"}")); (err == nil) != tt.ok {
			t.Errorf("%s: error = %v for mode %04o", tt.name, err, tt.mode)
		}
	}
}

func TestLoadConfigWithoutFile(t *testing.T) {
	_, err := LoadConfig("no-such.yaml")
	if _, ok := errors.AsType[*ConfigError](err); !ok || err.Error() != "no-such.yaml: no such file or directory" {
		t.Errorf("LoadConfig(no-such.yaml) = %T %v", err, err)
	}
}

func TestLoadRules(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rules.yaml")
	for _, tt := range []struct{ name, src, want string }{
		{"rules and lists", "lists: {labs: [Aurora]}\nrules: [{name: a, match: '@labs'}]", "a @labs [] ; map[labs:1]"},
		{"rules alone", "rules: [{name: a, match: exclusive}]", "a exclusive [] ; map[]"},
		{"a whole configuration", "slack: {bot_token_env: NO_SUCH_VARIABLE}\nrules: [{name: a, match: b, channels: [nowhere], severity: low}]",
			"a b [nowhere] low; map[]"},
		{"no rule", "lists: {labs: [Aurora]}", "rules.yaml:1:1: there is no rule; write rules: [{name: exclusivity, match: exclusiv*}]"},
		{"a bad rule", "rules: [{name: a, match: 'b NEARBY c'}]",
			"rules.yaml:1:29: rule a: no such operator: NEARBY\n    b NEARBY c\n      ^ try NEAR/40"},
		{"an unknown list", "rules: [{name: a, match: 'x @lab'}]\nlists: {labs: [Aurora]}",
			"rules.yaml:1:29: rule a: no such list: @lab\n    x @lab\n      ^ try @labs"},
	} {
		write(t, file, tt.src, 0o644)
		rules, lists, err := LoadRules(file)
		sizes := map[string]int{}
		for name, l := range lists {
			sizes[name] = len(l)
		}
		var got string
		for _, r := range rules {
			got += fmt.Sprintf("%s %s %v %s; ", r.Name, r.Match, r.Channels, r.Severity)
		}
		got += fmt.Sprint(sizes)
		if err != nil {
			got = strings.TrimPrefix(err.Error(), filepath.Dir(file)+"/")
		}
		if got != tt.want {
			t.Errorf("%s: LoadRules = %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestDuration(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		in   string
		want time.Duration // -1: refused
	}{
		{"90s", 90 * time.Second}, {"30m", 30 * time.Minute}, {"24h", day}, {"180d", 180 * day}, {"2w", 14 * day}, {"0h", 0},
		{"", -1}, {"h", -1}, {"24", -1}, {"1.5h", -1}, {"-1h", -1}, {"+1h", -1}, {"1h30m", -1}, {"1 d", -1}, {"1D", -1}, {"4294967295w", -1}, {"99999999999d", -1},
	} {
		var d Duration
		err := d.UnmarshalText([]byte(tt.in))
		if refused := tt.want < 0; refused != (err != nil) || !refused && time.Duration(d) != tt.want {
			t.Errorf("UnmarshalText(%q) = %v, %v, want %v", tt.in, time.Duration(d), err, tt.want)
		}
	}
}

// The built-in pack needs no token and no second file, and is for people to read.
func TestDefaultConfig(t *testing.T) {
	c, err := DefaultConfig()
	if err != nil {
		t.Fatal(err)
	}
	if c.Slack != nil || c.Discord != nil {
		t.Error("the built-in pack has a chat platform, want none without a token")
	}
	for name, ch := range c.Channels {
		if ds := ch.Destinations(name); len(ds) != 1 || ds[0].Platform != "terminal" {
			t.Errorf("channel %s goes to %v, want the terminal", name, ds)
		}
	}
	if n := len(c.Sources); n < 15 || n > 25 {
		t.Errorf("%d sources, want 15 to 25", n)
	}
	if _, err := c.RuleSet(); err != nil {
		t.Errorf("RuleSet() = %v", err)
	}
}

// What stands in a comment of the example is right as well: without its # it loads.
func TestExampleComments(t *testing.T) {
	t.Setenv("SLACK_BOT_TOKEN", "xoxb-1")
	t.Setenv("SLACK_APP_TOKEN", "xapp-1")
	t.Setenv("DISCORD_TOKEN", "1")
	t.Setenv("SLACK_SIGNING_SECRET", "1")
	t.Setenv("OPENAI_API_KEY", "1")
	setting := regexp.MustCompile(`(?m)^( *)# ((?: {2})*[a-z_]+:( |$))`)
	src := setting.ReplaceAll(example, []byte("$1$2"))
	file := regexp.MustCompile(`(?m)^.*_(token|secret)_file:.*\n|^ *(token|key)_file:.*\n`) // they are there instead of _env
	c, err := ParseConfig("example", file.ReplaceAll(src, nil))
	if err != nil {
		t.Fatal(err)
	}
	if c.Slack == nil || c.Discord == nil || c.Summary.LLM == nil || len(c.Channels) != 3 {
		t.Errorf("slack %v, discord %v, summary %v, channels %v, want all that the comments show", c.Slack, c.Discord, c.Summary, c.Channels)
	}
}

func TestExampleExplainsEverySetting(t *testing.T) {
	for _, key := range yamlKeys(reflect.TypeFor[Config]()) {
		if !regexp.MustCompile(`(?m)^[# {-]*` + key + `(:| {2})|[{,] ?` + key + `:`).Match(example) {
			t.Errorf("config.example.yaml says nothing of %s", key)
		}
	}
}

// yamlKeys returns the keys of a type and of all that it holds.
func yamlKeys(t reflect.Type) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return yamlKeys(t.Elem())
	case reflect.Struct:
	default:
		return nil
	}
	var keys []string
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("yaml"); key != "-" {
			keys = append(keys, key)
			keys = append(keys, yamlKeys(t.Field(i).Type)...)
		}
	}
	return keys
}

// Whatever a file holds is read or refused, and what is refused is in the file.
func FuzzConfig(f *testing.F) {
	files, err := filepath.Glob("testdata/config/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ar.Files[0].Data)
	}
	f.Add(example)
	f.Fuzz(func(t *testing.T, src []byte) {
		_, err := ParseConfig("f", src)
		if err == nil {
			return
		}
		bad, ok := errors.AsType[*ConfigError](err)
		if !ok || len(bad.faults) == 0 {
			t.Fatalf("ParseConfig(%q) = %T, want a *ConfigError with faults", src, err)
		}
		lines := bytes.Count(src, []byte("\n")) + 1
		for _, fault := range bad.faults {
			if fault.line < 0 || fault.line > lines || fault.column < 0 || fault.column > len(src)+2 {
				t.Errorf("ParseConfig(%q): %d:%d is not in the file: %s", src, fault.line, fault.column, fault.msg)
			}
		}
	})
}

func write(t *testing.T, file, content string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
}
