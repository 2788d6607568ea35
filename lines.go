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
	"runtime"
	"strings"
	"sync"
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
	stop     context.CancelCauseFunc // ends in
	out      *bufio.Writer
	json     *json.Encoder // to out
	errs     io.Writer
	progress progress
	broken   bool
}

func newLineReader(ctx context.Context, in io.Reader, out, errs io.Writer) *lineReader {
	ctx, stop := context.WithCancelCause(ctx)
	r := &lineReader{in: bufio.NewReaderSize(&stoppable{ctx, in}, 1<<16), stop: stop, out: bufio.NewWriter(out), errs: errs}
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
		if err := r.report(n, line, err); err != nil {
			return err
		}
	}
	return r.end()
}

// report tells of a line that cannot be read. Any other error but nil it returns.
func (r *lineReader) report(n int, line []byte, err error) error {
	var long *lineTooLong
	if err != nil && (len(line) > 0 || errors.As(err, &long)) {
		r.broken = true
		fmt.Fprintf(r.errs, "pactwatch: line %d: %v\n", n, err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	return nil
}

// end writes what is left to write; the error is errBroken where a line was.
func (r *lineReader) end() error {
	if err := r.out.Flush(); err != nil {
		return fmt.Errorf("write standard output: %w", err)
	}
	if r.broken {
		return errBroken
	}
	return nil
}

// A job is a line on its way through answerAll.
type job struct {
	n      int
	line   []byte
	err    error         // of reading the line, then of parsing it
	answer []byte        // a line of JSON
	pause  bool          // no line: the input pauses here
	done   chan struct{} // closed once it is answered
}

// answerAll writes what f returns for every article as a line, in order. It works on all cores at
// once, holding a few lines for each and no more, however many there are; f is called from several
// goroutines. Lines that are broken are as in each.
func (r *lineReader) answerAll(f func(a news.Article) any) error {
	defer r.progress.done()
	cores := runtime.GOMAXPROCS(0)
	work, ordered := make(chan *job), make(chan *job, 4*cores)
	var wg sync.WaitGroup
	wg.Go(func() { r.readJobs(work, ordered) })
	for range cores {
		wg.Go(func() {
			for j := range work {
				j.do(f)
			}
		})
	}
	var failure error
	for j := range ordered {
		<-j.done
		if failure == nil {
			if failure = r.write(j); failure != nil {
				r.stop(failure) // the reader may be waiting for a line
			}
		}
	}
	wg.Wait()
	if failure != nil {
		return failure
	}
	return r.end()
}

// readJobs sends each line to be worked on, and in order.
func (r *lineReader) readJobs(work, ordered chan<- *job) {
	defer close(work)
	defer close(ordered)
	closed := make(chan struct{})
	close(closed)
	for n := 1; ; n++ {
		if r.pauses() {
			ordered <- &job{pause: true, done: closed}
		}
		j := &job{n: n, done: make(chan struct{})}
		if j.line, j.err = r.line(); j.err == io.EOF {
			return
		}
		var long *lineTooLong
		last := j.err != nil && !errors.As(j.err, &long)
		ordered <- j
		work <- j // from here on it is another's
		if last {
			return
		}
	}
}

// do answers j.
func (j *job) do(f func(a news.Article) any) {
	defer close(j.done)
	if j.err != nil || len(j.line) == 0 {
		return
	}
	_, a, err := parseLine(j.line)
	if err != nil {
		j.err = err
		return
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	j.err = e.Encode(f(a))
	j.answer = b.Bytes()
}

// write writes the answer of j, or tells what is wrong with its line.
func (r *lineReader) write(j *job) error {
	if j.err != nil {
		return r.report(j.n, j.line, j.err)
	}
	var err error
	if j.pause {
		err = r.out.Flush()
	} else if j.answer != nil {
		_, err = r.out.Write(j.answer)
		r.progress.step()
	}
	if err != nil {
		return fmt.Errorf("write standard output: %w", err)
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

// next returns the next line without the white space around it; io.EOF after the last. What is
// answered is flushed before it waits.
func (r *lineReader) next() ([]byte, error) {
	if r.pauses() {
		if err := r.out.Flush(); err != nil {
			return nil, err
		}
	}
	return r.line()
}

// pauses reports whether the next line has not come yet.
func (r *lineReader) pauses() bool {
	waiting, _ := r.in.Peek(r.in.Buffered())
	return !bytes.ContainsRune(waiting, '\n')
}

// line returns the next line as next does.
func (r *lineReader) line() ([]byte, error) {
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
