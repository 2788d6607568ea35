package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pactwatch/pactwatch/internal/news"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the files in testdata that hold what is printed")

// readCard reads a card from testdata, the same that the platforms' tests read.
func readCard(t *testing.T, name string) news.Card {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var c news.Card
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; read it, then rewrite it with -update (-want +got):\n%s", name, diff)
	}
}

func TestTextOfEachKind(t *testing.T) {
	var all strings.Builder
	for _, k := range []news.Kind{news.KindAlert, news.KindReply, news.KindDigest} {
		all.WriteString(Text(k, readCard(t, string(k)+".json")) + "\n\n")
	}
	golden(t, "text.txt", all.String())
}

func TestTerminalShowsEachKind(t *testing.T) {
	var out bytes.Buffer
	term := &Terminal{W: &out}
	for _, d := range []struct {
		kind news.Kind
		card string
		want string
	}{
		{news.KindAlert, "alert.json", "a102"},
		{news.KindEdit, "alert.json", "a102"},
		{news.KindReply, "reply.json", "a102"},
		{news.KindDigest, "digest.json", "the key"},
	} {
		got, err := term.Post(t.Context(), news.Delivery{Kind: d.kind, Key: "the key", Card: readCard(t, d.card)})
		if err != nil || got != d.want {
			t.Errorf("Post(%s) = %q, %v, want %q", d.kind, got, err, d.want)
		}
	}
	golden(t, "terminal.txt", out.String())
}

func TestTerminalBreaksLinesAtItsWidth(t *testing.T) {
	var out bytes.Buffer
	term := &Terminal{W: &out, Width: 40}
	card := readCard(t, "alert.json")
	card.Headline = "微软与合作伙伴结束独家托管协议 并公布新的收入分成上限 以及云服务承诺"
	if _, err := term.Post(t.Context(), news.Delivery{Kind: news.KindAlert, Card: card}); err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(out.String()) {
		if w := columns(strings.TrimSuffix(l, "\n")); w > 40 && !strings.Contains(l, "://") {
			t.Errorf("a line of %d columns, want 40 at most: %q", w, l)
		}
	}
}

