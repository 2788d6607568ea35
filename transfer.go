package main

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/pactwatch/pactwatch/watchers"
)

func importCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE…|pack ai-partnerships",
		Short: "Turn another program's sources into ours",
		Long: `Read sources from OPML (Miniflux, FreshRSS, MonitoRSS and most others), urlwatch's urls.yaml or
changedetection.io's backup, and print them as a "sources" section for the configuration. What was not
taken is told, with the reason. "-" reads standard input. "import pack ai-partnerships" prints the
built-in configuration: sources of labs, clouds, regulators and wires, lists and rules.`,
		Example: "  pactwatch import feeds.opml >> config.yaml\n  pactwatch import urls.yaml url-watches.json\n  pactwatch import pack ai-partnerships > config.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] == "pack" {
				return printPack(cmd.OutOrStdout(), args[1:])
			}
			var all []watchers.SourceConfig
			for _, name := range args {
				data, err := readFile(cmd.InOrStdin(), name)
				if err != nil {
					return err
				}
				got, err := watchers.Import(data)
				if err != nil {
					return fmt.Errorf("import %s: %w", name, err)
				}
				for _, left := range got.Left {
					fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", name, left)
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s, %s taken\n", name, got.Format, count(len(got.Sources), "source", "sources"))
				all = append(all, got.Sources...)
			}
			return printSection(cmd.OutOrStdout(), "sources", distinct(all))
		},
	}
}

// printPack prints a built-in configuration.
func printPack(out io.Writer, args []string) error {
	if len(args) != 1 || args[0] != "ai-partnerships" {
		return fmt.Errorf("no such pack: %q; there is ai-partnerships", strings.Join(args, " "))
	}
	_, err := out.Write(example)
	return err
}

func readFile(in io.Reader, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(in)
	}
	return os.ReadFile(name)
}

// distinct gives sources of several files names of their own, and leaves out an address that was there
// before.
func distinct(all []watchers.SourceConfig) []watchers.SourceConfig {
	var out []watchers.SourceConfig
	names, addresses := map[string]bool{}, map[string]bool{}
	for _, s := range all {
		if addresses[s.Address()] {
			continue
		}
		base := s.Name
		for n := 2; names[s.Name]; n++ {
			s.Name = fmt.Sprintf("%s-%d", base, n)
		}
		names[s.Name], addresses[s.Address()] = true, true
		out = append(out, s)
	}
	return out
}

func exportCommand() *cobra.Command {
	var path string
	var opml bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print all rules, sources and channels in force",
		Long: `Print what is in force, from the configuration file and from chat, as YAML that "run" takes, or the feeds
as OPML that any reader takes. Secrets are not in it. The bot may be running meanwhile.`,
		Example: "  pactwatch export --config config.yaml > all.yaml\n  pactwatch export --opml > feeds.opml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := inForce(cmd.Context(), path)
			if err != nil {
				return err
			}
			if opml {
				return printOPML(cmd.OutOrStdout(), cmd.ErrOrStderr(), r)
			}
			return printYAML(cmd.OutOrStdout(), cmd.ErrOrStderr(), r)
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().BoolVar(&opml, "opml", false, "print the feeds as OPML")
	return cmd
}

// inForce returns the roster of a bot that may be running, or has never run.
func inForce(ctx context.Context, path string) (*roster, error) {
	p, done, err := atRest(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		c, err := lookConfig(path)
		if err != nil {
			return nil, err
		}
		return newRoster(c, configName(path), nil, nil, time.Now())
	}
	if err != nil {
		return nil, err
	}
	defer done()
	return p.roster.Load(), nil
}

// printYAML prints a roster in the sections of a configuration. What a file has no word for is told.
func printYAML(out, errs io.Writer, r *roster) error {
	var rules []RuleConfig
	for _, rule := range r.rules {
		rules = append(rules, RuleConfig{Name: rule.Name, Match: rule.Match, Channels: rule.Channels, Severity: rule.Severity})
		if len(rule.Sources)+len(rule.Mentions) > 0 || rule.Cooldown > 0 {
			fmt.Fprintf(errs, "rule %s: its sources, mentions and cooldown are set in chat and have no place in a file\n", rule.Name)
		}
		if rule.Pause != nil {
			fmt.Fprintf(errs, "rule %s: it is paused, which is not written\n", rule.Name)
		}
	}
	for _, section := range []struct {
		name  string
		print func() error
	}{
		{"channels", func() error { return printMap(out, "channels", r.routes) }},
		{"lists", func() error { return printMap(out, "lists", r.config.Lists) }},
		{"sources", func() error { return printSection(out, "sources", r.polls) }},
		{"rules", func() error { return printSection(out, "rules", rules) }},
	} {
		if err := section.print(); err != nil {
			return fmt.Errorf("export %s: %w", section.name, err)
		}
	}
	return nil
}

// printSection prints a list, an item a line.
func printSection[T any](out io.Writer, name string, items []T) error {
	if len(items) == 0 {
		_, err := fmt.Fprintf(out, "%s: []\n", name)
		return err
	}
	lines := []string{name + ":"}
	for _, item := range items {
		line, err := oneLineYAML(item)
		if err != nil {
			return err
		}
		lines = append(lines, "  - "+line)
	}
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

// printMap prints a section of named values, one a line.
func printMap[T any](out io.Writer, name string, values map[string]T) error {
	if len(values) == 0 {
		_, err := fmt.Fprintf(out, "%s: {}\n", name)
		return err
	}
	lines := []string{name + ":"}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		k, err := oneLineYAML(key)
		if err != nil {
			return err
		}
		v, err := oneLineYAML(values[key])
		if err != nil {
			return err
		}
		lines = append(lines, "  "+k+": "+v)
	}
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

func oneLineYAML(v any) (string, error) {
	b, err := yaml.MarshalWithOptions(v, yaml.OmitZero(), yaml.Flow(true))
	return strings.TrimSpace(string(b)), err
}

// printOPML prints the sources that are feeds; the others are told.
func printOPML(out, errs io.Writer, r *roster) error {
	type outline struct {
		Type string `xml:"type,attr"`
		Text string `xml:"text,attr"`
		URL  string `xml:"xmlUrl,attr"`
	}
	var doc struct {
		XMLName xml.Name  `xml:"opml"`
		Version string    `xml:"version,attr"`
		Title   string    `xml:"head>title"`
		Feeds   []outline `xml:"body>outline"`
	}
	doc.Version, doc.Title = "2.0", "pactwatch sources"
	titles := map[string]string{}
	for _, s := range r.sources {
		titles[s.Name] = s.Title
	}
	for _, s := range r.polls {
		if s.Feed == "" {
			fmt.Fprintf(errs, "source %s: no feed but a %s, left out\n", s.Name, s.Kind())
			continue
		}
		doc.Feeds = append(doc.Feeds, outline{"rss", cmp.Or(titles[s.Name], s.Name), s.Feed})
	}
	enc := xml.NewEncoder(out)
	enc.Indent("", "  ")
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	_, err := fmt.Fprintln(out)
	return err
}
