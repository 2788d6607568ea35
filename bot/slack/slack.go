// Package slack posts alerts to Slack and answers questions there.
package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/slack-go/slack"
)

// Slack is one workspace. Set its fields before its first use; after that it is safe for concurrent
// use.
type Slack struct {
	// Handled remembers what Slack sent us, by an ID of Slack's, and reports whether it was handled
	// before, be it by an earlier process. Nil remembers no longer than this process lives.
	Handled func(ctx context.Context, id string) (again bool, err error)

	cfg    Config
	api    *slack.Client
	client *http.Client
	lg     *slog.Logger
	self   atomic.Pointer[identity] // nil until Slack has said who we are
	health atomic.Pointer[string]   // as Health returns it; nil for ""
}

// An identity is who the bot token belongs to.
type identity struct {
	teamURL    string // "https://northwind.slack.com/"
	user, name string // of the bot
}

// New returns the workspace that cfg's tokens belong to. It makes no call yet. An hc without a
// time-out gets one of 15 s.
func New(cfg Config, hc *http.Client, lg *slog.Logger) *Slack {
	client := *hc
	if client.Timeout == 0 {
		client.Timeout = 15 * time.Second
	}
	// The token is in the body, which a 307 would carry to wherever it points.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	base := cfg.APIURL
	if base == "" {
		base = defaultURL
	}
	if !strings.HasSuffix(base, "/") {
		base += "/" // slack-go would call /apichat.postMessage
	}
	return &Slack{cfg: cfg, client: &client, lg: lg, api: slack.New(cfg.BotToken.Reveal(),
		slack.OptionHTTPClient(&client), slack.OptionAPIURL(base),
		slack.OptionAppLevelToken(cfg.AppToken.Reveal()))}
}

// Health returns what is wrong with how commands come here, in words for people; "" if nothing is, or
// nothing is to be served.
func (s *Slack) Health() string {
	if words := s.health.Load(); words != nil {
		return *words
	}
	return ""
}

// setHealth keeps what is wrong; "" if nothing is.
func (s *Slack) setHealth(words string) { s.health.Store(&words) }

// Post brings a delivery to its channel. The message it returns, "C024BE91L/1764000000.000100", is
// what an edit or a reply wants as d.Message. A *news.PostError says that nothing was posted; after
// any other error nobody knows. What Slack finds wrong in the layout is sent once more as plain text.
func (s *Slack) Post(ctx context.Context, d news.Delivery) (message string, err error) {
	if err := ctx.Err(); err != nil {
		return "", &news.PostError{Err: err}
	}
	m := render(bot.NewView(d.Kind, d.Card), s.interactive(), mentions(d))
	message, err = s.send(ctx, d, m)
	if code := payloadFault(err); code != "" && m.blocks != nil {
		s.lg.Warn("slack refused a layout, sending plain text", "key", d.Key, "err", code)
		m.blocks = nil
		message, err = s.send(ctx, d, m)
	}
	if err != nil {
		return "", classify(err)
	}
	return message, nil
}

// send makes the one call that a delivery needs. slack-go retries nothing unless told to.
func (s *Slack) send(ctx context.Context, d news.Delivery, m rendered) (string, error) {
	channel, ts := address(d)
	var err error
	if d.Kind == news.KindEdit {
		if m.blocks == nil {
			// Without blocks Slack would show text, in which an edit cannot switch formatting off.
			m.blocks = bare(bot.Text(d.Kind, d.Card))
		}
		channel, ts, _, err = s.api.UpdateMessageContext(ctx, channel, ts, options(m)...)
	} else {
		all := append(options(m), slack.MsgOptionMetadata(mark(d)))
		if d.Kind == news.KindReply {
			all = append(all, slack.MsgOptionTS(ts))
			if d.Card.Loud {
				all = append(all, slack.MsgOptionBroadcast())
			}
		}
		channel, ts, err = s.post(ctx, channel, all)
	}
	if err != nil {
		return "", err
	}
	if channel == "" || ts == "" {
		return "", errNoTimestamp
	}
	return channel + "/" + ts, nil
}

// post makes a message. Slack is not to read markup into its text, nor to show what its links lead to.
func (s *Slack) post(ctx context.Context, channel string, all []slack.MsgOption) (string, string, error) {
	all = append(all, slack.MsgOptionDisableMarkdown(), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl())
	return s.api.PostMessageContext(ctx, channel, all...)
}

// options returns what every call has that shows a message.
func options(m rendered) []slack.MsgOption {
	all := []slack.MsgOption{
		slack.MsgOptionText(m.text, false), // escaped by render
		slack.MsgOptionParse(false),
		slack.MsgOptionLinkNames(false),
	}
	if m.blocks != nil {
		all = append(all, slack.MsgOptionBlocks(m.blocks...))
	}
	return all
}

// address returns the channel to call with and, for an edit or a reply, the timestamp of the message.
func address(d news.Delivery) (channel, ts string) {
	channel, ts, ok := strings.Cut(d.Message, "/")
	if !ok {
		return d.Destination.Target, d.Message
	}
	return channel, ts
}

// mark is what a message carries so that it can be found again. Other apps can read it, so it holds
// only a hash of the delivery's key.
func mark(d news.Delivery) slack.SlackMetadata {
	sum := sha256.Sum256([]byte(d.Key))
	return slack.SlackMetadata{
		EventType:    "pactwatch_" + string(d.Kind),
		EventPayload: map[string]any{"delivery": hex.EncodeToString(sum[:16])},
	}
}
