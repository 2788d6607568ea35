package store

import (
	"context"
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

// Held returns the alerts of a channel that are held back until a time, oldest first, with the members
// of their stories.
func (st *Store) Held(ctx context.Context, channel string) ([]news.Alert, error) {
	return st.alerts(ctx, `WHERE alert.channel = $1 AND alert.waits = 1 AND alert.due > 0 ORDER BY alert.id`, channel)
}

// Rehold moves the end of an alert's hold, for another reason. The zero time leaves the alert to the
// channel's next digest.
func (st *Store) Rehold(ctx context.Context, alert string, h news.Hold) error {
	row, err := rowID("a", alert)
	if err != nil {
		return err
	}
	_, err = st.db.ExecContext(ctx, `UPDATE alert SET due = $2, held = CASE WHEN $2 = 0 THEN '' ELSE $3 END
		WHERE id = $1 AND waits = 1`, row, micros(h.Until), h.Why)
	if err != nil {
		return fmt.Errorf("hold alert %s: %w", alert, err)
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

// pausedFrom is how long a destination rests that is not merely asked to be slower.
const pausedFrom = 5 * time.Minute

// Paused returns a delivery of each destination that takes nothing until a person mends it, also while
// it is tried whether somebody has; oldest first. Its Reason says what is wrong.
func (st *Store) Paused(ctx context.Context) ([]news.Delivery, error) {
	ds, err := all(ctx, st.db, readDelivery, deliveryQuery+`WHERE d.id IN (SELECT min(id) FROM delivery
		WHERE state IN ('retry', 'sending') AND holds = 1 AND due - settled >= $1 GROUP BY channel, platform, target) ORDER BY d.id`,
		pausedFrom.Microseconds())
	if err != nil {
		return nil, fmt.Errorf("paused destinations: %w", err)
	}
	return ds, nil
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
