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

// MembersSince returns the articles that joined a story at since or later, in the order in which they
// joined, without their matches.
func (st *Store) MembersSince(ctx context.Context, since time.Time) ([]news.Member, error) {
	ms, err := all(ctx, st.db, readMember, memberQuery+`WHERE joined >= $1 ORDER BY joined, article.id`, micros(since))
	if err != nil {
		return nil, fmt.Errorf("members since %s: %w", since.Format(time.RFC3339), err)
	}
	return ms, nil
}

// NewestStory returns the story with the highest number, whether or not it has articles any more, so
// that no number is given twice; "" if there is none.
func (st *Store) NewestStory(ctx context.Context) (string, error) {
	rows, err := all(ctx, st.db, readID, `SELECT max(id) FROM story HAVING max(id) IS NOT NULL`)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return named("s", rows[0]), nil
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
	err = st.change(ctx, func(tx *sql.Tx) error {
		moved, err := all(ctx, tx, readID, `UPDATE article SET stage = 'done', reason = $2
			WHERE id = $1 AND stage = 'matched' RETURNING id`, article, j.Reason)
		if err != nil || len(moved) == 0 {
			return err
		}
		story, err := saveStory(ctx, tx, j.Story, j.Headline, j.At)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO member (article, story, why, joined) VALUES ($1, $2, $3, $4)`,
			article, story, j.Why, micros(j.At))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO told (rowid, title, text) SELECT id, title, text FROM article WHERE id = $1`, article)
		if err != nil {
			return err
		}
		return saveTelling(ctx, tx, j.Telling)
	})
	if err != nil {
		return fmt.Errorf("article %s joins %s: %w", j.Article, j.Story, err)
	}
	return nil
}

// SaveTelling stores what channels hear of a story that nothing joins. The error is news.ErrOvertaken
// where a waiting delivery no longer waits.
func (st *Store) SaveTelling(ctx context.Context, t news.Telling) error {
	err := st.change(ctx, func(tx *sql.Tx) error { return saveTelling(ctx, tx, t) })
	if err != nil {
		return fmt.Errorf("tell of %s: %w", t.Story, err)
	}
	return nil
}

// SaveMove stores that an article goes from one story into another, and what channels hear of both. It
// is news.ErrNotFound where the article is not in m.From, and news.ErrOvertaken as for SaveTelling.
func (st *Store) SaveMove(ctx context.Context, m news.Move, told ...news.Telling) error {
	article, err := rowID("n", m.Article)
	if err != nil {
		return err
	}
	from, err := rowID("s", m.From)
	if err != nil {
		return err
	}
	err = st.change(ctx, func(tx *sql.Tx) error {
		to, err := saveStory(ctx, tx, m.To, "", m.At)
		if err != nil {
			return err
		}
		moved, err := all(ctx, tx, readID, `UPDATE member SET story = $3, why = $4 WHERE article = $1 AND story = $2 RETURNING article`,
			article, from, to, m.Why)
		if err == nil && len(moved) == 0 {
			err = news.ErrNotFound
		}
		for _, t := range told {
			if err == nil {
				err = saveTelling(ctx, tx, t)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("article %s moves from %s to %s: %w", m.Article, m.From, m.To, err)
	}
	return nil
}

// saveStory makes sure that a story is there, gives it a headline unless that is "", and returns its row.
func saveStory(ctx context.Context, tx *sql.Tx, story, headline string, at time.Time) (int64, error) {
	row, err := rowID("s", story)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO story (id, headline, opened) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET headline = CASE WHEN $2 = '' THEN headline ELSE $2 END`, row, headline, micros(at))
	return row, err
}

func saveTelling(ctx context.Context, tx *sql.Tx, t news.Telling) error {
	story, err := saveStory(ctx, tx, t.Story, t.Headline, t.At)
	if err != nil {
		return err
	}
	for _, channel := range t.Over {
		if err := endWait(ctx, tx, story, channel); err != nil {
			return fmt.Errorf("end of what is held in %s: %w", channel, err)
		}
	}
	for _, channel := range t.Digests {
		if _, err := saveAlert(ctx, tx, story, channel, true, t.At); err != nil {
			return fmt.Errorf("alert for digest of %s: %w", channel, err)
		}
	}
	for _, h := range t.Holds {
		if err := saveHold(ctx, tx, story, h, t.At); err != nil {
			return fmt.Errorf("hold for %s: %w", h.Channel, err)
		}
	}
	for _, d := range t.Deliveries {
		if err := saveDelivery(ctx, tx, story, d); err != nil {
			return fmt.Errorf("delivery %s: %w", d.Key, err)
		}
	}
	return nil
}

// endWait stores that the story's alert in a channel waits for nothing.
func endWait(ctx context.Context, tx *sql.Tx, story int64, channel string) error {
	_, err := tx.ExecContext(ctx, `UPDATE alert SET waits = 0, due = 0, held = '' WHERE story = $1 AND channel = $2`, story, channel)
	return err
}

// saveHold makes the story's alert in a channel wait until the hold ends, or until an earlier one does.
func saveHold(ctx context.Context, tx *sql.Tx, story int64, h news.Hold, at time.Time) error {
	row, err := saveAlert(ctx, tx, story, h.Channel, false, at)
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE alert SET waits = 1, due = $2, held = $3
			WHERE id = $1 AND (waits = 0 OR due = 0 OR due > $2)`, row, micros(h.Until), h.Why)
	}
	return err
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

// saveDelivery stores a delivery about a story. An alert says all that the story has to say: nothing of
// it waits any more.
func saveDelivery(ctx context.Context, tx *sql.Tx, story int64, d news.Delivery) error {
	if d.ID != 0 {
		return changeWaiting(ctx, tx, d)
	}
	alert, err := saveAlert(ctx, tx, story, d.Destination.Channel, false, d.Created)
	if err == nil && d.Kind == news.KindAlert {
		err = endWait(ctx, tx, story, d.Destination.Channel)
	}
	if err != nil {
		return err
	}
	return insertDelivery(ctx, tx, &alert, d)
}

// changeWaiting gives a delivery that waits another card, and an earlier time unless it was tried before,
// or calls it off.
func changeWaiting(ctx context.Context, tx *sql.Tx, d news.Delivery) error {
	query, args := `UPDATE delivery SET card_json = $2, due = CASE state WHEN 'pending' THEN min(due, $3) ELSE due END`,
		[]any{d.ID, asJSON(d.Card), micros(d.Due)}
	if d.State == news.Failed {
		query, args = `UPDATE delivery SET state = 'failed', reason = $2, holds = 0, settled = $3`, []any{d.ID, d.Reason, micros(d.Settled)}
	}
	changed, err := all(ctx, tx, readID, query+` WHERE id = $1 AND state IN ('pending', 'retry') RETURNING id`, args...)
	if err == nil && len(changed) == 0 {
		err = news.ErrOvertaken
	}
	return err
}
