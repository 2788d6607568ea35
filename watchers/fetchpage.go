package watchers

import "context"

// Page fetches one page as a watcher would, for article.Extract: its bytes as served, its
// Content-Type and its address after redirects.
func (f *Fetcher) Page(ctx context.Context, address string) (page []byte, contentType, final string, err error) {
	doc, err := f.getPage(ctx, request{address: address, accept: "text/html,application/xhtml+xml", limit: maxPage})
	if err != nil {
		return nil, "", "", err
	}
	return doc.body, doc.contentType, doc.address, nil
}
