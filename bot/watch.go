package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

const (
	perPage       = 15
	previewDays   = 7
	manyAlerts    = 20 // in a preview, from which on a rule is called loud
	maxBulk       = 50 // rules or addresses in one message
	maxMatchShown = 600
)

// watchAdd makes a rule of each line of the query. Without a query it asks for one.
func watchAdd(ctx context.Context, k *Desk, c Call) (Reply, error) {
	queries := lines(c.Args["query"])
	switch {
	case len(queries) == 0:
		return Reply{Form: k.ruleForm(nil, c.By)}, nil
	case len(queries) == 1:
		return k.addRule(ctx, c, queries[0])
	case len(queries) > maxBulk:
		return Reply{}, usage(fmt.Sprintf("%d rules at once are too many.", len(queries)), fmt.Sprintf("Paste %d at most.", maxBulk))
	}
	var all []Line
	for i, q := range queries {
		one := c
		one.Args = withName(c.Args, i)
		all = append(all, bulkLine(q, k.guard(c.Command, func() (Reply, error) { return k.addRule(ctx, one, q) })))
	}
	return tell(all...)
}

// withName returns the arguments of the ith rule of several: only the first can have the name.
func withName(args map[string]string, i int) map[string]string {
	if i == 0 || args["name"] == "" {
		return args
	}
	more := maps.Clone(args)
	more["name"] = fmt.Sprintf("%s %d", args["name"], i+1)
	return more
}

// bulkLine is the result for one of several things that were pasted at once.
func bulkLine(what string, r Reply) Line {
	said := "done"
	if len(r.Lines) > 0 {
		said = r.Lines[0].String()
	}
	return say("• " + name(what) + " — " + said)
}

// lines returns the lines of a text that are not blank.
func lines(text string) []string {
	var all []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			all = append(all, l)
		}
	}
	return all
}

