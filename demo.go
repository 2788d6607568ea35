package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
)

func demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Show the whole bot at work, without network or tokens",
		Long: `Serve a small news site on this machine, watch it as "run" would, and print the alerts as they are posted,
edited and threaded; then what was held back, and why. Its outlets and companies do not exist. It takes a few
seconds, needs no network and leaves nothing behind.`,
		Example: "  pactwatch demo",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(cmd.Context(), cmd.OutOrStdout())
		},
	}
}

// demoActs are what happens in each phase of the demo's site.
var demoActs = []string{
	"Six outlets publish. Some tell of the same deals, in their own words; some only sound like it.",
	"Half an hour later, one more outlet reports. No new message: the first one grows.",
	"Then one of the parties files with its regulator. That is news: it goes into the thread.",
}

// demoLimit bounds the demo, should something hang.
const demoLimit = 30 * time.Second

// demo runs the program against a news site of its own.
func demo(ctx context.Context, out io.Writer) error {
	ctx, cancel := context.WithTimeoutCause(ctx, demoLimit, errors.New("the demo took too long"))
	defer cancel()

	site := newDemoSite(time.Now)
	base, closeSite, err := serveOnLoopback(site)
	if err != nil {
		return fmt.Errorf("demo: serve its news site: %w", err)
	}
	defer closeSite()
	c, err := ParseConfig("demo/config.yaml", site.Config(base))
	if err != nil {
		return err
	}
	st, err := store.Open(ctx, ":memory:")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer st.Close()
	p, err := wire(c, "the demo's configuration", st, out, slog.New(slog.DiscardHandler))
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	// Time runs faster: what is spread over minutes in a team's bot happens within a second.
	p.watchers.Spread, p.notifier.Gather, p.notifier.Pace = 0, time.Second, 0

	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.run(running, nil, nil) }()
	err = p.play(ctx, site, out)
	stop()
	return errors.Join(err, <-ended)
}

// serveOnLoopback serves h on a free port of this machine and returns its address.
func serveOnLoopback(h http.Handler) (base string, stop func() error, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Second}
	go srv.Serve(l)
	return "http://" + l.Addr().String(), srv.Close, nil
}

// play goes through the site's phases, waits in each for the program to finish, and tells what it
// held back.
func (p *program) play(ctx context.Context, site *demoSite, out io.Writer) error {
	for phase := range site.Phases() {
		fmt.Fprintf(out, "── %s\n\n", demoActs[phase])
		if phase > 0 {
			site.Advance()
			for _, s := range p.SourceNames() {
				if _, err := p.watchers.Poll(ctx, s.Name); err != nil {
					return err
				}
			}
		}
		if err := p.settled(ctx); err != nil {
			return err
		}
	}
	return p.tellHeldBack(ctx, out)
}

// settled waits until every source is polled and all that came of it is read, told and settled.
func (p *program) settled(ctx context.Context) error {
	for {
		busy, err := p.busy(ctx)
		if err != nil || !busy {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (p *program) busy(ctx context.Context) (bool, error) {
	sources, err := p.st.Sources(ctx)
	if err != nil {
		return false, err
	}
	for _, s := range sources {
		if s.Cursor.LastPoll.IsZero() {
			return true, nil
		}
	}
	waiting, err := p.st.Reported(ctx, 1)
	if err != nil {
		return false, err
	}
	n, err := p.st.Counts(ctx)
	if len(sources) == 0 || len(waiting)+n.Unread+n.Deliveries[news.Sending] > 0 || err != nil {
		return true, err
	}
	// An edit that waits for its turn among edits is no work under way.
	next, err := p.st.NextDue(ctx, news.Destination{Channel: "deals", Platform: "terminal"})
	return !next.IsZero() && next.Before(time.Now().Add(2*p.notifier.Gather)), err
}

// tellHeldBack prints what became of the articles that raised no alert of their own.
func (p *program) tellHeldBack(ctx context.Context, out io.Writer) error {
	vs, err := p.st.Verdicts(ctx, 1000)
	if err != nil {
		return err
	}
	var joined, held []news.Verdict
	for _, v := range vs {
		switch {
		case strings.HasPrefix(v.Reason, "same story"):
			joined = append(joined, v)
		case v.Reason != "":
			held = append(held, v)
		}
	}
	fmt.Fprint(out, "── No message of their own: they joined a story\n\n")
	tell(out, joined)
	fmt.Fprint(out, "\n── Held back, and why\n\n")
	tell(out, held)
	n, err := p.st.Counts(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s, %s told. That was the demo; \"pactwatch run\" watches the real press.\n",
		count(n.Articles, "article", "articles"), count(n.Alerts, "story", "stories"))
	return nil
}

func tell(out io.Writer, vs []news.Verdict) {
	for _, v := range vs {
		outlet := cmp.Or(v.Article.Outlet, v.Article.Source)
		fmt.Fprintf(out, "   %s: %s\n      %s\n", bot.Clean(outlet), bot.Clean(v.Article.Title), bot.Clean(v.Reason))
	}
}
