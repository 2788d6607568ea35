package news

import (
	"slices"
	"time"
)

// A Rule is what someone watches for.
type Rule struct {
	Name     string        `json:"name"`     // unique; of a rule made in chat its ID, "r7"
	Title    string        `json:"title"`    // what the maker of a rule made in chat calls it; may be ""
	Match    string        `json:"match"`    // in the rule language, package rule
	Channels []string      `json:"channels"` // names of channels; empty on the command line
	Severity Severity      `json:"severity"` // "" means Normal
	Sources  []string      `json:"sources"`  // names: only their articles meet the rule; none means all
	Mentions []string      `json:"mentions"` // whom its alerts ping, as "slack:U123" or "discord:&456"; none means nobody
	Cooldown time.Duration `json:"cooldown"` // between two broadcasts of one story; 0 leaves it to the channel
}

// Label is what people read: "r7 ms-openai", or the name of a rule of the configuration file.
func (r Rule) Label() string {
	if r.Title == "" {
		return r.Name
	}
	return r.Name + " " + r.Title
}

// Hears reports whether articles of a source can meet the rule.
func (r Rule) Hears(source string) bool {
	return len(r.Sources) == 0 || slices.Contains(r.Sources, source)
}

// A Severity says how loud an alert is: word, emoji and colour, never a mention.
type Severity string

// The severities, loudest first.
const (
	High   Severity = "high"
	Normal Severity = "normal"
	Low    Severity = "low"
)

// Louder reports whether s is louder than t. An unknown severity counts as Normal.
func (s Severity) Louder(t Severity) bool { return s.rank() > t.rank() }

func (s Severity) rank() int {
	switch s {
	case High:
		return 2
	case Low:
		return 0
	}
	return 1
}

// A Span is a place in a field of an article, in bytes from 0, End not included.
type Span struct {
	Field string `json:"field"` // a name that Article.Field knows
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"` // exactly the field's bytes from Start to End
}

// A Match is an article that meets a rule, and where. Spans are in the order title, text, other
// fields, then by Start; a rule whose only evidence is an absence has none.
type Match struct {
	Rule  string `json:"rule"`
	Spans []Span `json:"spans"`
}

// A Reported is an article that met rules, ready for its story.
type Reported struct {
	Article Article
	Matches []Match // at least one
}
