package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// probeRoom is in bytes: what has to fit beside the database. A poll's transaction is smaller but for
// the first of a long feed.
const probeRoom = 1 << 20

// Probe returns why the store takes no writes now, nil if it does. It commits one that changes nothing,
// and looks whether there is room for more: a small commit may go where an earlier one has been, when
// the disk is full for everything else.
func (st *Store) Probe(ctx context.Context) error {
	err := st.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `PRAGMA user_version = 0`) // the schema's version is goose's
		return err
	})
	if err == nil && st.path != "" {
		err = room(filepath.Dir(st.path))
	}
	if err != nil {
		return fmt.Errorf("the store takes no writes: %w", fileFault(err))
	}
	return nil
}

// Check returns what is wrong with a database that the bot may have open: it or its folder cannot be
// written, there is no room, it is damaged, not ours or of another version. One that is not there yet is
// right if it can be made.
func Check(ctx context.Context, path string) error {
	if err := room(filepath.Dir(path)); err != nil {
		return fmt.Errorf("its folder takes no writes: %w", fileFault(err))
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("it cannot be written: %w", fileFault(err))
	}
	f.Close()
	st, err := OpenReadOnly(ctx, path)
	if err != nil {
		return err
	}
	defer st.Close()
	faults, err := all(ctx, st.db, readString, `PRAGMA quick_check(1)`)
	if err == nil && faults[0] != "ok" {
		err = fmt.Errorf("it is damaged (%s); put a backup in its place", faults[0])
	}
	return err
}

// room returns why a folder has no room for probeRoom more, nil if it has.
func room(dir string) error {
	f, err := os.CreateTemp(dir, ".pactwatch-room-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, probeRoom))
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// Size returns how many bytes the database takes on the disk, what is not yet merged into its file
// included; 0 in memory.
func (st *Store) Size() (int64, error) {
	var all int64
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(st.path + suffix)
		switch {
		case st.path == "" || suffix != "" && errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return 0, fmt.Errorf("size of the database: %w", fileFault(err))
		}
		all += info.Size()
	}
	return all, nil
}

// A Queue is what waits for a stage.
type Queue struct {
	Stage    string     // "read", "group", "deliver", or "decide" for deliveries that wait for a person
	Platform string     // of deliveries; "" for articles
	State    news.State // of deliveries; "" for articles
	Depth    int
	Oldest   time.Time // when the oldest of it came
}

// Queues returns the queues that are not empty.
func (st *Store) Queues(ctx context.Context) ([]Queue, error) {
	qs, err := all(ctx, st.db, func(row scanner) (q Queue, err error) {
		var oldest int64
		err = row.Scan(&q.Stage, &q.Platform, &q.State, &q.Depth, &oldest)
		q.Oldest = instant(oldest)
		return q, err
	}, `SELECT CASE stage WHEN 'unread' THEN 'read' ELSE 'group' END, '', '', count(*), min(seen)
			FROM article WHERE stage <> 'done' GROUP BY stage
		UNION ALL SELECT CASE WHEN state IN ('held', 'parked') THEN 'decide' ELSE 'deliver' END, platform, state, count(*), min(created)
			FROM delivery WHERE state IN ('pending', 'sending', 'retry', 'unknown', 'verify', 'held', 'parked') GROUP BY platform, state`)
	if err != nil {
		return nil, fmt.Errorf("queues: %w", err)
	}
	return qs, nil
}

// Alerts returns how many alerts were ever raised.
func (st *Store) Alerts(ctx context.Context) (int, error) {
	var n int
	if err := st.db.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM alert`).Scan(&n); err != nil {
		return 0, fmt.Errorf("count alerts: %w", err)
	}
	return n, nil
}
