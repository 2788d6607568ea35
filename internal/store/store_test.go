package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactwatch/pactwatch/internal/news"
)

// engines are the databases that the suite below must hold on. Each opens the same empty database
// again when called with the same test's name.
var engines = map[string]func(t *testing.T, name string) *Store{
	"sqlite": func(t *testing.T, name string) *Store {
		st, err := Open(t.Context(), filepath.Join(t.TempDir(), name+".db"))
		if err != nil {
			t.Fatal(err)
		}
		return st
	},
	"memory": func(t *testing.T, _ string) *Store {
		st, err := Open(t.Context(), ":memory:")
		if err != nil {
			t.Fatal(err)
		}
		return st
	},
}

// onEach runs a test on every engine.
func onEach(t *testing.T, test func(t *testing.T, st *Store)) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			st := open(t, "pactwatch")
			defer func() {
				if err := st.Close(); err != nil {
					t.Errorf("Close() = %v", err)
				}
			}()
			test(t, st)
		})
	}
}

var (
	noon  = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	deals = news.Destination{Channel: "deals", Platform: "slack", Target: "C1"}
)

func entry(guid string, stage news.Stage, ms ...news.Match) news.Arrival {
	return news.Arrival{
		Article: news.Article{GUID: guid, URL: "https://ledger.example/" + guid, Title: "Title " + guid, Text: "Text.",
			Outlet: "Ledger", Lang: "en", Published: noon.Add(-time.Hour), Seen: noon},
		Matches: ms, Stage: stage,
	}
}

var exclusive = news.Match{Rule: "exclusivity", Spans: []news.Span{{Field: "title", Start: 0, End: 5, Text: "Title"}}}

// must stops the test where a call that only sets the scene fails.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSourcesOfTheFirstStartAreFounding(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		ok(t, st.Introduce(t.Context(), []string{"a", "b"}))
		ok(t, st.Introduce(t.Context(), []string{"a", "b", "later"}))
		for name, want := range map[string]bool{"a": true, "b": true, "later": false, "never": false} {
			if _, got, err := st.Source(t.Context(), name); got != want || err != nil {
				t.Errorf("Source(%q) is founding: %v, %v, want %v", name, got, err, want)
			}
		}
	})
}

func TestAPollCommitsEntriesAndCursorTogether(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		ok(t, st.Introduce(t.Context(), []string{"a"}))
		c := news.Cursor{ETag: `"1"`, FirstPoll: noon, LastOK: noon, Failures: 2}
		poll := []news.Arrival{entry("g1", news.Unread), entry("g2", news.Matched, exclusive)}
		ok(t, st.SavePoll(t.Context(), "a", c, poll))
		ok(t, st.SavePoll(t.Context(), "a", c, poll)) // run twice, as after a kill

		got, _, err := st.Source(t.Context(), "a")
		if diff := cmp.Diff(c, got); diff != "" || err != nil {
			t.Errorf("Source() cursor, %v (-want +got):\n%s", err, diff)
		}
		known, err := st.Known(t.Context(), "a", []string{"g1", "g3", "https://ledger.example/g2"})
		if diff := cmp.Diff(map[string]bool{"g1": true, "https://ledger.example/g2": true}, known); diff != "" || err != nil {
			t.Errorf("Known(), %v (-want +got):\n%s", err, diff)
		}
		other, err := st.Known(t.Context(), "b", []string{"g1"})
		if len(other) != 0 || err != nil {
			t.Errorf("Known() of another source = %v, %v, want none", other, err)
		}
		if n := must(st.Counts(t.Context()))(t).Articles; n != 2 {
			t.Errorf("stored %d articles, want 2", n)
		}
	})
}

