package notify

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify/terms"
)

// A card shows the deal terms that its outlets state, and those on which they differ side by side.
func TestACardShowsTermsAndWhereOutletsDiffer(t *testing.T) {
	reader, err := terms.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t)
	p := plan{now: noon, routes: d.n.routes.Load(), words: d.n.words(), reader: reader}
	for _, r := range []struct{ outlet, text string }{
		{"Ledger Wire", "Microsoft and OpenAI have ended their exclusivity agreement. The revenue share that OpenAI pays Microsoft is terminated."},
		{"Harbor Post", "Microsoft and OpenAI have ended their exclusivity agreement. The revenue share that OpenAI pays Microsoft is capped until 2030."},
	} {
		a := report(r.outlet, "exclusivity", "Microsoft and OpenAI part", r.text)
		a.ID = r.outlet // the store gives each its own
		p.members = append(p.members, news.Member{Story: "s1", Article: a, Matches: []news.Match{{Rule: "exclusivity"}}})
	}
	want := []news.StatedTerm{
		{Name: "Exclusivity", Sides: []news.Side{{Says: "ended", Outlets: []string{"Ledger Wire", "Harbor Post"}}}},
		{Name: "Revenue share", Sides: []news.Side{{Says: "ended", Outlets: []string{"Ledger Wire"}}, {Says: "capped until 2030", Outlets: []string{"Harbor Post"}}}},
	}
	if diff := cmp.Diff(want, p.card("deals").Terms); diff != "" {
		t.Errorf("terms (-want +got):\n%s", diff)
	}
	p.reader = nil
	if got := p.card("deals").Terms; got != nil {
		t.Errorf("without a reader the card has terms: %+v", got)
	}
}
