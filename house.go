package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers"
	"github.com/pactwatch/pactwatch/watchers/article"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// The program is the desk's house: what is in force is its roster, and a change makes another one.

func (p *program) Rules() []bot.Rule         { return p.roster.Load().rules }
func (p *program) SourceNames() []bot.Source { return p.roster.Load().sources }
func (p *program) Channels() []bot.Channel   { return p.roster.Load().channels }
func (p *program) Lists() rule.Lists         { return p.roster.Load().config.lists() }

func (p *program) Records(kind news.RecordKind) []news.Record { return p.roster.Load().records[kind] }

func (p *program) Settings(channel string) []bot.Setting {
	return p.roster.Load().settings(channel, p.file)
}

func (p *program) CheckSetting(channel, key, value string) error {
	return p.roster.Load().checkSetting(channel, key, value)
}

// Sources returns all sources with what the store knows of them.
func (p *program) Sources(ctx context.Context) ([]bot.Source, error) {
	states, err := p.st.Sources(ctx)
	if err != nil {
		return nil, err
	}
	cursors := make(map[string]news.Cursor, len(states))
	for _, s := range states {
		cursors[s.Name] = s.Cursor
	}
	sources := append([]bot.Source(nil), p.roster.Load().sources...)
	for i := range sources {
		s := &sources[i]
		if s.Cursor = cursors[s.Name]; s.Pause == nil && p.watchers != nil { // at rest nothing is polled
			s.Next = p.watchers.Next(s.Name, s.Cursor)
		}
	}
	return sources, nil
}

// Change stores changes and puts them into force. One change follows the other.
func (p *program) Change(ctx context.Context, changes []news.Change) ([]news.Change, error) {
	p.changing.Lock()
	defer p.changing.Unlock()
	ctx = context.WithoutCancel(ctx) // stored and not in force would be the worst of both
	saved, err := p.st.SaveChanges(ctx, changes, p.roster.Load().config.names)
	if err != nil {
		return nil, err
	}
	for _, c := range saved {
		p.lg.Info("changed from chat", "change", c.ID, "action", c.Action, "kind", c.Kind, "key", c.Key, "platform", c.By.Platform, "by", c.By.ID)
	}
	return saved, p.enforce(ctx, p.roster.Load().config)
}

// enforce puts a configuration and what people made in chat into force; if something is wrong with
// it, what was in force stays. The caller holds changing.
func (p *program) enforce(ctx context.Context, c *Config) error {
	records, err := p.st.Records(ctx)
	if err != nil {
		return err
	}
	r, err := newRoster(c, p.file, records, p.roster.Load(), time.Now())
	if err != nil {
		return err
	}
	if err := p.watchers.Configure(ctx, r.watched, r.set); err != nil {
		return err
	}
	p.notifier.Summarize(c.Summary)
	p.notifier.Configure(r.routes, r.set.Rules(), r.mutes)
	p.roster.Store(r)
	signalTurn(p.turned)
	return nil
}

// turns makes a new roster whenever a pause or a mute ends, until ctx ends.
func (p *program) turns(ctx context.Context) error {
	for {
		var timer <-chan time.Time
		if next := p.roster.Load().nextTurn; !next.IsZero() {
			timer = time.After(time.Until(next))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.turned:
			continue
		case <-timer:
		}
		p.changing.Lock()
		err := p.enforce(ctx, p.roster.Load().config)
		p.changing.Unlock()
		if err != nil && ctx.Err() == nil {
			p.lg.Error("pauses and mutes not looked through, once more in a minute", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Minute):
			}
		}
	}
}

func signalTurn(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Try reads an address as a source would, and stores nothing.
func (p *program) Try(ctx context.Context, address string) (bot.Found, error) {
	s, err := watchers.Scout(ctx, p.fetcher, address)
	if err != nil {
		return bot.Found{}, err
	}
	return bot.Found{Address: s.Config.Address(), Title: s.Title, Page: s.Config.Page != "", Items: s.Entries, Feeds: s.Feeds}, nil
}

// Poll polls a source now.
func (p *program) Poll(ctx context.Context, source string) (bot.Polled, error) {
	arrived, err := p.watchers.Poll(ctx, source)
	polled := bot.Polled{New: len(arrived)}
	for _, a := range arrived {
		if len(a.Matches) > 0 {
			polled.Matched++
		}
	}
	return polled, err
}

// Judge reads a page and says what a rule finds in it.
func (p *program) Judge(ctx context.Context, r news.Rule, address string) (bot.Judgement, error) {
	page, contentType, final, err := p.fetcher.Page(ctx, address)
	if err != nil {
		return bot.Judgement{}, err
	}
	got, err := article.Extract(page, contentType, final)
	if err != nil {
		return bot.Judgement{}, err
	}
	set, err := rule.Compile([]news.Rule{r}, p.Lists())
	if err != nil {
		return bot.Judgement{}, err
	}
	j := bot.Judgement{Article: news.Article{URL: final, Canonical: got.Canonical, Title: got.Title, Text: got.Text, Outlet: got.Outlet, Lang: got.Lang, Published: got.Published}}
	if ms := set.Match(&j.Article); len(ms) > 0 {
		j.Match = &ms[0]
	} else {
		j.Missing = set.Miss(&j.Article, r.Name)
	}
	return j, nil
}

// Missing returns what an article lacks to meet a rule.
func (p *program) Missing(a *news.Article, name string) string {
	return p.roster.Load().set.Miss(a, name)
}

func (p *program) Refresh(ctx context.Context, story, channel string) error {
	return p.notifier.Refresh(ctx, story, channel)
}

func (p *program) Release(ctx context.Context, channel, why string) error {
	return p.notifier.Release(ctx, channel, why)
}

func (p *program) Split(ctx context.Context, article string) (string, error) {
	return p.notifier.Split(ctx, article)
}

func (p *program) Rejoin(ctx context.Context, article, story string) error {
	err := p.notifier.Rejoin(ctx, article, story)
	if errors.Is(err, news.ErrNotFound) {
		return fmt.Errorf("article %s: it has moved on meanwhile: %w", article, err)
	}
	return err
}

// handled reports whether what a platform has sent was handled before, also by an earlier run.
func (p *program) handled(ctx context.Context, id string) (again bool, err error) {
	return p.st.Handled(ctx, id, time.Now())
}
