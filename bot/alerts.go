package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// maxRecent is how many alerts one answer lists.
const maxRecent = 20

func alertsRecent(ctx context.Context, k *Desk, c Call) (Reply, error) {
	n, err := number("n", c.Args["n"], 5, maxRecent)
	if err != nil {
		return Reply{}, err
	}
	s := news.AlertSearch{}
	if c.Args["rule"] != "" {
		r, err := k.findRule(c.Args["rule"])
		if err != nil {
			return Reply{}, err
		}
		s.Rule = r.Name
	}
	return k.listAlerts(ctx, c.By, s, n, "There has been no alert yet.")
}

func alertsSearch(ctx context.Context, k *Desk, c Call) (Reply, error) {
	s := news.AlertSearch{Words: c.Args["text"]}
	if c.Args["rule"] != "" {
		r, err := k.findRule(c.Args["rule"])
		if err != nil {
			return Reply{}, err
		}
		s.Rule = r.Name
	}
	if c.Args["to"] != "" {
		t, err := k.target(ctx, c.By, c.Args["to"])
		if err != nil {
			return Reply{}, err
		}
		s.Channel = t.channel.Name
	}
	var err error
	if s.Since, err = k.day("since", c.Args["since"], c.By.Zone); err != nil {
		return Reply{}, err
	}
	if s.Until, err = k.day("until", c.Args["until"], c.By.Zone); err != nil {
		return Reply{}, err
	}
	if !s.Until.IsZero() {
		s.Until = s.Until.AddDate(0, 0, 1) // with that day
	}
	if s == (news.AlertSearch{}) {
		return Reply{}, usage("What shall I look for?", "For example: /pactwatch alerts search revenue share since:30d")
	}
	return k.listAlerts(ctx, c.By, s, maxRecent, "No alert is like that. Fewer words find more.")
}

// day reads "2026-11-01" or a time ago, "30d"; "" is the zero time.
func (k *Desk) day(arg, text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if zone == nil {
		zone = time.UTC
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return t, nil
	}
	ago, err := duration(arg, text, 0, time.Minute, 10*365*24*time.Hour)
	if err != nil {
		return time.Time{}, usage(arg+": is a day such as 2026-11-01, or a time ago such as 30d.", "You wrote “"+name(text)+"”.")
	}
	return k.Now().Add(-ago), nil
}

func (k *Desk) listAlerts(ctx context.Context, by Asker, s news.AlertSearch, n int, none string) (Reply, error) {
	alerts, err := k.st.SearchAlerts(ctx, s, n)
	if err != nil {
		return Reply{}, err
	}
	if len(alerts) == 0 {
		return tell(say(none))
	}
	var lines []Line
	for _, a := range alerts {
		link, err := k.permalink(ctx, by, a)
		if err != nil {
			return Reply{}, err
		}
		l := say("• "+name(a.ID)+" ", Part{Text: headline(a.Headline), URL: link}, " · "+k.title(a.Channel)+" · ", a.Created)
		lines = append(lines, append(l, Part{Text: ", " + count(len(a.Members), "report")}))
	}
	return tell(lines...)
}

// permalink returns the address of an alert's message, on the asker's platform if it is there; else
// that of its first report.
func (k *Desk) permalink(ctx context.Context, by Asker, a news.Alert) (string, error) {
	ds, err := k.st.StoryDeliveries(ctx, a.Story)
	if err != nil {
		return "", err
	}
	var address string
	for _, d := range ds {
		p := k.Platforms[d.Destination.Platform]
		if p == nil || d.Kind != news.KindAlert || d.State != news.Sent || d.Destination.Channel != a.Channel {
			continue
		}
		if link := p.Permalink(d.Destination, d.Message); link != "" && (address == "" || d.Destination.Platform == by.Platform) {
			address = link
		}
	}
	if address == "" && len(a.Members) > 0 {
		address, _ = Link(a.Members[0].Article.Link())
	}
	return address, nil
}

// alertNamed returns the alert of an ID, or the alert of a story, in the asker's channel if it has
// one there.
func (k *Desk) alertNamed(ctx context.Context, by Asker, what string) (news.Alert, error) {
	what = strings.ToLower(what)
	if strings.HasPrefix(what, "s") {
		alerts, err := k.st.SearchAlerts(ctx, news.AlertSearch{Story: what}, maxRecent)
		if err != nil {
			return news.Alert{}, err
		}
		for _, a := range alerts {
			if k.isHere(by, a.Channel) {
				return a, nil
			}
		}
		if len(alerts) > 0 {
			return alerts[0], nil
		}
	}
	a, err := k.st.Alert(ctx, what)
	if errors.Is(err, news.ErrNotFound) {
		return a, usage("There is no alert “"+name(what)+"”.", "/pactwatch alerts recent lists the latest.")
	}
	return a, err
}

// isHere reports whether a channel is the one that was asked in.
func (k *Desk) isHere(by Asker, channel string) bool {
	for _, ch := range k.house.Channels() {
		if ch.Name == channel {
			return slices.ContainsFunc(ch.Destinations, func(d news.Destination) bool { return d.Platform == by.Platform && d.Target == by.Channel })
		}
	}
	return false
}

// alertsShow shows an alert whole.
func alertsShow(ctx context.Context, k *Desk, c Call) (Reply, error) {
	a, err := k.alertNamed(ctx, c.By, c.Args["alert"])
	if err != nil {
		return Reply{}, err
	}
	lines := k.explain(a)
	ds, err := k.st.StoryDeliveries(ctx, a.Story)
	if err != nil {
		return Reply{}, err
	}
	lines = append(lines, say("Messages:"))
	for _, d := range ds {
		l := say(fmt.Sprintf("• %s to %s on %s, %s ", d.Kind, k.title(d.Destination.Channel), d.Destination.Platform, d.State))
		when := d.Settled
		if when.IsZero() {
			when = d.Due
		}
		l = append(l, Part{Time: when})
		if d.Reason != "" {
			l = append(l, Part{Text: ": " + Shorten(Clean(d.Reason), maxQuote)})
		}
		lines = append(lines, l)
	}
	if len(ds) == 0 {
		lines = append(lines, say("• none: it was or will be told in a digest"))
	}
	return Reply{Lines: lines, Buttons: []Button{
		{ID: buttonID("mute-story", a.ID), Label: "Mute story…"}, {ID: buttonID("split", a.ID), Label: "Not the same story"}, {ID: buttonID("wrong", a.ID), Label: "Wrong match"},
	}}, nil
}

// pressSources lists all reports of an alert's story with their addresses, primary sources first.
func pressSources(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	a, err := k.alertNamed(ctx, by, args[0])
	if err != nil {
		return Reply{}, err
	}
	members := slices.Clone(a.Members)
	slices.SortStableFunc(members, func(x, y news.Member) int {
		switch {
		case x.Article.Primary == y.Article.Primary:
			return 0
		case x.Article.Primary:
			return -1
		}
		return 1
	})
	var lines []Line
	for _, m := range members {
		link, _ := Link(m.Article.Link())
		l := say("• ", outletPart(cmp.Or(m.Article.Outlet, m.Article.Source), m.Article.Link()), ": ", Part{Text: headline(m.Article.Title), URL: link}, ", ", m.Article.Seen)
		if m.Article.Primary {
			l = append(l, Part{Text: " (primary source)"})
		}
		lines = append(lines, l)
	}
	return tell(lines...)
}
