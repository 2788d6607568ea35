// Package slack posts alerts to Slack and answers questions there.
package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/slack-go/slack"
)

const defaultURL = "https://slack.com/api/"

// Config is the "slack" section. Tokens are named here; main reads them.
type Config struct {
	BotTokenEnv  string `yaml:"bot_token_env"`  // the variable that holds the bot token, xoxb-…
	BotTokenFile string `yaml:"bot_token_file"` // or the file
	AppTokenEnv  string `yaml:"app_token_env"`  // the same for the app-level token, xapp-…; without it the bot only posts
	AppTokenFile string `yaml:"app_token_file"`
	APIURL       string `yaml:"api_url"` // "" means https://slack.com/api/

	BotToken news.Secret `yaml:"-"`
	AppToken news.Secret `yaml:"-"`
}

// Check returns what is wrong with the section. The zero Config is right: it is that of a team
// without Slack.
func (c *Config) Check() []news.Fault {
	var faults []news.Fault
	if c.BotTokenEnv != "" && c.BotTokenFile != "" {
		faults = append(faults, news.Fault{Path: "bot_token_file", Msg: "the bot token is named twice", Hint: "keep bot_token_env or bot_token_file"})
	}
	if c.AppTokenEnv != "" && c.AppTokenFile != "" {
		faults = append(faults, news.Fault{Path: "app_token_file", Msg: "the app token is named twice", Hint: "keep app_token_env or app_token_file"})
	}
	if u, err := url.Parse(c.APIURL); c.APIURL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		faults = append(faults, news.Fault{Path: "api_url", Msg: "not an http or https address", Hint: "such as " + defaultURL})
	}
	return faults
}

// Slack is one workspace. It is safe for concurrent use.
type Slack struct {
	cfg    Config
	api    *slack.Client
	client *http.Client
	lg     *slog.Logger
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

// interactive reports whether clicks and commands reach us.
func (s *Slack) interactive() bool { return !s.cfg.AppToken.IsZero() }

// Preflight asks Slack whether the tokens are of the right kind and the bot token is good. Where the
// answer is no, the error is a *news.PostError that is Refused and says what to do.
func (s *Slack) Preflight(ctx context.Context) error {
	if strings.HasPrefix(s.cfg.BotToken.Reveal(), "xapp-") {
		return refused("slack: the bot token is an app-level token (xapp-…); it has to be the bot user's, xoxb-…")
	}
	if err := s.checkAppToken(); err != nil {
		return err
	}
	answer, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return fatal("bot token", err)
	}
	s.lg.Info("slack accepts the bot token", "team", answer.Team, "bot", answer.User)
	return nil
}

// Post brings a delivery to its channel. The message it returns, "C024BE91L/1764000000.000100", is
// what an edit or a reply wants as d.Message. A *news.PostError says that nothing was posted; after
// any other error nobody knows. What Slack finds wrong in the layout is sent once more as plain text.
func (s *Slack) Post(ctx context.Context, d news.Delivery) (message string, err error) {
	if err := ctx.Err(); err != nil {
		return "", &news.PostError{Err: err}
	}
	m := render(bot.NewView(d.Kind, d.Card), s.interactive())
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
	options := []slack.MsgOption{
		slack.MsgOptionText(m.text, false), // escaped by render
		slack.MsgOptionParse(false),
		slack.MsgOptionLinkNames(false),
	}
	if m.blocks != nil {
		options = append(options, slack.MsgOptionBlocks(m.blocks...))
	} else if d.Kind == news.KindEdit {
		// Without blocks Slack would show text, in which an edit cannot switch formatting off.
		bare := plain(bot.Shorten(bot.Text(d.Kind, d.Card), maxObject))
		options = append(options, slack.MsgOptionBlocks(slack.NewSectionBlock(bare, nil, nil)))
	}
	var err error
	if d.Kind == news.KindEdit {
		channel, ts, _, err = s.api.UpdateMessageContext(ctx, channel, ts, options...)
	} else {
		options = append(options, slack.MsgOptionDisableMarkdown(), slack.MsgOptionDisableLinkUnfurl(),
			slack.MsgOptionDisableMediaUnfurl(), slack.MsgOptionMetadata(mark(d)))
		if d.Kind == news.KindReply {
			options = append(options, slack.MsgOptionTS(ts))
		}
		channel, ts, err = s.api.PostMessageContext(ctx, channel, options...)
	}
	if err != nil {
		return "", err
	}
	if channel == "" || ts == "" {
		return "", errNoTimestamp
	}
	return channel + "/" + ts, nil
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
