package discord

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
)

func TestWhatAnErrorMeans(t *testing.T) {
	const (
		refusedForGood = "refused"
		notPosted      = "not posted"
		channelWaits   = "channel waits"
		unknownOutcome = "unknown"
	)
	says := func(status, code int) http.HandlerFunc {
		return answers(status, fmt.Sprintf(`{"code":%d,"message":"It says so"}`, code))
	}
	for _, tt := range []struct {
		name  string
		kind  news.Kind
		meets http.HandlerFunc
		want  string
		after time.Duration
	}{
		{"429", news.KindAlert, answers(429, `{"message":"You are being rate limited.","retry_after":64.57,"global":false}`), channelWaits, 64570 * time.Millisecond},
		{"429 of the network in front", news.KindAlert, answers(429, "<html>"), channelWaits, waitUnstated},
		{"edits of an old message", news.KindEdit, answers(429, `{"message":"x","retry_after":1200,"code":30046}`), notPosted, 20 * time.Minute},
		{"token dead", news.KindAlert, says(401, 0), channelWaits, waitForPerson},
		{"channel gone", news.KindAlert, says(404, 10003), channelWaits, waitForPerson},
		{"permission", news.KindAlert, says(403, 50013), channelWaits, waitForPerson},
		{"moderation", news.KindAlert, says(400, 200000), refusedForGood, 0},
		{"a forum", news.KindAlert, says(400, 50008), refusedForGood, 0},
		{"message gone", news.KindEdit, says(404, 10008), refusedForGood, 0},
		{"message not ours", news.KindEdit, says(403, 50005), refusedForGood, 0},
		{"no thread allowed", news.KindReply, says(403, 50013), notPosted, waitForPerson},
		{"thread may be there", news.KindReply, answers(502, ""), notPosted, 0},
		{"a code nobody knows", news.KindAlert, says(400, 31337), notPosted, 0},
		{"HTTP 500", news.KindAlert, answers(500, "<html>"), unknownOutcome, 0},
		{"HTTP 502", news.KindAlert, answers(502, ""), unknownOutcome, 0},
		{"not JSON", news.KindAlert, answers(200, "<html>"), unknownOutcome, 0},
		{"cut after the request", news.KindAlert, hangsUp, unknownOutcome, 0},
		{"not the API", news.KindAlert, answers(404, "<html>"), channelWaits, waitForServer},
		{"a redirect", news.KindAlert, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, channelWaits, waitForServer},
	} {
		f := newFake(t)
		f.next(tt.meets)
		d, _ := newDiscord(t, f, false)
		_, err := d.Post(t.Context(), delivery(tt.kind, readCard(t, "alert.json")))
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
		if n := len(f.called("")); n != 1 {
			t.Errorf("%s: %d calls, want 1", tt.name, n)
		}
	}
}

func TestThreadThatWasDeletedTakesNoReply(t *testing.T) {
	f := newFake(t)
	f.next(answers(400, `{"code":160004,"message":"x"}`), answers(404, `{"code":10003,"message":"Unknown Channel"}`))
	d, _ := newDiscord(t, f, false)
	_, err := d.Post(t.Context(), delivery(news.KindReply, readCard(t, "reply.json")))
	if post, ok := errors.AsType[*news.PostError](err); !ok || !post.Refused || post.Channel {
		t.Errorf("Post = %v, want it refused, and its channel left alone", err)
	}
}

func TestRefusedEmbedIsSentAsTextOnce(t *testing.T) {
	invalid := answers(400, `{"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":{"url":{"_errors":[{"code":"URL_TYPE_INVALID_URL"}]}}}}}`)
	for _, tt := range []struct {
		name    string
		kind    news.Kind
		meets   []http.HandlerFunc
		refused bool
	}{
		{"the text is taken", news.KindAlert, []http.HandlerFunc{invalid}, false},
		{"of an edit", news.KindEdit, []http.HandlerFunc{invalid}, false},
		{"not even the text is", news.KindAlert, []http.HandlerFunc{invalid, invalid}, true},
	} {
		f := newFake(t)
		f.next(tt.meets...)
		d, _ := newDiscord(t, f, true)
		_, err := d.Post(t.Context(), delivery(tt.kind, readCard(t, "alert.json")))
		post, _ := errors.AsType[*news.PostError](err)
		if refused := post != nil && post.Refused; refused != tt.refused || !refused && err != nil {
			t.Errorf("%s: Post = %v, want refused %v", tt.name, err, tt.refused)
		}
		calls := f.called("")
		if len(calls) != 2 || len(calls[1].body["embeds"].([]any)) != 0 {
			t.Errorf("%s: calls %v, want two, the second without embeds", tt.name, calls)
		}
	}
}

// discordgo would sleep before the call that a limit forbids, however soon the context ends.
func TestAUsedUpLimitIsNotSleptOut(t *testing.T) {
	f := newFake(t)
	f.next(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset-After", "30")
		w.Header().Set("X-Call", "1")
		f.create(w, r)
	})
	d, _ := newDiscord(t, f, false)
	if _, err := d.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json"))); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err := d.Post(t.Context(), delivery(news.KindDigest, readCard(t, "digest.json")))
	post, ok := errors.AsType[*news.PostError](err)
	if !ok || post.Refused || !post.Channel || post.After < 29*time.Second || post.After > 30*time.Second {
		t.Errorf("Post = %v, want the channel to wait some 30s", err)
	}
	if d := time.Since(start); d > time.Second || len(f.called("")) != 1 {
		t.Errorf("it took %s and %d calls, want no wait and no second call", d, len(f.called("")))
	}
}

func TestSecretsReachNoErrorAndNoLog(t *testing.T) {
	for _, tt := range []struct {
		name  string
		meets http.HandlerFunc
	}{
		{"cut", hangsUp},
		{"rejected", answers(401, `{"code":0,"message":"401: Unauthorized"}`)},
		{"server error", answers(500, "x")},
		{"bad gateway", answers(502, "x")},
		{"limited", answers(429, "x")},
		{"not JSON", answers(200, "x")},
	} {
		f := newFake(t)
		d, log := newDiscord(t, f, true)
		f.next(tt.meets, tt.meets)
		_, post := d.Post(t.Context(), delivery(news.KindAlert, readCard(t, "alert.json")))
		if post == nil {
			t.Errorf("%s: Post = nil, want an error", tt.name)
		}
		// An interaction's token is part of its address, which Go's client puts into its errors.
		press := &interaction{ID: "1", Token: "canary-interaction", Type: discordgo.InteractionMessageComponent}
		press.Data.CustomID = bot.WhyButton("a102")
		(&listener{d: d, desk: testDesk(oneRule{})}).handle(t.Context(), press)
		if out := fmt.Sprintf("%v %+v %#v %s", post, post, post, log); strings.Contains(out, "canary") {
			t.Errorf("%s: a secret is in %q", tt.name, out)
		}
	}
}
