package watchers

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/pactwatch/pactwatch/internal/news"
)

// A RedditConfig asks Reddit for posts, of a subreddit or a search, the newest first.
type RedditConfig struct {
	Subreddit string `yaml:"subreddit"` // without "r/"; "" means all
	Query     string `yaml:"query"`     // "" means every post of the subreddit
	APIURL    string `yaml:"api_url"`   // "" means Reddit's own
}

// String returns the address that is asked: a feed.
func (c *RedditConfig) String() string {
	if c == nil {
		return ""
	}
	base, path := cmp.Or(c.APIURL, "https://www.reddit.com"), ""
	if c.Subreddit != "" {
		path = "/r/" + c.Subreddit
	}
	if c.Query == "" {
		return under(base, path+"/new/.rss", nil)
	}
	q := url.Values{"q": {c.Query}, "sort": {"new"}}
	if c.Subreddit != "" {
		q.Set("restrict_sr", "on")
	}
	return under(base, path+"/search.rss", q)
}

var subreddit = regexp.MustCompile(`^[A-Za-z0-9_]{2,50}$`)

func newReddit(c SourceConfig) (Source, []news.Fault) {
	r := c.Reddit
	faults := apiFault("reddit", r.APIURL)
	switch {
	case r.Subreddit == "" && r.Query == "":
		faults = append(faults, needs("reddit", "what to look for", `write {subreddit: OpenAI} or {query: "OpenAI Microsoft"}`)...)
	case r.Subreddit != "" && !subreddit.MatchString(r.Subreddit):
		faults = append(faults, news.Fault{Path: "reddit.subreddit", Msg: "not a subreddit's name", Hint: "write it without r/, like MachineLearning"})
	}
	return feedAt{address: r.String(), outlet: "Reddit", mend: linkedPost}, faults
}

// linkedPost makes the page that a post links to the entry. A post of text is its own.
func linkedPost(e *Entry) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(e.HTML))
	if err != nil {
		return
	}
	for _, a := range doc.Find("a[href]").EachIter() {
		link := webAddress(nil, a.AttrOr("href", ""))
		if strings.TrimSpace(a.Text()) == "[link]" && link != "" && siteOf(link) != "reddit.com" && siteOf(link) != "redd.it" {
			e.URL, e.HTML, e.Author = link, "", ""
			return
		}
	}
	e.Outlet, e.Closed = "Reddit", true
}
