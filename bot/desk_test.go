package bot

import (
	"bytes"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"
)

func text(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}

func TestDeskAnswers(t *testing.T) {
	var all strings.Builder
	k := newTestDesk(exampleStore(), new(bytes.Buffer))
	for _, q := range []string{
		"", "help", "status", "watch list", "WATCH Show exclusivity", "watch show compute", "watch show nothing", "watch show",
		"sources list", "alerts recent", "alerts recent 1", "alerts recent 0", "alerts recent many",
		"why a102", "why A102", "why a999", "why", "why https://northwind.example/halden?utm_source=rss",
		"why https://northwind.example/talk", "why https://northwind.example/new", "why https://northwind.example/unknown",
		"status now", "subscribe", "alerts", "help rules", "help managers", "help watch add", "help nothing", "why exclusivity",
		"alerts show a102", "alerts search halden rule:exclusivity", "alerts search", "sources show ledger", "audit",
	} {
		all.WriteString("> " + q + "\n" + text(k.Ask(t.Context(), stranger, q).Lines) + "\n")
	}
	golden(t, "desk.txt", all.String())
}

func TestEmptyStoreIsAnsweredInWords(t *testing.T) {
	k := NewDesk(&fakeStore{}, &fakeHouse{st: &fakeStore{}}, slog.New(slog.DiscardHandler))
	for q, want := range map[string]string{
		"watch list":         "There are no rules yet. The first one: /pactwatch watch add \"AGI clause\"\n",
		"sources list":       "There is no such source yet. The first one: /pactwatch sources add https://…\n",
		"alerts recent":      "There has been no alert yet.\n",
		"alerts search word": "No alert is like that. Fewer words find more.\n",
		"alerts mutes":       "Nothing is muted.\n",
		"status":             "0 sources, 0 failing\n0 rules, 0 stories, 0 alerts\n0 articles, 0 still to be read\n",
	} {
		if got := text(k.Ask(t.Context(), stranger, q).Lines); got != want {
			t.Errorf("Ask(%q) = %q, want %q", q, got, want)
		}
	}
}

var apology = regexp.MustCompile(`^Something went wrong \(ref ([a-z0-9]{6})\)\. The log of pactwatch has the cause under that reference\.\n$`)

func TestTroubleIsAnsweredWithAReferenceToTheLog(t *testing.T) {
	broken := exampleStore()
	broken.err = errors.New("database is locked")
	for _, tt := range []struct {
		name, ask, logged string
		st                Store
	}{
		{"an error", "status", "database is locked", broken},
		{"a panic", "why a102", "nil pointer", nil},
	} {
		var log bytes.Buffer
		got := text(newTestDesk(tt.st, &log).Ask(t.Context(), stranger, tt.ask).Lines)
		m := apology.FindStringSubmatch(got)
		if m == nil {
			t.Errorf("%s: Ask(%q) = %q, want an apology with a reference", tt.name, tt.ask, got)
			continue
		}
		if !strings.Contains(log.String(), "ref="+m[1]) || !strings.Contains(log.String(), tt.logged) {
			t.Errorf("%s: the log is %q, want ref %s and %q", tt.name, log.String(), m[1], tt.logged)
		}
	}
}

// What only managers may do, nobody else does by any way: typed, picked, pressed or sent in a form.
func TestOnlyManagersMayManage(t *testing.T) {
	k, house := newHouse(t)
	for _, cmd := range k.Commands() {
		if cmd.Who != Managers {
			continue
		}
		if got := text(k.Ask(t.Context(), stranger, cmd.Example).Lines); !strings.Contains(got, "Only bot managers") {
			t.Errorf("%q asked by a stranger: %q, want a refusal", cmd.Example, got)
		}
	}
	for verb := range k.pressers {
		switch verb {
		case "why", "sources", "test", "page", "wrong", "right":
			continue // everybody may
		}
		id := buttonID(verb, "a102")
		if got := text(k.Press(t.Context(), stranger, id).Lines); !strings.Contains(got, "Only bot managers") {
			t.Errorf("Press(%q) by a stranger: %q, want a refusal", id, got)
		}
	}
	if r, faults := k.Submit(t.Context(), stranger, NewRuleForm, map[string]string{"query": "exclusive"}); faults != nil || !strings.Contains(text(r.Lines), "Only bot managers") {
		t.Errorf("Submit by a stranger: %q, %v, want a refusal", text(r.Lines), faults)
	}
	if len(house.st.changes) > 0 || len(house.said) > 0 {
		t.Errorf("a stranger has changed something: %v, %q", house.st.changes, house.said)
	}
}

func TestButtons(t *testing.T) {
	k := newTestDesk(exampleStore(), new(bytes.Buffer))
	if got, want := text(k.Press(t.Context(), stranger, WhyButton("a102")).Lines), text(k.Ask(t.Context(), stranger, "why a102").Lines); got != want {
		t.Errorf("Press(%q) = %q, want the same as why: %q", WhyButton("a102"), got, want)
	}
	for _, id := range []string{"v0:why:a102", "v1:snooze:s55", "", "x"} {
		if got := text(k.Press(t.Context(), stranger, id).Lines); !strings.Contains(got, "another version") {
			t.Errorf("Press(%q) = %q, want a word about versions", id, got)
		}
	}
}

// Discord takes names of one word in lower case and descriptions of 1 to 100 characters.
func TestCommandsAreFitForMenus(t *testing.T) {
	word := regexp.MustCompile(`^[a-z]{1,32}$`)
	for _, c := range commands() {
		for w := range strings.FieldsSeq(c.Name) {
			if !word.MatchString(w) {
				t.Errorf("%q: the word %q is unfit", c.Name, w)
			}
		}
		if n := len(c.Help); n < 1 || n > 100 {
			t.Errorf("%q: help of %d characters, want 1 to 100", c.Name, n)
		}
		for _, a := range c.Args {
			if n := len(a.Help); !word.MatchString(a.Name) || n < 1 || n > 100 {
				t.Errorf("%q: argument %q is unfit", c.Name, a.Name)
			}
		}
	}
}

func TestReferenceIsUpToDate(t *testing.T) {
	k, _ := newHouse(t)
	golden(t, "../../docs/commands.md", k.Reference())
}
