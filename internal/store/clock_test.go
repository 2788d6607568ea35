package store

import (
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

func TestWhatAClockAheadHasPutOffIsDueWhenItIsSetBack(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		const by = 10 * 365 * 24 * time.Hour
		ahead := noon.Add(-time.Minute).Add(by) // as the clock showed a minute before it was set back
		notice := func(key string, made, due time.Time) news.Delivery {
			return news.Delivery{Key: key, Destination: deals, Kind: news.KindNotice, State: news.Pending, Due: due, Created: made}
		}
		e := entry("a", news.Unread)
		e.Article.Seen = ahead
		ok(t, st.SavePoll(t.Context(), "wire", news.Cursor{}, []news.Arrival{e}))
		ok(t, st.SaveDigest(t.Context(), nil, []news.Delivery{
			notice("tonight", noon.Add(-time.Hour), noon.Add(8*time.Hour)), // a plan, made by the right clock
			notice("ahead", ahead, ahead.Add(2*time.Minute)),
		}))
		if next := must(st.NextDue(t.Context(), deals))(t); !next.Equal(noon.Add(8 * time.Hour)) {
			t.Fatalf("NextDue() = %v before the clock is set back, want tonight", next)
		}
		for range 2 { // the second time changes nothing
			ok(t, st.Rewind(t.Context(), func() time.Time { return noon }, by))
			if next := must(st.NextDue(t.Context(), deals))(t); !next.Equal(noon.Add(time.Minute)) {
				t.Errorf("NextDue() = %v, want in a minute: two after the clock ahead made it", next)
			}
			if rs := must(st.Unread(t.Context(), noon, 1))(t); len(rs) != 1 || !rs[0].Article.Seen.Equal(noon.Add(-time.Minute)) {
				t.Errorf("Unread() = %v, want the article, seen a minute ago", rs)
			}
		}
	})
}
