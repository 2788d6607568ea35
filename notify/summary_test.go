package notify

import (
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A card quotes 60 words of its articles at most, or what the configuration says from then on.
func TestCardsKeepToTheirWords(t *testing.T) {
	const text = "Fabrikam has ended the exclusive agreement with Contoso that bound its models to one cloud, both said on Monday. " +
		"Contoso keeps a revenue share of 14 percent until 2036, capped at $9 billion, and its licence to the models. " +
		"The clause that would have ended that licence once Fabrikam declares AGI has been struck out of the agreement. " +
		"Northwind signs for two gigawatts of compute at Fabrikam's new site in Lund, worth $4 billion over six years."
	d := newDesk(t)
	for _, tt := range []struct {
		name, outlet string
		c            SummaryConfig
		most         int
	}{
		{"by default", "Ledger Wire", SummaryConfig{}, 60},
		{"shorter", "Harbor Post", SummaryConfig{Words: 25}, 25},
		{"longer", "Stack Daily", SummaryConfig{Words: 120}, 120},
	} {
		d.n.Summarize(tt.c)
		a := report(tt.outlet, "exclusivity", tt.outlet+" on Fabrikam", text)
		p := plan{now: noon, routes: d.n.routes.Load(), words: d.n.words(), members: []news.Member{{Story: "s1", Article: a,
			Matches: []news.Match{{Rule: "exclusivity"}}}}}
		said := 0
		for _, q := range p.card("deals").Quotes {
			said += len(strings.Fields(q.Text))
		}
		if said > tt.most || said < tt.most/2 {
			t.Errorf("%s: the card quotes %d words, want %d at most and half of it at least", tt.name, said, tt.most)
		}
	}
}
