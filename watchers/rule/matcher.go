package rule

import (
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A matcher is a part of a rule that holds for an article or does not.
type matcher interface {
	// match reports whether it holds in at least one of the fields; if so, it has added its
	// evidence to d.spans.
	match(d *doc, fields fieldSet) bool
	// needs returns needs of which at least one is met in every article for which it holds;
	// false if there are none such.
	needs(*dict) ([]need, bool)
}

// A found holds where its leaf is found; all places are evidence.
type found struct{ *leaf }

func (m found) match(d *doc, fields fieldSet) (ok bool) {
	for st := range d.in(fields) {
		hits := m.find(d, st)
		d.show(st, hits)
		ok = ok || len(hits) > 0
	}
	return ok
}

// A together holds where its placer has a place; the first of each field is evidence.
type together struct{ placer }

func (m together) match(d *doc, fields fieldSet) (ok bool) {
	for st := range d.in(fields) {
		if len(d.search.places(d, st, m.placer, 1)) == 0 {
			continue
		}
		ok = true
		for i := range d.search.chosen {
			d.show(st, d.search.chosen[i:i+1])
		}
	}
	return ok
}

// An allOf holds if all its members do.
type allOf []matcher

func (m allOf) match(d *doc, fields fieldSet) bool {
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

func (m anyOf) match(d *doc, fields fieldSet) (ok bool) {
	for _, k := range m {
		ok = k.match(d, fields) || ok
	}
	return ok
}

// A noneOf holds if its matcher does not, and has no evidence.
type noneOf struct{ matcher }

func (m noneOf) match(d *doc, fields fieldSet) bool {
	before := len(d.spans)
	ok := m.matcher.match(d, fields)
	d.spans = d.spans[:before]
	return !ok
}

// An inField asks its matcher about another field.
type inField struct {
	matcher
	fields fieldSet
}

func (m inField) match(d *doc, _ fieldSet) bool { return m.matcher.match(d, m.fields) }

// A site holds for articles whose link is on its host or below.
type site string

func (m site) match(d *doc, _ fieldSet) bool {
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

// An inLanguage holds for articles in a language: a primary subtag in lower case.
type inLanguage string

func (m inLanguage) match(d *doc, _ fieldSet) bool {
	if d.a.Lang == "" || primary(d.a.Lang) != string(m) {
		return false
	}
	d.spans = append(d.spans, news.Span{Field: "lang", End: len(d.a.Lang), Text: d.a.Lang})
	return true
}

// holds asks one rule, or one part of it.
func (d *doc) holds(m matcher, fields fieldSet) bool {
	d.memory.nextRule()
	return m.match(d, fields)
}
