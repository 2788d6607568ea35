package watchers

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/pactwatch/pactwatch/internal/news"
)

// An EDGARConfig asks the SEC's EDGAR for filings: those whose documents a search finds, those of a
// company, or all. The documents themselves are the articles, and primary sources.
type EDGARConfig struct {
	Query   string   `yaml:"query"`   // of the full-text search: '"revenue share" OpenAI'
	Company string   `yaml:"company"` // a CIK or a ticker, in place of Query
	Forms   []string `yaml:"forms"`   // 8-K, 10-Q, …; none means every form
	APIURL  string   `yaml:"api_url"` // stands in for efts.sec.gov and www.sec.gov
}

// What EDGAR's pages are: sec.gov/search-filings/edgar-application-programming-interfaces and
// sec.gov/os/accessing-edgar-data.
const (
	edgarSearch = "https://efts.sec.gov"
	edgarSite   = "https://www.sec.gov"
	// edgarPause is how long EDGAR shuts out who asks too much or does not say who they are.
	edgarPause = 10 * time.Minute
)

// filingsRead is how many new filings of a company one poll looks into, each with a request.
const filingsRead = 20

var errUndeclared = errors.New("EDGAR answers only those who say who they are: set network.user_agent_contact")

// String returns the address that is asked, but for the dates of a search.
func (c *EDGARConfig) String() string {
	switch {
	case c == nil:
		return ""
	case c.Query != "":
		q := url.Values{"q": {c.Query}}
		if len(c.Forms) > 0 {
			q.Set("forms", strings.Join(c.Forms, ","))
		}
		return under(cmp.Or(c.APIURL, edgarSearch), "/LATEST/search-index", q)
	}
	q := url.Values{"action": {"getcurrent"}, "owner": {"exclude"}, "count": {"100"}, "output": {"atom"}}
	if c.Company != "" {
		q.Set("action", "getcompany")
		q.Set("CIK", c.Company)
	}
	if len(c.Forms) == 1 { // it takes one; of several, those that are wanted are picked
		q.Set("type", c.Forms[0])
	}
	return under(cmp.Or(c.APIURL, edgarSite), "/cgi-bin/browse-edgar", q)
}

var (
	edgarCompany = regexp.MustCompile(`^(?:\d{1,10}|[A-Za-z][A-Za-z.-]{0,9})$`)
	edgarForm    = regexp.MustCompile(`^[A-Z0-9][A-Z0-9 /-]{0,19}$`)
)

func newEDGAR(c SourceConfig) (Source, []news.Fault) {
	e := c.EDGAR
	faults := apiFault("edgar", e.APIURL)
	if e.Query != "" && e.Company != "" {
		faults = append(faults, news.Fault{Path: "edgar.company", Msg: "beside query: the search is of all companies", Hint: "make two sources of it"})
	}
	if e.Query == "" && e.Company == "" && len(e.Forms) == 0 {
		faults = append(faults, needs("edgar", "what to look for", `write {query: '"revenue share" OpenAI', forms: [8-K]} or {company: MSFT}`)...)
	}
	if e.Company != "" && !edgarCompany.MatchString(e.Company) {
		faults = append(faults, news.Fault{Path: "edgar.company", Msg: fmt.Sprintf("neither a CIK nor a ticker: %q", e.Company), Hint: "write 789019 or MSFT"})
	}
	for i, form := range e.Forms {
		if !edgarForm.MatchString(form) {
			faults = append(faults, news.Fault{Path: fmt.Sprintf("edgar.forms[%d]", i), Msg: fmt.Sprintf("not the name of a form: %q", form), Hint: "write it as EDGAR does: 8-K, 10-Q, 10-K, S-1"})
		}
	}
	if e.Query != "" {
		return filedDocuments{*e}, faults
	}
	return filings{*e}, faults
}

// declared says what EDGAR's refusals mean, and asks nothing without a contact.
func (c EDGARConfig) declared(v Visit, poll func() (Listing, error)) (Listing, error) {
	if !v.declared {
		return Listing{}, errUndeclared
	}
	l, err := poll()
	if se, ok := errors.AsType[*statusError](err); ok && se.Code == http.StatusForbidden {
		se.RetryAfter = edgarPause
		err = fmt.Errorf("%w; EDGAR refuses those who ask more than 10 times a second from one address, and who do not say who they are "+
			"in network.user_agent_contact: it is left alone for %v", err, edgarPause)
	}
	return l, err
}

// filedDocuments are the documents that the full-text search finds, each an entry.
type filedDocuments struct{ EDGARConfig }

func (s filedDocuments) Poll(ctx context.Context, v Visit) (Listing, error) {
	return s.declared(v, func() (Listing, error) { return s.poll(ctx, v) })
}

// searchDays is how far back a search goes: filings are indexed within a day, and a weekend may pass.
const searchDays = 7

