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

func TestHoldsEndAtTheirTimeOrWhenTheyAreEnded(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		ok(t, st.SavePoll(t.Context(), "a", news.Cursor{}, []news.Arrival{entry("g1", news.Matched, exclusive)}))
		rs := must(st.Reported(t.Context(), 1))(t)
		ok(t, st.SaveJoining(t.Context(), news.Joining{Article: rs[0].Article.ID, Decision: news.Decision{Story: "s1", New: true}, Headline: "H", At: noon,
			Holds: []news.Hold{{Channel: "deals", Why: "quiet hours", Until: noon.Add(time.Hour)}}}))
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
		ok(t, st.EndHolds(t.Context(), "deals", "another reason", noon))
		ok(t, st.EndHolds(t.Context(), "board", "", noon))
		if due(noon) != 0 {
			t.Error("a hold was ended for another reason")
		}
		ok(t, st.EndHolds(t.Context(), "deals", "quiet hours", noon))
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

func TestAnArticleMovesToAStoryOfItsOwnAndBack(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		follow(t, st, news.KindEdit, "s1", "k2", noon)
		const second = "n2"
		story := must(st.SaveMove(t.Context(), second, "s1", "", "split", noon))(t)
		if story != "s2" || must(st.StoryOf(t.Context(), second))(t) != "s2" {
			t.Errorf("the new story is %s, want s2", story)
		}
		if _, err := st.SaveMove(t.Context(), second, "s1", "", "split", noon); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("moving it once more = %v, want ErrNotFound", err)
		}
		must(st.SaveMove(t.Context(), second, "s2", "s1", "back", noon))(t)
		if n := len(must(st.StoryMembers(t.Context(), "s1"))(t)); n != 2 {
			t.Errorf("s1 has %d members, want 2", n)
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
