package news

import (
	"encoding/json"
	"time"
)

// An Actor is a person as a platform knows them. The zero Actor is the program itself.
type Actor struct {
	Platform string `json:"platform"` // "slack" or "discord"
	ID       string `json:"id"`       // the platform's own
	Name     string `json:"name"`     // as it was shown at the time; anyone's text
}

// A RecordKind says what a record holds, and so the type of its value.
type RecordKind string

// The kinds of record, each with the type of its value and what its key is.
const (
	RuleRecord     RecordKind = "rule"     // MadeRule; "r7"
	SourceRecord   RecordKind = "source"   // MadeSource; "src3"
	ChannelRecord  RecordKind = "channel"  // MadeChannel; the channel's name
	SettingsRecord RecordKind = "settings" // map of setting to value; the channel's name
	PauseRecord    RecordKind = "pause"    // Pause; "rule:r7", "source:src3"
	MuteRecord     RecordKind = "mute"     // Mute; "m4"
	WrongRecord    RecordKind = "wrong"    // Wrong; "w5"
)

// A Record is one thing that people made or decided in chat, as the store keeps it.
type Record struct {
	Kind  RecordKind
	Key   string
	Value json.RawMessage
}

// A Change is what somebody did to one record. The store keeps every change for ever.
type Change struct {
	ID      string // "x12"; set by the store
	At      time.Time
	By      Actor
	Channel string // the platform's ID of the channel it was said in; "" elsewhere
	Action  string // the command: "watch remove"
	Kind    RecordKind
	Key     string          // "" of a new rule, source, mute or wrong: the store gives it the next of its kind
	Before  json.RawMessage // nil: it was not there
	After   json.RawMessage // nil: it is no more
	Undoes  string          // the change that this one takes back; "" for none
}

// A MadeRule is a rule made in chat. Its Rule.Name is its ID.
type MadeRule struct {
	Rule Rule      `json:"rule"`
	By   Actor     `json:"by"`
	Made time.Time `json:"made"`
}

// A MadeSource is a source made in chat.
type MadeSource struct {
	ID    string        `json:"id"`    // "src3"
	Title string        `json:"title"` // what its maker or the source itself calls it
	URL   string        `json:"url"`
	Page  bool          `json:"page"` // a page that links to articles, not a feed
	Every time.Duration `json:"every"`
	Tags  []string      `json:"tags"`
	By    Actor         `json:"by"`
	Made  time.Time     `json:"made"`
}

// A MadeChannel is a channel of a platform that somebody sent alerts to from chat.
type MadeChannel struct {
	Destination
	Title string `json:"title"` // "#ai-deals", as it was called then; anyone's text
}

// A Pause keeps a rule from matching, or a source from being polled.
type Pause struct {
	Until time.Time `json:"until"` // zero: until somebody ends it
	By    Actor     `json:"by"`
}

// Holds reports whether the pause is still on.
func (p Pause) Holds(now time.Time) bool { return p.Until.IsZero() || now.Before(p.Until) }

// A Mute keeps a story, or what a rule or a source brings, out of a channel for a while. What it
// holds back is counted, and told when it ends.
type Mute struct {
	ID      string    `json:"id"`      // "m4"
	What    string    `json:"what"`    // "story", "rule" or "source"
	Which   string    `json:"which"`   // "s55", or the name of the rule or source
	Channel string    `json:"channel"` // its name in the configuration
	Until   time.Time `json:"until"`
	By      Actor     `json:"by"`
	Rules   []string  `json:"rules"` // of the alert it was pressed on: they count it
}

// Why names the mute where something is held back for its sake: "story s55 is muted".
func (m Mute) Why() string { return m.What + " " + m.Which + " is muted" }

// A Wrong is somebody's word that an alert should not have come.
type Wrong struct {
	ID    string    `json:"id"` // "w5"
	Alert string    `json:"alert"`
	Rules []string  `json:"rules"` // that raised it
	By    Actor     `json:"by"`
	At    time.Time `json:"at"`
}
