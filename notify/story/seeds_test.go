package story

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

// The two articles this project began with are one story, and its brief says what changed.
func TestSeeds(t *testing.T) {
	one, two := seed(t, "000_3bff8537bc01d4c6.txt"), seed(t, "004_07e5650549fea69a.txt")
	x := NewIndex()
	first := x.Decide(&one)
	x.Add(first.Story, &one)
	if second := x.Decide(&two); second.Story != first.Story {
		t.Errorf("the second seed opens %q (%s), want it in %q", second.Story, second.Why, first.Story)
	}

	rule := regexp.MustCompile(`(?i)exclusiv\w*|revenue[ -]shar\w+|AGI|clauses?\b`)
	b := Brief([]news.Article{one, two}, map[string][]news.Match{one.ID: matchText(&one, rule), two.ID: matchText(&two, rule)}, 80)
	var said []string
	for _, s := range b.Sentences {
		said = append(said, s.Text)
	}
	text := strings.Join(said, "\n")
	t.Logf("%s\n%s", b.Headline, text)
	if n := len(words(text)); n > 80 {
		t.Errorf("the brief has %d words, want 80 at most", n)
	}
	for _, want := range []string{`(?i)exclusiv`, `cap on the revenue share .* until 2030`, `(?i)clause`} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("the brief does not say %s:\n%s", want, text)
		}
	}
	if got := Material([]news.Article{one}, &two, matchText(&two, rule)); !strings.Contains(got, "until 2030") {
		t.Errorf("Material of the second seed = %q, want until 2030 in it", got)
	}
}

// seed reads an article of the seeds. The first line is the title; the page of the second gives the
// body twice, and extraction leaves one.
func seed(t *testing.T, name string) news.Article {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(shared, "seeds", name))
	if err != nil {
		t.Skipf("skipped, the seeds are not here: %v", err)
	}
	title, text, _ := strings.Cut(string(b), "\n")
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\nRelated article")
	return news.Article{ID: name, Title: title, Text: text, Outlet: name, Lang: "en"}
}

// matchText returns the match of a rule that finds words in the text of a.
func matchText(a *news.Article, words *regexp.Regexp) []news.Match {
	m := news.Match{Rule: "test"}
	for _, at := range words.FindAllStringIndex(a.Text, -1) {
		m.Spans = append(m.Spans, news.Span{Field: "text", Start: at[0], End: at[1], Text: a.Text[at[0]:at[1]]})
	}
	return []news.Match{m}
}
