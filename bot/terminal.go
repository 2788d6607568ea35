package bot

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A Terminal posts alerts to a terminal or a log, in plain text. It is safe for concurrent use.
type Terminal struct {
	W     io.Writer
	Color bool // with ANSI colours
	Width int  // in columns; 0 means 100. Addresses are never broken

	mu sync.Mutex
}

// Post prints a delivery: an alert as a card, an edit as the card that has grown, a reply indented
// as a thread is. The message it returns is the alert's ID, or the delivery's key where it has none.
// It fails only if nothing could be written.
func (t *Terminal) Post(_ context.Context, d news.Delivery) (message string, err error) {
	v := NewView(d.Kind, d.Card)
	var b strings.Builder
	switch d.Kind {
	case news.KindReply:
		for _, l := range v.Listed() {
			t.wrap(&b, "   ↳ thread: ", dim, "     ", l)
		}
	case news.KindDigest:
		t.wrap(&b, "☰ ", bold, "  ", say(v.Title))
		for _, l := range v.Listed() {
			t.wrap(&b, "  ", plain, "     ", l)
		}
	default:
		t.card(&b, v)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := io.WriteString(t.W, b.String()+"\n"); err != nil {
		return "", &news.PostError{Err: fmt.Errorf("terminal: %w", err)}
	}
	if v.Alert == "" {
		return d.Key, nil
	}
	return v.Alert, nil
}

func (t *Terminal) card(b *strings.Builder, v View) {
	if v.Kind == news.KindEdit {
		t.wrap(b, "✎ ", dim, "  ", say(v.Alert+" edited, now "+v.Counted))
	}
	t.wrap(b, v.Mark.Emoji+" ", bold, "   ", say(v.Title))
	t.wrap(b, "   ", styleOf(v.Mark), "   ", say(v.Meta()))
	for _, q := range v.Quotes {
		t.wrap(b, "   │ ", plain, "   │ ", unlinked(q)) // its address stands below, with its outlet
	}
	if v.Summary != "" {
		t.wrap(b, "   ", dim, "   ", say(v.Summary))
	}
	for _, l := range v.Terms {
		t.wrap(b, "   ", plain, "     ", l)
	}
	for _, o := range v.Listed() {
		t.wrap(b, "   • ", plain, "     ", o)
	}
	t.wrap(b, "   ", dim, "   ", v.Footer)
}

// A style is what turns it on, as an ANSI sequence.
type style string

const (
	plain style = ""
	bold  style = "\x1b[1m"
	dim   style = "\x1b[2m"
	red   style = "\x1b[31m"
	blue  style = "\x1b[34m"
	off   style = "\x1b[0m"
)

func styleOf(m Mark) style {
	switch m.Word {
	case "HIGH":
		return red
	case "LOW":
		return dim
	}
	return blue
}

// wrap prints a line, broken between words at the terminal's width: first before its first row,
// rest before the others. Its addresses follow on rows of their own and are never broken, so that a
// terminal can open them.
func (t *Terminal) wrap(b *strings.Builder, first string, s style, rest string, l Line) {
	width := t.Width
	if width <= 0 {
		width = 100
	}
	indent, row := first, ""
	for word := range strings.FieldsSeq(unlinked(l).String()) {
		if row != "" && columns(indent)+columns(row)+1+columns(word) > width {
			b.WriteString(indent + t.paint(s, row) + "\n")
			indent, row = rest, ""
		}
		if row != "" {
			row += " "
		}
		row += word
	}
	b.WriteString(indent + t.paint(s, row) + "\n")
	for _, p := range l {
		if p.URL != "" {
			b.WriteString(rest + t.paint(dim, p.URL) + "\n")
		}
	}
}

func (t *Terminal) paint(s style, text string) string {
	if !t.Color || s == plain {
		return text
	}
	return string(s) + text + string(off)
}

// columns is how wide s is on a terminal, nearly: scripts of wide letters and emoji take two
// columns a letter, combining marks none.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case extends(r):
		case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3,
			r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60,
			r >= 0x1f000 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
			n += 2
		default:
			n++
		}
	}
	return n
}
