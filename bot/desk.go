package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A Store is what the desk reads its answers from.
type Store interface {
	// RecentAlerts returns the last n alerts, newest first.
	RecentAlerts(ctx context.Context, n int) ([]news.Alert, error)
	// Alert returns an alert with its members and their matches, or news.ErrNotFound.
	Alert(ctx context.Context, id string) (news.Alert, error)
	// ArticleByURL returns what became of the article at an address, as a source gave it or as the
	// article claims it, or news.ErrNotFound.
	ArticleByURL(ctx context.Context, url string) (news.Verdict, error)
	// Sources returns all sources by name.
	Sources(ctx context.Context) ([]news.SourceState, error)
	Counts(ctx context.Context) (news.Counts, error)
}

// A Desk answers what people ask in chat, in no platform's terms. Set its fields before its first
// question; after that it is safe for concurrent use.
type Desk struct {
	Version string    // of the program, for status; "" leaves it out
	Started time.Time // for status; zero leaves it out

	st       Store
	rules    func() []news.Rule
	lg       *slog.Logger
	commands []Command
}

// NewDesk returns a Desk that answers from st and from the rules that hold when it is asked.
func NewDesk(st Store, rules func() []news.Rule, lg *slog.Logger) *Desk {
	return &Desk{st: st, rules: rules, lg: lg, commands: readers}
}

// Commands returns what can be asked, in the order in which help lists it.
func (k *Desk) Commands() []Command { return k.commands }

// A Call is one use of a command.
type Call struct {
	Command string            // its name, "alerts recent"
	Args    map[string]string // by name; those left out are missing or ""
	Manager bool              // the person may change rules and sources here
}

// A usageError says what is wrong with a call, and how to put it right.
type usageError struct{ Msg, Hint string }

func (e *usageError) Error() string { return e.Msg }

// Answer carries out a call. It never fails: what a person did wrong is answered with a way out,
// all else with a reference under which the log has the cause, a panic included.
func (k *Desk) Answer(ctx context.Context, c Call) (lines []Line) {
	defer func() {
		if p := recover(); p != nil {
			lines = k.trouble(c, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	lines, err := k.run(ctx, c)
	if usage, ok := errors.AsType[*usageError](err); ok {
		lines = []Line{say(usage.Msg)}
		if usage.Hint != "" {
			lines = append(lines, say(usage.Hint))
		}
		return lines
	}
	if err != nil {
		return k.trouble(c, err)
	}
	return lines
}

// Ask answers a command typed as text, "alerts recent 3". No text at all asks for help.
func (k *Desk) Ask(ctx context.Context, text string, manager bool) []Line {
	c, err := k.parse(text)
	if usage, ok := errors.AsType[*usageError](err); ok {
		return []Line{say(usage.Msg), say(usage.Hint)}
	}
	c.Manager = manager
	return k.Answer(ctx, c)
}

func (k *Desk) run(ctx context.Context, call Call) ([]Line, error) {
	cmd, ok := k.command(call.Command)
	if !ok {
		return nil, unknown(call.Command)
	}
	if cmd.Who == Managers && !call.Manager {
		return nil, &usageError{"Only bot managers can do that here.", "Ask a manager."}
	}
	args := make(map[string]string)
	for _, a := range cmd.Args {
		if args[a.Name] = strings.TrimSpace(call.Args[a.Name]); args[a.Name] == "" && a.Required {
			return nil, &usageError{"The " + a.Name + " is missing.", "For example: " + cmd.Example}
		}
	}
	return cmd.run(ctx, k, args)
}

func (k *Desk) command(name string) (Command, bool) {
	for _, c := range k.commands {
		if c.Name == name {
			return c, true
		}
	}
	return Command{}, false
}

// parse reads a command typed as text. The command's last argument takes all the words that are left.
func (k *Desk) parse(text string) (Call, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return Call{Command: "help"}, nil
	}
	for n := min(2, len(words)); n > 0; n-- {
		cmd, ok := k.command(strings.ToLower(strings.Join(words[:n], " ")))
		if !ok {
			continue
		}
		call, rest := Call{Command: cmd.Name, Args: map[string]string{}}, words[n:]
		for i, a := range cmd.Args {
			if len(rest) == 0 {
				break
			}
			take := 1
			if i == len(cmd.Args)-1 {
				take = len(rest)
			}
			call.Args[a.Name], rest = strings.Join(rest[:take], " "), rest[take:]
		}
		if len(rest) > 0 {
			return Call{}, &usageError{"I do not understand “" + name(strings.Join(rest, " ")) + "”.", "For example: " + cmd.Example}
		}
		return call, nil
	}
	return Call{}, unknown(text)
}

func unknown(command string) error {
	return &usageError{"There is no command “" + name(command) + "”.", "help lists all of them."}
}

func (k *Desk) trouble(c Call, err error) []Line {
	ref := strings.ToLower(rand.Text()[:6])
	k.lg.Error("question not answered", "ref", ref, "command", c.Command, "err", err)
	return []Line{say("Something went wrong (ref " + ref + "). The log of pactwatch has the cause under that reference.")}
}
