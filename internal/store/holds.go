package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// HeldDue returns the alerts whose hold has ended, oldest first, with the members of their stories.
func (st *Store) HeldDue(ctx context.Context, now time.Time) ([]news.Alert, error) {
	return st.alerts(ctx, `WHERE alert.waits = 1 AND alert.due > 0 AND alert.due <= $1 ORDER BY alert.id`, micros(now))
}

// NextHeld returns when the next hold ends; the zero time if there is none.
func (st *Store) NextHeld(ctx context.Context) (time.Time, error) {
	var due int64
	err := st.db.QueryRowContext(ctx, `SELECT coalesce(min(due), 0) FROM alert WHERE waits = 1 AND due > 0`).Scan(&due)
	if err != nil {
		return time.Time{}, fmt.Errorf("next hold: %w", err)
	}
	return instant(due), nil
}

// Rehold moves the end of an alert's hold, for another reason.
func (st *Store) Rehold(ctx context.Context, alert string, h news.Hold) error {
	row, err := rowID("a", alert)
	if err != nil {
		return err
	}
	_, err = st.db.ExecContext(ctx, `UPDATE alert SET due = $2, held = $3 WHERE id = $1 AND waits = 1`, row, micros(h.Until), h.Why)
	if err != nil {
		return fmt.Errorf("hold alert %s: %w", alert, err)
	}
	return nil
}

// EndHolds ends the holds of a channel that have this reason, all of them where why is "".
func (st *Store) EndHolds(ctx context.Context, channel, why string, now time.Time) error {
	_, err := st.db.ExecContext(ctx, `UPDATE alert SET due = $3
		WHERE channel = $1 AND waits = 1 AND due > 0 AND ($2 = '' OR held = $2)`, channel, why, micros(now))
	if err != nil {
		return fmt.Errorf("end the holds of %s: %w", channel, err)
	}
	return nil
}

// Posted returns when the alerts of a channel were made since then, oldest first; a digest's are not
// among them.
func (st *Store) Posted(ctx context.Context, channel string, since time.Time) ([]time.Time, error) {
	ts, err := all(ctx, st.db, readTime, `SELECT min(created) FROM delivery
		WHERE channel = $1 AND kind = 'alert' AND created > $2 GROUP BY alert ORDER BY 1`, channel, micros(since))
	if err != nil {
		return nil, fmt.Errorf("alerts posted to %s: %w", channel, err)
	}
	return ts, nil
}

func readTime(row scanner) (time.Time, error) {
	var us int64
	err := row.Scan(&us)
	return instant(us), err
}

// Paused returns a delivery of each destination that takes nothing until a person mends it or it is
// tried again.
func (st *Store) Paused(ctx context.Context) ([]news.Delivery, error) {
	ds, err := all(ctx, st.db, readDelivery, deliveryQuery+`WHERE d.state = 'retry' AND d.holds = 1 ORDER BY d.id`)
	if err != nil {
		return nil, fmt.Errorf("paused destinations: %w", err)
	}
	return ds, nil
}

// SaveRefresh stores deliveries that show the present state of a story in a channel, and, where told
// is set, that its alert is held back no longer.
func (st *Store) SaveRefresh(ctx context.Context, story, channel string, told bool, deliveries []news.Delivery) error {
	row, err := rowID("s", story)
	if err != nil {
		return err
	}
	err = st.change(ctx, func(tx *sql.Tx) error {
		if told {
			_, err := tx.ExecContext(ctx, `UPDATE alert SET waits = 0, due = 0, held = '' WHERE story = $1 AND channel = $2`, row, channel)
			if err != nil {
				return err
			}
		}
		for _, d := range deliveries {
			if err := saveDelivery(ctx, tx, row, d); err != nil {
				return fmt.Errorf("delivery %s: %w", d.Key, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("story %s: refresh in %s: %w", story, channel, err)
	}
	return nil
}

// SaveMove puts an article that is in a story into another one, with all that follows from it. A story
// "" is a new one, whose number it returns. It is news.ErrNotFound where the article is not in from.
func (st *Store) SaveMove(ctx context.Context, article, from, to, why string, at time.Time) (story string, err error) {
	row, err := rowID("n", article)
	if err != nil {
		return "", err
	}
	fromRow, err := rowID("s", from)
	if err != nil {
		return "", err
	}
	err = st.change(ctx, func(tx *sql.Tx) error {
		toRow, err := rowID("s", to)
		if to == "" {
			err = tx.QueryRowContext(ctx, `INSERT INTO story (id, headline, opened)
				SELECT (SELECT 1 + max(id) FROM story), title, $2 FROM article WHERE id = $1 RETURNING id`, row, micros(at)).Scan(&toRow)
		}
		if err != nil {
			return err
		}
		moved, err := all(ctx, tx, readID, `UPDATE member SET story = $3, why = $4 WHERE article = $1 AND story = $2 RETURNING article`,
			row, fromRow, toRow, why)
		if err == nil && len(moved) == 0 {
			err = news.ErrNotFound
		}
		story = named("s", toRow)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("article %s moves from %s: %w", article, from, err)
	}
	return story, nil
}

// StoryOf returns the story that an article is in, or news.ErrNotFound.
func (st *Store) StoryOf(ctx context.Context, article string) (string, error) {
	row, err := rowID("n", article)
	if err != nil {
		return "", err
	}
	rows, err := all(ctx, st.db, readID, `SELECT story FROM member WHERE article = $1`, row)
	if err == nil && len(rows) == 0 {
		err = news.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("story of article %s: %w", article, err)
	}
	return named("s", rows[0]), nil
}

// Troubles returns what the admin channel was told of and is not over, by key.
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
			ON CONFLICT (key) DO UPDATE SET told = excluded.told`, t.Key, micros(t.Since), micros(t.Told), t.Words)
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
	type seen struct {
		source string
		at     time.Time
	}
	all, err := all(ctx, st.db, func(row scanner) (s seen, err error) {
		var at int64
		err = row.Scan(&s.source, &at)
		s.at = instant(at)
		return s, err
	}, `SELECT source, seen FROM (SELECT source, seen, row_number() OVER (PARTITION BY source ORDER BY seen DESC) AS place FROM article)
		WHERE place <= $1 ORDER BY source, seen`, n)
	if err != nil {
		return nil, fmt.Errorf("rhythm of the sources: %w", err)
	}
	times := map[string][]time.Time{}
	for _, s := range all {
		times[s.source] = append(times[s.source], s.at)
	}
	return times, nil
}
