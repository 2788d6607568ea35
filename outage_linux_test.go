package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAFullDiskStopsPollingAndNothingIsLost runs the program on a disk of four megabytes, and fills it.
func TestAFullDiskStopsPollingAndNothingIsLost(t *testing.T) {
	t.Parallel()
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", disk, "tmpfs", 0, "size=4m"); errors.Is(err, syscall.EPERM) {
		t.Skip("only root may mount a disk of its own")
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Unmount(disk, syscall.MNT_DETACH) })
	site, slack, address := newPress(t), newSlackChat(t), freeAddress(t)
	config := writeFile(t, t.TempDir(), "config.yaml", watching(site, fmt.Sprintf(`
database: %q
slack: {bot_token_env: SLACK_BOT_TOKEN, api_url: %s/api/}
health: {listen: %q}
channels: {deals: {slack: C0123ABC}}
`, filepath.Join(disk, "pactwatch.db"), slack.URL, address)))
	p := start(t, disk, []string{"SLACK_BOT_TOKEN=xoxb-canary-1"}, "run", "--config", config)
	p.waitFor("slack accepts the bot token")
	healthy := func(want int) {
		t.Helper()
		words := ""
		waitUntil(t, func() bool {
			var code int
			code, words = get(t, address, "/healthz")
			return code == want
		}, func() string { return fmt.Sprintf("/healthz = %d, is %s\n%s", want, words, p.output()) })
	}
	healthy(200)

	filler, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	filler.Close()
	healthy(503)
	site.publish("Ledger Wire", pactTitle, pactText)
	time.Sleep(12 * time.Second) // a poll is due every ten
	if n := len(slack.made("chat.postMessage")); n != 0 {
		t.Errorf("%d messages were posted whose intent could not be stored", n)
	}
	told := 0
	for line := range strings.Lines(p.output()) {
		if strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, `"level":"WARN"`) {
			told++
		}
	}
	if told != 1 {
		t.Errorf("%d lines about a full disk within a minute, want 1:\n%s", told, p.output())
	}

	freed := time.Now()
	if err := os.Remove(filler.Name()); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool { return len(slack.made("chat.postMessage")) == 1 }, p.output)
	t.Logf("the alert was posted %v after there was room again", time.Since(freed).Round(time.Millisecond))
	healthy(200)
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("ended with %v, want exit code 0", err)
	}
}
