//go:build unix

package article

import (
	"bytes"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/pactwatch/pactwatch/internal/shared"
)

// BenchmarkExtract prints how fast pages are read beside what it takes to parse them, in CPU time:
// parse/extract is the speed of Extract as a part of that of html.Parse alone. Pages are those of
// shared/eval where they are, else ours, which are small:
//
//	GOMAXPROCS=1 go test -run '^$' -bench Extract -benchtime 5x ./watchers/article
func BenchmarkExtract(b *testing.B) {
	pages := benchPages(b)
	size := 0
	for _, p := range pages {
		size += len(p)
	}
	b.SetBytes(int64(size))
	var parse, extract time.Duration
	for b.Loop() {
		start := cpuTime(b)
		for _, p := range pages {
			if _, err := html.Parse(bytes.NewReader(p)); err != nil {
				b.Fatal(err)
			}
		}
		parsed := cpuTime(b)
		for _, p := range pages {
			if _, err := Extract(p, "text/html", "https://www.harbourledger.example/a"); err != nil {
				b.Fatal(err)
			}
		}
		parse += parsed - start
		extract += cpuTime(b) - parsed
	}
	b.ReportMetric(parse.Seconds()/extract.Seconds(), "parse/extract")
	b.ReportMetric(extract.Seconds()*1e3/float64(b.N*len(pages)), "cpu-ms/page")
}

// cpuTime is what this process has used so far, in user and system time.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchPages(b *testing.B) (pages [][]byte) {
	for _, set := range []string{"extract-zyte", "extract-wcxb"} {
		for _, x := range shared.Set[labelled](b, set) {
			pages = append(pages, []byte(x.HTML))
		}
	}
	return pages
}
