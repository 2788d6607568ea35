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

// Claim takes the oldest delivery of a destination that is due, writes down that it is being sent,
// and returns it; ok is false if none is due. From here on its outcome is unknown until Settle.
//
// Order within a destination is kept: while a delivery that Holds waits to be tried again, none
// overtakes it. An edit and a reply wait until their alert is sent, and carry its message.
func (st *Store) Claim(ctx context.Context, to news.Destination, now time.Time) (d news.Delivery, ok bool, err error) {
	err = st.change(ctx, func(tx *sql.Tx) error {
		ds, err := all(ctx, tx, readDelivery, deliveryQuery+`
			WHERE d.channel = $1 AND d.platform = $2 AND d.target = $3 AND d.state IN ('pending', 'retry') AND d.due <= $4
				AND (d.kind IN ('alert', 'digest', 'notice') OR first.state = 'sent')
				AND NOT EXISTS (SELECT 1 FROM delivery AS w WHERE w.channel = $1 AND w.platform = $2 AND w.target = $3
					AND w.state = 'retry' AND w.holds = 1 AND w.due > $4)
			ORDER BY d.id LIMIT 1`, to.Channel, to.Platform, to.Target, micros(now))
		if err != nil || len(ds) == 0 {
			return err
		}
		d, ok = ds[0], true
		d.State, d.Attempts, d.Claimed = news.Sending, d.Attempts+1, now
		_, err = tx.ExecContext(ctx, `UPDATE delivery SET state = $2, attempts = $3, claimed = $4 WHERE id = $1`,
			d.ID, d.State, d.Attempts, micros(now))
		return err
	})
	if err != nil {
		return news.Delivery{}, false, fmt.Errorf("claim a delivery for %s: %w", to, err)
	}
	return d, ok, nil
}

// deliveryQuery reads deliveries d with the first message that an edit or a reply belongs to.
const deliveryQuery = `SELECT d.id, d.key, coalesce(d.alert, 0), d.channel, d.platform, d.target, d.kind, d.card_json,
		CASE WHEN d.kind IN ('edit', 'reply') AND d.message = '' THEN coalesce(first.message, '') ELSE d.message END,
		d.state, d.attempts, d.due, d.holds, d.created, d.settled, d.reason, d.claimed
	FROM delivery AS d LEFT JOIN delivery AS first
		ON first.alert = d.alert AND first.kind = 'alert' AND first.channel = d.channel
			AND first.platform = d.platform AND first.target = d.target `

func readDelivery(row scanner) (d news.Delivery, err error) {
	var card string
	var alert, due, created, settled, claimed int64
	err = row.Scan(&d.ID, &d.Key, &alert, &d.Destination.Channel, &d.Destination.Platform, &d.Destination.Target, &d.Kind,
		&card, &d.Message, &d.State, &d.Attempts, &due, &d.Holds, &created, &settled, &d.Reason, &claimed)
	if err == nil {
		err = json.Unmarshal([]byte(card), &d.Card)
	}
	if alert != 0 {
		d.Card.Alert = named("a", alert)
	}
	d.Due, d.Created, d.Settled, d.Claimed = instant(due), instant(created), instant(settled), instant(claimed)
	return d, err
}

// Settle stores what became of a delivery: its State, Message, Due, Holds, Reason and Settled. When an
// alert fails for good, what was to follow it fails with it.
func (st *Store) Settle(ctx context.Context, d news.Delivery) error {
	err := st.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE delivery SET state = $2, message = $3, due = $4, holds = $5, reason = $6, settled = $7
			WHERE id = $1`, d.ID, d.State, d.Message, micros(d.Due), d.Holds, d.Reason, micros(d.Settled))
		if err != nil || d.Kind != news.KindAlert || d.State != news.Failed {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE delivery SET state = 'failed', reason = 'its alert was not posted', settled = $5
			WHERE alert = (SELECT alert FROM delivery WHERE id = $1) AND channel = $2 AND platform = $3 AND target = $4
				AND state IN ('pending', 'retry')`,
			d.ID, d.Destination.Channel, d.Destination.Platform, d.Destination.Target, micros(d.Settled))
		return err
	})
	if err != nil {
		return fmt.Errorf("settle delivery %d: %w", d.ID, err)
	}
	return nil
}

