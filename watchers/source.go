package watchers

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A SourceConfig is one of the "sources": exactly one key of a kind, and how to poll it.
type SourceConfig struct {
	Name string `yaml:"name"`

	Feed          string               `yaml:"feed"`    // address of a feed, or of a page that names its feed
	Page          string               `yaml:"page"`    // address of a page that links to articles
	Sitemap       string               `yaml:"sitemap"` // address of a sitemap, or of an index of sitemaps
	HackerNews    *HackerNewsConfig    `yaml:"hackernews"`
	EDGAR         *EDGARConfig         `yaml:"edgar"`
	GoogleNews    *NewsSearchConfig    `yaml:"googlenews"`
	BingNews      *NewsSearchConfig    `yaml:"bingnews"`
	GDELT         *GDELTConfig         `yaml:"gdelt"`
	Reddit        *RedditConfig        `yaml:"reddit"`
	Bluesky       *BlueskyConfig       `yaml:"bluesky"`
	Mastodon      *MastodonConfig      `yaml:"mastodon"`
	GitHub        *GitHubConfig        `yaml:"github"`
	YouTube       *YouTubeConfig       `yaml:"youtube"`
	ArXiv         *ArXivConfig         `yaml:"arxiv"`
	CourtListener *CourtListenerConfig `yaml:"courtlistener"`

	Selector string `yaml:"selector"` // page: CSS, of the links or of what holds one each; "" finds them
	Links    string `yaml:"links"`    // page, sitemap: a regular expression that the links' addresses match
	Schedule string `yaml:"schedule"` // five cron fields, "@every 10m" or "auto"; "" means every 10 minutes
	Outlet   string `yaml:"outlet"`   // who publishes here; "" asks the source and its articles
	Primary  bool   `yaml:"primary"`  // filings, press releases, a party's own site
}

const defaultSchedule = "@every 10m"

// A Source is a place that shows entries, of one kind. Poll asks what is there now and must not
// keep anything between two polls: what the visit brings is all that it may remember. It is called by
// one goroutine at a time.
type Source interface {
	Poll(ctx context.Context, v Visit) (Listing, error)
}

// A Visit is what a source's poll is made with.
type Visit struct {
	*Fetcher
	Cursor news.Cursor
	// Known returns those of the GUIDs or addresses that the source has shown before. A kind asks
	// where it takes a request to learn more of each entry; for the rest, known entries do no harm.
	Known func(ctx context.Context, keys []string) (map[string]bool, error)

	digest digest // of a feed's last document; nil to read it whole
}

// firstVisit is one of which nothing is kept.
func firstVisit(f *Fetcher) Visit {
	return Visit{Fetcher: f, Known: func(context.Context, []string) (map[string]bool, error) { return nil, nil }}
}

// A Listing is what one poll of a source showed.
type Listing struct {
	Cursor  news.Cursor // to be kept with the entries: validators and moves are set, the rest is as it was
	Entries []Entry     // none if nothing has changed
	Outlet  string      // what the source calls itself; "" if it does not
	Home    string      // where a person would look at it, for entries without a link

	digest digest                  // for the next visit, once all is stored; nil if there is none
	whole  func() (Listing, error) // the same with the entries that were known by their bytes; nil if none were left out
}

// An Entry is one item of a source.
type Entry struct {
	GUID      string // its publisher's own name for it; "" if it has none
	URL       string // absolute, http or https; "" if it has none of its own
	Title     string // plain text
	HTML      string // excerpt or body; "" if the source shows none
	Outlet    string // who published it, where the source tells its entries' publishers apart
	Author    string
	Published time.Time // zero if unknown
	Closed    bool      // its page would say nothing more: it is not read
	Primary   bool      // it is a primary source, whatever the configuration says
}

// A kind is one way to be a source.
type kind struct {
	key string                    // its key in the configuration
	of  func(SourceConfig) string // what it asks for, in a few words or as an address; "" if the key is not set
	new func(SourceConfig) (Source, []news.Fault)
}

