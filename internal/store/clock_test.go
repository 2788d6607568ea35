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
		if _, due, err := st.Claim(t.Context(), deals, noon); due || err != nil {
			t.Fatalf("Claim() = %v, %v before the clock is set back, want nothing due", due, err)
		}
		if changed := must(st.Rewind(t.Context(), noon))(t); !changed {
			t.Error("Rewind() = false with an article of the future, want true")
		}
		d, due, err := st.Claim(t.Context(), deals, noon)
		if err != nil || !due || d.Key != "ahead" || !d.Created.Equal(noon) {
			t.Errorf("Claim() = %s of %v, %v, %v, want what the clock ahead had put off", d.Key, d.Created, due, err)
		}
		if _, due, err := st.Claim(t.Context(), deals, noon); due || err != nil {
			t.Errorf("Claim() = %v, %v, want the other to wait as it was planned", due, err)
		}
		if changed := must(st.Rewind(t.Context(), noon))(t); changed {
			t.Error("Rewind() = true a second time, want false")
		}
	})
}
