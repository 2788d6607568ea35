package terms

import (
	"strings"
)

// A candidate is a name that no list has, with what speaks for its being a company's.
type candidate struct {
	tokens []string
	shown  string // as written: "Co-Star"
	score  float64
	count  int
	person bool
	formal bool         // it was written with its legal form
	mates  []*candidate // the names that it stands beside: "Norvane and Aurelia"
}

func (c *candidate) key() string { return strings.Join(c.tokens, " ") }

// How much speaks for a name's being a company's. Chosen so that a name needs a clear sign (a form of company,
// an apposition, a dealing with a company that is known) and two weak ones are one:
// go test -v -run Eval ./notify/terms
const (
	clearSign = 3.0
	weakSign  = 1.0
	enough    = 2.5
)

// weigh adds what a place in a sentence says about the name at tokens from, to exclusive, and returns it; nil where
// it is none.
func (r *roster) weigh(s *sentence, from, to int) *candidate {
	shown := to
	for shown > from+1 && r.is("forms", s.tokens[shown-1].word) {
		shown--
	}
	tokens := make([]string, 0, shown-from)
	places := 0
	if s.shouts && s.field == "title" && r.text {
		return nil
	}
	for i := from; i < shown; i++ {
		tokens = append(tokens, s.text(i))
		if r.is("places", s.tokens[i].word) || r.is("nations", s.tokens[i].word) {
			places++
		}
	}
	if places == len(tokens) || len(tokens) == 1 && r.is("surnames", strings.ToLower(tokens[0])) {
		return nil
	}
	key := strings.Join(tokens, " ")
	c := r.unknown[key]
	if c == nil {
		c = &candidate{tokens: tokens, shown: s.source[s.tokens[from].start:s.tokens[shown-1].end]}
		r.unknown[key] = c
		if r.is("people", strings.ToLower(tokens[0])) && len(tokens) > 1 {
			c.person = true
		}
		if len(tokens) == 1 && strings.ToUpper(key) == key {
			c.score -= weakSign // an acronym: of anything
		}
	}
	c.count++
	c.formal = c.formal || shown < to
	c.person = c.person || r.personal(s, from, to)
	if shown < to && c.count == 1 || len(tokens) > 1 && r.is("kinds", s.tokens[shown-1].word) && c.count == 1 {
		c.score += clearSign
	}
	if r.introduced(s, from, to) {
		c.score += clearSign
	}
	if r.dealing(s, from, to) {
		c.score += 2.5 * weakSign
	}
	if r.owns(s, to) {
		c.score += 2 * weakSign
	}
	if r.acts(s, to) {
		c.score += weakSign
	}
	if s.field == "title" {
		c.score += 1.5 * weakSign
	}
	if r.located(s, from) || r.titled(s, from, to) {
		c.score -= clearSign
	}
	return c
}

// personal reports whether the name is written as a person's: "Mr Gomez", "Ingrid Solheim, chief executive".
func (r *roster) personal(s *sentence, from, to int) bool {
	if from > 0 && !s.apart(from) {
		if w := s.word(from - 1); r.is("roles", w) {
			return true
		}
	}
	if s.word(to) == "," && to-from > 1 {
		w := s.word(to + 1)
		return r.is("roles", w) || w == "who" ||
			(w == "the" || w == "a" || w == "an" || w == "its" || w == "'s") && r.is("roles", s.word(to+2)) || s.capitalAt(to+1) && s.word(to+2) == "'s" && r.is("roles", s.word(to+3))
	}
	return false
}

// introduced reports whether the text says that the name is a company's: "Lumen Nine, a maker of",
// "chipmaker Lumen Nine", "Turin-based Lumen Nine".
func (r *roster) introduced(s *sentence, from, to int) bool {
	before := s.word(from - 1)
	if before == "partner" && (to-from > 1 || s.word(from-2) == "managing") {
		return false // a person's title
	}
	if before == "based" || r.maker(before) && before != "house" && before != "rival" && !s.apart(from) {
		return true
	}
	if w := s.word(to); w == "," || w == "(" || w == "—" || w == "–" {
		article := s.word(to + 1)
		if article != "a" && article != "an" && article != "the" && article != "its" && article != "another" && article != "one" {
			return r.maker(article) // "Norvane, creator of"
		}
		for i := to + 2; i < min(to+8, len(s.tokens)) && s.tokens[i].kind == word; i++ {
			if r.maker(s.tokens[i].word) {
				return true
			}
			switch s.tokens[i].word {
			case "of", "that", "which", "who", "for", "and", "in":
				return false
			}
		}
	}
	return false
}

