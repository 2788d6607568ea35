package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/lmittmann/tint"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/bot/discord"
	"github.com/pactwatch/pactwatch/bot/slack"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
	"github.com/pactwatch/pactwatch/notify"
	"github.com/pactwatch/pactwatch/watchers"
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
			st, err := store.Open(cmd.Context(), c.Database)
			if err != nil {
				return err
			}
			p, err := wire(c, st, cmd.OutOrStdout(), lg)
			if err == nil {
				p.greet(cmd.ErrOrStderr(), configName(path))
				err = p.run(cmd.Context(), func() (*Config, error) { return loadConfig(path) })
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
		return slog.New(tint.NewTextHandler(errs, &tint.Options{TimeFormat: time.TimeOnly}))
	}
	return slog.New(slog.NewJSONHandler(errs, nil))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// A program is the bot, wired.
type program struct {
	config   atomic.Pointer[Config]
	st       *store.Store
	fetcher  *watchers.Fetcher
	watchers *watchers.Watchers
	notifier *notify.Notifier
	desk     *bot.Desk
	slack    *slack.Slack     // nil without its section
	discord  *discord.Discord // nil without its section
	lg       *slog.Logger
}

// wire builds the program in the order in which news flows through it. Alerts to the terminal go to
// out.
func wire(c *Config, st *store.Store, out io.Writer, lg *slog.Logger) (*program, error) {
	p := &program{st: st, lg: lg}
	p.config.Store(c)

	f, err := watchers.NewFetcher(c.Network, version)
	if err != nil {
		return nil, err
	}
	p.fetcher = f
	p.watchers = watchers.New(st, f, lg)
	p.watchers.Backfill = time.Duration(c.Backfill)

	posters := map[string]notify.Poster{"terminal": &bot.Terminal{W: out, Color: isTerminal(out)}}
	if c.Slack != nil {
		p.slack = slack.New(*c.Slack, &http.Client{}, lg)
		posters["slack"] = p.slack
	}
	if c.Discord != nil {
		p.discord = discord.New(*c.Discord, &http.Client{}, lg)
		posters["discord"] = p.discord
	}
	p.notifier = notify.New(st, posters, lg)
	p.watchers.Woken = p.notifier.Wake

	p.desk = bot.NewDesk(st, func() []news.Rule { return p.config.Load().rules() }, lg)
	p.desk.Version, p.desk.Started = version, time.Now()
	return p, nil
}

// configure puts a configuration into force; if something is wrong with it, what was in force stays.
func (p *program) configure(ctx context.Context, c *Config) error {
	set, err := c.RuleSet()
	if err != nil {
		return err
	}
	if err := p.watchers.Configure(ctx, c.Sources, set); err != nil {
		return err
	}
	p.notifier.Configure(c.Channels, c.rules())
	p.config.Store(c)
	return nil
}

// run runs every part until ctx ends, and waits for what is in flight. It reads the configuration
// again with load on SIGHUP.
func (p *program) run(ctx context.Context, load func() (*Config, error)) error {
	defer p.fetcher.Close()
	if err := p.configure(ctx, p.config.Load()); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	part := func(f func(context.Context) error) { // without one of these the program is of no use
		wg.Go(func() {
			if err := f(ctx); err != nil && ctx.Err() == nil {
				stop(err)
			}
		})
	}
	part(p.watchers.Run)
	part(p.notifier.Run)
	part(p.prune)
	if p.slack != nil { // each platform bears its own trouble: a rejected token here must not stop the other
		wg.Go(func() { p.serve(ctx, "slack", p.slack) })
	}
	if p.discord != nil {
		wg.Go(func() { p.serve(ctx, "discord", p.discord) })
	}
	wg.Go(func() { p.reloads(ctx, load) })
	<-ctx.Done()
	p.lg.Info("stopping: what is in flight is finished first")
	wg.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// A platform is where people talk to the bot.
type platform interface {
	Preflight(ctx context.Context) error
	Serve(ctx context.Context, desk *bot.Desk) error
}

// serve checks a platform's token and listens there until ctx ends.
func (p *program) serve(ctx context.Context, name string, pf platform) {
	if err := pf.Preflight(ctx); err != nil && ctx.Err() == nil {
		p.lg.Error("platform check", "platform", name, "err", err)
	}
	if err := pf.Serve(ctx, p.desk); err != nil && ctx.Err() == nil {
		p.lg.Error("commands and buttons do not work", "platform", name, "err", err)
	}
}

// pruneEvery is how often articles past the retention are looked for.
const pruneEvery = 24 * time.Hour

// prune forgets the text of old articles, now and once a day.
func (p *program) prune(ctx context.Context) error {
	for {
		n, err := p.st.Prune(ctx, time.Now().Add(-time.Duration(p.config.Load().Retention)))
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

// reloads puts the configuration into force again on every SIGHUP, until ctx ends.
func (p *program) reloads(ctx context.Context, load func() (*Config, error)) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
		}
		c, err := load()
		if err == nil {
			err = p.config.Load().fixed(c)
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
		{"slack", c.Slack, next.Slack},
		{"discord", c.Discord, next.Discord},
		{"network", c.Network, next.Network},
	} {
		if !reflect.DeepEqual(s.old, s.next) {
			return fmt.Errorf("%s has changed, which takes a restart", s.name)
		}
	}
	return nil
}

// greet says what is watched and where alerts go.
func (p *program) greet(w io.Writer, name string) {
	c := p.config.Load()
	fmt.Fprintf(w, "pactwatch %s with %s: %s, %s; what it knows is kept in %s\n",
		version, name, count(len(c.Sources), "source", "sources"), count(len(c.Rules), "rule", "rules"), c.Database)
	for _, s := range c.Sources {
		fmt.Fprintf(w, "  watches  %s  %s\n", s.Name, s.Schedule)
	}
	for _, channel := range slices.Sorted(maps.Keys(c.Channels)) {
		for _, to := range c.Channels[channel].Destinations(channel) {
			fmt.Fprintf(w, "  alerts   %s → %s %s\n", channel, to.Platform, to.Target)
		}
	}
	if c.Slack != nil && c.Slack.AppToken.IsZero() {
		fmt.Fprintln(w, "  Slack is post-only: without app_token_env there are no commands and buttons")
	}
	if c.Discord != nil && c.Discord.Commands != nil && !*c.Discord.Commands {
		fmt.Fprintln(w, "  Discord is post-only: commands is false")
	}
}
