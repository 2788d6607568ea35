package terms

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// weigh makes of all claims of an article its terms, one for each parties and kind.
func weigh(a *news.Article, claims []claim) []news.Term {
	spent := map[string]bool{} // between whom a cloud is paid for
	for _, c := range claims {
		if c.term == "cloud_commitment" && c.class != Background {
			spent[strings.Join(c.parties, "\x00")] = true
		}
	}
	type key struct{ parties, term string }
	groups := map[key][]claim{}
	var keys []key
	for _, c := range claims {
		k := key{strings.Join(c.parties, "\x00"), c.term}
		if c.term == "compute" && spent[k.parties] && c.value != "" && !strings.HasSuffix(c.value, "W") {
			k.term, c.term = "cloud_commitment", "cloud_commitment" // capacity worth a sum is what the cloud is paid for
		}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], c)
	}
	narrow := func(k key) bool { // a narrower term is told of one of the parties, too
		return slices.ContainsFunc(claims, func(c claim) bool {
			return c.term != "partnership" && c.class != Background && len(common(c.parties, groups[k][0].parties)) > 1
		})
	}
	var told []claim
	for _, k := range keys {
		c, w := decide(groups[k])
		if k.term == "partnership" && narrow(k) && c.class != Background && !(c.change == "ended" && c.at.head == "partnership" && c.s.order <= 1) || w < minWeight {
			continue
		}
		told = append(told, c)
	}
	slices.SortStableFunc(told, func(a, b claim) int {
		if (a.class == Background) != (b.class == Background) {
			if b.class == Background {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.s.order, b.s.order), cmp.Compare(a.from, b.from))
	})
	var out []news.Term
	for _, c := range told {
		out = append(out, c.toTerm(a))
	}
	return out
}

// common returns the parties that are in both.
func common(a, b []string) []string {
	var out []string
	for _, p := range a {
		if slices.Contains(b, p) {
			out = append(out, p)
		}
	}
	return out
}

// minWeight is the least weight with which a term is told.
const minWeight = 1

// decide returns of the claims about one term the one to tell, with what the others add, and its weight.
func decide(cs []claim) (claim, float64) {
	votes := map[string]float64{}
	for i := range cs {
		c := &cs[i]
		if c.s.order <= 2 {
			c.weight++
		}
		if c.class == Background {
			continue
		}
		votes[c.change] += c.weight * says[c.change]
	}
	var best *claim
	for i := range cs {
		c := &cs[i]
		if best == nil || (c.class != Background) != (best.class != Background) && c.class != Background ||
			(c.class != Background) == (best.class != Background) && cmp.Or(cmp.Compare(votes[c.change], votes[best.change]), text(c)-text(best), cmp.Compare(c.weight, best.weight)) > 0 {
			best = c
		}
	}
	out := *best
	for _, same := range []bool{true, false} {
		for _, c := range cs {
			if (c.change == out.change) == same && (c.class == Background) == (out.class == Background) && !over[out.change] {
				out.value, out.until = cmp.Or(out.value, c.value), cmp.Or(out.until, c.until)
				if c.term == "compute" && strings.HasSuffix(c.value, "W") && !strings.HasSuffix(out.value, "W") {
					out.value = c.value // watts say more of it than money
				}
			}
		}
	}
	if over[out.change] {
		out.until = ""
	}
	return out, best.weight
}

// over are the changes after which a term has no amount and no end.
var over = map[string]bool{"ended": true, "removed": true, "denied": true}

// text prefers a sentence of the text to the title.
func text(c *claim) int {
	if c.s.field == "text" {
		return 1
	}
	return 0
}

// says is how much a change counts against others: the definite over the vague.
var says = map[string]float64{"signed": 1, "ended": 2, "removed": 2, "capped": 3, "extended": 2, "reduced": 2, "raised": 2, "retained": 1.4,
	"restructured": 1.3, "reported": 1, "denied": 2, "opened": 1.2, "settled": 2}

func (c *claim) toTerm(a *news.Article) news.Term {
	return news.Term{
		Parties:  c.parties,
		Term:     c.term,
		Change:   c.change,
		Value:    c.value,
		Until:    c.until,
		News:     c.class != Background,
		Evidence: c.s.source[c.s.start:c.s.end],
		Article:  a.ID,
		Field:    c.s.field,
		Start:    c.s.start,
		End:      c.s.end,
		Class:    c.class,
	}
}
