package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A Trouble is something that does not work and that who runs the bot should know.
type Trouble struct {
	Key   string // one for each distinct cause: "source ledger fails"
	Words string // what it is, why, and what to do
}

const (
	watchEvery  = time.Minute
	toldAtMost  = time.Hour // one notice of a cause in this time, also where it comes and goes
	remindFirst = 24 * time.Hour
	remindEvery = 7 * 24 * time.Hour
)

// Watch tells the admin channel once of each trouble that there is now, reminds of those that last, and
// tells their end, each at most once an hour; once a week, on Monday at nine, it says that the bot lives. It returns when to look
// again.
func (n *Notifier) Watch(ctx context.Context) (next time.Time, err error) {
	if n.Troubles == nil {
		return time.Time{}, nil
	}
	known, err := n.st.Troubles(ctx)
	if err != nil {
		return time.Time{}, err
	}
	now := n.Now()
	next = now.Add(watchEvery)
	present := map[string]bool{weekly: true}
	troubles, err := n.Troubles(ctx)
	if err != nil {
		return time.Time{}, err
	}
	for _, t := range troubles {
		present[t.Key] = true
		was, again := known[t.Key]
		switch {
		case again && now.Sub(was.Told) < toldAtMost:
		case !again || was.Over():
			err = n.notice(ctx, news.ToldTrouble{Key: t.Key, Words: t.Words, Since: now, Told: now}, "Trouble", t.Words)
		case reminds(was, now):
			was.Words, was.Told = t.Words, now
			err = n.notice(ctx, was, "Still in trouble, since "+was.Since.UTC().Format("2006-01-02 15:04 UTC"), t.Words)
		}
		if err != nil {
			return next, err
		}
	}
	for key, was := range known {
		if present[key] || now.Sub(was.Told) < toldAtMost {
			continue
		}
		if was.Over() {
			err = n.st.SaveTrouble(ctx, news.ToldTrouble{Key: key}, nil)
		} else {
			err = n.notice(ctx, news.ToldTrouble{Key: key, Words: was.Words, Told: now}, "Over after "+rough(now.Sub(was.Since)), was.Words)
		}
		if err != nil {
			return next, err
		}
	}
	return next, n.sayWeekly(ctx, known[weekly], now)
}

// reminds reports whether a trouble has lasted for so long since it was told that it is told again.
func reminds(was news.ToldTrouble, now time.Time) bool {
	if was.Told.Before(was.Since.Add(remindFirst)) {
		return !now.Before(was.Since.Add(remindFirst))
	}
	return now.Sub(was.Told) >= remindEvery
}

// weekly is the key of the line that all is well.
const weekly = "weekly"

// sayWeekly says once after every Monday at nine what lives; the first week after a first start is
// not told.
func (n *Notifier) sayWeekly(ctx context.Context, was news.ToldTrouble, now time.Time) error {
	local := now.In(n.routes.Load().channels[n.Admin].zone())
	back := (int(local.Weekday()) + 6) % 7
	monday := time.Date(local.Year(), local.Month(), local.Day()-back, 9, 0, 0, 0, local.Location())
	if now.Before(monday) {
		monday = monday.AddDate(0, 0, -7)
	}
	switch {
	case was.Told.IsZero():
		return n.st.SaveTrouble(ctx, news.ToldTrouble{Key: weekly, Since: now, Told: now}, nil)
	case was.Told.Before(monday) && n.Alive != nil:
		was.Told = now
		return n.notice(ctx, was, "This week", n.Alive(ctx))
	}
	return nil
}

// notice stores what is known of a trouble and the notice about it, together. Where there is no admin
// channel, the log has to do.
func (n *Notifier) notice(ctx context.Context, t news.ToldTrouble, headline, text string) error {
	n.lg.Warn("notice", "about", t.Key, "headline", headline, "text", text)
	var ds []news.Delivery
	now := n.Now()
	for _, to := range n.routes.Load().channels[n.Admin].Destinations(n.Admin) {
		ds = append(ds, news.Delivery{
			Key:         fmt.Sprintf("notice/%s/%s:%s/%d", t.Key, to.Platform, to.Target, now.Unix()),
			Destination: to, Kind: news.KindNotice, State: news.Pending, Due: now, Created: now,
			Card: news.Card{Headline: headline, News: text, Updated: now},
		})
	}
	if err := n.st.SaveTrouble(ctx, t, ds); err != nil {
		return err
	}
	n.outbox.ring()
	return nil
}

// rough writes a time as people say it: "40 minutes", "3 hours", "2 days".
func rough(d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}
