package watchers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/pulse"
	"github.com/pactwatch/pactwatch/watchers/article"
)

const (
	readBatch    = 64
	readAttempts = 4           // the first and three more
	readAgain    = time.Minute // after the first attempt; five times that after the next
)

// readOn reads what arrives until ctx ends.
func (w *Watchers) readOn(ctx context.Context) {
	beat := w.Pulse.Loop("read", "", readLimit)
	defer beat.End()
	tick := time.NewTicker(readEvery)
	defer tick.Stop()
	for {
		beat.Work()
		if err := w.readAll(ctx, beat); err != nil && ctx.Err() == nil && !w.StoreFailed(err) {
			w.lg.Error("reading stopped, will go on", "err", err)
		}
		beat.Rest(readEvery)
		select {
		case <-w.hasUnread:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Read reads the page of every article that waits for it, and matches the whole text. It returns
// when nothing is due, and fails only if the store does.
func (w *Watchers) Read(ctx context.Context) error { return w.readAll(ctx, nil) }

// readAll is Read that tells beat of every page.
func (w *Watchers) readAll(ctx context.Context, beat *pulse.Loop) error {
	w.reading.Lock()
	defer w.reading.Unlock()
	for {
		rs, err := w.st.Unread(ctx, w.Now(), readBatch)
		if err != nil || len(rs) == 0 {
			return err
		}
		// All of a batch at once: the Fetcher holds back those that wait for the same host.
		var wg sync.WaitGroup
		errs := make([]error, len(rs))
		for i, r := range rs {
			wg.Go(func() {
				errs[i] = w.read(ctx, r)
				beat.Work()
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
}

// read reads one article and moves it on.
func (w *Watchers) read(ctx context.Context, r news.Reading) error {
	a, ms, err := w.complete(ctx, r.Article)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return w.unreadable(ctx, r, err)
	}
	stage, reason := judge(ms)
	return w.saveReading(ctx, a, ms, stage, reason, nil)
}

// complete fetches an article's page, and returns the article with what it says and what it meets.
func (w *Watchers) complete(ctx context.Context, a news.Article) (_ news.Article, ms []news.Match, err error) {
	doc, err := w.f.getPage(ctx, request{address: a.URL, accept: acceptPage, limit: maxPage})
	if err != nil {
		return a, nil, err
	}
	defer w.f.desk()()
	err = w.safely(func() error {
		p, err := article.Extract(doc.body, doc.contentType, doc.address)
		if err != nil {
			return err
		}
		if p.Outlet == hostOf(doc.address) { // it does not say; the source may have
			p.Outlet = ""
		}
		fill(&a, p, w.outletOf(a.Source))
		ms = w.match(&a)
		return nil
	})
	if err != nil {
		return a, nil, fmt.Errorf("%w: %w", errNoArticle, err)
	}
	return a, ms, nil
}

var errNoArticle = errors.New("no article")

// fill completes an article with what its page says. What a source said in full, or an outlet that
// the configuration names, stays.
func fill(a *news.Article, p article.Page, outlet string) {
	if a.Text == "" || a.Title == "" { // a bare link: its title was a guess
		a.Title = cmp.Or(p.Title, a.Title)
	}
	if len(p.Text) >= len(a.Text) {
		a.Text, a.Excerpt = p.Text, p.Excerpt
	}
	a.Canonical = cmp.Or(p.Canonical, a.Canonical)
	a.Outlet = cmp.Or(outlet, p.Outlet, a.Outlet, hostOf(a.Link()))
	a.Author = cmp.Or(a.Author, p.Author)
	a.Lang = cmp.Or(p.Lang, a.Lang)
	if a.Published.IsZero() && !p.Published.After(a.Seen) {
		a.Published = p.Published
	}
}

// outletOf is the outlet that the configuration names for a source, "" if it names none.
func (w *Watchers) outletOf(source string) string {
	s, err := w.source(source)
	if err != nil {
		return ""
	}
	return s.config.Outlet
}

// unreadable decides what becomes of an article whose page could not be had: if what the source
// said of it meets a rule, that is enough; else it is tried again while there is hope.
func (w *Watchers) unreadable(ctx context.Context, r news.Reading, cause error) error {
	reason := fmt.Sprintf("page not read: %v", cause)
	a := r.Article
	a.Excerpt = true
	switch {
	case len(r.Matches) > 0:
		w.lg.Info("page not read, excerpt used", "article", a.ID, "source", a.Source, "err", cause)
		return w.saveReading(ctx, a, r.Matches, news.Matched, reason, cause)
	case r.Attempts+1 < readAttempts && mayPass(cause):
		wait := readAgain
		for range r.Attempts {
			wait *= 5
		}
		err := w.st.PostponeReading(ctx, a.ID, w.Now().Add(wait), reason)
		if err == nil {
			w.PageRead(news.Unread, cause)
		}
		return err
	}
	w.lg.Info("article held back", "article", a.ID, "source", a.Source, "reason", reason+"; no rule matches")
	return w.saveReading(ctx, a, nil, news.Done, reason+"; no rule matches", cause)
}

// mayPass reports whether a page that could not be had may be had later.
func mayPass(cause error) bool {
	if se, ok := errors.AsType[*statusError](cause); ok {
		return se.Code >= 500 || se.Code == http.StatusTooManyRequests || se.Code == http.StatusRequestTimeout
	}
	for _, final := range []error{ErrNotAllowed, errRobots, errNoArticle, errTooLarge, errRedirects} {
		if errors.Is(cause, final) {
			return false
		}
	}
	return true
}

// saveReading moves an article on. cause is why its page could not be had, nil if it was.
func (w *Watchers) saveReading(ctx context.Context, a news.Article, ms []news.Match, s news.Stage, reason string, cause error) error {
	if err := w.st.SaveReading(ctx, a, ms, s, reason); err != nil {
		return err
	}
	w.PageRead(s, cause)
	if s == news.Matched {
		w.Woken()
	}
	return nil
}
