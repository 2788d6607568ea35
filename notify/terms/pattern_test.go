package terms

import (
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Every pattern has an example that it meets, and that is read as what the line says.
func TestPatternsReadTheirExamples(t *testing.T) {
	r := reader(t)
	for _, p := range r.book.patterns {
		if p.example == "" {
			t.Errorf("patterns.txt:%d: no example", p.line)
			continue
		}
		a := &news.Article{ID: "a1", Text: p.example}
		if !met(r, a, p) {
			t.Errorf("patterns.txt:%d: the example does not have the pattern: %s", p.line, p.example)
		}
		var got []string
		for _, term := range r.Read(a) {
			got = append(got, term.Term+" "+term.Change)
			if strings.Join(term.Parties, ", ") != "Aurelia Labs, Norvane" && strings.Join(term.Parties, ", ") != "Aurelia Labs, FTC, Norvane" {
				t.Errorf("patterns.txt:%d: the parties of %q are %q", p.line, p.example, term.Parties)
			}
		}
		if want := strings.TrimPrefix(p.want, "-"); strings.Join(got, ", ") != want {
			t.Errorf("patterns.txt:%d: Read(%q) = %q, want %q", p.line, p.example, got, want)
		}
	}
}

// reader returns a Reader that knows the two companies of the examples.
func reader(t testing.TB) *Reader {
	t.Helper()
	r, err := New([][]string{{"Aurelia Labs"}, {"Norvane"}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// met reports whether a sentence of a has the pattern.
func met(r *Reader, a *news.Article, p *pattern) bool {
	ss := r.sentences(a)
	roster := r.names.newRoster(ss)
	for _, s := range ss {
		s.find(r.book, roster)
		for _, c := range s.cues {
			if c.pattern == p {
				return true
			}
		}
	}
	return false
}
