package rewrite

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pactwatch/pactwatch/notify/rewrite/verify"
)

// What a summary has at most. A card shows four quotes of 300 characters.
const (
	maxSentences = 4
	maxLength    = 300 // characters of a sentence
	maxCites     = 3   // of a sentence: what needs more is a mixture
)

// A Sentence is one of a summary, with what it says it is drawn from.
type Sentence struct {
	Text  string
	Cites []int // of the sentences that were sent; never empty
}

// A refusal says why an answer is not used, in our own words: it holds nothing of the answer.
type refusal string

func (r refusal) Error() string { return string(r) }

// read returns the summary that an answer gives of these sentences, or a refusal. It is taken whole or
// not at all: what is left of a summary without the sentence that fails may say something else.
func read(answer string, sentences []string, words int) ([]Sentence, error) {
	var summary struct {
		Sentences []struct {
			Text  string   `json:"text"`
			Cites []string `json:"cites"`
		} `json:"sentences"`
	}
	if err := json.Unmarshal([]byte(unfenced(answer)), &summary); err != nil {
		return nil, refusal("the answer is not the JSON that was asked for")
	}
	if n := len(summary.Sentences); n == 0 {
		return nil, refusal("the summary is empty")
	} else if n > maxSentences {
		return nil, refusal("the summary has too many sentences")
	}
	var out []Sentence
	said := map[string]bool{}
	for i, s := range summary.Sentences {
		text := strings.TrimSpace(s.Text)
		cites, err := citedBy(s.Cites, len(sentences))
		if err == nil {
			err = checked(text, cites, sentences)
		}
		words -= len(strings.Fields(text))
		switch {
		case err != nil:
			return nil, fmt.Errorf("sentence %d: %w", i+1, err)
		case said[text]:
			return nil, refusal("the summary says something twice")
		case words < 0:
			return nil, refusal("the summary is too long")
		}
		said[text] = true
		out = append(out, Sentence{text, cites})
	}
	return out, nil
}

// unfenced returns what stands between the lines by which some models mark code; else the text itself.
func unfenced(text string) string {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "```json\n"); ok {
		text = strings.TrimSuffix(rest, "```")
	}
	return text
}

// citedBy returns which of n sentences are meant by the ids of a citation.
func citedBy(ids []string, n int) ([]int, error) {
	if len(ids) == 0 {
		return nil, refusal("it cites nothing")
	}
	if len(ids) > maxCites {
		return nil, refusal("it cites too much")
	}
	known := make(map[string]int, n)
	for i := range n {
		known[sourceID(i)] = i
	}
	var cites []int
	for _, id := range ids {
		i, ok := known[id]
		if !ok {
			return nil, refusal("it cites what was not sent")
		}
		cites = append(cites, i)
	}
	return cites, nil
}

// checked holds a sentence against what it cites.
func checked(text string, cites []int, sentences []string) error {
	if utf8.RuneCountInString(text) > maxLength {
		return refusal("it is too long")
	}
	var sources []string
	for _, i := range cites {
		sources = append(sources, sentences[i])
	}
	if why := verify.Read(sources).Refuse(text); why != "" {
		return refusal(why)
	}
	return nil
}
