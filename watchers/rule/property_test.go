package rule

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/pactwatch/pactwatch/internal/news"
)

// The words of random rules and texts: no stemmer changes them.
var vocabulary = []string{"kam", "zet", "mul", "tir", "kamo", "Kam"}

// The fields of random articles.
var bodyFields = []string{"title", "text"}

// What random rules name: mul belongs to the same party as zet.
var propertyLists = Lists{
	"one": {{"kam"}, {"zet", "mul"}},
	"two": {{"zet"}, {"tir"}, {"kam"}},
}

// drawPlace draws a place of at most depth levels.
func drawPlace(t *rapid.T, depth int) *node {
	word := rapid.SampledFrom(vocabulary)
	top := 10
	if depth == 0 {
		top = 5
	}
	switch rapid.IntRange(0, top).Draw(t, "place") {
	case 0:
		return &node{op: opPhrase, text: word.Draw(t, "first") + " " + word.Draw(t, "second")}
	case 1:
		return &node{op: opList, text: rapid.SampledFrom([]string{"one", "two"}).Draw(t, "list")}
	case 2:
		return &node{op: opWord, text: "kam*"}
	case 3:
		return &node{op: opExact, text: word.Draw(t, "word")}
	case 4, 5:
		return &node{op: opWord, text: word.Draw(t, "word")}
	case 6:
		return join(opOr, drawPlace(t, depth-1), drawPlace(t, depth-1))
	case 7:
		return join(opBeside, drawPlace(t, depth-1), drawPlace(t, depth-1))
	case 8:
		return &node{op: opBefore, n: rapid.IntRange(1, 9).Draw(t, "n"), kids: []*node{drawPlace(t, depth-1), drawPlace(t, depth-1)}}
	}
	return &node{op: opNear, n: rapid.IntRange(1, 9).Draw(t, "n"), kids: []*node{drawPlace(t, depth-1), drawPlace(t, depth-1)}}
}

// drawNode draws any part of a rule.
func drawNode(t *rapid.T, depth int, inField bool) *node {
	if depth == 0 {
		return drawPlace(t, 1)
	}
	switch rapid.IntRange(0, 6).Draw(t, "node") {
	case 0:
		return join(opAnd, drawNode(t, depth-1, inField), drawNode(t, depth-1, inField))
	case 1:
		return join(opOr, drawNode(t, depth-1, inField), drawNode(t, depth-1, inField))
	case 2:
		return negate(drawNode(t, depth-1, inField), 0)
	case 3:
		if !inField {
			return &node{op: opField, text: rapid.SampledFrom(bodyFields).Draw(t, "field"), kids: []*node{drawNode(t, depth-1, true)}}
		}
	}
	return drawPlace(t, depth-1)
}

func drawQuery(t *rapid.T) *Query {
	return &Query{rapid.Custom(func(t *rapid.T) *node { return drawNode(t, 3, false) }).
		Filter(func(n *node) bool { return !n.ofNothing() }).Draw(t, "rule")}
}

func TestPrintedRulesParseToThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuery(t)
		again, err := Parse(q.String())
		if err != nil {
			t.Fatalf("Parse(%q): %v", q, err)
		}
		if d := cmp.Diff(q.root, again.root, cmp.AllowUnexported(node{}), cmpopts.IgnoreFields(node{}, "pos")); d != "" {
			t.Fatalf("Parse(%q) (-want +got):\n%s", q, d)
		}
	})
}

// The engine and an evaluator that tries everything agree: on 20,000 rules and texts, and on a
// million with -rapid.checks=5000.
func TestEngineAgreesWithNaive(t *testing.T) {
	const texts = 200 // for each rule, of which there are 100 unless -rapid.checks says otherwise
	rapid.Check(t, func(t *rapid.T) {
		var queries []*Query // several, since a rule is filed by how rare the words of others are
		var rules []news.Rule
		for range rapid.IntRange(1, 3).Draw(t, "rules") {
			q := drawQuery(t)
			queries = append(queries, q)
			rules = append(rules, news.Rule{Name: q.String(), Match: q.String()})
		}
		s, err := Compile(rules, propertyLists)
		if err != nil {
			t.Fatal(err)
		}
		for range texts {
			a, words := drawArticle(t)
			var got, want []string
			for _, m := range s.Match(a) {
				got = append(got, m.Rule)
			}
			for _, q := range queries {
				if words.holds(q.root, bodyFields) {
					want = append(want, q.String())
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("rules %q in title %q, text %q = %q, want %q", rules, a.Title, a.Text, got, want)
			}
		}
	})
}

func drawArticle(t *rapid.T) (*news.Article, naive) {
	filler := []string{"x", "x", "x", "x", "x", "x", "x", "x"} // else everything is near everything
	words := rapid.SliceOfN(rapid.SampledFrom(append(filler, vocabulary...)), 0, 40)
	title, text := words.Draw(t, "title"), words.Draw(t, "text")
	return &news.Article{Title: strings.Join(title, " "), Text: strings.Join(text, " ")}, naive{"title": title, "text": text}
}

// A Set that was changed often is as one that was compiled at once.
func TestWithAgreesWithCompile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"})
		s, err := Compile(nil, propertyLists)
		if err != nil {
			t.Fatal(err)
		}
		var rules []news.Rule
		for range rapid.IntRange(1, 30).Draw(t, "changes") {
			r := news.Rule{Name: names.Draw(t, "name"), Match: drawQuery(t).String()}
			remove := []string{r.Name, names.Draw(t, "other")}
			rules = append(slices.DeleteFunc(rules, func(r news.Rule) bool { return slices.Contains(remove, r.Name) }), r)
			if s, err = s.With([]news.Rule{r}, remove); err != nil {
				t.Fatal(err)
			}
		}
		whole, err := Compile(rules, propertyLists)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(whole.Rules(), s.Rules()); d != "" {
			t.Fatalf("Rules (-compiled +changed):\n%s", d)
		}
		for range 20 {
			a, _ := drawArticle(t)
			if d := cmp.Diff(whole.Match(a), s.Match(a)); d != "" {
				t.Fatalf("Match of %+v (-compiled +changed):\n%s", a, d)
			}
		}
	})
}

