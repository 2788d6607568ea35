package notify

import (
	"context"
	"fmt"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Split takes an article out of its story into one of its own, which it returns: the old story's
// messages lose it, and the new story is told where its rules lead. Later reports find both stories as
// they are now.
func (n *Notifier) Split(ctx context.Context, article string) (story string, err error) {
	n.grouping.Lock()
	defer n.grouping.Unlock()
	from, err := n.st.StoryOf(ctx, article)
	if err != nil {
		return "", err
	}
	story, err = n.st.SaveMove(ctx, article, from, "", "somebody said that it is not the same story as "+from, n.Now())
	if err != nil {
		return "", err
	}
	n.index = nil // it is rebuilt from the store
	return story, n.retell(ctx, from, story)
}

// Rejoin puts an article back into a story that Split took it out of.
func (n *Notifier) Rejoin(ctx context.Context, article, story string) error {
	n.grouping.Lock()
	defer n.grouping.Unlock()
	from, err := n.st.StoryOf(ctx, article)
	if err != nil {
		return err
	}
	if _, err := n.st.SaveMove(ctx, article, from, story, "somebody put it back", n.Now()); err != nil {
		return err
	}
	n.index = nil
	return n.retell(ctx, story, from)
}

// retell brings the messages of an old story up to date, and tells a new one; a new one that has no
// member left says where it went.
func (n *Notifier) retell(ctx context.Context, old, other string) error {
	p, err := n.present(ctx, other)
	if err != nil {
		return err
	}
	for channel := range p.routes.channels {
		if err := n.refresh(ctx, old, channel); err != nil {
			return err
		}
		if len(p.members) == 0 {
			p.emptied(channel, old)
		} else if r := p.newest(); len(p.leading(channel, r.Matches)) > 0 {
			p.tell(channel, r)
		}
	}
	for _, d := range p.joining.Deliveries {
		if err := n.st.SaveRefresh(ctx, other, d.Destination.Channel, false, []news.Delivery{d}); err != nil {
			return fmt.Errorf("split: %w", err)
		}
	}
	n.outbox.ring()
	return nil
}

// newest returns the member that joined last, as it was reported.
func (p *plan) newest() news.Reported {
	m := p.members[len(p.members)-1]
	return news.Reported{Article: m.Article, Matches: m.Matches}
}

// emptied plans an edit that says where the only report of a story went.
func (p *plan) emptied(channel, to string) {
	for _, d := range p.routes.channels[channel].Destinations(channel) {
		if alert := p.last(d, news.KindAlert); alert != nil && alert.State != news.Failed {
			card := alert.Card
			card.Headline, card.Quotes, card.Updated = "Same story as "+to+" after all: "+card.Headline, nil, p.now
			p.editAt(d, card, p.now)
		}
	}
}
