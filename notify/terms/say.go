package terms

import (
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Say tells a term in a few words: "Revenue share: capped, until 2030 (Harbour Ledger: ended)". outlet returns the
// name of an article's outlet by the article's ID; what it returns is shown as it is.
func (m *Merged) Say(outlet func(article string) string) string {
	var b strings.Builder
	b.WriteString(labels[m.Term] + ": " + m.Sides[0].say())
	for _, s := range m.Sides[1:] {
		b.WriteString(" (" + strings.Join(s.outlets(outlet), ", ") + ": " + s.say() + ")")
	}
	return b.String()
}

// Differ tells the terms of a story about which its outlets disagree, each with who says what:
// "Revenue share: capped, until 2030 (Tidewater), ended (Harbour Ledger)". Where they agree on all it is "".
func Differ(ms []Merged, outlet func(article string) string) string {
	var terms []string
	for _, m := range ms {
		if len(m.Sides) < 2 || !m.News {
			continue
		}
		var sides []string
		for _, s := range m.Sides {
			sides = append(sides, s.say()+" ("+strings.Join(s.outlets(outlet), ", ")+")")
		}
		terms = append(terms, labels[m.Term]+": "+strings.Join(sides, ", "))
	}
	return strings.Join(terms, " · ")
}

// Card returns the terms that are news as a card shows them. outlet names the outlet of an article.
func Card(ms []Merged, outlet func(article string) string) []news.StatedTerm {
	var all []news.StatedTerm
	for _, m := range ms {
		if !m.News {
			continue
		}
		t := news.StatedTerm{Name: labels[m.Term]}
		for _, s := range m.Sides {
			t.Sides = append(t.Sides, news.Side{Says: s.say(), Outlets: s.outlets(outlet)})
		}
		all = append(all, t)
	}
	return all
}

// say tells a side: "capped at 15 %, until 2031".
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
		words += ", for " + s.Until
	case s.Until != "":
		words += ", until " + s.Until
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
