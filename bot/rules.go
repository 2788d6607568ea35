package bot

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// watchList lists the rules, a page at a time.
func watchList(ctx context.Context, k *Desk, c Call) (Reply, error) {
	rules := k.house.Rules()
	if c.Args["to"] != "" {
		t, err := k.target(ctx, c.By, c.Args["to"])
		if err != nil {
			return Reply{}, err
		}
		rules = slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool { return !slices.Contains(r.Channels, t.channel.Name) })
	}
	if len(rules) == 0 {
		return tell(say(`There are no rules yet. The first one: /pactwatch watch add "AGI clause"`))
	}
	return k.paged(c, "watch-list", count(len(rules), "rule"), len(rules), func(i int) Line { return k.ruleLine(rules[i]) })
}

// paged shows one page of n lines under a title, with buttons that lead to the next one and back.
func (k *Desk) paged(c Call, list, title string, n int, line func(i int) Line) (Reply, error) {
	pages := (n + perPage - 1) / perPage
	page, err := number("page", c.Args["page"], 1, pages)
	if err != nil {
		return Reply{}, err
	}
	if pages > 1 {
		title += fmt.Sprintf(", page %d of %d", page, pages)
	}
	r := Reply{Lines: []Line{say(title + ":")}}
	for i := (page - 1) * perPage; i < min(page*perPage, n); i++ {
		r.Lines = append(r.Lines, append(say("• "), line(i)...))
	}
	for key, value := range c.Args {
		if key != "page" && value != "" { // an ID holds nothing that people wrote
			if page < pages {
				r.Lines = append(r.Lines, say(fmt.Sprintf("page:%d shows the next.", page+1)))
			}
			return r, nil
		}
	}
	if page > 1 {
		r.Buttons = append(r.Buttons, Button{ID: buttonID("page", list, fmt.Sprint(page-1)), Label: "Previous"})
	}
	if page < pages {
		r.Buttons = append(r.Buttons, Button{ID: buttonID("page", list, fmt.Sprint(page+1)), Label: "Next"})
	}
	return r, nil
}

func pressPage(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	for list, f := range map[string]func(context.Context, *Desk, Call) (Reply, error){"watch-list": watchList, "sources-list": sourcesList} {
		if list == args[0] {
			return f(ctx, k, Call{By: by, Args: map[string]string{"page": args[1]}})
		}
	}
	return Reply{}, usage("This button is from another version of pactwatch.", "/pactwatch help lists what can be asked.")
}

func (k *Desk) ruleLine(r Rule) Line {
	l := say(name(r.Label()) + " → " + k.titles(r.Channels))
	if r.Severity == news.High || r.Severity == news.Low {
		l = append(l, Part{Text: ", " + string(r.Severity)})
	}
	l = append(l, k.stateOf(r)...)
	return append(l, Part{Text: ": " + Shorten(Clean(r.Match), maxName)})
}

// stateOf says what keeps a rule from working or posting; nothing if nothing does.
func (k *Desk) stateOf(r Rule) (l Line) {
	switch {
	case r.Pause != nil && r.Pause.Until.IsZero():
		l = say(", paused")
	case r.Pause != nil:
		l = say(", paused until ", r.Pause.Until)
	}
	if r.Broken != "" {
		l = append(l, Part{Text: ", cannot work: " + Shorten(Clean(r.Broken), maxQuote)})
	}
	return l
}

// watchShow shows a rule whole, and proposes a narrower one where it is mostly noise.
func watchShow(ctx context.Context, k *Desk, c Call) (Reply, error) {
	r, err := k.findRule(c.Args["rule"])
	if err != nil {
		return Reply{}, err
	}
	sent, err := k.st.AlertsOf(ctx, r.Name)
	if err != nil {
		return Reply{}, err
	}
	muted, wrong := k.mutesOf(r.Name), k.wrongsOf(r.Name)
	reply := Reply{Lines: []Line{
		append(say(name(r.Label())), k.stateOf(*r)...),
		say(Shorten(Clean(r.Match), maxMatchShown)),
		say("It finds " + k.meaning(r.Match)),
		k.postsTo(r.Rule),
	}}
	if r.File != "" {
		reply.Lines = append(reply.Lines, say("Written in "+name(r.File)+"; it is changed there."))
	} else if r.By.ID != "" {
		reply.Lines = append(reply.Lines, say("Made by "+name(r.By.Name)+", ", r.Made))
	}
	reply.Lines = append(reply.Lines, say(fmt.Sprintf("%s, muted %s, called wrong %s", count(sent, "alert"), times(muted), times(len(wrong)))))
	reply.Buttons = []Button{{ID: buttonID("test", r.Name), Label: "Test"}}
	if r.File == "" {
		reply.Buttons = append(reply.Buttons, Button{ID: buttonID("edit", r.Name), Label: "Edit"})
	}
	return reply, k.propose(ctx, *r, sent, wrong, &reply)
}

