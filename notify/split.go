package notify

import (
	"context"
	"fmt"
	"slices"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Split takes an article out of its story into one of its own, which it returns: the old story's
// messages lose it, and the new story is told where its rules lead. Later reports find both stories as
// they are now. It is an error where the article is alone in its story, and news.ErrNotFound where it
// is in none.
func (n *Notifier) Split(ctx context.Context, article string) (story string, err error) {
	n.grouping.Lock()
	defer n.grouping.Unlock()
	if n.index == nil {
		if err := n.rebuild(ctx); err != nil {
			return "", err
		}
	}
	from, err := n.st.StoryOf(ctx, article)
	if err != nil {
		return "", err
	}
	m := news.Move{Article: article, From: from, To: n.index.Next(), Why: "somebody said that it is not the same story as " + from, At: n.Now()}
	return m.To, n.move(ctx, m, func(old, own *plan) error {
		if len(old.members) == 0 {
			return fmt.Errorf("article %s is alone in %s", article, from)
		}
		old.retell(m.To)
		own.tellAnew()
		return nil
	})
}

// Rejoin puts an article back into a story that Split took it out of. Where it was alone in its own, the
// messages of that one say where it went. It is news.ErrNotFound where the article is in no story.
func (n *Notifier) Rejoin(ctx context.Context, article, story string) error {
	n.grouping.Lock()
	defer n.grouping.Unlock()
	from, err := n.st.StoryOf(ctx, article)
	if err != nil || from == story {
		return err
	}
	m := news.Move{Article: article, From: from, To: story, Why: "somebody put it back", At: n.Now()}
	return n.move(ctx, m, func(own, old *plan) error {
		own.retell(story)
		old.retell(from)
		return nil
	})
}

// move moves an article, with what tell plans for the two stories as they are then.
func (n *Notifier) move(ctx context.Context, m news.Move, tell func(from, to *plan) error) error {
	err := n.planned(ctx, func() error {
		from, err := n.present(ctx, m.From)
		if err != nil {
			return err
		}
		to, err := n.present(ctx, m.To)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(from.members, func(f news.Member) bool { return f.Article.ID == m.Article })
		if at < 0 {
			return news.ErrNotFound
		}
		to.takes(from.members[at])
		from.members = slices.Delete(from.members, at, at+1)
		if err := tell(&from, &to); err != nil {
			return err
		}
		return n.st.SaveMove(ctx, m, from.telling, to.telling)
	})
	if err != nil {
		return fmt.Errorf("move article %s from %s to %s: %w", m.Article, m.From, m.To, err)
	}
	n.index = nil // it is rebuilt from the store
	n.outbox.ring()
	n.drafts.ring()
	n.held.ring()
	return nil
}

// takes puts a member where it is by the time at which it joined.
func (p *plan) takes(m news.Member) {
	m.Story = p.telling.Story
	p.members = append(p.members, m)
	slices.SortStableFunc(p.members, func(a, b news.Member) int { return a.Joined.Compare(b.Joined) })
}

// tellAnew plans what the only member of a new story means for the channels that its rules lead to.
func (p *plan) tellAnew() {
	m := p.members[0]
	p.telling.Headline = headline(p.members)
	for _, channel := range p.audience(m.Matches) {
		p.tell(channel, news.Reported{Article: m.Article, Matches: m.Matches})
	}
}

// retell plans edits of the story's messages, after an article has gone to another story or come from
// there.
func (p *plan) retell(other string) {
	if len(p.members) == 0 {
		p.emptied(other)
		return
	}
	p.telling.Headline = headline(p.members)
	for channel, c := range p.routes.channels {
		for _, to := range c.Destinations(channel) {
			if alert := p.last(to, news.KindAlert); alert != nil && alert.State != news.Failed {
				p.editAt(to, p.card(channel), p.now)
			}
		}
	}
}

// emptied plans that the messages of a story without articles say where the last one went. What waits
// to be told of it is called off.
func (p *plan) emptied(other string) {
	why := "Same story as " + other + " after all"
	for channel, c := range p.routes.channels {
		p.telling.Over = append(p.telling.Over, channel)
		for _, to := range c.Destinations(channel) {
			p.callOffReplies(to, why)
			switch alert := p.last(to, news.KindAlert); {
			case alert == nil || alert.State == news.Failed:
			case waits(alert):
				p.callOff(*alert, why)
			default:
				card := alert.Card
				card.Headline, card.Quotes, card.Mentions, card.Updated = why+": "+card.Headline, nil, nil, p.now
				card.Rewriting = news.Rewriting{}
				p.editAt(to, card, p.now)
			}
		}
	}
}
