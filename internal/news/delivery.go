package news

import (
	"fmt"
	"time"
)

// A Destination is one place that alerts of a channel go to.
type Destination struct {
	Channel  string // its name in the configuration
	Platform string // "slack", "discord" or "terminal"
	Target   string // the platform's own ID of the channel; "" for the terminal
}

// String names a destination in logs: "deals on slack".
func (d Destination) String() string { return d.Channel + " on " + d.Platform }

// A Kind is what a delivery does at its destination.
type Kind string

// The kinds of delivery.
const (
	KindAlert  Kind = "alert"  // a new message about a story
	KindEdit   Kind = "edit"   // the same message, grown
	KindReply  Kind = "reply"  // what is materially new, in the message's thread
	KindDigest Kind = "digest" // a new message about all stories since the last one
	KindNotice Kind = "notice" // a new message about the bot itself, for who runs it
)

// A State is where a delivery stands.
type State string

// The states. What leaves the house is written down as Sending before, and settled after.
const (
	Pending State = "pending" // due at its time
	Sending State = "sending" // written down; the platform may have it
	Sent    State = "sent"    // the platform has it, Message says where
	Retry   State = "retry"   // certainly not posted, due again
	Unknown State = "unknown" // nobody knows if the platform has it; it is asked at Due
	Held    State = "held"    // a person decides: nobody knows if it was posted, or it was tried often enough
	Failed  State = "failed"  // refused, or overtaken; Reason says why
)

// A Delivery is one alert, edit, reply or digest to one destination.
type Delivery struct {
	ID          int64
	Key         string // story, channel, platform and kind; unique, and a platform's idempotency key
	Destination Destination
	Kind        Kind
	Card        Card
	Message     string // the platform's ID of the message: to edit or reply to before, of the result after
	State       State
	Attempts    int
	Due         time.Time
	Holds       bool // while it waits to be tried again, nothing else goes to its destination
	Created     time.Time
	Claimed     time.Time // when it last became Sending; zero before
	Settled     time.Time // when it last left Sending; zero before
	Reason      string    // of the last failure
}

// A Card is what an alert says about a story now, in no platform's terms. All its text comes from
// outside and is hostile until a platform's renderer has escaped it.
type Card struct {
	Alert    string        `json:"alert"` // "a102"; set when the delivery is read from the store
	Story    string        `json:"story"` // "s55"
	Severity Severity      `json:"severity"`
	Headline string        `json:"headline"`
	Quotes   []Quote       `json:"quotes"`
	Terms    []StatedTerm  `json:"terms"`   // the deal terms that the story's outlets state, the most important first
	Matched  []string      `json:"matched"` // the words that matched, as found, without repetition
	Rules    []string      `json:"rules"`
	Outlets  []Outlet      `json:"outlets"`  // primary sources first, then as first seen
	Added    []Outlet      `json:"added"`    // reply: who brought what is new
	News     string        `json:"news"`     // reply: what is materially new; notice: what to know; in plain words
	Stories  []DigestEntry `json:"stories"`  // digest only
	Held     string        `json:"held"`     // digest: why its stories were not told at once; "" for the usual digest
	Muted    *Mute         `json:"muted"`    // alert, edit: what keeps the message from growing; nil for nothing
	Mentions []string      `json:"mentions"` // alert: whom to ping, in the form of Rule.Mentions; only a person's choice gets here
	Loud     bool          `json:"loud"`     // reply: it is shown in the channel, too
	Updated  time.Time     `json:"updated"`

	Rewriting Rewriting `json:"rewriting"` // how the quotes have come about
}

// A Rewriting says how a card's quotes have come about. The zero Rewriting is that of quotes which no
// language model is to put into its own words.
type Rewriting struct {
	Model string    `json:"model"` // what it is called; "" for none
	Draft string    `json:"draft"` // names what it is asked about this card; "" where it is not asked
	Done  bool      `json:"done"`  // the quotes are its words, held against the sources; false: they are verbatim
	Ready time.Time `json:"ready"` // when the delivery would be due if it did not wait for the model
}

// A Rewrite is what came of a draft.
type Rewrite struct {
	Draft  string
	Story  string
	At     time.Time
	Quotes []Quote // empty where there is none
	Why    string  // there is none; "" if there is one
}

// A Quote is a sentence of a summary with who said it.
type Quote struct {
	Text   string `json:"text"` // verbatim unless it is rewritten, 300 characters at most
	Outlet string `json:"outlet"`
	URL    string `json:"url"`
}

// A StatedTerm is a deal term as the outlets of a story state it. Where they differ, each side is shown
// and none is averaged.
type StatedTerm struct {
	Name  string `json:"name"`  // "Revenue share"
	Sides []Side `json:"sides"` // one where all agree; else the one that most outlets state first
}

// A Side is what some outlets say of a term.
type Side struct {
	Says    string   `json:"says"`    // "capped until 2030"
	Outlets []string `json:"outlets"` // their names, as first seen
}

// An Outlet is one report in a story's list of sources.
type Outlet struct {
	Name    string    `json:"name"`
	Title   string    `json:"title"`
	URL     string    `json:"url"`
	Seen    time.Time `json:"seen"`
	Primary bool      `json:"primary"`
}

// A DigestEntry is one story's line in a digest.
type DigestEntry struct {
	Alert    string   `json:"alert"`
	Story    string   `json:"story"`
	Severity Severity `json:"severity"`
	Headline string   `json:"headline"`
	URL      string   `json:"url"`
	Outlets  []string `json:"outlets"`
}

// A PostError tells what is certain about a delivery that did not come back as sent. Any other
// error means that nobody knows whether the platform has the message.
type PostError struct {
	Refused bool          // the platform will never take it as it is; false: not posted, try again
	After   time.Duration // try again no sooner; 0 lets the caller choose
	Channel bool          // the trouble is the destination's: all that goes there has to wait
	Err     error
}

func (e *PostError) Error() string {
	if e.Refused {
		return fmt.Sprintf("refused: %v", e.Err)
	}
	return fmt.Sprintf("not posted: %v", e.Err)
}

func (e *PostError) Unwrap() error { return e.Err }
