package watchers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers/article"
)

// How long a source that fails is left alone.
const (
	maxBackoff = 6 * time.Hour
	goneFor    = 30 * 24 * time.Hour // after 410 Gone: long enough to be no burden to anyone
)

// briefText is in words: a text of fewer is taken for an excerpt, and the page is read.
const briefText = 120

// Poll polls one source now, whatever its schedule says, and returns what was new. It is stored and
// matched when Poll returns, but not yet read.
func (w *Watchers) Poll(ctx context.Context, name string) ([]news.Arrival, error) {
	s, err := w.source(name)
	if err != nil {
		return nil, err
	}
	_, arrived, err := w.poll(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", name, err)
	}
	return arrived, nil
}

// poll returns the source's new cursor also when it fails.
func (w *Watchers) poll(ctx context.Context, s *source) (news.Cursor, []news.Arrival, error) {
	beat := w.Pulse.Loop("poll", s.config.Name, pollLimit)
	defer beat.End()
	beat.Work()
	s.busy.Lock()
	defer s.busy.Unlock()
	name := s.config.Name
	cur, founding, err := w.cursor(ctx, s.config)
	if err != nil {
		return cur, nil, &storeError{err}
	}
	l, arrived, err := w.look(ctx, s, cur, founding)
	if ctx.Err() != nil {
		return cur, nil, context.Cause(ctx)
	}
	next := l.Cursor
	if err != nil {
		next, arrived = w.failed(s, cur, err), nil
	}
	if saveErr := w.save(ctx, name, cur, next, arrived); saveErr != nil {
		return cur, nil, &storeError{errors.Join(err, saveErr)}
	}
	if err == nil {
		*s.digest = l.digest
	}
	beat.Rest(0)
	w.Polled(arrived, err)
	w.tell(name, cur, arrived)
	return next, arrived, err
}

// A storeError says that the store failed, not the source.
type storeError struct{ error }

func (e *storeError) Unwrap() error { return e.error }

// look asks the source and judges what is new, the oldest first. The listing's cursor is the one to keep.
func (w *Watchers) look(ctx context.Context, s *source, cur news.Cursor, founding bool) (l Listing, arrived []news.Arrival, err error) {
	known := func(ctx context.Context, keys []string) (map[string]bool, error) {
		return w.st.Known(ctx, s.config.Name, keys)
	}
	v := Visit{Fetcher: w.f, Cursor: cur, Known: known}
	if !cur.FirstPoll.IsZero() {
		v.digest = *s.digest
	}
	err = w.safely(func() (err error) {
		l, err = s.source.Poll(ctx, v)
		return err
	})
	if err != nil {
		return l, nil, err
	}
	fresh, sure, err := unseen(ctx, known, identify(l.Entries, l.Home))
	if err == nil && !sure && l.whole != nil {
		if err = w.safely(func() (err error) { l, err = l.whole(); return err }); err == nil {
			fresh, _, err = unseen(ctx, known, identify(l.Entries, l.Home))
		}
	}
	if err != nil {
		return l, nil, err
	}
	now := w.Now()
	for _, it := range slices.Backward(fresh) { // sources show the newest first
		arrived = append(arrived, w.arrive(s.config, l, it, now, cur.FirstPoll.IsZero(), founding))
	}
	next := &l.Cursor
	next.LastPoll, next.LastOK, next.NextPoll, next.Failures, next.LastError = now, now, time.Time{}, 0, ""
	if next.FirstPoll.IsZero() {
		next.FirstPoll = now
	}
	if s.config.Schedule == autoSchedule {
		next.Every = rhythm(next.Every, len(arrived), max(next.MaxAge, next.TTL))
		next.NextPoll = now.Add(next.Every)
	}
	return l, arrived, nil
}

// arrive makes an article of an entry and decides where it goes next. At a first poll, all but the
// news of a founding source is the baseline.
func (w *Watchers) arrive(c SourceConfig, l Listing, it identified, now time.Time, first, founding bool) news.Arrival {
	v := news.Arrival{Stage: news.Done}
	err := w.safely(func() error {
		v.Article = articleOf(c, l, it, now)
		if first && !(founding && !v.Article.Published.IsZero() && now.Sub(v.Article.Published) <= w.Backfill) {
			v.Reason = "baseline: it was there before the first poll"
			return nil
		}
		v.Matches = w.match(&v.Article)
		if it.URL != "" && !it.Closed && words(v.Article.Text) < briefText {
			v.Stage = news.Unread
			return nil
		}
		v.Article.Excerpt = false
		v.Stage, v.Reason = judge(v.Matches)
		return nil
	})
	if err != nil {
		v = news.Arrival{Article: news.Article{Source: c.Name, GUID: it.id, URL: it.URL, Title: it.Title, Seen: now},
			Stage: news.Done, Reason: "not understood: " + err.Error()}
	}
	return v
}

