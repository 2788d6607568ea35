// Package notify takes matched articles to settled deliveries: stories, alerts, edits, replies and
// digests.
//
// Two kinds of drain do the work. Group takes matched articles in order of arrival, finds the story
// of each and stores what follows from it as deliveries. Deliver takes the due deliveries of one
// destination in order, and brings each to its platform. What wakes them is Run's business.
package notify

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/pulse"
	"github.com/pactwatch/pactwatch/notify/story"
	"github.com/pactwatch/pactwatch/notify/terms"
)

// A Poster brings a delivery to its destination and returns the platform's ID of the message, for an
// edit that of the edited one. An error that is not a *news.PostError means that nobody knows whether
// the platform has the message. bot/slack, bot/discord and the terminal each have one.
type Poster interface {
	Post(ctx context.Context, d news.Delivery) (message string, err error)
}

// A Resolver is a Poster that can find out what became of a delivery of which nobody knows whether it
// arrived.
type Resolver interface {
	// Resolve returns the message that the delivery has become. Where it is too early to say, next says
	// when to ask again. A *news.PostError says that it has certainly not arrived; any other error that
	// it cannot be found out.
	Resolve(ctx context.Context, d news.Delivery, now time.Time) (message string, next time.Time, err error)
}

// Store is what the notifier asks of the store; package store says what each method keeps.
type Store interface {
	Reported(ctx context.Context, limit int) ([]news.Reported, error)
	MembersSince(ctx context.Context, since time.Time) ([]news.Member, error)
	NewestStory(ctx context.Context) (string, error)
	StoryMembers(ctx context.Context, story string) ([]news.Member, error)
	StoryDeliveries(ctx context.Context, story string) ([]news.Delivery, error)
	SaveJoining(ctx context.Context, j news.Joining) error
	Claim(ctx context.Context, to news.Destination, now time.Time) (d news.Delivery, ok bool, err error)
	Settle(ctx context.Context, d news.Delivery) error
	NextDue(ctx context.Context, to news.Destination) (time.Time, error)
	Unknown(ctx context.Context, to news.Destination, now time.Time) ([]news.Delivery, error)
	Interrupted(ctx context.Context) ([]news.Delivery, error)
	Waiting(ctx context.Context, channel string) ([]news.Alert, error)
	HeldDue(ctx context.Context, now time.Time) ([]news.Alert, error)
	NextHeld(ctx context.Context) (time.Time, error)
	Rehold(ctx context.Context, alert string, h news.Hold) error
	Held(ctx context.Context, channel string) ([]news.Alert, error)
	Posted(ctx context.Context, channel string, since time.Time) ([]time.Time, error)
	SaveTelling(ctx context.Context, t news.Telling) error
	SaveMove(ctx context.Context, m news.Move, told ...news.Telling) error
	StoryOf(ctx context.Context, article string) (string, error)
	Troubles(ctx context.Context) (map[string]news.ToldTrouble, error)
	SaveTrouble(ctx context.Context, t news.ToldTrouble, notices []news.Delivery) error
	SaveDigest(ctx context.Context, told []news.Alert, deliveries []news.Delivery) error
	Drafts(ctx context.Context) ([]news.Delivery, error)
	Rewrites(ctx context.Context, story string) ([]news.Rewrite, error)
	SaveRewrite(ctx context.Context, r news.Rewrite, waiting []news.Delivery) error
}

// A Notifier is safe for concurrent use, except that one Group runs at a time, and one Deliver for
// each destination.
type Notifier struct {
	Now       func() time.Time
	Gather    time.Duration // how long an alert waits for other reports of the same poll
	EditEvery time.Duration // at most one edit of a message in this time, after the first
	Pace      time.Duration // between two posts to one destination

	Admin    string                                       // the channel of who runs the bot; "" leaves it to the log
	Troubles func(ctx context.Context) ([]Trouble, error) // what does not work now; nil: nobody watches
	Alive    func(ctx context.Context) string             // the line of the week

	Terms       *terms.Reader               // reads the deal terms that a card shows; nil: it shows none
	Rewriter    Rewriter                    // puts summaries into its own words; nil: they stay as the articles have them
	Pulse       *pulse.Monitor              // is told of progress; nil: nobody watches
	StoreFailed func(err error) (told bool) // called when the store fails a drain; told: it needs no line in the log

	st      Store
	posters map[string]Poster // by platform
	lg      *slog.Logger

	routes   atomic.Pointer[routes]
	summary  atomic.Pointer[SummaryConfig]
	grouping sync.Mutex   // held while it is decided what a channel hears of a story
	index    *story.Index // under grouping; nil until it is rebuilt from the store
	reported bell         // articles wait for their story
	outbox   bell         // deliveries wait
	drafts   bell         // some of them for the rewriter
	held     bell         // holds have begun or ended
	reload   bell         // the routes are new
}

// New returns a Notifier that posts through posters, by platform name. Set its fields and call
// Configure before Run.
func New(st Store, posters map[string]Poster, lg *slog.Logger) *Notifier {
	n := &Notifier{
		Now: time.Now, Gather: 100 * time.Millisecond, EditEvery: 5 * time.Minute, Pace: time.Second,
		StoreFailed: func(error) bool { return false },
		st:          st, posters: posters, lg: lg,
	}
	n.routes.Store(&routes{})
	n.summary.Store(&SummaryConfig{})
	return n
}

