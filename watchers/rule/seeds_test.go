package rule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/shared"
)

// The two articles that the project began with: which of its first rules each meets.
func TestSeeds(t *testing.T) {
	dir := shared.Path(t, "seeds")
	s, err := Compile([]news.Rule{
		{Name: "exclusive", Match: "exclusive"},
		{Name: "clause", Match: "AGI clause"},
		{Name: "share", Match: "revenue share"},
		{Name: "phrase", Match: `"revenue share"`},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for prefix, want := range map[string]string{
		"000_": "exclusive share phrase",
		"004_": "exclusive clause share",
	} {
		files, _ := filepath.Glob(filepath.Join(dir, prefix+"*.txt"))
		if len(files) != 1 {
			t.Fatalf("%d seeds begin with %s, want 1", len(files), prefix)
		}
		raw, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		title, text, _ := strings.Cut(string(raw), "\n")
		got := map[string]bool{}
		for _, m := range s.Match(&news.Article{Title: title, Text: text}) {
			got[m.Rule] = true
			t.Logf("%s %s: %v", prefix, m.Rule, m.Spans)
		}
		for name := range strings.FieldsSeq(want) {
			if !got[name] {
				t.Errorf("%s: rule %s does not match", prefix, name)
			}
		}
		if prefix == "000_" && got["clause"] {
			t.Errorf("%s: rule clause matches, the article does not say AGI", prefix)
		}
	}
}
