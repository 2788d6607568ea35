package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// A connection is a platform with the calls to its API.
type connection struct {
	platform
	calls *calls
}

// connect adds a platform that is made with an HTTP client of its own.
func connect[P platform](p *program, name string, make func(*http.Client) P) P {
	c := &calls{next: http.DefaultTransport, ended: p.metrics.called(name)}
	made := make(&http.Client{Transport: c})
	p.connections[name] = connection{made, c}
	return made
}

// calls carries the requests to one platform's API, and remembers how they end. It is safe for concurrent
// use.
type calls struct {
	next  http.RoundTripper
	ended func(kind string, took time.Duration)

	mu      sync.Mutex
	failing string    // the kind of the last one, if it had no answer of the API's; else ""
	since   time.Time // of the first of those
}

// The kinds of end that a request to an API has.
const (
	callOK          = "ok"
	callRateLimited = "rate_limited" // 429
	callRefused     = "refused"      // 4xx, and Slack's "ok": false
	callServer      = "server"       // 5xx
	callNetwork     = "network"      // no answer
)

var callKinds = []string{callOK, callRateLimited, callRefused, callServer, callNetwork}

// RoundTrip is http.RoundTripper's.
func (c *calls) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	resp, err := c.next.RoundTrip(req)
	kind := callNetwork
	if err == nil {
		kind = endOf(resp)
	}
	if req.Context().Err() == nil || err == nil { // who asked did not give up
		c.note(kind, time.Since(began))
	}
	return resp, err
}

func (c *calls) note(kind string, took time.Duration) {
	c.ended(kind, took)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case kind != callNetwork && kind != callServer:
		c.failing = ""
	case c.failing == "":
		c.failing, c.since = kind, time.Now()
	}
}

// fault says that the API does not answer; "" if it does, or was not asked.
func (c *calls) fault() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.failing {
	case callNetwork:
		return fmt.Sprintf("cannot be reached for %s", time.Since(c.since).Round(time.Second))
	case callServer:
		return fmt.Sprintf("answers with server errors for %s", time.Since(c.since).Round(time.Second))
	}
	return ""
}

// slackRefusal is how Slack's answer begins that is HTTP status 200 all the same.
var slackRefusal = []byte(`{"ok":false`)

// endOf says how a request ended. It looks at the beginning of the answer and leaves it readable.
func endOf(resp *http.Response) string {
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return callRateLimited
	case resp.StatusCode >= 500:
		return callServer
	case resp.StatusCode >= 400:
		return callRefused
	}
	head := make([]byte, len(slackRefusal))
	n, err := io.ReadFull(resp.Body, head)
	rest := io.Reader(resp.Body)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		rest = failed{err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head[:n]), rest), resp.Body}
	if bytes.Equal(head[:n], slackRefusal) {
		return callRefused
	}
	return callOK
}

// failed is the rest of an answer that broke off.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }
