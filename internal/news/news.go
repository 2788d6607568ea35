// Package news has the nouns that every other package shares: sources, articles, matches,
// stories, alerts and their deliveries. It does no I/O.
package news

import (
	"errors"
	"time"
)

// ErrNotFound says that there is no such thing: no alert of that ID, no article at that address.
var ErrNotFound = errors.New("not found")

// A Cursor is what we keep of a source so that we can ask only for what is new.
// The zero Cursor is that of a source that was never polled.
type Cursor struct {
	Address      string    // as configured: another one makes it another source
	ETag         string    // of the last document that was read whole
	LastModified string    // the same, as the server wrote it
	Moved        string    // where the last permanent redirects led; "" if they did not
	MovedSeen    int       // how many polls in a row were sent there
	FirstPoll    time.Time // when the baseline was recorded; zero until one poll went well
	LastPoll     time.Time // the last attempt
	LastOK       time.Time // the last poll that was read whole, a 304 included
	NextPoll     time.Time // not before this, whatever the schedule says; zero if the schedule decides
	Failures     int       // in a row

	Every     time.Duration // schedule "auto": how long it was left alone after the last poll
	MaxAge    time.Duration // how long the last answer said that it stays as it is; 0 if it did not
	TTL       time.Duration // how often the feed says that it is worth asking for; 0 if it does not
	LastError string        // of the last poll; "" if it went well
}

// An Article is the page behind an entry, as text. It is first stored with what the feed said
// and completed when the page is read. Text is plain, paragraphs separated by a newline.
type Article struct {
	ID        string    // "n41" in the store, anything on the command line
	Source    string    // the name of the source that showed it first
	GUID      string    // its identity within the source
	URL       string    // as the source gave it, absolute
	Canonical string    // the address it claims, tracking removed; "" if unknown
	Title     string    // without the outlet's name
	Text      string    // the body, or the excerpt where Excerpt is set; may be ""
	Outlet    string    // who published it; "" if unknown
	Author    string    // "" if unknown
	Lang      string    // BCP 47 primary subtag, "en"; "" if unknown
	Published time.Time // zero if unknown
	Seen      time.Time // when a poll first showed it to us; zero on the command line
	Excerpt   bool      // Text is only what the feed or a paywall let us see
	Primary   bool      // a filing, a press release or a party's own site
}

// Link returns the best address of the article: the canonical one, else the source's.
func (a *Article) Link() string {
	if a.Canonical != "" {
		return a.Canonical
	}
	return a.URL
}

// Field returns the text of a field by the name that spans use: "title", "text", "outlet",
// "site", "source" or "lang". Any other name has no text.
func (a *Article) Field(name string) string {
	switch name {
	case "title":
		return a.Title
	case "text":
		return a.Text
	case "outlet":
		return a.Outlet
	case "site":
		return a.Link()
	case "source":
		return a.Source
	case "lang":
		return a.Lang
	}
	return ""
}

// A Stage is how far an article has come.
type Stage string

// The stages. An article moves forward only, and each move commits with what it produced.
const (
	Unread  Stage = "unread"  // stored by a poll, its page still to be read
	Matched Stage = "matched" // read, meets at least one rule, waits for its story
	Done    Stage = "done"    // alerted, or held back for the reason stored with it
)

// An Arrival is an article as a poll found it, with where it goes next.
type Arrival struct {
	Article Article // ID is not set yet
	Matches []Match // of title and excerpt
	Stage   Stage
	Reason  string // why nothing more happens, where Stage is Done
}

// A Reading is an article that waits to be read.
type Reading struct {
	Article  Article
	Matches  []Match // of title and excerpt, from its arrival
	Attempts int     // how often its page could not be had
}

// A Verdict is an article and what became of it.
type Verdict struct {
	Article Article
	Stage   Stage
	Reason  string // why it raised no alert of its own; "" where it did, or may still
}
