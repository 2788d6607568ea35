package terms

// A mention is a place in a sentence where a party is meant, at tokens from, to exclusive.
type mention struct {
	from, to int
	party    string // "" where the text only says "the company", "the pair"
	called   string // whom the description stands for where the article names them, too
	pair     bool   // it means two parties
	aside    bool   // it is named as an example, a place to sell or the like
	role     role
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
		if r.is("makers", n) {
			end := j + 1
			for end < len(s.tokens) && r.is("makers", s.tokens[end].word) && !s.apart(end) {
				end++
			}
			return mention{from: i, to: end, called: r.calledAt(s, i+1, end)}, true
		}
	}
	return mention{}, false
}

// calledAt returns the party that the words from, to exclusive, are known to stand for.
func (r *roster) calledAt(s *sentence, from, to int) string {
	for i := from; i < to; i++ {
		for _, a := range r.called[s.tokens[i].word] {
			if i+len(a.tokens) <= to && s.reads(i, a.tokens) {
				return a.party
			}
		}
	}
	return ""
}

// pairs are nouns that stand for the two parties of a deal.
var pairs = setOf("pair two duo companies firms sides parties partners groups businesses")
