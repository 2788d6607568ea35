package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify/story"
	"github.com/pactwatch/pactwatch/notify/terms"
)

// groupBatch is how many articles are taken from the store at a time.
const groupBatch = 100

// Group finds the story of every article that waits for one, oldest arrival first, and stores the
// alerts, edits and replies that follow. One Group runs at a time.
func (n *Notifier) Group(ctx context.Context) error {
	n.grouping.Lock()
	defer n.grouping.Unlock()
	if n.index == nil {
		if err := n.rebuild(ctx); err != nil {
			return err
		}
	}
	for {
		rs, err := n.st.Reported(ctx, groupBatch)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if err := n.join(ctx, r); err != nil {
				return err
			}
			n.Pulse.Step("group", "")
		}
		if len(rs) > 0 {
			n.outbox.ring()
			n.drafts.ring()
			n.held.ring()
		}
		if len(rs) < groupBatch {
			return nil
		}
	}
}

// rebuild makes the index what it was when the program last ended.
func (n *Notifier) rebuild(ctx context.Context) error {
	ms, err := n.st.MembersSince(ctx, n.Now().Add(-story.Window))
	if err != nil {
		return fmt.Errorf("rebuild stories: %w", err)
	}
	newest, err := n.st.NewestStory(ctx)
	if err != nil {
		return fmt.Errorf("rebuild stories: %w", err)
	}
	x := story.NewIndex()
	x.Taken(newest)
	for _, m := range ms {
		x.Add(m.Story, &m.Article)
	}
	n.index = x
	return nil
}

// join brings one article to its story.
func (n *Notifier) join(ctx context.Context, r news.Reported) error {
	d := n.index.Decide(&r.Article)
	err := n.planned(ctx, func() error {
		p, err := n.plan(ctx, r, d)
		if err != nil {
			return err
		}
		return n.st.SaveJoining(ctx, news.Joining{Article: r.Article.ID, Why: d.Why, Reason: p.reason, Telling: p.telling})
	})
	if err != nil {
		return fmt.Errorf("group: %w", err)
	}
	n.index.Add(d.Story, &r.Article)
	n.lg.Info("article joined its story", "article", r.Article.ID, "story", d.Story, "new", d.New, "why", d.Why)
	return nil
}

// planned plans and saves, once more for as long as a delivery leaves between the two. The caller holds
// grouping.
func (n *Notifier) planned(ctx context.Context, planAndSave func() error) error {
	for {
		if err := planAndSave(); !errors.Is(err, news.ErrOvertaken) || ctx.Err() != nil {
			return err
		}
	}
}

// A plan is what the present state of a story means for each channel.
type plan struct {
	now     time.Time
	gather  time.Duration // before an alert
	every   time.Duration // between edits
	routes  *routes
	words   int           // of the sentences on a card
	reader  *terms.Reader // of deal terms; nil: cards have none
	members []news.Member // of the story, oldest first; one that joins is the last
	before  []news.Delivery
	room    map[string]time.Time // when a channel takes another alert
	telling news.Telling
	reason  string // why the article that joins raises no alert of its own; "" if it does

	rewriting
}

// present returns a plan for a story as it is, to which nothing comes.
func (n *Notifier) present(ctx context.Context, story string) (p plan, err error) {
	p = plan{now: n.Now(), gather: n.Gather, every: n.EditEvery, routes: n.routes.Load(), words: n.words(), reader: n.Terms, room: map[string]time.Time{}}
	p.telling = news.Telling{Story: story, At: p.now}
	if p.members, err = n.st.StoryMembers(ctx, story); err == nil {
		p.before, err = n.st.StoryDeliveries(ctx, story)
	}
	if err == nil {
		p.rewriting, err = n.rewritingOf(ctx, story)
	}
	return p, err
}

// plan plans an article's arrival at a story.
func (n *Notifier) plan(ctx context.Context, r news.Reported, d news.Decision) (p plan, err error) {
	if p, err = n.present(ctx, d.Story); err != nil {
		return p, err
	}
	p.members = append(p.members, news.Member{Story: d.Story, Article: r.Article, Matches: r.Matches, Why: d.Why, Joined: p.now})
	p.telling.Headline = headline(p.members)
	switch {
	case d.Recap:
		p.reason = "a recap: it tells other stories again, and is no news"
		return p, nil
	case !d.New:
		p.reason = fmt.Sprintf("same story as %s: %s", d.Story, d.Why)
	}
	audience := p.audience(r.Matches)
	for _, name := range audience {
		if p.room[name], err = n.roomAt(ctx, name, p.routes.channels[name], p.now); err != nil {
			return p, err
		}
		p.tell(name, r)
	}
	if len(audience) == 0 {
		p.reason = "its rules lead to no channel"
	}
	return p, nil
}

// audience returns the channels that hear of the article: those of the rules that it met, and those
// that have heard of its story.
func (p *plan) audience(ms []news.Match) []string {
	names := map[string]bool{}
	for _, m := range ms {
		for _, name := range p.routes.rules[m.Rule].Channels {
			names[name] = true
		}
	}
	for _, d := range p.before {
		names[d.Destination.Channel] = true
	}
	maps.DeleteFunc(names, func(name string, _ bool) bool { _, ok := p.routes.channels[name]; return !ok })
	return slices.Sorted(maps.Keys(names))
}

