package slack

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/slack-go/slack"
)

// Slack's limits for views, in UTF-16 units, but for maxOptions: docs.slack.dev/reference/views
const (
	maxTitle   = 24
	maxOptions = 100
)

const (
	formCallback = "form"
	previewBlock = "preview"
	maxPreview   = 20 // lines
)

// A note is what a modal's private_metadata keeps, for when it comes back. Nobody but the app sees it.
type note struct {
	Form    string `json:"form"`
	Channel string `json:"channel,omitempty"` // where it was opened
	URL     string `json:"url,omitempty"`     // where its answer may go
}

func noteOf(v slack.View) (n note) {
	json.Unmarshal([]byte(v.PrivateMetadata), &n) // ours; of another version's, the desk says that it is
	return n
}

// open opens a form as a modal.
func (l *listener) open(ctx context.Context, to where, f *bot.Form) error {
	n := note{Form: f.ID, Channel: to.channel, URL: to.url}
	if _, err := l.s.api.OpenViewContext(ctx, to.trigger, modal(f, n)); err != nil {
		return classify(err)
	}
	return nil
}

func modal(f *bot.Form, n note) slack.ModalViewRequest {
	label := func(s string) *slack.TextBlockObject { return plain(bot.Shorten(s, maxTitle)) }
	kept, _ := json.Marshal(n)
	view := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: formCallback, PrivateMetadata: string(kept),
		Title: label(f.Title), Submit: label(f.Submit), Close: label("Cancel"),
	}
	for _, field := range f.Fields {
		input := slack.NewInputBlock(field.Name, plain(field.Label), nil, element(field, f.Live))
		input.Optional = !field.Required
		input.DispatchAction = live(field, f.Live)
		if field.Help != "" {
			input.Hint = plain(field.Help)
		}
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, input)
	}
	return view
}

// live reports whether a field tells us of each change: the text that the form is about.
func live(f bot.Field, form bool) bool { return form && f.Required && f.Kind == bot.TextArg }

// place is a channel as forms write it.
var place = regexp.MustCompile(`^<#([A-Z0-9]+)>$`)

// element returns what a field is filled in with. Its ID says what kind of value it takes.
func element(f bot.Field, form bool) slack.BlockElement {
	id := string(f.Kind)
	switch f.Kind {
	case bot.ChoiceArg:
		var options []*slack.OptionBlockObject
		for _, c := range f.Choices[:min(len(f.Choices), maxOptions)] {
			options = append(options, option(c))
		}
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, id, options...)
		if i := slices.IndexFunc(f.Choices, func(c bot.Choice) bool { return c.Value == f.Value }); i >= 0 && i < len(options) {
			e.InitialOption = options[i]
		}
		return e
	case bot.PlaceArg:
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, nil, id)
		e.DefaultToCurrentConversation = f.Required // else leaving it empty means something, too
		e.Filter = &slack.SelectBlockElementFilter{Include: []string{"public", "private"}, ExcludeBotUsers: true}
		if m := place.FindStringSubmatch(f.Value); m != nil {
			e.InitialConversation = m[1]
		}
		return e
	case bot.RuleArg, bot.SourceArg, bot.AlertArg:
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, nil, id)
		e.MinQueryLength = new(int)
		if f.Value != "" {
			e.InitialOption = option(bot.Choice{Label: f.Value, Value: f.Value})
		}
		return e
	}
	e := slack.NewPlainTextInputBlockElement(nil, "text").WithInitialValue(f.Value).WithMultiline(f.Lines > 1)
	if live(f, form) {
		e.DispatchActionConfig = &slack.DispatchActionConfig{TriggerActionsOn: []string{"on_character_entered"}}
	}
	return e
}

func option(c bot.Choice) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(c.Value, plain(bot.Shorten(bot.Clean(c.Label), maxLabel)), nil)
}

// values returns what stands in a modal, by the name of the field.
func values(state *slack.ViewState) map[string]string {
	all := make(map[string]string)
	if state == nil {
		return all
	}
	for name, elements := range state.Values {
		for _, e := range elements {
			switch {
			case e.SelectedConversation != "":
				all[name] = "<#" + e.SelectedConversation + ">"
			case e.SelectedOption.Value != "":
				all[name] = e.SelectedOption.Value
			default:
				all[name] = e.Value
			}
		}
	}
	return all
}

// submitPatience is how long a form stays open to be told what is wrong with it. Slack waits three
// seconds; after that, it is told in a message.
const submitPatience = 2 * time.Second

// submit does what a form is for.
func (l *listener) submit(ctx context.Context, c slack.InteractionCallback, ack func(any)) {
	n := noteOf(c.View)
	to := where{url: n.URL, channel: n.Channel, user: c.User.ID}
	late := time.AfterFunc(submitPatience, func() { ack(nil) })
	r, faults := l.desk.Submit(ctx, l.asker(ctx, c.User.ID, c.User.Name, n.Channel), n.Form, values(c.View.State))
	open := late.Stop()
	switch {
	case len(faults) == 0:
		if open {
			ack(nil)
		}
		l.tell(ctx, to, r)
		if n.Channel == "" { // it may have been opened from the home page
			l.home(ctx, c.User.ID)
		}
	case open:
		ack(slack.NewErrorsViewSubmissionResponse(atInputs(c.View, faults)))
	default:
		r = bot.Reply{Lines: []bot.Line{{{Text: "Nothing was stored:"}}}}
		for name, words := range faults {
			r.Lines = append(r.Lines, bot.Line{{Text: "• " + name + ": " + words}})
		}
		l.tell(ctx, to, r)
	}
}

