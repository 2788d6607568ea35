package rule

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

const manual = "../../docs/rules.md"

// tables calls f with the rows of each table of the manual whose header has these columns.
func tables(t *testing.T, f func(cells []string), columns ...string) {
	t.Helper()
	raw, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	within, rows := false, 0
	for line := range strings.Lines(string(raw)) {
		cells := row(line)
		switch {
		case cells == nil:
			within = false
		case strings.Join(cells, "|") == strings.Join(columns, "|"):
			within = true
		case within && !strings.HasPrefix(cells[0], "--"):
			f(cells)
			rows++
		}
	}
	if rows == 0 {
		t.Errorf("no table of %q in %s", columns, manual)
	}
}

// row returns the cells of a line of a table, nil of any other line.
func row(line string) []string {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") || !strings.HasSuffix(line, "|") {
		return nil
	}
	const bar = "\x00"
	cells := strings.Split(strings.ReplaceAll(line[1:len(line)-1], `\|`, bar), "|")
	for i, c := range cells {
		cells[i] = strings.Trim(strings.ReplaceAll(strings.TrimSpace(c), bar, "|"), "`")
	}
	return cells
}

// manualLists are the lists that the manual says hold in it.
func manualLists(t *testing.T) Lists {
	t.Helper()
	raw, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	lists := Lists{}
	for _, m := range regexp.MustCompile(`(?m)^  (\w+): \[(.*)\]$`).FindAllStringSubmatch(string(raw), -1) {
		for _, s := range strings.Split(m[2], ", ") {
			party, err := ParseParty(s)
			if err != nil {
				t.Fatal(err)
			}
			lists[m[1]] = append(lists[m[1]], party)
		}
	}
	return lists
}

// manualArticle returns the article of a cell, and the texts in bold, separated by bars.
func manualArticle(cell string) (a *news.Article, bold string) {
	a = &news.Article{}
	var parts []string
	for _, m := range regexp.MustCompile(`\*\*(.+?)\*\*`).FindAllStringSubmatch(cell, -1) {
		parts = append(parts, m[1])
	}
	for _, part := range strings.Split(strings.ReplaceAll(cell, "**", ""), " · ") {
		field, value, _ := strings.Cut(part, ": ")
		switch field {
		case "title":
			a.Title = value
		case "text":
			a.Text = value
		case "outlet":
			a.Outlet = value
		case "source":
			a.Source = value
		case "url":
			a.URL = value
		case "lang":
			a.Lang = value
		default:
			a.Text = part
		}
	}
	return a, strings.Join(parts, "|")
}

func TestManualExamples(t *testing.T) {
	lists := manualLists(t)
	tables(t, func(cells []string) {
		s, err := Compile([]news.Rule{{Name: "r", Match: cells[0]}}, lists)
		if err != nil {
			t.Errorf("%s: %v", cells[0], err)
			return
		}
		finds, bold := manualArticle(cells[1])
		if got := sortedTexts(s.Match(finds), finds); got != bold {
			t.Errorf("%s in %s = %s, want %s", cells[0], cells[1], got, bold)
		}
		not, _ := manualArticle(cells[2])
		if m := s.Match(not); m != nil {
			t.Errorf("%s in %s = %v, want nothing", cells[0], cells[2], m)
		}
	}, "rule", "finds", "but not")
}

// sortedTexts returns the texts of spans in the order of a manual's cell: url and lang come first.
func sortedTexts(m []news.Match, a *news.Article) string {
	if m == nil {
		return "-"
	}
	var first, rest []string
	for _, s := range m[0].Spans {
		if s.Field == "site" || s.Field == "lang" {
			first = append(first, s.Text)
		} else {
			rest = append(rest, s.Text)
		}
	}
	return strings.Join(append(first, rest...), "|")
}

func TestManualExplains(t *testing.T) {
	tables(t, func(cells []string) {
		q, err := Parse(cells[0])
		if err != nil {
			t.Errorf("%s: %v", cells[0], err)
		} else if got := q.Explain(); got != cells[1] {
			t.Errorf("Explain(%s) = %s, want %s", cells[0], got, cells[1])
		}
	}, "rule", "in plain words")
}

func TestManualMisses(t *testing.T) {
	raw, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`Of the text \*(.+)\*`).FindStringSubmatch(string(raw))
	if text == nil {
		t.Fatal("the manual has no text for misses")
	}
	lists := manualLists(t)
	tables(t, func(cells []string) {
		s, err := Compile([]news.Rule{{Name: "r", Match: cells[0]}}, lists)
		if err != nil {
			t.Errorf("%s: %v", cells[0], err)
		} else if got := s.Miss(&news.Article{Text: text[1]}, "r"); got != cells[1] {
			t.Errorf("Miss(%s) = %s, want %s", cells[0], got, cells[1])
		}
	}, "rule", "what was missing")
}

func TestManualSlips(t *testing.T) {
	lists := manualLists(t)
	tables(t, func(cells []string) {
		_, err := Compile([]news.Rule{{Name: "r", Match: cells[0]}}, lists)
		if err == nil || err.Error() != "rule r: "+cells[1] {
			t.Errorf("%s: %v, want %s", cells[0], err, cells[1])
		}
	}, "written", "answer")
}

// The grammar of the manual is that of the package comment.
func TestManualGrammar(t *testing.T) {
	raw, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	comment, err := os.ReadFile("rule.go")
	if err != nil {
		t.Fatal(err)
	}
	_, grammar, _ := strings.Cut(string(raw), "```ebnf\n")
	grammar, _, _ = strings.Cut(grammar, "```")
	for line := range strings.Lines(grammar) {
		if !strings.Contains(string(comment), "//\t"+line) {
			t.Errorf("the package comment has no line %q", line)
		}
	}
	if grammar == "" {
		t.Error("the manual has no grammar")
	}
}
