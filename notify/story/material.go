package story

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pactwatch/pactwatch/internal/news"
)

// maxMaterial is how many new facts Material names: the article is one click away.
const maxMaterial = 4

// maxNear is how many words a name may stand from a matched word to be a party to it.
const maxNear = 8

// Material returns what is materially new in a against the articles that its story has already, in
// a few plain words: "$38 billion; until 2030; Contoso; press release". New is a number with a unit,
// a year as a deadline, a name beside the matched words, or the first primary source. Only the title,
// the lead and the sentences with a match or a word of deal terms count, and none that looks back: a
// thread is no place for background, nor for what a company or its share is worth. It is "" where
// nothing is new, or no article is there to compare with.
func Material(before []news.Article, a *news.Article, ms []news.Match) string {
	if len(before) == 0 {
		return ""
	}
	telling := tellingSentences(a, ms)
	facts := newFacts(before, telling)
	facts = append(facts, newParties(before, a, telling)...)
	facts = facts[:min(len(facts), maxMaterial)]
	if a.Primary && !slices.ContainsFunc(before, func(b news.Article) bool { return b.Primary }) {
		facts = append(facts, primaryKind(a))
	}
	return strings.Join(facts, "; ")
}

// A telling sentence says what happened; spans are of its matched words, in bytes of text.
type telling struct {
	text  string
	spans []Span
}

// leadSentences is how many sentences open a report with its news.
const leadSentences = 2

// tellingSentences returns the title, the lead and the sentences that carry a match or a word of deal
// terms, without those that look back or ask.
func tellingSentences(a *news.Article, ms []news.Match) []telling {
	out := []telling{{a.Title, matched(ms, "title", Span{0, len(a.Title)})}}
	for i, s := range Sentences(a.Text) {
		t := telling{a.Text[s.Start:s.End], matched(ms, "text", s)}
		tells := i < leadSentences || len(t.spans) > 0 || dealTerms(stemmed(lowerWords(t.text), a.Lang)) != nil
		if tells && !looksBack(t.text, a.Published) && !strings.HasSuffix(t.text, "?") {
			out = append(out, t)
		}
	}
	return out
}

// matched returns the spans of matched words within s, counted from its start. Spans that are not in
// the field, because the text has changed since, are left out.
func matched(ms []news.Match, field string, s Span) []Span {
	var spans []Span
	for _, m := range ms {
		for _, sp := range m.Spans {
			if sp.Field == field && s.Start <= sp.Start && sp.Start < sp.End && sp.End <= s.End {
				spans = append(spans, Span{sp.Start - s.Start, sp.End - s.Start})
			}
		}
	}
	return spans
}

// newFacts returns the quantities of telling that no article of before states anywhere, as written.
func newFacts(before []news.Article, telling []telling) []string {
	var known []quantity
	for _, b := range before {
		known = append(known, quantities(b.Title+"\n"+b.Text)...)
	}
	var facts []string
	for _, t := range telling {
		for _, q := range quantities(t.text) {
			if !worthOfCompany(t.text, q) && !slices.ContainsFunc(known, q.same) {
				known = append(known, q)
				facts = append(facts, t.text[q.Start:q.End])
			}
		}
	}
	return facts
}

// worthOfCompany reports whether q, in text, is what a company or its share is worth: a number that
// every report of it has, and no deal.
func worthOfCompany(text string, q quantity) bool {
	if at := valuation.FindStringIndex(text[:q.Start]); at != nil {
		return !dealBefore.MatchString(text[:at[0]])
	}
	return valuationAfter.MatchString(text[q.End:]) || q.unit == "%" && market.MatchString(text)
}

var (
	valuation      = regexp.MustCompile(`(?i)\b(?:valu(?:es|ed|ing)|(?:market )?valuation|market (?:value|cap\w*))\b[^.;,$€£¥]*$`)
	dealBefore     = regexp.MustCompile(`(?i)\b(?:deal|contract|agreement|order|stake|purchase|investment)s?,?(?: \w+)? $`)
	valuationAfter = regexp.MustCompile(`(?i)^[ -](?:(?:market )?valuation|market (?:value|cap\w*))\b`)
	market         = regexp.MustCompile(`(?i)\b(?:shares|stock)\b.*\b(?:rose|fell|rise|fall|gained|lost|jumped|dropped|slid|climbed|surged|tumbled|up|down|trading|trade)\b`)
)

// newParties returns the names in telling that no article of before has: those that matched, as the
// names of a rule's list do, and those near a match that the title has too.
func newParties(before []news.Article, a *news.Article, telling []telling) []string {
	var said strings.Builder
	for _, b := range before {
		said.WriteString(b.Title + "\n" + b.Text + "\n")
	}
	var parties []string
	for _, t := range telling[1:] { // in a title every word may have a capital
		for _, n := range t.names() {
			party := t.text[n.Start:n.End]
			inDeal := slices.Contains(t.spans, n) && dealTerms(stems(party, a.Lang)) == nil ||
				t.nearMatch(n) && strings.ContainsFunc(party, unicode.IsLower) && mentions(a.Title, party)
			if inDeal && !slices.Contains(parties, party) && !mentions(said.String(), party) {
				parties = append(parties, party)
			}
		}
	}
	return parties
}

// capitals is a run of words that begin with a capital: "Contoso", "Fabrikam Cloud".
var capitals = regexp.MustCompile(`\p{Lu}[\p{L}\p{N}]*(?:[ &-]\p{Lu}[\p{L}\p{N}]*)*`)

// article is one that a name begins with where it begins a quotation: "The Wren".
var article = regexp.MustCompile(`^(?:The|An?) `)

// names returns the runs of words with a capital and the matched words with one, but for the
// sentence's first word, which always has one.
func (t telling) names() []Span {
	var ns []Span
	for _, at := range capitals.FindAllStringIndex(t.text, -1) {
		at[0] += len(article.FindString(t.text[at[0]:at[1]]))
		ns = append(ns, Span{at[0], at[1]})
	}
	for _, s := range t.spans {
		if r, _ := utf8.DecodeRuneInString(t.text[s.Start:]); unicode.IsUpper(r) {
			ns = append(ns, s)
		}
	}
	return slices.DeleteFunc(ns, func(n Span) bool { return strings.Trim(t.text[:n.Start], openers+" ") == "" })
}

// nearMatch reports whether n stands at most maxNear words from a matched word.
func (t telling) nearMatch(n Span) bool {
	return slices.ContainsFunc(t.spans, func(s Span) bool {
		from, to := min(n.End, s.End), max(n.Start, s.Start)
		return from >= to || len(words(t.text[from:to])) <= maxNear
	})
}

// mentions reports whether text has name as whole words, in any case.
func mentions(text, name string) bool {
	text, name = strings.ToLower(text), strings.ToLower(name)
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !letterOrDigit(before) && !letterOrDigit(after) {
			return true
		}
		at = end
	}
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// primaryKind says what kind of primary source a is.
func primaryKind(a *news.Article) string {
	u, err := url.Parse(a.Link())
	switch {
	case err == nil && strings.HasSuffix("."+u.Hostname(), ".sec.gov"):
		return "filing"
	case err == nil && wires.MatchString(u.Hostname()):
		return "press release"
	case a.Outlet != "":
		return "statement by " + a.Outlet
	}
	return "primary source"
}

// wires are the hosts that publish companies' press releases.
var wires = regexp.MustCompile(`(?:^|\.)(?:businesswire|prnewswire|globenewswire|accesswire)\.com$`)
