package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/bot/discord"
	"github.com/pactwatch/pactwatch/bot/slack"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
	"github.com/pactwatch/pactwatch/watchers"
)

// What is still right.
const (
	maxSkew = time.Minute // Slack refuses what is five minutes off, Discord's and Slack's histories are read by time
	minFree = 200 << 20   // bytes; a month of the built-in pack is a third of that
)

// A finding is what one check has found.
type finding struct {
	Check  string `json:"check"`
	State  string `json:"state"` // "ok"; "note": to be looked at; "fails"
	Detail string `json:"detail"`
}

// The states of a finding.
const (
	found = "ok"
	noted = "note"
	fails = "fails"
)

// judged is a finding that is right unless err says why not.
func judged(check, detail string, err error) finding {
	if err != nil {
		return finding{check, fails, bot.Clean(bot.Cause(err).Error())}
	}
	return finding{check, found, bot.Clean(detail)}
}

// A checker tries what a configuration names, without posting or storing anything.
type checker struct {
	config  *Config
	roster  *roster
	fetcher *watchers.Fetcher
	clock   clockReader
}

// checkOnline tries everything that a configuration names, and prints what it finds.
func checkOnline(cmd *cobra.Command, path string, c *Config, asJSON bool) error {
	k, err := newChecker(cmd.Context(), c, configName(path))
	if err != nil {
		return err
	}
	defer k.fetcher.Close()
	out := cmd.OutOrStdout()
	var all []finding
	failed := 0
	for f := range k.run(cmd.Context()) {
		all = append(all, f)
		if f.State == fails {
			failed++
		}
		if !asJSON {
			fmt.Fprintf(out, "%-5s  %s: %s\n", f.State, f.Check, f.Detail)
		}
	}
	if asJSON {
		if err := json.NewEncoder(out).Encode(map[string]any{"ok": failed == 0, "checks": all}); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s: see above", failed, count(len(all), "check fails", "checks fail"))
	}
	return nil
}

func newChecker(ctx context.Context, c *Config, name string) (*checker, error) {
	f, err := watchers.NewFetcher(c.Network, version)
	if err != nil {
		return nil, err
	}
	k := &checker{config: c, fetcher: f}
	f.Answered = k.clock.answered
	var records []news.Record // what was made in chat, if anything was
	if st, err := store.OpenReadOnly(ctx, c.Database); err == nil {
		records, err = st.Records(ctx)
		if err := errors.Join(err, st.Close()); err != nil {
			return nil, err
		}
	}
	k.roster, err = newRoster(c, name, records, nil, time.Now())
	return k, err
}

// run makes all checks at once and gives what they find in their order.
func (k *checker) run(ctx context.Context) func(yield func(finding) bool) {
	checks := []func() finding{
		func() finding { return k.database(ctx) },
		func() finding { return k.disk() },
	}
	checks = append(checks, k.platforms(ctx)...)
	for _, src := range k.roster.watched {
		checks = append(checks, func() finding { return k.source(ctx, src) })
	}
	return func(yield func(finding) bool) {
		results := make([]chan finding, len(checks))
		var wg sync.WaitGroup
		defer wg.Wait()
		for i, check := range checks {
			results[i] = make(chan finding, 1)
			wg.Go(func() { results[i] <- check() })
		}
		for _, r := range results {
			if !yield(<-r) {
				return
			}
		}
		yield(k.clock.judge())
	}
}

func (k *checker) database(ctx context.Context) finding {
	detail := "takes writes, and is whole"
	if _, err := os.Stat(k.config.Database); err != nil {
		detail = "is made at the first start"
	}
	return judged("database "+k.config.Database, detail, store.Check(ctx, k.config.Database))
}

func (k *checker) disk() finding {
	free, ok := freeSpace(filepath.Dir(k.config.Database))
	switch {
	case !ok:
		return finding{"disk", noted, "the system does not say how much room there is"}
	case free < minFree:
		return finding{"disk", fails, fmt.Sprintf("%d MB are free, %d should be", free>>20, minFree>>20)}
	}
	return finding{"disk", found, fmt.Sprintf("%.1f GB are free", float64(free)/(1<<30))}
}

// A reachable is a platform that can be asked about a channel.
type reachable interface {
	Preflight(ctx context.Context) error
	Reach(ctx context.Context, channel string) (bot.Place, error)
}

