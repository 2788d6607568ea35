package story

import (
	"cmp"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/shared"
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

	rule := regexp.MustCompile(`(?i)exclusiv\w*|revenue[ -]shar\w+|\bAGI\b|\bclauses?\b`)
	matches := map[string][]news.Match{one.ID: matchText(&one, rule), two.ID: matchText(&two, rule)}
	for _, tt := range []struct {
		name    string
		matches map[string][]news.Match
		limit   int
	}{
		{"with a rule", matches, 80},
		{"on a card", matches, 60},
		{"without a rule", nil, 0},
	} {
		b := Brief([]news.Article{one, two}, tt.matches, tt.limit)
		text := sentences(b)
		t.Logf("%s: %s\n%s", tt.name, b.Headline, text)
		if n := len(words(text)); n > cmp.Or(tt.limit, 80) {
			t.Errorf("%s: the brief has %d words", tt.name, n)
		}
		wants := []string{`(?i)terminated .* exclusiv|exclusiv\w+ .* dissolved`, `cap on the revenue share .* until 2030`,
			`\(AGI\)`, `clause has been officially deleted`}
		if tt.limit != 60 {
			wants = append(wants, `terminated .* revenue-sharing`) // the first outlet's, against the second's cap
		}
		for _, want := range wants {
			if !regexp.MustCompile(want).MatchString(text) {
				t.Errorf("%s: the brief does not say %s:\n%s", tt.name, want, text)
			}
		}
		for i, s := range b.Sentences {
			for _, other := range b.Sentences[:i] {
				if a, b := stems(s.Text, "en"), stems(other.Text, "en"); 2*inCommon(a, b) > min(len(a), len(b)) {
					t.Errorf("%s: the brief says twice:\n%s\n%s", tt.name, other.Text, s.Text)
				}
			}
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
	b, err := os.ReadFile(shared.Path(t, "seeds/"+name))
	if err != nil {
		t.Fatal(err)
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
