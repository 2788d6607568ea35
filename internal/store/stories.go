package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Reported returns at most limit articles that wait for their story, oldest arrival first.
func (st *Store) Reported(ctx context.Context, limit int) ([]news.Reported, error) {
	rs, err := all(ctx, st.db, func(row scanner) (r news.Reported, err error) {
		r.Article, err = readArticle(row)
		return r, err
	}, `SELECT `+articleColumns+` FROM article WHERE stage = 'matched' ORDER BY article.id LIMIT $1`, limit)
	for i := range rs {
		if err == nil {
			rs[i].Matches, err = st.matches(ctx, rs[i].Article.ID)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reported articles: %w", err)
	}
	return rs, nil
}

// MembersSince returns the articles that joined a story at since or later, and those of the newest
// story whenever they did, so that the numbers of stories go on from there; in the order in which they
// joined, without their matches.
func (st *Store) MembersSince(ctx context.Context, since time.Time) ([]news.Member, error) {
	ms, err := all(ctx, st.db, readMember, memberQuery+`
		WHERE joined >= $1 OR story = (SELECT max(id) FROM story) ORDER BY joined, article.id`, micros(since))
	if err != nil {
		return nil, fmt.Errorf("members since %s: %w", since.Format(time.RFC3339), err)
	}
	return ms, nil
}

// StoryMembers returns the articles of a story with their matches, in the order in which they
// joined; nil for a story that is not there.
func (st *Store) StoryMembers(ctx context.Context, story string) ([]news.Member, error) {
	row, err := rowID("s", story)
	if err != nil {
		return nil, err
	}
	ms, err := all(ctx, st.db, readMember, memberQuery+`WHERE story = $1 ORDER BY joined, article.id`, row)
	for i := range ms {
		if err == nil {
			ms[i].Matches, err = st.matches(ctx, ms[i].Article.ID)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("story %s: members: %w", story, err)
	}
	return ms, nil
}

const memberQuery = `SELECT ` + articleColumns + `, story, why, joined
	FROM member JOIN article ON article.id = member.article `

func readMember(row scanner) (m news.Member, err error) {
	var story, joined int64
	m.Article, err = readArticle(row, &story, &m.Why, &joined)
	m.Story, m.Joined = named("s", story), instant(joined)
	return m, err
}

// SaveJoining stores an article's arrival at its story and all that follows from it. Done twice, the
// second time changes nothing. The error is news.ErrOvertaken where a waiting delivery no longer waits.
func (st *Store) SaveJoining(ctx context.Context, j news.Joining) error {
	article, err := rowID("n", j.Article)
	if err != nil {
		return err
	}
	story, err := rowID("s", j.Decision.Story)
	if err != nil {
		return err
	}
	err = st.change(ctx, func(tx *sql.Tx) error {
		moved, err := all(ctx, tx, readID, `UPDATE article SET stage = 'done', reason = $2
			WHERE id = $1 AND stage = 'matched' RETURNING id`, article, j.Reason)
		if err != nil || len(moved) == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO story (id, headline, opened) VALUES ($1, $2, $3)
			ON CONFLICT (id) DO UPDATE SET headline = excluded.headline`, story, j.Headline, micros(j.At))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO member (article, story, why, joined) VALUES ($1, $2, $3, $4)`,
			article, story, j.Decision.Why, micros(j.At))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO told (rowid, title, text) SELECT id, title, text FROM article WHERE id = $1`, article)
		if err != nil {
			return err
		}
		for _, channel := range j.Digests {
			if _, err := saveAlert(ctx, tx, story, channel, true, j.At); err != nil {
				return fmt.Errorf("alert for digest of %s: %w", channel, err)
			}
		}
		for _, h := range j.Holds {
			row, err := saveAlert(ctx, tx, story, h.Channel, true, j.At)
			if err == nil {
				_, err = tx.ExecContext(ctx, `UPDATE alert SET due = $2, held = $3 WHERE id = $1`, row, micros(h.Until), h.Why)
			}
			if err != nil {
				return fmt.Errorf("hold for %s: %w", h.Channel, err)
			}
		}
		for _, d := range j.Deliveries {
			if err := saveDelivery(ctx, tx, story, d); err != nil {
				return fmt.Errorf("delivery %s: %w", d.Key, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("article %s joins %s: %w", j.Article, j.Decision.Story, err)
	}
	return nil
}

// saveAlert makes sure that the story has an alert in the channel and returns its row.
func saveAlert(ctx context.Context, tx *sql.Tx, story int64, channel string, waits bool, at time.Time) (int64, error) {
	rows, err := all(ctx, tx, readID, `INSERT INTO alert (story, channel, created, waits) VALUES ($1, $2, $3, $4)
		ON CONFLICT (story, channel) DO UPDATE SET waits = max(waits, excluded.waits) RETURNING id`,
		story, channel, micros(at), waits)
	if err != nil {
		return 0, err
	}
	return rows[0], nil
}

func saveDelivery(ctx context.Context, tx *sql.Tx, story int64, d news.Delivery) error {
	if d.ID != 0 {
		grown, err := all(ctx, tx, readID, `UPDATE delivery SET card_json = $2
			WHERE id = $1 AND state IN ('pending', 'retry') RETURNING id`, d.ID, asJSON(d.Card))
		if err == nil && len(grown) == 0 {
			err = news.ErrOvertaken
		}
		return err
	}
	alert, err := saveAlert(ctx, tx, story, d.Destination.Channel, false, d.Created)
	if err != nil {
		return err
	}
	return insertDelivery(ctx, tx, &alert, d)
}
