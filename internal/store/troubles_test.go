package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactwatch/pactwatch/internal/news"
)

func TestATroubleIsKeptWithTheNoticesThatTellIt(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		notice := func(key string) news.Delivery {
			return news.Delivery{Key: key, Destination: deals, Kind: news.KindNotice, State: news.Pending, Due: noon, Created: noon}
		}
		trouble := news.ToldTrouble{Key: "k", Words: "it fails", Since: noon, Told: noon}
		ok(t, st.SaveTrouble(t.Context(), trouble, []news.Delivery{notice("n1")}))
		if d, _ := claim(t, st, noon); d.Key != "n1" || d.Kind != news.KindNotice {
			t.Errorf("Claim() = %+v, want the notice", d)
		}
		trouble = news.ToldTrouble{Key: "k", Words: "it failed", Told: noon.Add(time.Hour)}
		ok(t, st.SaveTrouble(t.Context(), trouble, nil))
		if diff := cmp.Diff(map[string]news.ToldTrouble{"k": trouble}, must(st.Troubles(t.Context()))(t)); diff != "" {
			t.Errorf("Troubles() (-want +got):\n%s", diff)
		}
		ok(t, st.SaveTrouble(t.Context(), news.ToldTrouble{Key: "k"}, nil))
		if known := must(st.Troubles(t.Context()))(t); len(known) != 0 {
			t.Errorf("Troubles() = %v after it was forgotten", known)
		}
	})
}

func TestSeenTimesAreOfTheNewestArticlesOfEachSource(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		for _, source := range []string{"a", "b"} {
			var poll []news.Arrival
			for i := range 3 {
				e := entry(fmt.Sprint(source, i), news.Matched)
				e.Article.Source, e.Article.Seen = source, noon.Add(time.Duration(i)*time.Hour)
				poll = append(poll, e)
			}
			ok(t, st.SavePoll(t.Context(), source, news.Cursor{}, poll))
		}
		last := []time.Time{noon.Add(time.Hour), noon.Add(2 * time.Hour)}
		if diff := cmp.Diff(map[string][]time.Time{"a": last, "b": last}, must(st.SeenTimes(t.Context(), 2))(t)); diff != "" {
			t.Errorf("SeenTimes(2) (-want +got):\n%s", diff)
		}
	})
}

func TestPerDay(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		var arrived []news.Arrival
		for i, days := range []float64{-0.5, 0, 0.9, 2, 2.5, 2.9, 40} {
			seen := noon.Add(time.Duration(days * float64(24*time.Hour)))
			arrived = append(arrived, news.Arrival{Article: news.Article{GUID: fmt.Sprint(i), Seen: seen}, Stage: news.Done})
		}
		ok(t, st.SavePoll(t.Context(), "wire", news.Cursor{}, arrived))
		want := map[string][]int{"wire": {2, 0, 3, 0}}
		if diff := cmp.Diff(want, must(st.PerDay(t.Context(), noon, 4))(t)); diff != "" {
			t.Errorf("PerDay (-want +got):\n%s", diff)
		}
	})
}
