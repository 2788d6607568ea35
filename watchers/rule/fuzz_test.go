package rule

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pactwatch/pactwatch/internal/news"
)

func FuzzParse(f *testing.F) {
	for _, q := range []string{
		`exclusiv* NEAR/12 (@labs OR @clouds)`, `a, b OR c AND NOT "d e" -f`, `title:(a /b+\/c/) site:openai.com`, `="C++" A.G.I.`,
		"“revenue share”", "独家 สัญญา", "a NEARBY b", `((("`, "lang:en\x00", "NOT NOT -a",
	} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := Parse(query)
		if err != nil {
			se, ok := errors.AsType[*SyntaxError](err)
			if !ok || se.Offset < 0 || se.Offset > len(query) || se.Msg == "" {
				t.Fatalf("Parse(%q) = %#v, want a *SyntaxError within the query", query, err)
			}
			se.Caret(query)
			return
		}
		q.Explain()
		canonical := q.String()
		if len(canonical) > maxQuery {
			return // the explicit ANDs do not fit any more
		}
		again, err := Parse(canonical)
		if err != nil {
			t.Fatalf("Parse(%q) prints %q, which is refused: %v", query, canonical, err)
		}
		if again.String() != canonical {
			t.Fatalf("Parse(%q) prints %q, then %q", query, canonical, again)
		}
	})
}

func FuzzMatch(f *testing.F) {
	for _, s := range [][4]string{
		{"exclusive", "Exclusive", "the exclu\u00adsivity of Orrery's deal", "en"},
		{"cafe", "Cafe\u0301", "CAFÉ, ｃａｆｅ", "fr"},
		{`AGI clause NEAR/5 @labs`, "A.G.I.", "artificial general intelligence (AGI) clause of Orrery", ""},
		{"/ex[a-z]+ve/", "ﬁ Exclusive", "x\xff exclusive", "de"},
		{`="C++", 独家, "abc* b"`, "C++", "微软的独家", "zh"},
	} {
		f.Add(s[0], s[1], s[2], s[3])
	}
	f.Fuzz(func(t *testing.T, query, title, text, lang string) {
		s, err := Compile([]news.Rule{{Name: "r", Match: query}}, testLists)
		if err != nil {
			t.Skip()
		}
		a := &news.Article{Title: title, Text: text, Lang: lang, URL: text, Outlet: title}
		matches := s.Match(a)
		for _, m := range matches {
			checkSpans(t, a, m.Spans)
			checkFold(t, s, a, m.Spans)
		}
		d := s.newDoc()
		d.read(a)
		if asked := d.holds(s.parts[0].matchers[0], body); asked != (matches != nil) {
			t.Fatalf("Match = %v, the rule asked by itself says %v", matches, asked)
		}
		if missed := s.Miss(a, "r"); (missed == "") != (matches != nil) {
			t.Fatalf("Match = %v, Miss = %q", matches, missed)
		}
	})
}

func foldText(text string) *folded {
	f := &folded{}
	f.read(text)
	return f
}

// Folded text is found again in the original, and tokens are in their order.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"the Café –\u00a0 A.G.I.'s", "exclu\u00adsivity", "ﬁ e\u0301 e\u0301", "独家 สัญญา", "x\xff\u0301 `y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := int32(0)
		for _, k := range tokenize(text) {
			if k.from < end || k.to <= k.from || int(k.to) > len(text) {
				t.Fatalf("token %q of %q at %d to %d, the one before ends at %d", k.word, text, k.from, k.to, end)
			}
			end = k.to
		}
		folded := foldText(text)
		for from := 0; from < len(folded.text); from += max(1, len(folded.text)/7) {
			for to := from + 1; to <= len(folded.text); to += max(1, len(folded.text)/5) {
				start, end := folded.original(from, to)
				if start < 0 || end <= start || int(end) > len(text) {
					t.Fatalf("folded %d to %d of %q is at %d to %d", from, to, text, start, end)
				}
				if got := foldText(text[start:end]).text; !bytes.Contains(got, bytes.Trim(folded.text[from:to], " ")) {
					t.Fatalf("%q of %q is found at %q, which folds to %q", folded.text[from:to], text, text[start:end], got)
				}
			}
		}
	})
}

// checkSpans holds spans against the article they are of.
func checkSpans(t *testing.T, a *news.Article, spans []news.Span) {
	t.Helper()
	if len(spans) == 0 {
		t.Fatal("a match without evidence")
	}
	for i, s := range spans {
		field := a.Field(s.Field)
		if s.Start < 0 || s.End <= s.Start || s.End > len(field) || field[s.Start:s.End] != s.Text {
			t.Fatalf("span %+v is not in %q", s, field)
		}
		if i > 0 && spans[i-1].Field == s.Field && spans[i-1].End > s.Start {
			t.Fatalf("span %+v overlaps %+v", s, spans[i-1])
		}
		if utf8.ValidString(field) && !utf8.ValidString(s.Text) {
			t.Fatalf("span %+v cuts a character of %q", s, field)
		}
	}
}

// checkFold holds the spans of a rule that is one word against the word.
func checkFold(t *testing.T, s *Set, a *news.Article, spans []news.Span) {
	t.Helper()
	q, err := Parse(s.Rules()[0].Match)
	if err != nil || q.root.op != opWord || len(s.parts[0].dict.atoms) != 1 || strings.ContainsAny(a.Title+a.Text, "([（") {
		return // more than one word, or an acronym's expansion
	}
	want := s.parts[0].dict.atoms[0]
	for _, span := range spans {
		tokens := tokenize(span.Text)
		if len(tokens) != len(tokenize(q.root.text)) {
			t.Fatalf("%q is %d tokens, the rule %s is not", span.Text, len(tokens), q)
		}
		for _, k := range tokens {
			lang := languageOf(a.Lang)
			same := k.word == want.word || want.kind == prefix && strings.HasPrefix(k.word, want.word) ||
				want.kind == stemmed && lang.stem(k.composed) == lang.stem(want.composed) ||
				lang.genitive && k.word == want.word+"s"
			if !same {
				t.Fatalf("%q does not fold to the rule %s", span.Text, q)
			}
		}
	}
}
