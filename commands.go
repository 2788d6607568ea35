package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify/story"
	"github.com/pactwatch/pactwatch/notify/terms"
	"github.com/pactwatch/pactwatch/watchers"
	"github.com/pactwatch/pactwatch/watchers/article"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

func checkCommand() *cobra.Command {
	var path string
	var online, asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read the configuration strictly and say what is wrong with it",
		Long: `Read the configuration as "run" would, without starting anything. Everything that is wrong is told at
once, each with file:line:column and a way out. Without --config, the built-in one is read. With --online
everything that it names is tried, too: tokens and scopes, channels, sources, the database, the disk and the
clock. Nothing is posted or stored, and the bot may be running meanwhile.`,
		Example: "  pactwatch check --config config.yaml\n  pactwatch check --config config.yaml --online",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON && !online {
				return &usageError{errors.New("--json is for --online"), cmd.CommandPath()}
			}
			c, err := loadConfig(path)
			if err != nil {
				return err
			}
			if online {
				return checkOnline(cmd, path, c, asJSON)
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "%s is right: %s, %s, %s\n", configName(path),
				count(len(c.Sources), "source", "sources"), count(len(c.Rules), "rule", "rules"), count(len(c.Channels), "channel", "channels"))
			for _, r := range c.Rules {
				q, err := rule.Parse(r.Match)
				if err != nil {
					return fmt.Errorf("rule %s: %w", r.Name, err)
				}
				fmt.Fprintf(out, "%s: %s\n", r.Name, q.Explain())
			}
			return nil
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().BoolVar(&online, "online", false, "try everything that the configuration names")
	cmd.Flags().BoolVar(&asJSON, "json", false, "with --online: print JSON for a machine")
	return cmd
}

// configFlag adds --config to a command.
func configFlag(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVar(path, "config", "", "read the configuration from `FILE`; without it, use the built-in one")
}

// loadConfig reads the file at path, or the built-in configuration if path is "".
func loadConfig(path string) (*Config, error) {
	if path == "" {
		return DefaultConfig()
	}
	return LoadConfig(path)
}

// lookConfig is loadConfig for a command that only looks at what the bot has stored.
func lookConfig(path string) (*Config, error) {
	if path == "" {
		return DefaultConfig()
	}
	return LoadToLook(path)
}

func configName(path string) string {
	if path == "" {
		return "the built-in configuration"
	}
	return path
}

