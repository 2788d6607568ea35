package watchers

import (
	"context"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxHosts is how many hosts are remembered before those that nobody asks for are forgotten.
const maxHosts = 1000

// hosts lets one request at a time through to each host, at its pace. The zero hosts is ready.
type hosts struct {
	mu sync.Mutex
	by map[string]*host
}

// A host is a gate that one request holds, and the pace of those who pass.
type host struct {
	gate  chan struct{}
	pace  *rate.Limiter
	users int // who hold the gate or wait for it
}

// paces are those of hosts that ask for another one than Fetcher.Pace.
var paces = map[string]time.Duration{
	"hacker-news.firebaseio.com": 50 * time.Millisecond, // it has no limit, and a list takes a request a story
	"api.gdeltproject.org":       5 * time.Second,       // "one every 5 seconds", by its own words
	"www.reddit.com":             6 * time.Second,       // ten a minute without a login
	"export.arxiv.org":           3 * time.Second,       // info.arxiv.org/help/api/tou
	"api.github.com":             60 * time.Second,      // 60 an hour without a login
}

// paceOf is the time between two requests to a host; a Fetcher without a pace has none for any.
func (f *Fetcher) paceOf(host string) time.Duration {
	if own, ok := paces[host]; ok && f.Pace > 0 {
		return own
	}
	return f.Pace
}

// enter waits until a request may go to u's host, and returns what to call after it. The operator's
// own addresses need no manners: they wait only for a free slot.
func (f *Fetcher) enter(ctx context.Context, u *url.URL) (leave func(), err error) {
	release := func() {}
	if !f.isOwnHost(u.Hostname()) {
		if release, err = f.hosts.enter(ctx, u.Hostname(), f.paceOf(u.Hostname())); err != nil {
			return nil, err
		}
	}
	select {
	case f.slots <- struct{}{}:
		return func() { <-f.slots; release() }, nil
	case <-ctx.Done():
		release()
		return nil, context.Cause(ctx)
	}
}

// isOwnHost reports whether a host is certainly the operator's: an address of allow_private, or
// a name of this machine where some private address is allowed.
func (f *Fetcher) isOwnHost(name string) bool {
	if a, err := netip.ParseAddr(name); err == nil {
		return f.guard.isOwn(a)
	}
	return len(f.guard.own) > 0 && isInside(name)
}

func (hs *hosts) enter(ctx context.Context, name string, pace time.Duration) (leave func(), err error) {
	h := hs.use(name, pace)
	select {
	case h.gate <- struct{}{}:
	case <-ctx.Done():
		hs.release(h)
		return nil, context.Cause(ctx)
	}
	leave = func() { <-h.gate; hs.release(h) }
	if err := h.pace.Wait(ctx); err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

func (hs *hosts) use(name string, pace time.Duration) *host {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h := hs.by[name]
	if h == nil {
		hs.forgetIdle()
		h = &host{gate: make(chan struct{}, 1), pace: rate.NewLimiter(rate.Every(pace), 1)}
		hs.by[name] = h
	}
	h.users++
	return h
}

func (hs *hosts) release(h *host) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h.users--
}

func (hs *hosts) forgetIdle() {
	if hs.by == nil {
		hs.by = map[string]*host{}
	}
	if len(hs.by) < maxHosts {
		return
	}
	for name, h := range hs.by {
		if h.users == 0 {
			delete(hs.by, name)
		}
	}
}