func TestAFailedPollLeavesNothingBehind(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		bad := entry("g2", "no such stage")
		if err := st.SavePoll(t.Context(), "a", news.Cursor{ETag: "new"}, []news.Arrival{entry("g1", news.Unread), bad}); err == nil {
			t.Fatal("SavePoll() with a stage that does not exist = nil, want an error")
		}
		c, _, err := st.Source(t.Context(), "a")
		if c != (news.Cursor{}) || err != nil {
			t.Errorf("cursor after a failed poll = %+v, %v, want the zero one", c, err)
		}
		if n := must(st.Counts(t.Context()))(t).Articles; n != 0 {
			t.Errorf("a failed poll stored %d articles, want 0", n)
		}
	})
}

func TestManyEntriesAreKnown(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		var poll []news.Arrival
		var guids []string
		for i := range 1200 {
			g := fmt.Sprint("g", i)
			poll, guids = append(poll, entry(g, news.Done)), append(guids, g)
		}
		ok(t, st.SavePoll(t.Context(), "a", news.Cursor{}, poll))
		if known := must(st.Known(t.Context(), "a", guids))(t); len(known) != 1200 {
			t.Errorf("Known() of 1,200 stored GUIDs found %d", len(known))
		}
	})
}

func TestReadingMovesAnArticleOnOnce(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		ok(t, st.SavePoll(t.Context(), "a", news.Cursor{}, []news.Arrival{entry("g1", news.Unread, exclusive), entry("g2", news.Unread)}))
		waits := must(st.Unread(t.Context(), noon, 10))(t)
		if len(waits) != 2 || waits[0].Article.ID != "n1" || len(waits[0].Matches) != 1 {
			t.Fatalf("Unread() = %+v, want n1 with its match, then n2", waits)
		}

		ok(t, st.PostponeReading(t.Context(), "n2", noon.Add(time.Minute), "slow"))
		if now := must(st.Unread(t.Context(), noon, 10))(t); len(now) != 1 {
			t.Errorf("Unread() has %d articles while one is postponed, want 1", len(now))
		}
		later := must(st.Unread(t.Context(), noon.Add(time.Minute), 10))(t)
		if len(later) != 2 || later[1].Attempts != 1 {
			t.Errorf("Unread() a minute later = %+v, want both, n2 with one attempt", later)
		}

		a := waits[0].Article
		a.Text, a.Canonical = "The whole text.", "https://ledger.example/whole"
		two := []news.Match{{Rule: "z"}, {Rule: "a", Spans: exclusive.Spans}}
		ok(t, st.SaveReading(t.Context(), a, two, news.Matched, ""))
		a.Text = "read again"
		ok(t, st.SaveReading(t.Context(), a, nil, news.Done, "no rule matches")) // run twice, late

		got := must(st.Reported(t.Context(), 10))(t)
		a.Text = "The whole text."
		want := []news.Reported{{Article: a, Matches: two}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Reported() (-want +got):\n%s", diff)
		}
	})
}

// join opens a story for a newly matched article, with an alert to deals, and returns its delivery's key.
func join(t *testing.T, st *Store, guid, story string) string {
	t.Helper()
	ok(t, st.SavePoll(t.Context(), "a", news.Cursor{}, []news.Arrival{entry(guid, news.Matched, exclusive)}))
	r := must(st.Reported(t.Context(), 1))(t)[0]
	d := news.Delivery{Key: story + "/deals/slack/alert", Destination: deals, Kind: news.KindAlert, State: news.Pending,
		Card: news.Card{Story: story, Headline: guid}, Due: noon, Created: noon}
	ok(t, st.SaveJoining(t.Context(), news.Joining{Article: r.Article.ID, Why: "nothing like it",
		Telling: news.Telling{Story: story, Headline: guid, At: noon, Deliveries: []news.Delivery{d}}}))
	return d.Key
}

