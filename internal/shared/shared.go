// Package shared finds what tests measure by and does not come with the source: labelled public news,
// official schemas, hostile inputs. It lies beside the repository, in ../shared.
package shared

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Path returns where a file of ../shared is, "seeds/one.txt". Where the whole folder is absent the test is
// skipped, and says so; where the folder is there and the file is not, it fails.
func Path(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for !exists(filepath.Join(dir, "go.mod")) {
		if dir == filepath.Dir(dir) {
			t.Fatal("the test does not run in the repository")
		}
		dir = filepath.Dir(dir)
	}
	shared := filepath.Join(filepath.Dir(dir), "shared")
	if !exists(shared) {
		t.Skipf("skipped: the data it measures by are not beside the repository")
	}
	path := filepath.Join(shared, filepath.FromSlash(name))
	if !exists(path) {
		t.Fatalf("../shared is there, and %s is not in it", name)
	}
	return path
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// Set returns the lines of a labelled set's development part, "stories-gva", or of any file of
// ../shared/eval with JSON Lines, "terms-long/dev.jsonl". See Path for where it is absent.
func Set[T any](t testing.TB, set string) []T {
	t.Helper()
	name := "eval/" + set
	if !strings.Contains(set, ".") {
		name += "/dev.jsonl.gz"
	}
	raw, err := os.ReadFile(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(raw)
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			t.Fatalf("%s: %v", set, err)
		}
	}
	var lines []T
	for d := json.NewDecoder(bufio.NewReader(r)); ; {
		var l T
		switch err := d.Decode(&l); {
		case err == io.EOF:
			return lines
		case err != nil:
			t.Fatalf("%s: line %d: %v", set, len(lines)+1, err)
		}
		lines = append(lines, l)
	}
}
