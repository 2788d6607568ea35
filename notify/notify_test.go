package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// A wire is a Poster that keeps what it was given. Each answer is used once; without one it accepts.
type wire struct {
	mu      sync.Mutex
	posts   []news.Delivery
	answers []error
}

func (w *wire) Post(_ context.Context, d news.Delivery) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.posts = append(w.posts, d)
	if len(w.answers) > 0 {
		err := w.answers[0]
		w.answers = w.answers[1:]
		if err != nil {
			return "", err
		}
	}
	if d.Message != "" {
		return d.Message, nil
	}
	return fmt.Sprint("m", len(w.posts)), nil
}

// A desk is a notifier with its store, its wire and a clock that stands still.
type desk struct {
	t   *testing.T
	st  *store.Store
	n   *Notifier
	w   *wire
	now time.Time
}

var deals = news.Destination{Channel: "deals", Platform: "slack", Target: "C1"}

func newDesk(t *testing.T) *desk {
	st, err := store.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	d := &desk{t: t, st: st, w: &wire{}, now: noon}
	d.restart()
	return d
}

// restart makes a new notifier on the same store, as after a kill.
func (d *desk) restart() {
	d.n = New(d.st, map[string]Poster{"slack": d.w}, slog.New(slog.DiscardHandler))
	d.n.Now = func() time.Time { return d.now }
	d.n.Gather, d.n.Pace = 0, 0
	d.n.Configure(map[string]ChannelConfig{
		"deals": {Slack: "C1"},
		"board": {Slack: "C2", Digest: "0 9 * * *", Timezone: "Europe/Berlin"},
	}, []news.Rule{
		{Name: "exclusivity", Channels: []string{"deals"}, Severity: news.High},
		{Name: "compute", Channels: []string{"deals"}, Severity: news.Low},
		{Name: "all", Channels: []string{"board"}},
		{Name: "nowhere"},
	}, nil)
	if err := d.n.recover(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// arrive stores matched articles as one poll would.
func (d *desk) arrive(as ...news.Article) {
	d.t.Helper()
	var poll []news.Arrival
	for _, a := range as {
		rule := a.Source // of the fixture: which rule it meets
		i := strings.Index(a.Text, "exclusive")
		m := news.Match{Rule: rule, Spans: []news.Span{{Field: "text", Start: i, End: i + 9, Text: "exclusive"}}}
		poll = append(poll, news.Arrival{Article: a, Matches: []news.Match{m}, Stage: news.Matched})
	}
	if err := d.st.SavePoll(d.t.Context(), "wire", news.Cursor{}, poll); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) group() {
	d.t.Helper()
	if err := d.n.Group(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) deliver() (next time.Time) {
	d.t.Helper()
	next, err := d.n.Deliver(d.t.Context(), deals)
	if err != nil {
		d.t.Fatal(err)
	}
	return next
}

// posted returns what the wire was given, and forgets it.
func (d *desk) posted() []news.Delivery {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	p := d.w.posts
	d.w.posts = nil
	return p
}

func kinds(ds []news.Delivery) []news.Kind {
	var ks []news.Kind
	for _, d := range ds {
		ks = append(ks, d.Kind)
	}
	return ks
}

func report(outlet, rule, title, text string) news.Article {
	slug := strings.ReplaceAll(strings.ToLower(outlet), " ", "-")
	return news.Article{GUID: slug, Source: rule, URL: "https://" + slug + ".example/deal", Title: title, Text: text, Outlet: outlet,
		Lang: "en", Published: noon.Add(-time.Hour), Seen: noon}
}

// The three reports of one fictional deal, the last with something new.
var (
	ledger = report("Ledger Wire", "exclusivity", "Corvane and Meridell end exclusive cloud pact",
		"Corvane and Meridell said on Tuesday that their exclusive cloud pact is over. Corvane may now buy computing from any provider. Meridell keeps a licence to Corvane's Larch models.")
	kestrel = report("Kestrel Business", "exclusivity", "Meridell loses exclusive hold on Corvane",
		"Meridell is no longer the exclusive cloud of Corvane after the two rewrote their pact on Tuesday. Corvane, maker of the Larch models, may buy computing elsewhere.")
	filing = func() news.Article {
		a := report("Meridell", "exclusivity", "Meridell and Corvane amend exclusive cloud pact",
			"Meridell and Corvane amended their exclusive cloud pact on Tuesday. Corvane commits to buy $38 billion of computing from Meridell until 2031, and may buy Larch training computing from any cloud.")
		a.Primary = true
		return a
	}()
	other = report("Stackside", "compute", "Pellucid orders two gigawatts from Gridhaven",
		"Pellucid ordered two gigawatts of exclusive capacity from Gridhaven at Ardmoor. The first halls open in spring.")
)

func TestTwoOutletsInOnePollAreOneAlert(t *testing.T) {
	d := newDesk(t)
	d.arrive(ledger, kestrel)
	d.group()
	d.deliver()
	got := d.posted()
	if len(got) != 1 || got[0].Kind != news.KindAlert || len(got[0].Card.Outlets) != 2 {
		t.Fatalf("posted %v, want one alert with two outlets", got)
	}
	c := got[0].Card
	if c.Alert != "a1" || c.Story != "s1" || c.Severity != news.High || !slices.Equal(c.Rules, []string{"exclusivity"}) || !slices.Equal(c.Matched, []string{"exclusive"}) {
		t.Errorf("card = %+v, want alert a1 of story s1, high, for exclusivity, matched exclusive", c)
	}
	for _, q := range c.Quotes {
		if !strings.Contains(ledger.Text+kestrel.Text, q.Text) || q.Outlet == "" || q.URL == "" {
			t.Errorf("quote %+v is not a sentence of an article, with its outlet", q)
		}
	}
}

func TestALaterOutletEditsTheMessage(t *testing.T) {
	d := newDesk(t)
	d.arrive(ledger)
	d.group()
	d.deliver()
	first := d.posted()
	d.now = noon.Add(20 * time.Minute)
	d.arrive(kestrel)
	d.group()
	d.deliver()
	got := d.posted()
	if !slices.Equal(kinds(got), []news.Kind{news.KindEdit}) {
		t.Fatalf("posted %v after a second outlet, want an edit", kinds(got))
	}
	if got[0].Message != "m1" || len(got[0].Card.Outlets) != 2 || got[0].Card.Alert != first[0].Card.Alert {
		t.Errorf("edit of %q with %d outlets, want of m1 with 2", got[0].Message, len(got[0].Card.Outlets))
	}
}

func TestEditsAreGatheredAndTheLastStateWins(t *testing.T) {
	d := newDesk(t)
	more := func(outlet string) news.Article {
		a := ledger
		a.GUID, a.Outlet, a.URL = outlet, outlet, "https://"+outlet+".example/reprint"
		return a
	}
	for _, outlet := range []string{"one", "two", "three", "four"} { // within a minute
		d.arrive(more(outlet))
		d.group()
		d.deliver()
		d.now = d.now.Add(15 * time.Second)
	}
	if got := d.posted(); !slices.Equal(kinds(got), []news.Kind{news.KindAlert, news.KindEdit}) {
		t.Fatalf("posted %v in the first minute, want the alert and one edit", kinds(got))
	}
	next := d.deliver()
	if want := noon.Add(15*time.Second + d.n.EditEvery); !next.Equal(want) {
		t.Errorf("the next edit is due at %v, want %v", next, want)
	}
	d.now = next
	d.deliver()
	if got := d.posted(); len(got) != 1 || len(got[0].Card.Outlets) != 4 {
		t.Errorf("posted %v, want one edit with all four outlets", got)
	}
}

func TestMaterialNewsGoesToTheThread(t *testing.T) {
	d := newDesk(t)
	d.arrive(ledger)
	d.group()
	d.deliver()
	d.posted()
	d.arrive(filing)
	d.group()
	d.deliver()
	got := d.posted()
	if !slices.Equal(kinds(got), []news.Kind{news.KindEdit, news.KindReply}) {
		t.Fatalf("posted %v after a filing, want an edit and a reply", kinds(got))
	}
	reply := got[1]
	if reply.Message != "m1" || !strings.Contains(reply.Card.News, "$38 billion") || reply.Card.Added[0].Name != "Meridell" {
		t.Errorf("reply to %q says %q by %v, want to m1, of $38 billion, by Meridell", reply.Message, reply.Card.News, reply.Card.Added)
	}
	if first := reply.Card.Outlets[0]; !first.Primary {
		t.Errorf("the first outlet is %+v, want the primary source", first)
	}
}

func TestAnotherEventIsAnotherAlert(t *testing.T) {
	d := newDesk(t)
	d.arrive(ledger, other)
	d.group()
	d.deliver()
	got := d.posted()
	if !slices.Equal(kinds(got), []news.Kind{news.KindAlert, news.KindAlert}) {
		t.Fatalf("posted %v, want two alerts", kinds(got))
	}
	if got[1].Card.Severity != news.Low {
		t.Errorf("severity of a low rule's alert = %s", got[1].Card.Severity)
	}
}

func TestAnAlertWaitsForOtherReportsOfThePoll(t *testing.T) {
	d := newDesk(t)
	d.n.Gather = time.Second
	d.arrive(ledger)
	d.group()
	if next := d.deliver(); !next.Equal(noon.Add(time.Second)) || len(d.posted()) != 0 {
		t.Fatalf("the alert is due at %v, want a second later", next)
	}
	d.arrive(kestrel)
	d.group()
	d.now = noon.Add(time.Second)
	d.deliver()
	if got := d.posted(); len(got) != 1 || len(got[0].Card.Outlets) != 2 {
		t.Errorf("posted %v, want one alert with two outlets", got)
	}
}

func TestARecapRaisesNoAlertAndSaysWhy(t *testing.T) {
	d := newDesk(t)
	a := ledger
	a.Title = "The week in AI: Corvane and Meridell end exclusive cloud pact"
	d.arrive(a)
	d.group()
	d.deliver()
	if got := d.posted(); len(got) != 0 {
		t.Errorf("posted %v, want nothing", got)
	}
	v, err := d.st.ArticleByURL(t.Context(), a.URL)
	if err != nil || !strings.Contains(v.Reason, "recap") {
		t.Errorf("verdict = %q, %v, want that it is a recap", v.Reason, err)
	}
}

func TestARuleWithoutAChannelIsSilentAndSaysWhy(t *testing.T) {
	d := newDesk(t)
	a := ledger
	a.Source = "nowhere"
	d.arrive(a)
	d.group()
	d.deliver()
	if got := d.posted(); len(got) != 0 {
		t.Errorf("posted %v, want nothing", got)
	}
	v, err := d.st.ArticleByURL(t.Context(), a.URL)
	if err != nil || v.Reason != "its rules lead to no channel" {
		t.Errorf("verdict = %q, %v, want the reason", v.Reason, err)
	}
}

func TestOutcomes(t *testing.T) {
	for _, tt := range []struct {
		name  string
		err   error
		state news.State
		due   time.Duration // from now, of a retry
	}{
		{"accepted", nil, news.Sent, 0},
		{"refused for good", &news.PostError{Refused: true, Err: errors.New("invalid_blocks")}, news.Failed, 0},
		{"not posted", &news.PostError{Channel: true, Err: errors.New("connection refused")}, news.Retry, 5 * time.Second},
		{"not taken", &news.PostError{Err: errors.New("some_new_code")}, news.Retry, 5 * time.Second},
		{"rate limited", &news.PostError{After: 30 * time.Second, Channel: true, Err: errors.New("429")}, news.Retry, 30 * time.Second},
		{"unknown", errors.New("connection reset after the request was written"), news.Held, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.w.answers = []error{tt.err}
			d.arrive(ledger)
			d.group()
			next := d.deliver()
			ds, err := d.st.StoryDeliveries(t.Context(), "s1")
			if err != nil || len(ds) != 1 || ds[0].State != tt.state || (ds[0].Reason == "") != (tt.err == nil) {
				t.Fatalf("delivery = %+v, %v, want %s with a reason for a failure", ds, err, tt.state)
			}
			if tt.due > 0 && !next.Equal(noon.Add(tt.due)) {
				t.Errorf("next attempt at %v, want after %s", next, tt.due)
			}
			d.posted()
			d.now = noon.Add(tt.due)
			d.deliver()
			if again := len(d.posted()); again != 0 && tt.state != news.Retry {
				t.Errorf("posted %d times more, want never: the state is %s", again, tt.state)
			} else if again != 1 && tt.state == news.Retry {
				t.Errorf("posted %d times more when the wait was over, want once", again)
			}
		})
	}
}

func TestAnEditOfUnknownOutcomeIsSentAgain(t *testing.T) {
	d := newDesk(t)
	d.w.answers = []error{nil, errors.New("timeout")}
	d.arrive(ledger)
	d.group()
	d.deliver()
	d.arrive(kestrel)
	d.group()
	d.now = d.deliver()
	d.deliver()
	if got := kinds(d.posted()); !slices.Equal(got, []news.Kind{news.KindAlert, news.KindEdit, news.KindEdit}) {
		t.Errorf("posted %v, want the edit twice", got)
	}
}

func TestADeliveryThatIsNotTakenStopsNoOther(t *testing.T) {
	d := newDesk(t)
	d.w.answers = []error{&news.PostError{Err: errors.New("some_new_code")}}
	d.arrive(ledger, other)
	d.group()
	next := d.deliver()
	if got := d.posted(); len(got) != 2 {
		t.Fatalf("posted %v, want both tried", got)
	}
	for range maxAttempts {
		d.w.answers = []error{&news.PostError{Err: errors.New("some_new_code")}}
		d.now = next
		next = d.deliver()
	}
	if got := d.posted(); len(got) != maxAttempts-1 {
		t.Errorf("tried %d times more, want %d", len(got), maxAttempts-1)
	}
	ds, err := d.st.StoryDeliveries(t.Context(), "s1")
	if err != nil || ds[0].State != news.Held {
		t.Errorf("after %d attempts: %+v, %v, want it held", maxAttempts, ds, err)
	}
}

func TestBackOffDoublesUpToItsLimit(t *testing.T) {
	for attempt, want := range map[int]time.Duration{1: firstRetry, 2: 2 * firstRetry, 4: 8 * firstRetry, 100: lastRetry} {
		if got := backOff(attempt); got != want {
			t.Errorf("backOff(%d) = %s, want %s", attempt, got, want)
		}
	}
}

func TestARestartRepeatsNothing(t *testing.T) {
	d := newDesk(t)
	d.arrive(ledger)
	d.group()
	d.deliver()
	d.posted()

	d.restart()
	d.group()
	d.deliver()
	if got := d.posted(); len(got) != 0 {
		t.Errorf("posted %v after a restart, want nothing", got)
	}
	d.arrive(kestrel)
	d.group()
	d.deliver()
	if got := d.posted(); !slices.Equal(kinds(got), []news.Kind{news.KindEdit}) {
		t.Errorf("posted %v, want the story to be known after a restart, and its message edited", kinds(got))
	}
}

func TestAKillWhileSendingIsHeldAndNotRepeated(t *testing.T) {
	d := newDesk(t)
	d.arrive(ledger)
	d.group()
	if _, ok, err := d.st.Claim(t.Context(), deals, d.now); !ok || err != nil {
		t.Fatalf("Claim() = %v, %v", ok, err)
	}
	d.restart()
	d.deliver()
	if got := d.posted(); len(got) != 0 {
		t.Errorf("posted %v, want nothing: the platform may have it", got)
	}
	ds, err := d.st.StoryDeliveries(t.Context(), "s1")
	if err != nil || ds[0].State != news.Held {
		t.Errorf("state = %v, %v, want held", ds, err)
	}
}

func TestADigestGathersAndForgets(t *testing.T) {
	d := newDesk(t)
	a, b := ledger, other
	a.Source, b.Source = "all", "all"
	d.arrive(a, b)
	d.group()
	if err := d.n.Digest(t.Context(), "board"); err != nil {
		t.Fatal(err)
	}
	if err := d.n.Digest(t.Context(), "board"); err != nil { // nothing waits any more
		t.Fatal(err)
	}
	board := news.Destination{Channel: "board", Platform: "slack", Target: "C2"}
	if _, err := d.n.Deliver(t.Context(), board); err != nil {
		t.Fatal(err)
	}
	got := d.posted()
	if len(got) != 1 || got[0].Kind != news.KindDigest || len(got[0].Card.Stories) != 2 {
		t.Fatalf("posted %+v, want one digest of two stories", got)
	}
	if e := got[0].Card.Stories[0]; e.Headline == "" || e.URL == "" || len(e.Outlets) != 1 {
		t.Errorf("digest entry = %+v, want headline, link and outlet", e)
	}
}

func TestRunDeliversAtOnceAndStopsWhenAsked(t *testing.T) {
	d := newDesk(t)
	d.n.Now = time.Now
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- d.n.Run(ctx) }()
	d.arrive(ledger)
	d.n.Wake()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		d.w.mu.Lock()
		n := len(d.w.posts)
		d.w.mu.Unlock()
		if n == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no alert within ten seconds")
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run() = %v, want nil", err)
	}
}

func TestChannelConfigFaults(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    ChannelConfig
		want string // path and beginning of the message; "" for none
	}{
		{"one platform", ChannelConfig{Slack: "C1"}, ""},
		{"digest", ChannelConfig{Terminal: true, Digest: "0 9 * * 1-5", Timezone: "Europe/Berlin"}, ""},
		{"nowhere", ChannelConfig{}, ": the channel has no destination"},
		{"zone", ChannelConfig{Terminal: true, Timezone: "Mars/Base"}, "timezone: no such time zone"},
		{"digest not cron", ChannelConfig{Terminal: true, Digest: "daily"}, "digest: not a cron expression"},
		{"digest every", ChannelConfig{Terminal: true, Digest: "@every 1h"}, "digest: not a cron expression"},
		{"digest with a zone", ChannelConfig{Terminal: true, Digest: "TZ=UTC"}, "digest: not a cron expression"},
	} {
		var got string
		for _, f := range tt.c.Check() {
			got += f.Path + ": " + f.Msg
			if f.Hint == "" {
				t.Errorf("%s: fault %q has no way out", tt.name, f.Msg)
			}
		}
		if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: Check() = %q, want %q", tt.name, got, tt.want)
		}
	}
}