// maker reports whether w says what a company is: "retailer", "chipmaker".
func (r *roster) maker(w string) bool {
	return r.is("makers", w) || strings.HasSuffix(w, "maker") || strings.HasSuffix(w, "builder")
}

// dealing reports whether the name stands beside a company as its like: "between Google and Vantor".
func (r *roster) dealing(s *sentence, from, to int) bool {
	switch w := s.word(from - 1); w {
	case "and", "&":
		if s.namedBefore(r, from-1) {
			return true
		}
	case "in":
		return held[s.word(from-2)]
	case "with":
		return deals[s.word(from-2)] || s.namedAnywhere(r)
	case "acquire", "acquires", "acquired", "acquiring", "buy", "buys", "bought", "buying", "sue", "sues", "sued", "suing", "into", "against", "back", "backs", "give", "gives":
		return s.namedAnywhere(r)
	case "of":
		if w := s.word(from - 2); w == "acquisition" || w == "takeover" || w == "purchase" {
			return true
		}
	}
	if w := s.word(to); w == "and" || w == "&" {
		if a, end := r.find(s, to+1); end > to+1 && a.role == company {
			return true
		}
	}
	return false
}

// deals are what one has with a company.
var deals = setOf("deal contract agreement partnership pact accord alliance collaboration arrangement venture deals contracts ties relationship")

// owns reports whether a possessive names what companies have.
func (r *roster) owns(s *sentence, to int) bool {
	if s.word(to) != "'s" {
		return false
	}
	for i := to + 1; i < min(to+4, len(s.tokens)); i++ {
		switch s.tokens[i].word {
		case "shares", "stock", "board", "models", "model", "customers", "technology", "chips", "servers", "cloud", "founders", "shareholders", "revenue",
			"sales", "debt", "investors", "debut", "valuation", "boardroom", "software", "ceo", "co", "chief", "products", "platform", "budget", "engineers":
			return true
		}
	}
	return false
}

// acts reports whether the name does what companies do.
func (r *roster) acts(s *sentence, to int) bool {
	if to < len(s.tokens) && s.tokens[to].id != 0 && strings.HasSuffix(s.tokens[to].word, "ed") {
		return true
	}
	switch w := s.word(to); w {
	case "has", "had", "will", "announced", "agreed", "signed", "agrees", "signs", "raises", "raised", "declined", "operates", "employs",
		"released", "launched", "buys", "sells", "gets", "keeps", "wins", "received", "receives", "granted", "paid", "pays", "ends", "sues", "plans":
		return true
	}
	return false
}

// located reports whether the name is written as a place's: "in Gumi".
func (r *roster) located(s *sentence, from int) bool {
	w := s.word(from - 1)
	for i := from - 2; w == "in" && i >= from-6; i-- {
		if held[s.word(i)] {
			return false
		}
	}
	return w == "in" || w == "near" || w == "outside"
}

// held is what one has in a company.
var held = setOf("stake stakes shareholding holding interest investment invest invests invested investing shares money round")

// titled reports whether the name is that of a thing: "called Forgeron", "Forgeron, a coding model".
func (r *roster) titled(s *sentence, from, to int) bool {
	if w := s.word(from - 1); w == "called" || w == "named" || w == "dubbed" {
		return true
	}
	if s.word(from-1) == "'s" && s.namedBefore(r, from-1) {
		return true // the company's own
	}
	if w := s.word(to); (w == "backed" || w == "owned" || w == "style") && s.hyphened(to) {
		return true
	}
	if w := s.word(from - 1); (w == "a" || w == "an") && !r.maker(s.word(to)) && !r.is("roles", s.word(to)) {
		return true // one of many
	}
	for i := to; i < to+2; i++ {
		switch s.word(i) {
		case "maker", "developer", "creator":
			return true // "Atlas maker Norvane"
		}
	}
	if goods[s.word(to)] || s.word(to) == "models" || s.word(to) == "model" {
		return true
	}
	if w := s.word(to + 1); s.word(to) != "," || w != "a" && w != "an" && w != "the" && w != "its" && w != "our" {
		return false
	}
	for i := to + 1; i < min(to+7, len(s.tokens)) && s.tokens[i].kind == word; i++ {
		switch s.tokens[i].word {
		case "model", "chip", "product", "tool", "chatbot", "assistant", "robot", "book", "report", "city", "town", "suburb", "village", "state", "province":
			return !r.is("makers", s.word(i+1))
		}
	}
	return false
}
