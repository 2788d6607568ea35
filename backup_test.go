package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What docs/operating.md says about backup and restore, done.
func TestABackupOfTheRunningBotIsRestoredAndRuns(t *testing.T) {
	t.Parallel()
	site := newPress(t)
	site.publish("Ledger Wire", pactTitle, pactText)
	dir := t.TempDir()
	config := writeFile(t, dir, "config.yaml", watching(site, toTerminal+"\ndatabase: "+filepath.Join(dir, "pactwatch.db")))
	first := start(t, dir, nil, "run", "--config", config)
	first.waitFor(pactTitle, "delivered")

	copied := filepath.Join(dir, "copies", "monday.db")
	if err := os.Mkdir(filepath.Dir(copied), 0o755); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := perform(t, &out, "backup", "--config", config, copied); err != nil || !strings.Contains(out.String(), "the copy is proved") {
		t.Fatalf("pactwatch backup while the bot runs: %v, %q", err, out.String())
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v, %v; want 0600", info.Mode(), err)
	}
	if names, err := os.ReadDir(filepath.Dir(copied)); err != nil || len(names) != 1 {
		t.Errorf("beside the copy lie %v, %v; want nothing", names, err)
	}
	first.end(os.Kill) // and all is lost
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(dir, "pactwatch.db"+suffix)); err != nil {
			t.Error(err)
		}
	}

	if err := os.Rename(copied, filepath.Join(dir, "pactwatch.db")); err != nil {
		t.Fatal(err)
	}
	second := start(t, dir, nil, "run", "--config", config)
	site.publish("Stackside", orderTitle, orderText)
	second.waitFor(orderTitle, "delivered")
	if err := second.end(syscall.SIGTERM); err != nil {
		t.Errorf("the restored bot ended with %v", err)
	}
	if strings.Contains(second.output(), pactTitle) {
		t.Errorf("what was alerted before the backup is alerted again:\n%s", second.output())
	}
}

func TestABackupReplacesNothingUnasked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	database := filepath.Join(dir, "pactwatch.db")
	config := writeFile(t, dir, "config.yaml", watching(newPress(t), toTerminal+"\ndatabase: "+database))
	bot := start(t, dir, nil, "run", "--config", config)
	bot.waitFor("alerts   deals → terminal")
	old := writeFile(t, dir, "old.db", "an older copy")
	inUse := writeFile(t, dir, "other.db", "")
	writeFile(t, dir, "other.db-wal", "")
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"a file", []string{old}, "is there already"},
		{"the database", []string{"--force", database}, "the database itself"},
		{"the database by another name", []string{"--force", filepath.Join(dir, ".", "x", "..", "pactwatch.db")}, "the database itself"},
		{"a database in use", []string{"--force", inUse}, "in use"},
		{"a folder", []string{"--force", dir}, "not a file"},
		{"a folder that is not there", []string{filepath.Join(dir, "nosuch", "copy.db")}, "no such file"},
	} {
		err := perform(t, new(bytes.Buffer), append([]string{"backup", "--config", config}, tt.args...)...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: pactwatch backup %v: %v, want %q", tt.name, tt.args, err, tt.want)
		}
	}
	if text, err := os.ReadFile(old); err != nil || string(text) != "an older copy" {
		t.Errorf("the file holds %q, %v after backups that were refused", text, err)
	}
	if err := perform(t, new(bytes.Buffer), "backup", "--force", "--config", config, old); err != nil {
		t.Errorf("pactwatch backup --force: %v", err)
	}
}
