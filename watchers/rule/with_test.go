package rule

import (
	"errors"
	"strings"
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
