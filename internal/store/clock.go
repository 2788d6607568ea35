package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Rewind is for a clock that was ahead by so much and has been set back. What the store says will happen
// happened so much earlier, and what waits from then on is due so much earlier: else an alert that was
// made by a clock a day ahead would wait for a day, and nobody would find a message that was sent then.
func (st *Store) Rewind(ctx context.Context, clock func() time.Time, by time.Duration) error {
	err := st.change(ctx, func(tx *sql.Tx) error {
		now := clock() // within: what others stored by the right clock, they stored before
		for _, update := range []string{
			`UPDATE article SET seen = seen - $2, due = CASE WHEN due > $1 THEN due - $2 ELSE due END WHERE seen > $1`,
			`UPDATE member SET joined = joined - $2 WHERE joined > $1`,
			`UPDATE alert SET created = created - $2, due = CASE WHEN due > $1 THEN due - $2 ELSE due END WHERE created > $1`,
			`UPDATE delivery SET
				created = CASE WHEN created > $1 THEN created - $2 ELSE created END,
				claimed = CASE WHEN claimed > $1 THEN claimed - $2 ELSE claimed END,
				settled = CASE WHEN settled > $1 THEN settled - $2 ELSE settled END,
				due = CASE WHEN due > $1 THEN due - $2 ELSE due END
				WHERE max(created, claimed, settled) > $1`,
			`UPDATE handled SET at = at - $2 WHERE at > $1`,
			`UPDATE trouble SET since = CASE WHEN since > $1 THEN since - $2 ELSE since END, told = told - $2 WHERE told > $1`,
		} {
			if _, err := tx.ExecContext(ctx, update, micros(now), by.Microseconds()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("set times back by %v: %w", by, err)
	}
	return nil
}
