package slack

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
)

// Reach returns what Slack says of a channel, as Place does, after it has also read the newest message
// there: only who may read can find out whether a message has arrived. A bot that only posts may not look
// channels up; then being able to read has to do.
func (s *Slack) Reach(ctx context.Context, channel string) (bot.Place, error) {
	p, err := s.Place(ctx, channel)
	_, unread := s.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: channel, Limit: 1})
	if answer, ok := errors.AsType[slack.SlackErrorResponse](unread); ok && answer.Err == "channel_not_found" {
		unread = news.ErrNotFound
	}
	switch {
	case err != nil && unread != nil:
		return bot.Place{}, fmt.Errorf("slack channel %s: %w", channel, classify(unread))
	case err != nil:
		return bot.Place{ID: channel, Name: channel}, nil
	case unread != nil && p.Trouble == "":
		p.Trouble = "what was posted there cannot be read again: " + bot.Clean(bot.Cause(classify(unread)).Error())
	}
	return p, nil
}
