package rule

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pactwatch/pactwatch/internal/news"
)

// ruleNames returns the names of the rules that a meets.
func ruleNames(s *Set, a *news.Article) string {
	var names []string
	for _, m := range s.Match(a) {
		names = append(names, m.Rule)
	}
	return strings.Join(names, " ")
}

func TestWith(t *testing.T) {
	a := &news.Article{Text: "Orrery ends its exclusive deal"}
	s, err := Compile([]news.Rule{{Name: "a", Match: "deal"}, {Name: "b", Match: "exclusive"}, {Name: "c", Match: "merger"}}, testLists)
	if err != nil {
		t.Fatal(err)
	}
	next, err := s.With([]news.Rule{{Name: "d", Match: "@labs"}, {Name: "a", Match: "merger"}}, []string{"a", "c", "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	if got := ruleNames(next, a); got != "b d" {
		t.Errorf("rules with the change = %s, want b d", got)
	}
	if got := ruleNames(s, a); got != "a b" {
		t.Errorf("rules before the change = %s, want a b, as before", got)
	}
	want := []news.Rule{{Name: "b", Match: "exclusive"}, {Name: "d", Match: "@labs"}, {Name: "a", Match: "merger"}}
	if d := cmp.Diff(want, next.Rules()); d != "" {
		t.Errorf("Rules (-want +got):\n%s", d)
	}
	if got := next.Miss(a, "a"); got != `no "merger"` {
		t.Errorf("Miss of a changed rule = %s", got)
	}
}

func TestWithRefusesABadRule(t *testing.T) {
	s, err := Compile([]news.Rule{{Name: "a", Match: "deal"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	next, err := s.With([]news.Rule{{Name: "b", Match: "x NEARBY y"}, {Name: "c", Match: "@labs"}}, nil)
	if next != nil || err == nil || !strings.HasPrefix(err.Error(), "rule b: no such operator: NEARBY; try NEAR/40\nrule c: no such list: @labs") {
		t.Errorf("With two bad rules = %v, %v", next, err)
	}
	if re, ok := errors.AsType[*RuleError](err); !ok || re.Rule != "b" {
		t.Errorf("With = %v, want a *RuleError of rule b", err)
	}
}

// While rules change, an article is matched by all of the rules before or all of those after.
func TestChangesWhileMatching(t *testing.T) {
	a := &news.Article{Text: "Orrery ends its exclusive deal"}
	first, err := Compile([]news.Rule{{Name: "deal", Match: "deal"}, {Name: "even", Match: "exclusive"}}, testLists)
	if err != nil {
		t.Fatal(err)
	}
	var now atomic.Pointer[Set]
	now.Store(first)
	var wg sync.WaitGroup
	var done atomic.Bool
	for range 4 {
		wg.Go(func() {
			for !done.Load() {
				if got := ruleNames(now.Load(), a); got != "deal even" && got != "deal odd" {
					t.Errorf("rules = %s, want deal even or deal odd", got)
					return
				}
			}
		})
	}
	names := []string{"even", "odd"}
	for i := range 200 {
		next, err := now.Load().With([]news.Rule{{Name: names[(i+1)%2], Match: "exclusive NEAR/4 @labs"}}, names)
		if err != nil {
			t.Fatal(err)
		}
		now.Store(next)
	}
	done.Store(true)
	wg.Wait()
	if n := len(now.Load().parts); n > 2 {
		t.Errorf("%d parts for 2 rules", n)
	}
}

// However rules are added, they are in few parts.
func TestWithKeepsFewParts(t *testing.T) {
	s, err := Compile(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		if s, err = s.With([]news.Rule{{Name: fmt.Sprint(i), Match: fmt.Sprintf("word%d", i)}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.parts); n > 9 || len(s.Rules()) != 300 {
		t.Errorf("%d rules in %d parts, want 300 in 9 at most", len(s.Rules()), n)
	}
	for i := range 300 {
		if s, err = s.With(nil, []string{fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.Rules()) != 0 || s.Match(&news.Article{Text: "word1"}) != nil {
		t.Errorf("%d rules are left", len(s.Rules()))
	}
}
