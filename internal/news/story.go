package news

import (
	"errors"
	"time"
)

// A Decision is how an article relates to the stories that were there when it came.
type Decision struct {
	Story string // "s55", the story it joins or opens
	New   bool   // it opens the story
	Recap bool   // it tells several stories again: it is alone in its own, and no news
	Why   string // one line: what carried the decision, and what spoke against it
}

// A Member is an article that has joined a story.
type Member struct {
	Story   string
	Article Article
	Matches []Match // empty where the caller asked for none
	Why     string
	Joined  time.Time
}

// A Sentence is verbatim from the text of an article.
type Sentence struct {
	Article string `json:"article"` // its ID
	Text    string `json:"text"`
}

// A Term is a deal term that an article states, with the sentence that states it.
type Term struct {
	Parties  []string `json:"parties"`
	Term     string   `json:"term"`
	Change   string   `json:"change"`
	Value    string   `json:"value"`
	Until    string   `json:"until"`
	News     bool     `json:"news"`
	Evidence string   `json:"evidence"` // verbatim, the bytes Start to End of the article's Field
	Article  string   `json:"article"`  // its ID
	Field    string   `json:"field"`    // "text", or "title" where only the title states it
	Start    int      `json:"start"`
	End      int      `json:"end"`
	Class    string   `json:"class"` // "stated", "reported" or "background"
}

// A Brief is what a story says, in the words of its articles.
type Brief struct {
	Headline  string
	Sentences []Sentence // the most telling first, of the earliest article that has it
}

// ErrOvertaken says that a delivery which was to take a new card has left for its platform
// meanwhile. Nothing was stored: plan again.
var ErrOvertaken = errors.New("a delivery has left meanwhile")

// A Joining is an article's arrival at its story, with all that follows from it.
type Joining struct {
	Article string // its ID
	Why     string // the decision's
	Reason  string // why the article raises no alert of its own; "" if it does
	Telling
}

// A Telling is what channels hear of a story as it is now.
type Telling struct {
	Story      string // "s55"
	Headline   string // now; "" leaves it as it was
	At         time.Time
	Over       []string   // the channels where nothing of it is held back any more, but for Digests and Holds
	Deliveries []Delivery // new ones; one with an ID is a waiting delivery that takes the new card or, as Failed, is called off
	Digests    []string   // the channels whose next digest tells of the story
	Holds      []Hold     // the channels that hear of the story later, and why
}

// A Move is an article's way from one story into another, which need not be there yet.
type Move struct {
	Article  string
	From, To string
	Why      string
	At       time.Time
}

// A Hold keeps what a story has to say out of a channel until a time. One that joins another leaves the
// earlier end: what is still to be held back then is held back anew.
type Hold struct {
	Channel string
	Why     string // "quiet hours", or Mute.Why
	Until   time.Time
}
