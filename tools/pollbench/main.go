// Pollbench measures polling: all feeds of a feedserver (../shared/perf) through the watchers, a matcher
// of generated rules, the story index and a durable store, as the bot does it. It prints one line for
// each pass, of wall and CPU time, to be read beside rawpoll's of the same run:
//
//	feedserver -n 2000 &
//	rawpoll -c 16 -parse none,gofeed; go run ./tools/pollbench; rawpoll -c 16 -parse none,gofeed
//
// A cold pass gets everything for the first time, a warm one 304 from every feed, a changed one a new
// item of each.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
	"github.com/pactwatch/pactwatch/notify"
	"github.com/pactwatch/pactwatch/watchers"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

var (
	base    = flag.String("base", "http://127.0.0.1:18080", "address of the feedserver")
	workers = flag.Int("c", 16, "polls at once")
	rules   = flag.String("rules", "", "file of rules, a phrase a line, as matchbench gen writes; none without it")
	passes  = flag.String("passes", "cold,warm,warm,changed,changed", "passes, in order")
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	if err := run(context.Background()); err != nil {
		log.Fatal("pollbench: ", err)
	}
}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "pollbench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	st, err := store.Open(ctx, filepath.Join(dir, "bench.db"))
	if err != nil {
		return err
	}
	defer st.Close()
	lg := slog.New(slog.DiscardHandler)
	f, err := watchers.NewFetcher(watchers.NetworkConfig{AllowPrivate: []string{"127.0.0.0/8"}}, "bench")
	if err != nil {
		return err
	}
	defer f.Close()
	w := watchers.New(st, f, lg)
	n := notify.New(st, map[string]notify.Poster{"terminal": discard{}}, lg)
	names, err := configure(ctx, w, n)
	if err != nil {
		return err
	}
	fmt.Printf("%-8s %10s %12s %9s %9s\n", "pass", "feeds/s", "cpu_s/1000", "new", "peakMiB")
	for pass := range strings.SplitSeq(*passes, ",") {
		if pass == "changed" {
			if err := publish(); err != nil {
				return err
			}
		}
		begin, spent := time.Now(), cpu()
		arrived, err := pollAll(ctx, w, names)
		if err != nil {
			return err
		}
		if err := n.Group(ctx); err != nil {
			return err
		}
		took, used := time.Since(begin), cpu()-spent
		fmt.Printf("%-8s %10.0f %12.3f %9d %9.0f\n", pass, float64(len(names))/took.Seconds(), used.Seconds()*1000/float64(len(names)), arrived, peakMiB())
	}
	return nil
}

// configure gives the watchers every feed of the server and all rules, and the notifier a channel.
func configure(ctx context.Context, w *watchers.Watchers, n *notify.Notifier) (names []string, err error) {
	urls, err := lines(get(*base + "/ctl/urls"))
	if err != nil {
		return nil, err
	}
	var sources []watchers.SourceConfig
	for i, u := range urls {
		names = append(names, "feed"+strconv.Itoa(i))
		sources = append(sources, watchers.SourceConfig{Name: names[i], Feed: u, Schedule: "@every 1h"})
	}
	var all []news.Rule
	if *rules != "" {
		phrases, err := lines(os.ReadFile(*rules))
		if err != nil {
			return nil, err
		}
		for i, p := range phrases {
			all = append(all, news.Rule{Name: "r" + strconv.Itoa(i), Match: `"` + p + `"`, Channels: []string{"here"}})
		}
	}
	set, err := rule.Compile(all, nil)
	if err != nil {
		return nil, err
	}
	n.Configure(map[string]notify.ChannelConfig{"here": {Terminal: true}}, all, nil)
	return names, w.Configure(ctx, sources, set)
}

// pollAll polls every source once and returns how many entries were new.
func pollAll(ctx context.Context, w *watchers.Watchers, names []string) (arrived int, err error) {
	next := make(chan string)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range *workers {
		wg.Go(func() {
			for name := range next {
				got, failure := w.Poll(ctx, name)
				mu.Lock()
				if arrived += len(got); failure != nil {
					err = failure
				}
				mu.Unlock()
			}
		})
	}
	for _, name := range names {
		next <- name
	}
	close(next)
	wg.Wait()
	return arrived, err
}

func publish() error {
	resp, err := http.Post(*base+"/ctl/epoch?p=1", "", nil)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func get(address string) ([]byte, error) {
	resp, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var b strings.Builder
	_, err = bufio.NewReader(resp.Body).WriteTo(&b)
	return []byte(b.String()), err
}

func lines(text []byte, err error) ([]string, error) {
	return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' }), err
}

// cpu returns user and system time so far.
func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// peakMiB returns the highest resident set so far.
func peakMiB() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return float64(r.Maxrss) / 1024
}

// A discard posts nowhere.
type discard struct{}

func (discard) Post(_ context.Context, d news.Delivery) (string, error) { return d.Key, nil }
