package bot

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

const (
	defaultEvery = 15 * time.Minute
	leastEvery   = 5 * time.Minute // from chat; the configuration file may go lower
	checkEvery   = time.Minute     // of one source by hand
)

// sourcesAdd watches each of the addresses; that of an OPML file stands for those in it.
func sourcesAdd(ctx context.Context, k *Desk, c Call) (Reply, error) {
	addresses := strings.Fields(c.Args["url"])
	if len(addresses) > maxBulk {
		return Reply{}, usage(fmt.Sprintf("%d addresses at once are too many.", len(addresses)), fmt.Sprintf("Paste %d at most.", maxBulk))
	}
	if len(addresses) == 1 {
		found, err := k.try(ctx, addresses[0])
		if err != nil {
			return Reply{}, err
		}
		if len(found.Feeds) == 0 {
			return k.addSource(ctx, c, found)
		}
		addresses = found.Feeds
	}
	var all []Line
	for _, address := range addresses[:min(maxBulk, len(addresses))] {
		one := c
		one.Args = map[string]string{"every": c.Args["every"], "tags": c.Args["tags"]} // a name is one source's
		all = append(all, bulkLine(address, k.guard(c.Command, func() (Reply, error) {
			found, err := k.try(ctx, address)
			if err != nil {
				return Reply{}, err
			}
			return k.addSource(ctx, one, found)
		})))
	}
	if more := len(addresses) - maxBulk; more > 0 {
		all = append(all, say(fmt.Sprintf("%d more are in that file: paste their addresses, %d at a time.", more, maxBulk)))
	}
	return tell(all...)
}

// try reads an address as a source would.
func (k *Desk) try(ctx context.Context, address string) (Found, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Found{}, usage("“"+name(address)+"” is not the address of a feed or a page.", "Write it as a browser shows it: /pactwatch sources add https://news.example.org/feed.xml")
	}
	found, err := k.house.Try(ctx, address)
	if ctx.Err() != nil {
		return Found{}, ctx.Err()
	}
	if err != nil {
		return Found{}, usage("I cannot watch "+name(address)+": "+Shorten(Clean(err.Error()), maxQuote), "Check the address in a browser; a feed's address works best.")
	}
	return found, nil
}

func (k *Desk) addSource(ctx context.Context, c Call, found Found) (Reply, error) {
	have, err := k.house.Sources(ctx)
	if err != nil {
		return Reply{}, err
	}
	for _, s := range have {
		if sameAddress(s.Address, found.Address) {
			return Reply{}, usage("That address is watched already, as "+name(s.Name)+".", "/pactwatch sources show "+name(s.Name)+" tells more.")
		}
	}
	every, err := duration("every", c.Args["every"], defaultEvery, leastEvery, 7*24*time.Hour)
	if err != nil {
		return Reply{}, err
	}
	title := name(c.Args["name"])
	if title == "" {
		title = name(found.Title)
	}
	made := news.MadeSource{Title: title, URL: found.Address, Page: found.Page, Every: every, Tags: listed(c.Args["tags"]), By: c.By.Actor, Made: k.Now().UTC()}
	saved, err := k.change(ctx, c, news.Change{Kind: news.SourceRecord, After: record(made)})
	if err != nil {
		return Reply{}, err
	}
	id := saved[0].Key
	lines := []Line{say(id+" "+title+" is watched: ", Part{Text: hostOf(found.Address), URL: found.Address}, ", "+count(found.Items, "item")+", every "+ShortTime(every)+".")}
	if _, err := k.house.Poll(ctx, id); err != nil {
		lines = append(lines, say("Its first poll failed, the next will try again: "+Shorten(Clean(err.Error()), maxQuote)))
	} else {
		lines = append(lines, say("A baseline is recorded: no alerts for old items, only for what comes from now on."))
	}
	return Reply{Lines: lines, Buttons: []Button{undoButton(saved)}}, nil
}

// sameAddress compares two addresses but for what leads to the same page on all but odd sites.
func sameAddress(a, b string) bool {
	plain := func(s string) string {
		_, s, _ = strings.Cut(strings.ToLower(s), "://")
		return strings.TrimSuffix(strings.TrimPrefix(s, "www."), "/")
	}
	return plain(a) == plain(b)
}