func follow(t *testing.T, st *Store, kind news.Kind, story, key string, due time.Time) {
	t.Helper()
	guid := "follows-" + key
	ok(t, st.SavePoll(t.Context(), "a", news.Cursor{}, []news.Arrival{entry(guid, news.Matched, exclusive)}))
	r := must(st.Reported(t.Context(), 1))(t)[0]
	ok(t, st.SaveJoining(t.Context(), news.Joining{Article: r.Article.ID, Telling: news.Telling{Story: story, Headline: guid, At: noon,
		Deliveries: []news.Delivery{{Key: key, Destination: deals, Kind: kind, State: news.Pending, Due: due, Created: noon}}}}))
}

func TestAJoiningIsStoredOnceAndWhole(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		again := news.Joining{Article: "n1", Telling: news.Telling{Story: "s2", At: noon, Headline: "twice"}}
		ok(t, st.SaveJoining(t.Context(), again)) // run twice: the article is no longer waiting

		ms := must(st.StoryMembers(t.Context(), "s1"))(t)
		if len(ms) != 1 || ms[0].Why != "nothing like it" || len(ms[0].Matches) != 1 || !ms[0].Joined.Equal(noon) {
			t.Errorf("StoryMembers(s1) = %+v, want n1 with its match, why and when", ms)
		}
		if ms := must(st.StoryMembers(t.Context(), "s2"))(t); len(ms) != 0 {
			t.Errorf("an article that had its story joined another: %+v", ms)
		}
		if ds := must(st.StoryDeliveries(t.Context(), "s1"))(t); len(ds) != 1 || ds[0].Card.Alert != "a1" {
			t.Errorf("StoryDeliveries(s1) = %+v, want one, of alert a1", ds)
		}
	})
}

func TestTheIndexIsMadeOfWhatJoinedLately(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		if newest := must(st.NewestStory(t.Context()))(t); newest != "" {
			t.Errorf("NewestStory() of none = %q", newest)
		}
		join(t, st, "g1", "s1")
		join(t, st, "g2", "s2")
		if ms := must(st.MembersSince(t.Context(), noon))(t); len(ms) != 2 || ms[0].Story != "s1" {
			t.Errorf("MembersSince(when both joined) = %+v, want both in order", ms)
		}
		if ms := must(st.MembersSince(t.Context(), noon.Add(time.Second)))(t); len(ms) != 0 {
			t.Errorf("MembersSince(later) = %+v, want none", ms)
		}
		ok(t, st.SaveMove(t.Context(), news.Move{Article: "n2", From: "s2", To: "s1", At: noon}))
		if newest := must(st.NewestStory(t.Context()))(t); newest != "s2" {
			t.Errorf("NewestStory() = %q, want s2 though it has no article any more: the next one is s3", newest)
		}
	})
}

func claim(t *testing.T, st *Store, now time.Time) (news.Delivery, bool) {
	t.Helper()
	d, ok, err := st.Claim(t.Context(), deals, now)
	if err != nil {
		t.Fatal(err)
	}
	return d, ok
}

func settle(t *testing.T, st *Store, d news.Delivery, s news.State, message string, due time.Time) {
	t.Helper()
	d.State, d.Message, d.Due, d.Settled = s, message, due, noon
	d.Holds = s == news.Retry
	ok(t, st.Settle(t.Context(), d))
}

func TestWhatIsClaimedIsWrittenDownFirst(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		key := join(t, st, "g1", "s1")
		d, got := claim(t, st, noon)
		if !got || d.Key != key || d.State != news.Sending || d.Attempts != 1 {
			t.Fatalf("Claim() = %+v, %v, want %s being sent for the first time", d, got, key)
		}
		if again, got := claim(t, st, noon); got {
			t.Errorf("a delivery being sent was claimed again: %+v", again)
		}
		if in := must(st.Interrupted(t.Context()))(t); len(in) != 1 || in[0].Key != key {
			t.Errorf("Interrupted() = %+v, want the delivery being sent", in)
		}
	})
}

