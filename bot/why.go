package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// maxSpans is how many places of one match an explanation quotes.
const maxSpans = 4

// maxMisses is how many rules an explanation names that an article did not meet.
const maxMisses = 5

// why explains an alert or a story by its ID, an article by its address, or what a rule has done.
func why(ctx context.Context, k *Desk, c Call) (Reply, error) {
	what := c.Args["what"]
	if strings.Contains(what, "://") {
		return k.whyArticle(ctx, what)
	}
	if r := k.ruleNamed(what); r != nil {
		return k.whyRule(ctx, c.By, *r)
	}
	a, err := k.alertNamed(ctx, c.By, what)
	if err != nil {
		return Reply{}, err
	}
	return tell(k.explain(a)...)
}

// whyRule says what a rule has brought lately, and what keeps it silent.
func (k *Desk) whyRule(ctx context.Context, by Asker, r Rule) (Reply, error) {
	lines := []Line{append(say(name(r.Label())+" finds "+k.meaning(r.Match)), k.stateOf(r)...), k.postsTo(r.Rule)}
	for _, m := range k.mutes() {
		if m.What == "rule" && m.Which == r.Name {
			lines = append(lines, say("Muted in "+k.title(m.Channel)+" by "+name(m.By.Name)+" until ", m.Until))
		}
	}
	b, err := k.house.Backtest(ctx, r.Rule, k.Now().AddDate(0, 0, -previewDays))
	if err != nil {
		return Reply{}, err
	}
	lines = append(lines, say(fmt.Sprintf("In the last 7 days %d of %s met it, in %s.", b.Matched, count(b.Articles, "article"), count(len(b.Alerts), "story"))))
	recent, err := k.listAlerts(ctx, by, news.AlertSearch{Rule: r.Name}, 5, "It has had no part in an alert yet.")
	if err != nil {
		return Reply{}, err
	}
	return tell(append(lines, recent.Lines...)...)
}

// explain says for each article of an alert which words of it met which rule, why it joined the
// story, and at the end why the alert came to this channel.
func (k *Desk) explain(a news.Alert) []Line {
	lines := []Line{say(name(a.ID), ": ", headline(a.Headline))}
	var rules []string
	for i, m := range a.Members[:min(len(a.Members), maxOutlets)] {
		article := m.Article
		label := cmp.Or(article.Outlet, article.Source, article.Link())
		l := say("• ", outletPart(label, article.Link()), verb(i)+" story ", name(m.Story), ", ", m.Joined)
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

// verb says what the ith report of a story did.
func verb(i int) string {
	if i == 0 {
		return " opened"
	}
	return " joined"
}

// because names those of the rules that send their alerts to a channel; a rule that has since been
// removed no longer does.
func (k *Desk) because(rules []string, channel string) string {
	var sending []string
	for _, r := range k.house.Rules() {
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
func (k *Desk) whyArticle(ctx context.Context, raw string) (Reply, error) {
	v, err := k.st.ArticleByURL(ctx, raw)
	if errors.Is(err, news.ErrNotFound) {
		return Reply{}, usage("No source has shown an article at that address.", "/pactwatch sources list says which sources are watched.")
	}
	if err != nil {
		return Reply{}, err
	}
	link, _ := Link(v.Article.Link())
	lines := []Line{say(Part{Text: headline(v.Article.Title), URL: link}, ", shown by "+name(v.Article.Source)+", ", v.Article.Seen)}
	if v.Stage != news.Done {
		return tell(append(lines, say("No alert yet: it is still "+waiting(v.Stage)+"."))...)
	}
	alerts, err := k.st.AlertsWith(ctx, v.Article.ID)
	if err != nil {
		return Reply{}, err
	}
	if v.Reason != "" {
		lines = append(lines, say("No alert of its own: "+Shorten(Clean(v.Reason), maxQuote)))
	}
	if len(alerts) == 0 {
		return tell(append(lines, k.misses(&v.Article)...)...)
	}
	for _, a := range alerts[:min(2, len(alerts))] {
		lines = append(lines, k.explain(a)...)
	}
	return tell(lines...)
}

// misses says what an article lacks to meet the rules that could hear of it.
func (k *Desk) misses(a *news.Article) []Line {
	var lines []Line
	for _, r := range k.house.Rules() {
		if !r.Hears(a.Source) || len(lines) == maxMisses {
			continue
		}
		if missing := k.house.Missing(a, r.Name); missing != "" {
			lines = append(lines, say("• "+name(r.Label())+": "+Shorten(Clean(missing), maxQuote)))
		}
	}
	return lines
}

func waiting(s news.Stage) string {
	if s == news.Unread {
		return "to be read"
	}
	return "to be put into a story"
}
