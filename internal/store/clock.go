package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Rewind is for a clock that was ahead and has been set back to now. What the store says happened later
// than that happened now, and what was to wait from then on is due now: else an alert that was made by a
// clock a day ahead would wait for a day. It returns whether there was anything of that kind.
func (st *Store) Rewind(ctx context.Context, now time.Time) (bool, error) {
	var changed int64
	err := st.change(ctx, func(tx *sql.Tx) error {
		for _, update := range []string{
			`UPDATE article SET seen = $1, due = min(due, $1) WHERE seen > $1`,
			`UPDATE member SET joined = $1 WHERE joined > $1`,
			`UPDATE alert SET created = $1, due = min(due, $1) WHERE created > $1`,
			`UPDATE delivery SET created = min(created, $1), claimed = min(claimed, $1), settled = min(settled, $1), due = min(due, $1)
				WHERE max(created, claimed, settled) > $1`,
			`UPDATE handled SET at = $1 WHERE at > $1`,
			`UPDATE trouble SET since = min(since, $1), told = min(told, $1) WHERE told > $1`,
		} {
			result, err := tx.ExecContext(ctx, update, micros(now))
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			changed += n
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("rewind to %s: %w", now.UTC().Format(time.RFC3339), err)
	}
	return changed > 0, nil
}