func sourcesList(ctx context.Context, k *Desk, c Call) (Reply, error) {
	sources, err := k.house.Sources(ctx)
	if err != nil {
		return Reply{}, err
	}
	if tag := c.Args["tag"]; tag != "" {
		sources = slices.DeleteFunc(slices.Clone(sources), func(s Source) bool {
			return !slices.ContainsFunc(s.Tags, func(t string) bool { return strings.EqualFold(t, tag) })
		})
	}
	if len(sources) == 0 {
		return tell(say("There is no such source yet. The first one: /pactwatch sources add https://…"))
	}
	return k.paged(c, "sources-list", count(len(sources), "source"), len(sources), func(i int) Line { return sourceLine(sources[i]) })
}

// label is what people read: "src3 The Ledger", or the name of a source of the configuration file.
func (s Source) label() string {
	if s.Title == "" || s.Title == s.Name {
		return name(s.Name)
	}
	return name(s.Name) + " " + name(s.Title)
}

// Activity says what a source showed on each of the last SourceDays days, today last: "42 articles in 30
// days ▁▁▃▁█".
func Activity(days []int) string {
	total := 0
	for _, n := range days {
		total += n
	}
	return strings.TrimSpace(fmt.Sprintf("%s in %d days %s", count(total, "article"), SourceDays, sparkline(days)))
}

// sparkline draws counts as bars, the highest as high as a line; none at all is "".
func sparkline(counts []int) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	most := slices.Max(append(counts[:len(counts):len(counts)], 0))
	if most == 0 {
		return ""
	}
	var b strings.Builder
	for _, n := range counts {
		b.WriteRune(bars[(n*(len(bars)-1)+most-1)/most]) // one is never drawn as none
	}
	return b.String()
}

// State returns how the source is: "read 2026-11-24 14:12 UTC, next …".
func (s Source) State() Line { return sourceLine(s)[1:] }

func sourceLine(s Source) Line {
	l := say(s.label() + ": ")
	switch c := s.Cursor; {
	case s.Pause != nil && s.Pause.Until.IsZero():
		return append(l, say("paused")...)
	case s.Pause != nil:
		return append(l, say("paused until ", s.Pause.Until)...)
	case c.LastPoll.IsZero():
		l = append(l, say("not polled yet")...)
	case c.Failures > 0:
		l = append(l, say("failing, ", count(c.Failures, "time"), " in a row: ", Shorten(Clean(c.LastError), maxQuote))...)
		if !c.LastOK.IsZero() {
			l = append(l, say("; last well ", c.LastOK)...)
		}
	default:
		l = append(l, say("read ", c.LastOK)...)
	}
	if !s.Next.IsZero() {
		l = append(l, say(", next ", s.Next)...)
	}
	return l
}

func (k *Desk) findSource(ctx context.Context, what string) (Source, error) {
	sources, err := k.house.Sources(ctx)
	if err != nil {
		return Source{}, err
	}
	for _, s := range sources {
		if strings.EqualFold(s.Name, what) {
			return s, nil
		}
	}
	for _, s := range sources {
		if strings.EqualFold(s.Title, what) || strings.EqualFold(s.label(), what) || sameAddress(s.Address, what) {
			return s, nil
		}
	}
	return Source{}, usage("There is no source “"+name(what)+"”.", "/pactwatch sources list names all of them.")
}

func sourcesShow(ctx context.Context, k *Desk, c Call) (Reply, error) {
	s, err := k.findSource(ctx, c.Args["source"])
	if err != nil {
		return Reply{}, err
	}
	link, _ := Link(s.Address)
	lines := []Line{
		sourceLine(s),
		say(Part{Text: Shorten(Clean(s.Address), maxQuote), URL: link}, ", polled "+Clean(s.Schedule)),
	}
	if len(s.Tags) > 0 {
		lines = append(lines, say("Tags: "+names(s.Tags)))
	}
	if s.File != "" {
		lines = append(lines, say("Written in "+name(s.File)+"; it is changed there."))
	} else {
		lines = append(lines, say("Added by "+name(s.By.Name)+"."))
	}
	if !s.Cursor.FirstPoll.IsZero() {
		lines = append(lines, say("Baseline recorded ", s.Cursor.FirstPoll))
	}
	perDay, err := k.st.PerDay(ctx, k.Now().AddDate(0, 0, -SourceDays), SourceDays)
	if err != nil {
		return Reply{}, err
	}
	lines = append(lines, say(Activity(perDay[s.Name])))
	if users := k.rulesOf(s.Name); users != "" {
		lines = append(lines, say("Rules that listen only to some sources, this one among them: "+users))
	}
	return tell(lines...)
}

