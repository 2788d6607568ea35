package slack

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/slack-go/slack"
)

const (
	answerTimeout = 2 * time.Minute // for the desk and the answer together
	endTimeout    = 3 * time.Second // for the answers under way when the program stops
)

// newRuleShortcut is the global shortcut that opens the form for a rule.
const newRuleShortcut = "watch_new"

// A request is what Slack sends the bot, over a socket or signed.
type request struct {
	id   string // the same if Slack sends it again
	data any    // slack.SlashCommand, slack.InteractionCallback or event
	ack  func(payload any)
}

// A listener answers what one app is sent, over all its connections.
type listener struct {
	s        *Slack
	desk     *bot.Desk
	seen     bot.Recent // IDs of requests
	people   people
	previews previews
	wg       sync.WaitGroup // of the answers under way
}

// Serve answers commands, buttons and forms until ctx ends, and then returns nil. It takes signed
// requests where the configuration says so, else it opens Socket Mode. It connects again by itself;
// it gives up only with an error that says what a person has to do. Without an app token there is
// nothing to serve, and it returns at once.
func (s *Slack) Serve(ctx context.Context, desk *bot.Desk) error {
	if !s.interactive() {
		return nil
	}
	l := &listener{s: s, desk: desk}
	answers, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer l.finish(stop)
	if s.cfg.Listen != "" {
		return l.serveHTTP(ctx, answers)
	}
	return l.serveSockets(ctx, answers)
}

// finish waits for the answers under way, and ends with stop what takes long.
func (l *listener) finish(stop context.CancelFunc) {
	late := time.AfterFunc(endTimeout, stop)
	defer late.Stop()
	defer stop()
	l.wg.Wait()
}

// take acknowledges a request at once, Slack waits three seconds for that, and lets its answer follow.
// What comes again is acknowledged again and does nothing. Only of a form and of what is offered
// while typing, the acknowledgement is the answer.
func (l *listener) take(ctx context.Context, r request) {
	callback, _ := r.data.(slack.InteractionCallback)
	switch callback.Type {
	case slack.InteractionTypeBlockSuggestion:
		l.start(ctx, where{}, func(ctx context.Context) { r.ack(l.suggest(ctx, callback)) })
		return
	case slack.InteractionTypeViewSubmission:
		l.start(ctx, where{user: callback.User.ID}, func(ctx context.Context) {
			if l.again(ctx, r.id) {
				r.ack(nil)
				return
			}
			l.submit(ctx, callback, r.ack)
		})
		return
	}
	r.ack(nil)
	l.start(ctx, whereOf(r.data), func(ctx context.Context) {
		if !l.again(ctx, r.id) {
			l.answer(ctx, r.data)
		}
	})
}

// start runs f beside the caller. Should it panic, the person is told, and the program goes on.
func (l *listener) start(ctx context.Context, to where, f func(context.Context)) {
	l.wg.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, answerTimeout)
		defer cancel()
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			ref := strings.ToLower(rand.Text()[:6])
			l.s.lg.Error("slack request not answered", "ref", ref, "err", fmt.Sprintf("panic: %v\n%s", p, debug.Stack()))
			if to.user != "" {
				words := "Something went wrong (ref " + ref + "). The log of pactwatch has the cause under that reference."
				l.deliver(ctx, to, renderReply(bot.Reply{Lines: []bot.Line{{{Text: words}}}}))
			}
		}()
		f(ctx)
	})
}

// again reports whether a request was here before.
func (l *listener) again(ctx context.Context, id string) bool {
	if l.seen.Seen(id) {
		return true
	}
	if id == "" || l.s.Handled == nil {
		return false
	}
	again, err := l.s.Handled(ctx, "slack:"+id)
	if err != nil { // twice is better than never
		l.s.lg.Error("slack request not remembered", "id", bot.Clean(id), "err", err)
	}
	return again
}

// whereOf returns where the answer to a request goes.
func whereOf(data any) where {
	switch data := data.(type) {
	case slack.SlashCommand:
		return where{url: data.ResponseURL, own: true, channel: data.ChannelID, user: data.UserID, trigger: data.TriggerID}
	case slack.InteractionCallback:
		own := data.Container.IsEphemeral
		for _, a := range data.ActionCallback.BlockActions {
			own = own || strings.HasPrefix(a.BlockID, replyBlock)
		}
		own = own && data.ResponseURL != ""
		return where{url: data.ResponseURL, own: own, replace: own, channel: data.Channel.ID, user: data.User.ID, trigger: data.TriggerID}
	}
	return where{}
}

// aliases are the commands that stand for a first word of the root command.
var aliases = map[string]string{"/watch": "watch ", "/sources": "sources ", "/alerts": "alerts "}

func (l *listener) answer(ctx context.Context, data any) {
	to := whereOf(data)
	switch data := data.(type) {
	case event:
		l.happened(ctx, data)
	case slack.SlashCommand:
		l.respond(ctx, to, func() bot.Reply {
			by := l.asker(ctx, data.UserID, data.UserName, data.ChannelID)
			return l.desk.Ask(ctx, by, aliases[data.Command]+typed(data.Text))
		})
	case slack.InteractionCallback:
		switch {
		case data.Type == slack.InteractionTypeShortcut && data.CallbackID == newRuleShortcut:
			l.respond(ctx, to, func() bot.Reply {
				return l.desk.Press(ctx, l.asker(ctx, data.User.ID, data.User.Name, ""), bot.NewRuleForm)
			})
		case data.Type == slack.InteractionTypeBlockActions && data.View.Type == slack.VTModal:
			l.preview(ctx, data)
		case data.Type == slack.InteractionTypeBlockActions:
			l.pressed(ctx, to, data)
		}
	}
}

// pressed answers a click on a button of a message or of the home page, which shows afterwards what
// has changed.
func (l *listener) pressed(ctx context.Context, to where, data slack.InteractionCallback) {
	for _, a := range data.ActionCallback.BlockActions {
		if strings.HasPrefix(a.ActionID, openButton) {
			continue
		}
		l.respond(ctx, to, func() bot.Reply {
			return l.desk.Press(ctx, l.asker(ctx, data.User.ID, data.User.Name, data.Channel.ID), a.ActionID)
		})
		if data.View.Type == slack.VTHomeTab {
			l.home(ctx, data.User.ID)
		}
	}
}