func TestEditsAndRepliesWaitForTheirAlert(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		alert, _ := claim(t, st, noon)
		follow(t, st, news.KindEdit, "s1", "edit", noon)
		follow(t, st, news.KindReply, "s1", "reply", noon)
		if d, got := claim(t, st, noon); got {
			t.Fatalf("Claim() before the alert is sent = %+v, want none", d)
		}
		settle(t, st, alert, news.Sent, "ts1", noon)
		for _, want := range []string{"edit", "reply"} {
			d, got := claim(t, st, noon)
			if !got || d.Key != want || d.Message != "ts1" {
				t.Errorf("Claim() = %s with message %q, %v, want %s with ts1", d.Key, d.Message, got, want)
			}
		}
	})
}

func TestWhatFollowsAFailedAlertFailsWithIt(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		alert, _ := claim(t, st, noon)
		follow(t, st, news.KindEdit, "s1", "edit", noon)
		settle(t, st, alert, news.Failed, "", noon)
		ds := must(st.StoryDeliveries(t.Context(), "s1"))(t)
		if len(ds) != 2 || ds[1].State != news.Failed || ds[1].Reason == "" {
			t.Errorf("the edit of a failed alert = %+v, want it failed, with a reason", ds)
		}
	})
}

func TestARetryHoldsTheOrderOfItsDestination(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		first := join(t, st, "g1", "s1")
		d, _ := claim(t, st, noon)
		join(t, st, "g2", "s2")
		settle(t, st, d, news.Retry, "", noon.Add(30*time.Second))

		if d, got := claim(t, st, noon.Add(29*time.Second)); got {
			t.Fatalf("Claim() overtook a delivery that waits: %+v", d)
		}
		due := must(st.NextDue(t.Context(), deals))(t)
		if !due.Equal(noon.Add(30 * time.Second)) {
			t.Errorf("NextDue() = %v, want the end of the wait, although another is due before", due)
		}
		if d, got := claim(t, st, noon.Add(30*time.Second)); !got || d.Key != first || d.Attempts != 2 {
			t.Errorf("Claim() when the wait is over = %+v, %v, want %s again", d, got, first)
		}
	})
}

func TestARetryThatDoesNotHoldIsOvertaken(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		d, _ := claim(t, st, noon)
		second := join(t, st, "g2", "s2")
		d.State, d.Due = news.Retry, noon.Add(time.Hour)
		ok(t, st.Settle(t.Context(), d))
		if got, _ := claim(t, st, noon); got.Key != second {
			t.Errorf("Claim() = %q, want %s: the first one's trouble is its own", got.Key, second)
		}
		if due := must(st.NextDue(t.Context(), deals))(t); !due.Equal(noon.Add(time.Hour)) {
			t.Errorf("NextDue() = %v, want when the first is tried again", due)
		}
	})
}

func TestAWaitingDeliveryTakesTheNewCard(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		grown := must(st.StoryDeliveries(t.Context(), "s1"))(t)[0]
		grown.Card.Headline = "grown"
		ok(t, st.SavePoll(t.Context(), "a", news.Cursor{}, []news.Arrival{entry("g2", news.Matched), entry("g3", news.Matched)}))
		j := news.Joining{Article: "n2", Telling: news.Telling{Story: "s1", At: noon, Deliveries: []news.Delivery{grown}}}
		ok(t, st.SaveJoining(t.Context(), j))
		d, _ := claim(t, st, noon)
		if d.Card.Headline != "grown" {
			t.Errorf("the claimed card's headline is %q, want the newest", d.Card.Headline)
		}

		j.Article = "n3"
		if err := st.SaveJoining(t.Context(), j); !errors.Is(err, news.ErrOvertaken) {
			t.Errorf("SaveJoining() on a delivery that has left = %v, want ErrOvertaken", err)
		}
		if rs := must(st.Reported(t.Context(), 10))(t); len(rs) != 1 || rs[0].Article.ID != "n3" {
			t.Errorf("after ErrOvertaken %+v wait for a story, want n3", rs)
		}
	})
}

