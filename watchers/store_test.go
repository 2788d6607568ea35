package watchers

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A memory is a Store for tests.
type memory struct {
	mu       sync.Mutex
	cursors  map[string]news.Cursor
	founding map[string]bool
	articles []stored
	fail     error // of the next SavePoll
}

type stored struct {
	news.Arrival
	attempts int
	due      time.Time
}

func (st *memory) Introduce(_ context.Context, names []string) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	first := st.cursors == nil
	if first {
		st.cursors, st.founding = map[string]news.Cursor{}, map[string]bool{}
	}
	for _, n := range names {
		if _, ok := st.cursors[n]; !ok {
			st.cursors[n], st.founding[n] = news.Cursor{}, first
		}
	}
	return nil
}

func (st *memory) Source(_ context.Context, name string) (news.Cursor, bool, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.cursors[name], st.founding[name], nil
}

func (st *memory) Known(_ context.Context, source string, keys []string) (map[string]bool, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	has := map[string]bool{}
	for _, a := range st.articles {
		if a.Article.Source == source {
			has[a.Article.GUID], has[a.Article.URL], has[a.Article.Canonical] = true, true, true
		}
	}
	known := map[string]bool{}
	for _, k := range keys {
		if has[k] {
			known[k] = true
		}
	}
	return known, nil
}

func (st *memory) SavePoll(_ context.Context, source string, c news.Cursor, arrived []news.Arrival) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if err := st.fail; err != nil {
		st.fail = nil
		return err
	}
	st.cursors[source] = c
	for _, v := range arrived {
		v.Article.ID = "n" + strconv.Itoa(len(st.articles)+1)
		st.articles = append(st.articles, stored{Arrival: v})
	}
	return nil
}

func (st *memory) Unread(_ context.Context, now time.Time, limit int) ([]news.Reading, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	var rs []news.Reading
	for _, a := range st.articles {
		if a.Stage == news.Unread && !a.due.After(now) && len(rs) < limit {
			rs = append(rs, news.Reading{Article: a.Article, Matches: a.Matches, Attempts: a.attempts})
		}
	}
	return rs, nil
}

func (st *memory) SaveReading(_ context.Context, a news.Article, ms []news.Match, s news.Stage, reason string) error {
	return st.change(a.ID, func(old *stored) {
		old.Arrival = news.Arrival{Article: a, Matches: ms, Stage: s, Reason: reason}
	})
}

func (st *memory) PostponeReading(_ context.Context, article string, until time.Time, reason string) error {
	return st.change(article, func(old *stored) {
		old.attempts++
		old.due, old.Reason = until, reason
	})
}

func (st *memory) change(id string, f func(*stored)) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	for i := range st.articles {
		if st.articles[i].Article.ID == id && st.articles[i].Stage == news.Unread {
			f(&st.articles[i])
		}
	}
	return nil
}

// stages returns each article's stage by title.
func (st *memory) stages() map[string]news.Stage {
	st.mu.Lock()
	defer st.mu.Unlock()
	m := map[string]news.Stage{}
	for _, a := range st.articles {
		m[a.Article.Title] = a.Stage
	}
	return m
}

func (st *memory) only(t *testing.T) stored {
	t.Helper()
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.articles) != 1 {
		t.Fatalf("%d articles in the store, want 1", len(st.articles))
	}
	return st.articles[0]
}

func (st *memory) SaveCursors(_ context.Context, cursors map[string]news.Cursor) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	for name, c := range cursors {
		st.cursors[name] = c
	}
	return nil
}
