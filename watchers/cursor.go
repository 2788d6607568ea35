package watchers

import (
	"context"

	"github.com/pactwatch/pactwatch/internal/news"
)

// again asks for a source's document as its cursor remembers it, and returns the cursor to keep
// once the document is parsed. The document is nil if the server has nothing newer.
func (f *Fetcher) again(ctx context.Context, r request, c news.Cursor) (*document, news.Cursor, error) {
	if c.MovedSeen >= confirmations {
		r.address = c.Moved
	}
	r.etag, r.lastModified = c.ETag, c.LastModified
	doc, err := f.get(ctx, r)
	if err != nil {
		return nil, c, err
	}
	c = moved(c, doc.moved)
	if doc.notModified { // some servers leave the validators out of a 304
		if doc.etag != "" {
			c.ETag = doc.etag
		}
		return nil, c, nil
	}
	c.ETag, c.LastModified = doc.etag, doc.lastModified
	return doc, c, nil
}

// confirmations is how many polls in a row must be sent to the same new address before it is used.
const confirmations = 3

// moved returns c after a poll that permanent redirects led to an address, "" if none did.
func moved(c news.Cursor, to string) news.Cursor {
	switch {
	case to == "" && c.MovedSeen >= confirmations: // asked there, and served
	case to == "":
		c.Moved, c.MovedSeen = "", 0
	case to == c.Moved:
		c.MovedSeen++
	default:
		c.Moved, c.MovedSeen = to, 1
	}
	return c
}
