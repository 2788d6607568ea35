package watchers

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A HackerNewsConfig asks Hacker News for stories: those that a search finds, or those of a list.
type HackerNewsConfig struct {
	Query    string `yaml:"query"`    // words for its search; "" with List
	List     string `yaml:"list"`     // new, top, best, ask, show or job; "" with Query
	Points   int    `yaml:"points"`   // at least; a story arrives when it has them
	Comments int    `yaml:"comments"` // at least
	APIURL   string `yaml:"api_url"`  // of the search or the list; "" means Hacker News's own
}

// The APIs of Hacker News: hn.algolia.com/api, github.com/HackerNews/API.
const (
	hnSearch = "https://hn.algolia.com/api"
	hnLists  = "https://hacker-news.firebaseio.com"
	hnItem   = "https://news.ycombinator.com/item?id="
)

// hnItems is how many stories of a list are looked at, from its top: each takes a request until it
// has arrived.
const hnItems = 60

// String returns the address that is asked.
func (c *HackerNewsConfig) String() string {
	switch {
	case c == nil:
		return ""
	case c.List != "":
		return under(cmp.Or(c.APIURL, hnLists), "/v0/"+c.List+"stories.json", nil)
	}
	q := url.Values{"query": {c.Query}, "tags": {"story"}, "hitsPerPage": {"100"}}
	var filters []string
	for _, f := range []struct {
		name  string
		least int
	}{{"points", c.Points}, {"num_comments", c.Comments}} {
		if f.least > 0 {
			filters = append(filters, fmt.Sprintf("%s>=%d", f.name, f.least))
		}
	}
	if filters != nil {
		q.Set("numericFilters", strings.Join(filters, ","))
	}
	return under(cmp.Or(c.APIURL, hnSearch), "/v1/search_by_date", q)
}

func newHackerNews(c SourceConfig) (Source, []news.Fault) {
	hn := c.HackerNews
	faults := append(apiFault("hackernews", hn.APIURL), oneOf("hackernews.list", hn.List, "new", "top", "best", "ask", "show", "job")...)
	switch {
	case hn.Query == "" && hn.List == "":
		faults = append(faults, needs("hackernews", "what to look for", `write {query: "OpenAI Microsoft"} or {list: top}`)...)
	case hn.Query != "" && hn.List != "":
		faults = append(faults, news.Fault{Path: "hackernews.list", Msg: "beside query: a search is of all lists", Hint: "make two sources of it"})
	}
	if hn.List != "" {
		return hnList{*hn}, faults
	}
	return hnHits{*hn}, faults
}

// hnHits are the stories that Hacker News's search finds, the newest first.
type hnHits struct{ HackerNewsConfig }

func (s hnHits) Poll(ctx context.Context, v Visit) (Listing, error) {
	var answer struct {
		Hits []struct {
			ObjectID  string `json:"objectID"`
			Title     string `json:"title"`
			URL       string `json:"url"`
			Text      string `json:"story_text"`
			Author    string `json:"author"`
			CreatedAt int64  `json:"created_at_i"`
		} `json:"hits"`
	}
	c, fresh, err := v.askJSON(ctx, s.String(), &answer)
	if err != nil || !fresh {
		return Listing{Cursor: c}, err
	}
	l := Listing{Cursor: c, Home: hnItem}
	for _, h := range answer.Hits {
		id, err := strconv.ParseInt(h.ObjectID, 10, 64)
		if err != nil || h.Title == "" { // a comment
			continue
		}
		l.Entries = append(l.Entries, hnEntry(id, h.Title, h.URL, h.Text, h.Author, h.CreatedAt))
	}
	return l, nil
}

// hnList are the stories of one of Hacker News's lists.
type hnList struct{ HackerNewsConfig }

func (s hnList) Poll(ctx context.Context, v Visit) (Listing, error) {
	var ids []int64
	c, fresh, err := v.askJSON(ctx, s.String(), &ids)
	if err != nil || !fresh {
		return Listing{Cursor: c}, err
	}
	c.ETag, c.LastModified = "", "" // the list may be the same, and a story have its points since
	ids = ids[:min(len(ids), hnItems)]
	var keys []string
	for _, id := range ids {
		keys = append(keys, hnGUID(id))
	}
	known, err := v.Known(ctx, keys)
	if err != nil {
		return Listing{}, err
	}
	l := Listing{Cursor: c, Home: hnItem}
	for i, id := range ids {
		if known[keys[i]] {
			continue
		}
		e, ok, err := s.story(ctx, v, id)
		if err != nil {
			return Listing{}, err
		}
		if ok {
			l.Entries = append(l.Entries, e)
		}
	}
	return l, nil
}

// story asks for a story; ok is false for one that is gone or has not enough points or comments.
func (s hnList) story(ctx context.Context, v Visit, id int64) (e Entry, ok bool, err error) {
	doc, err := v.get(ctx, request{address: under(cmp.Or(s.APIURL, hnLists), fmt.Sprintf("/v0/item/%d.json", id), nil), accept: acceptJSON, limit: maxPage})
	if err != nil {
		return Entry{}, false, err
	}
	var item struct {
		Title, URL, Text, By string
		Time                 int64
		Score, Descendants   int
		Dead, Deleted        bool
	}
	if err := v.decodeJSON(doc, &item); err != nil { // null, which leaves all empty, is an item that is not there
		return Entry{}, false, err
	}
	if item.Title == "" || item.Dead || item.Deleted || item.Score < s.Points || item.Descendants < s.Comments {
		return Entry{}, false, nil
	}
	return hnEntry(id, item.Title, item.URL, item.Text, item.By, item.Time), true, nil
}

// hnEntry is a story as an entry: the page that it links to, else what it says itself.
func hnEntry(id int64, title, link, text, by string, at int64) Entry {
	e := Entry{GUID: hnGUID(id), URL: webAddress(nil, link), Title: oneLine(title), HTML: text, Published: time.Unix(at, 0).UTC()}
	if e.URL == "" {
		e.URL, e.Outlet, e.Author, e.Closed = hnItem+strconv.FormatInt(id, 10), "Hacker News", by, true
	}
	return e
}

func hnGUID(id int64) string { return "hn:" + strconv.FormatInt(id, 10) }
