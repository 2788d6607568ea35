package article

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the .want files in testdata")

// TestPages reads the pages in testdata; the first line of each says why it is there.
func TestPages(t *testing.T) {
	pages, _ := filepath.Glob("testdata/*.html")
	texts, _ := filepath.Glob("testdata/*.txt")
	for _, path := range slices.Concat(pages, texts) {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, ext := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), filepath.Ext(path)
		address := ""
		switch {
		case strings.HasPrefix(name, "filing"):
			address = "https://www.sec.gov/Archives/edgar/data/1/" + name + ".htm"
		case ext == ".html":
			address = "https://www.harbourledger.example/deals/" + name
		}
		p, err := Extract(page, "", address)
		if err != nil {
			t.Errorf("Extract(%s): %v", path, err)
			continue
		}
		got, want := show(p), strings.TrimSuffix(path, ext)+".want"
		if *update {
			if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.ReadFile(want)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(golden), got); d != "" {
			t.Errorf("Extract(%s), - want, + got:\n%s", path, d)
		}
	}
}

func show(p Page) string {
	return fmt.Sprintf("canonical: %s\ntitle: %s\noutlet: %s\nauthor: %s\nlang: %s\npublished: %s\nmodified: %s\nexcerpt: %t\n\n%s\n",
		p.Canonical, p.Title, p.Outlet, p.Author, p.Lang, stamp(p.Published), stamp(p.Modified), p.Excerpt, p.Text)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func TestExtractRefusesWhatIsNoPage(t *testing.T) {
	for _, tt := range []struct{ name, page, want string }{
		{"a PDF", "%PDF-1.7 …", "application/pdf"},
		{"an image", "\x89PNG\x0D\x0A\x1A\x0A", "image/png"},
		{"too large", strings.Repeat("a", maxPage+1), "the limit is 4194304"},
		{"too deep", strings.Repeat("<div>", 600), "512"},
	} {
		if p, err := Extract([]byte(tt.page), "text/html", ""); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Extract = %+v, %v, want an error with %q", tt.name, p, err, tt.want)
		}
	}
}

// farDown is a page whose paragraphs lie so deep that readability takes over 20 s for it.
var farDown = strings.Repeat("<div>", 480) + "<p>Ostrava may sell to anyone.</p>" + strings.Repeat("<p>some words, and some more.", 40_000)

func TestPagesMadeToBeSlowAreReadAllTheSame(t *testing.T) {
	const article = "<p>Ostrava may sell to anyone.</p>"
	for name, page := range map[string]string{
		"paragraphs far down":  farDown,
		"one long title":       "<title>" + strings.Repeat("a - b | ", 200_000) + "</title><meta property=og:site_name content=b>" + article,
		"many headings":        strings.Repeat("<h1>x y</h1>", 20_000) + article,
		"many links":           strings.Repeat("<a href=x>b</a>", 20_000) + article,
		"many dates in one":    strings.Repeat("<div class=date>", 450) + strings.Repeat(" ", 3<<20) + article,
		"many articles in one": strings.Repeat("<article><h2>Ostrava</h2>", 200) + strings.Repeat("<h2>Ostrava</h2>", 25_000) + article,
		"many authors":         strings.Repeat("<a rel=author>A B</a>", 50_000) + numbered("<i itemprop=author>Ann %c%c%c</i>", 20_000) + article,
		"many walls":           article + strings.Repeat("<p>Subscribe to continue reading", 100_000),
		"many related stories": article + strings.Repeat("<p>Related stories<p>Ostrava and Tidewater have ended the supply agreement of 2023, both said.", 30_000),
		"many times":           strings.Repeat("<time datetime=soon>x</time>", 100_000) + article,
	} {
		p, err := Extract([]byte(page), "text/html", "https://harbourledger.example/a")
		if err != nil || !strings.Contains(p.Text, "sell to anyone") {
			t.Errorf("%s: Extract = %.99q, %v", name, p.Text, err)
		}
	}
}

