package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// A progress counts on a terminal, once the work has taken two seconds.
type progress struct {
	w       io.Writer // nil if nobody watches
	what    string
	n       int
	began   time.Time
	updated time.Time
}

func newProgress(w io.Writer, what string) progress {
	p := progress{what: what, began: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.w = w
	}
	return p
}

func (p *progress) step() {
	p.n++
	if p.w == nil || p.n%64 != 0 {
		return
	}
	if now := time.Now(); now.Sub(p.began) > 2*time.Second && now.Sub(p.updated) > 100*time.Millisecond {
		fmt.Fprintf(p.w, "\r%d %s, %.0f a second ", p.n, p.what, float64(p.n)/now.Sub(p.began).Seconds())
		p.updated = now
	}
}

func (p *progress) done() {
	if !p.updated.IsZero() {
		fmt.Fprintf(p.w, "\r%d %s in %s        \n", p.n, p.what, time.Since(p.began).Round(100*time.Millisecond))
	}
}
