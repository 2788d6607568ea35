package watchers

import (
	"context"
	"sync"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// again asks for a source's document as its cursor remembers it, and returns the cursor to keep
// once the document is parsed. The document is nil if the server has nothing newer.
func (f *Fetcher) again(ctx context.Context, r request, c news.Cursor) (*document, news.Cursor, error) {
	if c.MovedSeen >= confirmations {
		r.address = c.Moved
	}
	r.etag, r.lastModified = c.ETag, c.LastModified
	doc, err := f.get(ctx, r)
	if err != nil {
		return nil, c, err
	}
	c = moved(c, doc.moved)
	c.MaxAge = doc.maxAge
	if doc.notModified { // some servers leave the validators out of a 304
		if doc.etag != "" {
			c.ETag = doc.etag
		}
		return nil, c, nil
	}
	c.ETag, c.LastModified = doc.etag, doc.lastModified
	return doc, c, nil
}

// confirmations is how many polls in a row must be sent to the same new address before it is used.
const confirmations = 3

// moved returns c after a poll that permanent redirects led to an address, "" if none did.
func moved(c news.Cursor, to string) news.Cursor {
	switch {
	case to == "" && c.MovedSeen >= confirmations: // asked there, and served
	case to == "":
		c.Moved, c.MovedSeen = "", 0
	case to == c.Moved:
		c.MovedSeen++
	default:
		c.Moved, c.MovedSeen = to, 1
	}
	return c
}

// flushEvery is how long the cursor of a poll that brought nothing may wait to be stored. What a kill
// takes is when such a source was asked last: it is asked a little early.
const flushEvery = 5 * time.Second

// cursors are those of all sources as they are now, so that a poll that brings nothing costs the store
// nothing. The zero cursors is ready.
type cursors struct {
	mu      sync.Mutex
	by      map[string]keptCursor
	unsaved map[string]news.Cursor
}

type keptCursor struct {
	news.Cursor
	founding bool
}

// cursor returns what is kept of a source. A source whose address has changed in the configuration
// starts again, as one that was added.
func (w *Watchers) cursor(ctx context.Context, c SourceConfig) (cur news.Cursor, founding bool, err error) {
	w.cursors.mu.Lock()
	kept, ok := w.cursors.by[c.Name]
	w.cursors.mu.Unlock()
	if !ok {
		if kept.Cursor, kept.founding, err = w.st.Source(ctx, c.Name); err != nil {
			return cur, false, err
		}
		w.cursors.keep(c.Name, kept, false)
	}
	address := c.Address()
	if !kept.LastPoll.IsZero() && kept.Address != address {
		kept = keptCursor{}
	}
	kept.Address = address
	return kept.Cursor, kept.founding, nil
}

// keep remembers a source's cursor, and whether it is still to be stored.
func (cs *cursors) keep(name string, k keptCursor, unsaved bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.by == nil {
		cs.by, cs.unsaved = map[string]keptCursor{}, map[string]news.Cursor{}
	}
	cs.by[name] = k
	delete(cs.unsaved, name)
	if unsaved {
		cs.unsaved[name] = k.Cursor
	}
}

// save stores what a poll brought, together with the cursor; the cursor of a poll that brought nothing
// and changed nothing but the time is stored within flushEvery.
func (w *Watchers) save(ctx context.Context, name string, before, next news.Cursor, arrived []news.Arrival) error {
	same := before
	same.LastPoll, same.LastOK, same.NextPoll, same.Every = next.LastPoll, next.LastOK, next.NextPoll, next.Every
	quiet := len(arrived) == 0 && same == next && !before.LastPoll.IsZero()
	if !quiet {
		if err := w.st.SavePoll(ctx, name, next, arrived); err != nil {
			return err
		}
	}
	w.cursors.mu.Lock()
	founding := w.cursors.by[name].founding
	w.cursors.mu.Unlock()
	w.cursors.keep(name, keptCursor{next, founding}, quiet)
	return nil
}

// flushOn stores cursors now and then until ctx ends.
func (w *Watchers) flushOn(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			w.Flush(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// Flush stores the cursors that wait for it. Those that cannot be stored wait on.
func (w *Watchers) Flush(ctx context.Context) {
	w.cursors.mu.Lock()
	unsaved := w.cursors.unsaved
	w.cursors.unsaved = map[string]news.Cursor{}
	w.cursors.mu.Unlock()
	if len(unsaved) == 0 {
		return
	}
	err := w.st.SaveCursors(ctx, unsaved)
	if err == nil {
		return
	}
	if !w.StoreFailed(err) {
		w.lg.Error("cursors not stored, will try again", "sources", len(unsaved), "err", err)
	}
	w.cursors.mu.Lock()
	defer w.cursors.mu.Unlock()
	for name, c := range unsaved {
		if _, newer := w.cursors.unsaved[name]; !newer && w.cursors.by[name].LastPoll.Equal(c.LastPoll) {
			w.cursors.unsaved[name] = c
		}
	}
}
