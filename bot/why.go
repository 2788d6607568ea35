package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// maxSpans is how many places of one match an explanation quotes.
const maxSpans = 4

// explain says for each article of an alert which words of it met which rule, why it joined the
// story, and at the end why the alert came to this channel.
func (k *Desk) explain(a news.Alert) []Line {
	lines := []Line{say(name(a.ID), ": ", headline(a.Headline))}
	var rules []string
	for _, m := range a.Members[:min(len(a.Members), maxOutlets)] {
		article := m.Article
		label := cmp.Or(article.Outlet, article.Source, article.Link())
		l := say("• ", outletPart(label, article.Link()), " joined story ", name(m.Story), ", ", m.Joined)
		if reason := Shorten(Clean(m.Why), maxQuote); reason != "" {
			l = append(l, say(": ", reason)...)
		}
		lines = append(lines, l)
		for _, match := range m.Matches {
			lines = append(lines, say("   "+name(match.Rule)+": "+evidence(article, match)))
			if !slices.Contains(rules, match.Rule) {
				rules = append(rules, match.Rule)
			}
		}
	}
	if more := len(a.Members) - maxOutlets; more > 0 {
		lines = append(lines, say(plusMore(more)))
	}
	return append(lines, say("Posted in "+name(a.Channel)+k.because(rules, a.Channel)+", ", a.Created))
}

// because names those of the rules that send their alerts to a channel; a rule that has since been
// removed no longer does.
func (k *Desk) because(rules []string, channel string) string {
	var sending []string
	for _, r := range k.rules() {
		if slices.Contains(rules, r.Name) && slices.Contains(r.Channels, channel) {
			sending = append(sending, r.Name)
		}
	}
	if len(sending) == 0 {
		return ""
	}
	return " because of " + names(sending)
}

// evidence quotes the words that met a rule, with their places: `"exclusive" in the title, "cap" in
// paragraph 3`.
func evidence(a news.Article, m news.Match) string {
	var quoted []string
	for _, s := range m.Spans[:min(len(m.Spans), maxSpans)] {
		quoted = append(quoted, `"`+name(s.Text)+`" in `+place(a, s))
	}
	if more := len(m.Spans) - maxSpans; more > 0 {
		quoted = append(quoted, plusMore(more))
	}
	return cmp.Or(strings.Join(quoted, ", "), "nothing in the article that the rule excludes")
}

func place(a news.Article, s news.Span) string {
	if s.Field != "text" {
		return "the " + name(s.Field)
	}
	if s.Start > len(a.Text) {
		return "the text"
	}
	return "paragraph " + strconv.Itoa(1+strings.Count(a.Text[:s.Start], "\n"))
}

// whyArticle says what became of an article, a silence included.
func (k *Desk) whyArticle(ctx context.Context, raw string) ([]Line, error) {
	v, err := k.st.ArticleByURL(ctx, raw)
	if errors.Is(err, news.ErrNotFound) {
		return nil, &usageError{
			"No source has shown an article at that address.",
			"sources list says which sources are watched.",
		}
	}
	if err != nil {
		return nil, err
	}
	link, _ := Link(v.Article.Link())
	lines := []Line{say(Part{Text: headline(v.Article.Title), URL: link}, ", seen ", v.Article.Seen)}
	switch {
	case v.Reason != "":
		return append(lines, say("No alert of its own: "+Shorten(Clean(v.Reason), maxQuote))), nil
	case v.Stage != news.Done:
		return append(lines, say("No alert yet: it is still "+waiting(v.Stage)+".")), nil
	}
	alerts, err := k.st.RecentAlerts(ctx, maxRecent)
	if err != nil {
		return nil, err
	}
	for _, a := range alerts {
		for _, m := range a.Members {
			if m.Article.ID == v.Article.ID {
				return k.explain(a), nil
			}
		}
	}
	return append(lines, say("It is part of a story that an alert told. alerts recent lists the latest.")), nil
}

func waiting(s news.Stage) string {
	if s == news.Unread {
		return "to be read"
	}
	return "to be put into a story"
}
