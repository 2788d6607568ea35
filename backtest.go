package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
	"github.com/pactwatch/pactwatch/notify/story"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// Backtest returns what a rule would have alerted on.
func (p *program) Backtest(ctx context.Context, r news.Rule, since time.Time) (bot.Backtest, error) {
	return backtest(ctx, p.st, r, p.Lists(), since, time.Now())
}

// backtest runs a rule over the stored articles by the same code as the running bot: the rule's own
// matcher, and an index of stories that takes what matches in order of arrival.
func backtest(ctx context.Context, st *store.Store, r news.Rule, lists rule.Lists, since, now time.Time) (bot.Backtest, error) {
	b := bot.Backtest{Since: since, Days: make([]int, 1+int(now.Sub(since)/(24*time.Hour)))}
	set, err := rule.Compile([]news.Rule{r}, lists)
	if err != nil {
		return b, err
	}
	index := story.NewIndex()
	alerts := map[string]*news.Alert{} // by story
	err = matchStored(ctx, st, set, r, since, &b.Articles, func(a news.Article, ms []news.Match) {
		b.Matched++
		d := index.Decide(&a)
		index.Add(d.Story, &a)
		if d.Recap {
			return
		}
		if alerts[d.Story] == nil {
			alerts[d.Story] = &news.Alert{Story: d.Story, Headline: a.Title, Created: a.Seen}
			b.Days[min(len(b.Days)-1, int(a.Seen.Sub(since)/(24*time.Hour)))]++
		}
		al := alerts[d.Story]
		al.Members = append(al.Members, news.Member{Story: d.Story, Article: a, Matches: ms, Why: d.Why, Joined: a.Seen})
	})
	for _, a := range alerts {
		b.Alerts = append(b.Alerts, *a)
	}
	slices.SortFunc(b.Alerts, func(x, y news.Alert) int { return y.Created.Compare(x.Created) })
	return b, err
}

// matchStored calls found with each stored article that meets a rule, in order of arrival, and counts
// all that it looks at. Matching takes all cores; reading the store and found take one.
func matchStored(ctx context.Context, st *store.Store, set *rule.Set, r news.Rule, since time.Time, looked *int, found func(news.Article, []news.Match)) error {
	const batch = 256
	type job struct {
		articles []news.Article
		matches  [][]news.Match
		done     chan struct{}
	}
	jobs := make(chan *job, 2*runtime.NumCPU())
	order := make(chan *job, 4*runtime.NumCPU())
	var failure error
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for j := range jobs {
				for i := range j.articles {
					if r.Hears(j.articles[i].Source) {
						j.matches[i] = set.Match(&j.articles[i])
					}
				}
				close(j.done)
			}
		})
	}
	wg.Go(func() {
		defer close(order)
		defer close(jobs)
		var as []news.Article
		send := func() {
			j := &job{articles: as, matches: make([][]news.Match, len(as)), done: make(chan struct{})}
			jobs <- j
			order <- j
			as = nil
		}
		for a, err := range st.ArticlesSince(ctx, since) {
			if err != nil {
				failure = err
				return
			}
			if as = append(as, a); len(as) == batch {
				send()
			}
		}
		if len(as) > 0 {
			send()
		}
	})
	for j := range order {
		<-j.done
		*looked += len(j.articles)
		for i, ms := range j.matches {
			if len(ms) > 0 {
				found(j.articles[i], ms)
			}
		}
	}
	wg.Wait()
	return failure
}

func backtestCommand() *cobra.Command {
	var path, since string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "backtest QUERY",
		Short: "What a rule would have alerted on",
		Long: `Run a rule over the articles that the bot has stored, by the same code as the running bot, and print what
it would have alerted on, with alerts per day. QUERY is a rule, or the name of one in the configuration.
The bot may be running meanwhile; nothing is posted or changed.`,
		Example: "  pactwatch backtest 'exclusiv* NEAR/12 @labs' --since 30d\n  pactwatch backtest exclusivity --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := lookConfig(path)
			if err != nil {
				return err
			}
			var back Duration
			if err := back.UnmarshalText([]byte(since)); err != nil {
				return &usageError{fmt.Errorf("--since: %w", err), cmd.CommandPath()}
			}
			r := news.Rule{Name: "backtest", Match: args[0]}
			for _, have := range c.rules() {
				if have.Name == args[0] {
					r = have
				}
			}
			if _, err := rule.Parse(r.Match); err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			st, err := store.OpenReadOnly(cmd.Context(), c.Database)
			if err != nil {
				return err
			}
			defer st.Close()
			now := time.Now()
			b, err := backtest(cmd.Context(), st, r, c.lists(), now.Add(-time.Duration(back)), now)
			if err != nil {
				return err
			}
			return printBacktest(cmd.OutOrStdout(), b, asJSON)
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().StringVar(&since, "since", "30d", "how far back")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON for a machine")
	return cmd
}

// printBacktest prints a table for a person, or a line of JSON.
func printBacktest(w io.Writer, b bot.Backtest, asJSON bool) error {
	type alert struct {
		Seen     time.Time `json:"seen"`
		Headline string    `json:"headline"`
		URL      string    `json:"url"`
		Reports  int       `json:"reports"`
	}
	alerts := []alert{}
	for _, a := range b.Alerts {
		alerts = append(alerts, alert{a.Created, bot.Clean(a.Headline), a.Members[0].Article.Link(), len(a.Members)})
	}
	if asJSON {
		return json.NewEncoder(w).Encode(map[string]any{
			"since": b.Since.UTC(), "articles": b.Articles, "matched": b.Matched, "days": b.Days, "alerts": alerts,
		})
	}
	fmt.Fprintf(w, "%s since %s, %d match, %s\n", count(b.Articles, "article", "articles"), b.Since.UTC().Format(time.DateOnly), b.Matched, count(len(alerts), "alert", "alerts"))
	most := max(1, slices.Max(b.Days))
	for i, n := range b.Days {
		fmt.Fprintf(w, "  %s %4d %s\n", b.Since.AddDate(0, 0, i).UTC().Format(time.DateOnly), n, strings.Repeat("▪", (40*n+most-1)/most))
	}
	for _, a := range alerts {
		fmt.Fprintf(w, "  %s  %s (%s)\n", a.Seen.UTC().Format("2006-01-02 15:04"), a.Headline, count(a.Reports, "report", "reports"))
	}
	return nil
}
