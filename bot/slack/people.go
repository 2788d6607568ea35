package slack

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/slack-go/slack"
)

const (
	knowFor  = 5 * time.Minute         // what Slack says of a person
	knowMost = 1000                    // people
	askFor   = 1500 * time.Millisecond // who a person is: a form has to open within three seconds
)

// people are who they are, as Slack said lately. The zero people are nobody yet.
type people struct {
	mu    sync.Mutex
	known map[string]person
}

type person struct {
	name   string
	admin  bool // or an owner
	guest  bool
	zone   *time.Location // nil if Slack does not say
	expiry time.Time
}

// asker returns who asks something, and where; name is what Slack called them just now. If Slack does
// not say in time who they are, only the configuration can make them a manager.
func (l *listener) asker(ctx context.Context, id, name, channel string) bot.Asker {
	p := l.person(ctx, id)
	return bot.Asker{
		Actor:   news.Actor{Platform: "slack", ID: id, Name: cmp.Or(p.name, name)},
		Channel: channel,
		Manager: p.admin || l.s.cfg.MembersCanManage && !p.guest || slices.Contains(l.s.cfg.Managers, id),
		Zone:    p.zone,
	}
}

func (l *listener) person(ctx context.Context, id string) person {
	if id == "" { // nobody is said to have invited the bot
		return person{guest: true}
	}
	l.people.mu.Lock()
	p, ok := l.people.known[id]
	l.people.mu.Unlock()
	if ok && time.Now().Before(p.expiry) {
		return p
	}
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	u, err := l.s.api.GetUserInfoContext(ctx, id)
	if err != nil {
		l.s.lg.Warn("slack does not say who somebody is, so they manage nothing", "user", bot.Clean(id), "err", classify(err))
		return person{guest: true}
	}
	p = personOf(u)
	l.people.mu.Lock()
	defer l.people.mu.Unlock()
	if l.people.known == nil || len(l.people.known) >= knowMost {
		l.people.known = make(map[string]person)
	}
	l.people.known[id] = p
	return p
}

func personOf(u *slack.User) person {
	p := person{
		name:   cmp.Or(u.Profile.DisplayName, u.RealName, u.Name),
		admin:  u.IsAdmin || u.IsOwner || u.IsPrimaryOwner,
		guest:  u.IsRestricted || u.IsUltraRestricted || u.IsStranger || u.IsBot || u.Deleted,
		expiry: time.Now().Add(knowFor),
	}
	if zone, err := time.LoadLocation(u.TZ); err == nil && u.TZ != "" {
		p.zone = zone
	}
	return p
}
