package slack

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/slack-go/slack"
)

// maxView is how many blocks a view has at most: docs.slack.dev/reference/views
const maxView = 100

// An event is what happened in the workspace, as the Events API tells it.
type event struct {
	ID        string `json:"event_id"`
	Type      string `json:"type"`
	Challenge string `json:"challenge"` // of a url_verification
	Event     struct {
		Type    string          `json:"type"`
		User    json.RawMessage `json:"user"`    // an ID; some events have an object there
		Channel json.RawMessage `json:"channel"` // the same
		Tab     string          `json:"tab"`
		Inviter string          `json:"inviter"`
	} `json:"event"`
}

// idIn returns the ID in a part of an event; "" if there is none.
func idIn(part json.RawMessage) string {
	var id string
	var object struct{ ID string }
	if json.Unmarshal(part, &id) != nil {
		json.Unmarshal(part, &object)
	}
	return bot.Clean(id + object.ID)
}

// happened answers an event, or logs what it means for the bot.
func (l *listener) happened(ctx context.Context, e event) {
	channel := idIn(e.Event.Channel)
	switch e.Event.Type {
	case "app_home_opened":
		if e.Event.Tab != "messages" {
			l.home(ctx, idIn(e.Event.User))
		}
	case "member_joined_channel":
		l.joined(ctx, idIn(e.Event.User), channel, e.Event.Inviter)
	case "channel_left", "group_left":
		l.s.lg.Warn("slack: the bot was removed from a channel, its alerts wait until it is invited again", "channel", channel)
	case "channel_archive", "group_archive":
		l.s.lg.Warn("slack: a channel was archived, its alerts wait until it is not", "channel", channel)
	case "channel_deleted", "group_deleted":
		l.s.lg.Warn("slack: a channel was deleted, name another for its alerts", "channel", channel)
	case "tokens_revoked":
		l.s.lg.Error("slack: tokens were revoked, install the app again and set the new ones")
	case "app_uninstalled":
		l.s.lg.Error("slack: the app was removed from the workspace, install it again and set the new tokens")
	}
}

// joined says hello in a channel that the bot was invited to. Everybody there sees it.
func (l *listener) joined(ctx context.Context, user, channel, inviter string) {
	self := l.s.who(ctx)
	if self == nil || user != self.user {
		return
	}
	r := l.desk.Welcome(l.asker(ctx, inviter, "", channel))
	m := renderReply(bot.Reply{Lines: r.Lines})
	m.blocks = append(m.blocks, actions("welcome", r.Buttons)...)
	if _, _, err := l.s.post(ctx, channel, options(m)); err != nil {
		l.s.lg.Warn("slack did not take the welcome", "channel", channel, "err", classify(err))
	}
}

// home shows a person's home page as it is now.
func (l *listener) home(ctx context.Context, user string) {
	sections := l.desk.Home(ctx, l.asker(ctx, user, "", ""))
	view := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: renderHome(sections)}}
	if _, err := l.s.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: view}); err != nil {
		l.s.lg.Warn("slack did not take the home page", "err", classify(err))
	}
}

// renderHome returns as many whole sections as a view holds, and says how many it leaves out.
func renderHome(sections []bot.Section) []slack.Block {
	var all []slack.Block
	for i, s := range sections {
		m := renderReply(bot.Reply{Lines: s.Lines})
		blocks := []slack.Block{header(bot.Clean(s.Title))}
		if len(s.Lines) > 0 {
			blocks = append(blocks, m.blocks...)
		}
		blocks = append(blocks, actions(fmt.Sprintf("home-%d", i), s.Buttons)...)
		if len(all)+len(blocks) > maxView-1 {
			return append(all, slack.NewContextBlock("", plain(fmt.Sprintf("+%d more", len(sections)-i))))
		}
		all = append(all, blocks...)
	}
	return all
}
