package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

func idOf(a news.Article) any { return a.ID }

// Answers stand in the order of their articles, however long each takes.
func TestAnswersKeepTheirOrder(t *testing.T) {
	var in, want strings.Builder
	for i := range 500 {
		fmt.Fprintf(&in, `{"id":"a%d"}`+"\n", i)
		fmt.Fprintf(&want, `"a%d"`+"\n", i)
		if i%100 == 0 {
			fmt.Fprintln(&in, "\n{broken")
		}
	}
	var out, errs bytes.Buffer
	err := newLineReader(t.Context(), strings.NewReader(in.String()), &out, &errs).answerAll(func(a news.Article) any {
		time.Sleep(time.Duration(rand.IntN(200)) * time.Microsecond)
		return a.ID
	})
	if !errors.Is(err, errBroken) {
		t.Errorf("answerAll = %v, want errBroken", err)
	}
	if out.String() != want.String() {
		t.Errorf("answers = %.200s…, want them in order", out.String())
	}
	if first, _, _ := strings.Cut(errs.String(), "\n"); !strings.HasPrefix(first, "pactwatch: line 3: ") {
		t.Errorf("the first broken line is reported as %q, want line 3", first)
	}
}

// Whoever sends a line and waits is answered.
func TestAnswersComeWhenTheInputPauses(t *testing.T) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	done := make(chan error)
	go func() { done <- newLineReader(t.Context(), inR, outW, io.Discard).answerAll(idOf) }()
	answers := bufio.NewReader(outR)
	for i := range 3 {
		fmt.Fprintf(inW, `{"id":"a%d"}`+"\n", i)
		if got, err := answers.ReadString('\n'); got != fmt.Sprintf("\"a%d\"\n", i) {
			t.Fatalf("answer %d = %q, %v", i, got, err)
		}
	}
	inW.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A reader that is slow holds the whole up: what is read ahead is bounded.
func TestAnswersHoldFewLines(t *testing.T) {
	line := []byte(`{"id":"a","text":"` + strings.Repeat("x", 1<<16) + `"}` + "\n")
	in := &endless{line: line, most: 3000}
	outR, outW := io.Pipe()
	done := make(chan error)
	go func() {
		done <- newLineReader(t.Context(), in, outW, io.Discard).answerAll(func(a news.Article) any { return a.Text })
	}()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range in.most { // 200 MB pass through
		if _, err := io.CopyN(io.Discard, outR, int64(1<<16+len(`""`)+1)); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("the heap grew by %d MB while %d lines of 64 KB passed", grown>>20, in.most)
	}
}

// An endless is a line, most times.
type endless struct {
	line []byte
	rest []byte
	most int
	sent int
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.sent == e.most {
			return 0, io.EOF
		}
		e.sent++
		e.rest = e.line
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// Where nobody reads the answers any more, the command ends, also while it waits for a line.
func TestAnswersEndWithTheirReader(t *testing.T) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	outR.Close()
	done := make(chan error)
	go func() { done <- newLineReader(t.Context(), inR, outW, io.Discard).answerAll(idOf) }()
	fmt.Fprintln(inW, `{"id":"a1"}`)
	if err := <-done; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("answerAll = %v, want a closed pipe", err)
	}
}
