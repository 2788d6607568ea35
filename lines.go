package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// maxLine is the longest line that is read, in bytes: a page's limit of 4 MiB, escaped.
const maxLine = 24 << 20

// An articleLine is an article as JSON, one to a line. All but id is optional, and what else a line
// has is ignored.
type articleLine struct {
	ID        string `json:"id"`
	Story     string `json:"story"` // brief only
	URL       string `json:"url"`
	Title     string `json:"title"`
	Text      string `json:"text"`
	Outlet    string `json:"outlet"`
	Source    string `json:"source"`
	Published string `json:"published"` // RFC 3339, a day, or ""
	Lang      string `json:"lang"`
}

// parseLine reads a line.
func parseLine(line []byte) (l articleLine, a news.Article, err error) {
	if err := json.Unmarshal(line, &l); err != nil {
		return l, a, err
	}
	if l.ID == "" {
		return l, a, errors.New(`it has no "id"`)
	}
	published, err := parseTime(l.Published)
	if err != nil {
		return l, a, err
	}
	return l, news.Article{ID: l.ID, URL: l.URL, Title: l.Title, Text: l.Text, Outlet: outletOf(l), Source: l.Source,
		Lang: l.Lang, Published: published}, nil
}

// outletOf returns the outlet of a line, else its source, else the host of its address.
func outletOf(l articleLine) string {
	host := ""
	if u, err := url.Parse(l.URL); err == nil {
		host = strings.TrimPrefix(u.Hostname(), "www.")
	}
	return cmp.Or(l.Outlet, l.Source, host)
}

func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf(`"published" is %q, want RFC 3339, 2026-11-25T09:00:00Z`, s)
}

// A lineReader reads articles from JSON Lines and writes answers as JSON Lines. What is answered is
// flushed when the input pauses, so that a program at the other end of a pipe can wait for it.
type lineReader struct {
	in       *bufio.Reader
	out      *bufio.Writer
	json     *json.Encoder // to out
	errs     io.Writer
	progress progress
	broken   bool
}

func newLineReader(ctx context.Context, in io.Reader, out, errs io.Writer) *lineReader {
	r := &lineReader{in: bufio.NewReaderSize(&stoppable{ctx, in}, 1<<16), out: bufio.NewWriter(out), errs: errs}
	r.json = json.NewEncoder(r.out)
	r.json.SetEscapeHTML(false)
	r.progress = newProgress(errs, "articles")
	return r
}

// A stoppable reads from r until ctx ends. A read under way is then left behind, since nothing ends one
// from a terminal; the program ends soon after.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		data := make([]byte, len(p)) // p is the caller's again when ctx ends
		n, err := s.r.Read(data)
		done <- result{data[:n], err}
	}()
	select {
	case r := <-done:
		return copy(p, r.data), r.err
	case <-s.ctx.Done():
		return 0, context.Cause(s.ctx)
	}
}

// each calls f with every article. A line that is not one is reported with its number and passed
// over; the error is then errBroken, at the end.
func (r *lineReader) each(f func(l articleLine, a news.Article) error) error {
	defer r.progress.done()
	for n := 1; ; n++ {
		line, err := r.next()
		if err == io.EOF {
			break
		}
		if err == nil && len(line) > 0 {
			var l articleLine
			var a news.Article
			if l, a, err = parseLine(line); err == nil {
				if err := f(l, a); err != nil {
					return err
				}
				r.progress.step()
			}
		}
		var long *lineTooLong
		if err != nil && (len(line) > 0 || errors.As(err, &long)) {
			r.broken = true
			fmt.Fprintf(r.errs, "pactwatch: line %d: %v\n", n, err)
		} else if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
	}
	if err := r.out.Flush(); err != nil {
		return fmt.Errorf("write standard output: %w", err)
	}
	if r.broken {
		return errBroken
	}
	return nil
}

// answer writes v as a line.
func (r *lineReader) answer(v any) error {
	if err := r.json.Encode(v); err != nil {
		return fmt.Errorf("write standard output: %w", err)
	}
	return nil
}

type lineTooLong struct{}

func (*lineTooLong) Error() string {
	return fmt.Sprintf("longer than %d MiB", maxLine>>20)
}

// next returns the next line without the white space around it; io.EOF after the last.
func (r *lineReader) next() ([]byte, error) {
	if waiting, _ := r.in.Peek(r.in.Buffered()); !bytes.ContainsRune(waiting, '\n') {
		if err := r.out.Flush(); err != nil {
			return nil, err
		}
	}
	var line []byte
	for tooLong := false; ; {
		part, err := r.in.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(part) > maxLine; !tooLong {
			line = append(line, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && (tooLong || len(line) > 0):
		case err != nil:
			return nil, err
		}
		if tooLong {
			return nil, &lineTooLong{}
		}
		return bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff"))), nil
	}
}
