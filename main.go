// Pactwatch tells a team in Slack and Discord about changes in AI partnerships: exclusivity ends, a
// revenue share is capped, an AGI clause goes, a cloud commitment is signed.
package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	_ "time/tzdata" // zones of schedules, on hosts without a database of them

	"github.com/spf13/cobra"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/bot/discord"
	"github.com/pactwatch/pactwatch/bot/slack"
	"github.com/pactwatch/pactwatch/internal/pulse"
	"github.com/pactwatch/pactwatch/internal/store"
	"github.com/pactwatch/pactwatch/notify"
	"github.com/pactwatch/pactwatch/notify/rewrite"
	"github.com/pactwatch/pactwatch/notify/terms"
	"github.com/pactwatch/pactwatch/watchers"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// version is stamped here and nowhere else; see CHANGELOG.md.
const version = "0.1.0"

func main() {
	keepToOwner()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait for anything
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	os.Exit(report(os.Stderr, err))
}

// run is the program: it carries out one command line. Data goes to out, words go to errs.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error {
	root := &cobra.Command{
		Use:   "pactwatch",
		Short: "Tell a team about changes in AI partnerships",
		Long: `Pactwatch watches feeds and newsroom pages for changes in AI partnerships (exclusivity ends, a revenue
share is capped, an AGI clause goes, a cloud commitment is signed) and tells a team in Slack and
Discord: one message for each story, which grows as outlets join.`,
		Example:       "  pactwatch demo\n  pactwatch run\n  pactwatch check --config config.yaml",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddCommand(
		runCommand(),
		demoCommand(),
		checkCommand(),
		healthCommand(),
		backupCommand(),
		pollCommand(),
		extractCommand(),
		matchCommand(),
		groupCommand(),
		termsCommand(),
		briefCommand(),
		backtestCommand(),
		importCommand(),
		exportCommand(),
		whyCommand(),
		sourcesCommand(),
		auditCommand(),
		slackCommand(),
		versionCommand(),
	)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)

	// Until a command's own code runs, an error is about how it was called.
	began := false
	root.PersistentPreRun = func(*cobra.Command, []string) { began = true }
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && !began {
		return &usageError{err, cmd.CommandPath()}
	}
	return err
}

// A program is the bot, wired.
type program struct {
	file     string     // the name of the configuration, for people
	changing sync.Mutex // held while what is in force is replaced
	roster   atomic.Pointer[roster]
	turned   chan struct{} // the roster is another one
	ill      sync.Map      // platform to what is wrong with it, in words
	started  atomic.Bool   // all that runs is running

	st       *store.Store
	fetcher  *watchers.Fetcher
	watchers *watchers.Watchers
	notifier *notify.Notifier
	desk     *bot.Desk
	slack    *slack.Slack     // nil without its section
	discord  *discord.Discord // nil without its section
	lg       *slog.Logger

	connections map[string]connection // by platform, those that there are
	pulse       *pulse.Monitor
	outage      *outage
	metrics     *metrics
	supervisor  supervisor
}

// wire builds the program in the order in which news flows through it. name is what people call the
// configuration; alerts to the terminal go to out.
func wire(c *Config, name string, st *store.Store, out io.Writer, lg *slog.Logger) (*program, error) {
	p := &program{
		file: name, turned: make(chan struct{}, 1), st: st, lg: lg, connections: map[string]connection{},
		pulse: &pulse.Monitor{}, outage: newOutage(st.Probe, lg), metrics: newMetrics(), supervisor: systemd(),
	}
	none, err := rule.Compile(nil, nil)
	if err != nil {
		return nil, err
	}
	p.roster.Store(&roster{config: c, set: none})

	f, err := watchers.NewFetcher(c.Network, version)
	if err != nil {
		return nil, err
	}
	p.fetcher = f
	p.watchers = watchers.New(st, f, lg)
	p.watchers.Backfill = time.Duration(c.Backfill)
	p.watchers.Pulse, p.watchers.Polled, p.watchers.PageRead = p.pulse, p.metrics.polled, p.metrics.pageRead
	p.watchers.StoreFailed, p.watchers.StoreDown = p.outage.failed, p.outage.down

	platforms := map[string]bot.Platform{}
	posters := map[string]notify.Poster{"terminal": &bot.Terminal{W: out, Color: isTerminal(out)}}
	if c.Slack != nil {
		p.slack = connect(p, "slack", func(hc *http.Client) *slack.Slack { return slack.New(*c.Slack, hc, lg) })
		p.slack.Handled = p.handled
		posters["slack"], platforms["slack"] = p.slack, p.slack
	}
	if c.Discord != nil {
		p.discord = connect(p, "discord", func(hc *http.Client) *discord.Discord { return discord.New(*c.Discord, hc, lg) })
		p.discord.Handled = p.handled
		posters["discord"], platforms["discord"] = p.discord, p.discord
	}
	p.notifier = notify.New(countedStore{st, p.metrics}, posters, lg)
	p.notifier.Pulse, p.notifier.StoreFailed = p.pulse, p.outage.failed
	if p.notifier.Terms, err = terms.New(nil); err != nil {
		return nil, err
	}
	if c.Summary.LLM != nil {
		p.notifier.Rewriter = rewrite.New(*c.Summary.LLM, st, lg)
	}
	p.watchers.Woken = p.notifier.Wake
	p.notifier.Admin, p.notifier.Troubles, p.notifier.Alive = c.Admin, p.troubles, p.alive

	p.desk = bot.NewDesk(st, p, lg)
	p.desk.Version, p.desk.Started, p.desk.Platforms = version, time.Now(), platforms
	return p, nil
}

// configure puts a configuration into force; if something is wrong with it, what was in force stays.
func (p *program) configure(ctx context.Context, c *Config) error {
	p.changing.Lock()
	defer p.changing.Unlock()
	return p.enforce(ctx, c)
}

// run runs every part until ctx ends, and waits for what is in flight. On each signal of hup it reads
// the configuration again with load.
func (p *program) run(ctx context.Context, hup <-chan os.Signal, load func() (*Config, error)) error {
	defer p.fetcher.Close()
	health, err := p.listenHealth()
	if err != nil {
		return err
	}
	if err := p.configure(context.WithoutCancel(ctx), p.roster.Load().config); err != nil {
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
	part(p.turns)
	part(p.watchStore)
	part(p.watchClock)
	part(p.guard)
	if health != nil {
		part(func(ctx context.Context) error { return p.serveHealth(ctx, health) })
	}
	for name, c := range p.connections {
		wg.Go(func() { p.serve(ctx, name, c, stop) })
	}
	wg.Go(func() { p.reloads(ctx, hup, load) })
	p.started.Store(true)
	p.tellSupervisor("READY=1")
	<-ctx.Done()
	p.lg.Info("stopping: what is in flight is finished first")
	p.tellSupervisor("STOPPING=1")
	wg.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
