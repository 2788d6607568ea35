package watchers

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

// How long what a robots.txt says is believed, and how long that a server could not say.
const (
	robotsFor      = 24 * time.Hour
	robotsErrorFor = 10 * time.Minute
)

var (
	errRobots   = errors.New("robots.txt asks us to stay away")
	errNoRobots = errors.New("robots.txt cannot be had, and may ask us to stay away")
)

// robots remembers what each site's robots.txt says about us. The zero robots is ready.
type robots struct {
	mu sync.Mutex
	by map[string]ruling
}

type ruling struct {
	data  *robotstxt.RobotsData // nil: the server is in trouble
	until time.Time
}

// getPage is get for a page that a robots.txt may forbid.
func (f *Fetcher) getPage(ctx context.Context, r request) (*document, error) {
	if err := f.mayRead(ctx, r.address); err != nil {
		return nil, err
	}
	return f.get(ctx, r)
}

// mayRead returns errRobots if the site of address asks us to stay away from it, another error if
// the site cannot be asked.
func (f *Fetcher) mayRead(ctx context.Context, address string) error {
	u, err := f.parse(address)
	if err != nil {
		return err
	}
	site := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}).String()
	now := f.Now()
	r, ok := f.robots.known(site, now)
	if !ok {
		if r, err = f.askRobots(ctx, site, now); err != nil {
			return err
		}
		f.robots.remember(site, r, now)
	}
	if r.data == nil {
		return fmt.Errorf("read %s: %w", shown(u), errNoRobots)
	}
	if !r.data.TestAgent(u.RequestURI(), "pactwatch") {
		return fmt.Errorf("read %s: %w", shown(u), errRobots)
	}
	return nil
}

// askRobots fetches a robots.txt. A server that has none allows all, one that is in trouble
// nothing for a while (RFC 9309, 2.3.1).
func (f *Fetcher) askRobots(ctx context.Context, site string, now time.Time) (ruling, error) {
	doc, err := f.get(ctx, request{address: site, limit: maxRobots})
	if se, ok := errors.AsType[*statusError](err); ok {
		if se.Code >= 500 {
			return ruling{nil, now.Add(robotsErrorFor)}, nil
		}
		doc = &document{}
	} else if err != nil {
		return ruling{}, err
	}
	data, err := robotstxt.FromBytes(doc.body)
	if err != nil { // what nobody can read forbids nothing
		data = &robotstxt.RobotsData{}
	}
	return ruling{data, now.Add(robotsFor)}, nil
}

func (rs *robots) known(site string, now time.Time) (ruling, bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r, ok := rs.by[site]
	return r, ok && now.Before(r.until)
}

func (rs *robots) remember(site string, r ruling, now time.Time) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.by == nil {
		rs.by = map[string]ruling{}
	}
	if len(rs.by) >= maxHosts {
		for s, old := range rs.by {
			if now.After(old.until) {
				delete(rs.by, s)
			}
		}
	}
	rs.by[site] = r
}
