package store

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactwatch/pactwatch/internal/news"
)

func free(string) bool { return false }

func newRule(match string) news.Change {
	return news.Change{At: noon, By: news.Actor{Platform: "slack", ID: "U1", Name: "Ada"}, Channel: "C1", Action: "watch add",
		Kind: news.RuleRecord, After: json.RawMessage(`{"match":"` + match + `"}`)}
}

func TestEveryChangeIsKeptAndNoKeyIsGivenTwice(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		made := must(st.SaveChanges(t.Context(), []news.Change{newRule("a"), newRule("b")}, free))(t)
		if made[0].Key != "r1" || made[1].Key != "r2" || made[1].ID != "x2" {
			t.Fatalf("SaveChanges() = %+v, want r1 as x1 and r2 as x2", made)
		}
		gone := made[1]
		gone.ID, gone.Action, gone.Before, gone.After = "", "watch remove", made[1].After, nil
		must(st.SaveChanges(t.Context(), []news.Change{gone}, free))(t)
		next := must(st.SaveChanges(t.Context(), []news.Change{newRule("c")}, func(key string) bool { return key == "r3" }))(t)
		if next[0].Key != "r4" {
			t.Errorf("the next rule is %s, want r4: r2 was given, r3 is taken", next[0].Key)
		}
		want := []news.Record{
			{Kind: news.RuleRecord, Key: "r1", Value: json.RawMessage(`{"match":"a"}`)},
			{Kind: news.RuleRecord, Key: "r4", Value: json.RawMessage(`{"match":"c"}`)},
		}
		if diff := cmp.Diff(want, must(st.Records(t.Context()))(t)); diff != "" {
			t.Errorf("Records() (-want +got):\n%s", diff)
		}
		gone.ID = "x3"
		if diff := cmp.Diff([]news.Change{gone, made[1]}, must(st.ChangesOf(t.Context(), news.RuleRecord, "r2"))(t)); diff != "" {
			t.Errorf("ChangesOf(r2) (-want +got):\n%s", diff)
		}
		if got := must(st.Changes(t.Context(), 2))(t); len(got) != 2 || got[0].ID != "x4" {
			t.Errorf("Changes(2) = %+v, want x4 and x3", got)
		}
		if _, err := st.Change(t.Context(), "x99"); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("Change(x99) = %v, want ErrNotFound", err)
		}
	})
}

func TestAChangeThatFindsSomethingElseChangesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		made := must(st.SaveChanges(t.Context(), []news.Change{newRule("a")}, free))(t)[0]
		stale := made
		stale.Before, stale.After = json.RawMessage(`{"match":"old"}`), json.RawMessage(`{"match":"new"}`)
		if _, err := st.SaveChanges(t.Context(), []news.Change{newRule("b"), stale}, free); !errors.Is(err, news.ErrOvertaken) {
			t.Errorf("SaveChanges() = %v, want ErrOvertaken", err)
		}
		if got := must(st.Changes(t.Context(), 9))(t); len(got) != 1 {
			t.Errorf("%d changes are stored, want 1: all or none", len(got))
		}
	})
}

func TestWhatWasHandledIsKnownForADay(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		for _, tt := range []struct {
			id   string
			at   time.Time
			want bool
		}{
			{"Ev1", noon, false}, {"Ev1", noon.Add(time.Hour), true}, {"Ev2", noon, false}, {"Ev1", noon.Add(25 * time.Hour), false},
		} {
			if got := must(st.Handled(t.Context(), tt.id, tt.at))(t); got != tt.want {
				t.Errorf("Handled(%s at %s) = %v, want %v", tt.id, tt.at, got, tt.want)
			}
		}
	})
}

func TestAlertsAreFoundByWhatTheySay(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		follow(t, st, news.KindAlert, "s1", "k1", noon)
		for _, tt := range []struct {
			s    news.AlertSearch
			want int
		}{
			{news.AlertSearch{Words: "titles"}, 1}, // inflected
			{news.AlertSearch{Words: "title absent"}, 0},
			{news.AlertSearch{Words: `"title" OR ( * NEAR`}, 0}, // no operators: words that are not there
			{news.AlertSearch{Words: `-- ''`}, 0},
			{news.AlertSearch{Rule: "exclusivity"}, 1},
			{news.AlertSearch{Rule: "other"}, 0},
			{news.AlertSearch{Story: "s1", Channel: "deals"}, 1},
			{news.AlertSearch{Story: "x"}, 0},
			{news.AlertSearch{Since: noon.Add(time.Hour)}, 0},
			{news.AlertSearch{Until: noon.Add(time.Hour)}, 1},
		} {
			got, err := st.SearchAlerts(t.Context(), tt.s, 9)
			if len(got) != tt.want || err != nil {
				t.Errorf("SearchAlerts(%+v) finds %d, %v, want %d", tt.s, len(got), err, tt.want)
			}
		}
		must(st.Prune(t.Context(), noon.Add(time.Hour)))(t)
		if got := must(st.SearchAlerts(t.Context(), news.AlertSearch{Words: "text"}, 9))(t); len(got) != 1 {
			t.Errorf("after its text was forgotten, %d alerts are found, want 1", len(got))
		}
		if n := must(st.AlertsOf(t.Context(), "exclusivity"))(t); n != 1 {
			t.Errorf("AlertsOf(exclusivity) = %d, want 1", n)
		}
	})
}

