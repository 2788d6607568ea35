package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Troubles returns what the admin channel was told of, by key.
func (st *Store) Troubles(ctx context.Context) (map[string]news.ToldTrouble, error) {
	ts, err := all(ctx, st.db, func(row scanner) (t news.ToldTrouble, err error) {
		var since, told int64
		err = row.Scan(&t.Key, &since, &told, &t.Words)
		t.Since, t.Told = instant(since), instant(told)
		return t, err
	}, `SELECT key, since, told, words FROM trouble`)
	if err != nil {
		return nil, fmt.Errorf("troubles: %w", err)
	}
	known := make(map[string]news.ToldTrouble, len(ts))
	for _, t := range ts {
		known[t.Key] = t
	}
	return known, nil
}

// SaveTrouble stores what was told of a trouble together with the notices that tell it.
func (st *Store) SaveTrouble(ctx context.Context, t news.ToldTrouble, notices []news.Delivery) error {
	err := st.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO trouble (key, since, told, words) VALUES ($1, $2, $3, $4)
			ON CONFLICT (key) DO UPDATE SET since = excluded.since, told = excluded.told, words = excluded.words`, t.Key, micros(t.Since), micros(t.Told), t.Words)
		if err == nil && t.Told.IsZero() {
			_, err = tx.ExecContext(ctx, `DELETE FROM trouble WHERE key = $1`, t.Key)
		}
		for _, d := range notices {
			if err == nil {
				err = insertDelivery(ctx, tx, nil, d)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("trouble %s: %w", t.Key, err)
	}
	return nil
}

// SeenTimes returns when the newest n articles of each source were first seen, oldest first.
func (st *Store) SeenTimes(ctx context.Context, n int) (map[string][]time.Time, error) {
	times := map[string][]time.Time{}
	_, err := all(ctx, st.db, func(row scanner) (struct{}, error) {
		var source string
		var seen int64
		err := row.Scan(&source, &seen)
		times[source] = append(times[source], instant(seen))
		return struct{}{}, err
	}, `SELECT source.name, seen FROM source JOIN article ON article.id IN
			(SELECT id FROM article AS a WHERE a.source = source.name ORDER BY a.seen DESC LIMIT $1)
		ORDER BY source.name, seen`, n)
	if err != nil {
		return nil, fmt.Errorf("rhythm of the sources: %w", err)
	}
	return times, nil
}

// PerDay returns how many articles each source showed first on each of the days from a time on, the
// oldest day first. A source that showed none is not in it.
func (st *Store) PerDay(ctx context.Context, from time.Time, days int) (map[string][]int, error) {
	counts := map[string][]int{}
	const day = 24 * time.Hour / time.Microsecond
	_, err := all(ctx, st.db, func(row scanner) (struct{}, error) {
		var source string
		var nth, n int
		err := row.Scan(&source, &nth, &n)
		if counts[source] == nil {
			counts[source] = make([]int, days)
		}
		if nth < days {
			counts[source][nth] = n
		}
		return struct{}{}, err
	}, `SELECT source, (seen - $1) / $2 AS nth, count(*) FROM article WHERE seen >= $1 GROUP BY source, nth`, micros(from), int64(day))
	if err != nil {
		return nil, fmt.Errorf("articles of each day: %w", err)
	}
	return counts, nil
}