// numbered returns n copies of an element, each with three other letters.
func numbered(element string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, element, 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26)
	}
	return b.String()
}

func TestDecode(t *testing.T) {
	const want = "Café, naïve"
	for _, tt := range []struct{ name, page, contentType, want string }{
		{"UTF-8", "<p>Café, naïve", "", want},
		{"UTF-8 with a byte order mark", "\ufeff<p>Café, naïve", "", want},
		{"UTF-8 under a lying header", "<p>Café, naïve", "text/html; charset=iso-8859-1", want},
		{"the header's charset", "<p>Caf\xe9, na\xefve", "text/html; charset=iso-8859-1", want},
		{"a meta element's charset", "<meta charset=iso-8859-1><p>Caf\xe9, na\xefve", "", want},
		{"a meta element far down", "<!--" + strings.Repeat(" ", 4000) + "--><meta charset=shift_jis><p>\x93\xfa\x96\x7b", "", "日本"},
		{"UTF-16", "\xff\xfe<\x00p\x00>\x00C\x00a\x00f\x00\xe9\x00", "", "Café"},
		{"an unknown charset", "<p>Cafe", "text/html; charset=klingon", "Cafe"},
	} {
		if got := Text(string(decode([]byte(tt.page), tt.contentType))); got != tt.want {
			t.Errorf("%s: Text(decode(%q, %q)) = %q, want %q", tt.name, tt.page, tt.contentType, got, tt.want)
		}
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"plain", "Ostrava  ends\n a deal ", "Ostrava ends a deal"},
		{"entities once", "AT&amp;T &amp;lt;3 &#8364;5", "AT&T &lt;3 €5"},
		{"a lone less-than", "5 < 6 & 7 > 6", "5 < 6 & 7 > 6"},
		{"blocks are lines", "<p>One <b>bo</b>ld.</p><p>Two<br>three</p><ul><li>four</li></ul>", "One bold.\nTwo\nthree\nfour"},
		{"cells are words", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		{"scripts go", "a<script>alert('<p>')</script><style>p{}</style><!-- c -->b", "ab"},
		{"an end without a start", "a</script></svg>b", "ab"},
		{"hidden characters go", "Open\u200bAI\u202e \ufeffdeal\u00ad\u0000\u0007", "OpenAI deal"},
		{"invalid UTF-8 goes", "caf\xff\xc3e", "cafe"},
		{"no-break space is a space", "10\u00a0%", "10 %"},
		{"C1 is a space", "a\u0085b", "a b"},
	} {
		if got := Text(tt.in); got != tt.want {
			t.Errorf("%s: Text(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

// isPlain reports whether s is what we promise of all text: valid UTF-8 without control characters
// other than a newline, and without format characters.
func isPlain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	})
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "<p>a<br>b", "a&amp;b\x00\xff", "<script>x", "</svg><svg><p>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, fragment string) {
		if got := Text(fragment); !isPlain(got) || got != strings.TrimSpace(got) {
			t.Errorf("Text(%q) = %q", fragment, got)
		}
	})
}

func FuzzExtract(f *testing.F) {
	pages, _ := filepath.Glob("testdata/*.html")
	for _, path := range pages {
		page, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(page, "text/html", "https://www.harbourledger.example/deals/a")
	}
	f.Add([]byte("A title\n\nSome text\xff\x00"), "text/plain", "")
	f.Add([]byte(`<script type="application/ld+json">{"@type":"Report","author":[[{}],{"name":["\u0000"]}]}</script>`), "", "::")
	f.Fuzz(func(t *testing.T, page []byte, contentType, address string) {
		p, err := Extract(page, contentType, address)
		if err != nil {
			return
		}
		for _, s := range []string{p.Canonical, p.Title, p.Outlet, p.Author, p.Lang, p.Text} {
			if !isPlain(s) {
				t.Errorf("Extract(%q, %q, %q) = %+v: %q is not plain", page, contentType, address, p, s)
			}
		}
	})
}
