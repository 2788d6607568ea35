package rule

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the files of testdata")

// golden holds each file of an archive, whose first line is a query, against what say says about
// the query.
func golden(t *testing.T, path string, say func(query string) string) {
	t.Helper()
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range ar.Files {
		query, _, _ := strings.Cut(string(f.Data), "\n")
		got := say(query)
		if d := cmp.Diff(string(f.Data), got); d != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", f.Name, d)
		}
		ar.Files[i].Data = []byte(got)
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestParse(t *testing.T) {
	golden(t, "testdata/parse.txtar", func(query string) string {
		q, err := Parse(query)
		if err != nil {
			return query + "\n" + err.Error() + "\n"
		}
		return query + "\n" + q.String() + "\n" + q.Explain() + "\n"
	})
}

// A slip is shown where it is, with a way out that parses.
func TestParseErrors(t *testing.T) {
	golden(t, "testdata/errors.txtar", func(query string) string {
		_, err := Parse(query)
		se, ok := errors.AsType[*SyntaxError](err)
		if !ok {
			t.Errorf("Parse(%q) = %v, want a *SyntaxError", query, err)
			return query + "\n"
		}
		if _, example, ok := strings.Cut(se.Hint, "try "); ok && !strings.HasPrefix(example, "NEAR/") {
			example, _, _ = strings.Cut(example, "; or quote")
			example, _, _ = strings.Cut(example, ", or several")
			if _, err := Parse(example); err != nil {
				t.Errorf("Parse(%q): the hint says %q, which is refused: %v", query, example, err)
			}
		}
		return se.Caret(query) + "\n"
	})
}

func TestLimits(t *testing.T) {
	for _, tt := range []struct{ name, in, out string }{
		{"bytes", strings.Repeat("a", maxQuery), strings.Repeat("a", maxQuery+1)},
		{"depth", strings.Repeat("(", maxDepth) + "a" + strings.Repeat(")", maxDepth), strings.Repeat("(", maxDepth+1) + "a" + strings.Repeat(")", maxDepth+1)},
		{"negations", strings.Repeat("NOT ", maxDepth) + "a", strings.Repeat("NOT ", maxDepth+2) + "a"},
		{"terms", strings.Repeat("a, ", maxTerms-1) + "a", strings.Repeat("a, ", maxTerms) + "a"},
		{"wildcards", strings.Repeat("abc* ", maxWildcards), strings.Repeat("abc* ", maxWildcards+1)},
		{"wildcards of a phrase", `"` + strings.Repeat("abc* ", maxWildcards) + `"`, `"` + strings.Repeat("abc* ", maxWildcards+1) + `"`},
		{"regex", "/" + strings.Repeat("a", maxRegex) + "/", "/" + strings.Repeat("a", maxRegex+1) + "/"},
		{"distance", "a NEAR/1000 b", "a NEAR/1001 b"},
	} {
		if _, err := Parse(tt.in); err != nil {
			t.Errorf("%s: Parse of the most there may be: %v", tt.name, err)
		}
		if _, err := Parse(tt.out); err == nil {
			t.Errorf("%s: Parse of more: no error", tt.name)
		}
	}
}

func TestCaret(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		{"openai NEARBY microsoft", "openai NEARBY microsoft\n       ^ no such operator: NEARBY; try NEAR/40"},
		{"openai,\n\tmicrosoft NEARBY azure", "\tmicrosoft NEARBY azure\n\t          ^ no such operator: NEARBY; try NEAR/40"},
		{"独家 NEARBY b", "独家 NEARBY b\n     ^ no such operator: NEARBY; try NEAR/40"},
	} {
		_, err := Parse(tt.query)
		se, ok := errors.AsType[*SyntaxError](err)
		if !ok {
			t.Fatalf("Parse(%q) = %v, want a *SyntaxError", tt.query, err)
		}
		if got := se.Caret(tt.query); got != tt.want {
			t.Errorf("Caret(%q) =\n%s\nwant\n%s", tt.query, got, tt.want)
		}
	}
}

func TestLists(t *testing.T) {
	q, err := Parse("@labs NEAR/30 (@clouds OR @labs) AND NOT @bodies")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"bodies", "clouds", "labs"}, q.Lists()); d != "" {
		t.Errorf("Lists (-want +got):\n%s", d)
	}
}

func TestParseParty(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Party // nil: refused
	}{
		{"Orrery", Party{"Orrery"}},
		{" Northwind | Skybase ", Party{"Northwind", "Skybase"}},
		{`Vast | VWS | "Vast Web Services"`, Party{"Vast", "VWS", "Vast Web Services"}},
		{`“Vast Web”`, Party{"Vast Web"}},
		{`"this | that"`, Party{"this | that"}},
		{"", nil},
		{"Orrery |", nil},
		{"| Orrery", nil},
		{`"Orrery`, nil},
		{`Orrery"`, nil},
		{`Orr"ery"`, nil},
		{`""`, nil},
		{"&", nil},
	} {
		got, err := ParseParty(tt.in)
		if d := cmp.Diff(tt.want, got); d != "" || (err == nil) != (tt.want != nil) {
			t.Errorf("ParseParty(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}