func TestAWaitingDeliveryCanBeCalledOff(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		d := must(st.StoryDeliveries(t.Context(), "s1"))(t)[0]
		d.State, d.Reason, d.Settled = news.Failed, "called off", noon
		off := news.Telling{Story: "s1", At: noon, Deliveries: []news.Delivery{d}}
		ok(t, st.SaveTelling(t.Context(), off))
		if got, claimed := claim(t, st, noon); claimed {
			t.Errorf("Claim() = %+v, want nothing", got)
		}
		if got := must(st.StoryDeliveries(t.Context(), "s1"))(t)[0]; got.State != news.Failed || got.Reason != "called off" || got.Card.Headline != "g1" {
			t.Errorf("it is %+v, want it failed, with its card", got)
		}
		if err := st.SaveTelling(t.Context(), off); !errors.Is(err, news.ErrOvertaken) {
			t.Errorf("SaveTelling() of what no longer waits = %v, want ErrOvertaken", err)
		}
	})
}

func TestADigestTellsWhatWaitsOnce(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		ok(t, st.SavePoll(t.Context(), "a", news.Cursor{}, []news.Arrival{entry("g1", news.Matched)}))
		ok(t, st.SaveJoining(t.Context(), news.Joining{Article: "n1", Telling: news.Telling{Story: "s1", Headline: "A deal", At: noon, Digests: []string{"board"}}}))
		waits := must(st.Waiting(t.Context(), "board"))(t)
		if len(waits) != 1 || waits[0].Headline != "A deal" || len(waits[0].Members) != 1 {
			t.Fatalf("Waiting() = %+v, want the story with its member", waits)
		}
		d := news.Delivery{Key: "digest/board/1", Destination: deals, Kind: news.KindDigest, State: news.Pending, Due: noon}
		ok(t, st.SaveDigest(t.Context(), waits, []news.Delivery{d}))
		ok(t, st.SaveDigest(t.Context(), waits, []news.Delivery{d})) // run twice
		if left := must(st.Waiting(t.Context(), "board"))(t); len(left) != 0 {
			t.Errorf("Waiting() after the digest = %+v, want none", left)
		}
		if got, _ := claim(t, st, noon); got.Key != d.Key {
			t.Errorf("Claim() = %q, want the digest", got.Key)
		}
		if again, got := claim(t, st, noon); got {
			t.Errorf("the digest was stored twice: %+v", again)
		}
	})
}

func TestAnswers(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		join(t, st, "g2", "s2")
		ok(t, st.SavePoll(t.Context(), "a", news.Cursor{}, []news.Arrival{{Article: entry("g3", "").Article, Stage: news.Done, Reason: "no rule matches"}}))

		if as := must(st.SearchAlerts(t.Context(), news.AlertSearch{}, 1))(t); len(as) != 1 || as[0].ID != "a2" || as[0].Headline != "g2" {
			t.Errorf("SearchAlerts(everything, 1) = %+v, want a2", as)
		}
		if a := must(st.Alert(t.Context(), "a1"))(t); a.Story != "s1" || len(a.Members) != 1 {
			t.Errorf("Alert(a1) = %+v, want that of s1 with its member", a)
		}
		for _, id := range []string{"a3", "s1", "", "a1; DROP TABLE alert"} {
			if _, err := st.Alert(t.Context(), id); !errors.Is(err, news.ErrNotFound) {
				t.Errorf("Alert(%q) = %v, want ErrNotFound", id, err)
			}
		}
		if v := must(st.ArticleByURL(t.Context(), "https://ledger.example/g3"))(t); v.Reason != "no rule matches" {
			t.Errorf("ArticleByURL(g3) = %+v, want its reason", v)
		}
		if _, err := st.ArticleByURL(t.Context(), "https://ledger.example/none"); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("ArticleByURL() of an address nobody showed = %v, want ErrNotFound", err)
		}
		if vs := must(st.Verdicts(t.Context(), 2))(t); len(vs) != 2 || vs[1].Article.GUID != "g3" {
			t.Errorf("Verdicts(2) = %+v, want g2 and g3", vs)
		}
		if ss := must(st.Sources(t.Context()))(t); len(ss) != 1 || ss[0].Name != "a" {
			t.Errorf("Sources() = %+v, want a", ss)
		}
		want := news.Counts{Articles: 3, Stories: 2, Alerts: 2, Deliveries: map[news.State]int{news.Pending: 2}}
		if diff := cmp.Diff(want, must(st.Counts(t.Context()))(t)); diff != "" {
			t.Errorf("Counts() (-want +got):\n%s", diff)
		}
	})
}