// platforms returns the checks of both platforms' tokens and channels. One platform is asked one thing
// after the other, for the sake of its rate limits.
func (k *checker) platforms(ctx context.Context) []func() finding {
	lg, client := slog.New(slog.DiscardHandler), &http.Client{Transport: &k.clock}
	var checks []func() finding
	if k.config.Slack != nil {
		checks = append(checks, k.platform(ctx, "slack", "the tokens are good, and no scope is missing", slack.New(*k.config.Slack, client, lg))...)
	}
	if k.config.Discord != nil {
		checks = append(checks, k.platform(ctx, "discord", "the token is good, and commands come here", discord.New(*k.config.Discord, client, lg))...)
	}
	return checks
}

func (k *checker) platform(ctx context.Context, name, good string, p reachable) []func() finding {
	known := make(chan struct{}) // closed when refused is set
	var refused error
	var turn sync.Mutex
	checks := []func() finding{func() finding {
		defer close(known)
		refused = patiently(ctx, func() error { return p.Preflight(ctx) })
		return judged(name, good, refused)
	}}
	for _, channel := range slices.Sorted(maps.Keys(k.roster.routes)) {
		for _, to := range k.roster.routes[channel].Destinations(channel) {
			if to.Platform != name {
				continue
			}
			checks = append(checks, func() finding {
				<-known
				turn.Lock()
				defer turn.Unlock()
				return k.channel(ctx, to, p, refused)
			})
		}
	}
	return checks
}

// channel says whether the bot may post to a channel, and read there what it posted.
func (k *checker) channel(ctx context.Context, to news.Destination, p reachable, refused error) finding {
	name := fmt.Sprintf("channel %s (%s)", to, to.Target)
	if refused != nil {
		return finding{name, fails, "not tried, since " + to.Platform + " fails"}
	}
	var place bot.Place
	err := patiently(ctx, func() (err error) {
		place, err = p.Reach(ctx, to.Target)
		return err
	})
	if errors.Is(err, news.ErrNotFound) {
		err = errors.New("there is no such channel, or the bot is not in it: invite it there")
	}
	if err == nil && place.Trouble != "" {
		err = errors.New(place.Trouble)
	}
	return judged(name, "#"+place.Name+", the bot may post and read there", err)
}

// patiently calls f again where a platform asks to wait for a little.
func patiently(ctx context.Context, f func() error) error {
	const longest, tries = 30 * time.Second, 4
	for i := 1; ; i++ {
		err := f()
		post, ok := errors.AsType[*news.PostError](err)
		if !ok || post.Refused || post.After <= 0 || post.After > longest || i == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(post.After):
		}
	}
}

func (k *checker) source(ctx context.Context, c watchers.SourceConfig) finding {
	name := "source " + c.Name
	t, err := watchers.Try(ctx, k.fetcher, c)
	switch {
	case err != nil:
		return judged(name, "", err)
	case t.Entries == 0:
		return finding{name, noted, "it answers, and shows nothing"}
	case t.Pages != nil:
		return finding{name, noted, bot.Clean(fmt.Sprintf("%s; what it leads to is not read: %v", count(t.Entries, "item", "items"), t.Pages))}
	}
	return finding{name, found, count(t.Entries, "item", "items")}
}

// A clockReader compares our clock with those of the servers that answer. It carries requests, and is
// safe for concurrent use.
type clockReader struct {
	mu    sync.Mutex
	skews map[string]time.Duration // ours minus theirs, by host: one that answers often counts once
}

// RoundTrip is http.RoundTripper's.
func (r *clockReader) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil {
		r.answered(resp)
	}
	return resp, err
}

// answered takes the time that an answer names, which a cache may have kept for a while.
func (r *clockReader) answered(resp *http.Response) {
	theirs, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return
	}
	age, _ := strconv.Atoi(resp.Header.Get("Age"))
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.skews == nil {
		r.skews = map[string]time.Duration{}
	}
	const rest = 500 * time.Millisecond // of its second, in the middle
	r.skews[resp.Request.URL.Host] = time.Since(theirs.Add(time.Duration(age)*time.Second + rest))
}

// judge says how far our clock is off. One server may be wrong; the middle one is not.
func (r *clockReader) judge() finding {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.skews) == 0 {
		return finding{"clock", noted, "nobody has said what time it is"}
	}
	skews := slices.Sorted(maps.Values(r.skews))
	skew := skews[len(skews)/2]
	detail := fmt.Sprintf("%s off, by %s", skew.Abs().Round(time.Second), count(len(skews), "server", "servers"))
	if skew.Abs() > maxSkew {
		return finding{"clock", fails, detail + ": let the host follow a time server"}
	}
	return finding{"clock", found, detail}
}
