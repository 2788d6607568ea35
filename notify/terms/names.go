package terms

import (
	"slices"
	"strings"
)

// A mention is a place in a sentence where a party is meant, at tokens from, to exclusive.
type mention struct {
	from, to int
	party    string // "" where the text only says "the company", "the pair"
	pair     bool   // it means two parties
	aside    bool   // it is named as an example, a place to sell or the like
	role     role
}

// A candidate is a name that no list has, with what speaks for its being a company's.
type candidate struct {
	tokens []string
	shown  string // as written: "Co-Star"
	score  float64
	count  int
	inside bool // it was seen within a sentence, where only names have capitals
	person bool
	formal bool     // it was written with its legal form
	mates  []string // the names that it stands beside: "Norvane and Aurelia"
}

// How much speaks for a name's being a company's. Chosen so that a name needs a clear sign (a form of company,
// an apposition, a dealing with a company that is known) and two weak ones are one:
// go test -v -run Eval ./notify/terms
const (
	clearSign = 3.0
	weakSign  = 1.0
	enough    = 2.5
)

// A roster is the names of one article.
type roster struct {
	*lexicon
	unknown map[string]*candidate // by the tokens, joined
	parties map[string]string     // tokens of names found in the text, joined, to the party as shown
	firsts  map[string]bool       // the first tokens of those
	text    bool                  // the article has more than a title
	defined map[string]string     // what a filing calls its parties: "Company"
	owner   string                // the company that publishes the article itself, "we" in it; "" for none
}

// newRoster finds the names in the sentences of an article.
func (x *lexicon) newRoster(ss []*sentence) *roster {
	r := &roster{lexicon: x, unknown: map[string]*candidate{}, parties: map[string]string{}, firsts: map[string]bool{}, defined: map[string]string{}}
	lower := map[string]bool{}
	r.text = len(ss) > 1
	for _, s := range ss {
		for i := range s.tokens {
			if t := &s.tokens[i]; t.kind == word && !t.capital {
				lower[t.word] = true
			}
		}
	}
	for _, s := range ss {
		r.collect(s, lower)
	}
	r.settle()
	return r
}

// collect weighs the capitalised words of s that no list has.
func (r *roster) collect(s *sentence, lower map[string]bool) {
	var last *candidate // the one before, which ends at token end
	end := 0
	for i := 0; i < len(s.tokens); {
		if _, end := r.find(s, i); end > i {
			i = end
			for i < len(s.tokens) && s.tokens[i].capital && !s.apart(i) && s.tokens[i].kind == word && !s.shouts {
				if _, next := r.find(s, i); next > i {
					break
				}
				i++ // what belongs to it: "Norvane Maps"
			}
			continue
		}
		from, to := r.run(s, i, lower)
		if to > from {
			if c := r.weigh(s, from, to); c != nil {
				if last != nil && (to-from) > 0 && from-end <= 1 && (s.word(from-1) == "and" || s.word(from-1) == "&" || s.word(from-1) == ",") {
					c.mates, last.mates = append(c.mates, strings.Join(last.tokens, " ")), append(last.mates, strings.Join(c.tokens, " "))
				}
				last, end = c, to
			}
		}
		i = max(i+1, to)
	}
}

// run returns the run of capitalised words that begins at token i, without what does not belong to a name.
func (r *roster) run(s *sentence, i int, lower map[string]bool) (from, to int) {
	if !r.nameLike(s, i) {
		return i, i
	}
	to = i + 1
	for to < len(s.tokens) && to-i < 6 {
		if s.tokens[to].word == "&" && to+1 < len(s.tokens) && r.nameLike(s, to+1) {
			to += 2
			continue
		}
		if _, end := r.find(s, to); end > to || !r.nameLike(s, to) || s.apart(to) && !s.hyphened(to) || s.word(to) == s.word(i) || len(s.word(to)) <= 4 && r.is("starts", s.word(to)) {
			break
		}
		to++
	}
	from = i
	if s.opens(from) && to-from > 1 && (r.is("starts", s.tokens[from].word) || lower[s.tokens[from].word] || s.tokens[from].id != 0 && !r.is("kinds", s.tokens[from].word)) {
		from++
	}
	for from < to && (r.is("nations", s.tokens[from].word) || r.is("roles", s.tokens[from].word)) {
		from++
	}
	if to-from == 1 && r.is("things", s.tokens[from].word) || to-from == 1 && s.opens(from) && (r.is("starts", s.tokens[from].word) || lower[s.tokens[from].word]) {
		return i, i
	}
	if to-from == 1 && s.opens(from) && s.tokens[from].id != 0 || s.shouts && to-from == 1 && lower[s.tokens[from].word] {
		return i, i
	}
	if s.shouts { // every word has a capital: the name ends where words of deals begin
		for k := from; k < to; k++ {
			if s.tokens[k].id != 0 && !r.is("kinds", s.tokens[k].word) || r.is("starts", s.tokens[k].word) {
				return from, k
			}
		}
	}
	return from, to
}

