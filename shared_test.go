package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/shared"
	"github.com/pactwatch/pactwatch/notify/terms"
)

// command runs the program in this process and returns its answer, line by line.
func command(t *testing.T, in string, args ...string) []string {
	t.Helper()
	var out, errs bytes.Buffer
	if err := run(t.Context(), args, strings.NewReader(in), &out, &errs); err != nil || errs.Len() > 0 {
		t.Errorf("pactwatch %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func gunzip(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func decode[T any](t *testing.T, line string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(line), &v); err != nil {
		t.Fatalf("not JSON: %v: %s", err, line)
	}
	return v
}

// The commands answer every line of the labelled sets.
func TestEveryLineOfTheSetsIsAnswered(t *testing.T) {
	rules := writeFile(t, t.TempDir(), "rules.yaml", string(example))
	for _, set := range []string{"stories-allsides", "stories-ecbplus", "stories-gva", "stories-ledger", "stories-slowwire",
		"stories-uci2014", "neardup-extract", "case-msft-openai", "stream-ai-2026", "terms-ai"} {
		t.Run(set, func(t *testing.T) {
			t.Parallel()
			in := gunzip(t, shared.Path(t, "eval/"+set+"/dev.jsonl.gz"))
			want := strings.Count(in, "\n")
			for _, args := range [][]string{{"group"}, {"match", "--rules", rules}} {
				if got := len(command(t, in, args...)); got != want {
					t.Errorf("pactwatch %s: %d answers to %d articles", args[0], got, want)
				}
			}
			stories := map[string]bool{}
			for line := range strings.Lines(in) {
				stories[decode[articleLine](t, line).Story] = true
			}
			if got := len(command(t, in, "brief")); got != len(stories) {
				t.Errorf("pactwatch brief: %d answers for %d stories", got, len(stories))
			}
		})
	}
	for _, set := range []string{"extract-zyte", "extract-wcxb"} {
		t.Run(set, func(t *testing.T) {
			t.Parallel()
			for line := range strings.Lines(gunzip(t, shared.Path(t, "eval/"+set+"/dev.jsonl.gz"))) {
				page := decode[struct{ ID, URL, HTML string }](t, line)
				got := command(t, page.HTML, "extract", "-", "--url", page.URL)
				if item := decode[itemLine](t, got[0]); len(got) != 1 || item.Text == "" {
					t.Errorf("%s: no text", page.ID)
				}
			}
		})
	}
}

// The two real articles that this began with: one story, and the right rules on each.
func TestSeeds(t *testing.T) {
	dir := shared.Path(t, "seeds")
	lines := command(t, "", "extract", filepath.Join(dir, "000_3bff8537bc01d4c6.txt"), filepath.Join(dir, "004_07e5650549fea69a.txt"))
	var articles []string
	for i, line := range lines {
		item := decode[itemLine](t, line)
		for _, teaser := range []string{"Cursor", "StrictlyVC", "Notion", "Comments (0)"} {
			if strings.Contains(item.Text, teaser) {
				t.Errorf("seed %d: the body has %q, which belongs to the page around it", i, teaser)
			}
		}
		if sentence := "This new contract significantly loosens"; strings.Count(item.Text, sentence) > 1 {
			t.Errorf("seed %d: the body is there twice", i)
		}
		b, err := json.Marshal(map[string]string{"id": []string{"first", "second"}[i], "story": "s1", "url": item.URL, "title": item.Title, "text": item.Text, "outlet": item.Outlet, "lang": item.Lang})
		if err != nil {
			t.Fatal(err)
		}
		articles = append(articles, string(b))
	}
	in := strings.Join(articles, "\n")
	if outlet := decode[itemLine](t, lines[0]).Outlet; outlet != "GogoAI News" {
		t.Errorf("outlet of the first seed = %q, want GogoAI News, which its last lines name", outlet)
	}

	rules := writeFile(t, t.TempDir(), "rules.yaml", `rules:
  - {name: exclusive, match: exclusive}
  - {name: AGI clause, match: AGI clause}
  - {name: revenue share, match: revenue share}
  - {name: revenue share phrase, match: '"revenue share"'}
  - {name: teasers, match: 'Cursor, StrictlyVC, Notion'}
`)
	want := [][]string{{"exclusive", "revenue share", "revenue share phrase"}, {"exclusive", "AGI clause", "revenue share", "revenue share phrase"}}
	for i, line := range command(t, in, "match", "--rules", rules) {
		var got []string
		for _, m := range decode[struct{ Rules []struct{ Rule string } }](t, line).Rules {
			got = append(got, m.Rule)
		}
		if !slices.Equal(got, want[i]) {
			t.Errorf("rules that fire on seed %d = %q, want %q", i, got, want[i])
		}
	}

	for _, line := range command(t, in, "group") {
		if story := decode[struct{ Story string }](t, line).Story; story != "s1" {
			t.Errorf("story = %s, want both seeds in s1: %s", story, line)
		}
	}

	brief := command(t, in, "brief")[0]
	seen := map[string]bool{}
	for _, s := range decode[struct{ Sentences []struct{ Text string } }](t, brief).Sentences {
		if seen[s.Text] {
			t.Errorf("the summary says twice: %s", s.Text)
		}
		seen[s.Text] = true
	}
	var told []string
	for _, m := range decode[struct{ Terms []terms.Merged }](t, brief).Terms {
		if !m.News {
			continue
		}
		for _, s := range m.Sides {
			told = append(told, strings.Join(m.Parties, ", ")+": "+m.Term+" "+s.Change+" "+s.Until+" by "+s.Told[0].Article)
		}
	}
	slices.Sort(told)
	wantTold := []string{"Microsoft, OpenAI: agi_clause removed  by second", "Microsoft, OpenAI: exclusivity ended  by first", "Microsoft, OpenAI: licence retained  by first",
		"Microsoft, OpenAI: revenue_share capped 2030 by second", "Microsoft, OpenAI: revenue_share ended  by first"}
	if !slices.Equal(told, wantTold) {
		t.Errorf("the terms of the story are %q, want %q", told, wantTold)
	}
	for _, word := range []string{"xclusiv", "2030"} {
		if !strings.Contains(brief, word) {
			t.Errorf("the summary lacks %q: %s", word, brief)
		}
	}
}
