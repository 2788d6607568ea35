package article

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// BenchmarkExtract prints how fast pages are read beside what it takes to parse them: parse/extract
// is the speed of Extract as a part of that of html.Parse. Pages are those of shared/eval where they
// are, else ours. Of the runs of a page the quickest counts, which is its CPU time on a busy machine
// too: GOMAXPROCS=1 go test -run '^$' -bench Extract -benchtime 5x ./watchers/article
func BenchmarkExtract(b *testing.B) {
	pages := benchPages(b)
	size := 0
	for _, p := range pages {
		size += len(p)
	}
	b.SetBytes(int64(size))
	parse, extract := quickest(len(pages)), quickest(len(pages))
	for b.Loop() {
		for i, p := range pages {
			parse.run(i, func() error { _, err := html.Parse(bytes.NewReader(p)); return err }, b)
			extract.run(i, func() error { _, err := Extract(p, "text/html", "https://www.harbourledger.example/a"); return err }, b)
		}
	}
	b.ReportMetric(parse.sum()/extract.sum(), "parse/extract")
	b.ReportMetric(extract.sum()*1e3/float64(len(pages)), "ms/page")
}

func benchPages(b *testing.B) (pages [][]byte) {
	for _, set := range []string{"extract-zyte", "extract-wcxb"} {
		path := filepath.Join(shared, "eval", set, "dev.jsonl.gz")
		if _, err := os.Stat(path); err != nil {
			break
		}
		for _, x := range readSet(b, path) {
			pages = append(pages, []byte(x.HTML))
		}
	}
	if len(pages) > 0 {
		return pages
	}
	b.Log("shared/eval is not here: our own pages, which are small")
	paths, _ := filepath.Glob("testdata/*.html")
	for _, path := range paths {
		p, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		pages = append(pages, p)
	}
	return pages
}

// quick has the least seconds that each of several tasks took.
type quick []float64

func quickest(tasks int) quick {
	q := make(quick, tasks)
	for i := range q {
		q[i] = math.Inf(1)
	}
	return q
}

func (q quick) run(i int, task func() error, b *testing.B) {
	start := time.Now()
	if err := task(); err != nil {
		b.Fatal(err)
	}
	q[i] = min(q[i], time.Since(start).Seconds())
}

func (q quick) sum() float64 { return sum(q) }
