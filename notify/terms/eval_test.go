package terms

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/shared"
)

// TestEvalTerms reads the development part of each set and holds what is reached. Floors are a little below the measured
// figures; a change that falls below one made things worse.
func TestEvalTerms(t *testing.T) {
	for _, tt := range []struct {
		set               string
		term, change      float64 // F1, at least
		value, until      float64 // accuracy where the labels have one, at least
		background, quiet float64 // told as news, and articles without news that have some: at most
	}{
		{set: "terms-long/dev.jsonl", term: .88, change: .87, value: .95, until: .95, background: .05, quiet: .05},
		{set: "terms-ai/dev.jsonl.gz", term: .74, change: .67, value: .85, until: .95, background: .3, quiet: .05},
	} {
		t.Run(filepath.Dir(tt.set), func(t *testing.T) {
			r, err := New(nil)
			if err != nil {
				t.Fatal(err)
			}
			var s score
			for _, l := range shared.Set[setLine](t, tt.set) {
				a := l.article()
				got := r.Read(a)
				for _, term := range got {
					if text := a.Field(term.Field); term.Evidence == "" || text[term.Start:term.End] != term.Evidence {
						t.Errorf("%s: the evidence %q is not the article's", l.ID, term.Evidence)
					}
				}
				s.add(l.Terms, got)
			}
			s.log(t)
			if s.term() < tt.term || s.change() < tt.change || ratio(s.value, s.values) < tt.value || ratio(s.until, s.untils) < tt.until ||
				ratio(s.asNews, s.background) > tt.background || ratio(s.alarms, s.quiet) > tt.quiet {
				t.Errorf("%s is worse than %+v", tt.set, tt)
			}
		})
	}
}

// A score counts as "score terms" beside the sets does.
type score struct {
	said, wanted, hit, changed float64
	value, values              float64
	until, untils              float64
	asNews, background         float64
	alarms, quiet              float64
}

func (s *score) add(gold []goldTerm, got []news.Term) {
	told := slices.DeleteFunc(slices.Clone(got), func(t news.Term) bool { return !t.News })
	s.said += float64(len(told))
	quiet := true
	for _, g := range gold {
		i := slices.IndexFunc(told, func(t news.Term) bool { return t.Term == g.Term && parties(t.Parties) == parties(g.Parties) })
		switch {
		case !g.News && i >= 0:
			s.asNews++
			fallthrough
		case !g.News:
			s.background++
			continue
		}
		quiet = false
		s.wanted++
		if i < 0 {
			continue
		}
		s.hit++
		if told[i].Change == g.Change {
			s.changed++
		}
		if g.Value != "" {
			s.values++
			s.value += count1(normal(g.Value) == normal(told[i].Value))
		}
		if g.Until != "" {
			s.untils++
			s.until += count1(g.Until == told[i].Until)
		}
	}
	if quiet {
		s.quiet++
		s.alarms += count1(len(told) > 0)
	}
}

// parties returns them as one text, without authorities: the labels name them or not.
func parties(ps []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(ps), func(p string) bool { return authorities.MatchString(p) }), ", ")
}

var authorities = regexp.MustCompile(`^(FTC|CMA|DOJ)$|Commission|Bundeskartellamt`)

// normal writes millions one way: the labels have both "m" and "mn".
func normal(value string) string {
	if strings.HasSuffix(value, " m") {
		return value + "n"
	}
	return value
}

func count1(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func (s *score) term() float64   { return ratio(2*s.hit, s.said+s.wanted) }
func (s *score) change() float64 { return ratio(2*s.changed, s.said+s.wanted) }

func (s *score) log(t *testing.T) {
	t.Logf("term F1 %.3f (P %.3f R %.3f), with change %.3f, value %.2f, until %.2f, background as news %.0f of %.0f, quiet alarms %.0f of %.0f",
		s.term(), ratio(s.hit, s.said), ratio(s.hit, s.wanted), s.change(), ratio(s.value, s.values), ratio(s.until, s.untils),
		s.asNews, s.background, s.alarms, s.quiet)
}

type setLine struct {
	ID, Title, Text, Outlet, Source, URL, Published string
	Terms                                           []goldTerm
}

// A goldTerm is a labelled term; its evidence may stand in several sentences.
type goldTerm struct {
	Parties                    []string
	Term, Change, Value, Until string
	News                       bool
	Evidence                   []string
}

func (l setLine) article() *news.Article {
	a := &news.Article{ID: l.ID, Title: l.Title, Text: l.Text, Outlet: l.Outlet + l.Source, URL: l.URL}
	a.Published, _ = time.Parse(time.RFC3339, l.Published)
	return a
}
