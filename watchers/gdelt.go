package watchers

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A GDELTConfig asks the GDELT project's index of the world's news, in its own query language.
type GDELTConfig struct {
	Query  string `yaml:"query"`   // "openai (microsoft OR azure) sourcelang:english"
	APIURL string `yaml:"api_url"` // "" means GDELT's own
}

// String returns the address that is asked: the reports of the last day, the newest first.
func (c *GDELTConfig) String() string {
	if c == nil {
		return ""
	}
	return under(cmp.Or(c.APIURL, "https://api.gdeltproject.org"), "/api/v2/doc/doc", url.Values{
		"query": {c.Query}, "mode": {"ArtList"}, "format": {"json"}, "sort": {"DateDesc"}, "timespan": {"1d"}, "maxrecords": {"250"}})
}

func newGDELT(c SourceConfig) (Source, []news.Fault) {
	faults := apiFault("gdelt", c.GDELT.APIURL)
	if strings.TrimSpace(c.GDELT.Query) == "" {
		faults = append(faults, needs("gdelt", "what to look for", `write {query: "openai microsoft exclusivity"}`)...)
	}
	return gdelt{*c.GDELT}, faults
}

type gdelt struct{ GDELTConfig }

func (s gdelt) Poll(ctx context.Context, v Visit) (Listing, error) {
	var answer struct {
		Articles []struct{ URL, Title, SeenDate, Domain string }
	}
	c, fresh, err := v.askJSON(ctx, s.String(), &answer) // what it does not like it says in words, with status 200
	if err != nil || !fresh {
		return Listing{Cursor: c}, err
	}
	l := Listing{Cursor: c}
	for _, a := range answer.Articles {
		e := Entry{URL: webAddress(nil, a.URL), Title: untokenised.Replace(oneLine(a.Title)), Outlet: a.Domain}
		e.Published, _ = time.Parse("20060102T150405Z", a.SeenDate) // when GDELT saw it: minutes later
		if e.URL != "" {
			l.Entries = append(l.Entries, e)
		}
	}
	return l, nil
}

// untokenised takes back the spaces that GDELT puts round punctuation.
var untokenised = strings.NewReplacer(" ,", ",", " .", ".", " :", ":", " ;", ";", " ?", "?", " !", "!", " ' s", "'s", " 's", "'s", " )", ")", "( ", "(", " %", "%", "$ ", "$")