func TestArticlesSinceYieldsAllInOrder(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		var poll []news.Arrival
		for i := range readAhead + 3 {
			e := entry(string(rune('a'+i%26))+time.Duration(i).String(), news.Done)
			if i < 2 {
				e.Article.Seen = noon.Add(-time.Hour)
			}
			poll = append(poll, e)
		}
		ok(t, st.SavePoll(t.Context(), "a", news.Cursor{}, poll))
		n, last := 0, ""
		for a, err := range st.ArticlesSince(t.Context(), noon) {
			ok(t, err)
			if len(a.ID) < len(last) || len(a.ID) == len(last) && a.ID <= last {
				t.Fatalf("%s comes after %s", a.ID, last)
			}
			n, last = n+1, a.ID
		}
		if n != readAhead+1 {
			t.Errorf("%d articles, want %d", n, readAhead+1)
		}
	})
}

// hold makes an alert of s1 to deals wait.
func hold(t *testing.T, st *Store, why string, until time.Time) {
	t.Helper()
	ok(t, st.SaveTelling(t.Context(), news.Telling{Story: "s1", At: noon, Holds: []news.Hold{{Channel: "deals", Why: why, Until: until}}}))
}

func TestHoldsEndAtTheirTimeOrWhenTheyAreEnded(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		ok(t, st.SavePoll(t.Context(), "a", news.Cursor{}, []news.Arrival{entry("g1", news.Matched, exclusive)}))
		rs := must(st.Reported(t.Context(), 1))(t)
		ok(t, st.SaveJoining(t.Context(), news.Joining{Article: rs[0].Article.ID, Telling: news.Telling{Story: "s1", Headline: "H", At: noon,
			Holds: []news.Hold{{Channel: "deals", Why: "quiet hours", Until: noon.Add(time.Hour)}}}}))
		due := func(at time.Time) int { return len(must(st.HeldDue(t.Context(), at))(t)) }
		if due(noon) != 0 || due(noon.Add(time.Hour)) != 1 {
			t.Errorf("held alerts due at noon: %d, an hour later: %d, want 0 and 1", due(noon), due(noon.Add(time.Hour)))
		}
		if next := must(st.NextHeld(t.Context()))(t); !next.Equal(noon.Add(time.Hour)) {
			t.Errorf("NextHeld() = %s", next)
		}
		if got := must(st.Waiting(t.Context(), "deals"))(t); len(got) != 0 {
			t.Errorf("Waiting() = %v, want none: it does not wait for the digest", got)
		}
		if got := must(st.Held(t.Context(), "board"))(t); len(got) != 0 {
			t.Errorf("Held(board) = %v, want none", got)
		}
		for _, a := range must(st.Held(t.Context(), "deals"))(t) {
			ok(t, st.Rehold(t.Context(), a.ID, news.Hold{Why: a.Held, Until: noon}))
		}
		held := must(st.HeldDue(t.Context(), noon))(t)
		if len(held) != 1 || held[0].Held != "quiet hours" || held[0].Told {
			t.Fatalf("HeldDue() = %+v, want the alert, held for quiet hours", held)
		}
		ok(t, st.SaveDigest(t.Context(), held, nil))
		if due(noon.Add(24*time.Hour)) != 0 {
			t.Error("it is held after it was told")
		}
	})
}

func TestTheEarliestHoldEndsTheWait(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		next := func() string { return must(st.NextHeld(t.Context()))(t).Format(time.TimeOnly) }
		for _, h := range []struct {
			why   string
			until time.Duration
			want  string
		}{{"a", 2 * time.Hour, "14:00:00"}, {"b", 3 * time.Hour, "14:00:00"}, {"c", time.Hour, "13:00:00"}} {
			if hold(t, st, h.why, noon.Add(h.until)); next() != h.want {
				t.Errorf("held %s, too: it ends at %s, want %s", h.why, next(), h.want)
			}
		}
		ok(t, st.Rehold(t.Context(), "a1", news.Hold{Why: "c"}))
		if got := must(st.Waiting(t.Context(), "deals"))(t); len(got) != 1 || got[0].Held != "" {
			t.Errorf("Waiting() = %+v, want the alert: it was left to the digest", got)
		}
		hold(t, st, "d", noon.Add(time.Hour))
		ok(t, st.SaveTelling(t.Context(), news.Telling{Story: "s1", At: noon, Over: []string{"deals"},
			Holds: []news.Hold{{Channel: "deals", Why: "e", Until: noon.Add(9 * time.Hour)}}}))
		if next() != "21:00:00" {
			t.Errorf("it was over and is held anew: it ends at %s, want 21:00:00", next())
		}
	})
}

