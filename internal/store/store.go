// Package store keeps everything that must survive a restart, in SQLite.
//
// Every method that changes something does so in one transaction that is on the disk when the
// method returns. A stage of the program is a drain: it asks what waits for it (Unread, Reported,
// Due), does its work, and hands back the result, which takes the waiting item out of the queue in
// the same transaction. Killed anywhere, it finds the same work again or the work done.
package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// A Store is safe for concurrent use.
type Store struct {
	db   *sql.DB
	lock io.Closer // held for life, so that a second process is refused; nil in memory
	path string    // of the file; "" in memory
}

// Open opens the database that dsn names and brings its schema up to date: a file, made if it is
// not there, or ":memory:" for one that ends with the program. It refuses, in words for a person,
// a file that another process has open, one that is not pactwatch's, and one of a newer version.
func Open(ctx context.Context, dsn string) (*Store, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return nil, errors.New("database: PostgreSQL comes with a later version; name a file, such as pactwatch.db")
	}
	return openSQLite(ctx, dsn)
}

// Close releases the database and lets another process open it.
func (st *Store) Close() error {
	err := st.db.Close()
	if st.lock != nil {
		err = errors.Join(err, st.lock.Close())
	}
	return err
}

// change runs f in a transaction and commits it, unless f fails.
func (st *Store) change(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := st.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// A querier is the database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// A scanner is a row that waits to be read.
type scanner interface{ Scan(dest ...any) error }

// all runs a query and returns what read makes of each row; nil if there are none.
func all[T any](ctx context.Context, q querier, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := read(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// micros is a time as it is stored.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is a stored time, in UTC.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// asJSON is v as it is stored. The types of package news always marshal.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: marshal %T: %v", v, err))
	}
	return string(b)
}

// rowID reads the number out of an ID such as "n41", "s55" or "a102".
func rowID(prefix, id string) (int64, error) {
	digits, ok := strings.CutPrefix(id, prefix)
	if n, err := strconv.ParseInt(digits, 10, 64); ok && err == nil {
		return n, nil
	}
	return 0, fmt.Errorf("not an ID: %q, want %s41 or the like", id, prefix)
}

// named is the ID that people see for a row.
func named(prefix string, row int64) string { return prefix + strconv.FormatInt(row, 10) }
