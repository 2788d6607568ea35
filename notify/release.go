package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify/story"
)

// release tells what was held back and is no more, and returns when the next hold ends.
func (n *Notifier) release(ctx context.Context) (next time.Time, err error) {
	n.grouping.Lock()
	defer n.grouping.Unlock()
	due, err := n.st.HeldDue(ctx, n.Now())
	if err != nil {
		return time.Time{}, err
	}
	digests := map[string][]news.Alert{}
	for _, a := range due {
		h := n.routes.Load().holdStill(a, n.Now())
		switch {
		case h.Why != "":
			err = n.st.Rehold(ctx, a.ID, h)
		case a.Told:
			err = n.refresh(ctx, a.Story, a.Channel)
		default:
			digests[a.Channel] = append(digests[a.Channel], a)
		}
		if err != nil {
			return time.Time{}, err
		}
	}
	for channel, told := range digests {
		if err := n.digest(ctx, channel, told, reasons(told)); err != nil {
			return time.Time{}, err
		}
	}
	return n.st.NextHeld(ctx)
}

// holdStill returns what goes on to hold back an alert whose hold has ended; the zero hold if nothing
// does.
func (r *routes) holdStill(a news.Alert, now time.Time) news.Hold {
	c, ok := r.channels[a.Channel]
	if !ok { // it stays where a person who brings the channel back finds it
		return news.Hold{Why: "its channel is gone", Until: now.Add(24 * time.Hour)}
	}
	if m := r.mutedStill(a, now); m != nil {
		return news.Hold{Why: m.Why(), Until: m.Until}
	}
	if end := c.quietUntil(now); !end.IsZero() { // a mute that ends at night
		return news.Hold{Why: quietHold, Until: end}
	}
	return news.Hold{}
}

// mutedStill returns the mute that keeps an alert that waits from being told; nil if there is none. Of
// one that has a message, that is what made it wait, else whatever mutes all of its reports now.
func (r *routes) mutedStill(a news.Alert, now time.Time) *news.Mute {
	if a.Told {
		for i, m := range r.mutes {
			if m.Channel == a.Channel && m.Why() == a.Held && now.Before(m.Until) {
				return &r.mutes[i]
			}
		}
		return nil
	}
	var first *news.Mute
	for _, member := range a.Members {
		leading := r.leading(a.Channel, member.Matches)
		if len(leading) == 0 {
			continue
		}
		m := r.muteOver(a.Channel, a.Story, member.Article.Source, leading, now)
		if m == nil {
			return nil
		}
		if first == nil || m.Until.Before(first.Until) {
			first = m
		}
	}
	return first
}

// reasons lists why alerts were held back, each reason once.
func reasons(held []news.Alert) string {
	var all []string
	for _, a := range held {
		if !slices.Contains(all, a.Held) {
			all = append(all, a.Held)
		}
	}
	if len(all) > 2 {
		all = append(all[:2], fmt.Sprintf("and %d more reasons", len(all)-2))
	}
	return strings.Join(all, "; ")
}

// Release looks anew at what mutes hold back in a channel, once one of them has ended before its time;
// why names it. Where why is "", it tells instead what waits for quiet hours to end, for room under the
// cap or for the channel's digest, in one digest.
func (n *Notifier) Release(ctx context.Context, channel, why string) error {
	n.grouping.Lock()
	defer n.grouping.Unlock()
	if why != "" {
		return n.endHolds(ctx, channel, n.Now(), byMute)
	}
	err := n.endHolds(ctx, channel, time.Time{}, func(a news.Alert) bool { return !byMute(a) })
	if err != nil {
		return err
	}
	return n.tellWaiting(ctx, channel)
}

// byMute reports whether a mute, not the channel's own settings, holds back an alert.
func byMute(a news.Alert) bool { return a.Held != quietHold && a.Held != capHold }

// endHolds moves the ends of those holds of a channel that are meant; the zero time leaves what they
// hold back to the channel's digest.
func (n *Notifier) endHolds(ctx context.Context, channel string, end time.Time, meant func(news.Alert) bool) error {
	held, err := n.st.Held(ctx, channel)
	if err != nil {
		return err
	}
	for _, a := range held {
		if meant(a) {
			if err := n.st.Rehold(ctx, a.ID, news.Hold{Why: a.Held, Until: end}); err != nil {
				return err
			}
		}
	}
	n.held.ring()
	return nil
}

// Refresh shows the present state of a story in the message that a channel has of it: who muted it
// or, where a mute has ended, what came meanwhile. Where the channel has no message of it, what a mute
// held back is told.
func (n *Notifier) Refresh(ctx context.Context, story, channel string) error {
	n.grouping.Lock()
	defer n.grouping.Unlock()
	if err := n.refresh(ctx, story, channel); err != nil {
		return err
	}
	n.held.ring()
	return nil
}

// refresh is Refresh for who holds grouping.
func (n *Notifier) refresh(ctx context.Context, story, channel string) error {
	told := true
	err := n.planned(ctx, func() error {
		p, err := n.present(ctx, story)
		if told = p.isTold(channel); err != nil || !told {
			return err
		}
		p.refresh(channel)
		return n.st.SaveTelling(ctx, p.telling)
	})
	if err == nil && !told {
		return n.endHolds(ctx, channel, n.Now(), func(a news.Alert) bool { return a.Story == story && byMute(a) })
	}
	n.outbox.ring()
	n.drafts.ring()
	return err
}

// refresh plans an edit of the story's message in a channel. Where the story is muted there, replies
// that wait are called off, and all is looked at again when the mute ends; else a reply tells what was
// held back.
func (p *plan) refresh(channel string) {
	if len(p.members) == 0 {
		return
	}
	card := p.card(channel)
	p.telling.Over = append(p.telling.Over, channel)
	if m := card.Muted; m != nil {
		p.telling.Holds = append(p.telling.Holds, news.Hold{Channel: channel, Why: m.Why(), Until: m.Until})
	}
	for _, to := range p.routes.channels[channel].Destinations(channel) {
		if alert := p.last(to, news.KindAlert); alert == nil || alert.State == news.Failed {
			continue
		}
		p.editAt(to, card, p.now)
		if card.Muted == nil {
			p.catchUp(to, card)
		} else {
			p.callOffReplies(to, card.Muted.Why())
		}
	}
}

func (p *plan) callOffReplies(to news.Destination, why string) {
	for _, d := range p.before {
		if d.Destination == to && d.Kind == news.KindReply && waits(&d) {
			p.callOff(d, why)
		}
	}
}

// catchUp plans one reply with what is materially new in all that joined since the story's last alert
// or reply at a destination.
func (p *plan) catchUp(to news.Destination, card news.Card) {
	var told time.Time
	for _, d := range p.before {
		if d.Destination == to && d.State != news.Failed && (d.Kind == news.KindAlert || d.Kind == news.KindReply) && d.Card.Updated.After(told) {
			told = d.Card.Updated
		}
	}
	var all []string
	var leading []news.Rule
	for i, m := range p.members {
		if !m.Joined.After(told) {
			continue
		}
		if whatsNew := story.Material(articles(p.members[:i]), &m.Article, m.Matches); whatsNew != "" {
			all = append(all, whatsNew)
			card.Added = addOutlet(card.Added, outlet(m))
			leading = append(leading, p.leading(to.Channel, m.Matches)...)
		}
	}
	if len(all) > 0 {
		card.News = strings.Join(all, "; ") + " (while it was muted)"
		p.reply(to, fmt.Sprintf("caught-up:%d", p.count(to, news.KindReply)+1), card, leading)
	}
}