// watchTest runs a rule over what is stored, or over one page.
func watchTest(ctx context.Context, k *Desk, c Call) (Reply, error) {
	r := news.Rule{Name: "test", Severity: news.Normal, Match: straight.Replace(strings.Join(lines(c.Args["query"]), " "))}
	have := k.ruleNamed(c.Args["query"])
	if have != nil {
		r = have.Rule
	} else if err := k.checkMatch(r.Match); err != nil {
		return Reply{}, err
	}
	against := c.Args["against"]
	if strings.Contains(against, "://") {
		return k.testPage(ctx, r, against)
	}
	back, err := duration("against", against, previewDays*24*time.Hour, time.Hour, 365*24*time.Hour)
	if err != nil {
		return Reply{}, err
	}
	b, err := k.house.Backtest(ctx, r, k.Now().Add(-back))
	if err != nil {
		return Reply{}, err
	}
	all := []Line{
		say("A test: nothing is posted, nothing changes. It finds " + k.meaning(r.Match)),
		say(fmt.Sprintf("Of %s since ", count(b.Articles, "stored article")), b.Since, fmt.Sprintf(", %d match: it would have alerted %s", b.Matched, times(len(b.Alerts)))+perDay(b)),
	}
	for _, a := range b.Alerts[:min(maxOutlets, len(b.Alerts))] {
		all = append(all, example(a))
		for _, m := range a.Members[1:min(3, max(1, len(a.Members)))] {
			all = append(all, say("   same story: ", outletPart(cmp.Or(m.Article.Outlet, m.Article.Source), m.Article.Link()), ": "+Shorten(Clean(m.Why), maxName)))
		}
	}
	if more := len(b.Alerts) - maxOutlets; more > 0 {
		all = append(all, say(plusMore(more)))
	}
	return tell(all...)
}

// testPage says what a rule makes of one page.
func (k *Desk) testPage(ctx context.Context, r news.Rule, address string) (Reply, error) {
	if u, err := url.Parse(address); err != nil || u.Host == "" {
		return Reply{}, usage("“"+name(address)+"” is not the address of a page.", "Write it as a browser shows it, https://…")
	}
	j, err := k.house.Judge(ctx, r, address)
	if err != nil {
		return Reply{}, usage("I cannot read that page: "+Shorten(Clean(err.Error()), maxQuote), "Addresses are read as sources are, with the same limits.")
	}
	link, _ := Link(j.Article.Link())
	title := say(Part{Text: headline(j.Article.Title), URL: link})
	if j.Match == nil {
		return tell(title, say("Would not alert (no rule matches): "+cmp.Or(Shorten(Clean(j.Missing), maxQuote), "it finds nothing there")))
	}
	return tell(title, say("Would alert: "+evidence(j.Article, *j.Match)))
}

// ruleForm asks for a rule: a new one, or what is to become of r.
func (k *Desk) ruleForm(r *Rule, by Asker) *Form {
	f := &Form{ID: NewRuleForm, Title: "New watch rule", Submit: "Save", Live: true}
	var v news.Rule
	if r != nil {
		v, f.ID, f.Title = r.Rule, buttonID("edit", r.Name), "Edit "+r.Name
	}
	to := ""
	if r == nil && by.Channel != "" {
		to = "<#" + by.Channel + ">"
	}
	f.Fields = []Field{
		{Name: "query", Label: "What to watch for", Help: `Words, "phrases", OR, NEAR/12, @lists; one rule a line`, Value: v.Match, Required: true, Lines: 3},
		{Name: "to", Label: "Where to post", Help: "A channel that the bot is in", Kind: PlaceArg, Value: to, Required: r == nil},
		{Name: "name", Label: "Name", Help: "What people call it; may be empty", Value: v.Title},
		{Name: "severity", Label: "How loud", Kind: ChoiceArg, Value: string(cmp.Or(v.Severity, news.Normal)),
			Choices: []Choice{{"High", "high"}, {"Normal", "normal"}, {"Low", "low"}}, Required: true},
	}
	return f
}
