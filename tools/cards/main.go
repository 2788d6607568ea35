// Cards makes pictures of what the bot sends, as people see it in Slack and in Discord. For each
// docs/cards/NAME.json in the table below, which the tests of bot/slack and bot/discord hold against
// what is sent, it writes docs/cards/NAME.png. It wants Chromium, and the fonts Lato, Inter and Noto
// Color Emoji:
//
//	go run ./tools/cards
package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"
)

// A picture is what a reader sees of some calls.
type picture struct {
	name   string
	client func(p picture, calls []call) (any, error) // what the template of the same page shows
	page   string
	sent   []time.Time // when each message was sent
}

// now is when the reader looks; a reader's zone is UTC here.
var now = time.Date(2026, 11, 24, 16, 12, 0, 0, time.UTC)

func pictures() []picture {
	first, second, late := now.Add(-3*time.Hour), now.Add(-2*time.Hour), now
	return []picture{
		{"slack", slackPage, "slack.html", []time.Time{first, second}},
		{"slack-why", slackPage, "slack.html", []time.Time{late}},
		{"slack-muted", slackPage, "slack.html", []time.Time{first}},
		{"discord", discordPage, "discord.html", []time.Time{first, second}},
		{"discord-why", discordPage, "discord.html", []time.Time{late}},
		{"discord-muted", discordPage, "discord.html", []time.Time{first}},
	}
}

// A call is one request to a platform.
type call struct {
	Call string          `json:"call"`
	Body json.RawMessage `json:"body"`
}

func main() {
	dir := flag.String("dir", filepath.Join("docs", "cards"), "where the JSON is, and the pictures go")
	browser := flag.String("browser", "chromium", "the Chromium that takes the pictures")
	pages := flag.String("html", "", "keep the pages in this directory")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *dir, *browser, *pages)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "cards:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, browser, pages string) (err error) {
	if pages == "" {
		if pages, err = os.MkdirTemp("", "cards"); err != nil {
			return err
		}
		defer os.RemoveAll(pages)
	}
	for _, p := range pictures() {
		raw, err := os.ReadFile(filepath.Join(dir, p.name+".json"))
		if err != nil {
			return err
		}
		html, err := p.html(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		page := filepath.Join(pages, p.name+".html")
		if err := os.WriteFile(page, html, 0o666); err != nil {
			return err
		}
		if err := shoot(ctx, browser, page, filepath.Join(dir, p.name+".png")); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

//go:embed *.html
var files embed.FS

// html returns the page that shows the calls in raw. What it cannot show is an error: a picture
// leaves nothing out.
func (p picture) html(raw []byte) ([]byte, error) {
	var calls []call
	if err := json.Unmarshal(raw, &calls); err != nil {
		return nil, err
	}
	data, err := p.client(p, calls)
	if err != nil {
		return nil, err
	}
	t, err := template.ParseFS(files, p.page, "spans.html")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, data)
	return b.Bytes(), err
}

// sentAt returns when message n was sent.
func (p picture) sentAt(n int) (string, error) {
	if n >= len(p.sent) {
		return "", errors.New("it sends more messages than the table of pictures has times for")
	}
	return p.sent[n].Format(clock), nil
}

// shoot makes the picture of a page, as high as what the page shows.
func shoot(ctx context.Context, browser, page, picture string) error {
	path, err := filepath.Abs(page)
	if err != nil {
		return err
	}
	raw := page + ".png"
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	// There is no sandbox for root, and the pages are ours: they hold no script.
	out, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
		"--force-device-scale-factor=2", "--window-size=720,1600", "--screenshot="+raw, "file://"+path).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", browser, err, out)
	}
	return crop(raw, picture)
}
