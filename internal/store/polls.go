package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Introduce records the sources that were not there before. Those of the first call on a new
// database are founding: their baseline may reach back.
func (st *Store) Introduce(ctx context.Context, names []string) error {
	return st.change(ctx, func(tx *sql.Tx) error {
		var known int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM source`).Scan(&known); err != nil {
			return fmt.Errorf("introduce sources: %w", err)
		}
		for _, name := range names {
			_, err := tx.ExecContext(ctx, `INSERT INTO source (name, founding, cursor_json) VALUES ($1, $2, $3)
				ON CONFLICT (name) DO NOTHING`, name, known == 0, asJSON(news.Cursor{}))
			if err != nil {
				return fmt.Errorf("introduce source %s: %w", name, err)
			}
		}
		return nil
	})
}

// Source returns the cursor of a source, the zero Cursor if it was never polled or introduced.
func (st *Store) Source(ctx context.Context, name string) (c news.Cursor, founding bool, err error) {
	var cursor string
	err = st.db.QueryRowContext(ctx, `SELECT cursor_json, founding FROM source WHERE name = $1`, name).Scan(&cursor, &founding)
	if errors.Is(err, sql.ErrNoRows) {
		return news.Cursor{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(cursor), &c)
	}
	if err != nil {
		return news.Cursor{}, false, fmt.Errorf("source %s: cursor: %w", name, err)
	}
	return c, founding, nil
}

// Known returns those of the keys that are the GUID, the URL or the canonical URL of an article of
// the source.
func (st *Store) Known(ctx context.Context, source string, keys []string) (map[string]bool, error) {
	known := make(map[string]bool, len(keys))
	const batch = 500 // SQLite takes 32,766 parameters; a short statement stays in its cache
	for part := range slices.Chunk(keys, batch) {
		args := []any{source}
		for _, key := range part {
			args = append(args, key)
		}
		in := binds(2, len(part))
		found, err := all(ctx, st.db, readString, `
			SELECT guid FROM article WHERE source = $1 AND guid IN (`+in+`)
			UNION SELECT url FROM article WHERE source = $1 AND url IN (`+in+`)
			UNION SELECT canonical FROM article WHERE source = $1 AND canonical IN (`+in+`)`, args...)
		if err != nil {
			return nil, fmt.Errorf("source %s: known entries: %w", source, err)
		}
		for _, key := range found {
			known[key] = true
		}
	}
	return known, nil
}

// binds returns n placeholders from $first on: "$2, $3".
func binds(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", first+i)
	}
	return b.String()
}

// SavePoll stores what a poll brought together with the source's new cursor. An arrival whose GUID
// the source has shown before is left as it is.
func (st *Store) SavePoll(ctx context.Context, source string, c news.Cursor, arrived []news.Arrival) error {
	return st.change(ctx, func(tx *sql.Tx) error {
		for _, v := range arrived {
			if err := saveArrival(ctx, tx, source, v); err != nil {
				return fmt.Errorf("source %s: entry %s: %w", source, v.Article.GUID, err)
			}
		}
		return saveCursor(ctx, tx, source, c)
	})
}

// SaveCursors stores the cursors of sources, by name, whose polls brought nothing.
func (st *Store) SaveCursors(ctx context.Context, cursors map[string]news.Cursor) error {
	return st.change(ctx, func(tx *sql.Tx) error {
		for source, c := range cursors {
			if err := saveCursor(ctx, tx, source, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func saveCursor(ctx context.Context, tx *sql.Tx, source string, c news.Cursor) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO source (name, founding, cursor_json) VALUES ($1, 0, $2)
		ON CONFLICT (name) DO UPDATE SET cursor_json = excluded.cursor_json`, source, asJSON(c))
	if err != nil {
		return fmt.Errorf("source %s: save cursor: %w", source, err)
	}
	return nil
}

func saveArrival(ctx context.Context, tx *sql.Tx, source string, v news.Arrival) error {
	a := &v.Article
	rows, err := all(ctx, tx, readID, `INSERT INTO article (source, guid, url, canonical, title, text, outlet,
			author, lang, published, seen, excerpt, original, stage, reason, attempts, due)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, 0)
		ON CONFLICT (source, guid) DO NOTHING RETURNING id`,
		source, a.GUID, a.URL, a.Canonical, a.Title, a.Text, a.Outlet,
		a.Author, a.Lang, micros(a.Published), micros(a.Seen), a.Excerpt, a.Primary, v.Stage, v.Reason)
	if err != nil || len(rows) == 0 {
		return err
	}
	return saveMatches(ctx, tx, rows[0], v.Matches)
}

func saveMatches(ctx context.Context, tx *sql.Tx, article int64, ms []news.Match) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM match WHERE article = $1`, article); err != nil {
		return err
	}
	for i, m := range ms {
		_, err := tx.ExecContext(ctx, `INSERT INTO match (article, rule, position, spans_json) VALUES ($1, $2, $3, $4)`,
			article, m.Rule, i, asJSON(m.Spans))
		if err != nil {
			return fmt.Errorf("match of rule %s: %w", m.Rule, err)
		}
	}
	return nil
}

// Unread returns at most limit articles whose page is to be read now, oldest arrival first.
func (st *Store) Unread(ctx context.Context, now time.Time, limit int) ([]news.Reading, error) {
	rs, err := all(ctx, st.db, func(row scanner) (news.Reading, error) {
		var r news.Reading
		var err error
		r.Article, err = readArticle(row, &r.Attempts)
		return r, err
	}, `SELECT `+articleColumns+`, attempts FROM article
		WHERE stage = 'unread' AND due <= $1 ORDER BY article.id LIMIT $2`, micros(now), limit)
	for i := range rs {
		if err == nil {
			rs[i].Matches, err = st.matches(ctx, rs[i].Article.ID)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("unread articles: %w", err)
	}
	return rs, nil
}

// SaveReading completes an article with what its page said, and moves it on. Done twice, the
// second time changes nothing.
func (st *Store) SaveReading(ctx context.Context, a news.Article, ms []news.Match, s news.Stage, reason string) error {
	row, err := rowID("n", a.ID)
	if err != nil {
		return err
	}
	return st.change(ctx, func(tx *sql.Tx) error {
		moved, err := all(ctx, tx, readID, `UPDATE article SET url = $2, canonical = $3, title = $4, text = $5,
				outlet = $6, author = $7, lang = $8, published = $9, excerpt = $10, original = $11, stage = $12, reason = $13
			WHERE id = $1 AND stage = 'unread' RETURNING id`,
			row, a.URL, a.Canonical, a.Title, a.Text,
			a.Outlet, a.Author, a.Lang, micros(a.Published), a.Excerpt, a.Primary, s, reason)
		if err == nil && len(moved) > 0 {
			err = saveMatches(ctx, tx, row, ms)
		}
		if err != nil {
			return fmt.Errorf("article %s: save reading: %w", a.ID, err)
		}
		return nil
	})
}

// PostponeReading counts an attempt to read an article and sets when to try again.
func (st *Store) PostponeReading(ctx context.Context, article string, until time.Time, reason string) error {
	row, err := rowID("n", article)
	if err != nil {
		return err
	}
	_, err = st.db.ExecContext(ctx, `UPDATE article SET attempts = attempts + 1, due = $2, reason = $3
		WHERE id = $1 AND stage = 'unread'`, row, micros(until), reason)
	if err != nil {
		return fmt.Errorf("article %s: postpone: %w", article, err)
	}
	return nil
}

// articleColumns are what readArticle reads, in its order.
const articleColumns = `article.id, source, guid, url, canonical, title, text, outlet, author, lang,
	published, seen, excerpt, original`

// readArticle reads articleColumns and then what a query has beyond them.
func readArticle(row scanner, more ...any) (a news.Article, err error) {
	var id, published, seen int64
	dest := append([]any{&id, &a.Source, &a.GUID, &a.URL, &a.Canonical, &a.Title, &a.Text, &a.Outlet, &a.Author,
		&a.Lang, &published, &seen, &a.Excerpt, &a.Primary}, more...)
	if err := row.Scan(dest...); err != nil {
		return a, err
	}
	a.ID, a.Published, a.Seen = named("n", id), instant(published), instant(seen)
	return a, nil
}

// matches returns the matches of an article in the order of the rules.
func (st *Store) matches(ctx context.Context, article string) ([]news.Match, error) {
	row, err := rowID("n", article)
	if err != nil {
		return nil, err
	}
	return all(ctx, st.db, func(row scanner) (m news.Match, err error) {
		var spans string
		err = row.Scan(&m.Rule, &spans)
		if err == nil {
			err = json.Unmarshal([]byte(spans), &m.Spans)
		}
		return m, err
	}, `SELECT rule, spans_json FROM match WHERE article = $1 ORDER BY position`, row)
}

func readID(row scanner) (id int64, err error) {
	err = row.Scan(&id)
	return id, err
}
func readString(row scanner) (s string, err error) {
	err = row.Scan(&s)
	return s, err
}
