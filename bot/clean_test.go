package bot

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing to do", "Vesper licenses its model", "Vesper licenses its model"},
		{"white space folds", "  a\t\nb\r\n c\u2028d\u00a0e  ", "a b c d e"},
		{"NUL, C0, C1 and escapes go", "a\x00b\x1b[31mc\u009bd\x7f", "ab[31mcd"},
		{"zero width goes", "AI partner\u200bship @every\u200done\ufeff", "AI partnership @everyone"},
		{"bidi goes", "x \u202egnp.exe \u2067evil\u2069 \u061c", "x gnp.exe evil"},
		{"tag characters go", "flag\U000e0067\U000e007f", "flag"},
		{"blank letters go", "a\u3164\u115fb", "ab"},
		{"soft hyphens go", "part\u00adner", "partner"},
		{"emoji keep their colour", "☁\ufe0f cloud", "☁\ufe0f cloud"},
		{"marks that tower are cut", "z" + strings.Repeat("\u0301", 50), "z" + strings.Repeat("\u0301", maxMarks)},
		{"broken bytes are shown as such", "a\xff\xfeb", "a\ufffd\ufffdb"},
		{"entities stay as they are", "&lt;!channel&gt;", "&lt;!channel&gt;"},
		{"other scripts stay", "微软 и OpenAI ไทย", "微软 и OpenAI ไทย"},
		{"only hidden characters", "\u200b \u202e", ""},
	} {
		if got := Clean(tt.in); got != tt.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\u200b\u0301 \x1b]8;;http://x\x07 \xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) {
			t.Errorf("Clean(%q) = %q: not UTF-8", s, got)
		}
		if again := Clean(got); again != got {
			t.Errorf("Clean(%q) = %q, and again %q", s, got, again)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }); i >= 0 {
			t.Errorf("Clean(%q) = %q: keeps %q", s, got, got[i:])
		}
	})
}

func TestShorten(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		n        int
		want     string
	}{
		{"it fits", "cloud deal", 10, "cloud deal"},
		{"between words", "the exclusive cloud deal", 20, "the exclusive cloud…"},
		{"in a word where none ends near", "exclusivity", 5, "excl…"},
		{"an emoji counts twice", "🔵🔵🔵", 5, "🔵🔵…"},
		{"never half an emoji", "🔵🔵🔵", 4, "🔵…"},
		{"a letter keeps its accents", "ae\u0301\u0301x", 3, "a…"},
		{"a flag stays whole", "🇩🇪🇫🇷", 6, "🇩🇪…"},
		{"a skin tone stays with its hand", "ab👍🏽c", 6, "ab…"},
		{"no room", "abc", 0, ""},
		{"room for the sign only", "abc", 1, "…"},
	} {
		if got := Shorten(tt.in, tt.n); got != tt.want {
			t.Errorf("%s: Shorten(%q, %d) = %q, want %q", tt.name, tt.in, tt.n, got, tt.want)
		}
	}
}

func FuzzShorten(f *testing.F) {
	f.Add("the exclusive cloud deal 🇩🇪 e\u0301", 9)
	f.Fuzz(func(t *testing.T, s string, n int) {
		s = strings.ToValidUTF8(s, "?")
		got := Shorten(s, n)
		if Units(got) > max(n, 0) && got != s {
			t.Errorf("Shorten(%q, %d) = %q: %d units", s, n, got, Units(got))
		}
		if head, cut := strings.CutSuffix(got, "…"); cut && !strings.HasPrefix(s, head) {
			t.Errorf("Shorten(%q, %d) = %q: not its beginning", s, n, got)
		}
	})
}

func TestFitEscapesAfterTheCut(t *testing.T) {
	double := func(s string) string { return strings.ReplaceAll(s, "&", "&amp;") }
	for _, tt := range []struct {
		in   string
		n    int
		want string
	}{
		{"a&b", 7, "a&amp;b"},
		{"a&b&c", 8, "a&amp;b…"},
		{"a&b&c", 7, "a&amp;…"},
		{strings.Repeat("&", 1000), 11, "&amp;&amp;…"},
		{"&", 4, ""},
	} {
		if got := Fit(tt.in, tt.n, double); got != tt.want {
			t.Errorf("Fit(%.20q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
		}
	}
}

func TestRecentRemembersTheLastThousand(t *testing.T) {
	var r Recent
	var got []bool
	for _, id := range []string{"a", "b", "a", "", ""} {
		got = append(got, r.Seen(id))
	}
	if want := []bool{false, false, true, false, false}; !slices.Equal(got, want) {
		t.Errorf("Seen of a, b, a and two empty = %v, want %v", got, want)
	}
	for i := range 1000 {
		r.Seen(string(rune('\u4e00' + i)))
	}
	if r.Seen("a") {
		t.Error("Seen(a) = true after a thousand others, want it forgotten")
	}
	if len(r.seen) > len(r.ring) {
		t.Errorf("remembers %d IDs, want %d at most", len(r.seen), len(r.ring))
	}
}
