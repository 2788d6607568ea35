package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/pactwatch/pactwatch/internal/news"
)

// digests returns the clock that wakes the digest of every channel that has one.
func (n *Notifier) digests(ctx context.Context, r *routes) *cron.Cron {
	lg := cronLogger{n.lg}
	c := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(lg), cron.WithChain(cron.SkipIfStillRunning(lg), cron.Recover(lg)))
	for name, channel := range r.channels {
		schedule, err := channel.digests()
		if err != nil { // Check has let it through, so this is a fault of ours
			n.lg.Error("digest not scheduled", "channel", name, "err", err)
		}
		if schedule == nil {
			continue
		}
		c.Schedule(schedule, cron.FuncJob(func() {
			if err := n.Digest(ctx, name); err != nil && ctx.Err() == nil && !n.StoreFailed(err) {
				n.lg.Error("digest stopped", "channel", name, "err", err)
			}
		}))
	}
	return c
}

// tellMissed tells what waits for a digest that did not come: it was due while the bot was off or took in
// other settings, or the channel has none any more.
func (n *Notifier) tellMissed(ctx context.Context, r *routes) error {
	for name, channel := range r.channels {
		waiting, err := n.st.Waiting(ctx, name)
		if err != nil {
			return err
		}
		schedule, _ := channel.digests()
		missed := func(a news.Alert) bool {
			if schedule == nil || len(a.Members) == 0 {
				return true
			}
			joined := a.Members[len(a.Members)-1].Joined // it has waited since then at least
			return !schedule.Next(joined).After(n.Now())
		}
		if slices.ContainsFunc(waiting, missed) {
			if err := n.Digest(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// Digest tells a channel of the stories that wait for it, if there are any. Those that are muted wait
// on.
func (n *Notifier) Digest(ctx context.Context, channel string) error {
	n.grouping.Lock()
	defer n.grouping.Unlock()
	return n.tellWaiting(ctx, channel)
}

// tellWaiting is Digest for who holds grouping.
func (n *Notifier) tellWaiting(ctx context.Context, channel string) error {
	told, err := n.st.Waiting(ctx, channel)
	if err != nil {
		return err
	}
	r := n.routes.Load()
	told = slices.DeleteFunc(told, func(a news.Alert) bool { return r.mutedStill(a, n.Now()) != nil })
	if len(told) == 0 {
		n.lg.Info("no digest: nothing waits", "channel", channel)
		return nil
	}
	return n.digest(ctx, channel, told, "")
}

// digest tells a channel of alerts at once; held says why they were not told one by one, "" for the
// channel's own digest.
func (n *Notifier) digest(ctx context.Context, channel string, told []news.Alert, held string) error {
	r := n.routes.Load()
	now := n.Now()
	card := news.Card{Updated: now, Held: held}
	for _, a := range told {
		card.Stories = append(card.Stories, r.digestEntry(a))
	}
	slices.SortStableFunc(card.Stories, func(a, b news.DigestEntry) int {
		switch {
		case a.Severity.Louder(b.Severity):
			return -1
		case b.Severity.Louder(a.Severity):
			return 1
		}
		return 0
	})
	var ds []news.Delivery
	for _, to := range r.channels[channel].Destinations(channel) {
		ds = append(ds, news.Delivery{
			Key:         fmt.Sprintf("digest/%s/%s:%s/%s", to.Channel, to.Platform, to.Target, told[len(told)-1].ID+"@"+now.UTC().Format(time.RFC3339)),
			Destination: to, Kind: news.KindDigest, Card: card, State: news.Pending, Due: now, Created: now,
		})
	}
	if err := n.st.SaveDigest(ctx, told, ds); err != nil {
		return err
	}
	n.outbox.ring()
	return nil
}

// digestEntry is a story's line in a digest.
func (r *routes) digestEntry(a news.Alert) news.DigestEntry {
	e := news.DigestEntry{Alert: a.ID, Story: a.Story, Headline: a.Headline}
	for _, m := range a.Members {
		if e.URL == "" || m.Article.Primary {
			e.URL = m.Article.Link()
		}
		if name := outletName(&m.Article); !slices.Contains(e.Outlets, name) {
			e.Outlets = append(e.Outlets, name)
		}
		for _, match := range m.Matches {
			if rule := r.rules[match.Rule]; slices.Contains(rule.Channels, a.Channel) {
				e.Severity = louder(e.Severity, rule.Severity)
			}
		}
	}
	return e
}

// A cronLogger is the log in cron.Logger's form.
type cronLogger struct{ lg *slog.Logger }

func (l cronLogger) Info(msg string, args ...any) { l.lg.Debug("cron: "+msg, args...) }

func (l cronLogger) Error(err error, msg string, args ...any) {
	l.lg.Error("cron: "+msg, append(args, "err", err)...)
}
