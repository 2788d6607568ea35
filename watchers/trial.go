package watchers

import (
	"context"
	"errors"
)

// A Trial is what a source gives when it is tried.
type Trial struct {
	Entries int
	Pages   error // why the page of the newest entry may not be read; nil if it may, or there is none
}

// Try polls a source as for the first time, and asks whether the pages that it leads to may be read. It
// stores nothing.
func Try(ctx context.Context, f *Fetcher, c SourceConfig) (Trial, error) {
	src, faults := c.source()
	if len(faults) > 0 {
		return Trial{}, errors.New(faults[0].Msg)
	}
	l, err := src.Poll(ctx, firstVisit(f))
	if err != nil {
		return Trial{}, err
	}
	t := Trial{Entries: len(l.Entries)}
	if t.Entries > 0 && l.Entries[0].URL != "" {
		t.Pages = f.mayRead(ctx, l.Entries[0].URL)
	}
	return t, nil
}