func TestHostileTextEmitsNoTerminalEscapes(t *testing.T) {
	hostile := "\x1b[2J\x1b]8;;http://evil.example\x07click\u009b31m\r\x08\u202e"
	card := news.Card{
		Alert: hostile, Story: hostile, Severity: news.Severity(hostile), Headline: hostile,
		Quotes: []news.Quote{{Text: hostile, Outlet: hostile, URL: hostile}}, Matched: []string{hostile},
		Rules: []string{hostile}, News: hostile, Updated: time.Unix(1764000000, 0),
		Outlets: []news.Outlet{{Name: hostile, Title: hostile, URL: "https://x.example/" + hostile}},
		Added:   []news.Outlet{{Name: hostile, URL: hostile}},
		Stories: []news.DigestEntry{{Alert: hostile, Headline: hostile, URL: hostile, Outlets: []string{hostile}}},

		Rewriting: news.Rewriting{Model: hostile, Done: true},
	}
	for _, k := range []news.Kind{news.KindAlert, news.KindEdit, news.KindReply, news.KindDigest} {
		var out bytes.Buffer
		if _, err := (&Terminal{W: &out}).Post(t.Context(), news.Delivery{Kind: k, Card: card}); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexAny(out.String(), "\x1b\x07\x08\r\u009b\u202e"); i >= 0 {
			t.Errorf("%s printed %q", k, out.String()[i:])
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestTerminalThatIsGoneCanBeTriedAgain(t *testing.T) {
	_, err := (&Terminal{W: brokenPipe{}}).Post(t.Context(), news.Delivery{Kind: news.KindAlert})
	post, ok := errors.AsType[*news.PostError](err)
	if !ok || post.Refused {
		t.Errorf("Post = %v, want a *news.PostError that is not refused", err)
	}
}

func TestViewCountsWhatItLeavesOut(t *testing.T) {
	card := news.Card{Headline: strings.Repeat("long ", 80)}
	for i := range 30 {
		card.Outlets = append(card.Outlets, news.Outlet{Name: "Outlet", Seen: time.Unix(int64(i+1), 0)})
	}
	v := NewView(news.KindAlert, card)
	if v.Counted != "30 outlets" || v.More != 20 {
		t.Errorf("30 outlets: counted as %q, %d left out, want 30 outlets and 20", v.Counted, v.More)
	}
	for v.Shrink() {
	}
	lines := v.Listed()
	if got := lines[len(lines)-1].String(); len(lines) != 2 || got != "+29 more" {
		t.Errorf("shrunk all the way it lists %d lines, the last %q, want 2 and +29 more", len(lines), got)
	}
	if !strings.HasSuffix(v.Title, "…") {
		t.Errorf("title of 400 characters = %q, want it shortened", v.Title)
	}
}

func TestWhatACardSaysOfItself(t *testing.T) {
	until := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	mute := news.Mute{What: "story", Which: "s55", Until: until, By: news.Actor{Name: "Ada"}}
	for _, tt := range []struct {
		name string
		kind news.Kind
		card news.Card
		want string
	}{
		{"muted", news.KindEdit, news.Card{Headline: "x", Muted: &mute}, "Story muted by Ada until 2026-11-30 09:00 UTC"},
		{"its rule is muted", news.KindEdit, news.Card{Headline: "x", Muted: &news.Mute{What: "rule", Which: "r7", Until: until}}, "Rule r7 muted by somebody until"},
		{"terms that all agree on", news.KindAlert, news.Card{Terms: []news.StatedTerm{
			{Name: "Exclusivity", Sides: []news.Side{{Says: "ended", Outlets: []string{"A", "B"}}}},
			{Name: "AGI clause", Sides: []news.Side{{Says: "removed", Outlets: []string{"B"}}}},
		}}, "\nExclusivity: ended (A, B) · AGI clause: removed (B)\n"},
		{"a term that they differ on", news.KindAlert, news.Card{Terms: []news.StatedTerm{
			{Name: "Revenue share", Sides: []news.Side{{Says: "terminated", Outlets: []string{"A"}}, {Says: "capped until 2030", Outlets: []string{"B"}}}},
		}}, "\nOutlets differ: Revenue share: terminated (A) / capped until 2030 (B)\n"},
		{"rewritten", news.KindAlert, written(true), "\nThe pact is over. — Ledger Wire\nSummary: rewritten by small-1, checked against the sources\n"},
		{"not rewritten", news.KindAlert, written(false), "\n“The pact is over.” — Ledger Wire\nSummary: excerpts, word for word\n"},
		{"held back", news.KindDigest, news.Card{Held: "quiet hours", Stories: []news.DigestEntry{{Headline: "x"}}}, "1 story held back: quiet hours"},
		{"much held back", news.KindDigest, news.Card{Held: "quiet hours", Stories: make([]news.DigestEntry, 14)}, "14 stories held back: quiet hours; the top 3:\n"},
		{"the rest of it", news.KindDigest, news.Card{Held: "quiet hours", Stories: make([]news.DigestEntry, 14)}, "\n+11 more, see alerts recent"},
		{"a long digest", news.KindDigest, news.Card{Stories: make([]news.DigestEntry, 22)}, "\n+2 more, see alerts recent"},
		{"a notice", news.KindNotice, news.Card{Headline: "Source ledger is silent", News: "No item for 3 days.\nIt usually has one a day."}, "🔔 Source ledger is silent\nNo item for 3 days.\nIt usually has one a day."},
	} {
		if got := Text(tt.kind, tt.card); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q in it", tt.name, got, tt.want)
		}
	}
	if got := NewView(news.KindEdit, news.Card{Severity: news.High, Muted: &mute}).Mark; got.Word != "HIGH" || got.Color != markOf(news.Low).Color {
		t.Errorf("the mark of a muted alert is %v, want HIGH in grey", got)
	}
}

// written is a card whose quote a model has rewritten, or could have.
func written(done bool) news.Card {
	return news.Card{Headline: "x", Quotes: []news.Quote{{Text: "The pact is over.", Outlet: "Ledger Wire"}},
		Rewriting: news.Rewriting{Model: "small-1", Done: done}}
}

func TestOutletsShowWhereTheyLead(t *testing.T) {
	for _, tt := range []struct{ name, url, want, link string }{
		{"Northwind", "https://northwind.example/a", "Northwind", "https://northwind.example/a"},
		{"northwind.example", "https://www.northwind.example/a", "northwind.example", "https://www.northwind.example/a"},
		{"openai.example", "https://evil.example/a", "openai.example (evil.example)", "https://evil.example/a"},
		{"", "https://northwind.example/a", "northwind.example", "https://northwind.example/a"},
		{"Northwind", "javascript:alert(1)", "Northwind", ""},
		{"", "", "unnamed outlet", ""},
	} {
		if got := outletPart(tt.name, tt.url); got.Text != tt.want || got.URL != tt.link {
			t.Errorf("outletPart(%q, %q) = %q → %q, want %q → %q", tt.name, tt.url, got.Text, got.URL, tt.want, tt.link)
		}
	}
}

// Whatever a card holds, its view has only clean lines and links that Link has passed.
func TestViewIsAlwaysSafeToShow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String()
		card := news.Card{
			Alert: s.Draw(t, "alert"), Headline: s.Draw(t, "headline"), News: s.Draw(t, "news"),
			Matched: rapid.SliceOf(s).Draw(t, "matched"), Rules: rapid.SliceOf(s).Draw(t, "rules"),
			Quotes:  []news.Quote{{Text: s.Draw(t, "quote"), Outlet: s.Draw(t, "outlet"), URL: s.Draw(t, "url")}},
			Terms:   []news.StatedTerm{{Name: s.Draw(t, "term"), Sides: []news.Side{{Says: s.Draw(t, "says"), Outlets: []string{s.Draw(t, "outlet")}}}}},
			Outlets: []news.Outlet{{Name: s.Draw(t, "name"), URL: "https://x.example/" + s.Draw(t, "path")}},
			Added:   []news.Outlet{{Name: s.Draw(t, "added"), URL: s.Draw(t, "url")}},
			Stories: []news.DigestEntry{{Headline: s.Draw(t, "entry"), URL: s.Draw(t, "url")}},
		}
		for _, k := range []news.Kind{news.KindAlert, news.KindReply, news.KindDigest} {
			for _, l := range NewView(k, card).Lines() {
				for _, p := range l {
					if strings.TrimSpace(p.Text) != strings.TrimSpace(Clean(p.Text)) {
						t.Fatalf("%s shows %q", k, p.Text)
					}
					if link, ok := Link(p.URL); p.URL != "" && (!ok || link != p.URL) {
						t.Fatalf("%s links to %q", k, p.URL)
					}
				}
			}
		}
	})
}
