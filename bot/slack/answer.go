package slack

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/slack-go/slack"
)

// replyBlock begins the IDs of the blocks with the buttons of an answer to one person. The answer to
// such a button takes the place of the one that it stood in, so that pages do not pile up.
const replyBlock = "reply"

// A where is where an answer to one person may go. Of the ways that are set, the first that Slack
// takes is gone.
type where struct {
	url     string // a response_url; that address is a secret
	replace bool   // the answer takes the place of the message that url stands for
	own     bool   // that message is an answer to the same person, or there is none yet
	channel string // for a message there that nobody else sees
	user    string // for a message outside of channels
	trigger string // opens one form within three seconds
}

// working tells that an answer takes time. The answer replaces it.
const (
	working  = "⏳ Working on it…"
	patience = 2 * time.Second // before that is said
)

// respond asks the desk and brings its answer to the person. Until it is there, the person is told
// that it will come, where that can be replaced.
func (l *listener) respond(ctx context.Context, to where, ask func() bot.Reply) {
	stop := l.promise(ctx, &to)
	r := ask()
	stop()
	l.tell(ctx, to, r)
}

// promise tells the person that an answer is under way, unless stop is called soon. stop waits for
// that.
func (l *listener) promise(ctx context.Context, to *where) (stop func()) {
	if to.url == "" || !to.own {
		return func() {}
	}
	answered, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-answered:
		case <-ctx.Done():
		case <-time.After(patience):
			l.deliver(ctx, *to, renderReply(bot.Reply{Lines: []bot.Line{{{Text: working}}}}))
			to.replace = true
		}
	}()
	return func() {
		close(answered)
		<-ended
	}
}

// tell shows a reply, or opens its form.
func (l *listener) tell(ctx context.Context, to where, r bot.Reply) {
	if r.Form != nil {
		err := l.open(ctx, to, r.Form)
		if err == nil {
			return
		}
		l.s.lg.Warn("slack did not open a form", "form", r.Form.ID, "err", err)
		r = bot.Reply{Lines: []bot.Line{{{Text: "The form did not open: Slack gives three seconds for it. Please try again."}}}}
	}
	if len(r.Lines) > 0 {
		l.deliver(ctx, to, renderReply(r))
	}
}

// deliver brings a message to one person. It tries the next way only where the one before certainly
// did not bring it there.
func (l *listener) deliver(ctx context.Context, to where, m rendered) {
	var err error
	for _, way := range l.ways(to) {
		if err = way(ctx, m); err == nil {
			return
		}
		if err = classify(err); ctx.Err() != nil {
			break
		}
		if _, certain := errors.AsType[*news.PostError](err); !certain {
			break
		}
	}
	l.s.lg.Warn("slack did not take an answer", "err", err)
}

func (l *listener) ways(to where) (all []func(context.Context, rendered) error) {
	if to.url != "" {
		all = append(all, func(ctx context.Context, m rendered) error {
			replace := slack.MsgOptionCompose()
			if to.replace {
				replace = slack.MsgOptionReplaceOriginal(to.url)
			}
			_, _, err := l.s.api.PostMessageContext(ctx, "", slack.MsgOptionCompose(options(m)...),
				slack.MsgOptionResponseURL(to.url, slack.ResponseTypeEphemeral), replace)
			return err
		})
	}
	if to.channel != "" && to.user != "" {
		all = append(all, func(ctx context.Context, m rendered) error {
			_, err := l.s.api.PostEphemeralContext(ctx, to.channel, to.user, options(m)...)
			return err
		})
	}
	if to.user != "" {
		all = append(all, func(ctx context.Context, m rendered) error {
			_, _, err := l.s.post(ctx, to.user, options(m))
			return err
		})
	}
	return all
}

// renderReply returns a reply as one message, as many of its lines as that can hold.
func renderReply(r bot.Reply) rendered {
	v := bot.View{Kind: news.KindReply, List: r.Lines}
	buttons := actions(replyBlock, r.Buttons)
	for {
		blocks := append([]slack.Block{slack.NewRichTextBlock("", paragraphs(v.Listed()))}, buttons...)
		if size(blocks) <= maxBlocks {
			return rendered{plainText(v), blocks}
		}
		if !v.Shrink() { // one line is left; JSON makes six characters of one
			line := v.List[0].String()
			return rendered{bot.Fit(line, maxText, escape), append(bare(bot.Shorten(line, maxObject/2)), buttons...)}
		}
	}
}

// typed returns the text of a command as the person typed it: Slack escapes three characters, puts
// addresses in angle brackets, and adds their names to channels.
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
		switch id, _, _ := strings.Cut(token, "|"); {
		case strings.Contains(id, "://"):
			token = id
		case strings.HasPrefix(id, "#"):
			token = "<" + id + ">"
		default:
			token = "<" + token + ">"
		}
		b.WriteString(token)
		text = after
	}
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(b.String())
}
