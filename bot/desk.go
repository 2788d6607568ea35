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

// A Store is what the desk reads its answers from; package store says what each method returns.
type Store interface {
	SearchAlerts(ctx context.Context, s news.AlertSearch, n int) ([]news.Alert, error)
	Alert(ctx context.Context, id string) (news.Alert, error)
	AlertTitles(ctx context.Context, n int) ([]news.Alert, error)
	AlertsWith(ctx context.Context, article string) ([]news.Alert, error)
	AlertsOf(ctx context.Context, rule string) (int, error)
	StoryDeliveries(ctx context.Context, story string) ([]news.Delivery, error)
	ArticleByURL(ctx context.Context, url string) (news.Verdict, error)
	Counts(ctx context.Context) (news.Counts, error)
	PerDay(ctx context.Context, from time.Time, days int) (map[string][]int, error)
	Change(ctx context.Context, id string) (news.Change, error)
	Changes(ctx context.Context, n int) ([]news.Change, error)
	ChangesOf(ctx context.Context, kind news.RecordKind, key string) ([]news.Change, error)
}

// A Desk answers what people ask in chat, in no platform's terms. Set its fields before its first
// question; after that it is safe for concurrent use.
type Desk struct {
	Version   string    // of the program, for status; "" leaves it out
	Started   time.Time // for status; zero leaves it out
	Now       func() time.Time
	Platforms map[string]Platform // by name, as in Asker

	st       Store
	house    House
	lg       *slog.Logger
	commands []Command
	pressers map[string]presser
}

// NewDesk returns a Desk that answers from st and changes what is in force through house.
func NewDesk(st Store, house House, lg *slog.Logger) *Desk {
	return &Desk{Now: time.Now, st: st, house: house, lg: lg, commands: commands(), pressers: pressers()}
}

// Commands returns what can be asked, in the order in which help lists it.
func (k *Desk) Commands() []Command { return k.commands }

// A Call is one use of a command.
type Call struct {
	Command string            // its name, "alerts recent"
	Args    map[string]string // by name; those left out are missing or ""
	By      Asker
}

// A usageError says what is wrong with a call, and how to put it right.
type usageError struct {
	Msg, Hint string
	Arg       string // the argument that it is about; "" if it is about none
}

func (e *usageError) Error() string { return e.Msg }

func usage(msg, hint string) error { return &usageError{Msg: msg, Hint: hint} }

// about says which argument an error is about, if it is a person's.
func about(arg string, err error) error {
	if u, ok := errors.AsType[*usageError](err); ok {
		return &usageError{u.Msg, u.Hint, arg}
	}
	return err
}

// Answer carries out a call. It never fails: what a person did wrong is answered with a way out,
// all else with a reference under which the log has the cause, a panic included.
func (k *Desk) Answer(ctx context.Context, c Call) Reply {
	return k.guard(c.Command, func() (Reply, error) { return k.run(ctx, c) })
}

// Ask answers a command typed as text, "alerts recent 3". No text at all asks for help.
func (k *Desk) Ask(ctx context.Context, by Asker, text string) Reply {
	return k.guard("", func() (Reply, error) {
		c, err := k.parse(text)
		if err != nil {
			return Reply{}, err
		}
		c.By = by
		return k.run(ctx, c)
	})
}

func (k *Desk) guard(what string, f func() (Reply, error)) (r Reply) {
	defer func() {
		if p := recover(); p != nil {
			r = k.trouble(what, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	r, err := f()
	if usage, ok := errors.AsType[*usageError](err); ok {
		r.Lines, r.Refused = []Line{say(usage.Msg)}, true
		if usage.Hint != "" {
			r.Lines = append(r.Lines, say(usage.Hint))
		}
		return r
	}
	if err != nil {
		return k.trouble(what, err)
	}
	return r
}

func (k *Desk) run(ctx context.Context, call Call) (Reply, error) {
	cmd, ok := k.command(call.Command)
	if !ok {
		return Reply{}, unknown(call.Command)
	}
	if cmd.Who == Managers && !call.By.Manager {
		return Reply{}, errNotManager
	}
	args := make(map[string]string)
	for _, a := range cmd.Args {
		if args[a.Name] = strings.TrimSpace(call.Args[a.Name]); args[a.Name] == "" && a.Required {
			return Reply{}, usage("“"+a.Name+"” is missing: "+a.Help+".", "For example: /pactwatch "+cmd.Example)
		}
	}
	call.Args = args
	return cmd.run(ctx, k, call)
}

var errNotManager = usage("Only bot managers can change that here.", "Ask a manager, or run “/pactwatch help managers”.")

func (k *Desk) command(name string) (Command, bool) {
	for _, c := range k.commands {
		if c.Name == name {
			return c, true
		}
	}
	return Command{}, false
}

func unknown(command string) error {
	return usage("There is no command “"+name(command)+"”.", "/pactwatch help lists all of them.")
}

func (k *Desk) trouble(what string, err error) Reply {
	ref := strings.ToLower(rand.Text()[:6])
	k.lg.Error("question not answered", "ref", ref, "command", what, "err", err)
	return Reply{Refused: true, Lines: []Line{say("Something went wrong (ref " + ref + "). The log of pactwatch has the cause under that reference.")}}
}
