package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// SearchAlerts returns the newest n alerts that s asks for, newest first, with the members of their
// stories.
func (st *Store) SearchAlerts(ctx context.Context, s news.AlertSearch, n int) ([]news.Alert, error) {
	where, args := []string{"1 = 1"}, []any{n}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args))))
	}
	if s.Words != "" {
		add(`alert.story IN (SELECT story FROM member WHERE article IN (SELECT rowid FROM told WHERE told MATCH ?))`, phrases(s.Words))
	}
	if s.Rule != "" {
		add(`alert.story IN (SELECT story FROM member JOIN match ON match.article = member.article WHERE match.rule = ?)`, s.Rule)
	}
	if s.Channel != "" {
		add(`alert.channel = ?`, s.Channel)
	}
	if s.Story != "" {
		row, err := rowID("s", s.Story)
		if err != nil {
			return nil, nil
		}
		add(`alert.story = ?`, row)
	}
	if !s.Since.IsZero() {
		add(`alert.created >= ?`, micros(s.Since))
	}
	if !s.Until.IsZero() {
		add(`alert.created < ?`, micros(s.Until))
	}
	return st.alerts(ctx, `WHERE `+strings.Join(where, " AND ")+` ORDER BY alert.id DESC LIMIT $1`, args...)
}

// phrases puts a person's words into FTS5's language: all of them, none of them an operator. A word
// of signs only finds nothing there, so it is left out.
func phrases(words string) string {
	var out []string
	for _, w := range strings.Fields(words) {
		out = append(out, `"`+strings.ReplaceAll(w, `"`, `""`)+`"`)
	}
	return strings.Join(out, " ")
}

// AlertsOf returns how many alerts each rule has had a part in.
func (st *Store) AlertsOf(ctx context.Context, rule string) (int, error) {
	var n int
	err := st.db.QueryRowContext(ctx, `SELECT count(DISTINCT alert.id) FROM match
		JOIN member ON member.article = match.article JOIN alert ON alert.story = member.story
		WHERE match.rule = $1`, rule).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("alerts of rule %s: %w", rule, err)
	}
	return n, nil
}

// readAhead is how many articles ArticlesSince takes from the database at a time.
const readAhead = 500

// ArticlesSince yields the articles that were first seen since then, oldest arrival first. It ends
// after an error.
func (st *Store) ArticlesSince(ctx context.Context, since time.Time) iter.Seq2[news.Article, error] {
	return func(yield func(news.Article, error) bool) {
		for last := int64(0); ; {
			as, err := all(ctx, st.db, func(row scanner) (news.Article, error) { return readArticle(row, &last) },
				`SELECT `+articleColumns+`, article.id FROM article
				WHERE article.id > $1 AND seen >= $2 ORDER BY article.id LIMIT $3`, last, micros(since), readAhead)
			if err != nil {
				yield(news.Article{}, fmt.Errorf("articles since %s: %w", since.Format(time.RFC3339), err))
				return
			}
			for _, a := range as {
				if !yield(a, nil) {
					return
				}
			}
			if len(as) < readAhead {
				return
			}
		}
	}
}

// AlertTitles returns the newest n alerts, newest first, without their members.
func (st *Store) AlertTitles(ctx context.Context, n int) ([]news.Alert, error) {
	as, err := all(ctx, st.db, readAlert, alertQuery+`ORDER BY alert.id DESC LIMIT $1`, n)
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	return as, nil
}

// AlertsWith returns the alerts of an article's story, oldest first; nil if it is in none.
func (st *Store) AlertsWith(ctx context.Context, article string) ([]news.Alert, error) {
	row, err := rowID("n", article)
	if err != nil {
		return nil, err
	}
	return st.alerts(ctx, `WHERE alert.story = (SELECT story FROM member WHERE article = $1) ORDER BY alert.id`, row)
}