// rulesOf names the rules that name a source.
func (k *Desk) rulesOf(source string) string {
	var users []string
	for _, r := range k.house.Rules() {
		if slices.Contains(r.Sources, source) {
			users = append(users, r.Label())
		}
	}
	return names(users)
}

func sourcesRemove(ctx context.Context, k *Desk, c Call) (Reply, error) {
	s, err := k.findSource(ctx, c.Args["source"])
	if err != nil {
		return Reply{}, err
	}
	if s.File != "" {
		return Reply{}, usage("The source "+name(s.Name)+" is written in "+name(s.File)+" and cannot be removed from chat.", "Change it there; /pactwatch sources pause works for it, too.")
	}
	_, raw := current[news.MadeSource](k, news.SourceRecord, s.Name)
	saved, err := k.change(ctx, c, news.Change{Kind: news.SourceRecord, Key: s.Name, Before: raw})
	if err != nil {
		return Reply{}, err
	}
	lines := []Line{
		say(s.label() + " is no longer watched; its articles stay."),
		say("Undo works for 10 minutes, /pactwatch sources resume " + s.Name + " at any time."),
	}
	if users := k.rulesOf(s.Name); users != "" {
		lines = append(lines, say("Mind that these rules listen to it: "+users))
	}
	return Reply{Lines: lines, Buttons: []Button{undoButton(saved)}}, nil
}

func sourcesPause(ctx context.Context, k *Desk, c Call) (Reply, error) {
	d, err := duration("for", c.Args["for"], 0, leastPause, longestPause)
	if err != nil {
		return Reply{}, err
	}
	s, err := k.findSource(ctx, c.Args["source"])
	if err != nil {
		return Reply{}, err
	}
	return k.pause(ctx, c, s.label()+" is", []string{"source:" + s.Name}, d)
}

func sourcesResume(ctx context.Context, k *Desk, c Call) (Reply, error) {
	s, err := k.findSource(ctx, c.Args["source"])
	if err != nil {
		return k.restore(ctx, c, news.SourceRecord, strings.ToLower(c.Args["source"]))
	}
	return k.resume(ctx, c, s.label()+" is watched again.", func(key string) bool { return key == "source:"+s.Name })
}

// sourcesCheck polls a source now, and says what came of it.
func sourcesCheck(ctx context.Context, k *Desk, c Call) (Reply, error) {
	s, err := k.findSource(ctx, c.Args["source"])
	if err != nil {
		return Reply{}, err
	}
	if since := k.Now().Sub(s.Cursor.LastPoll); since < checkEvery && since >= 0 {
		return Reply{}, usage(s.label()+" was asked less than a minute ago.", "Its publisher should not be asked more often.")
	}
	polled, err := k.house.Poll(ctx, s.Name)
	if ctx.Err() != nil {
		return Reply{}, ctx.Err()
	}
	if err != nil {
		return tell(say(s.label() + " failed: " + Shorten(Clean(err.Error()), maxQuote)))
	}
	lately, err := k.alertsFrom(ctx, s.Name)
	if err != nil {
		return Reply{}, err
	}
	return tell(
		say(fmt.Sprintf("%s answers: %s new, of them %d would alert by what their source says of them.", s.label(), count(polled.New, "item"), polled.Matched)),
		say("In the last 7 days its articles had a part in "+count(lately, "alert")+"."),
	)
}

// alertsFrom counts the latest alerts to which a source has contributed.
func (k *Desk) alertsFrom(ctx context.Context, source string) (n int, err error) {
	alerts, err := k.st.SearchAlerts(ctx, news.AlertSearch{Since: k.Now().AddDate(0, 0, -previewDays)}, 100)
	for _, a := range alerts {
		if slices.ContainsFunc(a.Members, func(m news.Member) bool { return m.Article.Source == source }) {
			n++
		}
	}
	return n, err
}
