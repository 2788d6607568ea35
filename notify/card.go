package notify

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify/story"
	"github.com/pactwatch/pactwatch/notify/terms"
)

// maxMatched is how many different matched words a card names; more say nothing to a reader.
const maxMatched = 6

// card says what the story is now, for a channel: quotes and matched words are those of the rules
// that lead to it.
func (p *plan) card(channel string) news.Card {
	own := map[string][]news.Match{} // by article
	var c news.Card
	for _, m := range p.members {
		for _, match := range m.Matches {
			r, ok := p.routes.rules[match.Rule]
			if !ok || !slices.Contains(r.Channels, channel) {
				continue
			}
			own[m.Article.ID] = append(own[m.Article.ID], match)
			c.Severity = louder(c.Severity, r.Severity)
			if !slices.Contains(c.Rules, r.Label()) {
				c.Rules = append(c.Rules, r.Label())
			}
		}
		c.Outlets = addOutlet(c.Outlets, outlet(m))
	}
	slices.SortStableFunc(c.Outlets, func(a, b news.Outlet) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), a.Seen.Compare(b.Seen))
	})

	brief := story.Brief(articles(p.members), own, p.words)
	c.Story, c.Headline, c.Updated = p.telling.Story, brief.Headline, p.now
	c.Muted = p.routes.mute("story", c.Story, channel, p.now)
	c.Matched = matchedWords(p.members, own)
	c.Terms = p.terms()
	c.Quotes = quotes(p.members, brief)
	p.rewrite(&c, brief)
	return c
}

// maxRead is how many reports of a story are read for deal terms: the first ones, which open it, and
// those that came last. A story of hundreds is told in the same words.
const maxRead = 24

// terms returns the deal terms that the story's outlets state, and on which they differ.
func (p *plan) terms() []news.StatedTerm {
	if p.reader == nil {
		return nil
	}
	ms := p.members
	if len(ms) > maxRead {
		ms = slices.Concat(ms[:maxRead/2], ms[len(ms)-maxRead/2:])
	}
	told := make([][]news.Term, len(ms))
	names := make(map[string]string, len(ms))
	for i := range ms {
		told[i] = p.reader.Read(&ms[i].Article)
		names[ms[i].Article.ID] = outletName(&ms[i].Article)
	}
	return terms.Card(terms.Merge(told), func(article string) string { return names[article] })
}

// louder returns the louder of two severities; an unset one gives way to any.
func louder(a, b news.Severity) news.Severity {
	b = cmp.Or(b, news.Normal)
	if a == "" || b.Louder(a) {
		return b
	}
	return a
}

func rank(o news.Outlet) int {
	if o.Primary {
		return 0
	}
	return 1
}

// outlet says who reported what, as a line in the list of sources.
func outlet(m news.Member) news.Outlet {
	return news.Outlet{Name: outletName(&m.Article), Title: m.Article.Title, URL: m.Article.Link(),
		Seen: m.Article.Seen, Primary: m.Article.Primary}
}

// outletName returns the outlet's name, else the host it publishes on.
func outletName(a *news.Article) string {
	if a.Outlet != "" {
		return a.Outlet
	}
	u, err := url.Parse(a.Link())
	if err != nil || u.Hostname() == "" {
		return a.Source
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// addOutlet adds an outlet once; its first report stays the one that is listed.
func addOutlet(os []news.Outlet, o news.Outlet) []news.Outlet {
	for _, have := range os {
		if strings.EqualFold(have.Name, o.Name) && have.Primary == o.Primary {
			return os
		}
	}
	return append(os, o)
}

func articles(ms []news.Member) []news.Article {
	as := make([]news.Article, len(ms))
	for i, m := range ms {
		as[i] = m.Article
	}
	return as
}

func headline(ms []news.Member) string {
	return story.Headline(articles(ms))
}

// matchedWords returns what the rules found, as found, each once whatever its case.
func matchedWords(ms []news.Member, own map[string][]news.Match) []string {
	var words []string
	seen := map[string]bool{}
	for _, m := range ms {
		for _, match := range own[m.Article.ID] {
			for _, s := range match.Spans {
				if fold := strings.ToLower(s.Text); !seen[fold] && len(words) < maxMatched {
					seen[fold] = true
					words = append(words, s.Text)
				}
			}
		}
	}
	return words
}

func quotes(ms []news.Member, b news.Brief) []news.Quote {
	var qs []news.Quote
	for _, s := range b.Sentences {
		for i := range ms {
			if a := &ms[i].Article; a.ID == s.Article {
				qs = append(qs, news.Quote{Text: s.Text, Outlet: outletName(a), URL: a.Link()})
			}
		}
	}
	return qs
}
