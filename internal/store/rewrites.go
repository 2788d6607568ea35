package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Drafts returns the deliveries that wait for a rewrite of which nothing is known yet, oldest first.
func (st *Store) Drafts(ctx context.Context) ([]news.Delivery, error) {
	ds, err := all(ctx, st.db, readDelivery, deliveryQuery+`
		WHERE d.state IN ('pending', 'retry') AND d.kind IN ('alert', 'edit')
			AND d.card_json ->> '$.rewriting.draft' <> '' AND NOT d.card_json ->> '$.rewriting.done'
			AND NOT EXISTS (SELECT 1 FROM rewrite WHERE draft = d.card_json ->> '$.rewriting.draft')
		ORDER BY d.id`)
	if err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	return ds, nil
}

// Rewrites returns what came of each draft of a story.
func (st *Store) Rewrites(ctx context.Context, story string) ([]news.Rewrite, error) {
	row, err := rowID("s", story)
	if err != nil {
		return nil, err
	}
	rs, err := all(ctx, st.db, func(row scanner) (r news.Rewrite, err error) {
		var at int64
		var quotes string
		if err = row.Scan(&r.Draft, &at, &quotes, &r.Why); err == nil {
			err = json.Unmarshal([]byte(quotes), &r.Quotes)
		}
		r.Story, r.At = story, instant(at)
		return r, err
	}, `SELECT draft, at, quotes_json, reason FROM rewrite WHERE story = $1`, row)
	if err != nil {
		return nil, fmt.Errorf("story %s: rewrites: %w", story, err)
	}
	return rs, nil
}

// SaveRewrite stores what came of a draft, and what it changes about deliveries that wait. The error is
// news.ErrOvertaken where one of them no longer does.
func (st *Store) SaveRewrite(ctx context.Context, r news.Rewrite, waiting []news.Delivery) error {
	story, err := rowID("s", r.Story)
	if err != nil {
		return err
	}
	quotes := r.Quotes
	if quotes == nil {
		quotes = []news.Quote{}
	}
	err = st.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO rewrite (draft, story, at, quotes_json, reason) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (draft) DO UPDATE SET story = $2, at = $3, quotes_json = $4, reason = $5`,
			r.Draft, story, micros(r.At), asJSON(quotes), r.Why)
		for _, d := range waiting {
			if err == nil {
				err = changeWaiting(ctx, tx, d)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("rewrite of %s: %w", r.Story, err)
	}
	return nil
}

// ReserveTokens adds tokens to what a month has cost, "2026-11", unless that would then be more than
// most.
func (st *Store) ReserveTokens(ctx context.Context, month string, tokens, most int) (ok bool, err error) {
	err = st.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO spending (month, tokens) VALUES ($1, 0) ON CONFLICT (month) DO NOTHING`, month); err != nil {
			return err
		}
		changed, err := all(ctx, tx, readID, `UPDATE spending SET tokens = tokens + $2
			WHERE month = $1 AND tokens + $2 <= $3 RETURNING tokens`, month, tokens, most)
		ok = len(changed) > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("reserve %d tokens: %w", tokens, err)
	}
	return ok, nil
}

// AdjustTokens adds tokens to what a month has cost; a negative number gives back what was reserved.
func (st *Store) AdjustTokens(ctx context.Context, month string, tokens int) error {
	_, err := st.db.ExecContext(ctx, `UPDATE spending SET tokens = max(0, tokens + $2) WHERE month = $1`, month, tokens)
	if err != nil {
		return fmt.Errorf("adjust tokens by %d: %w", tokens, err)
	}
	return nil
}
