package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"modernc.org/sqlite"
)

// A rower is a database or one connection to it.
type rower interface {
	querier
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// A Copy is what a backup holds.
type Copy struct {
	Schema int64          // its version
	Rows   map[string]int // by table
}

// backupPages is how many pages of 4 KiB are copied before ctx is looked at again.
const backupPages = 1024

// Backup copies a database to the file at target, which is empty or not there, and then proves that the
// copy is whole and the same: its integrity, its schema's version, and the rows of every table. All of it
// is of one moment, also while another process goes on writing.
func Backup(ctx context.Context, database, target string) (Copy, error) {
	db, err := connectReadOnly(database)
	if err != nil {
		return Copy{}, fmt.Errorf("database %s: %w", database, err)
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return Copy{}, fmt.Errorf("database %s: %w", database, explain(err))
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `BEGIN`); err != nil { // what is counted is what is copied
		return Copy{}, fmt.Errorf("database %s: %w", database, explain(err))
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
	want, err := inspect(ctx, conn)
	if err != nil {
		return Copy{}, fmt.Errorf("database %s: %w", database, explain(err))
	}
	if err := conn.Raw(func(c any) error { return copyPages(ctx, c, target) }); err != nil {
		return Copy{}, fmt.Errorf("copy %s: %w", database, err)
	}
	if err := oneFile(ctx, target); err != nil {
		return Copy{}, fmt.Errorf("copy %s: %w", database, err)
	}
	if err := prove(ctx, target, want); err != nil {
		return Copy{}, fmt.Errorf("the copy of %s is not good: %w", database, explain(err))
	}
	return want, nil
}

// inspect says what a database of ours holds.
func inspect(ctx context.Context, db rower) (Copy, error) {
	var app int64
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&app); err != nil {
		return Copy{}, err
	}
	if app != applicationID {
		return Copy{}, errors.New("this file belongs to another program")
	}
	version, err := schemaVersion(ctx, db)
	if err != nil {
		return Copy{}, err
	}
	tables, err := all(ctx, db, readString, `SELECT name FROM sqlite_schema WHERE type = 'table'`)
	if err != nil {
		return Copy{}, err
	}
	c := Copy{Schema: version, Rows: map[string]int{}}
	for _, table := range tables {
		var n int
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM "`+strings.ReplaceAll(table, `"`, `""`)+`"`).Scan(&n); err != nil {
			return Copy{}, fmt.Errorf("count the rows of %s: %w", table, err)
		}
		c.Rows[table] = n
	}
	return c, nil
}

// copyPages copies the database of a driver's connection, as its open transaction sees it.
func copyPages(ctx context.Context, c any, target string) error {
	source, ok := c.(interface {
		NewBackup(target string) (*sqlite.Backup, error)
	})
	if !ok {
		return fmt.Errorf("a %T cannot be copied", c)
	}
	b, err := source.NewBackup(fileURL(target, url.Values{"_pragma": {"synchronous(FULL)"}}))
	if err != nil {
		return err
	}
	for more := true; more && err == nil; {
		if err = ctx.Err(); err == nil {
			more, err = b.Step(backupPages)
		}
	}
	return errors.Join(err, b.Finish())
}

// oneFile takes a copy out of WAL mode, in which whoever reads it would make files beside it.
func oneFile(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", fileURL(path, url.Values{"_pragma": {"synchronous(FULL)"}}))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `PRAGMA journal_mode = DELETE`)
	return errors.Join(err, db.Close())
}

// prove returns an error unless the file at path is whole and holds what it should.
func prove(ctx context.Context, path string, want Copy) error {
	db, err := connectReadOnly(path)
	if err != nil {
		return err
	}
	defer db.Close()
	faults, err := all(ctx, db, readString, `PRAGMA integrity_check`)
	if err != nil {
		return err
	}
	if !slices.Equal(faults, []string{"ok"}) {
		return fmt.Errorf("integrity: %s", strings.Join(faults, "; "))
	}
	broken, err := all(ctx, db, readString, `SELECT "table" FROM pragma_foreign_key_check`)
	if err != nil {
		return err
	}
	if len(broken) > 0 {
		return fmt.Errorf("rows of %s refer to what is not there", broken[0])
	}
	got, err := inspect(ctx, db)
	if err != nil {
		return err
	}
	if got.Schema != want.Schema || !maps.Equal(got.Rows, want.Rows) {
		return fmt.Errorf("it has schema %d and rows %v, want schema %d and rows %v", got.Schema, got.Rows, want.Schema, want.Rows)
	}
	return nil
}