func TestPruningForgetsTheTextAndKeepsTheIdentity(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		ok(t, st.SavePoll(t.Context(), "a", news.Cursor{}, []news.Arrival{entry("g1", news.Done), entry("g2", news.Unread)}))
		if n := must(st.Prune(t.Context(), noon.Add(time.Second)))(t); n != 1 {
			t.Errorf("Prune() = %d, want 1: the unread article is still in use", n)
		}
		if known := must(st.Known(t.Context(), "a", []string{"g1"}))(t); !known["g1"] {
			t.Error("a pruned article is no longer known, and would be news again")
		}
	})
}

func TestWhatWasStoredIsThereAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pactwatch.db")
	st := must(Open(t.Context(), path))(t)
	join(t, st, "g1", "s1")
	claim(t, st, noon)
	ok(t, st.Close())

	st = must(Open(t.Context(), path))(t)
	defer st.Close()
	if in := must(st.Interrupted(t.Context()))(t); len(in) != 1 {
		t.Errorf("Interrupted() after a restart = %+v, want the one being sent", in)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.db")
	ok(t, os.WriteFile(text, []byte(strings.Repeat("not a database\n", 100)), 0o600))

	foreign := filepath.Join(dir, "foreign.db")
	db := must(connect(t.Context(), foreign))(t)
	must(db.ExecContext(t.Context(), `CREATE TABLE invoices (id INTEGER)`))(t)
	ok(t, db.Close())

	newer := filepath.Join(dir, "newer.db")
	st := must(Open(t.Context(), newer))(t)
	must(st.db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`))(t)
	ok(t, st.Close())

	running := filepath.Join(dir, "running.db")
	st = must(Open(t.Context(), running))(t)
	defer st.Close()

	for _, tt := range []struct{ path, want string }{
		{text, "not a SQLite database"},
		{foreign, "belongs to another program"},
		{newer, "version 9999 and this pactwatch knows"},
		{running, fmt.Sprintf("another pactwatch is running on it (pid %d on ", os.Getpid())},
		{filepath.Join(dir, "no", "such", "folder.db"), "no such file or directory"},
		{"postgres://localhost/pactwatch", "PostgreSQL comes with a later version"},
	} {
		st, err := Open(context.Background(), tt.path)
		if err == nil {
			st.Close()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Open(%s) = %v, want an error that says %q", filepath.Base(tt.path), err, tt.want)
		}
	}
}

func TestTheFileIsItsOwnersOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pactwatch.db")
	st := must(Open(t.Context(), path))(t)
	defer st.Close()
	for _, p := range []string{path, path + ".lock"} {
		info := must(os.Stat(p))(t)
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("mode of %s = %o, want 600", filepath.Base(p), got)
		}
	}
}

func TestPathsWithSpecialCharacters(t *testing.T) {
	for _, name := range []string{"a b.db", "what?.db", "50%.db", "a#b.db", "ä.db"} {
		path := filepath.Join(t.TempDir(), name)
		st, err := Open(t.Context(), path)
		if err != nil {
			t.Errorf("Open(%q): %v", name, err)
			continue
		}
		ok(t, st.Close())
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("Open(%q) wrote to another file", name)
		}
	}
}
