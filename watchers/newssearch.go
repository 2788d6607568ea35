package watchers

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A NewsSearchConfig asks a news search engine.
type NewsSearchConfig struct {
	Query   string `yaml:"query"`   // in the engine's own language
	Lang    string `yaml:"lang"`    // "en" if ""
	Country string `yaml:"country"` // "US" if ""
	APIURL  string `yaml:"api_url"` // "" means the engine's own
}

// String returns the query and where it is asked; a source that asks something else is another one.
func (c *NewsSearchConfig) String() string {
	if c == nil {
		return ""
	}
	return strings.Join([]string{c.Query, c.lang(), c.country(), c.APIURL}, " ")
}

func (c *NewsSearchConfig) lang() string    { return cmp.Or(strings.ToLower(c.Lang), "en") }
func (c *NewsSearchConfig) country() string { return cmp.Or(strings.ToUpper(c.Country), "US") }

func (c *NewsSearchConfig) check(key string) []news.Fault {
	faults := apiFault(key, c.APIURL)
	if strings.TrimSpace(c.Query) == "" {
		faults = append(faults, needs(key, "what to look for", `write {query: '"OpenAI" exclusivity'}`)...)
	}
	return faults
}

// newGoogleNews asks Google News's feed of a search. It is undocumented, and offered for personal use
// only. Its links lead to pages of its own that say no more than the entry, so those are not read.
func newGoogleNews(c SourceConfig) (Source, []news.Fault) {
	q := c.GoogleNews
	lang, country := q.lang(), q.country()
	address := under(cmp.Or(q.APIURL, "https://news.google.com"), "/rss/search", url.Values{
		"q": {q.Query}, "hl": {lang + "-" + country}, "gl": {country}, "ceid": {country + ":" + lang}})
	return feedAt{address: address, mend: func(e *Entry) {
		e.HTML = "" // the title once more, and the outlet
		e.Closed = true
	}}, q.check("googlenews")
}

// newBingNews asks Bing News's feed of a search. Its links name the publisher's address in their query.
func newBingNews(c SourceConfig) (Source, []news.Fault) {
	q := c.BingNews
	address := under(cmp.Or(q.APIURL, "https://www.bing.com"), "/news/search", url.Values{
		"q": {q.Query}, "format": {"rss"}, "qft": {`sortbydate="1"`}, "setlang": {q.lang()}, "cc": {q.country()}})
	return feedAt{address: address, mend: func(e *Entry) {
		u, err := url.Parse(e.URL)
		if err != nil || u.Path != "/news/apiclick.aspx" {
			return
		}
		if to := webAddress(nil, u.Query().Get("url")); to != "" {
			e.URL, e.GUID = to, to // the rest of the link is another one at every search
		}
	}}, q.check("bingnews")
}
