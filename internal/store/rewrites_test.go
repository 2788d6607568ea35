package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactwatch/pactwatch/internal/news"
)

func TestADraftWaitsUntilSomethingCameOfIt(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		waiting := must(st.StoryDeliveries(t.Context(), "s1"))(t)[0]
		if ds := must(st.Drafts(t.Context()))(t); len(ds) > 0 {
			t.Errorf("Drafts() = %+v of a delivery that no model is asked about", ds)
		}
		waiting.Card.Rewriting = news.Rewriting{Model: "small-1", Draft: "d1"}
		ok(t, st.SaveTelling(t.Context(), news.Telling{Story: "s1", At: noon, Deliveries: []news.Delivery{waiting}}))
		if ds := must(st.Drafts(t.Context()))(t); len(ds) != 1 || ds[0].ID != waiting.ID {
			t.Errorf("Drafts() = %+v, want the delivery that waits", ds)
		}

		r := news.Rewrite{Draft: "d1", Story: "s1", At: noon, Quotes: []news.Quote{{Text: "It is over.", Outlet: "Ledger"}}}
		waiting.Card.Quotes, waiting.Card.Rewriting.Done, waiting.Due = r.Quotes, true, noon.Add(-time.Minute)
		ok(t, st.SaveRewrite(t.Context(), r, []news.Delivery{waiting}))
		if ds := must(st.Drafts(t.Context()))(t); len(ds) > 0 {
			t.Errorf("Drafts() = %+v after the rewrite", ds)
		}
		if diff := cmp.Diff([]news.Rewrite{r}, must(st.Rewrites(t.Context(), "s1"))(t)); diff != "" {
			t.Errorf("Rewrites() (-want +got):\n%s", diff)
		}
		d, claimed := claim(t, st, noon.Add(-time.Minute))
		if !claimed || !d.Card.Rewriting.Done || len(d.Card.Quotes) != 1 {
			t.Errorf("Claim() = %+v, %v, want it with the rewrite, earlier", d, claimed)
		}
		if err := st.SaveRewrite(t.Context(), r, []news.Delivery{waiting}); !errors.Is(err, news.ErrOvertaken) {
			t.Errorf("SaveRewrite() for what has left = %v, want ErrOvertaken", err)
		}
		must(st.Prune(t.Context(), noon.Add(time.Second)))(t)
		if rs := must(st.Rewrites(t.Context(), "s1"))(t); len(rs) > 0 {
			t.Errorf("Rewrites() = %+v past the retention", rs)
		}
	})
}

func TestARetryKeepsItsTimeWhateverItsCard(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		join(t, st, "g1", "s1")
		d, _ := claim(t, st, noon)
		d.State, d.Due = news.Retry, noon.Add(time.Hour)
		ok(t, st.Settle(t.Context(), d))
		d.Due = noon
		ok(t, st.SaveTelling(t.Context(), news.Telling{Story: "s1", At: noon, Deliveries: []news.Delivery{d}}))
		if got, claimed := claim(t, st, noon); claimed {
			t.Errorf("Claim() = %+v an hour before it is to be tried again", got)
		}
	})
}

func TestAMonthTakesNoMoreTokensThanItMay(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		for _, tt := range []struct {
			month string
			n     int
			want  bool
		}{
			{"2026-11", 600, true}, {"2026-11", 600, false}, {"2026-11", 400, true}, {"2026-11", 1, false},
			{"2026-12", 1001, false}, {"2026-12", 1000, true},
		} {
			if got := must(st.ReserveTokens(t.Context(), tt.month, tt.n, 1000))(t); got != tt.want {
				t.Errorf("ReserveTokens(%s, %d of 1000) = %v, want %v", tt.month, tt.n, got, tt.want)
			}
		}
		ok(t, st.AdjustTokens(t.Context(), "2026-11", -300))
		if !must(st.ReserveTokens(t.Context(), "2026-11", 300, 1000))(t) {
			t.Error("what was given back cannot be reserved")
		}
		ok(t, st.AdjustTokens(t.Context(), "2026-11", -5000))
		if must(st.ReserveTokens(t.Context(), "2026-11", 1001, 1000))(t) {
			t.Error("a month has been given back more than it had")
		}
	})
}
