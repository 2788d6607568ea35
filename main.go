// Pactwatch tells a team in Slack and Discord about changes in AI partnerships: exclusivity ends, a
// revenue share is capped, an AGI clause goes, a cloud commitment is signed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // zones of schedules, on hosts without a database of them

	"github.com/spf13/cobra"
)

// version is stamped here and nowhere else; see CHANGELOG.md.
const version = "0.1.0"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(report(os.Stderr, err))
}

// run is the program: it carries out one command line. Data goes to out, words go to errs.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error {
	root := &cobra.Command{
		Use:   "pactwatch",
		Short: "Tell a team about changes in AI partnerships",
		Long: `Pactwatch watches feeds and newsroom pages for changes in AI partnerships (exclusivity ends, a revenue
share is capped, an AGI clause goes, a cloud commitment is signed) and tells a team in Slack and
Discord: one message for each story, which grows as outlets join.`,
		Example:       "  pactwatch demo\n  pactwatch run\n  pactwatch check --config config.yaml",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddCommand(
		runCommand(),
		demoCommand(),
		checkCommand(),
		pollCommand(),
		extractCommand(),
		matchCommand(),
		groupCommand(),
		briefCommand(),
		versionCommand(),
	)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)

	// Until a command's own code runs, an error is about how it was called.
	began := false
	root.PersistentPreRun = func(*cobra.Command, []string) { began = true }
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && !began {
		return &usageError{err, cmd.CommandPath()}
	}
	return err
}

// A usageError says that the program was called in a way it does not know.
type usageError struct {
	err     error
	command string // whose help shows how to do it right
}

func (e *usageError) Error() string { return fmt.Sprintf("%v; see %s --help", e.err, e.command) }

// errBroken says that some of the input could not be used. What and where was told as it was met.
var errBroken = errors.New("some of the input could not be used, see above")

// report tells a person what went wrong and returns the exit code: 0 done, 1 it failed, 2 the call or
// the configuration is wrong.
func report(errs io.Writer, err error) int {
	if err == nil {
		return 0
	}
	var call *usageError
	var config *ConfigError
	if errors.As(err, &config) {
		fmt.Fprintln(errs, config)
		return 2
	}
	fmt.Fprintf(errs, "pactwatch: %v\n", err)
	if errors.As(err, &call) {
		return 2
	}
	return 1
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
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	s := ", " + info.GoVersion
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) >= 7 {
			s += ", " + setting.Value[:7]
		}
	}
	return s
}