func (k *Desk) addRule(ctx context.Context, c Call, query string) (Reply, error) {
	r, t, err := k.ruleFrom(ctx, c, news.Rule{Severity: news.Normal}, query)
	if err != nil {
		return Reply{}, err
	}
	if same := k.sameRule(r, ""); same != nil {
		return Reply{}, usage("That rule is there already: "+name(same.Label())+", which posts to "+k.titles(same.Channels)+".",
			"/pactwatch watch show "+name(same.Name)+" tells more.")
	}
	made := news.MadeRule{Rule: r, By: c.By.Actor, Made: k.Now().UTC()}
	saved, err := k.change(ctx, c, append(t.make, news.Change{Kind: news.RuleRecord, After: record(made)})...)
	if err != nil {
		return Reply{}, err
	}
	r.Name = saved[len(saved)-1].Key
	reply := Reply{
		Lines: []Line{say(r.Label() + " is on: " + k.meaning(r.Match)), k.postsTo(r)},
		Buttons: []Button{
			{ID: buttonID("test", r.Name), Label: "Test"}, {ID: buttonID("edit", r.Name), Label: "Edit"}, undoButton(saved),
		},
	}
	preview, err := k.preview(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	reply.Lines = append(reply.Lines, preview...)
	return reply, k.addNextCheck(ctx, &reply)
}

// ruleFrom returns base with what a call says about it. An empty query leaves base's.
func (k *Desk) ruleFrom(ctx context.Context, c Call, base news.Rule, query string) (news.Rule, target, error) {
	r := base
	var t target
	if query != "" {
		r.Match = straight.Replace(query)
	}
	if err := k.checkMatch(r.Match); err != nil {
		return r, t, err
	}
	if len(r.Channels) == 0 || c.Args["to"] != "" {
		var err error
		if t, err = k.target(ctx, c.By, c.Args["to"]); err != nil {
			return r, t, about("to", err)
		}
		r.Channels = []string{t.channel.Name}
	}
	severity, err := choice("severity", c.Args["severity"], string(r.Severity), "high", "normal", "low")
	if err != nil {
		return r, t, err
	}
	r.Severity = news.Severity(severity)
	if r.Cooldown, err = duration("cooldown", c.Args["cooldown"], r.Cooldown, 0, longestPause); err != nil {
		return r, t, err
	}
	if c.Args["mention"] != "" {
		if r.Mentions, err = mentions(c.By.Platform, c.Args["mention"]); err != nil {
			return r, t, err
		}
	}
	if c.Args["sources"] != "" {
		if r.Sources, err = k.sourceNames(ctx, c.Args["sources"]); err != nil {
			return r, t, err
		}
	}
	if c.Args["name"] != "" {
		r.Title = Shorten(Clean(strings.Join(strings.Fields(c.Args["name"]), " ")), maxName)
		if taken := k.ruleNamed(r.Title); taken != nil && taken.Name != r.Name {
			return r, t, about("name", usage("The name “"+r.Title+"” is taken, by "+name(taken.Label())+".", "Choose another."))
		}
	}
	return r, t, nil
}

// sourceNames returns the sources of a list, "all" for every one.
func (k *Desk) sourceNames(ctx context.Context, text string) ([]string, error) {
	if text == "all" {
		return nil, nil
	}
	var all []string
	for _, what := range listed(text) {
		s, err := k.findSource(ctx, what)
		if err != nil {
			return nil, err
		}
		all = append(all, s.Name)
	}
	return all, nil
}

// checkMatch refuses a rule that cannot be understood, with a mark at the place.
func (k *Desk) checkMatch(match string) error {
	_, err := rule.Parse(match)
	if err == nil {
		_, err = rule.Compile([]news.Rule{{Name: "new", Match: match}}, k.house.Lists())
	}
	if syntax, ok := errors.AsType[*rule.SyntaxError](err); ok {
		at := min(max(syntax.Offset, 0), len(match))
		place := Clean(match[:at]) + "▸" + Clean(match[at:])
		return usage("I do not understand that rule: "+Clean(syntax.Msg), strings.TrimSpace(Shorten(place, maxMatchShown)+" — "+Clean(syntax.Hint)))
	}
	if err != nil {
		return usage("That rule will not do: "+Clean(err.Error()), "/pactwatch help rules shows how rules are written.")
	}
	return nil
}

// meaning says in plain words what a match finds.
func (k *Desk) meaning(match string) string {
	q, err := rule.Parse(match)
	if err != nil {
		return Shorten(Clean(match), maxMatchShown)
	}
	return Shorten(Clean(q.Explain()), maxMatchShown)
}

// sameRule returns a rule other than but that finds the same and posts to the same channels.
func (k *Desk) sameRule(r news.Rule, but string) *Rule {
	want, err := rule.Parse(r.Match)
	if err != nil {
		return nil
	}
	for _, have := range k.house.Rules() {
		if have.Name == but || !slices.Equal(slices.Sorted(slices.Values(have.Channels)), slices.Sorted(slices.Values(r.Channels))) ||
			!slices.Equal(have.Sources, r.Sources) {
			continue
		}
		if have.Match == r.Match {
			return &have
		}
		if q, err := rule.Parse(have.Match); err == nil && q.String() == want.String() {
			return &have
		}
	}
	return nil
}

func (k *Desk) postsTo(r news.Rule) Line {
	said := "Posts to " + k.titles(r.Channels) + " · " + string(cmp.Or(r.Severity, news.Normal))
	if len(r.Sources) > 0 {
		said += " · only from " + names(r.Sources)
	}
	if len(r.Mentions) > 0 {
		said += " · pings " + count(len(r.Mentions), "person or group")
	}
	return say(said)
}

// preview says what a rule would have alerted on in the last days.
func (k *Desk) preview(ctx context.Context, r news.Rule) ([]Line, error) {
	since := k.Now().Add(-previewDays * 24 * time.Hour)
	b, err := k.house.Backtest(ctx, r, since)
	if err != nil {
		return nil, err
	}
	all := []Line{say("In the last 7 days it would have alerted " + times(len(b.Alerts)) + perDay(b))}
	if len(b.Alerts) > manyAlerts {
		all = append(all, say("That is a lot: a phrase, NEAR/12 or another word would make it narrower."))
	}
	for _, a := range b.Alerts[:min(3, len(b.Alerts))] {
		all = append(all, example(a))
	}
	return all, nil
}

func times(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// perDay lists the alerts of each day: " (Mon 0, Tue 2, today 1)".
func perDay(b Backtest) string {
	if len(b.Alerts) == 0 || len(b.Days) > 8 {
		return "."
	}
	var days []string
	for i, n := range b.Days {
		label := b.Since.AddDate(0, 0, i).UTC().Format("Mon")
		if i == len(b.Days)-1 {
			label = "today"
		}
		days = append(days, fmt.Sprintf("%s %d", label, n))
	}
	return " (" + strings.Join(days, ", ") + ")."
}

// example is an alert that would have been: its headline, who reported it, the words that met the rule.
func example(a news.Alert) Line {
	l := say("• ")
	title := Part{Text: headline(a.Headline)}
	if len(a.Members) == 0 {
		return append(l, title)
	}
	first := a.Members[0]
	title.URL, _ = Link(first.Article.Link())
	l = append(l, title, Part{Text: ", "}, Part{Time: first.Article.Seen})
	if more := len(a.Members) - 1; more > 0 {
		l = append(l, Part{Text: ", and " + count(more, "more report")})
	}
	for _, m := range first.Matches {
		l = append(l, Part{Text: ": " + evidence(first.Article, m)})
		break
	}
	return l
}

// addNextCheck adds when the next source is asked.
func (k *Desk) addNextCheck(ctx context.Context, r *Reply) error {
	sources, err := k.house.Sources(ctx)
	if err != nil {
		return err
	}
	var next time.Time
	for _, s := range sources {
		if !s.Next.IsZero() && (next.IsZero() || s.Next.Before(next)) {
			next = s.Next
		}
	}
	if next.IsZero() {
		r.Lines = append(r.Lines, say("No source is watched yet: /pactwatch sources add https://… is next."))
	} else {
		r.Lines = append(r.Lines, say("Next check: ", next))
	}
	return nil
}

// ruleNamed returns the rule of that ID or name; nil if there is none.
func (k *Desk) ruleNamed(what string) *Rule {
	all := k.house.Rules()
	for i := range all {
		if strings.EqualFold(all[i].Name, what) {
			return &all[i]
		}
	}
	for i := range all {
		if all[i].Title != "" && strings.EqualFold(all[i].Title, what) || strings.EqualFold(all[i].Label(), what) {
			return &all[i]
		}
	}
	return nil
}

func (k *Desk) findRule(what string) (*Rule, error) {
	if r := k.ruleNamed(what); r != nil {
		return r, nil
	}
	return nil, usage("There is no rule “"+name(what)+"”.", "/pactwatch watch list names all of them.")
}

// madeRule returns a rule that was made in chat, as its record has it.
func (k *Desk) madeRule(what string) (*Rule, news.MadeRule, json.RawMessage, error) {
	r, err := k.findRule(what)
	if err != nil {
		return nil, news.MadeRule{}, nil, err
	}
	if r.File != "" {
		return nil, news.MadeRule{}, nil, usage("The rule "+name(r.Name)+" is written in "+name(r.File)+" and cannot be changed from chat.",
			"Change it there; /pactwatch watch pause works for it, too.")
	}
	made, raw := current[news.MadeRule](k, news.RuleRecord, r.Name)
	if raw == nil {
		return nil, made, nil, usage("Somebody has just removed that rule.", "")
	}
	return r, made, raw, nil
}

func watchEdit(ctx context.Context, k *Desk, c Call) (Reply, error) {
	r, made, raw, err := k.madeRule(c.Args["rule"])
	if err != nil {
		return Reply{}, err
	}
	if onlyRule(c.Args) {
		return Reply{Form: k.ruleForm(r, c.By)}, nil
	}
	next, t, err := k.ruleFrom(ctx, c, made.Rule, strings.Join(lines(c.Args["query"]), " "))
	if err != nil {
		return Reply{}, err
	}
	next.Name = made.Rule.Name
	if same := k.sameRule(next, r.Name); same != nil {
		return Reply{}, usage("That would be the same rule as "+name(same.Label())+".", "/pactwatch watch show "+name(same.Name)+" tells more.")
	}
	was := made.Rule
	made.Rule = next
	saved, err := k.change(ctx, c, append(t.make, news.Change{Kind: news.RuleRecord, Key: r.Name, Before: raw, After: record(made)})...)
	if err != nil {
		return Reply{}, err
	}
	next.Name = r.Name
	reply := Reply{Lines: []Line{say(next.Label() + " is changed" + difference(saved[len(saved)-1]))}, Buttons: []Button{{ID: buttonID("test", r.Name), Label: "Test"}, undoButton(saved)}}
	reply.Lines = append(reply.Lines, say("It now finds "+k.meaning(next.Match)), k.postsTo(next))
	if was.Match != next.Match || !slices.Equal(was.Sources, next.Sources) {
		versus, err := k.versus(ctx, was, next, previewDays)
		if err != nil {
			return Reply{}, err
		}
		reply.Lines = append(reply.Lines, versus)
	}
	return reply, nil
}

func onlyRule(args map[string]string) bool {
	for key, value := range args {
		if key != "rule" && value != "" {
			return false
		}
	}
	return true
}

// versus says how many alerts of the last days a changed rule brings that it did not, and the reverse.
func (k *Desk) versus(ctx context.Context, was, is news.Rule, days int) (Line, error) {
	since := k.Now().AddDate(0, 0, -days)
	old, err := k.house.Backtest(ctx, was, since)
	if err != nil {
		return nil, err
	}
	now, err := k.house.Backtest(ctx, is, since)
	if err != nil {
		return nil, err
	}
	more, less := apart(now, old), apart(old, now)
	return say(fmt.Sprintf("In the last %d days: %s instead of %s (+%d new, −%d lost).", days, count(len(now.Alerts), "alert"), count(len(old.Alerts), "alert"), more, less)), nil
}

// apart counts the alerts of a that tell of no article of b's.
func apart(a, b Backtest) (n int) {
	told := map[string]bool{}
	for _, alert := range b.Alerts {
		for _, m := range alert.Members {
			told[m.Article.ID] = true
		}
	}
	for _, alert := range a.Alerts {
		if !slices.ContainsFunc(alert.Members, func(m news.Member) bool { return told[m.Article.ID] }) {
			n++
		}
	}
	return n
}
