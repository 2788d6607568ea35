package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

// applicationID marks a SQLite file as ours, "pact" in ASCII: sqlite.org/pragma.html#pragma_application_id
const applicationID = 0x70616374

// inMemory is the dsn of a database that ends with the program.
const inMemory = ":memory:"

func openSQLite(ctx context.Context, path string) (*Store, error) {
	st := &Store{}
	if path != inMemory {
		st.path = path
		lock, err := lockFile(path)
		if err != nil {
			return nil, fmt.Errorf("database %s: %w", path, err)
		}
		st.lock = lock
	}
	db, err := connect(ctx, path)
	if err == nil {
		st.db = db
		err = prepare(ctx, db)
	}
	if err != nil {
		if st.db != nil {
			db.Close()
		}
		if st.lock != nil {
			st.lock.Close()
		}
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	return st, nil
}

// OpenReadOnly opens a database that another process may have open, to look at it.
func OpenReadOnly(ctx context.Context, dsn string) (*Store, error) {
	db, err := connectReadOnly(dsn)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", dsn, err)
	}
	version, err := schemaVersion(ctx, db)
	if newest := newestSchema(); err == nil && version != newest {
		err = fmt.Errorf("its schema is version %d and this pactwatch knows %d; run the newer one of both first", version, newest)
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("database %s: %w", dsn, explain(err))
	}
	return &Store{db: db, path: dsn}, nil
}

// connectReadOnly opens a file that is there, whatever is in it.
func connectReadOnly(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%w; the bot makes it when it first runs", fileFault(err))
	}
	q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)", "query_only(ON)"}}
	return sql.Open("sqlite", fileURL(path, q))
}

func schemaVersion(ctx context.Context, db rower) (version int64, err error) {
	err = db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&version)
	return version, err
}

// fileURL names a file with settings as the driver reads them.
func fileURL(path string, settings url.Values) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: settings.Encode()}).String()
}

// newestSchema is the number of the last migration: they are counted from 1 without a gap.
func newestSchema() int64 {
	files, err := sqliteMigrations.ReadDir("migrations/sqlite")
	if err != nil {
		panic("store: embedded migrations: " + err.Error())
	}
	return int64(len(files))
}

// fileFault leaves out of an error what its message says already.
func fileFault(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// connect opens the file with the settings that the promise rests on: WAL with a sync at every
// commit (synchronous=FULL), since with NORMAL a power cut may take back an intent to send.
func connect(ctx context.Context, path string) (*sql.DB, error) {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "trusted_schema(OFF)",
	}}
	conns := 4
	if path == inMemory {
		conns = 1 // each connection would have a memory of its own
	} else if err := ownFile(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", fileURL(path, q))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return nil, explain(err)
	}
	return db, nil
}

// ownFile makes the file if it is not there, readable by its owner only: it holds what the team
// watches for.
func ownFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("%w; name a file in a folder that this user may write to", fileFault(err))
	}
	return f.Close()
}

// prepare refuses what is not ours and migrates what is.
func prepare(ctx context.Context, db *sql.DB) error {
	var tables, app int64
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		return explain(err)
	}
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&app); err != nil {
		return explain(err)
	}
	fresh := tables == 0
	switch {
	case fresh && (app == 0 || app == applicationID):
		if _, err := db.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, applicationID)); err != nil {
			return err
		}
	case app != applicationID:
		return errors.New("this file belongs to another program; name another file")
	}
	migrations, err := fs.Sub(sqliteMigrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, migrations)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	if have > want {
		return fmt.Errorf("its schema is version %d and this pactwatch knows %d; start a newer pactwatch", have, want)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// explain puts the errors of a first look at a file into words.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_NOTADB:
		return errors.New("this file is not a SQLite database; name another file")
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("the file is damaged (%w); put a backup in its place", err)
	}
	return err
}
