package discord

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
	fakediscord "github.com/pactwatch/pactwatch/internal/fake/discord"
	"github.com/pactwatch/pactwatch/internal/news"
)

func TestWhatAnErrorMeans(t *testing.T) {
	const (
		refusedForGood = "refused"
		notPosted      = "not posted"
		channelWaits   = "channel waits"
		unknownOutcome = "unknown"
	)
	says := func(status, code int) fakediscord.Fault { return fakediscord.Says(status, code, "It says so") }
	for _, tt := range []struct {
		name  string
		kind  news.Kind
		meets fakediscord.Fault
		want  string
		after time.Duration
	}{
		{"429", news.KindAlert, fakediscord.Fault{Status: 429, Body: `{"message":"You are being rate limited.","retry_after":64.57,"global":false}`}, channelWaits, 64570 * time.Millisecond},
		{"429 of the network in front", news.KindAlert, fakediscord.Fault{Status: 429, Body: "<html>"}, channelWaits, waitUnstated},
		{"edits of an old message", news.KindEdit, fakediscord.Fault{Status: 429, Body: `{"message":"x","retry_after":1200,"code":30046}`}, notPosted, 20 * time.Minute},
		{"token dead", news.KindAlert, says(401, 0), channelWaits, waitForPerson},
		{"channel gone", news.KindAlert, says(404, 10003), channelWaits, waitForPerson},
		{"permission", news.KindAlert, says(403, 50013), channelWaits, waitForPerson},
		{"moderation", news.KindAlert, says(400, 200000), refusedForGood, 0},
		{"a forum", news.KindAlert, says(400, 50008), refusedForGood, 0},
		{"message gone", news.KindEdit, says(404, 10008), refusedForGood, 0},
		{"message not ours", news.KindEdit, says(403, 50005), refusedForGood, 0},
		{"no thread allowed", news.KindReply, says(403, 50013), notPosted, waitForPerson},
		{"thread may be there", news.KindReply, fakediscord.Fault{Status: 502}, notPosted, 0},
		{"a code nobody knows", news.KindAlert, says(400, 31337), notPosted, 0},
		{"HTTP 500", news.KindAlert, fakediscord.Fault{Status: 500, Body: "<html>"}, unknownOutcome, 0},
		{"HTTP 502", news.KindAlert, fakediscord.Fault{Status: 502}, unknownOutcome, 0},
		{"not JSON", news.KindAlert, fakediscord.Fault{Status: 200, Body: "<html>"}, unknownOutcome, 0},
		{"cut after the request", news.KindAlert, fakediscord.Fault{Cut: true}, unknownOutcome, 0},
		{"not the API", news.KindAlert, fakediscord.Fault{Status: 404, Body: "<html>"}, channelWaits, waitForServer},
		{"a redirect", news.KindAlert, fakediscord.Fault{Status: 307, Header: map[string]string{"Location": "/elsewhere"}}, channelWaits, waitForServer},
	} {
		f := newGuild(t)
		f.Fail("", tt.meets)
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
		if n := len(f.Calls("")); n != 1 {
			t.Errorf("%s: %d calls, want 1", tt.name, n)
		}
	}
}

func TestThreadThatWasDeletedTakesNoReply(t *testing.T) {
	f := newGuild(t)
	f.Fail("", fakediscord.Fault{Status: 400, Body: `{"code":160004,"message":"x"}`}, fakediscord.Fault{Status: 404, Body: `{"code":10003,"message":"Unknown Channel"}`})
	d, _ := newDiscord(t, f, false)
	_, err := d.Post(t.Context(), delivery(news.KindReply, readCard(t, "reply.json")))
	if post, ok := errors.AsType[*news.PostError](err); !ok || !post.Refused || post.Channel {
		t.Errorf("Post = %v, want it refused, and its channel left alone", err)
	}
}

func TestRefusedEmbedIsSentAsTextOnce(t *testing.T) {
	invalid := fakediscord.Fault{Status: 400, Body: `{"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":{"url":{"_errors":[{"code":"URL_TYPE_INVALID_URL"}]}}}}}`}
	for _, tt := range []struct {
		name    string
		kind    news.Kind
		meets   []fakediscord.Fault
		refused bool
	}{
		{"the text is taken", news.KindAlert, []fakediscord.Fault{invalid}, false},
		{"of an edit", news.KindEdit, []fakediscord.Fault{invalid}, false},
		{"not even the text is", news.KindAlert, []fakediscord.Fault{invalid, invalid}, true},
	} {
		f := newGuild(t)
		f.Fail("", tt.meets...)
		d, _ := newDiscord(t, f, true)
		_, err := d.Post(t.Context(), delivery(tt.kind, readCard(t, "alert.json")))
		post, _ := errors.AsType[*news.PostError](err)
		if refused := post != nil && post.Refused; refused != tt.refused || !refused && err != nil {
			t.Errorf("%s: Post = %v, want refused %v", tt.name, err, tt.refused)
		}
		calls := f.Calls("")
		if len(calls) != 2 || len(calls[1].Body["embeds"].([]any)) != 0 {
			t.Errorf("%s: calls %v, want two, the second without embeds", tt.name, calls)
		}
	}
}

// discordgo would sleep before the call that a limit forbids, however soon the context ends.
func TestAUsedUpLimitIsNotSleptOut(t *testing.T) {
	f := newGuild(t)
	f.Fail("", fakediscord.Fault{Extra: true, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "30"}})
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
	if d := time.Since(start); d > time.Second || len(f.Calls("")) != 1 {
		t.Errorf("it took %s and %d calls, want no wait and no second call", d, len(f.Calls("")))
	}
}

func TestSecretsReachNoErrorAndNoLog(t *testing.T) {
	for _, tt := range []struct {
		name  string
		meets fakediscord.Fault
	}{
		{"cut", fakediscord.Fault{Cut: true}},
		{"rejected", fakediscord.Fault{Status: 401, Body: `{"code":0,"message":"401: Unauthorized"}`}},
		{"server error", fakediscord.Fault{Status: 500, Body: "x"}},
		{"bad gateway", fakediscord.Fault{Status: 502, Body: "x"}},
		{"limited", fakediscord.Fault{Status: 429, Body: "x"}},
		{"not JSON", fakediscord.Fault{Status: 200, Body: "x"}},
	} {
		f := newGuild(t)
		d, log := newDiscord(t, f, true)
		f.Fail("", tt.meets, tt.meets)
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
