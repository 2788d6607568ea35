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
var vocabulary = []string{"kam", "zet", "mul", "tir", "kamo"}

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
	top := 9
	if depth == 0 {
		top = 4
	}
	switch rapid.IntRange(0, top).Draw(t, "place") {
	case 0:
		return &node{op: opPhrase, text: word.Draw(t, "first") + " " + word.Draw(t, "second")}
	case 1:
		return &node{op: opList, text: rapid.SampledFrom([]string{"one", "two"}).Draw(t, "list")}
	case 2:
		return &node{op: opWord, text: "kam*"}
	case 3, 4:
		return &node{op: opWord, text: word.Draw(t, "word")}
	case 5:
		return join(opOr, drawPlace(t, depth-1), drawPlace(t, depth-1))
	case 6:
		return join(opBeside, drawPlace(t, depth-1), drawPlace(t, depth-1))
	case 7:
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

func TestEngineAgreesWithNaive(t *testing.T) {
	filler := []string{"x", "x", "x", "x", "x", "x", "x", "x"} // else everything is near everything
	words := rapid.SliceOfN(rapid.SampledFrom(append(filler, vocabulary...)), 0, 40)
	const texts = 20 // for each rule
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuery(t)
		s, err := Compile([]news.Rule{{Name: "r", Match: q.String()}}, propertyLists)
		if err != nil {
			t.Fatal(err)
		}
		for range texts {
			title, text := words.Draw(t, "title"), words.Draw(t, "text")
			a := &news.Article{Title: strings.Join(title, " "), Text: strings.Join(text, " ")}
			got := s.Match(a) != nil
			want := naive{"title": title, "text": text}.holds(q.root, bodyFields)
			if got != want {
				t.Fatalf("%s in title %q, text %q = %v, want %v", q, a.Title, a.Text, got, want)
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
	switch {
	case n.op == opList && slices.ContainsFunc(propertyLists[n.text], func(p Party) bool { return slices.Contains(p, words[0]) }):
		return []int32{party[words[0]]}
	case n.op == opList:
		return nil
	case strings.HasSuffix(n.text, "*"):
		if strings.HasPrefix(words[0], n.text[:len(n.text)-1]) {
			return []int32{0}
		}
		return nil
	}
	if want := strings.Fields(n.text); len(want) <= len(words) && slices.Equal(want, words[:len(want)]) {
		return []int32{0}
	}
	return nil
}