// atInputs returns faults by inputs that the view has: Slack shows none at any other block.
func atInputs(v slack.View, faults map[string]string) map[string]string {
	var inputs []string
	for _, b := range v.Blocks.BlockSet {
		if b.BlockType() == slack.MBTInput {
			inputs = append(inputs, b.ID())
		}
	}
	errs := make(map[string]string)
	for name, words := range faults {
		if !slices.Contains(inputs, name) && len(inputs) > 0 {
			name = inputs[0]
		}
		errs[name] = strings.TrimSpace(errs[name] + " " + words)
	}
	return errs
}

// An offer is what Slack shows below a field that asks for what there is.
type offer struct {
	Options []*slack.OptionBlockObject `json:"options"` // [] for nothing
}

// suggest returns what a person may mean who types into such a field.
func (l *listener) suggest(ctx context.Context, c slack.InteractionCallback) offer {
	o := offer{Options: []*slack.OptionBlockObject{}}
	by := bot.Asker{Actor: news.Actor{Platform: "slack", ID: c.User.ID, Name: c.User.Name}, Channel: noteOf(c.View).Channel}
	command, arg := l.takes(bot.ArgKind(c.ActionID))
	for _, choice := range l.desk.Complete(ctx, by, command, arg, c.Value) {
		o.Options = append(o.Options, option(choice))
	}
	return o
}

// takes returns a command and that argument of it which takes a kind of value; "" if there is none.
func (l *listener) takes(kind bot.ArgKind) (command, arg string) {
	for _, c := range l.desk.Commands() {
		for _, a := range c.Args {
			if a.Kind == kind {
				return c.Name, a.Name
			}
		}
	}
	return "", ""
}

// pause is how long somebody has to stop typing to see a preview.
const pause = 300 * time.Millisecond

// preview shows below the field in which somebody types what the form would do.
func (l *listener) preview(ctx context.Context, c slack.InteractionCallback) {
	if len(c.ActionCallback.BlockActions) == 0 {
		return
	}
	typed := c.ActionCallback.BlockActions[0]
	ctx, done := l.previews.newest(ctx, c.View.ID, typed.ActionTs)
	defer done()
	select {
	case <-ctx.Done():
		return
	case <-time.After(pause):
	}
	n := noteOf(c.View)
	lines := l.desk.Preview(ctx, l.asker(ctx, c.User.ID, c.User.Name, n.Channel), n.Form, values(c.View.State))
	view := previewed(c.View, typed.BlockID, lines)
	_, err := l.s.api.UpdateViewContext(ctx, view, "", c.View.Hash, c.View.ID)
	if answer, ok := errors.AsType[slack.SlackErrorResponse](err); ok && answer.Err == "hash_conflict" && ctx.Err() == nil {
		// The preview of what stood there before came in between. This one is newer.
		_, err = l.s.api.UpdateViewContext(ctx, view, "", "", c.View.ID)
	}
	if err != nil && ctx.Err() == nil {
		l.s.lg.Info("slack did not take a preview", "err", classify(err))
	}
}

// previewed returns the modal with lines below one of its blocks, in the place of those before. What
// people have typed stays, as the inputs keep their IDs.
func previewed(v slack.View, after string, lines []bot.Line) slack.ModalViewRequest {
	next := slack.ModalViewRequest{
		Type: v.Type, CallbackID: v.CallbackID, PrivateMetadata: v.PrivateMetadata, Title: v.Title, Submit: v.Submit, Close: v.Close,
	}
	if len(lines) > maxPreview {
		lines = lines[:maxPreview]
	}
	for _, b := range v.Blocks.BlockSet {
		if b.ID() == previewBlock {
			continue
		}
		next.Blocks.BlockSet = append(next.Blocks.BlockSet, b)
		if b.ID() == after && len(lines) > 0 {
			next.Blocks.BlockSet = append(next.Blocks.BlockSet, slack.NewRichTextBlock(previewBlock, paragraphs(lines)))
		}
	}
	return next
}

// previews are those under way, one a view: a newer one ends the one before. The zero previews are
// none.
type previews struct {
	mu    sync.Mutex
	under map[string]*typing // by the ID of the view
}

// A typing is when somebody typed what is previewed.
type typing struct {
	at     string // Slack's action_ts: "1764000000.123456"
	cancel context.CancelFunc
}

// newest begins the preview of what was typed into a view at a time. Its context has ended where
// there is one of something newer: two connections may change the order. done has to be called when
// it is over.
func (p *previews) newest(ctx context.Context, view, at string) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	t := &typing{at, cancel}
	p.mu.Lock()
	defer p.mu.Unlock()
	if before := p.under[view]; before != nil {
		if before.at > at {
			cancel()
			return ctx, cancel
		}
		before.cancel()
	}
	if p.under == nil {
		p.under = make(map[string]*typing)
	}
	p.under[view] = t
	return ctx, func() {
		cancel()
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.under[view] == t {
			delete(p.under, view)
		}
	}
}