// kinds are all there are. A new kind is a file, a key in SourceConfig and a line here.
var kinds = []kind{
	{"feed", func(c SourceConfig) string { return c.Feed }, newFeed},          // RSS, RDF, Atom, JSON Feed
	{"page", func(c SourceConfig) string { return c.Page }, newPage},          // links on an index page
	{"sitemap", func(c SourceConfig) string { return c.Sitemap }, newSitemap}, // what a site lists for search engines
	{"hackernews", func(c SourceConfig) string { return c.HackerNews.String() }, newHackerNews},
	{"edgar", func(c SourceConfig) string { return c.EDGAR.String() }, newEDGAR}, // filings with the SEC
	{"googlenews", func(c SourceConfig) string { return c.GoogleNews.String() }, newGoogleNews},
	{"bingnews", func(c SourceConfig) string { return c.BingNews.String() }, newBingNews},
	{"gdelt", func(c SourceConfig) string { return c.GDELT.String() }, newGDELT}, // the world's news, by search
	{"reddit", func(c SourceConfig) string { return c.Reddit.String() }, newReddit},
	{"bluesky", func(c SourceConfig) string { return c.Bluesky.String() }, newBluesky},
	{"mastodon", func(c SourceConfig) string { return c.Mastodon.String() }, newMastodon},
	{"github", func(c SourceConfig) string { return c.GitHub.String() }, newGitHub}, // releases, advisories
	{"youtube", func(c SourceConfig) string { return c.YouTube.String() }, newYouTube},
	{"arxiv", func(c SourceConfig) string { return c.ArXiv.String() }, newArXiv},
	{"courtlistener", func(c SourceConfig) string { return c.CourtListener.String() }, newCourtListener}, // dockets
}

// sourceName is what rules and logs can name without quotes.
var sourceName = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]{0,63}$`)

// Check returns all that is wrong with a source's settings, nil if nothing is.
func (c SourceConfig) Check() []news.Fault {
	_, faults := c.source()
	if !sourceName.MatchString(c.Name) {
		faults = append(faults, news.Fault{Path: "name", Msg: fmt.Sprintf("not a source's name: %q", c.Name),
			Hint: "use letters, digits, '-', '_' and '.', like openai-news"})
	}
	if _, err := c.schedule(); err != nil {
		faults = append(faults, news.Fault{Path: "schedule", Msg: fmt.Sprintf("%q: %v", c.Schedule, err),
			Hint: `write minute, hour, day, month, weekday (Sunday is 0) like "*/5 * * * *", "@every 10m", or auto`})
	}
	return faults
}

func (c SourceConfig) schedule() (cron.Schedule, error) {
	switch c.Schedule {
	case "":
		return parseSchedule(defaultSchedule)
	case autoSchedule: // how often it may be asked; the cursor says when it is
		return parseSchedule("@every " + autoLeast.String())
	}
	return parseSchedule(c.Schedule)
}

// Kinds returns the keys of all kinds of source.
func Kinds() []string {
	var keys []string
	for _, k := range kinds {
		keys = append(keys, k.key)
	}
	return keys
}

// Kind returns the key of the source's kind, the first of several; "" if none is set.
func (c SourceConfig) Kind() string {
	for _, k := range kinds {
		if k.of(c) != "" {
			return k.key
		}
	}
	return ""
}

// source returns the Source of the only kind whose key is set.
func (c SourceConfig) source() (Source, []news.Fault) {
	var set []kind
	for _, k := range kinds {
		if k.of(c) != "" {
			set = append(set, k)
		}
	}
	switch len(set) {
	case 0:
		return nil, []news.Fault{{Msg: "nothing to poll", Hint: "add one of " + strings.Join(Kinds(), ", ")}}
	case 1:
		src, faults := set[0].new(c)
		return src, append(faults, c.meaningless(set[0].key)...)
	}
	return nil, []news.Fault{{Path: set[1].key, Msg: fmt.Sprintf("beside %s: a source is of one kind", set[0].key),
		Hint: "make two sources of it"}}
}

// meaningless returns the settings that say nothing to a source of a kind.
func (c SourceConfig) meaningless(kind string) (faults []news.Fault) {
	for _, s := range []struct{ key, value, kinds string }{{"selector", c.Selector, "page"}, {"links", c.Links, "page sitemap"}} {
		if s.value != "" && !slices.Contains(strings.Fields(s.kinds), kind) {
			faults = append(faults, news.Fault{Path: s.key, Msg: "means nothing for a source of kind " + kind,
				Hint: "leave it out; it is for " + strings.Join(strings.Fields(s.kinds), " and ")})
		}
	}
	return faults
}

// Address returns what the key of the source's kind says.
func (c SourceConfig) Address() (address string) {
	for _, k := range kinds {
		address = cmp.Or(address, k.of(c))
	}
	return address
}

// addressFault checks the address of a source as far as that goes without the network's settings.
func addressFault(key, address string) []news.Fault {
	if webAddress(nil, address) == "" {
		return []news.Fault{{Path: key, Msg: "not the address of a page",
			Hint: "write it as a browser shows it, https://example.org/news, without a user name"}}
	}
	return nil
}