// nameLike reports whether token i can be a word of a name.
func (r *roster) nameLike(s *sentence, i int) bool {
	t := &s.tokens[i]
	return t.kind == word && t.capital && len(t.word) > 1 && t.word != "'s" && !r.is("times", t.word) && !r.is("things", t.word) ||
		t.capital && i > 0 && t.word == "ai" && s.tokens[i-1].capital && !s.apart(i) && s.tokens[i-1].kind == word
}

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
	c.inside = c.inside || !s.opens(from)
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

// settle decides which candidates are companies and by what name each is shown.
func (r *roster) settle() {
	all := make([]*candidate, 0, len(r.unknown))
	for _, c := range r.unknown {
		all = append(all, c)
	}
	slices.SortFunc(all, func(c, d *candidate) int {
		if n := len(d.tokens) - len(c.tokens); n != 0 {
			return n
		}
		return strings.Compare(strings.Join(c.tokens, " "), strings.Join(d.tokens, " "))
	})
	longs := map[string]*candidate{}
	for i, c := range all { // the longest first: a short form speaks for its long one
		for _, short := range all[i+1:] {
			if len(short.tokens) >= len(c.tokens) {
				continue
			}
			switch {
			case slices.Equal(short.tokens, c.tokens[:len(short.tokens)]) && !c.person && !short.person && !short.formal:
				c.score += short.score
				c.count += short.count
				c.inside = true
				short.score = c.score // and is nothing on its own
				r.parties[strings.Join(short.tokens, " ")] = c.shown
				longs[strings.Join(short.tokens, " ")] = c
			case c.person && short.tokens[0] == c.tokens[len(c.tokens)-1]:
				short.person = true // a surname
			}
		}
	}
	for _, c := range all {
		key := strings.Join(c.tokens, " ")
		if l := longs[key]; l != nil {
			if l.person || l.score+twice(l) < enough {
				delete(r.parties, key)
			}
			continue
		}
		if !c.person && c.score+twice(c) >= enough {
			r.parties[key] = c.shown
		}
	}
	for _, c := range all { // who stands beside a company as its like is one
		key := strings.Join(c.tokens, " ")
		if r.parties[key] == "" && !c.person && c.count > 1 && c.score >= 0 && slices.ContainsFunc(c.mates, func(m string) bool { return r.parties[m] != "" }) {
			r.parties[key] = c.shown
		}
	}
	for key := range r.parties {
		first, _, _ := strings.Cut(key, " ")
		r.firsts[first] = true
	}
}

// twice is worth a weak sign: the name is told more than once, as that of a party is.
func twice(c *candidate) float64 {
	if c.count > 1 {
		return weakSign
	}
	return 0
}

// mentions finds where s means a party.
func (r *roster) mentions(s *sentence) []mention {
	var ms []mention
	for i := 0; i < len(s.tokens); {
		m, ok := r.mentionAt(s, i)
		if !ok {
			i++
			continue
		}
		if n := len(ms); n > 0 && m.party != "" && ms[n-1].party == "" && !ms[n-1].pair && ms[n-1].to == m.from && m.from-ms[n-1].from > 1 {
			m.from, ms = ms[n-1].from, ms[:n-1] // "the recipe app Norvane"
		}
		ms = append(ms, m)
		i = m.to
		if m.party != "" {
			i = r.define(s, m)
		}
	}
	return ms
}

// define reads what a filing calls the party of m, (the "Company"), and returns where that ends.
func (r *roster) define(s *sentence, m mention) int {
	i := m.to
	if s.word(i) == "." || s.word(i) == "," {
		i++
	}
	if s.word(i) != "(" {
		return m.to
	}
	for j := i + 1; j < min(i+6, len(s.tokens)); j++ {
		switch {
		case s.word(j) == ")":
			return j
		case s.tokens[j].capital && quoting[s.word(j-1)] && quoting[s.word(j+1)]:
			r.defined[s.text(j)] = m.party
		}
	}
	return m.to
}

var quoting = setOf("\" “ ”")

// asides are the words before a party that is named beside the deal: "on", "such as".
var asides = setOf("on via like including than through unlike rival rivals court courting competitors competitor versus vs")

// setAside marks the mentions that are beside the deal.
func (s *sentence) setAside() {
	for i := range s.mentions {
		m := &s.mentions[i]
		before := s.word(m.from - 1)
		m.aside = asides[before] || before == "as" && s.word(m.from-2) == "such" || i > 0 && s.mentions[i-1].aside && s.joined(i-1, i)
	}
}

