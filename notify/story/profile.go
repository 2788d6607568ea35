package story

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A Profile is what an index keeps of an article. It never changes.
type Profile struct {
	terms     []term   // ascending by hash
	pairs     []uint32 // of terms in a row, ascending
	sketch    []uint32
	addresses []uint64
	outlet    uint64   // 0 if unknown
	day       float64  // when it was published, in days since 1970; 0 if unknown
	days      []uint16 // that it names, ascending
	recap     bool
}

// NewProfile reads an article.
func NewProfile(a *news.Article) *Profile {
	p := &Profile{
		sketch:    sketch(a.Title + "\n" + a.Text),
		addresses: addresses(a),
		recap:     isRecap(a),
	}
	p.terms, p.pairs = terms(a)
	if a.Outlet != "" {
		p.outlet = hash(strings.ToLower(a.Outlet))
	}
	if t := cmp.Or(a.Published, a.Seen); !t.IsZero() {
		p.day = float64(t.Unix()) / (24 * 60 * 60)
	}
	p.days = namedDays(a.Title+"\n"+a.Text, p.day)
	return p
}

// addresses returns hashes of what names an article: its URLs and its GUID within the source. A
// site's front page names no article.
func addresses(a *news.Article) []uint64 {
	var hs []uint64
	for _, s := range []string{a.Canonical, a.URL} {
		if u, err := url.Parse(s); err == nil && u.Host != "" && (strings.Trim(u.Path, "/") != "" || u.RawQuery != "") {
			u.Fragment = ""
			u.Scheme = "" // http and https name one page
			hs = append(hs, hash(strings.TrimSuffix(u.String(), "/")))
		}
	}
	if a.GUID != "" {
		hs = append(hs, hash(a.Source+" "+a.GUID))
	}
	slices.Sort(hs)
	return slices.Compact(hs)
}
