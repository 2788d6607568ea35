package discord

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
)

// How long an answer may take: docs.discord.com/developers/interactions/receiving-and-responding
const (
	patience   = 2 * time.Second         // then Discord is told that the answer comes later
	firstTime  = 2900 * time.Millisecond // Discord waits three seconds for the first answer
	answerTime = 14 * time.Minute        // the token that edits it is good for fifteen minutes
	editTime   = 20 * time.Second        // to bring an edit to Discord
)

// handle answers one interaction, for the person who did it only.
func (l *listener) handle(ctx context.Context, i *interaction) {
	came := time.Now()
	switch i.Type {
	case discordgo.InteractionApplicationCommandAutocomplete:
		l.tell(ctx, came.Add(firstTime), "POST", callback(i), l.complete(ctx, i))
	case discordgo.InteractionApplicationCommand, discordgo.InteractionMessageComponent, discordgo.InteractionModalSubmit:
		if !l.handled(ctx, i) {
			l.answer(ctx, came, i)
		}
	}
}

// answer carries out what was asked, and answers in time: with what the desk says, or, where that
// takes longer, with a promise that an edit keeps.
func (l *listener) answer(ctx context.Context, came time.Time, i *interaction) {
	asking, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	done := make(chan bot.Reply, 1)
	go func() { done <- l.ask(asking, i) }() // waited for below, on either way
	late := time.NewTimer(patience - time.Since(came))
	defer late.Stop()
	select {
	case r := <-done:
		l.tell(ctx, came.Add(firstTime), "POST", callback(i), first(i, r))
	case <-late.C:
		l.tell(ctx, came.Add(firstTime), "POST", callback(i), promise(i))
		r := <-done
		l.tell(ctx, time.Now().Add(editTime), "PATCH", discordgo.EndpointWebhookMessage(i.App, i.Token, "@original"), show(r))
	}
}

// callback returns where the first answer goes; it holds a secret.
func callback(i *interaction) string { return discordgo.EndpointInteractionResponse(i.ID, i.Token) }

// first returns the first answer that shows a reply. A message that only the presser of one of its
// buttons sees is shown anew; one that all see stays as it is.
func first(i *interaction, r bot.Reply) response {
	if r.Form != nil && i.Type != discordgo.InteractionModalSubmit {
		return response{discordgo.InteractionResponseModal, modal(r.Form)}
	}
	m := show(r)
	if i.onEphemeral() {
		return response{discordgo.InteractionResponseUpdateMessage, m}
	}
	m.Flags = discordgo.MessageFlagsEphemeral
	return response{discordgo.InteractionResponseChannelMessageWithSource, m}
}

// promise returns the first answer that says that the bot is at work.
func promise(i *interaction) response {
	if i.onEphemeral() {
		return response{Type: discordgo.InteractionResponseDeferredMessageUpdate}
	}
	return response{discordgo.InteractionResponseDeferredChannelMessageWithSource, map[string]any{"flags": discordgo.MessageFlagsEphemeral}}
}