func TestAnAlertEndsTheWaitOfItsStory(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		hold(t, st, "quiet hours", noon.Add(time.Hour))
		join(t, st, "g1", "s1")
		if held := must(st.HeldDue(t.Context(), noon.Add(time.Hour)))(t); len(held) != 0 {
			t.Errorf("HeldDue() = %+v, want none: the alert has told it", held)
		}
	})
}

func TestAnArticleMovesToAStoryOfItsOwnAndBack(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		follow(t, st, news.KindEdit, "s1", "k2", noon)
		const second = "n2"
		split := news.Move{Article: second, From: "s1", To: "s2", Why: "split", At: noon}
		alert := news.Delivery{Key: "s2/alert", Destination: deals, Kind: news.KindAlert, State: news.Pending, Due: noon, Created: noon}
		ok(t, st.SaveMove(t.Context(), split, news.Telling{Story: "s1", Headline: "left", At: noon},
			news.Telling{Story: "s2", Headline: "taken", At: noon, Deliveries: []news.Delivery{alert}}))
		if story := must(st.StoryOf(t.Context(), second))(t); story != "s2" {
			t.Errorf("StoryOf(%s) = %s, want s2", second, story)
		}
		if ds := must(st.StoryDeliveries(t.Context(), "s2"))(t); len(ds) != 1 {
			t.Errorf("StoryDeliveries(s2) = %+v, want its alert", ds)
		}
		if as := must(st.SearchAlerts(t.Context(), news.AlertSearch{}, 2))(t); as[0].Headline != "taken" || as[1].Headline != "left" {
			t.Errorf("headlines %q and %q, want taken and left", as[0].Headline, as[1].Headline)
		}
		if err := st.SaveMove(t.Context(), split); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("moving it once more = %v, want ErrNotFound", err)
		}
		ok(t, st.SaveMove(t.Context(), news.Move{Article: second, From: "s2", To: "s1", Why: "back", At: noon}))
		if n := len(must(st.StoryMembers(t.Context(), "s1"))(t)); n != 2 {
			t.Errorf("s1 has %d members, want 2", n)
		}
	})
}

func TestADestinationIsPausedUntilAPersonMendsIt(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		join(t, st, "g2", "s2")
		retry := func(now time.Time, after time.Duration) {
			t.Helper()
			d, _ := claim(t, st, now)
			d.State, d.Holds, d.Settled, d.Due, d.Reason = news.Retry, true, now, now.Add(after), "is_archived"
			ok(t, st.Settle(t.Context(), d))
		}
		paused := func() []news.Delivery { return must(st.Paused(t.Context()))(t) }
		if retry(noon, 30*time.Second); len(paused()) != 0 {
			t.Errorf("Paused() = %+v, want none: it was asked to be slower", paused())
		}
		if retry(noon.Add(time.Minute), time.Hour); len(paused()) != 1 || paused()[0].Reason != "is_archived" || paused()[0].Destination != deals {
			t.Errorf("Paused() = %+v, want deals on slack, with its reason", paused())
		}
		d, _ := claim(t, st, noon.Add(2*time.Hour))
		if len(paused()) != 1 {
			t.Errorf("Paused() while it is tried = %+v, want it still", paused())
		}
		d.State, d.Holds, d.Settled = news.Sent, false, noon
		ok(t, st.Settle(t.Context(), d))
		if len(paused()) != 0 {
			t.Errorf("Paused() after a post = %+v, want none", paused())
		}
	})
}

func TestReadOnlySeesWhatAnotherProcessWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pactwatch.db")
	if _, err := OpenReadOnly(t.Context(), path); err == nil {
		t.Error("OpenReadOnly() of no file = nil, want an error")
	}
	st := must(Open(t.Context(), path))(t)
	defer st.Close()
	look := must(OpenReadOnly(t.Context(), path))(t)
	defer look.Close()
	must(st.SaveChanges(t.Context(), []news.Change{newRule("a")}, free))(t)
	if got := must(look.Records(t.Context()))(t); len(got) != 1 {
		t.Errorf("Records() = %v, want the rule", got)
	}
	if _, err := look.SaveChanges(context.Background(), []news.Change{newRule("b")}, free); err == nil {
		t.Error("SaveChanges() on a read-only store = nil, want an error")
	}
}
