package rule

import (
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A matcher is a part of a rule that holds for an article or does not.
type matcher interface {
	// match reports whether it holds in at least one of the fields; if so, it has added its
	// evidence to d.spans.
	match(d *doc, fields []string) bool
	// gate returns atoms of which at least one occurs in every article for which it holds;
	// false if there are none such.
	gate(*dict) ([]atomID, bool)
}

// A found holds where its leaf is found; all places are evidence.
type found struct{ *leaf }

func (m found) match(d *doc, fields []string) (ok bool) {
	for _, st := range d.in(fields) {
		hits := m.find(d, st)
		d.show(st, hits)
		ok = ok || len(hits) > 0
	}
	return ok
}

// A together holds where its placer has a place; the first of each field is evidence.
type together struct{ placer }

func (m together) match(d *doc, fields []string) (ok bool) {
	for _, st := range d.in(fields) {
		hits := first(d, st, m.placer)
		for i := range hits {
			d.show(st, hits[i:i+1])
		}
		ok = ok || len(hits) > 0
	}
	return ok
}

// An allOf holds if all its members do.
type allOf []matcher

func (m allOf) match(d *doc, fields []string) bool {
	before := len(d.spans)
	for _, k := range m {
		if !k.match(d, fields) {
			d.spans = d.spans[:before]
			return false
		}
	}
	return true
}

// An anyOf holds if one of its members does; the evidence is that of all that do.
type anyOf []matcher

func (m anyOf) match(d *doc, fields []string) (ok bool) {
	for _, k := range m {
		ok = k.match(d, fields) || ok
	}
	return ok
}

// A noneOf holds if its matcher does not, and has no evidence.
type noneOf struct{ matcher }

func (m noneOf) match(d *doc, fields []string) bool {
	before := len(d.spans)
	ok := m.matcher.match(d, fields)
	d.spans = d.spans[:before]
	return !ok
}

// An inField asks its matcher about another field.
type inField struct {
	matcher
	fields []string
}

func (m inField) match(d *doc, _ []string) bool { return m.matcher.match(d, m.fields) }

// A site holds for articles whose link is on its host or below.
type site string

func (m site) match(d *doc, _ []string) bool {
	link := d.a.Link()
	from, to := host(link)
	h := strings.ToLower(link[from:to])
	if h != string(m) && !strings.HasSuffix(h, "."+string(m)) {
		return false
	}
	d.spans = append(d.spans, news.Span{Field: "site", Start: from, End: to, Text: link[from:to]})
	return true
}

// host returns where the host is in link.
func host(link string) (from, to int) {
	if i := strings.Index(link, "//"); i >= 0 {
		from = i + 2
	}
	to = len(link)
	if i := strings.IndexAny(link[from:], "/?#"); i >= 0 {
		to = from + i
	}
	from += strings.LastIndexByte(link[from:to], '@') + 1
	if i := strings.LastIndexByte(link[from:to], ':'); i >= 0 && !strings.HasSuffix(link[from:to], "]") {
		to = from + i
	}
	return from, to
}

// A language holds for articles in it: a primary subtag in lower case.
type language string

func (m language) match(d *doc, _ []string) bool {
	if d.a.Lang == "" || primary(d.a.Lang) != string(m) {
		return false
	}
	d.spans = append(d.spans, news.Span{Field: "lang", End: len(d.a.Lang), Text: d.a.Lang})
	return true
}

// in returns the streams of fields.
func (d *doc) in(fields []string) []*stream {
	var out []*stream
	for _, st := range d.streams {
		for _, f := range fields {
			if st.field == f {
				out = append(out, st)
			}
		}
	}
	return out
}

func (l *leaf) gate(d *dict) ([]atomID, bool) {
	ids := make([]atomID, len(l.names))
	for i, n := range l.names {
		ids[i] = d.rarest(n.term)
	}
	return ids, true
}

func (a alternatives) gate(d *dict) ([]atomID, bool) { return anyGate(d, a) }
func (m anyOf) gate(d *dict) ([]atomID, bool)        { return anyGate(d, m) }
func (b beside) gate(d *dict) ([]atomID, bool)       { return bestGate(d, b) }
func (r *near) gate(d *dict) ([]atomID, bool)        { return bestGate(d, []placer{r.a, r.b}) }
func (m allOf) gate(d *dict) ([]atomID, bool)        { return bestGate(d, m) }
func (m noneOf) gate(*dict) ([]atomID, bool)         { return nil, false }
func (m site) gate(*dict) ([]atomID, bool)           { return nil, false }
func (m language) gate(*dict) ([]atomID, bool)       { return nil, false }

// A gated part has a gate, as matcher says.
type gated interface {
	gate(*dict) ([]atomID, bool)
}

// anyGate returns the gate of parts of which one has to hold.
func anyGate[G gated](d *dict, parts []G) (ids []atomID, ok bool) {
	for _, p := range parts {
		more, ok := p.gate(d)
		if !ok {
			return nil, false
		}
		ids = append(ids, more...)
	}
	return ids, true
}

// bestGate returns the narrowest gate of parts that all have to hold.
func bestGate[G gated](d *dict, parts []G) (best []atomID, ok bool) {
	for _, p := range parts {
		if ids, has := p.gate(d); has && (!ok || len(ids) < len(best)) {
			best, ok = ids, true
		}
	}
	return best, ok
}