// NextDue returns when Claim will find something for a destination; the zero time if only a change in
// the store can bring that about, as for an edit whose alert is not sent.
func (st *Store) NextDue(ctx context.Context, to news.Destination) (time.Time, error) {
	var due, tryAgain int64
	err := st.db.QueryRowContext(ctx, `SELECT coalesce(min(d.due), 0), coalesce(max(CASE WHEN d.state = 'retry' AND d.holds = 1 THEN d.due END), 0)
		FROM delivery AS d LEFT JOIN delivery AS first
			ON first.alert = d.alert AND first.kind = 'alert' AND first.channel = d.channel
				AND first.platform = d.platform AND first.target = d.target
		WHERE d.channel = $1 AND d.platform = $2 AND d.target = $3 AND (d.state = 'unknown'
			OR d.state IN ('pending', 'retry') AND (d.kind IN ('alert', 'digest', 'notice') OR first.state = 'sent'))`,
		to.Channel, to.Platform, to.Target).Scan(&due, &tryAgain)
	if err != nil {
		return time.Time{}, fmt.Errorf("next delivery for %s: %w", to, err)
	}
	return instant(max(due, tryAgain)), nil
}

// Unknown returns the deliveries to a destination of which nobody knows whether they arrived and of
// which the platform is to be asked now, oldest first.
func (st *Store) Unknown(ctx context.Context, to news.Destination, now time.Time) ([]news.Delivery, error) {
	ds, err := all(ctx, st.db, readDelivery, deliveryQuery+`
		WHERE d.channel = $1 AND d.platform = $2 AND d.target = $3 AND d.state = 'unknown' AND d.due <= $4 ORDER BY d.id`,
		to.Channel, to.Platform, to.Target, micros(now))
	if err != nil {
		return nil, fmt.Errorf("unknown deliveries to %s: %w", to, err)
	}
	return ds, nil
}

// Interrupted returns the deliveries that are written down as being sent. Asked at the start, those
// are what the last run was killed over.
func (st *Store) Interrupted(ctx context.Context) ([]news.Delivery, error) {
	ds, err := all(ctx, st.db, readDelivery, deliveryQuery+`WHERE d.state = 'sending' ORDER BY d.id`)
	if err != nil {
		return nil, fmt.Errorf("interrupted deliveries: %w", err)
	}
	return ds, nil
}

// StoryDeliveries returns all deliveries about a story, oldest first; nil if there are none.
func (st *Store) StoryDeliveries(ctx context.Context, story string) ([]news.Delivery, error) {
	row, err := rowID("s", story)
	if err != nil {
		return nil, err
	}
	ds, err := all(ctx, st.db, readDelivery, deliveryQuery+`JOIN alert ON alert.id = d.alert
		WHERE alert.story = $1 ORDER BY d.id`, row)
	if err != nil {
		return nil, fmt.Errorf("story %s: deliveries: %w", story, err)
	}
	return ds, nil
}

// Waiting returns the alerts that wait for the channel's next digest, oldest first, with the members
// of their stories.
func (st *Store) Waiting(ctx context.Context, channel string) ([]news.Alert, error) {
	return st.alerts(ctx, `WHERE alert.channel = $1 AND alert.waits = 1 AND alert.due = 0 ORDER BY alert.id`, channel)
}

// SaveDigest stores a digest's deliveries, and that the alerts it tells of wait no longer. A digest
// whose key is there already changes nothing.
func (st *Store) SaveDigest(ctx context.Context, told []news.Alert, deliveries []news.Delivery) error {
	err := st.change(ctx, func(tx *sql.Tx) error {
		for _, a := range told {
			row, err := rowID("a", a.ID)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE alert SET waits = 0, due = 0, held = '' WHERE id = $1`, row); err != nil {
				return err
			}
		}
		for _, d := range deliveries {
			if err := insertDelivery(ctx, tx, nil, d); err != nil {
				return fmt.Errorf("delivery %s: %w", d.Key, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save digest: %w", err)
	}
	return nil
}

// insertDelivery adds a delivery; alert is nil for a digest. A key that is there already is an
// intent that was stored before.
func insertDelivery(ctx context.Context, tx *sql.Tx, alert *int64, d news.Delivery) error {
	if d.State != news.Pending {
		return errors.New("a new delivery is pending")
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO delivery (key, alert, channel, platform, target, kind, card_json, message,
			state, attempts, due, holds, created, settled, reason, claimed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, 0, $9, 0, $10, 0, '', 0) ON CONFLICT (key) DO NOTHING`,
		d.Key, alert, d.Destination.Channel, d.Destination.Platform, d.Destination.Target, d.Kind, asJSON(d.Card),
		d.State, micros(d.Due), micros(d.Created))
	return err
}
