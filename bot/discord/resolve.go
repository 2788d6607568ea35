package discord

import (
	"context"
	"errors"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// nonceLives is how long we trust Discord to know a nonce. It says "the past few minutes":
// docs.discord.com/developers/resources/message#create-message
const nonceLives = 90 * time.Second

// Resolve posts a delivery of which nobody knows whether it arrived once more, as long as Discord makes
// the same message of it.
func (d *Discord) Resolve(ctx context.Context, del news.Delivery, now time.Time) (message string, next time.Time, err error) {
	if now.Sub(del.Claimed) > nonceLives {
		return "", time.Time{}, errors.New("Discord no longer knows its nonce")
	}
	if message, err = d.Post(ctx, del); err != nil {
		return "", now.Add(5 * time.Second), nil // a refusal now says nothing about the first time
	}
	return message, time.Time{}, nil
}