func (s filedDocuments) poll(ctx context.Context, v Visit) (Listing, error) {
	var answer struct {
		Hits struct {
			Hits []struct {
				ID     string `json:"_id"` // accession number ":" file
				Source struct {
					CIKs     []string `json:"ciks"`
					Names    []string `json:"display_names"`
					Form     string   `json:"form"`
					FileType string   `json:"file_type"`
					FileDate string   `json:"file_date"`
				} `json:"_source"`
			} `json:"hits"`
		} `json:"hits"`
	}
	now := v.Now().UTC()
	dates := url.Values{"dateRange": {"custom"}, "startdt": {now.AddDate(0, 0, -searchDays).Format(time.DateOnly)}, "enddt": {now.Format(time.DateOnly)}}
	c, fresh, err := v.askJSON(ctx, s.String()+"&"+dates.Encode(), &answer)
	if err != nil || !fresh {
		return Listing{Cursor: c}, err
	}
	l := Listing{Cursor: c, Home: edgarSite}
	for _, h := range answer.Hits.Hits {
		accession, file, ok := strings.Cut(h.ID, ":")
		if !ok || len(h.Source.CIKs) == 0 || len(h.Source.Names) == 0 {
			continue
		}
		folder := under(cmp.Or(s.APIURL, edgarSite), "/Archives/edgar/data/"+strings.TrimLeft(h.Source.CIKs[0], "0")+"/"+strings.ReplaceAll(accession, "-", ""), nil)
		e := Entry{GUID: h.ID, URL: folder + "/" + url.PathEscape(file), Outlet: filer(h.Source.Names[0]), Primary: true}
		e.name(h.Source.Form, h.Source.FileType)
		e.Published, _ = time.Parse(time.DateOnly, h.Source.FileDate)
		l.Entries = append(l.Entries, e)
	}
	return l, nil
}

// filer returns a company's name without its ticker and number: "Tesla, Inc.  (TSLA)  (CIK 0001318605)".
func filer(display string) string {
	name, _, _ := strings.Cut(display, "  (")
	return oneLine(name)
}

// name calls a filed document what people do, "Tesla, Inc.: 8-K, EX-99.1": its own title is often
// that of a file.
func (e *Entry) name(form, document string) {
	e.Title = cmp.Or(e.Outlet, "EDGAR") + ": " + form
	if document != "" && document != form {
		e.Title += ", " + document
	}
	e.HTML = asHTML("Filed with the SEC: " + e.Title)
}

// filings are a company's filings, or all, from a feed; each new one is looked into for its documents.
type filings struct{ EDGARConfig }

func (s filings) Poll(ctx context.Context, v Visit) (Listing, error) {
	return s.declared(v, func() (Listing, error) { return s.poll(ctx, v) })
}

func (s filings) poll(ctx context.Context, v Visit) (Listing, error) {
	l, err := feed{s.String()}.Poll(ctx, v)
	if err != nil || len(l.Entries) == 0 {
		return l, err
	}
	l.Entries = slices.DeleteFunc(l.Entries, func(e Entry) bool { return !s.wants(formOf(e.Title)) })
	var keys []string
	for _, e := range l.Entries {
		keys = append(keys, e.GUID)
	}
	known, err := v.Known(ctx, keys)
	if err != nil {
		return Listing{}, err
	}
	fresh := slices.DeleteFunc(l.Entries, func(e Entry) bool { return known[e.GUID] })
	l.Entries = nil
	first := v.Cursor.FirstPoll.IsZero() // the baseline: nobody will be told of it
	for i, filing := range fresh {
		filing.Primary, filing.Outlet = true, filerOf(filing.Title)
		documents := []Entry{filing}
		if !first && i < filingsRead {
			if documents, err = s.documents(ctx, v, filing); err != nil {
				return Listing{}, err
			}
		}
		l.Entries = append(l.Entries, documents...)
	}
	return l, nil
}

func (s filings) wants(form string) bool {
	return len(s.Forms) == 0 || slices.ContainsFunc(s.Forms, func(f string) bool { return form == f || form == f+"/A" })
}

// formOf returns the form in the title of a filing's entry: "8-K - ACME CORP (0009000001) (Filer)", or
// in a company's feed "8-K  - Current report".
func formOf(title string) string {
	form, _, _ := strings.Cut(title, " - ")
	return strings.TrimSpace(form)
}

// filerOf returns the company in such a title, "" where it has none.
func filerOf(title string) string {
	_, rest, _ := strings.Cut(title, " - ")
	name, _, found := strings.Cut(rest, " (")
	if !found {
		return ""
	}
	return name
}

// documents returns what a filing holds that people read: its main document, agreements (EX-10) and
// press releases (EX-99). A filing of which none can be told stays the entry that it is.
func (s filings) documents(ctx context.Context, v Visit, filing Entry) ([]Entry, error) {
	doc, err := v.get(ctx, request{address: filing.URL, accept: acceptPage, limit: maxPage})
	if err != nil {
		return nil, err
	}
	defer v.desk()()
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(doc.body))
	if err != nil {
		return nil, fmt.Errorf("parse filing: %w", err)
	}
	base, err := url.Parse(doc.address)
	if err != nil {
		return nil, err
	}
	form := formOf(filing.Title)
	var documents []Entry
	for _, row := range page.Find("table.tableFile tr").EachIter() {
		cells := row.Find("td")
		kind := strings.TrimSpace(cells.Eq(3).Text())
		link := strings.Replace(cells.Eq(2).Find("a").AttrOr("href", ""), "/ix?doc=", "", 1) // EDGAR's viewer shows the same file
		link = webAddress(base, link)
		if link == "" || kind != form && !strings.HasPrefix(kind, "EX-10") && !strings.HasPrefix(kind, "EX-99") {
			continue
		}
		e := filing
		e.URL = link
		e.name(form, kind)
		if len(documents) > 0 { // the first keeps the filing's own name, by which it is known
			e.GUID += ":" + link[strings.LastIndexByte(link, '/')+1:]
		}
		documents = append(documents, e)
	}
	if documents == nil {
		return []Entry{filing}, nil
	}
	return documents, nil
}
