package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/bot/slack"
	"github.com/pactwatch/pactwatch/internal/store"
)

func whyCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "why URL|ALERT|RULE",
		Short: "Why there was an alert, or why there was none",
		Long: `Say which words of which field of an article met which part of which rule, how it joined its story and
where it was told, or at which stage and for what reason it was held back. The answer is looked up in the
store; the bot may be running meanwhile.`,
		Example: "  pactwatch why a102\n  pactwatch why https://news.example.org/story",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, done, err := atRest(cmd.Context(), path)
			if err != nil {
				return err
			}
			defer done()
			call := bot.Call{Command: "why", Args: map[string]string{"what": args[0]}}
			return printReply(cmd, p.desk.Answer(cmd.Context(), call))
		},
	}
	configFlag(cmd, &path)
	return cmd
}

func sourcesCommand() *cobra.Command {
	var path string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "sources",
		Short:   "How each source is, and what it showed of late",
		Long:    "List all sources, of the configuration and of chat: what is polled, whether it answers, and how many articles it showed on each of the last 30 days.",
		Example: "  pactwatch sources\n  pactwatch sources --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, done, err := atRest(cmd.Context(), path)
			if err != nil {
				return err
			}
			defer done()
			sources, err := p.Sources(cmd.Context())
			if err != nil {
				return err
			}
			perDay, err := p.st.PerDay(cmd.Context(), time.Now().AddDate(0, 0, -bot.SourceDays), bot.SourceDays)
			if err != nil {
				return err
			}
			if asJSON {
				return printSourceLines(cmd.OutOrStdout(), sources, perDay)
			}
			if len(sources) == 0 {
				fmt.Fprintln(cmd.ErrOrStderr(), "there is no source yet")
			}
			t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, s := range sources {
				fmt.Fprintf(t, "%s\t%s\t%s\n", s.Name, bot.Activity(perDay[s.Name]), s.State())
			}
			return t.Flush()
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

func printSourceLines(out io.Writer, sources []bot.Source, perDay map[string][]int) error {
	type line struct {
		Name     string `json:"name"`
		Address  string `json:"address"`
		Schedule string `json:"schedule"`
		Paused   bool   `json:"paused"`
		LastPoll string `json:"last_poll"` // RFC 3339, "" for never, as the next one
		LastOK   string `json:"last_ok"`
		Failures int    `json:"failures"` // in a row
		Error    string `json:"error"`
		Days     []int  `json:"days"` // articles of each of the last 30, today last
	}
	enc := json.NewEncoder(out)
	for _, s := range sources {
		c := s.Cursor
		err := enc.Encode(line{s.Name, s.Address, s.Schedule, s.Pause != nil, stamp(c.LastPoll), stamp(c.LastOK), c.Failures, c.LastError, emptyNotNil(perDay[s.Name])})
		if err != nil {
			return err
		}
	}
	return nil
}

func auditCommand() *cobra.Command {
	var path string
	var n int
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "audit",
		Short:   "Who changed what from chat, and when",
		Long:    "List the latest changes of rules, sources, settings and mutes that people made in chat, the newest first.",
		Example: "  pactwatch audit -n 50\n  pactwatch audit --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := lookConfig(path)
			if err != nil {
				return err
			}
			st, err := store.OpenReadOnly(cmd.Context(), c.Database)
			if err != nil {
				return err
			}
			defer st.Close()
			changes, err := st.Changes(cmd.Context(), n)
			if err != nil {
				return err
			}
			if len(changes) == 0 && !asJSON {
				fmt.Fprintln(cmd.ErrOrStderr(), "nothing has been changed from chat yet")
			}
			enc := json.NewEncoder(cmd.OutOrStdout())
			for _, c := range changes {
				if !asJSON {
					fmt.Fprintln(cmd.OutOrStdout(), c.ID+"  "+bot.AuditLine(c).String())
				} else if err := enc.Encode(c); err != nil {
					return err
				}
			}
			return nil
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().IntVarP(&n, "number", "n", 20, "how many changes")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON for each change")
	return cmd
}

// atRest returns a program that only answers questions, from a store that another process may have
// open, and what closes it.
func atRest(ctx context.Context, path string) (*program, func(), error) {
	c, err := lookConfig(path)
	if err != nil {
		return nil, nil, err
	}
	st, err := store.OpenReadOnly(ctx, c.Database)
	if err != nil {
		return nil, nil, err
	}
	records, err := st.Records(ctx)
	if err != nil {
		return nil, nil, err
	}
	p := &program{file: configName(path), st: st}
	r, err := newRoster(c, p.file, records, nil, time.Now())
	if err != nil {
		return nil, nil, err
	}
	p.roster.Store(r)
	p.desk = bot.NewDesk(st, p, slog.New(slog.DiscardHandler))
	return p, func() { st.Close() }, nil
}

// printReply prints what the desk says; what it refuses is an error.
func printReply(cmd *cobra.Command, r bot.Reply) error {
	lines := make([]string, len(r.Lines))
	for i, l := range r.Lines {
		lines[i] = l.String()
	}
	text := strings.Join(lines, "\n")
	if r.Refused {
		return errors.New(text)
	}
	fmt.Fprintln(cmd.OutOrStdout(), text)
	return nil
}

func slackCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "slack", Short: "Set up Slack", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	var public string
	manifest := &cobra.Command{
		Use:   "manifest",
		Short: "Print the app manifest, and the link that makes the app in one click",
		Long: `Print the manifest of the Slack app that the bot needs, as JSON, on stdout, and on stderr the link that makes
the app from it. Without --url the app uses Socket Mode, which needs no public address.`,
		Example: "  pactwatch slack manifest > manifest.json\n  pactwatch slack manifest --url https://bot.example.org",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := slack.Manifest(public)
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			fmt.Fprintln(cmd.OutOrStdout(), string(m))
			fmt.Fprintln(cmd.ErrOrStderr(), "\nMake the app with one click:\n"+slack.CreateLink(m))
			return nil
		},
	}
	manifest.Flags().StringVar(&public, "url", "", "the public address of the bot, for HTTP mode")
	cmd.AddCommand(manifest)
	return cmd
}
