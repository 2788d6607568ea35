package rule

import (
	"slices"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A doc is an article as the rules of one Set see it: read once, asked by each of them.
type doc struct {
	a       *news.Article
	streams []*stream // of the fields that some rule asks
	defs    []definition
	regexes map[string]*folded // by field, made at first need
	spans   []news.Span        // evidence of the rule that is being asked
}

// A stream is a field of an article as tokens.
type stream struct {
	field  string
	text   string
	tokens []token
	post   map[atomID][]int32 // the tokens that answer an atom, ascending
	hits   map[*leaf][]hit    // found so far
}

// read tokenizes the fields of a, once each.
func (s *Set) read(a *news.Article) *doc {
	d := &doc{a: a}
	lang := primary(a.Lang)
	var stems map[string][]atomID
	if known := s.dict.languages[lang]; known != nil {
		stems = known()
	}
	for _, f := range s.fields {
		st := &stream{field: f, text: a.Field(f), post: map[atomID][]int32{}, hits: map[*leaf][]hit{}}
		st.tokens = tokenize(st.text)
		for i := range st.tokens {
			t := &st.tokens[i]
			if t.stem = t.word; stems != nil && t.flags&runToken == 0 {
				t.stem = stem(lang, t.composed)
			}
			s.dict.answers(t, stems, func(id atomID) {
				if p := st.post[id]; len(p) == 0 || p[len(p)-1] != int32(i) {
					st.post[id] = append(p, int32(i))
				}
			})
		}
		d.streams = append(d.streams, st)
	}
	d.defs = define(d.streams)
	return d
}

// answers reports whether token i answers an atom.
func (st *stream) answers(id atomID, i int32) bool {
	_, ok := slices.BinarySearch(st.post[id], i)
	return ok
}

// maxEvidence is how many places of one word, phrase, list or regular expression in one field a
// match reports: a reader wants to see why, not to count.
const maxEvidence = 8

// show adds the first of hits to the evidence.
func (d *doc) show(st *stream, hits []hit) {
	for _, h := range hits[:min(len(hits), maxEvidence)] {
		d.spans = append(d.spans, news.Span{Field: st.field, Start: int(h.from), End: int(h.to), Text: st.text[h.from:h.to]})
	}
}

// evidence returns the spans collected, in the order of news.Match, without those that overlap
// an earlier or a longer one.
func (d *doc) evidence() []news.Span {
	slices.SortFunc(d.spans, func(x, y news.Span) int {
		if x.Field != y.Field {
			return slices.Index(spanOrder, x.Field) - slices.Index(spanOrder, y.Field)
		}
		if x.Start != y.Start {
			return x.Start - y.Start
		}
		return y.End - x.End
	})
	var out []news.Span
	for _, s := range d.spans {
		if n := len(out); n == 0 || out[n-1].Field != s.Field || out[n-1].End <= s.Start {
			out = append(out, s)
		}
	}
	return out
}

// spanOrder is the order of spans by field.
var spanOrder = []string{"title", "text", "outlet", "site", "source", "lang"}
