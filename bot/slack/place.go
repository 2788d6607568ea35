package slack

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/slack-go/slack"
)

// Place returns what Slack says of a channel, by its ID. The error is news.ErrNotFound where the bot
// can see none, as with a private one that it is not in.
func (s *Slack) Place(ctx context.Context, channel string) (bot.Place, error) {
	c, err := s.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
	if answer, ok := errors.AsType[slack.SlackErrorResponse](err); ok && answer.Err == "channel_not_found" {
		return bot.Place{}, fmt.Errorf("slack channel %s: %w", channel, news.ErrNotFound)
	}
	if err != nil {
		return bot.Place{}, fmt.Errorf("slack channel %s: %w", channel, classify(err))
	}
	p := bot.Place{ID: c.ID, Name: c.Name}
	switch {
	case c.IsArchived:
		p.Trouble = "the channel is archived: unarchive it, or name another"
	case !c.IsMember && !c.IsIM:
		p.Trouble = "invite me first: /invite @" + s.name()
	}
	return p, nil
}

// name returns what the bot is called in the workspace.
func (s *Slack) name() string {
	if self := s.self.Load(); self != nil && self.name != "" {
		return bot.Clean(self.name)
	}
	return "pactwatch"
}

// Permalink returns the address of a message as Post returned it; "" as long as Slack has not said
// what the workspace's address is.
func (s *Slack) Permalink(_ news.Destination, message string) string {
	self := s.self.Load()
	channel, ts, ok := strings.Cut(message, "/")
	if self == nil || !ok {
		return ""
	}
	link, _ := bot.Link(strings.TrimSuffix(self.teamURL, "/") + "/archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", ""))
	return link
}
