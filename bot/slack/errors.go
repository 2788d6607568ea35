package slack

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/slack-go/slack"
)

// How long a destination waits before it is tried again.
const (
	waitForPerson = time.Hour        // somebody has to mend a token, a scope or a channel first
	waitForServer = 5 * time.Minute  // what answers is not Slack's API, a wrong api_url or a proxy
	waitUnstated  = 30 * time.Second // a 429 that does not say for how long
)

var (
	errNoTimestamp = errors.New("slack: the answer has no timestamp")
	errRateLimited = errors.New("slack: too many requests")
)

// A class is what an error code of Slack's means for a delivery.
type class int

const (
	again       class = iota // not posted, worth another try; also for codes we do not know
	payload                  // the message as it is will never be taken
	target                   // the message to edit or reply to will never take it
	destination              // the channel takes nothing until a person mends it
	token                    // the workspace takes nothing until a person mends it
	unknown                  // nobody knows if it was posted
)

// codes has the classes of docs.slack.dev/reference/methods/chat.postMessage and chat.update.
var codes = map[string]class{
	"invalid_auth": token, "account_inactive": token, "token_revoked": token, "token_expired": token,
	"not_authed": token, "missing_scope": token, "not_allowed_token_type": token, "no_permission": token,
	"access_denied": token, "accesslimited": token, "ekm_access_denied": token,
	"enterprise_is_restricted": token, "team_access_not_granted": token, "two_factor_setup_required": token,

	"channel_not_found": destination, "not_in_channel": destination, "is_archived": destination,
	"restricted_action": destination, "restricted_action_read_only_channel": destination,
	"restricted_action_thread_only_channel": destination, "messages_tab_disabled": destination,

	"restricted_action_non_threadable_channel": target, "restricted_action_thread_locked": target,
	"cannot_reply_to_message": target, "edit_window_closed": target, "cant_update_message": target,
	"message_not_found": target, "is_inactive": target, "thread_not_found": target,

	"invalid_blocks": payload, "invalid_blocks_format": payload, "msg_too_long": payload,
	"msg_blocks_too_long": payload, "no_text": payload, "invalid_arguments": payload,
	"metadata_too_large": payload,

	"internal_error": unknown, "fatal_error": unknown, "request_timeout": unknown, "service_unavailable": unknown,
}

// advice says in words what a person has to do.
var advice = map[string]string{
	"invalid_auth":           "Slack does not know the token; install the app again and set the new one",
	"account_inactive":       "the token's bot was removed; install the app again and set the new token",
	"token_revoked":          "the token was revoked; install the app again and set the new one",
	"not_authed":             "the token is empty",
	"not_allowed_token_type": "it has to be an app-level token, xapp-…, with the scope connections:write",
	"channel_not_found":      "the channel's ID is wrong, or the bot is not in it: /invite it there",
	"not_in_channel":         "the bot is not in the channel: /invite it there",
	"is_archived":            "the channel is archived",
}

// classify returns err as a *news.PostError where it is certain that nothing was posted, as another
// error where it is not. No secret is in either: slack-go's errors are rewritten, not wrapped.
func classify(err error) error {
	if _, ok := errors.AsType[*news.PostError](err); ok || errors.Is(err, errNoTimestamp) {
		return err
	}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &news.PostError{After: limited.RetryAfter, Channel: true, Err: errRateLimited}
	}
	if _, ok := errors.AsType[*strconv.NumError](err); ok { // slack-go's on a Retry-After that is no number
		return &news.PostError{After: waitUnstated, Channel: true, Err: errRateLimited}
	}
	if answer, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return byCode(answer)
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return byStatus(status.Code)
	}
	cause := fmt.Errorf("slack: %w", bot.Cause(err))
	switch {
	case unreadableErrors(err):
		return &news.PostError{Refused: true, Err: cause}
	case bot.NotSent(err):
		return &news.PostError{Channel: true, Err: cause}
	}
	return cause
}

func byCode(answer slack.SlackErrorResponse) error {
	err := errors.New("slack: " + describe(answer))
	switch classOf(answer.Err) {
	case payload, target:
		return &news.PostError{Refused: true, Err: err}
	case destination, token:
		return &news.PostError{After: waitForPerson, Channel: true, Err: err}
	case unknown:
		return err
	}
	limited := answer.Err == "ratelimited" || answer.Err == "rate_limited" || answer.Err == "message_limit_exceeded"
	if limited {
		return &news.PostError{After: waitUnstated, Channel: true, Err: err}
	}
	return &news.PostError{Err: err}
}

func byStatus(code int) error {
	err := fmt.Errorf("slack: HTTP status %d", code)
	switch {
	case code == 429:
		return &news.PostError{After: waitUnstated, Channel: true, Err: errRateLimited}
	case code >= 300 && code < 500 && code != 408:
		return &news.PostError{After: waitForServer, Channel: true, Err: err}
	}
	return err
}

func classOf(code string) class {
	if strings.HasPrefix(code, "invalid_metadata") {
		return payload
	}
	return codes[code]
}

// describe returns "missing_scope: needs chat:write, has commands".
func describe(answer slack.SlackErrorResponse) string {
	text := answer.Err
	if a := advice[answer.Err]; a != "" {
		text += ": " + a
	}
	if answer.Needed != "" {
		text += ": needs " + answer.Needed + ", has " + answer.Provided
	}
	if m := answer.ResponseMetadata.Messages; len(m) > 0 {
		text += ": " + strings.Join(m, "; ")
	}
	return bot.Shorten(bot.Clean(text), 300)
}

// payloadFault returns the code if err means that the message's layout was refused, else "".
func payloadFault(err error) string {
	if answer, ok := errors.AsType[slack.SlackErrorResponse](err); ok && classOf(answer.Err) == payload {
		return describe(answer)
	}
	if unreadableErrors(err) {
		return "an error list of unknown shape"
	}
	return ""
}

// unreadableErrors reports whether slack-go lost an answer's error code over an "errors" list that
// it could not read. Slack lists errors so only for a message that it did not take.
func unreadableErrors(err error) bool {
	return err != nil && strings.HasPrefix(err.Error(), "unknown error structure")
}

// fatal returns a refused *news.PostError if err means that a token will never do, else err as
// classify does.
func fatal(which string, err error) error {
	answer, ok := errors.AsType[slack.SlackErrorResponse](err)
	if !ok || classOf(answer.Err) != token {
		return classify(err)
	}
	err = refused("slack: the " + which + " was refused: " + describe(answer))
	if answer.Err == "not_allowed_token_type" {
		return &bot.SetupError{Err: err}
	}
	return err
}

func refused(text string) error {
	return &news.PostError{Refused: true, Err: errors.New(text)}
}
