package terms

import "strings"

// A sentence is one of an article, read into what the patterns need.
type sentence struct {
	field      string // "title" or "text"
	source     string // the field's text
	start, end int    // in bytes of it
	scope      int    // which item of a newsletter it belongs to; 0 in any other article
	order      int
	shouts     bool // most of its words have a capital, as in headlines
	before     *sentence
	topic      string // the company that the article tells of first

	tokens   []token
	mentions []mention
	amounts  []amount
	moments  []moment
	at       []uint8 // by token: 1 + the index of the mention that begins there
	cues     []cue
}

func (s *sentence) word(i int) string {
	if i < 0 || i >= len(s.tokens) {
		return ""
	}
	return s.tokens[i].word
}

// text returns token i as written.
func (s *sentence) text(i int) string { return s.source[s.tokens[i].start:s.tokens[i].end] }

func (s *sentence) capitalAt(i int) bool { return i >= 0 && i < len(s.tokens) && s.tokens[i].capital }

// written returns the tokens from, to exclusive, as written, with a space between two.
func (s *sentence) written(from, to int) string {
	if to-from == 1 {
		return s.text(from)
	}
	var b strings.Builder
	for i := from; i < to; i++ {
		if i > from {
			b.WriteByte(' ')
		}
		b.WriteString(s.text(i))
	}
	return b.String()
}

// spells reports whether the tokens from i on are written just so.
func (s *sentence) spells(i int, tokens []string) bool {
	if i+len(tokens) > len(s.tokens) {
		return false
	}
	for k, want := range tokens {
		if s.text(i+k) != want {
			return false
		}
	}
	return true
}

// reads reports whether the words from i on are those, in any case.
func (s *sentence) reads(i int, words []string) bool {
	if i+len(words) > len(s.tokens) {
		return false
	}
	for k, want := range words {
		if s.tokens[i+k].word != want {
			return false
		}
	}
	return true
}

// opens reports whether token i begins the sentence or a quotation in it.
func (s *sentence) opens(i int) bool {
	return i == 0 || s.tokens[i-1].kind == mark && strings.Contains("\"“‘:•*([.?!", s.tokens[i-1].word)
}

// apart reports whether something other than a space stands before token i.
func (s *sentence) apart(i int) bool {
	return i <= 0 || s.source[s.tokens[i-1].end:s.tokens[i].start] != " "
}

// hyphened reports whether a hyphen joins token i to the one before.
func (s *sentence) hyphened(i int) bool {
	return i > 0 && i < len(s.tokens) && s.source[s.tokens[i-1].end:s.tokens[i].start] == "-"
}

// parts reports whether token i is a mark that parts what is said from what is said next.
func (s *sentence) parts(i int) bool {
	if s.tokens[i].kind != mark {
		return false
	}
	switch s.tokens[i].word {
	case ";", ":", ".", "?", "!":
		return true
	}
	return false
}

// leaves reports whether token i leads out of a noun and its adjectives.
func (s *sentence) leaves(i int) bool {
	return s.tokens[i].kind == mark && s.tokens[i].word != "$" || leavers[s.tokens[i].word]
}

var leavers = setOf("in on of for to from with through via by at over into against about as than and or but that which who whose when where while is are was were be been has have had will would can could may not what whatever everything")

// namedBefore reports whether a company that is known ends right before token i.
func (s *sentence) namedBefore(r *roster, i int) bool {
	for j := max(0, i-5); j < i; j++ {
		if a, end := r.find(s, j); end == i && a.role == company {
			return true
		}
	}
	return false
}

// namedAnywhere reports whether s names a company that is known.
func (s *sentence) namedAnywhere(r *roster) bool {
	for i := range s.tokens {
		if a, end := r.find(s, i); end > i && a.role == company {
			return true
		}
	}
	return false
}

// thingAt returns where the thing that begins at token i ends, or -1.
func (s *sentence) thingAt(t thing, i int) int {
	switch t {
	case owned:
		if end := s.thingAt(party, i); s.word(end) != "'s" {
			return end
		}
	case party, body:
		if s.at[i] > 0 && (t == party || s.mentions[s.at[i]-1].role == authority) {
			return s.mentions[s.at[i]-1].to
		}
	case span:
		for _, m := range s.moments {
			if m.from == i {
				return m.to
			}
		}
	default:
		for _, a := range s.amounts {
			if a.from == i && (a.thing == t || t == count && a.thing == count) {
				return a.to
			}
		}
	}
	return -1
}
