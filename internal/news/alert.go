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
