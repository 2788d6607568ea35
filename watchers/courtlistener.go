package watchers

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A CourtListenerConfig watches federal court cases in the United States by what CourtListener has of
// them: the entries of one docket, or the filings that a search finds.
type CourtListenerConfig struct {
	Docket int    `yaml:"docket"`  // the number in the docket's address
	Query  string `yaml:"query"`   // in its own language; "" with Docket
	APIURL string `yaml:"api_url"` // "" means CourtListener's own
}

// String returns the address that is asked: a feed.
func (c *CourtListenerConfig) String() string {
	if c == nil {
		return ""
	}
	base := cmp.Or(c.APIURL, "https://www.courtlistener.com")
	if c.Docket != 0 {
		return under(base, fmt.Sprintf("/docket/%d/feed/", c.Docket), nil)
	}
	return under(base, "/feed/search/", url.Values{"q": {c.Query}, "type": {"r"}, "order_by": {"dateFiled desc"}})
}

func newCourtListener(c SourceConfig) (Source, []news.Fault) {
	cl := c.CourtListener
	faults := apiFault("courtlistener", cl.APIURL)
	if (cl.Docket == 0) == (strings.TrimSpace(cl.Query) == "") || cl.Docket < 0 {
		faults = append(faults, needs("courtlistener", "which docket or what to look for, one of the two",
			`write {docket: 69013420}, the number in its address, or {query: "OpenAI Microsoft"}`)...)
	}
	return feedAt{address: cl.String(), outlet: "CourtListener"}, faults
}
