package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/lmittmann/tint"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
)

func runCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run the bot",
		Long: `Watch the sources and post alerts until the program is told to stop (Ctrl-C, SIGTERM). Without --config it
watches the built-in AI-partnership pack, keeps what it knows in ./pactwatch.db and prints alerts to the
terminal. SIGHUP reads the configuration again: all of it, or, if something is wrong, none of it.`,
		Example: "  pactwatch run\n  pactwatch run --config config.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lg := logger(cmd.ErrOrStderr())
			c, err := loadConfig(path)
			if err != nil {
				return err
			}
			st, err := store.Open(context.WithoutCancel(cmd.Context()), c.Database) // not to be cut in the middle
			if err != nil {
				return err
			}
			p, err := wire(c, configName(path), st, cmd.OutOrStdout(), lg)
			if err == nil {
				hup := make(chan os.Signal, 1)
				signal.Notify(hup, syscall.SIGHUP) // from here on it no longer ends the program
				p.greet(cmd.ErrOrStderr(), configName(path))
				err = p.run(cmd.Context(), hup, func() (*Config, error) { return loadConfig(path) })
			}
			return errors.Join(err, st.Close())
		},
	}
	configFlag(cmd, &path)
	return cmd
}

// logger returns a log for a person where errs is a terminal, and one of JSON lines elsewhere.
func logger(errs io.Writer) *slog.Logger {
	if isTerminal(errs) {
		return slog.New(tint.NewTextHandler(errs, &tint.Options{TimeFormat: time.TimeOnly, ReplaceAttr: shortTime}))
	}
	return slog.New(slog.NewJSONHandler(errs, nil))
}

// shortTime makes a time that is an attribute short, "14:05:00", or "25 Nov 14:05" on another day.
func shortTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey || a.Value.Kind() != slog.KindTime {
		return a
	}
	t := a.Value.Time().Local()
	layout := time.TimeOnly
	if t.Format(time.DateOnly) != time.Now().Format(time.DateOnly) {
		layout = "2 Jan 15:04"
	}
	return slog.String(a.Key, t.Format(layout))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// A platform is where people talk to the bot.
type platform interface {
	Preflight(ctx context.Context) error
	Serve(ctx context.Context, desk *bot.Desk) error
	Health() string // what is wrong with how commands come here, in words; "" if nothing is
}

// startup is how long after its start a mistake in the setup of a platform ends the program. Later it
// is somebody else's change, and must not stop the rest.
const startup = time.Minute

// serve checks a platform's token and listens there until ctx ends. Each platform bears its own trouble:
// a rejected token here must not stop the other. But who starts the program hears of a mistake in the
// setup at once, by stop.
func (p *program) serve(ctx context.Context, name string, pf connection, stop func(error)) {
	started := time.Now()
	trouble := func(what string, err error) {
		if err == nil || ctx.Err() != nil {
			return
		}
		p.lg.Error(what, "platform", name, "err", err)
		if post, ok := errors.AsType[*news.PostError](err); ok && post.Refused {
			p.ill.Store(name, err.Error())
		}
		if setup, ok := errors.AsType[*bot.SetupError](err); ok && time.Since(started) < startup {
			stop(setup)
		}
	}
	trouble("platform check", pf.Preflight(ctx))
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { recheck(ctx, pf, func(err error) { trouble("platform check", err) }) })
	trouble("commands and buttons do not work", pf.Serve(ctx, p.desk))
}

// recheckEvery is how often a platform that did not answer is asked whether it does now. Nothing else
// would ask one that is only posted to, as long as there is no news.
const recheckEvery = time.Minute

// recheck asks a platform that does not answer until it does, whenever that is, until ctx ends.
func recheck(ctx context.Context, pf connection, trouble func(error)) {
	tick := time.NewTicker(recheckEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if pf.calls.fault() != "" {
			trouble(pf.Preflight(ctx))
		}
	}
}

// pruneEvery is how often articles past the retention are looked for.
const pruneEvery = 24 * time.Hour

// prune forgets the text of old articles, now and once a day.
func (p *program) prune(ctx context.Context) error {
	for {
		n, err := p.st.Prune(ctx, time.Now().Add(-time.Duration(p.roster.Load().config.Retention)))
		switch {
		case err != nil && ctx.Err() == nil:
			p.lg.Error("retention", "err", err)
		case n > 0:
			p.lg.Info("forgot the text of old articles", "articles", n)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pruneEvery):
		}
	}
}

// reloads puts the configuration into force again on every signal, until ctx ends.
func (p *program) reloads(ctx context.Context, hup <-chan os.Signal, load func() (*Config, error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
		}
		c, err := load()
		if err == nil {
			err = p.roster.Load().config.fixed(c)
		}
		if err == nil {
			err = p.configure(ctx, c)
		}
		if err != nil {
			p.lg.Error("configuration not reloaded, the running one stays", "err", err)
			continue
		}
		p.lg.Info("configuration reloaded", "sources", len(c.Sources), "rules", len(c.Rules), "channels", len(c.Channels))
	}
}

// fixed refuses a new configuration that changes what only a restart can change.
func (c *Config) fixed(next *Config) error {
	for _, s := range []struct {
		name      string
		old, next any
	}{
		{"database", c.Database, next.Database},
		{"admin", c.Admin, next.Admin},
		{"slack", c.Slack, next.Slack},
		{"discord", c.Discord, next.Discord},
		{"network", c.Network, next.Network},
		{"summary.llm", c.Summary.LLM, next.Summary.LLM},
		{"health", c.Health, next.Health},
	} {
		if !reflect.DeepEqual(s.old, s.next) {
			return fmt.Errorf("%s has changed, which takes a restart", s.name)
		}
	}
	return nil
}

// maxGreeted is how many sources are named at the start.
const maxGreeted = 40

// greet says what is watched and where alerts go.
func (p *program) greet(w io.Writer, name string) {
	c := p.roster.Load().config
	fmt.Fprintf(w, "pactwatch %s with %s: %s, %s; what it knows is kept in %s\n",
		version, name, count(len(c.Sources), "source", "sources"), count(len(c.Rules), "rule", "rules"), c.Database)
	for i, s := range c.Sources {
		if i == maxGreeted {
			fmt.Fprintf(w, "  watches  %d more\n", len(c.Sources)-i)
			break
		}
		fmt.Fprintf(w, "  watches  %s  %s\n", s.Name, s.Schedule)
	}
	for _, channel := range slices.Sorted(maps.Keys(c.Channels)) {
		for _, to := range c.Channels[channel].Destinations(channel) {
			fmt.Fprintf(w, "  alerts   %s → %s %s\n", channel, to.Platform, to.Target)
		}
	}
	if m := c.Summary.LLM; m != nil {
		fmt.Fprintf(w, "  summaries are rewritten by %s, for %d tokens a month at most\n", m.Model, m.MonthlyTokens)
	}
	if c.Slack != nil && c.Slack.AppToken.IsZero() && c.Slack.Listen == "" {
		fmt.Fprintln(w, "  Slack is post-only: without app_token_env or listen there are no commands and buttons")
	}
	if c.Discord != nil && c.Discord.Commands != nil && !*c.Discord.Commands {
		fmt.Fprintln(w, "  Discord is post-only: commands is false")
	}
}
