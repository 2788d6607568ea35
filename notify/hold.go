package notify

import (
	"context"
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
// last two hold back alerts only; a message that is there grows on, and a digest has its own hour.
func (p *plan) hold(channel string, c ChannelConfig, r news.Reported) (news.Hold, bool) {
	leading := p.leading(channel, r.Matches)
	if m := p.routes.muteOver(channel, p.telling.Story, r.Article.Source, leading, p.now); m != nil {
		return news.Hold{Channel: channel, Why: m.Why(), Until: m.Until}, true
	}
	if p.isTold(channel) || c.Digest != "" {
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

// mute returns the mute of a story, a source or a rule that is on in a channel; nil if there is none.
func (r *routes) mute(what, which, channel string, now time.Time) *news.Mute {
	for i, m := range r.mutes {
		if m.What == what && m.Which == which && m.Channel == channel && now.Before(m.Until) {
			return &r.mutes[i]
		}
	}
	return nil
}

// muteOver returns the mute that keeps out of a channel what a source reports of a story; where it is
// that all rules that lead there are muted, the mute that ends first. It is nil if there is none.
func (r *routes) muteOver(channel, story, source string, leading []news.Rule, now time.Time) *news.Mute {
	if m := r.mute("story", story, channel, now); m != nil {
		return m
	}
	if m := r.mute("source", source, channel, now); m != nil {
		return m
	}
	var first *news.Mute
	for _, rule := range leading {
		m := r.mute("rule", rule.Name, channel, now)
		if m == nil {
			return nil
		}
		if first == nil || m.Until.Before(first.Until) {
			first = m
		}
	}
	return first
}

// quiet returns when the quiet hours end that hold back what these rules bring; zero if none do.
func (p *plan) quiet(c ChannelConfig, leading []news.Rule) time.Time {
	end := c.quietUntil(p.now)
	if c.QuietPass == "high" && slices.ContainsFunc(leading, func(r news.Rule) bool { return r.Severity == news.High }) {
		return time.Time{}
	}
	return end
}

func (p *plan) leading(channel string, ms []news.Match) []news.Rule {
	return p.routes.leading(channel, ms)
}

// leading returns those of the rules that were met which lead to a channel.
func (r *routes) leading(channel string, ms []news.Match) []news.Rule {
	var rules []news.Rule
	for _, m := range ms {
		if rule, ok := r.rules[m.Rule]; ok && slices.Contains(rule.Channels, channel) {
			rules = append(rules, rule)
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
