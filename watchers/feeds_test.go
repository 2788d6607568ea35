package watchers

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/pactwatch/pactwatch/internal/shared"
	"github.com/pactwatch/pactwatch/watchers/article"
)

// A feedCase is a line of feeds/cases.jsonl.
type feedCase struct {
	ID, Suite, Level, File, Base string
	Headers                      map[string]string
	Expect                       []struct {
		Path, Op string
		Value    any
	}
}

// heldLevels are reached. gofeed alone reaches 227, 155, 448, 68 and 20 (feeds/README.md).
var heldLevels = map[string]int{
	"feedparser core": 238, "feedparser entities": 155, "feedparser sanitize": 458, "miniflux core": 83, "feed-rs+feedjira real": 20,
}

func TestFeeds(t *testing.T) {
	dir := shared.Path(t, "feeds")
	held, asked := map[string]int{}, map[string]int{}
	for _, c := range readCases(t, filepath.Join(dir, "cases.jsonl")) {
		doc, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(c.File)))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		parsed, err := parseFeed(doc, header(c.Headers, "Content-Type"), base(c))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: parseFeed took %v", c.ID, took)
		}
		level := c.Suite + " " + c.Level
		if c.Level == "real" {
			level = "feed-rs+feedjira real"
		}
		wrong := ""
		if err == nil {
			entriesOf(parsed)
			wrong = firstWrong(parsed, c)
		} else {
			wrong = err.Error()
		}
		asked[level]++
		if wrong == "" || len(c.Expect) == 0 {
			held[level]++
		} else if testing.Verbose() {
			t.Logf("%s: %s", c.ID, wrong)
		}
	}
	for level, n := range asked {
		fmt.Printf("%-24s %4d of %4d\n", level, held[level], n)
	}
	for level, want := range heldLevels {
		if held[level] < want {
			t.Errorf("%s: %d cases hold, want %d", level, held[level], want)
		}
	}
}

func readCases(t *testing.T, path string) []feedCase {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []feedCase
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c feedCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

func header(h map[string]string, name string) string {
	for k, v := range h {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}

func base(c feedCase) string {
	if c.Base != "" {
		return c.Base
	}
	if at := header(c.Headers, "Content-Location"); at != "" {
		return at
	}
	return "http://127.0.0.1:8097/" + c.File // where feedparser's suite serves its files
}

// firstWrong returns the first expectation that does not hold, "" if all do. What a bot need not
// report holds.
func firstWrong(p *gofeed.Feed, c feedCase) string {
	for _, e := range c.Expect {
		got, ok := value(p, e.Path)
		if !ok {
			continue
		}
		want := fmt.Sprint(e.Value)
		if e.Value == nil {
			want = ""
		}
		if got, want = strings.TrimSpace(got), strings.TrimSpace(want); got == want {
			continue
		}
		if !strings.HasSuffix(e.Path, "title") { // which is plain already
			got = oneLine(article.Text(got))
		}
		if got != oneLine(article.Text(want)) {
			return fmt.Sprintf("%s = %q, want %q", e.Path, got, want)
		}
	}
	return ""
}

// value returns what a parsed feed has at a path of cases.jsonl.
func value(p *gofeed.Feed, path string) (string, bool) {
	parts := strings.Split(path, ".")
	switch parts[0] {
	case "feed":
		switch parts[1] {
		case "title":
			return p.Title, true
		case "link":
			return p.Link, true
		case "description":
			return p.Description, true
		case "language":
			return p.Language, true
		case "updated":
			return instant(p.UpdatedParsed), true
		}
	case "items":
		if parts[1] == "len" {
			return strconv.Itoa(len(p.Items)), true
		}
		n, _ := strconv.Atoi(parts[1])
		if n >= len(p.Items) {
			return "no such item", true
		}
		return itemValue(p.Items[n], parts[2:])
	}
	return "", false
}

func itemValue(it *gofeed.Item, parts []string) (string, bool) {
	switch parts[0] {
	case "title":
		return it.Title, true
	case "link":
		return it.Link, true
	case "id":
		return it.GUID, true
	case "summary":
		return cmp.Or(it.Description, it.Content), true
	case "content":
		return cmp.Or(it.Content, it.Description), true
	case "author", "author_name":
		var names []string
		for _, a := range it.Authors {
			names = append(names, a.Name)
		}
		return strings.Join(names, ", "), true
	case "published", "date":
		return instant(it.PublishedParsed), true
	case "updated":
		return instant(it.UpdatedParsed), true
	}
	return "", false
}

func instant(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// TestSamples reads what the sources that people name first really answer.
func TestSamples(t *testing.T) {
	dir := shared.Path(t, "samples")
	entries := map[string]int{ // of those that are feeds; one filing is one entry
		"edgar/getcurrent-2024-03-17.atom": 1, "edgar/getcurrent-2026-03-29.atom": 2, "edgar/getcurrent-8k-shape.atom": 2,
		"gnews/search.rss.xml": 3, "reddit/r-rust-2020.atom": 1, "reddit/search-2021.atom": 1,
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("samples: %v, %d files", err, len(files))
	}
	for _, path := range files {
		name, _ := filepath.Rel(dir, path)
		doc, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parseFeed(doc, "", "https://example.org/feed")
		want, isFeed := entries[filepath.ToSlash(name)]
		if !isFeed {
			if err == nil {
				t.Errorf("parseFeed(%s) = nil, want an error", name)
			}
			continue
		}
		if err != nil {
			t.Errorf("parseFeed(%s): %v", name, err)
			continue
		}
		ids := identify(entriesOf(parsed), parsed.Link)
		if len(ids) != want {
			t.Errorf("%s: %d entries, want %d", name, len(ids), want)
		}
		for _, it := range ids {
			if it.Title == "" || it.URL == "" || it.Published.IsZero() || strings.ContainsAny(it.Title, "<>") {
				t.Errorf("%s: entry %+v", name, it)
			}
		}
	}
}

func FuzzParseFeed(f *testing.F) {
	for _, doc := range []string{
		`<?xml version="1.0" encoding="iso-8859-1"?><rss version="2.0"><channel><item><title>a</title><guid>1</guid></item></channel></rss>`,
		`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://example.org/"><entry><id>a</id><link href="b"/></entry></feed>`,
		`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"/a"}]}`,
		"\xff\xfe<\x00r\x00s\x00s\x00/\x00>\x00",
		`<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><title>&a;</title></channel></rss>`,
	} {
		f.Add([]byte(doc), "text/xml; charset=utf-8")
	}
	f.Fuzz(func(t *testing.T, doc []byte, contentType string) {
		p, err := parseFeed(doc, contentType, "https://example.org/feed")
		if err != nil {
			return
		}
		for _, e := range entriesOf(p) {
			if e.URL != "" && webAddress(nil, e.URL) == "" {
				t.Errorf("parseFeed(%q): link %q leads nowhere", doc, e.URL)
			}
		}
	})
}