// tell plans what one channel hears.
func (p *plan) tell(channel string, r news.Reported) {
	c := p.routes.channels[channel]
	if h, ok := p.hold(channel, c, r); ok {
		p.telling.Holds = append(p.telling.Holds, h)
		if p.reason != "" {
			p.reason += "; "
		}
		p.reason += fmt.Sprintf("held in %s until %s: %s", channel, h.Until.UTC().Format("2006-01-02 15:04 UTC"), h.Why)
		return
	}
	whatsNew := story.Material(p.earlier(), &r.Article, r.Matches)
	if c.Digest != "" {
		if len(p.members) == 1 || whatsNew != "" {
			p.telling.Digests = append(p.telling.Digests, channel)
		}
		return
	}
	card := p.card(channel)
	for _, to := range c.Destinations(channel) {
		p.grow(to, card, whatsNew, r)
	}
}

// earlier returns the articles that the story had before this one.
func (p *plan) earlier() []news.Article {
	var as []news.Article
	for _, m := range p.members[:len(p.members)-1] {
		as = append(as, m.Article)
	}
	return as
}

// grow plans what one destination gets: its alert if it has none yet, a fuller one if it has not
// left, else an edit, and a reply for what is materially new.
func (p *plan) grow(to news.Destination, card news.Card, whatsNew string, r news.Reported) {
	alert := p.last(to, news.KindAlert)
	switch {
	case alert == nil:
		card.Mentions = p.mentions(to.Channel, r.Matches)
		p.add(to, news.KindAlert, "alert", card, p.now.Add(p.gather))
		return
	case waits(alert):
		p.replace(*alert, card)
		return
	case alert.State == news.Failed:
		return
	}
	p.edit(to, card)
	if whatsNew != "" {
		card.News, card.Added = whatsNew, []news.Outlet{outlet(p.members[len(p.members)-1])}
		p.reply(to, "reply:"+r.Article.ID, card, p.leading(to.Channel, r.Matches))
	}
}

// reply plans a reply, unless the channel wants none, for when quiet hours are over. Leading are the
// rules that brought there what it tells.
func (p *plan) reply(to news.Destination, what string, card news.Card, leading []news.Rule) {
	c := p.routes.channels[to.Channel]
	if c.Threads == "off" {
		return
	}
	due := p.now
	if end := p.quiet(c, leading); !end.IsZero() {
		due = end
	}
	card.Loud = c.Broadcast == "material" && p.mayBroadcast(to, c, leading)
	p.add(to, news.KindReply, what, card, due)
}

// mayBroadcast reports whether the last broadcast of the story is long enough ago: for the rules that
// have a cooldown of their own, else for the channel.
func (p *plan) mayBroadcast(to news.Destination, c ChannelConfig, leading []news.Rule) bool {
	var rest time.Duration
	for _, r := range leading {
		rest = max(rest, r.Cooldown)
	}
	if rest == 0 {
		rest = c.cooldown()
	}
	for _, d := range p.before {
		if d.Destination == to && d.Kind == news.KindReply && d.Card.Loud && d.State != news.Failed && d.Created.Add(rest).After(p.now) {
			return false
		}
	}
	return true
}

// edit plans an edit of the story's message: at once if it is the first, else when the next may be.
func (p *plan) edit(to news.Destination, card news.Card) {
	due := p.now
	if last := p.last(to, news.KindEdit); last != nil && last.Settled.Add(p.every).After(p.now) {
		due = last.Settled.Add(p.every)
	}
	p.editAt(to, card, due)
}

// editAt plans an edit for a time, or gives the new card to one that waits, or to the alert if that
// has not left yet.
func (p *plan) editAt(to news.Destination, card news.Card, due time.Time) {
	for _, k := range []news.Kind{news.KindAlert, news.KindEdit} {
		if d := p.last(to, k); d != nil && waits(d) {
			p.replace(*d, card)
			return
		}
	}
	p.add(to, news.KindEdit, fmt.Sprintf("edit:%d", p.count(to, news.KindEdit)+1), card, due)
}

// mentions returns whom the rules that lead to a channel ping there.
func (p *plan) mentions(channel string, ms []news.Match) []string {
	if p.routes.channels[channel].Mentions == "off" {
		return nil
	}
	var all []string
	for _, r := range p.leading(channel, ms) {
		all = append(all, r.Mentions...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (p *plan) last(to news.Destination, k news.Kind) *news.Delivery {
	for i := range slices.Backward(p.before) {
		if d := &p.before[i]; d.Destination == to && d.Kind == k {
			return d
		}
	}
	return nil
}

func (p *plan) count(to news.Destination, k news.Kind) (n int) {
	for _, d := range p.before {
		if d.Destination == to && d.Kind == k {
			n++
		}
	}
	return n
}

// waits reports whether a delivery can still take a fuller card.
func waits(d *news.Delivery) bool { return d.State == news.Pending || d.State == news.Retry }

// replace gives a delivery that waits another card.
func (p *plan) replace(d news.Delivery, card news.Card) {
	card.Mentions = d.Card.Mentions
	card.Rewriting.Ready = d.Due
	if r := d.Card.Rewriting; r.Model != "" {
		card.Rewriting.Ready = r.Ready
	}
	d.Card = card
	p.telling.Deliveries = append(p.telling.Deliveries, d)
}

// callOff takes back a delivery that waits.
func (p *plan) callOff(d news.Delivery, why string) {
	d.State, d.Reason, d.Settled = news.Failed, why, p.now
	p.telling.Deliveries = append(p.telling.Deliveries, d)
}

func (p *plan) add(to news.Destination, k news.Kind, what string, card news.Card, due time.Time) {
	card.Rewriting.Ready = due
	if k != news.KindReply && p.awaited(card.Rewriting) {
		if end := p.now.Add(p.patience); end.After(due) {
			due = end
		}
	}
	p.telling.Deliveries = append(p.telling.Deliveries, news.Delivery{
		Key:         fmt.Sprintf("%s/%s/%s:%s/%s", p.telling.Story, to.Channel, to.Platform, to.Target, what),
		Destination: to, Kind: k, Card: card, State: news.Pending, Due: due, Created: p.now,
	})
}