// count says how many: "1 story", "2 stories".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// An itemLine is an entry or an extracted article as JSON.
type itemLine struct {
	ID        string `json:"id,omitempty"`
	File      string `json:"file,omitempty"`
	URL       string `json:"url"`
	Canonical string `json:"canonical_url"`
	Title     string `json:"title"`
	Outlet    string `json:"outlet"`
	Author    string `json:"author"`
	Published string `json:"published"` // RFC 3339, "" if unknown
	Modified  string `json:"modified,omitempty"`
	Lang      string `json:"lang"`
	Text      string `json:"text"`
	Excerpt   bool   `json:"excerpt,omitempty"` // the text is not the whole article
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func pollCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "poll URL...",
		Short: "Fetch sources once, as a watcher would, and print their items",
		Long: `Fetch feeds or pages once, under the same network policy as a watcher, and print what they list as JSON
Lines: {"id","url","canonical_url","title","outlet","author","published","lang","text"}. Nothing is stored.`,
		Example: "  pactwatch poll https://openai.com/news/rss.xml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, addresses []string) error {
			f, err := fetcher(path)
			if err != nil {
				return err
			}
			defer f.Close()
			return eachOf(cmd, addresses, func(out *lineReader, address string) error {
				as, err := watchers.Once(cmd.Context(), f, address)
				if err != nil {
					return err
				}
				for _, a := range as {
					err := out.answer(itemLine{ID: a.ID, URL: a.URL, Canonical: a.Canonical, Title: a.Title, Outlet: a.Outlet,
						Author: a.Author, Published: stamp(a.Published), Lang: a.Lang, Text: a.Text, Excerpt: a.Excerpt})
					if err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	configFlag(cmd, &path)
	return cmd
}

// fetcher returns the way out to sources under a configuration's network policy.
func fetcher(path string) (*watchers.Fetcher, error) {
	c, err := loadConfig(path)
	if err != nil {
		return nil, err
	}
	return watchers.NewFetcher(c.Network, version)
}

// eachOf calls f with every argument. One that fails is reported and the rest goes on; the error is
// then errBroken, at the end.
func eachOf(cmd *cobra.Command, args []string, f func(out *lineReader, arg string) error) error {
	out := newLineReader(cmd.Context(), nil, cmd.OutOrStdout(), cmd.ErrOrStderr())
	defer out.progress.done()
	broken := false
	for _, arg := range args {
		if err := cmd.Context().Err(); err != nil {
			return context.Cause(cmd.Context())
		}
		if err := f(out, arg); err != nil {
			broken = true
			fmt.Fprintf(cmd.ErrOrStderr(), "pactwatch: %s: %v\n", arg, err)
		}
		out.progress.step()
		if err := out.out.Flush(); err != nil {
			return fmt.Errorf("write standard output: %w", err)
		}
	}
	if broken {
		return errBroken
	}
	return nil
}

func extractCommand() *cobra.Command {
	var path, address string
	cmd := &cobra.Command{
		Use:   "extract FILE|URL|-...",
		Short: "Print the article of each HTML page",
		Long: `Read HTML pages from files, addresses or standard input (-) and print the article of each as JSON Lines:
{"file","url","canonical_url","title","outlet","author","published","lang","text"}. Where only a teaser
can be read, "excerpt" is true; where a page says when it was changed, "modified" has it.`,
		Example: "  pactwatch extract page.html --url https://example.org/news/deal\n  curl -s https://example.org/news/deal | pactwatch extract -",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var f *watchers.Fetcher
			if slices.ContainsFunc(args, isAddress) {
				var err error
				if f, err = fetcher(path); err != nil {
					return err
				}
				defer f.Close()
			}
			return eachOf(cmd, args, func(out *lineReader, arg string) error {
				line := itemLine{File: arg, URL: address}
				var page []byte
				var kind string
				var err error
				switch {
				case arg == "-":
					page, err = io.ReadAll(&stoppable{cmd.Context(), cmd.InOrStdin()})
				case isAddress(arg):
					line.File = ""
					page, kind, line.URL, err = f.Page(cmd.Context(), arg)
				default:
					page, err = os.ReadFile(arg)
				}
				if err != nil {
					return err
				}
				p, err := article.Extract(page, kind, line.URL)
				if err != nil {
					return err
				}
				line.Canonical, line.Title, line.Outlet, line.Author = p.Canonical, p.Title, p.Outlet, p.Author
				line.Published, line.Modified, line.Lang = stamp(p.Published), stamp(p.Modified), p.Lang
				line.Text, line.Excerpt = p.Text, p.Excerpt
				return out.answer(line)
			})
		},
	}
	cmd.Flags().StringVar(&address, "url", "", "the address that the pages of FILE or - were fetched from")
	configFlag(cmd, &path)
	return cmd
}

func isAddress(arg string) bool {
	u, err := url.Parse(arg)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https")
}

func matchCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "match --rules FILE",
		Short: "Say which rules each article meets, and where",
		Long: `Read articles as JSON Lines from standard input and print for each, in order,
{"id","rules":[{"rule","spans":[{"field","start","end","text"}]}]}; offsets are in bytes. FILE is YAML with
"rules" and, if they need them, "lists", as in the configuration; channels are not asked for. All cores
work on a stream of any length, in little memory.`,
		Example: `  echo '{"id":"a1","title":"Lab ends exclusive cloud deal"}' | pactwatch match --rules rules.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if path == "" {
				return errors.New("--rules FILE is missing")
			}
			return cobra.NoArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			rules, lists, err := LoadRules(path)
			if err != nil {
				return err
			}
			set, err := rule.Compile(rules, lists)
			if err != nil {
				return err
			}
			type answer struct {
				ID    string       `json:"id"`
				Rules []news.Match `json:"rules"`
			}
			lines := newLineReader(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			return lines.answerAll(func(a news.Article) any { return answer{a.ID, emptyNotNil(set.Match(&a))} })
		},
	}
	cmd.Flags().StringVar(&path, "rules", "", "read the rules from `FILE`")
	return cmd
}

// emptyNotNil makes a list that is empty print as [] and not as null.
func emptyNotNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func groupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "group",
		Short: "Say which story each article belongs to, when it arrives",
		Long: `Read articles as JSON Lines from standard input, in order of arrival, and print for each, in order,
{"id","story","why"}. A decision uses what came before and is never revised.`,
		Example: "  pactwatch group < articles.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			type answer struct {
				ID    string `json:"id"`
				Story string `json:"story"`
				Why   string `json:"why"`
			}
			x := story.NewIndex()
			lines := newLineReader(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			return lines.each(func(_ articleLine, a news.Article) error {
				d := x.Decide(&a)
				x.Add(d.Story, &a)
				return lines.answer(answer{a.ID, d.Story, d.Why})
			})
		},
	}
}

func termsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "terms",
		Short: "Print the deal terms that each article states",
		Long: `Read articles as JSON Lines from standard input and print for each, in order, {"id","terms":[…]}: what it
says changed between whom, until when, with the sentence that says so and where it stands, in bytes of its
"field". docs/ledger.md tells what is read and what is not.`,
		Example: `  echo '{"id":"a1","title":"Microsoft ends exclusive cloud deal with OpenAI"}' | pactwatch terms`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := terms.New(nil)
			if err != nil {
				return err
			}
			type answer struct {
				ID    string      `json:"id"`
				Terms []news.Term `json:"terms"`
			}
			lines := newLineReader(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			return lines.answerAll(func(a news.Article) any { return answer{a.ID, emptyNotNil(r.Read(&a))} })
		},
	}
}

func briefCommand() *cobra.Command {
	var limit uint
	cmd := &cobra.Command{
		Use:   "brief",
		Short: "Print what each story says, in sentences of its articles",
		Long: `Read articles as JSON Lines from standard input, each with the "story" it belongs to, and print for each
story {"story","headline","sentences":[{"article","text"}],"terms":[{"parties","term","change","value",
"until","news","evidence","article","sides":[{"change","value","until","told"}]}]}. Every sentence is one of
the articles', word for word; a term that outlets tell differently has a side for each way.`,
		Example: "  pactwatch brief --words 40 < articles.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			type answer struct {
				Story     string          `json:"story"`
				Headline  string          `json:"headline"`
				Sentences []news.Sentence `json:"sentences"`
				Terms     []terms.Merged  `json:"terms"`
			}
			reader, err := terms.New(nil)
			if err != nil {
				return err
			}
			var names []string // of the stories, as they first appear
			stories := map[string][]news.Article{}
			lines := newLineReader(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			broken := lines.each(func(l articleLine, a news.Article) error {
				if stories[l.Story] == nil {
					names = append(names, l.Story)
				}
				stories[l.Story] = append(stories[l.Story], a)
				return nil
			})
			if broken != nil && broken != errBroken {
				return broken
			}
			for _, name := range names {
				b := story.Brief(stories[name], nil, int(limit))
				told := make([][]news.Term, len(stories[name]))
				for i := range told {
					told[i] = reader.Read(&stories[name][i])
				}
				if err := lines.answer(answer{name, b.Headline, emptyNotNil(b.Sentences), emptyNotNil(terms.Merge(told))}); err != nil {
					return err
				}
			}
			if err := lines.out.Flush(); err != nil {
				return fmt.Errorf("write standard output: %w", err)
			}
			return broken
		},
	}
	cmd.Flags().UintVar(&limit, "words", 0, "quote `N` words at most; 0 is 60 of one article, 80 of several")
	return cmd
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of the program and of what it was built with",
		Example: "  pactwatch version",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "pactwatch %s%s\n", version, builtWith())
			return err
		},
	}
}

// builtWith returns ", go1.26.8, 1a2b3c4" as far as the build says.
func builtWith() string {
	goVersion, revision := build()
	s := ""
	for _, part := range []string{goVersion, revision} {
		if part != "" {
			s += ", " + part
		}
	}
	return s
}

// build returns "go1.26.8" and "1a2b3c4", "" for what the build does not say.
func build() (goVersion, revision string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", ""
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) >= 7 {
			revision = setting.Value[:7]
		}
	}
	return info.GoVersion, revision
}
