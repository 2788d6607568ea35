package bot

import (
	"context"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A Platform is what the desk asks of Slack and of Discord.
type Platform interface {
	// Place returns what the platform says of one of its channels, by its ID. The error is
	// news.ErrNotFound where there is none that the bot can see.
	Place(ctx context.Context, channel string) (Place, error)
	// Permalink returns the address of a message as Post returned it, "" if it cannot be known.
	Permalink(to news.Destination, message string) string
}

// A Place is a channel of a platform.
type Place struct {
	ID      string
	Name    string // "ai-deals", without a sign before it; anyone's text
	Trouble string // why the bot cannot post there, and the way out: "invite me first: /invite @pactwatch"; "" if it can
}

// A SetupError says that a platform can never work as it is set up, by a mistake that only who set it up
// can mend: a token of another kind, a field of the application.
type SetupError struct{ Err error }

func (e *SetupError) Error() string { return e.Err.Error() }
func (e *SetupError) Unwrap() error { return e.Err }
