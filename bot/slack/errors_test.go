package slack

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
	"github.com/pactwatch/pactwatch/internal/news"
)

func TestWhatAnErrorMeans(t *testing.T) {
	const (
		refusedForGood = "refused"
		notPosted      = "not posted"
		channelWaits   = "channel waits"
		unknownOutcome = "unknown"
	)
	limited := func(after string) fakeslack.Fault {
		return fakeslack.Fault{Status: 429, Header: map[string]string{"Retry-After": after}}
	}
	for _, tt := range []struct {
		name  string
		meets fakeslack.Fault
		want  string
		after time.Duration
	}{
		{"429 that says how long", limited("30"), channelWaits, 30 * time.Second},
		{"429 that says nothing", answers(429, ""), channelWaits, waitUnstated},
		{"429 that says nonsense", limited("soon"), channelWaits, waitUnstated},
		{"ratelimited", fakeslack.Says("ratelimited"), channelWaits, waitUnstated},
		{"token revoked", fakeslack.Says("token_revoked"), channelWaits, waitForPerson},
		{"missing scope", answers(200, `{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"commands"}`), channelWaits, waitForPerson},
		{"archived", fakeslack.Says("is_archived"), channelWaits, waitForPerson},
		{"not in channel", fakeslack.Says("channel_not_found"), channelWaits, waitForPerson},
		{"message gone", fakeslack.Says("message_not_found"), refusedForGood, 0},
		{"thread locked", fakeslack.Says("restricted_action_thread_locked"), refusedForGood, 0},
		{"a code nobody knows", fakeslack.Says("solar_flare"), notPosted, 0},
		{"org login", fakeslack.Says("org_login_required"), notPosted, 0},
		{"internal error", fakeslack.Says("internal_error"), unknownOutcome, 0},
		{"HTTP 500", answers(500, "<html>"), unknownOutcome, 0},
		{"HTTP 503", answers(503, ""), unknownOutcome, 0},
		{"not JSON", answers(200, "<html>"), unknownOutcome, 0},
		{"half an answer", answers(200, `{"ok":true,"chan`), unknownOutcome, 0},
		{"an answer without a message", answers(200, `{"ok":true}`), unknownOutcome, 0},
		{"cut after the request", fakeslack.Fault{Cut: true}, unknownOutcome, 0},
		{"not the API", answers(404, ""), channelWaits, waitForServer},
		{"a redirect", fakeslack.Fault{Status: 307, Header: map[string]string{"Location": "/elsewhere"}}, channelWaits, waitForServer},
	} {
		f := fakeslack.New(t)
		f.Fail("", tt.meets)
		s, _ := newSlack(t, f, "")
		_, err := s.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json"), ""))
		got, after := unknownOutcome, time.Duration(0)
		if post, ok := errors.AsType[*news.PostError](err); ok {
			got, after = notPosted, post.After
			if post.Channel {
				got = channelWaits
			}
			if post.Refused {
				got = refusedForGood
			}
		}
		if err == nil || got != tt.want || after != tt.after {
			t.Errorf("%s: Post = %v: %s after %s, want %s after %s", tt.name, err, got, after, tt.want, tt.after)
		}
		if n := len(f.Calls("")); n != 1 {
			t.Errorf("%s: %d calls, want 1", tt.name, n)
		}
	}
}

func TestNothingListeningMeansNotPosted(t *testing.T) {
	f := fakeslack.New(t)
	s, _ := newSlack(t, f, "")
	s.api = New(Config{APIURL: "http://127.0.0.1:1/"}, &http.Client{}, s.lg).api
	_, err := s.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json"), ""))
	if post, ok := errors.AsType[*news.PostError](err); !ok || post.Refused || !post.Channel {
		t.Errorf("Post = %v, want a *news.PostError that lets the channel wait and it be tried again", err)
	}
}

func TestRefusedBlocksAreSentAsTextOnce(t *testing.T) {
	invalid := fakeslack.Says("invalid_blocks")
	unreadable := answers(200, `{"ok":false,"error":"invalid_blocks","errors":[{"odd":1}]}`)
	for _, tt := range []struct {
		name    string
		kind    news.Kind
		meets   []fakeslack.Fault
		refused bool
	}{
		{"the text is taken", news.KindAlert, []fakeslack.Fault{invalid}, false},
		{"an unreadable list of errors", news.KindAlert, []fakeslack.Fault{unreadable}, false},
		{"of an edit", news.KindEdit, []fakeslack.Fault{invalid}, false},
		{"not even the text is", news.KindAlert, []fakeslack.Fault{invalid, invalid}, true},
	} {
		f := fakeslack.New(t)
		s, _ := newSlack(t, f, "")
		message := posted(t, s)
		f.Fail("", tt.meets...)
		_, err := s.Post(t.Context(), delivery(tt.kind, readCard(t, "alert.json"), message))
		post, _ := errors.AsType[*news.PostError](err)
		if refused := post != nil && post.Refused; refused != tt.refused || !refused && err != nil {
			t.Errorf("%s: Post = %v, want refused %v", tt.name, err, tt.refused)
		}
		// An edit keeps one block: it could not switch off the formatting of text.
		calls, left := f.Calls("")[1:], 0
		if tt.kind == news.KindEdit {
			left = 1
		}
		blocks := func(c fakeslack.Call) []any {
			all, _ := c.Args["blocks"].([]any)
			return all
		}
		if len(calls) != 2 || len(blocks(calls[0])) < 5 || len(blocks(calls[1])) != left {
			t.Errorf("%s: calls %v, want two, the second with %d blocks", tt.name, calls, left)
		}
	}
}

func answers(status int, body string) fakeslack.Fault {
	return fakeslack.Fault{Status: status, Body: body}
}

// roundTripper is a function that is an http.RoundTripper.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSecretsReachNoErrorAndNoLog(t *testing.T) {
	canary := regexp.MustCompile(`canary`)
	for _, tt := range []struct {
		name  string
		meets fakeslack.Fault
	}{
		{"cut", fakeslack.Fault{Cut: true}},
		{"refused", answers(200, `{"ok":false,"error":"invalid_auth"}`)},
		{"server error", answers(500, "x")},
		{"not JSON", answers(200, "x")},
	} {
		f := fakeslack.New(t)
		s, log := newSlack(t, f, fakeslack.AppToken)
		f.Fail("", tt.meets, tt.meets)
		_, post := s.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json"), ""))
		preflight := s.Preflight(t.Context())
		if out := fmt.Sprintf("%v %+v %#v %v %+v %s", post, post, post, preflight, preflight, log); canary.MatchString(out) {
			t.Errorf("%s: a secret is in %q", tt.name, out)
		}
	}
	// Where an answer may go is a secret, too, and Go's client puts addresses into its errors.
	var log bytes.Buffer
	broken := &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("broken") })}
	s := New(Config{}, broken, slog.New(slog.NewTextHandler(&log, nil)))
	(&listener{s: s}).deliver(t.Context(), where{url: "https://hooks.slack.example/canary"}, renderReply(bot.Reply{}))
	if !strings.Contains(log.String(), "broken") || canary.MatchString(log.String()) {
		t.Errorf("log = %q, want the cause without the address", log.String())
	}
}
