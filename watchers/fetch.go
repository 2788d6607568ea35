package watchers

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Limits of one fetch. Sizes are in bytes after decompression.
const (
	maxFeed      = 8 << 20
	maxPage      = 4 << 20
	maxRobots    = 512 << 10 // RFC 9309, 2.5
	maxHead      = 256 << 10
	maxRedirects = 5
	maxFetches   = 32 // at once, over all hosts
	headTimeout  = 10 * time.Second
	fetchTimeout = 30 * time.Second
)

// What may go wrong with a fetch, beside ErrNotAllowed and a statusError.
var (
	errTooLarge      = errors.New("the document is too large")
	errRedirects     = fmt.Errorf("more than %d redirects", maxRedirects)
	errSlowHead      = fmt.Errorf("no answer within %v", headTimeout)
	errSlowBody      = fmt.Errorf("not complete within %v", fetchTimeout)
	errEncodedWrong  = errors.New("encoded otherwise than in gzip")
	errNotModified   = errors.New("answered 304 to a request without a condition")
	errPartialAnswer = errors.New("answered with a part of the document")
)

// A statusError is an answer that is neither the document nor "not modified".
type statusError struct {
	Code       int
	RetryAfter time.Duration // asked for by a 429 or 503, between a minute and a day; else 0
}

func (e *statusError) Error() string {
	if e.Code == http.StatusGone {
		return "answered 410 Gone: the publisher has taken it away for good"
	}
	return strings.TrimSpace(fmt.Sprintf("answered %d %s", e.Code, http.StatusText(e.Code)))
}

// A Fetcher is the only way out to sources and pages. It holds the network policy, the limits and
// the pace. It is safe for concurrent use.
type Fetcher struct {
	Pace time.Duration    // between two requests to one host, not to one of allow_private; set it before the first fetch
	Now  func() time.Time // for what is believed for a time

	Answered func(*http.Response) // is shown the head of every answer; nil: nobody looks

	agent     string
	declared  bool // the agent says whom to write to
	guard     *guard
	dialer    *net.Dialer
	transport *http.Transport
	client    *http.Client
	slots     chan struct{} // one for each fetch under way
	desks     chan struct{} // one for each document being parsed
	head, all time.Duration // how long one may take: headTimeout, fetchTimeout
	hosts     hosts
	robots    robots
}

// NewFetcher returns a Fetcher under the policy of cfg, which calls itself pactwatch/version.
func NewFetcher(cfg NetworkConfig, version string) (*Fetcher, error) {
	g, err := newGuard(cfg)
	if err != nil {
		return nil, err
	}
	contact := cfg.Contact
	if contact == "" {
		contact = "https://github.com/pactwatch/pactwatch"
	}
	f := &Fetcher{
		Pace:     time.Second,
		Now:      time.Now,
		agent:    fmt.Sprintf("pactwatch/%s (+%s)", version, contact),
		declared: cfg.Contact != "",
		guard:    g,
		dialer:   &net.Dialer{Timeout: headTimeout, Control: g.control},
		slots:    make(chan struct{}, maxFetches),
		desks:    make(chan struct{}, runtime.GOMAXPROCS(0)),
		head:     headTimeout,
		all:      fetchTimeout,
	}
	f.transport = &http.Transport{
		Proxy:                  nil, // a proxy from the environment would dial where the guard cannot see
		DialContext:            f.dialer.DialContext,
		TLSHandshakeTimeout:    headTimeout,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // body does it, once
		MaxResponseHeaderBytes: maxHead,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        90 * time.Second,
	}
	f.client = &http.Client{
		Transport:     f.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // get does it
	}
	return f, nil
}

// Close gives the idle connections back. The Fetcher can be used again.
func (f *Fetcher) Close() { f.transport.CloseIdleConnections() }

// desk waits for a turn to parse a document, and returns what to call when that is done. A parsed
// document takes many times its size.
func (f *Fetcher) desk() (leave func()) {
	f.desks <- struct{}{}
	return func() { <-f.desks }
}

// A request asks for one document.
type request struct {
	address            string
	etag, lastModified string // of the copy that we have; "" asks in any case
	accept             string // media types, "" for any
	limit              int64  // in bytes
}

// A document is what a server gave, whole.
type document struct {
	address            string // after all redirects
	moved              string // where permanent redirects alone led; "" if the first answer was none
	contentType        string
	body               []byte // nil if notModified
	etag, lastModified string
	notModified        bool
	maxAge             time.Duration // how long it says that it stays as it is; 0 if it does not
	spent              time.Duration // on all answers, without the waits for a host's pace
}

