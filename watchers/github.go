package watchers

import (
	"cmp"
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A GitHubConfig watches a repository's releases, tags or advisories.
type GitHubConfig struct {
	Repo   string `yaml:"repo"`    // "owner/name"
	Watch  string `yaml:"watch"`   // releases, tags or advisories; "" means releases
	APIURL string `yaml:"api_url"` // of GitHub Enterprise; "" means github.com
}

// String returns the address that is asked.
func (c *GitHubConfig) String() string {
	switch {
	case c == nil:
		return ""
	case c.Watch == "advisories":
		return under(cmp.Or(c.APIURL, "https://api.github.com"), "/repos/"+c.Repo+"/security-advisories", url.Values{"state": {"published"}, "per_page": {"30"}})
	}
	return under(cmp.Or(c.APIURL, "https://github.com"), "/"+c.Repo+"/"+cmp.Or(c.Watch, "releases")+".atom", nil)
}

var repository = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$`)

func newGitHub(c SourceConfig) (Source, []news.Fault) {
	g := c.GitHub
	faults := append(apiFault("github", g.APIURL), oneOf("github.watch", g.Watch, "releases", "tags", "advisories")...)
	if !repository.MatchString(g.Repo) {
		faults = append(faults, needs("github", "which repository", "write {repo: openai/openai-go}")...)
	}
	if g.Watch == "advisories" {
		return advisories{*g}, faults
	}
	return feedAt{address: g.String(), outlet: "GitHub", mend: func(e *Entry) {
		e.Title, e.Closed = g.Repo+": "+e.Title, true // the feed has all that the page says
	}}, faults
}

// advisories are the published security advisories of a repository.
type advisories struct{ GitHubConfig }

func (s advisories) Poll(ctx context.Context, v Visit) (Listing, error) {
	var answer []struct {
		ID          string    `json:"ghsa_id"`
		URL         string    `json:"html_url"`
		Summary     string    `json:"summary"`
		Description string    `json:"description"`
		Severity    string    `json:"severity"`
		Published   time.Time `json:"published_at"`
	}
	c, fresh, err := v.askJSON(ctx, s.String(), &answer)
	if err != nil || !fresh {
		return Listing{Cursor: c}, err
	}
	l := Listing{Cursor: c, Outlet: "GitHub"}
	for _, a := range answer {
		title := strings.TrimSpace(s.Repo + ": " + oneLine(a.Summary) + " (" + cmp.Or(a.Severity, "severity unknown") + ")")
		l.Entries = append(l.Entries, Entry{GUID: a.ID, URL: webAddress(nil, a.URL), Title: title, HTML: asHTML(a.Description), Published: a.Published, Closed: true})
	}
	return l, nil
}