// A regular expression finds what it finds in the folded text, although it is only asked where a
// literal it needs occurs.
func TestRegexAgreesWithNaive(t *testing.T) {
	part := rapid.SampledFrom([]string{"exclu", "sive", "é", "[a-z]+", "x*", "(deal|merger)", "(cap|x)", "ab{2,3}", " ", `\d`, "Ü", "ſ", "K", "."})
	word := rapid.SampledFrom([]string{"Exclu", "SIVE", "e\u0301", "deal", "merger", "cap", "abb", "  ", "7", "u\u0308", "\u017f", "\u212a", "k", "-", "ﬁ", "\xff", "`"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(part, 1, 5).Draw(t, "regex"), "")
		re, _, err := compileRegex(text)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Compile([]news.Rule{{Name: "r", Match: "/" + text + "/"}}, nil)
		if empty := re.MatchString(""); empty != (err != nil) {
			t.Fatalf("Compile(/%s/) = %v, want it refused only where it matches the empty text: %v", text, err, empty)
		}
		if err != nil {
			return
		}
		for range 20 {
			a := &news.Article{Text: strings.Join(rapid.SliceOfN(word, 0, 9).Draw(t, "text"), "")}
			if got, want := s.Match(a) != nil, re.Match(foldText(a.Text).text); got != want {
				t.Fatalf("/%s/ in %q = %v, want %v", text, a.Text, got, want)
			}
		}
	})
}

// A naive article has the words of each field. It tries everything.
type naive map[string][]string

func (a naive) holds(n *node, fields []string) bool {
	holds := func(k *node) bool { return a.holds(k, fields) }
	switch n.op {
	case opNot:
		return !holds(n.kids[0])
	case opField:
		return a.holds(n.kids[0], []string{n.text})
	case opAnd:
		return !slices.ContainsFunc(n.kids, func(k *node) bool { return !holds(k) })
	case opOr:
		return slices.ContainsFunc(n.kids, holds)
	}
	return slices.ContainsFunc(fields, func(f string) bool { return len(places(n, a[f])) > 0 })
}

// places returns all places of n in words, each as the hits it is made of.
func places(n *node, words []string) (all [][]hit) {
	switch n.op {
	case opOr:
		for _, k := range n.kids {
			all = append(all, places(k, words)...)
		}
		return all
	case opBeside:
		all = [][]hit{nil}
		for _, k := range n.kids {
			all = pairs(all, places(k, words))
		}
		return slices.DeleteFunc(all, func(p []hit) bool { x := whole(p); return x.end-1-x.start > maxBeside })
	case opNear, opBefore:
		for _, x := range places(n.kids[0], words) {
			for _, y := range places(n.kids[1], words) {
				gap := max(whole(y).start-whole(x).end, whole(x).start-whole(y).end) + 1
				if gap <= int32(n.n) && !share(x, y) && (n.op == opNear || whole(y).start >= whole(x).end) {
					all = append(all, pairs([][]hit{x}, [][]hit{y})...)
				}
			}
		}
		return all
	}
	for i := range words {
		for _, party := range spell(n, words[i:]) {
			all = append(all, []hit{{start: int32(i), end: int32(i + len(strings.Fields(n.text))), party: party}})
		}
	}
	return all
}

// pairs returns each of xs with each of ys, as far as they name different parties.
func pairs(xs, ys [][]hit) (all [][]hit) {
	for _, x := range xs {
		for _, y := range ys {
			same := slices.ContainsFunc(x, func(h hit) bool {
				return h.party != 0 && slices.ContainsFunc(y, func(k hit) bool { return h.party == k.party })
			})
			if !same {
				all = append(all, slices.Concat(x, y))
			}
		}
	}
	return all
}

func whole(p []hit) extent {
	x := extent{p[0].start, p[0].end}
	for _, h := range p {
		x = x.union(extent{h.start, h.end})
	}
	return x
}

// spell returns the parties that a leaf at the start of words names, 0 for none; nil if it is not there.
func spell(n *node, words []string) []int32 {
	party := map[string]int32{"kam": 1, "zet": 2, "mul": 2, "tir": 3}
	first := strings.ToLower(words[0])
	found := false
	switch {
	case n.op == opExact:
		found = words[0] == n.text
	case n.op == opList:
		if slices.ContainsFunc(propertyLists[n.text], func(p Party) bool { return slices.Contains(p, first) }) {
			return []int32{party[first]}
		}
	case strings.HasSuffix(n.text, "*"):
		found = strings.HasPrefix(first, n.text[:len(n.text)-1])
	default:
		want := strings.Fields(n.text)
		found = len(want) <= len(words) && slices.EqualFunc(want, words[:len(want)], strings.EqualFold)
	}
	if found {
		return []int32{0}
	}
	return nil
}
