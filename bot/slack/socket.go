package slack

import (
	"context"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

const (
	maxEnvelope   = 1 << 20          // bytes; Slack's largest are some 100 kB
	maxReconnect  = 5 * time.Minute  // between two tries
	answerTimeout = 20 * time.Second // for the desk and the reply together
)

// checkAppToken refuses a token of another kind in the app token's place. slack-go would knock with
// it for ever.
func (s *Slack) checkAppToken() error {
	if kind, _, _ := strings.Cut(s.cfg.AppToken.Reveal(), "-"); kind == "xoxb" || kind == "xoxp" {
		return refused("slack: the app token is a " + kind + "- token; it has to be an app-level token, xapp-…, with the scope connections:write")
	}
	return nil
}

// Serve answers commands and buttons through Socket Mode until ctx ends, and then returns nil. It
// reconnects by itself; it gives up only with an error that says which token is wrong. Without an
// app token there is nothing to serve, and it returns at once.
func (s *Slack) Serve(ctx context.Context, desk *bot.Desk) error {
	if !s.interactive() {
		return nil
	}
	if err := s.checkAppToken(); err != nil {
		return err
	}
	l := &listener{s: s, desk: desk}
	for wait := time.Second; ; wait = min(2*wait, maxReconnect) {
		start := time.Now()
		err := l.listen(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if post, ok := errors.AsType[*news.PostError](err); ok && post.Refused {
			return err
		}
		if time.Since(start) > maxReconnect {
			wait = time.Second // it was well for a while
		}
		s.lg.Warn("slack connection ended", "err", err, "next", wait)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait + rand.N(wait)):
		}
	}
}

// A listener handles what one app is sent, over all its connections.
type listener struct {
	s    *Slack
	desk *bot.Desk
	seen bot.Recent // IDs of envelopes
}

// listen runs one client of Socket Mode, which reopens its own connections, until it fails for good
// or ctx ends. It waits for the answers under way.
func (l *listener) listen(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	client := socketmode.New(l.s.api, socketmode.OptionDialer(l.s.dialer()),
		socketmode.OptionReadLimit(maxEnvelope), socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ended := make(chan error, 1)
	wg.Go(func() { ended <- client.RunContext(ctx) })
	for {
		select {
		case err := <-ended:
			return fatal("app token", err)
		case event := <-client.Events:
			if err := l.take(ctx, &wg, client, event); err != nil {
				return err
			}
		}
	}
}

// dialer goes the way the HTTP client goes.
func (s *Slack) dialer() *websocket.Dialer {
	d := &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 10 * time.Second, WriteBufferSize: 32 << 10}
	if t, ok := s.client.Transport.(*http.Transport); ok {
		d.Proxy, d.NetDialContext, d.TLSClientConfig = t.Proxy, t.DialContext, t.TLSClientConfig
	}
	return d
}

// take acknowledges an envelope at once, Slack waits three seconds for that, and lets its answer
// follow. An envelope that comes again is acknowledged again and does nothing.
func (l *listener) take(ctx context.Context, wg *sync.WaitGroup, client *socketmode.Client, event socketmode.Event) error {
	if failed, ok := event.Data.(*slack.ConnectionErrorEvent); ok {
		err := fatal("app token", failed.ErrorObj)
		l.s.lg.Warn("slack connection failed", "err", err, "next", failed.Backoff)
		if post, ok := errors.AsType[*news.PostError](err); ok && post.Refused {
			return err
		}
		return nil
	}
	if event.Type == socketmode.EventTypeConnected {
		l.s.lg.Info("slack connected")
	}
	if event.Request == nil || event.Request.EnvelopeID == "" {
		return nil
	}
	if err := client.AckCtx(ctx, event.Request.EnvelopeID, nil); err != nil {
		return nil // ctx has ended
	}
	if l.seen.Seen(event.Request.EnvelopeID) {
		return nil
	}
	wg.Go(func() { l.answer(ctx, event.Data) })
	return nil
}

// aliases are the commands that stand for a first word of the root command.
var aliases = map[string]string{"/watch": "watch ", "/sources": "sources ", "/alerts": "alerts "}

// answer answers a command or a click, for the person who asked only.
func (l *listener) answer(ctx context.Context, data any) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	switch data := data.(type) {
	case slack.SlashCommand:
		lines := l.desk.Ask(ctx, aliases[data.Command]+typed(data.Text), false)
		l.reply(ctx, data.ResponseURL, lines)
	case slack.InteractionCallback:
		for _, a := range data.ActionCallback.BlockActions {
			if a.ActionID != openButton {
				l.reply(ctx, data.ResponseURL, l.desk.Press(ctx, a.ActionID))
			}
		}
	}
}

// reply posts lines where Slack said that an answer may go. That address is a secret.
func (l *listener) reply(ctx context.Context, responseURL string, lines []bot.Line) {
	m := renderAnswer(lines)
	_, _, err := l.s.api.PostMessageContext(ctx, "", slack.MsgOptionResponseURL(responseURL, slack.ResponseTypeEphemeral),
		slack.MsgOptionText(m.text, false), slack.MsgOptionBlocks(m.blocks...))
	if err != nil && ctx.Err() == nil {
		l.s.lg.Warn("slack did not take an answer", "err", classify(err))
	}
}

// typed returns the text of a command as the person typed it: Slack escapes three characters and
// puts addresses in angle brackets, and keyboards bend quotation marks.
func typed(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		before, rest, ok := strings.Cut(text, "<")
		b.WriteString(before)
		if !ok {
			break
		}
		token, after, closed := strings.Cut(rest, ">")
		if !closed {
			b.WriteString("<" + rest)
			break
		}
		if address, _, _ := strings.Cut(token, "|"); strings.Contains(address, "://") {
			token = address
		} else {
			token = "<" + token + ">"
		}
		b.WriteString(token)
		text = after
	}
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "\u00a0", " ",
		"“", `"`, "”", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'").Replace(b.String())
}

// renderAnswer returns lines as one block, as many of them as it can hold.
func renderAnswer(lines []bot.Line) rendered {
	v := bot.View{Kind: news.KindReply, List: lines}
	for {
		blocks := []slack.Block{slack.NewRichTextBlock("", paragraphs(v.Listed()))}
		if size(blocks) <= maxBlocks || !v.Shrink() {
			return rendered{plainText(v), blocks}
		}
	}
}

func paragraphs(lines []bot.Line) *slack.RichTextSection {
	all := slack.NewRichTextSection()
	for i, l := range lines {
		if i > 0 {
			all.Elements = append(all.Elements, slack.NewRichTextSectionTextElement("\n", nil))
		}
		all.Elements = append(all.Elements, section(l).Elements...)
	}
	return all
}
