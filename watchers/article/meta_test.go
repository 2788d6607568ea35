package article

import (
	"testing"
	"time"
)

// TestClaims holds, for each field, which of a page's claims is believed.
func TestClaims(t *testing.T) {
	const address = "https://www.harbourledger.example/2026/03/10/deal"
	ld := func(fields string) string {
		return `<script type="application/ld+json">{"@type":"NewsArticle",` + fields + `}</script>`
	}
	published := func(p Page) string { return p.Published.Format(time.RFC3339) }
	title := func(p Page) string { return p.Title }
	outlet := func(p Page) string { return p.Outlet }
	author := func(p Page) string { return p.Author }
	lang := func(p Page) string { return p.Lang }
	for _, tt := range []struct {
		name, page string
		field      func(Page) string
		want       string
	}{
		{"JSON-LD's date first, with its zone", `<meta property="article:published_time" content="2026-01-01">` + ld(`"datePublished":"2026-03-09T08:00:00+02:00"`), published, "2026-03-09T08:00:00+02:00"},
		{"a broken date is none", `<meta property="article:published_time" content="2026-03-08T10:00:00Z">` + ld(`"datePublished":"soon"`), published, "2026-03-08T10:00:00Z"},
		{"a marked element before any time element", `<time datetime="2026-02-01">x</time><time itemprop="datePublished" datetime="2026-03-07">x</time>`, published, "2026-03-07T00:00:00Z"},
		{"the path's date", `<p>x</p>`, published, "2026-03-10T00:00:00Z"},
		{"an epoch is a mistake", `<time datetime="1970-01-01">x</time>`, published, "2026-03-10T00:00:00Z"},
		{"the changed date is another", `<meta property="article:modified_time" content="2026-04-01">`, published, "2026-03-10T00:00:00Z"},

		{"outlet after a bar", `<title>A deal ends | The Harbour Ledger</title>`, title, "A deal ends"},
		{"outlet longer than the headline", `<title>A deal | The Harbour Ledger of Brno</title><meta property="og:site_name" content="The Harbour Ledger of Brno">`, title, "A deal"},
		{"section before a bar", `<title>Opinion | A deal ends</title>`, title, "A deal ends"},
		{"outlet before a dash", `<title>Harbour Ledger - A deal ends</title>`, title, "A deal ends"},
		{"section and outlet", `<title>A deal ends - Business - Hafenblatt</title><h1>A deal ends</h1>`, title, "A deal ends"},
		{"a dash within stays", `<title>Ostrava – the end of a deal</title>`, title, "Ostrava – the end of a deal"},
		{"a hyphen is no separator", `<title>Revenue-share deal ends</title>`, title, "Revenue-share deal ends"},
		{"a title that is the outlet is none", `<title>The Harbour Ledger</title><h1>A deal ends</h1>`, title, "A deal ends"},

		{"og:site_name", `<meta property="og:site_name" content="Hafenblatt | Seit 1901">` + ld(`"publisher":{"name":"Other"}`), outlet, "Hafenblatt"},
		{"JSON-LD's publisher", `<meta name="application-name" content="app">` + ld(`"publisher":{"name":"The Harbour Ledger"}`), outlet, "The Harbour Ledger"},
		{"the title's end", `<title>A deal ends - Harbour Ledger</title>`, outlet, "Harbour Ledger"},
		{"the host", `<title>A deal ends</title>`, outlet, "harbourledger.example"},

		{"JSON-LD's authors", `<meta name="author" content="Desk">` + ld(`"author":[{"name":"Ines Okafor"},{"name":"Paul Brandt"},{"name":"Ines Okafor"}]`), author, "Ines Okafor, Paul Brandt"},
		{"an address is no name", `<meta property="article:author" content="https://social.example/ines"><a rel="author">by Ines Okafor</a>`, author, "Ines Okafor"},

		{"html lang", `<html lang="pt-BR"><meta property="og:locale" content="en_US">`, lang, "pt"},
		{"og:locale", `<meta property="og:locale" content="fr_CA">`, lang, "fr"},
		{"a line break in JSON-LD", ld("\"headline\":\"A deal\nends\",\"inLanguage\":\"de\""), lang, "de"},
	} {
		p, err := Extract([]byte(tt.page), "text/html; charset=utf-8", address)
		if got := tt.field(p); err != nil || got != tt.want {
			t.Errorf("%s: Extract(%q) gives %q, %v, want %q", tt.name, tt.page, got, err, tt.want)
		}
	}
}
