package notify

import (
	"cmp"
	"fmt"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify/rewrite"
)

// How many words of its articles a card quotes.
const (
	defaultWords = 60
	minWords     = 20  // a sentence
	maxWords     = 200 // what fits on a card: four sentences of 300 characters
)

// SummaryConfig is the "summary" section: how a card says what happened.
type SummaryConfig struct {
	Words int             `yaml:"words"` // of the sentences on a card, at most; 0 means 60
	LLM   *rewrite.Config `yaml:"llm"`   // nil: no model is asked, and nothing is sent to one
}

// Check returns what is wrong with c.
func (c SummaryConfig) Check() []news.Fault {
	if c.Words != 0 && (c.Words < minWords || c.Words > maxWords) {
		return []news.Fault{{Path: "words", Msg: fmt.Sprintf("not a length for a summary: %d", c.Words),
			Hint: fmt.Sprintf("write a number of words from %d to %d", minWords, maxWords)}}
	}
	return nil
}

// Summarize sets how cards are worded from the next one on. It may be called while Run goes on.
func (n *Notifier) Summarize(c SummaryConfig) { n.summary.Store(&c) }

// words returns how many words of sentences a card has at most.
func (n *Notifier) words() int { return cmp.Or(n.summary.Load().Words, defaultWords) }
