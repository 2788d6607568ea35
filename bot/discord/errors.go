package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
)

// How long a destination waits before it is tried again.
const (
	waitForPerson = time.Hour        // somebody has to mend a token, a permission or a channel first
	waitForServer = 5 * time.Minute  // what answers is not Discord's API, a wrong api_url or a proxy
	waitUnstated  = 30 * time.Second // a 429 that does not say for how long
	maxRetryAfter = 24 * time.Hour   // longer is a mistake
)

// codeThreadExists says that a message has its thread already.
const codeThreadExists = discordgo.ErrCodeThreadAlreadyCreatedForThisMessage

// errNoMessage says that an alert's message is gone, so that nothing can be added to it.
var errNoMessage = &news.PostError{Refused: true, Err: errors.New("discord: there is no message to edit or to reply to")}

// A class is what an error code of Discord's means for a delivery.
type class int

const (
	again       class = iota // not posted, worth another try; also for codes we do not know
	layout                   // the message as it is will never be taken
	refusal                  // the message, or the one to edit or reply to, will never be taken
	destination              // the channel takes nothing until a person mends it
)

// codes has the classes of docs.discord.com/developers/topics/opcodes-and-status-codes#json
var codes = map[int]class{
	10003: destination, 10004: destination, 10015: destination, 50027: destination, 50001: destination,
	50013: destination, 50009: destination, 160002: destination, 40001: destination, 50014: destination,
	40333: destination,

	50035: layout, 50006: layout, 40005: layout, 50109: layout,

	50008: refusal, 40058: refusal, 40067: refusal, // a channel of another type
	200000: refusal, 200001: refusal, 240000: refusal, 20009: refusal, // moderation
	10008: refusal, 50005: refusal, 50083: refusal, 160005: refusal, // the message or thread is gone, not ours, or closed
}

// advice says in words what a person has to do.
var advice = map[int]string{
	10003:  "the channel is gone, or its ID is wrong",
	50001:  "the bot cannot see the channel: give it View Channel there",
	50013:  "the bot lacks a permission there: it needs Send Messages, Embed Links, Create Public Threads and Send Messages in Threads",
	160002: "the bot lacks Read Message History there",
}

// classify returns err as a *news.PostError where it is certain that nothing was posted, as another
// error where it is not. No secret is in either: discordgo's errors hold the request, so they are
// rewritten, not wrapped.
func classify(err error) error {
	if _, ok := errors.AsType[*news.PostError](err); ok {
		return err
	}
	if l, ok := errors.AsType[*limited](err); ok {
		const oldMessageEdits = 30046 // the quota is the message's, not the channel's
		return &news.PostError{After: l.After, Channel: l.Code != oldMessageEdits, Err: fmt.Errorf("discord: %w", l)}
	}
	text := errors.New("discord: " + describe(err))
	answer, ok := errors.AsType[*discordgo.RESTError](err)
	if !ok {
		if bot.NotSent(err) {
			return &news.PostError{Channel: true, Err: text}
		}
		return text
	}
	status := answer.Response.StatusCode
	switch {
	case status >= 500 || status == http.StatusRequestTimeout:
		return text
	case status == http.StatusUnauthorized:
		return &news.PostError{After: waitForPerson, Channel: true, Err: text}
	}
	switch codes[codeOf(err)] {
	case layout, refusal:
		return &news.PostError{Refused: true, Err: text}
	case destination:
		return &news.PostError{After: waitForPerson, Channel: true, Err: text}
	}
	if answer.Message == nil || answer.Message.Code == 0 {
		return &news.PostError{After: waitForServer, Channel: true, Err: text}
	}
	return &news.PostError{Err: text}
}

// codeOf returns the code that Discord gave an error, 0 for none.
func codeOf(err error) int {
	if answer, ok := errors.AsType[*discordgo.RESTError](err); ok && answer.Message != nil {
		return answer.Message.Code
	}
	return 0
}

// layoutRefused reports whether err means that another layout of the message may be taken.
func layoutRefused(err error) bool { return codes[codeOf(err)] == layout }

// describe returns "HTTP status 403, code 50013: Missing Permissions: the bot lacks …".
func describe(err error) string {
	answer, ok := errors.AsType[*discordgo.RESTError](err)
	if !ok {
		return bot.Shorten(bot.Clean(bot.Cause(err).Error()), 300)
	}
	text := fmt.Sprintf("HTTP status %d", answer.Response.StatusCode)
	if answer.Message != nil {
		text += fmt.Sprintf(", code %d: %s", answer.Message.Code, answer.Message.Message)
		if a := advice[answer.Message.Code]; a != "" {
			text += ": " + a
		}
	}
	var details struct {
		Errors json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(answer.ResponseBody, &details) == nil && len(details.Errors) > 0 {
		text += " " + string(details.Errors)
	}
	return bot.Shorten(bot.Clean(text), 500)
}

// startTrouble returns the error of starting a thread. That posts nothing and can be repeated, so
// whatever became of it, the delivery was not posted.
func startTrouble(err error) error {
	err = threadTrouble(err)
	if _, ok := errors.AsType[*news.PostError](err); ok {
		return err
	}
	return &news.PostError{Err: err}
}

// threadTrouble returns the error of a request about a thread. What the bot may not do there, it may
// still do in the channel.
func threadTrouble(err error) error {
	classified := classify(err)
	post, ok := errors.AsType[*news.PostError](classified)
	if ok && codes[codeOf(err)] == destination && codeOf(err) != discordgo.ErrCodeUnknownChannel {
		return &news.PostError{After: post.After, Err: post.Err}
	}
	return classified
}

// fatal returns a refused *news.PostError if err means that the token will never do, else err as
// classify does.
func fatal(err error) error {
	if answer, ok := errors.AsType[*discordgo.RESTError](err); ok && answer.Response.StatusCode == http.StatusUnauthorized {
		return refused("the token was rejected: reset it in the developer portal, under Bot, and set the new one")
	}
	return classify(err)
}

func refused(text string) error {
	return &news.PostError{Refused: true, Err: errors.New("discord: " + text)}
}
