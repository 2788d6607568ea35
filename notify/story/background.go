package story

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// backgroundText says in how many pieces of 250 words the Brown corpus has a term: first how many
// pieces there are, then a line for each count. tools/background makes it. The corpus (W. N. Francis
// and H. Kučera, Brown University, 1964, revised 1979) may be redistributed; none of its text is here.
//
//go:embed background.txt
var backgroundText string

// rareShare is the least share of articles that a term is taken to be in before any was seen: no
// corpus of 1961 knows which of today's names are common. Without the table, go test -v -run EvalFit
// ./notify/story ends at a loss of 1.29 instead of 1.20.
const rareShare = 0.0005

// shareOf returns which share of all articles has a term, as far as English at large tells.
func shareOf(hash uint32) float64 { return max(rareShare, float64(sharesOfBrown()[hash])) }

// today are words that news of today uses for no event of its own, and 1961 did not know. Without them
// case-msft-openai has two reports of one day in one story because both say AI.
const today = "ai app chatbot ceo cloud data digital email gpt internet laptop llm model online phone platform smartphone software " +
	"startup tech user video web websit"

// todayShare is which share of the articles has one of them.
const todayShare = 0.02

// sharesOfBrown returns the share of pieces that have a term, for the terms that are in two or more.
var sharesOfBrown = sync.OnceValue(func() map[uint32]float32 {
	shares := make(map[uint32]float32, 16<<10)
	first, rest, _ := strings.Cut(backgroundText, "\n")
	pieces, _ := strconv.Atoi(first)
	for line := range strings.Lines(rest) {
		count, terms, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.Atoi(count)
		for t := range strings.FieldsSeq(terms) {
			shares[uint32(hash(t))] = float32(n) / float32(pieces)
		}
	}
	for t := range strings.FieldsSeq(today) {
		shares[uint32(hash(t))] = todayShare
	}
	return shares
})