// Routes say which channels there are, where each posts, and which rules lead to them.
type routes struct {
	channels map[string]ChannelConfig
	rules    map[string]news.Rule
	mutes    []news.Mute
}

func (r *routes) destinations() []news.Destination {
	var ds []news.Destination
	for name, c := range r.channels {
		ds = append(ds, c.Destinations(name)...)
	}
	return ds
}

// Configure sets the channels, rules and mutes from the next article on. It may be called while Run goes on.
func (n *Notifier) Configure(channels map[string]ChannelConfig, rules []news.Rule, mutes []news.Mute) {
	r := &routes{channels: channels, mutes: mutes, rules: make(map[string]news.Rule, len(rules))}
	for _, rule := range rules {
		r.rules[rule.Name] = rule
	}
	n.routes.Store(r)
	n.reload.ring()
}

// Wake says that matched articles wait in the store.
func (n *Notifier) Wake() { n.reported.ring() }

// Resume does what was left undone while the store was down.
func (n *Notifier) Resume() {
	n.reported.ring()
	n.held.ring()
	n.reload.ring() // which looks for missed digests and for what is due
}

// Run settles what the last run was killed over, then groups and delivers whatever comes, until ctx
// ends. It returns when all that was in flight is settled.
func (n *Notifier) Run(ctx context.Context) error {
	if err := n.recover(ctx); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		beat := n.Pulse.Loop("group", "", drainLimit)
		n.repeat(ctx, beat, &n.reported, func() (time.Time, error) { return time.Time{}, n.Group(ctx) })
	})
	wg.Go(func() {
		beat := n.Pulse.Loop("release", "", drainLimit)
		n.repeat(ctx, beat, &n.held, func() (time.Time, error) { return n.release(ctx) })
	})
	wg.Go(func() {
		beat := n.Pulse.Loop("watch", "", drainLimit)
		n.repeat(ctx, beat, new(bell), func() (time.Time, error) { return n.Watch(ctx) })
	})
	if n.Rewriter != nil {
		wg.Go(func() {
			beat := n.Pulse.Loop("rewrite", "", n.Rewriter.Timeout()+drainLimit)
			n.repeat(ctx, beat, &n.drafts, func() (time.Time, error) { return time.Time{}, n.Rewrite(ctx) })
		})
	}
	for ctx.Err() == nil {
		reloaded := n.reload.wait()
		n.serve(ctx, n.routes.Load(), reloaded)
	}
	return nil
}

// serve delivers by these routes until they are replaced or ctx ends.
func (n *Notifier) serve(ctx context.Context, r *routes, reloaded <-chan struct{}) {
	ctx, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	for _, to := range r.destinations() {
		wg.Go(func() {
			beat := n.Pulse.Loop("deliver", to.String(), drainLimit)
			n.repeat(ctx, beat, &n.outbox, func() (time.Time, error) { return n.Deliver(ctx, to) })
		})
	}
	if err := n.tellMissed(ctx, r); err != nil && ctx.Err() == nil {
		if !n.StoreFailed(err) {
			n.lg.Error("missed digests not told, the next ones tell them", "err", err)
		}
	}
	digests := n.digests(ctx, r)
	digests.Start()
	defer func() { <-digests.Stop().Done() }()
	select {
	case <-ctx.Done():
	case <-reloaded:
	}
}

// afterTrouble is how long a drain rests when the store failed it.
const afterTrouble = 10 * time.Second

// drainLimit is how long a drain may take for one step: a delivery is settled or put off within 20 s,
// and a hundred articles are grouped in less.
const drainLimit = 2 * time.Minute

// repeat runs a drain now, whenever the bell rings, and at the time that the drain itself asks for,
// until ctx ends.
func (n *Notifier) repeat(ctx context.Context, beat *pulse.Loop, b *bell, drain func() (next time.Time, err error)) {
	defer beat.End()
	for ctx.Err() == nil {
		rung := b.wait() // before the drain looks, so that nothing falls between
		beat.Work()
		next, err := drain()
		if err != nil && ctx.Err() == nil {
			if !n.StoreFailed(err) {
				n.lg.Error("drain stopped", "err", err, "again_in", afterTrouble)
			}
			next = n.Now().Add(afterTrouble)
		}
		var timer <-chan time.Time
		var sleep time.Duration
		if !next.IsZero() {
			sleep = max(next.Sub(n.Now()), time.Millisecond)
			timer = time.After(sleep)
		}
		beat.Rest(sleep)
		select {
		case <-ctx.Done():
		case <-rung:
		case <-timer:
		}
	}
}

// recover decides about deliveries that were being sent when the last run ended. An edit may be sent
// again, since it ends in the same message; for the rest nobody knows, and the platform is asked.
func (n *Notifier) recover(ctx context.Context) error {
	ds, err := n.st.Interrupted(ctx)
	if err != nil {
		return err
	}
	for _, d := range ds {
		n.settle(&d, d.Message, errInterrupted)
		if err := n.st.Settle(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// A bell wakes all who wait for it. The zero bell is ready.
type bell struct {
	mu   sync.Mutex
	rung chan struct{}
}

// wait returns a channel that is closed when the bell rings next.
func (b *bell) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung == nil {
		b.rung = make(chan struct{})
	}
	return b.rung
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung != nil {
		close(b.rung)
		b.rung = nil
	}
}
