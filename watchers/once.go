package watchers

import (
	"context"
	"errors"

	"github.com/pactwatch/pactwatch/internal/news"
)

// Once polls an address as a watcher would and returns its articles in the order of the source, as
// the source describes them: a feed's entries, those of the feed that a page names, or else the
// links of the page. The ID of each is its GUID.
func Once(ctx context.Context, f *Fetcher, address string) ([]news.Article, error) {
	var l Listing
	var err error
	if l, err = (feed{address}).Poll(ctx, f, news.Cursor{}); errors.Is(err, errNamesNoFeed) {
		if l, err = (page{address: address}).Poll(ctx, f, news.Cursor{}); errors.Is(err, errNoLinks) {
			err = errors.New("neither a feed nor a page that names one or links to articles")
		}
	}
	if err != nil {
		return nil, err
	}
	var articles []news.Article
	for _, it := range identify(l.Entries, l.Home) {
		a := articleOf(SourceConfig{}, l, it, f.Now())
		a.ID = a.GUID
		articles = append(articles, a)
	}
	return articles, nil
}

// Page fetches one page as a watcher would, for article.Extract: its bytes as served, its
// Content-Type and its address after redirects.
func (f *Fetcher) Page(ctx context.Context, address string) (page []byte, contentType, final string, err error) {
	doc, err := f.getPage(ctx, request{address: address, accept: acceptPage, limit: maxPage})
	if err != nil {
		return nil, "", "", err
	}
	return doc.body, doc.contentType, doc.address, nil
}
