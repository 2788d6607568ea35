package watchers

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestFetchSaysWhoItIsAndNothingMore(t *testing.T) {
	s := newSite(t)
	var seen []http.Header
	s.handle("/a", func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header)
		http.SetCookie(w, &http.Cookie{Name: "track", Value: "1"})
		http.Redirect(w, r, "/b", http.StatusFound)
	})
	s.handle("/b", func(w http.ResponseWriter, r *http.Request) { seen = append(seen, r.Header) })
	f, err := NewFetcher(NetworkConfig{Contact: "ops@example.org", AllowPrivate: []string{"127.0.0.1"}}, "1.2")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 2 {
		if _, err := f.get(t.Context(), request{address: s.URL + "/a", limit: 10}); err != nil {
			t.Fatal(err)
		}
	}
	for _, h := range seen {
		if got, want := h.Get("User-Agent"), "pactwatch/1.2 (+ops@example.org)"; got != want {
			t.Errorf("User-Agent = %q, want %q", got, want)
		}
		for _, name := range []string{"Cookie", "Referer", "Authorization"} {
			if got := h.Get(name); got != "" {
				t.Errorf("%s = %q, want none", name, got)
			}
		}
	}
}

func TestFetchLimits(t *testing.T) {
	s := newSite(t)
	s.handle("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(gzipped(make([]byte, 1<<20)))
	})
	s.handle("/twice", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip, gzip")
		w.Write(gzipped(gzipped([]byte("x"))))
	})
	s.handle("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzipped([]byte("a document"))
		w.Write(z[:len(z)-6])
	})
	s.handle("/head", func(w http.ResponseWriter, _ *http.Request) {
		for i := range 300 {
			w.Header().Set(fmt.Sprint("X-", i), strings.Repeat("a", 1024))
		}
	})
	s.handle("/loop", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/loop?"+r.URL.RawQuery+"x", http.StatusFound)
	})
	s.handle("/part", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusPartialContent) })
	s.handle("/unasked", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	f := newTestFetcher(t, NetworkConfig{AllowPrivate: []string{"127.0.0.1"}})
	for path, want := range map[string]string{
		"/bomb": errTooLarge.Error(), "/twice": errEncodedWrong.Error(), "/cut": "unexpected EOF", "/head": "headers exceeded",
		"/loop": errRedirects.Error(), "/part": errPartialAnswer.Error(), "/unasked": errNotModified.Error(),
	} {
		if _, err := f.get(t.Context(), request{address: s.URL + path, limit: 1000}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("get(%s) = %v, want %q", path, err, want)
		}
	}
	if got, want := len(s.hits), 6+1+maxRedirects; got != want {
		t.Errorf("%d requests, want %d", got, want)
	}
}

func gzipped(b []byte) []byte {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

func TestErrorsShowNoQuery(t *testing.T) {
	s := newSite(t)
	s.handle("/hang", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	f := newTestFetcher(t, NetworkConfig{AllowPrivate: []string{"127.0.0.1"}})
	gone := newSite(t)
	gone.Close()
	for _, address := range []string{
		s.URL + "/404?key=canary", gone.URL + "/?key=canary", s.URL + "/hang?key=canary",
		"http://10.0.0.1/?key=canary", "http://user:canary@example.org/", "http://[canary/", "ftp://example.org/canary",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := f.get(ctx, request{address: address, limit: 10})
		cancel()
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("get(%s) = %v, want an error without the secret", address, err)
		}
	}
}

func TestOneRequestAtATimeForAHost(t *testing.T) {
	var hs hosts
	var inside, most atomic.Int32
	start := time.Now()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			leave, err := hs.enter(t.Context(), "example.org", 20*time.Millisecond)
			if err != nil {
				t.Error(err)
				return
			}
			defer leave()
			most.Store(max(most.Load(), inside.Add(1)))
			time.Sleep(time.Millisecond)
			inside.Add(-1)
		})
	}
	wg.Wait()
	if most.Load() != 1 || time.Since(start) < 60*time.Millisecond {
		t.Errorf("%d at once, done in %v, want one at a time and 20ms apart", most.Load(), time.Since(start))
	}
	ctx, cancel := context.WithCancel(t.Context())
	leave, err := hs.enter(ctx, "example.org", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := hs.enter(ctx, "example.org", time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("enter of a busy host after the end = %v, want %v", err, context.Canceled)
	}
	leave()
}

// TestOnlyTheFetcherGoesOut reads the program's own source: whatever fetches past the Fetcher
// fetches past the guard.
func TestOnlyTheFetcherGoesOut(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	sub, _ := filepath.Glob("*/*.go")
	for _, path := range append(files, sub...) {
		if strings.HasSuffix(path, "_test.go") || path == "fetch.go" {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, way := range []string{"http.Get(", "http.Head(", "http.Post", "http.DefaultClient", "http.Client{", "http.Transport{", "net.Dial(", "net.Dialer{", ".ParseURL("} {
			if bytes.Contains(src, []byte(way)) {
				t.Errorf("%s has %s", path, way)
			}
		}
	}
}