// get fetches one document and follows redirects. Errors name no address with its query.
func (f *Fetcher) get(ctx context.Context, r request) (*document, error) {
	u, err := f.parse(r.address)
	if err != nil {
		return nil, err
	}
	doc := &document{}
	permanent := true
	for range maxRedirects + 1 {
		code, next, err := f.hop(ctx, u, r, doc)
		if err != nil {
			return nil, fmt.Errorf("fetch %s: %w", shown(u), err)
		}
		if next == "" {
			doc.address = u.String()
			return doc, nil
		}
		to, err := u.Parse(next)
		if err != nil {
			return nil, fmt.Errorf("fetch %s: redirect: %w", shown(u), ErrNotAllowed)
		}
		if err := f.guard.checkURL(to); err != nil {
			return nil, fmt.Errorf("fetch %s: redirect: %w", shown(u), err)
		}
		permanent = permanent && (code == http.StatusMovedPermanently || code == http.StatusPermanentRedirect)
		if permanent {
			doc.moved = to.String()
		}
		u = to
	}
	return nil, fmt.Errorf("fetch %s: %w", shown(u), errRedirects)
}

// parse reads an address and holds it against the policy. Its error does not repeat the address,
// which may hold a secret.
func (f *Fetcher) parse(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return nil, fmt.Errorf("%w: not a URL", ErrNotAllowed)
	}
	if err := f.guard.checkURL(u); err != nil {
		return nil, err
	}
	return u, nil
}

// shown is an address as it may be logged: a query or a user name can be a secret.
func shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// hop sends one request and puts the answer into doc. If it is a redirect, next says where to.
func (f *Fetcher) hop(ctx context.Context, u *url.URL, r request, doc *document) (code int, next string, err error) {
	leave, err := f.enter(ctx, u)
	if err != nil {
		return 0, "", err
	}
	defer leave()

	start := time.Now()
	defer func() { doc.spent += time.Since(start) }()
	ctx, cancel := context.WithTimeoutCause(ctx, f.all-doc.spent, errSlowBody)
	defer cancel()
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	head := time.AfterFunc(f.head, func() { giveUp(errSlowHead) })
	defer head.Stop()

	resp, err := f.client.Do(f.request(ctx, u, r))
	if err != nil {
		return 0, "", causeOf(ctx, err)
	}
	defer resp.Body.Close()
	head.Stop()
	if f.Answered != nil {
		f.Answered(resp)
	}
	if next, err = take(resp, r, doc); err != nil {
		return 0, "", causeOf(ctx, err)
	}
	return resp.StatusCode, next, nil
}

// take puts an answer into doc, or says where it redirects to.
func take(resp *http.Response, r request, doc *document) (next string, err error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if to := resp.Header.Get("Location"); to != "" {
			return to, nil
		}
		return "", &statusError{Code: resp.StatusCode}
	case http.StatusNotModified:
		if r.etag == "" && r.lastModified == "" {
			return "", errNotModified
		}
		doc.notModified = true
	case http.StatusOK:
		if doc.body, err = body(resp, r.limit); err != nil {
			return "", err
		}
	case http.StatusPartialContent:
		return "", errPartialAnswer
	default:
		return "", &statusError{Code: resp.StatusCode, RetryAfter: retryAfter(resp)}
	}
	doc.contentType = resp.Header.Get("Content-Type")
	doc.etag, doc.lastModified = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	doc.maxAge = maxAge(resp.Header)
	return "", nil
}

func (f *Fetcher) request(ctx context.Context, u *url.URL, r request) *http.Request {
	h := http.Header{}
	h.Set("User-Agent", f.agent)
	h.Set("Accept-Encoding", "gzip")
	for name, value := range map[string]string{"Accept": r.accept, "If-None-Match": r.etag, "If-Modified-Since": r.lastModified} {
		if value != "" {
			h.Set(name, value)
		}
	}
	return (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: h}).WithContext(ctx)
}

// causeOf returns the plain reason of a failed request: without the address that *url.Error
// repeats, and without what was found behind an address that is not allowed.
func causeOf(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, ErrNotAllowed):
		return ErrNotAllowed
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	if de, ok := errors.AsType[*net.DNSError](err); ok { // which also says whom we asked
		return fmt.Errorf("look up %s: %s", de.Name, de.Err)
	}
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}

// body reads an answer to its end. Of one that is cut off or larger than limit nothing is used.
func body(resp *http.Response, limit int64) ([]byte, error) {
	var r io.Reader = resp.Body
	switch strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))) {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(resp.Body)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		r = z
	default:
		return nil, errEncodedWrong
	}
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, errTooLarge
	}
	return b, nil
}

// retryAfter reads how long a server asks us to stay away, clamped to a minute and a day.
func retryAfter(resp *http.Response) time.Duration {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	v := strings.TrimSpace(resp.Header.Get("Retry-After"))
	var d time.Duration
	if s, err := strconv.Atoi(v); err == nil {
		d = time.Duration(min(max(s, 0), 24*60*60)) * time.Second
	} else if t, err := http.ParseTime(v); err == nil {
		d = time.Until(t)
	} else {
		return 0
	}
	return min(max(d, time.Minute), 24*time.Hour)
}
