package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Records returns all that people made or decided in chat and that is still so, by kind and key.
func (st *Store) Records(ctx context.Context) ([]news.Record, error) {
	rs, err := all(ctx, st.db, func(row scanner) (r news.Record, err error) {
		var value string
		err = row.Scan(&r.Kind, &r.Key, &value)
		r.Value = json.RawMessage(value)
		return r, err
	}, `SELECT kind, key, value_json FROM record ORDER BY kind, key`)
	if err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	return rs, nil
}

// keyPrefixes begin the keys that the store gives to new records.
var keyPrefixes = map[news.RecordKind]string{
	news.RuleRecord: "r", news.SourceRecord: "src", news.MuteRecord: "m", news.WrongRecord: "w",
}

// SaveChanges carries out changes in their order, all or none, and returns them with their IDs and
// keys; a key is never given twice, nor is one that is taken elsewhere. The error is news.ErrOvertaken where what is there is not what a
// change says it finds.
func (st *Store) SaveChanges(ctx context.Context, changes []news.Change, taken func(key string) bool) ([]news.Change, error) {
	saved := make([]news.Change, len(changes))
	err := st.change(ctx, func(tx *sql.Tx) error {
		for i, c := range changes {
			var err error
			if saved[i], err = saveChange(ctx, tx, c, taken); err != nil {
				return fmt.Errorf("%s %s: %w", c.Kind, c.Key, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("save changes: %w", err)
	}
	return saved, nil
}

func saveChange(ctx context.Context, tx *sql.Tx, c news.Change, taken func(key string) bool) (news.Change, error) {
	if c.Key == "" {
		var err error
		if c.Key, err = newKey(ctx, tx, c.Kind, taken); err != nil {
			return c, err
		}
	}
	if err := replaceRecord(ctx, tx, c); err != nil {
		return c, err
	}
	var undoes *int64
	if c.Undoes != "" {
		row, err := rowID("x", c.Undoes)
		if err != nil {
			return c, err
		}
		undoes = &row
	}
	ids, err := all(ctx, tx, readID, `INSERT INTO change (at, platform, actor, actor_name, channel, action, kind, key,
			before_json, after_json, undoes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		micros(c.At), c.By.Platform, c.By.ID, c.By.Name, c.Channel, c.Action, c.Kind, c.Key,
		nullable(c.Before), nullable(c.After), undoes)
	if err != nil {
		return c, err
	}
	c.ID = named("x", ids[0])
	return c, nil
}

// newKey returns a key that no record of a kind has or ever had.
func newKey(ctx context.Context, tx *sql.Tx, kind news.RecordKind, taken func(key string) bool) (string, error) {
	prefix, ok := keyPrefixes[kind]
	if !ok {
		return "", errors.New("a record of this kind needs a key")
	}
	keys, err := all(ctx, tx, readString, `SELECT DISTINCT key FROM change WHERE kind = $1`, kind)
	if err != nil {
		return "", err
	}
	newest := int64(0)
	for _, key := range keys {
		if n, err := rowID(prefix, key); err == nil {
			newest = max(newest, n)
		}
	}
	for n := newest + 1; ; n++ {
		if key := named(prefix, n); !taken(key) {
			return key, nil
		}
	}
}

// replaceRecord makes of a record what a change says, if it finds what the change says.
func replaceRecord(ctx context.Context, tx *sql.Tx, c news.Change) error {
	var now sql.NullString
	err := tx.QueryRowContext(ctx, `SELECT value_json FROM record WHERE kind = $1 AND key = $2`, c.Kind, c.Key).Scan(&now)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if now != nullable(c.Before) {
		return news.ErrOvertaken
	}
	if c.After == nil {
		_, err = tx.ExecContext(ctx, `DELETE FROM record WHERE kind = $1 AND key = $2`, c.Kind, c.Key)
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO record (kind, key, value_json) VALUES ($1, $2, $3)
		ON CONFLICT (kind, key) DO UPDATE SET value_json = excluded.value_json`, c.Kind, c.Key, string(c.After))
	return err
}

func nullable(value json.RawMessage) sql.NullString {
	return sql.NullString{String: string(value), Valid: value != nil}
}

// Change returns the change of that ID, "x12"; news.ErrNotFound if there is none.
func (st *Store) Change(ctx context.Context, id string) (news.Change, error) {
	row, err := rowID("x", id)
	if err != nil {
		return news.Change{}, fmt.Errorf("change %s: %w", id, news.ErrNotFound)
	}
	cs, err := st.changes(ctx, `WHERE id = $1`, row)
	if err == nil && len(cs) == 0 {
		err = news.ErrNotFound
	}
	if err != nil {
		return news.Change{}, fmt.Errorf("change %s: %w", id, err)
	}
	return cs[0], nil
}

// Changes returns the last n changes, the newest first.
func (st *Store) Changes(ctx context.Context, n int) ([]news.Change, error) {
	return st.changes(ctx, `ORDER BY id DESC LIMIT $1`, n)
}

// ChangesOf returns all changes of one record, the newest first.
func (st *Store) ChangesOf(ctx context.Context, kind news.RecordKind, key string) ([]news.Change, error) {
	return st.changes(ctx, `WHERE kind = $1 AND key = $2 ORDER BY id DESC`, kind, key)
}

func (st *Store) changes(ctx context.Context, where string, args ...any) ([]news.Change, error) {
	cs, err := all(ctx, st.db, readChange, `SELECT id, at, platform, actor, actor_name, channel, action, kind, key,
		before_json, after_json, coalesce(undoes, 0) FROM change `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("changes: %w", err)
	}
	return cs, nil
}

func readChange(row scanner) (c news.Change, err error) {
	var id, at, undoes int64
	var before, after sql.NullString
	err = row.Scan(&id, &at, &c.By.Platform, &c.By.ID, &c.By.Name, &c.Channel, &c.Action, &c.Kind, &c.Key, &before, &after, &undoes)
	c.ID, c.At = named("x", id), instant(at)
	if before.Valid {
		c.Before = json.RawMessage(before.String)
	}
	if after.Valid {
		c.After = json.RawMessage(after.String)
	}
	if undoes != 0 {
		c.Undoes = named("x", undoes)
	}
	return c, err
}

// rememberHandled is how long Handled knows an ID: longer than any platform sends a thing again.
const rememberHandled = 24 * time.Hour

// Handled reports whether it was shown this ID of a platform's before, within a day, and remembers
// it. Of two that ask at once, one is told no.
func (st *Store) Handled(ctx context.Context, id string, now time.Time) (again bool, err error) {
	err = st.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM handled WHERE at < $1`, micros(now.Add(-rememberHandled))); err != nil {
			return err
		}
		fresh, err := all(ctx, tx, readString, `INSERT INTO handled (id, at) VALUES ($1, $2)
			ON CONFLICT (id) DO NOTHING RETURNING id`, id, micros(now))
		again = len(fresh) == 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("handled %s: %w", id, err)
	}
	return again, nil
}