// ask returns what the desk says. A panic is answered with a reference to the log.
func (l *listener) ask(ctx context.Context, i *interaction) (r bot.Reply) {
	defer func() {
		if p := recover(); p != nil {
			ref := strings.ToLower(rand.Text()[:6])
			l.d.lg.Error("interaction not answered", "ref", ref, "err", fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			r = bot.Reply{Lines: []bot.Line{{{Text: "Something went wrong (ref " + ref + "). The log of pactwatch has the cause under that reference."}}}}
		}
	}()
	by := l.asker(i)
	switch i.Type {
	case discordgo.InteractionModalSubmit:
		values := make(map[string]string)
		collect(i.Data.Components, values)
		return l.submit(ctx, by, i.Data.CustomID, values)
	case discordgo.InteractionMessageComponent:
		return l.press(ctx, by, i.Data.CustomID)
	}
	c, _ := call(i)
	c.By = by
	return l.desk.Answer(ctx, c)
}

// press carries out a button, ours included: the one that opens a form once more.
func (l *listener) press(ctx context.Context, by bot.Asker, id string) bot.Reply {
	key, ours := strings.CutPrefix(id, againButton)
	if !ours {
		return l.desk.Press(ctx, by, id)
	}
	d, ok := l.drafts.take(key, by.ID)
	if !ok {
		return bot.Reply{Lines: []bot.Line{{{Text: "That form is no longer kept. Open it anew."}}}}
	}
	r := l.desk.Press(ctx, by, d.form)
	if r.Form != nil {
		for n := range r.Form.Fields {
			if v, ok := d.values[r.Form.Fields[n].Name]; ok {
				r.Form.Fields[n].Value = v
			}
		}
	}
	return r
}

// submit sends a filled form to the desk. What is wrong with it is said, with a button that opens the
// form as it was filled in.
func (l *listener) submit(ctx context.Context, by bot.Asker, form string, values map[string]string) bot.Reply {
	r, faults := l.desk.Submit(ctx, by, form, values)
	if len(faults) == 0 {
		return r
	}
	r = bot.Reply{Lines: []bot.Line{{{Text: "Nothing is saved yet."}}}}
	for _, field := range slices.Sorted(maps.Keys(faults)) {
		r.Lines = append(r.Lines, bot.Line{{Text: "• " + field + ": " + faults[field]}})
	}
	r.Buttons = []bot.Button{{ID: againButton + l.drafts.keep(draft{by.ID, form, values}), Label: "Correct it"}}
	return r
}

// complete returns what a person may mean who is typing, from memory; nothing where anything is
// wrong.
func (l *listener) complete(ctx context.Context, i *interaction) (r response) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	choices := []choice{}
	defer func() {
		if p := recover(); p != nil {
			l.d.lg.Error("nothing offered to complete", "err", fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			choices = choices[:0]
		}
		r = response{discordgo.InteractionApplicationCommandAutocompleteResult, map[string]any{"choices": choices}}
	}()
	c, typing := call(i)
	for _, o := range l.desk.Complete(ctx, l.asker(i), c.Command, typing.Name, typing.text()) {
		name := bot.Shorten(bot.Clean(o.Label), maxChoice)
		if name == "" || o.Value == "" || bot.Units(o.Value) > maxChoice {
			continue
		}
		if choices = append(choices, choice{name, o.Value}); len(choices) == maxChoices {
			break
		}
	}
	return r
}

// tell sends an answer until the deadline. Sent again it changes nothing: Discord takes one first
// answer, and two like edits are one. What is asked while the program ends is still answered.
func (l *listener) tell(ctx context.Context, deadline time.Time, method, endpoint string, body any) {
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), deadline)
	defer cancel()
	for try, wait := 1, 200*time.Millisecond; ; try, wait = try+1, 2*wait {
		err := l.d.interact(ctx, method, endpoint, body)
		code := codeOf(err)
		if err == nil || code == alreadyAnswered && try > 1 {
			return
		}
		pause := wait
		if limit, ok := errors.AsType[*limited](err); ok {
			pause = limit.After
		} else if answer, ok := errors.AsType[*discordgo.RESTError](err); ok && answer.Response.StatusCode < 500 {
			pause = answerTime // it will not be taken however often it is sent
		}
		if time.Now().Add(pause).After(deadline) {
			l.d.lg.Warn("discord did not take an answer", "err", classify(err))
			return
		}
		time.Sleep(pause)
	}
}

// alreadyAnswered is the code of a first answer that is not the first.
const alreadyAnswered = 40060

// interact makes a request about an interaction. Each interaction has a rate limit of its own, which
// discordgo would keep for ever and sleep out, whatever ctx says.
func (d *Discord) interact(ctx context.Context, method, endpoint string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	bucket := discordgo.NewRatelimiter().LockBucket(endpoint)
	_, err = d.rest.RequestWithLockedBucket(method, endpoint, "application/json", raw, bucket, 0,
		discordgo.WithContext(ctx), discordgo.WithRestRetries(0), discordgo.WithRetryOnRatelimit(false))
	return err
}