// judge says where an article goes that is known as well as it can be.
func judge(ms []news.Match) (news.Stage, string) {
	if len(ms) == 0 {
		return news.Done, "no rule matches"
	}
	return news.Matched, ""
}

// articleOf returns an entry as an article, with what the source says of it.
func articleOf(c SourceConfig, l Listing, it identified, now time.Time) news.Article {
	a := news.Article{
		Source: c.Name, GUID: it.id, URL: it.URL, Canonical: it.link,
		Title: it.Title, Text: article.Text(it.HTML), Excerpt: true,
		Outlet: cmp.Or(c.Outlet, it.Outlet, publisher(l, it.URL)), Author: it.Author, Primary: c.Primary || it.Primary,
		Published: it.Published, Seen: now,
	}
	if a.URL == "" { // the fragment keeps entries of one page apart
		home, _, _ := strings.Cut(l.Home, "#")
		a.URL = fmt.Sprintf("%s#entry-%x", home, sha256.Sum256([]byte(it.id)))[:len(home)+len("#entry-")+8]
	}
	if a.Published.After(now.Add(24 * time.Hour)) { // a mistake, or a wish to stay on top
		a.Published = time.Time{}
	}
	a.Lang = article.Language(a.Title + "\n" + a.Text)
	return a
}

// publisher is who an entry is from if nobody says so: the source itself, or the site that one
// which collects links leads to.
func publisher(l Listing, address string) string {
	if host := siteOf(address); host != "" && host != siteOf(l.Home) {
		return hostOf(address)
	}
	return l.Outlet
}

// words counts the words of a text, and where words are not set apart, what would take their room.
func words(text string) int {
	return max(len(strings.Fields(text)), utf8.RuneCountInString(text)/8)
}

// failed returns the cursor after a poll that failed. Nothing of the answer is kept.
func (w *Watchers) failed(s *source, cur news.Cursor, err error) news.Cursor {
	now := w.Now()
	cur.LastPoll, cur.LastError = now, err.Error()
	cur.Failures++
	cur.NextPoll = time.Time{}
	if cur.Failures > 1 {
		cur.NextPoll = now.Add(w.backoff(s, cur.Failures))
	}
	se, ok := errors.AsType[*statusError](err)
	switch {
	case ok && se.RetryAfter > 0:
		cur.NextPoll = now.Add(se.RetryAfter)
	case ok && cur.Moved != "" && (se.Code == http.StatusGone || se.Code == http.StatusNotFound):
		cur.Moved, cur.MovedSeen = "", 0 // where it had moved to is no more: ask where we were sent from
	case ok && se.Code == http.StatusGone:
		cur.NextPoll = now.Add(goneFor)
	}
	return cur
}

// backoff doubles a source's own interval with every failure after the first. Up to a tenth is
// taken off, so that sources that failed together part.
func (w *Watchers) backoff(s *source, failures int) time.Duration {
	next := s.schedule.Next(w.Now())
	d := s.schedule.Next(next).Sub(next)
	for range failures - 1 {
		if d >= maxBackoff {
			break
		}
		d = min(2*d, maxBackoff)
	}
	return d - rand.N(d/10+1)
}

// tell logs what a poll brought, and wakes who waits for it.
func (w *Watchers) tell(name string, before news.Cursor, arrived []news.Arrival) {
	count := map[news.Stage]int{}
	for _, v := range arrived {
		count[v.Stage]++
	}
	switch {
	case len(arrived) == 0:
		return
	case before.FirstPoll.IsZero():
		w.lg.Info("baseline recorded", "source", name, "entries", len(arrived), "new", len(arrived)-count[news.Done])
	default:
		w.lg.Info("entries arrived", "source", name, "entries", len(arrived), "matched", count[news.Matched], "unread", count[news.Unread])
	}
	if count[news.Matched] > 0 {
		w.Woken()
	}
	if count[news.Unread] > 0 {
		signal(w.hasUnread)
	}
}
