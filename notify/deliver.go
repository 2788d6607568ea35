package notify

import (
	"context"
	"errors"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// postTimeout bounds one call to a platform. It is shorter than the ten seconds in which the program
// ends when asked to, so that what is in flight is settled and not cut.
const postTimeout = 8 * time.Second

// Back-off between attempts that certainly did not post: doubled from the first to the last.
const (
	firstRetry = 5 * time.Second
	lastRetry  = 15 * time.Minute
)

// maxAttempts is how often a delivery is tried that its destination will not take, while it takes
// others. It is then held, where a person can see it.
const maxAttempts = 10

var (
	errInterrupted = errors.New("the program ended while this was being sent")
	errSlowPost    = errors.New("the platform did not answer in time")
)

// Deliver sends what is due at a destination, in order, and returns when to look again; the zero time
// means when the store has something new.
func (n *Notifier) Deliver(ctx context.Context, to news.Destination) (next time.Time, err error) {
	for ctx.Err() == nil {
		n.Pulse.Step("deliver", to.String())
		if err := n.resolve(ctx, to); err != nil {
			return time.Time{}, err
		}
		d, ok, err := n.st.Claim(ctx, to, n.Now())
		if err != nil {
			return time.Time{}, err
		}
		if !ok {
			return n.st.NextDue(ctx, to)
		}
		if err := n.send(ctx, d); err != nil {
			return time.Time{}, err
		}
		select {
		case <-ctx.Done():
		case <-time.After(n.Pace):
		}
	}
	return time.Time{}, nil
}

// send brings a claimed delivery to its platform and stores the outcome, even if ctx ends meanwhile.
func (n *Notifier) send(ctx context.Context, d news.Delivery) error {
	ctx = context.WithoutCancel(ctx)
	post, cancel := context.WithTimeoutCause(ctx, postTimeout, errSlowPost)
	message, failure := n.posters[d.Destination.Platform].Post(post, d)
	cancel()
	n.settle(&d, message, failure)
	if err := n.st.Settle(ctx, d); err != nil {
		return err
	}
	if d.Kind == news.KindAlert && d.State == news.Sent {
		n.outbox.ring() // its edits and replies may go now
	}
	return nil
}

// settle decides what an attempt's outcome makes of a delivery.
func (n *Notifier) settle(d *news.Delivery, message string, failure error) {
	d.Settled, d.Holds = n.Now(), false
	lg := n.lg.With("delivery", d.ID, "kind", d.Kind, "story", d.Card.Story, "alert", d.Card.Alert, "to", d.Destination.String())
	if failure == nil {
		d.State, d.Message, d.Reason = news.Sent, message, ""
		lg.Info("delivered")
		return
	}
	d.Reason = failure.Error()
	refusal, certain := errors.AsType[*news.PostError](failure)
	switch {
	case certain && refusal.Refused:
		d.State = news.Failed
		lg.Error("delivery refused", "err", failure)
	case certain && !refusal.Channel && d.Attempts >= maxAttempts:
		d.State = news.Held
		lg.Error("delivery held after many attempts", "err", failure, "attempts", d.Attempts)
	case certain:
		d.State, d.Due, d.Holds = news.Retry, n.Now().Add(max(refusal.After, backOff(d.Attempts))), refusal.Channel
		lg.Warn("delivery not posted", "err", failure, "again_at", d.Due)
	case d.Kind == news.KindEdit: // sent again, it ends in the same message
		d.State, d.Due = news.Retry, n.Now().Add(backOff(d.Attempts))
		lg.Warn("edit of unknown outcome", "err", failure, "again_at", d.Due)
	case n.canResolve(d.Destination):
		d.State, d.Due = news.Unknown, n.Now()
		lg.Warn("delivery of unknown outcome, the platform will be asked", "err", failure)
	default:
		d.State = news.Held
		lg.Error("delivery of unknown outcome held, so as not to post it twice", "err", failure)
	}
}

func (n *Notifier) canResolve(to news.Destination) bool {
	_, ok := n.posters[to.Platform].(Resolver)
	return ok
}

// resolve finds out about the deliveries to a destination of which nobody knows whether they arrived.
func (n *Notifier) resolve(ctx context.Context, to news.Destination) error {
	ds, err := n.st.Unknown(ctx, to, n.Now())
	if err != nil {
		return err
	}
	for _, d := range ds {
		ask, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), postTimeout, errSlowPost)
		message, next, failure := n.posters[to.Platform].(Resolver).Resolve(ask, d, n.Now())
		cancel()
		_, certain := errors.AsType[*news.PostError](failure)
		switch {
		case failure == nil && !next.IsZero():
			d.Due = next
		case failure == nil || certain:
			n.settle(&d, message, failure)
		default:
			d.State, d.Reason, d.Settled = news.Held, "it cannot be found out whether it arrived: "+failure.Error(), n.Now()
			n.lg.Error("delivery held, so as not to post it twice", "delivery", d.ID, "to", to.String(), "err", failure)
		}
		if err := n.st.Settle(ctx, d); err != nil {
			return err
		}
		if d.Kind == news.KindAlert && d.State == news.Sent {
			n.outbox.ring()
		}
	}
	return nil
}

// backOff returns how long to wait after an attempt, counted from 1.
func backOff(attempt int) time.Duration {
	d := firstRetry
	for range attempt - 1 {
		d = min(2*d, lastRetry)
	}
	return d
}
