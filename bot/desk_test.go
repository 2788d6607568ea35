package bot

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// fakeStore answers from its fields; err, if it is set, is the answer to everything.
type fakeStore struct {
	alerts   []news.Alert // newest first
	verdicts map[string]news.Verdict
	sources  []news.SourceState
	counts   news.Counts
	err      error
}

func (f *fakeStore) RecentAlerts(_ context.Context, n int) ([]news.Alert, error) {
	return f.alerts[:min(n, len(f.alerts))], f.err
}

func (f *fakeStore) Alert(_ context.Context, id string) (news.Alert, error) {
	for _, a := range f.alerts {
		if a.ID == id {
			return a, f.err
		}
	}
	return news.Alert{}, news.ErrNotFound
}

func (f *fakeStore) ArticleByURL(_ context.Context, url string) (news.Verdict, error) {
	v, ok := f.verdicts[url]
	if !ok {
		return v, news.ErrNotFound
	}
	return v, f.err
}

func (f *fakeStore) Sources(context.Context) ([]news.SourceState, error) { return f.sources, f.err }
func (f *fakeStore) Counts(context.Context) (news.Counts, error)         { return f.counts, f.err }

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func exampleStore() *fakeStore {
	article := news.Article{
		ID: "n41", URL: "https://northwind.example/halden?utm_source=rss", Canonical: "https://northwind.example/halden",
		Title: "Halden and Ostrava part ways", Outlet: "Northwind Business", Seen: noon,
		Text: "Halden Cloud hosts Ostrava Labs.\nThe exclusive deal ends.",
	}
	start := strings.Index(article.Text, "exclusive")
	return &fakeStore{
		alerts: []news.Alert{{
			ID: "a102", Story: "s55", Channel: "deals", Headline: "Halden and Ostrava part ways", Created: noon,
			Members: []news.Member{{
				Story: "s55", Article: article, Why: "opens a story", Joined: noon,
				Matches: []news.Match{{Rule: "exclusivity", Spans: []news.Span{
					{Field: "title", Start: 19, End: 23, Text: "part"},
					{Field: "text", Start: start, End: start + 9, Text: "exclusive"},
				}}},
			}},
		}},
		verdicts: map[string]news.Verdict{
			article.URL:                      {Article: article, Stage: news.Done},
			"https://northwind.example/talk": {Article: news.Article{ID: "n42", URL: "https://northwind.example/talk", Title: "An exclusive interview", Seen: noon}, Stage: news.Done, Reason: "no rule matches the whole article"},
			"https://northwind.example/new":  {Article: news.Article{ID: "n43", URL: "https://northwind.example/new", Title: "Just in", Seen: noon}, Stage: news.Unread},
		},
		sources: []news.SourceState{
			{Name: "ledger", Cursor: news.Cursor{LastPoll: noon, Failures: 3, LastError: "HTTP status 503", NextPoll: noon.Add(time.Hour)}},
			{Name: "northwind", Cursor: news.Cursor{LastPoll: noon, LastOK: noon}},
			{Name: "vesper"},
		},
		counts: news.Counts{Articles: 12, Unread: 1, Stories: 2, Alerts: 1, Deliveries: map[news.State]int{news.Sent: 2, news.Failed: 1}},
	}
}

func exampleRules() []news.Rule {
	return []news.Rule{
		{Name: "exclusivity", Match: "exclusive NEAR/9 @clouds", Channels: []string{"deals"}, Severity: news.High},
		{Name: "compute", Match: `"4 GW"`, Channels: []string{"deals", "board"}},
	}
}

func newTestDesk(st Store, log *bytes.Buffer) *Desk {
	k := NewDesk(st, exampleRules, slog.New(slog.NewTextHandler(log, nil)))
	k.Version, k.Started = "1.0", noon
	return k
}

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
		"status now", "subscribe", "alerts",
	} {
		all.WriteString("> " + q + "\n" + text(k.Ask(t.Context(), q, false)) + "\n")
	}
	golden(t, "desk.txt", all.String())
}

func TestEmptyStoreIsAnsweredInWords(t *testing.T) {
	k := NewDesk(&fakeStore{}, func() []news.Rule { return nil }, slog.New(slog.DiscardHandler))
	for q, want := range map[string]string{
		"watch list":    "There are no rules yet. They are written in the configuration file.\n",
		"sources list":  "No source has been polled yet.\n",
		"alerts recent": "There has been no alert yet.\n",
		"status":        "0 sources, 0 failing\n0 rules, 0 stories, 0 alerts\n0 articles, 0 still to be read\n",
	} {
		if got := text(k.Ask(t.Context(), q, false)); got != want {
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
		got := text(newTestDesk(tt.st, &log).Ask(t.Context(), tt.ask, false))
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

func TestOnlyManagersMayManage(t *testing.T) {
	k := newTestDesk(exampleStore(), new(bytes.Buffer))
	k.commands = append(k.commands[:len(k.commands):len(k.commands)], Command{
		Name: "watch remove", Who: Managers, Example: "watch remove compute",
		run: func(context.Context, *Desk, map[string]string) ([]Line, error) { return []Line{say("Removed.")}, nil },
	})
	if got, want := text(k.Ask(t.Context(), "watch remove", false)), "Only bot managers can do that here.\nAsk a manager.\n"; got != want {
		t.Errorf("asked by a stranger: %q, want %q", got, want)
	}
	if got, want := text(k.Ask(t.Context(), "watch remove", true)), "Removed.\n"; got != want {
		t.Errorf("asked by a manager: %q, want %q", got, want)
	}
}

func TestButtons(t *testing.T) {
	k := newTestDesk(exampleStore(), new(bytes.Buffer))
	if got, want := text(k.Press(t.Context(), WhyButton("a102"))), text(k.Ask(t.Context(), "why a102", false)); got != want {
		t.Errorf("Press(%q) = %q, want the same as why: %q", WhyButton("a102"), got, want)
	}
	for _, id := range []string{"v0:why:a102", "v1:mute:s55", "", "x"} {
		if got := text(k.Press(t.Context(), id)); !strings.Contains(got, "another version") {
			t.Errorf("Press(%q) = %q, want a word about versions", id, got)
		}
	}
}

// Discord takes names of one word in lower case and descriptions of 1 to 100 characters.
func TestCommandsAreFitForMenus(t *testing.T) {
	word := regexp.MustCompile(`^[a-z]{1,32}$`)
	for _, c := range readers {
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
