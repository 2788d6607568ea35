package slack

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/bot"
)

// A scope is something that the bot token has to be allowed to do.
type scope struct {
	name, why string
	always    bool // not only where clicks and commands reach us
}

// scopes are what the manifest asks for: docs.slack.dev/reference/scopes
var scopes = []scope{
	{"chat:write", "to post alerts", true},
	{"commands", "for slash commands and the shortcut", false},
	{"users:read", "to know who may manage, and their time zone", false},
	{"channels:read", "to look up public channels", false},
	{"groups:read", "to look up private channels", false},
	{"channels:history", "to find an alert again after a broken connection", true},
	{"groups:history", "the same in private channels", true},
}

// Preflight asks Slack whether the tokens are of the right kind, good, and allowed to do what the bot
// does. Where the answer is no, the error is a *news.PostError that is Refused and says what to do.
func (s *Slack) Preflight(ctx context.Context) error {
	if strings.HasPrefix(s.cfg.BotToken.Reveal(), "xapp-") {
		return &bot.SetupError{Err: refused("slack: the bot token is an app-level token (xapp-…); it has to be the bot user's, xoxb-…")}
	}
	if err := s.checkAppToken(); err != nil {
		return err
	}
	header, err := s.identify(ctx)
	if err != nil {
		return err
	}
	if err := s.checkScopes(header); err != nil {
		return err
	}
	if s.cfg.AppToken.IsZero() || s.cfg.Listen != "" {
		return nil
	}
	if _, _, err := s.api.StartSocketModeContext(ctx); err != nil {
		return fatal("app token", err)
	}
	return nil
}

// identify asks Slack who we are, and returns the header of its answer.
func (s *Slack) identify(ctx context.Context) (http.Header, error) {
	answer, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return nil, fatal("bot token", err)
	}
	if s.self.Swap(&identity{teamURL: answer.URL, user: answer.UserID, name: answer.User}) == nil {
		s.lg.Info("slack accepts the bot token", "team", answer.Team, "bot", answer.User)
	}
	return answer.Header, nil
}

// who returns who we are; nil if Slack does not say.
func (s *Slack) who(ctx context.Context) *identity {
	if self := s.self.Load(); self != nil {
		return self
	}
	if _, err := s.identify(ctx); err != nil {
		s.lg.Warn("slack does not say who we are", "err", err)
	}
	return s.self.Load()
}

// checkScopes names each scope that the token lacks. A Slack that does not say which it has, such as
// a proxy, is believed to have given all.
func (s *Slack) checkScopes(header http.Header) error {
	said := header.Get("X-OAuth-Scopes")
	if said == "" {
		return nil
	}
	var has, lacks []string
	for name := range strings.SplitSeq(said, ",") {
		has = append(has, strings.TrimSpace(name))
	}
	for _, sc := range scopes {
		if (sc.always || s.interactive()) && !slices.Contains(has, sc.name) {
			lacks = append(lacks, sc.name+" ("+sc.why+")")
		}
	}
	if lacks == nil {
		return nil
	}
	return refused("slack: the bot token lacks scopes: " + strings.Join(lacks, ", ") +
		"; add them on the app's page OAuth & Permissions, then install the app again")
}

// checkAppToken refuses a token of another kind in the app token's place. slack-go would knock with
// it for ever.
func (s *Slack) checkAppToken() error {
	if kind, _, _ := strings.Cut(s.cfg.AppToken.Reveal(), "-"); kind == "xoxb" || kind == "xoxp" {
		return &bot.SetupError{Err: refused("slack: the app token is a " + kind + "- token; it has to be an app-level token, xapp-…, with the scope connections:write")}
	}
	return nil
}
