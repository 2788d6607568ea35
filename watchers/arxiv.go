package watchers

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// An ArXivConfig asks arXiv for papers, in the language of its API: info.arxiv.org/help/api/user-manual.
type ArXivConfig struct {
	Query  string `yaml:"query"`   // "cat:cs.AI AND all:alignment"
	APIURL string `yaml:"api_url"` // "" means arXiv's own
}

// String returns the address that is asked: the newest papers first.
func (c *ArXivConfig) String() string {
	if c == nil {
		return ""
	}
	return under(cmp.Or(c.APIURL, "https://export.arxiv.org"), "/api/query", url.Values{
		"search_query": {c.Query}, "sortBy": {"submittedDate"}, "sortOrder": {"descending"}, "max_results": {"50"}})
}

func newArXiv(c SourceConfig) (Source, []news.Fault) {
	faults := apiFault("arxiv", c.ArXiv.APIURL)
	if strings.TrimSpace(c.ArXiv.Query) == "" {
		faults = append(faults, needs("arxiv", "what to look for", `write {query: "cat:cs.AI AND all:alignment"}`)...)
	}
	return feedAt{address: c.ArXiv.String(), outlet: "arXiv", mend: func(e *Entry) { e.Closed = true }}, faults // the feed has the abstract
}
