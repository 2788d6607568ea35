package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Alert returns the alert of that ID, "a102"; news.ErrNotFound if there is none.
func (st *Store) Alert(ctx context.Context, id string) (news.Alert, error) {
	row, err := rowID("a", id)
	if err != nil {
		return news.Alert{}, fmt.Errorf("alert %s: %w", id, news.ErrNotFound)
	}
	as, err := st.alerts(ctx, `WHERE alert.id = $1`, row)
	if err != nil {
		return news.Alert{}, err
	}
	if len(as) == 0 {
		return news.Alert{}, fmt.Errorf("alert %s: %w", id, news.ErrNotFound)
	}
	return as[0], nil
}

const alertQuery = `SELECT alert.id, alert.story, alert.channel, alert.created, story.headline,
		CASE WHEN alert.waits = 1 THEN alert.held ELSE '' END,
		EXISTS (SELECT 1 FROM delivery WHERE delivery.alert = alert.id AND delivery.kind = 'alert')
	FROM alert JOIN story ON story.id = alert.story `

func readAlert(row scanner) (a news.Alert, err error) {
	var id, story, created int64
	err = row.Scan(&id, &story, &a.Channel, &created, &a.Headline, &a.Held, &a.Told)
	a.ID, a.Story, a.Created = named("a", id), named("s", story), instant(created)
	return a, err
}

func (st *Store) alerts(ctx context.Context, where string, args ...any) ([]news.Alert, error) {
	as, err := all(ctx, st.db, readAlert, alertQuery+where, args...)
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	for i := range as {
		if as[i].Members, err = st.StoryMembers(ctx, as[i].Story); err != nil {
			return nil, fmt.Errorf("alert %s: %w", as[i].ID, err)
		}
	}
	return as, nil
}

// Sources returns every source that was ever introduced, by name.
func (st *Store) Sources(ctx context.Context) ([]news.SourceState, error) {
	ss, err := all(ctx, st.db, func(row scanner) (s news.SourceState, err error) {
		var cursor string
		err = row.Scan(&s.Name, &cursor)
		if err == nil {
			err = json.Unmarshal([]byte(cursor), &s.Cursor)
		}
		return s, err
	}, `SELECT name, cursor_json FROM source ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	return ss, nil
}

// ArticleByURL returns the newest article with that address, its own or the canonical one, and what
// became of it; news.ErrNotFound if no source ever showed it.
func (st *Store) ArticleByURL(ctx context.Context, url string) (news.Verdict, error) {
	vs, err := st.verdicts(ctx, `WHERE url = $1 OR canonical = $1 ORDER BY article.id DESC LIMIT 1`, url)
	if err == nil && len(vs) == 0 {
		err = news.ErrNotFound
	}
	if err != nil {
		return news.Verdict{}, fmt.Errorf("article at %s: %w", url, err)
	}
	return vs[0], nil
}

// Verdicts returns the newest n articles with what became of them, oldest arrival first.
func (st *Store) Verdicts(ctx context.Context, n int) ([]news.Verdict, error) {
	vs, err := st.verdicts(ctx, `WHERE article.id IN (SELECT id FROM article ORDER BY id DESC LIMIT $1) ORDER BY article.id`, n)
	if err != nil {
		return nil, fmt.Errorf("verdicts: %w", err)
	}
	return vs, nil
}

func (st *Store) verdicts(ctx context.Context, where string, args ...any) ([]news.Verdict, error) {
	return all(ctx, st.db, func(row scanner) (v news.Verdict, err error) {
		v.Article, err = readArticle(row, &v.Stage, &v.Reason)
		return v, err
	}, `SELECT `+articleColumns+`, stage, reason FROM article `+where, args...)
}

// Counts sums up what the store holds.
func (st *Store) Counts(ctx context.Context) (news.Counts, error) {
	c := news.Counts{Deliveries: map[news.State]int{}}
	err := st.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM article),
		(SELECT count(*) FROM article WHERE stage = 'unread'), (SELECT count(*) FROM story), (SELECT count(*) FROM alert)`).
		Scan(&c.Articles, &c.Unread, &c.Stories, &c.Alerts)
	if err != nil {
		return c, fmt.Errorf("counts: %w", err)
	}
	type tally struct {
		state news.State
		n     int
	}
	ts, err := all(ctx, st.db, func(row scanner) (t tally, err error) {
		err = row.Scan(&t.state, &t.n)
		return t, err
	}, `SELECT state, count(*) FROM delivery GROUP BY state`)
	if err != nil {
		return c, fmt.Errorf("counts: %w", err)
	}
	for _, t := range ts {
		c.Deliveries[t.state] = t.n
	}
	return c, nil
}

// Prune forgets the text of the articles that were first seen before then, and returns how many; also
// the rewrites of summaries that are as old. The articles' identity stays, so that a feed which still
// lists them does not make news of them; stories, alerts and deliveries stay for ever.
func (st *Store) Prune(ctx context.Context, before time.Time) (int, error) {
	var pruned []int64
	err := st.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM rewrite WHERE at < $1`, micros(before))
		if err == nil {
			pruned, err = all(ctx, tx, readID, `UPDATE article SET text = ''
				WHERE seen < $1 AND stage = 'done' AND text <> '' RETURNING id`, micros(before))
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("prune articles: %w", err)
	}
	return len(pruned), nil
}
