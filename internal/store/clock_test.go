package store

import (
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

func TestWhatAClockAheadHasPutOffIsDueWhenItIsSetBack(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		ahead := noon.AddDate(10, 0, 0)
		notice := func(key string, made, due time.Time) news.Delivery {
			return news.Delivery{Key: key, Destination: deals, Kind: news.KindNotice, State: news.Pending, Due: due, Created: made}
		}
		e := entry("a", news.Unread)
		e.Article.Seen = ahead
		ok(t, st.SavePoll(t.Context(), "wire", news.Cursor{}, []news.Arrival{e}))
		ok(t, st.SaveDigest(t.Context(), nil, []news.Delivery{
			notice("tonight", noon.Add(-time.Hour), noon.Add(8*time.Hour)), // a plan, made by the right clock
			notice("ahead", ahead, ahead.Add(time.Minute)),
		}))
		if next := must(st.NextDue(t.Context(), deals))(t); !next.Equal(noon.Add(8 * time.Hour)) {
			t.Fatalf("NextDue() = %v before the clock is set back, want tonight", next)
		}
		if changed := must(st.Rewind(t.Context(), noon))(t); !changed {
			t.Error("Rewind() = false with an article of the future, want true")
		}
		if next := must(st.NextDue(t.Context(), deals))(t); !next.Equal(noon) {
			t.Errorf("NextDue() = %v, want now: for what the clock ahead had put off", next)
		}
		if rs := must(st.Unread(t.Context(), noon, 1))(t); len(rs) != 1 || !rs[0].Article.Seen.Equal(noon) {
			t.Errorf("Unread() = %v, want the article, seen now", rs)
		}
		if changed := must(st.Rewind(t.Context(), noon))(t); changed {
			t.Error("Rewind() = true a second time, want false")
		}
	})
}
