package terms

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Whatever a page says, reading it ends well, and every term holds what it promises.
func FuzzRead(f *testing.F) {
	for _, p := range reader(f).book.patterns {
		f.Add(p.example, p.example+"\n1. "+p.example)
	}
	f.Add("$", "“The ‘pair’ (the “Company”) and AT&T’s ’s — 2031-12-31 until a fifth of from ten years to")
	f.Add("\xff", "\xf0\x28 Norvane\xff, Inc. (the \"\xff\") 38,000,000,000,000 per cent to one")
	r := reader(f)
	f.Fuzz(func(t *testing.T, title, text string) {
		a := &news.Article{ID: "a1", Title: title, Text: text, Published: time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC)}
		for _, term := range r.Read(a) {
			field := a.Field(term.Field)
			switch {
			case term.Evidence == "" || field[term.Start:term.End] != term.Evidence:
				t.Errorf("%s[%d:%d] = %q, want the evidence %q", term.Field, term.Start, term.End, field[term.Start:term.End], term.Evidence)
			case len(term.Parties) < 2 || term.Parties[0] == "" || rank(term.Term) < 0 || changes[term.Change] == "" || term.News == (term.Class == Background):
				t.Errorf("a term that says nothing: %+v", term)
			case utf8.ValidString(field) && !utf8.ValidString(term.Evidence):
				t.Errorf("the evidence %q ends within a character", term.Evidence)
			}
		}
	})
}
