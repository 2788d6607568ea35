package news

import "time"

// An Alert is a story told to a channel, with all that is needed to answer "why?".
type Alert struct {
	ID       string // "a102"
	Story    string // "s55"
	Channel  string
	Headline string
	Created  time.Time
	Members  []Member // oldest first, with their matches
	Held     string   // why it waits to be told, or told of again; "" if it does not, or waits for a digest
	Told     bool     // it has a message of its own
}

// A SourceState is a source as the store knows it.
type SourceState struct {
	Name   string
	Cursor Cursor
}

// Counts sums up what the store holds.
type Counts struct {
	Articles, Unread, Stories, Alerts int
	Deliveries                        map[State]int
}

// An AlertSearch says which alerts someone looks for. What is zero asks for nothing.
type AlertSearch struct {
	Words        string // all of them, in one article of the story; inflected as they may be
	Rule         string // its name
	Channel      string // its name
	Story        string // "s55"
	Since, Until time.Time
}

// A ToldTrouble is a trouble that the admin channel was told of.
type ToldTrouble struct {
	Key   string
	Words string
	Since time.Time // zero once it is over
	Told  time.Time // when last, of its end too; zero forgets it
}

// Over reports whether the trouble's end was told.
func (t ToldTrouble) Over() bool { return t.Since.IsZero() }
