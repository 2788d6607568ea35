package terms

import (
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Card returns the terms that are news as a card shows them; nil if there are none. outlet names the outlet
// of an article by the article's ID. Its text is anyone's: who shows it cleans and escapes it.
func Card(ms []Merged, outlet func(article string) string) []news.StatedTerm {
	var all []news.StatedTerm
	kinds := map[string]int{}
	for _, m := range ms {
		if m.News {
			kinds[m.Term]++
		}
	}
	for _, m := range ms {
		if !m.News {
			continue
		}
		t := news.StatedTerm{Name: labels[m.Term]}
		if kinds[m.Term] > 1 { // between whom, or they look like one told twice
			t.Name += " (" + strings.Join(m.Parties, ", ") + ")"
		}
		for _, s := range m.Sides {
			t.Sides = append(t.Sides, news.Side{Says: s.say(), Outlets: s.outlets(outlet)})
		}
		all = append(all, t)
	}
	return all
}

// say tells a side: "capped at 15 % until 2031".
func (s *Side) say() string {
	words := changes[s.Change]
	switch {
	case s.Value != "" && (s.Change == "capped" || s.Change == "retained"):
		words += " at " + s.Value
	case s.Value != "" && (s.Change == "raised" || s.Change == "reduced"):
		words += " to " + s.Value
	case s.Value != "":
		words += ", " + s.Value
	}
	switch {
	case strings.Contains(s.Until, " "):
		words += " for " + s.Until
	case s.Until != "":
		words += " until " + s.Until
	}
	return words
}

// outlets returns who tells a side, each once.
func (s *Side) outlets(outlet func(string) string) []string {
	var names []string
	for _, t := range s.Told {
		if name := outlet(t.Article); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// labels and changes are the vocabulary in plain words.
var (
	labels = map[string]string{"exclusivity": "Exclusivity", "revenue_share": "Revenue share", "agi_clause": "AGI clause", "licence": "Licence",
		"cloud_commitment": "Cloud commitment", "compute": "Compute", "investment": "Investment", "equity": "Stake", "governance": "Governance",
		"acquisition": "Acquisition", "partnership": "Partnership", "data_access": "Data access", "non_compete": "Non-compete",
		"term_length": "Length of the agreement", "antitrust": "Antitrust", "dispute": "Dispute"}
	changes = map[string]string{"signed": "signed", "ended": "ended", "capped": "capped", "extended": "extended", "reduced": "reduced", "raised": "raised",
		"removed": "removed", "retained": "kept", "restructured": "rewritten", "reported": "reported", "denied": "denied", "opened": "opened", "settled": "settled"}
)