// mentionAt returns the mention that begins at token i.
func (r *roster) mentionAt(s *sentence, i int) (mention, bool) {
	if a, end := r.find(s, i); end > i {
		if a.role <= press && r.beside(s, i, end, a.role) {
			return mention{}, false
		}
		if a.role == product {
			return r.ofProduct(s, i, end, a.party)
		}
		if r.is("forms", s.word(end)) && s.capitalAt(end) {
			end++
		}
		return mention{from: i, to: end, party: a.party, role: a.role}, true
	}
	if s.tokens[i].capital && r.firsts[s.text(i)] {
		for n := min(6, len(s.tokens)-i); n > 0; n-- {
			if party, ok := r.parties[s.written(i, i+n)]; ok {
				end := i + n
				if s.word(end) == "," && r.is("forms", s.word(end+1)) && s.capitalAt(end+1) {
					end++
				}
				if r.is("forms", s.word(end)) && s.capitalAt(end) {
					end++
				}
				return mention{from: i, to: end, party: party}, true
			}
		}
	}
	name := i
	if s.tokens[i].word == "the" {
		name++
	}
	if name < len(s.tokens) && s.tokens[name].capital && r.defined[s.text(name)] != "" {
		return mention{from: i, to: name + 1, party: r.defined[s.text(name)]}, true
	}
	return r.described(s, i)
}

// beside reports whether a name is only mentioned beside the point: where somebody worked, who owns a party,
// whom a report quotes, whose products are meant.
func (r *roster) beside(s *sentence, i, end int, role role) bool {
	before, after := s.word(i-1), s.word(end)
	switch {
	case before == "former" || before == "ex" || before == "/" || after == "/":
		return true
	case (after == "owned" || after == "backed" || after == "style" || after == "like") && s.apart(end):
		return true
	case goods[after]:
		return true
	case role != press:
		return false
	}
	switch before {
	case "by", "told", "per", "tell":
		return true
	case "to":
		return s.word(i-2) == "according"
	}
	switch after {
	case "reported", "reports", "report", "reporting", "wrote", "writes", "first", "said", "says", "noted", "has":
		return true
	}
	return false
}

// goods are things that the name before them only sells: "Norvane GPUs".
var goods = setOf("gpu gpus chips chip accelerators processors")

// ofProduct reads "ChatGPT maker" at token i.
func (r *roster) ofProduct(s *sentence, i, end int, party string) (mention, bool) {
	if r.is("makers", s.word(end)) && s.word(end) != "app" && s.word(end) != "platform" {
		return mention{from: i, to: end + 1, party: party}, true
	}
	if w := s.word(i - 1); w == "of" || w == "behind" {
		if r.is("makers", s.word(i-2)) {
			return mention{from: i, to: end, party: party}, true
		}
	}
	return mention{}, false
}

// described reads what stands for a party without its name: "the pair", "both companies", "the
// Boston start-up", "it".
func (r *roster) described(s *sentence, i int) (mention, bool) {
	w := s.tokens[i].word
	switch w {
	case "both", "they", "their", "them":
		return mention{from: i, to: i + 1, pair: true}, true
	case "it", "its":
		return mention{from: i, to: i + 1}, true
	case "we", "our", "us":
		return mention{from: i, to: i + 1, party: r.owner}, r.owner != ""
	case "the", "two":
	default:
		return mention{}, false
	}
	for j := i + 1; j < min(i+6, len(s.tokens)) && s.tokens[j].kind != mark; j++ {
		n := s.tokens[j].word
		if a, end := r.find(s, j); end > j {
			if a.role == product && r.is("makers", s.word(end)) {
				return mention{from: i, to: end + 1, party: a.party}, true
			}
			break
		}
		if pairs[n] {
			return mention{from: i, to: j + 1, pair: true}, true
		}
		if n == "'s" || n == "the" || s.leaves(j) {
			break
		}
		if r.is("makers", n) && s.word(j+1) != "'s" || r.is("makers", n) {
			end := j + 1
			for end < len(s.tokens) && r.is("makers", s.tokens[end].word) && !s.apart(end) {
				end++
			}
			return mention{from: i, to: end, party: r.calledAt(s, i+1, end)}, true
		}
	}
	return mention{}, false
}

// calledAt returns the party that the words from, to exclusive, are known to stand for.
func (r *roster) calledAt(s *sentence, from, to int) string {
	for i := from; i < to; i++ {
		for _, a := range r.called[s.tokens[i].word] {
			if i+len(a.tokens) <= to && s.reads(i, a.tokens) {
				return "?" + a.party
			}
		}
	}
	return ""
}

// pairs are nouns that stand for the two parties of a deal.
var pairs = map[string]bool{"pair": true, "two": true, "duo": true, "companies": true, "firms": true, "sides": true, "parties": true, "partners": true, "groups": true, "businesses": true}
