package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// The reasons of a hold, but for those of mutes.
const (
	quietHold = "quiet hours"
	capHold   = "more alerts than the channel takes in an hour"
)

// hold returns what keeps the article from being told in a channel, if something does. In this order:
// a mute of its story, one of its source or of every rule that leads there, quiet hours, the cap. The
// last two hold back alerts only; one that is there grows on.
func (p *plan) hold(channel string, c ChannelConfig, r news.Reported) (news.Hold, bool) {
	leading := p.leading(channel, r.Matches)
	unmuted := len(leading)
	var until time.Time
	var why string
	for _, m := range p.routes.mutes {
		if m.Channel != channel || !p.now.Before(m.Until) {
			continue
		}
		switch {
		case m.What == "story" && m.Which == p.joining.Decision.Story, m.What == "source" && m.Which == r.Article.Source:
			return news.Hold{Channel: channel, Why: m.Why(), Until: m.Until}, true
		case m.What == "rule" && slices.ContainsFunc(leading, func(l news.Rule) bool { return l.Name == m.Which }):
			unmuted--
			if until.IsZero() || m.Until.Before(until) {
				why, until = m.Why(), m.Until
			}
		}
	}
	if len(leading) > 0 && unmuted == 0 {
		return news.Hold{Channel: channel, Why: why, Until: until}, true
	}
	if p.isTold(channel) {
		return news.Hold{}, false
	}
	if end := p.quiet(c, leading); !end.IsZero() {
		return news.Hold{Channel: channel, Why: quietHold, Until: end}, true
	}
	if room := p.room[channel]; room.After(p.now) {
		return news.Hold{Channel: channel, Why: capHold, Until: room}, true
	}
	return news.Hold{}, false
}

// quiet returns when the quiet hours end that hold back what these rules bring; zero if none do.
func (p *plan) quiet(c ChannelConfig, leading []news.Rule) time.Time {
	end := c.quietUntil(p.now)
	if c.QuietPass == "high" && slices.ContainsFunc(leading, func(r news.Rule) bool { return r.Severity == news.High }) {
		return time.Time{}
	}
	return end
}

// leading returns those of the rules that were met which lead to a channel.
func (p *plan) leading(channel string, ms []news.Match) []news.Rule {
	var rules []news.Rule
	for _, m := range ms {
		if r, ok := p.routes.rules[m.Rule]; ok && slices.Contains(r.Channels, channel) {
			rules = append(rules, r)
		}
	}
	return rules
}

// isTold reports whether the story has a message of its own in a channel.
func (p *plan) isTold(channel string) bool {
	return slices.ContainsFunc(p.before, func(d news.Delivery) bool {
		return d.Destination.Channel == channel && d.Kind == news.KindAlert
	})
}

// roomAt returns when a channel takes another alert.
func (n *Notifier) roomAt(ctx context.Context, channel string, c ChannelConfig, now time.Time) (time.Time, error) {
	most := c.capped()
	if most == 0 {
		return time.Time{}, nil
	}
	posted, err := n.st.Posted(ctx, channel, now.Add(-time.Hour))
	if err != nil || len(posted) < most {
		return time.Time{}, err
	}
	return posted[len(posted)-most].Add(time.Hour), nil
}

// release tells what was held back and is no more, and returns when the next hold ends.
func (n *Notifier) release(ctx context.Context) (next time.Time, err error) {
	due, err := n.st.HeldDue(ctx, n.Now())
	if err != nil {
		return time.Time{}, err
	}
	r := n.routes.Load()
	digests := map[string][]news.Alert{}
	for _, a := range due {
		c, ok := r.channels[a.Channel]
		switch end := c.quietUntil(n.Now()); {
		case !ok: // the channel is gone: it stays where a person who brings it back finds it
			err = n.st.Rehold(ctx, a.ID, news.Hold{Why: "its channel is gone", Until: n.Now().Add(24 * time.Hour)})
		case !end.IsZero() && a.Held != quietHold: // a mute that ends at night
			err = n.st.Rehold(ctx, a.ID, news.Hold{Why: quietHold, Until: end})
		case a.Told:
			err = n.Refresh(ctx, a.Story, a.Channel)
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
	text := ""
	for i, why := range all {
		if i > 0 {
			text += "; "
		}
		text += why
	}
	return text
}

// Release ends the holds of a channel that have this reason. Where why is "", it ends all of them, and
// tells what waits for the channel's digest, too.
func (n *Notifier) Release(ctx context.Context, channel, why string) error {
	if err := n.st.EndHolds(ctx, channel, why, n.Now()); err != nil {
		return err
	}
	n.held.ring()
	if why != "" {
		return nil
	}
	return n.Digest(ctx, channel)
}

// Refresh shows the present state of a story in the message that a channel has of it: who muted it
// or, where a mute has ended, what came meanwhile.
func (n *Notifier) Refresh(ctx context.Context, story, channel string) error {
	n.grouping.Lock() // a joining under way could take the same place among the edits
	defer n.grouping.Unlock()
	return n.refresh(ctx, story, channel)
}

// refresh is Refresh for who holds grouping.
func (n *Notifier) refresh(ctx context.Context, story, channel string) error {
	err := news.ErrOvertaken
	for errors.Is(err, news.ErrOvertaken) {
		var p plan
		if p, err = n.present(ctx, story); err == nil {
			told := p.refresh(channel)
			err = n.st.SaveRefresh(ctx, story, channel, told, p.joining.Deliveries)
		}
	}
	if err == nil {
		n.outbox.ring()
		n.held.ring()
	}
	return err
}

// present returns a plan for a story as it is, to which nothing comes.
func (n *Notifier) present(ctx context.Context, story string) (p plan, err error) {
	p = plan{now: n.Now(), gather: n.Gather, every: n.EditEvery, routes: n.routes.Load()}
	p.joining.Decision.Story = story
	if p.members, err = n.st.StoryMembers(ctx, story); err == nil {
		p.before, err = n.st.StoryDeliveries(ctx, story)
	}
	return p, err
}

// refresh plans an edit of the story's message in a channel and, unless the story is muted there, a
// reply with what was held back. It reports whether nothing is held back any more.
func (p *plan) refresh(channel string) (told bool) {
	if len(p.members) == 0 {
		return true
	}
	card := p.card(channel)
	missed := p.since(p.shownAt(channel))
	for _, to := range p.routes.channels[channel].Destinations(channel) {
		if alert := p.last(to, news.KindAlert); alert == nil || alert.State == news.Failed {
			continue
		}
		p.editAt(to, card, p.now)
		if card.Muted == nil && len(missed) > 0 {
			reply := card
			reply.News, reply.Added = "", nil
			for _, m := range missed {
				reply.Added = addOutlet(reply.Added, outlet(m))
			}
			p.add(to, news.KindReply, "caught-up:"+missed[len(missed)-1].Article.ID, reply, p.now)
		}
	}
	return card.Muted == nil
}

// shownAt returns of when the newest card is that a channel was given.
func (p *plan) shownAt(channel string) (at time.Time) {
	for _, d := range p.before {
		if d.Destination.Channel == channel && d.Card.Updated.After(at) {
			at = d.Card.Updated
		}
	}
	return at
}

// since returns the members that joined after a time.
func (p *plan) since(t time.Time) []news.Member {
	return slices.DeleteFunc(slices.Clone(p.members), func(m news.Member) bool { return !m.Joined.After(t) })
}
