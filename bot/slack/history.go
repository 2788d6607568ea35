package slack

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/slack-go/slack"
)

// quarantine is how long after its intent a message may still turn up: longer than any request may
// be under way.
const quarantine = 60 * time.Second

// errNotThere says that Slack's history does not have a message.
var errNotThere = errors.New("slack: the channel's history does not have it")

// Resolve looks in the channel's history for the message of a delivery of which nobody knows whether it
// arrived, by the mark that it would carry.
func (s *Slack) Resolve(ctx context.Context, d news.Delivery, now time.Time) (message string, next time.Time, err error) {
	if ready := d.Claimed.Add(quarantine); now.Before(ready) {
		return "", ready, nil
	}
	channel, ts := address(d)
	oldest := strconv.FormatInt(d.Claimed.Add(-5*time.Second).Unix(), 10)
	found, err := s.history(ctx, d, channel, ts, oldest)
	if post, ok := errors.AsType[*news.PostError](classify(err)); err != nil && ok && !post.Refused && post.After < waitForPerson {
		return "", now.Add(max(post.After, waitUnstated)), nil // a rate limit, or no connection
	}
	if err != nil {
		return "", time.Time{}, errors.New("the history cannot be read: " + bot.Clean(bot.Cause(err).Error()))
	}
	if found == "" {
		return "", time.Time{}, &news.PostError{Err: errNotThere}
	}
	return channel + "/" + found, time.Time{}, nil
}

// history returns the timestamp of the message that carries the delivery's mark; "" if there is none.
func (s *Slack) history(ctx context.Context, d news.Delivery, channel, thread, oldest string) (string, error) {
	want := mark(d).EventPayload["delivery"]
	for cursor, page := "", 0; page < 20; page++ {
		var messages []slack.Message
		var err error
		if d.Kind == news.KindReply {
			messages, _, cursor, err = s.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
				ChannelID: channel, Timestamp: thread, Oldest: oldest, Inclusive: true, IncludeAllMetadata: true, Limit: 100, Cursor: cursor})
		} else {
			var r *slack.GetConversationHistoryResponse
			r, err = s.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
				ChannelID: channel, Oldest: oldest, Inclusive: true, IncludeAllMetadata: true, Limit: 100, Cursor: cursor})
			if err == nil {
				messages, cursor = r.Messages, r.ResponseMetaData.NextCursor
			}
		}
		if err != nil {
			return "", err
		}
		for _, m := range messages {
			if strings.HasPrefix(m.Metadata.EventType, "pactwatch_") && m.Metadata.EventPayload["delivery"] == want {
				return m.Timestamp, nil
			}
		}
		if cursor == "" {
			break
		}
	}
	return "", nil
}
