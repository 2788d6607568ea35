package bot

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A Role says who may use a command.
type Role string

// The roles. A platform decides by its own IDs who is a manager.
const (
	Everyone Role = "everyone"
	Managers Role = "managers"
)

// A Command is one thing that people can ask for.
type Command struct {
	Name    string // one word or two: "status", "alerts recent"
	Who     Role
	Help    string // what it does, 100 characters at most
	Args    []Arg  // in the order in which they are typed
	Example string // as typed after the bot's own name
	run     func(ctx context.Context, k *Desk, args map[string]string) ([]Line, error)
}

// An Arg is an argument of a command.
type Arg struct {
	Name     string // one word
	Help     string // 100 characters at most
	Required bool
}

// maxRecent is how many alerts one answer lists.
const maxRecent = 20

// readers is the table of the commands that only read.
var readers = []Command{
	{
		Name: "help", Who: Everyone, Help: "What can be asked", Example: "help", run: help,
	},
	{
		Name: "status", Who: Everyone, Help: "How the bot is doing", Example: "status", run: status,
	},
	{
		Name: "watch list", Who: Everyone, Help: "The rules and where their alerts go", Example: "watch list", run: watchList,
	},
	{
		Name: "watch show", Who: Everyone, Help: "One rule", Example: "watch show exclusivity", run: watchShow,
		Args: []Arg{{Name: "rule", Help: "Its name", Required: true}},
	},
	{
		Name: "sources list", Who: Everyone, Help: "The sources, when they last answered and when they are next", Example: "sources list", run: sourcesList,
	},
	{
		Name: "alerts recent", Who: Everyone, Help: "The latest alerts", Example: "alerts recent 5", run: alertsRecent,
		Args: []Arg{{Name: "n", Help: "How many, 20 at most; 5 if left out"}},
	},
	{
		Name: "why", Who: Everyone, Help: "Why there was an alert, or why an article raised none", Example: "why a102", run: why,
		Args: []Arg{{Name: "alert", Help: "An alert, such as a102, or an article's address", Required: true}},
	},
}

func help(_ context.Context, k *Desk, _ map[string]string) ([]Line, error) {
	lines := []Line{say("Pactwatch tells this team about changes in AI partnerships. You can ask:")}
	for _, c := range k.commands {
		lines = append(lines, say("• "+c.Example+": "+c.Help))
	}
	return lines, nil
}

func status(ctx context.Context, k *Desk, _ map[string]string) ([]Line, error) {
	n, err := k.st.Counts(ctx)
	if err != nil {
		return nil, err
	}
	sources, err := k.st.Sources(ctx)
	if err != nil {
		return nil, err
	}
	failing, last := 0, time.Time{}
	for _, s := range sources {
		if s.Cursor.Failures > 0 {
			failing++
		}
		if s.Cursor.LastPoll.After(last) {
			last = s.Cursor.LastPoll
		}
	}
	var lines []Line
	if k.Version != "" {
		lines = append(lines, say("pactwatch "+k.Version))
	}
	if !k.Started.IsZero() {
		lines = append(lines, say("Running since ", k.Started))
	}
	polled := say(count(len(sources), "source"), ", ", failing, " failing")
	if !last.IsZero() {
		polled = append(polled, say(", last poll ", last)...)
	}
	lines = append(lines, polled,
		say(count(len(k.rules()), "rule"), ", ", count(n.Stories, "story"), ", ", count(n.Alerts, "alert")),
		say(count(n.Articles, "article"), ", ", n.Unread, " still to be read"))
	for _, s := range slices.Sorted(maps.Keys(n.Deliveries)) {
		lines = append(lines, say("Deliveries ", string(s), ": ", n.Deliveries[s]))
	}
	return lines, nil
}

func watchList(_ context.Context, k *Desk, _ map[string]string) ([]Line, error) {
	rules := k.rules()
	if len(rules) == 0 {
		return []Line{say("There are no rules yet. They are written in the configuration file.")}, nil
	}
	lines := []Line{say(count(len(rules), "rule") + ":")}
	for _, r := range rules {
		lines = append(lines, say("• "+name(r.Name)+" → "+channelsOf(r)))
	}
	return lines, nil
}

func watchShow(_ context.Context, k *Desk, args map[string]string) ([]Line, error) {
	for _, r := range k.rules() {
		if strings.EqualFold(r.Name, args["rule"]) {
			return []Line{
				say(name(r.Name) + " (" + string(cmp.Or(r.Severity, news.Normal)) + ") → " + channelsOf(r)),
				say(Clean(r.Match)),
			}, nil
		}
	}
	return nil, &usageError{"There is no rule “" + name(args["rule"]) + "”.", "watch list names all of them."}
}

func channelsOf(r news.Rule) string {
	return cmp.Or(names(r.Channels), "no channel")
}

func sourcesList(ctx context.Context, k *Desk, _ map[string]string) ([]Line, error) {
	sources, err := k.st.Sources(ctx)
	if err != nil {
		return nil, err
	}
	if len(sources) == 0 {
		return []Line{say("No source has been polled yet.")}, nil
	}
	lines := []Line{say(count(len(sources), "source") + ":")}
	for _, s := range sources {
		lines = append(lines, sourceLine(s))
	}
	return lines, nil
}

func sourceLine(s news.SourceState) Line {
	l := say("• ", name(s.Name), ": ")
	switch c := s.Cursor; {
	case c.LastPoll.IsZero():
		return append(l, say("not polled yet")...)
	case c.Failures > 0:
		l = append(l, say("failing, ", count(c.Failures, "time"), " in a row: ", Shorten(Clean(c.LastError), maxQuote))...)
		if !c.LastOK.IsZero() {
			l = append(l, say("; last well ", c.LastOK)...)
		}
	default:
		l = append(l, say("read ", c.LastOK)...)
	}
	if next := s.Cursor.NextPoll; !next.IsZero() {
		l = append(l, say(", next ", next)...)
	}
	return l
}

func alertsRecent(ctx context.Context, k *Desk, args map[string]string) ([]Line, error) {
	n := 5
	if args["n"] != "" {
		var err error
		if n, err = strconv.Atoi(args["n"]); err != nil || n < 1 || n > maxRecent {
			return nil, &usageError{"n is a number from 1 to 20.", "For example: alerts recent 5"}
		}
	}
	alerts, err := k.st.RecentAlerts(ctx, n)
	if err != nil {
		return nil, err
	}
	if len(alerts) == 0 {
		return []Line{say("There has been no alert yet.")}, nil
	}
	var lines []Line
	for _, a := range alerts {
		l := say("• ", name(a.ID), " ")
		title := Part{Text: headline(a.Headline)}
		if len(a.Members) > 0 {
			title.URL, _ = Link(a.Members[0].Article.Link())
		}
		lines = append(lines, append(l, title, Part{Text: " · " + name(a.Channel) + " · "}, Part{Time: a.Created}))
	}
	return lines, nil
}

// why explains an alert by its ID, or an article by its address.
func why(ctx context.Context, k *Desk, args map[string]string) ([]Line, error) {
	what := args["alert"]
	if strings.Contains(what, "://") {
		return k.whyArticle(ctx, what)
	}
	a, err := k.st.Alert(ctx, strings.ToLower(what))
	if errors.Is(err, news.ErrNotFound) {
		return nil, &usageError{"There is no alert “" + name(what) + "”.", "alerts recent lists the latest."}
	}
	if err != nil {
		return nil, err
	}
	return k.explain(a), nil
}
