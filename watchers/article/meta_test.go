package article

import (
	"strings"
	"testing"
)

// TestOrder holds where each field is looked for, the most careful place first: of the page with all
// claims from i on, the i-th is believed.
func TestOrder(t *testing.T) {
	const address = "https://www.harbourledger.example/2026/01/09/deal"
	ld := func(field string) string {
		return `<script type="application/ld+json">{"@type":"NewsArticle",` + field + `}</script>`
	}
	type claim struct{ page, want string }
	for _, tt := range []struct {
		name   string
		field  func(Page) string
		claims []claim
	}{
		{"title", func(p Page) string { return p.Title }, []claim{
			{`<h1>A deal of two ends today</h1><h2>x</h2><meta property="twitter:title" content="A deal of two ends">`, "A deal of two ends today"},
			{`<meta property="og:title" content="One deal ends | Harbour Ledger">`, "One deal ends"},
			{ld(`"headline":"Two deals end"`), "Two deals end"},
			{`<meta name="twitter:title" content="Three deals end">`, "Three deals end"},
			{`<title>Four deals end - Harbour Ledger</title>`, "Four deals end"},
		}},
		{"author", func(p Page) string { return p.Author }, []claim{
			{ld(`"author":{"@type":"Person","name":"Ann Alder"}`), "Ann Alder"},
			{`<meta name="author" content="By Ben Birch, Staff writer">`, "Ben Birch"},
			{`<meta property="article:author" content="Cy Cedar">`, "Cy Cedar"},
			{`<meta name="parsely-author" content="Di Elder">`, "Di Elder"},
			{`<span itemprop="author">Ed Fir</span>`, "Ed Fir"},
			{`<div class="article-byline">By Flo Gale | 9 January 2026</div>`, "Flo Gale"},
			{`<p>By Gus Hazel and Hal Ivy</p>`, "Gus Hazel, Hal Ivy"},
		}},
		{"published", func(p Page) string { return stamp(p.Published) }, []claim{
			{ld(`"datePublished":"2026-01-01T08:00:00+02:00"`), "2026-01-01T08:00:00+02:00"},
			{`<meta property="article:published_time" content="2026-01-02T08:00:00Z">`, "2026-01-02T08:00:00Z"},
			{`<meta name="date" content="2026-01-03">`, "2026-01-03T00:00:00Z"},
			{`<span itemprop="datePublished" content="2026-01-04T08:00:00-05:00">x</span>`, "2026-01-04T08:00:00-05:00"},
			{`<time datetime="2026-01-05T08:00:00Z">x</time>`, "2026-01-05T08:00:00Z"},
			{`<script type="application/ld+json">{"@type":"WebPage","datePublished":"2026-01-06"}</script>`, "2026-01-06T00:00:00Z"},
			{`<h1>A deal</h1><div class="post-date">January 7, 2026</div>`, "2026-01-09T00:00:00Z"}, // the path's
		}},
		{"modified", func(p Page) string { return stamp(p.Modified) }, []claim{
			{ld(`"dateModified":"2026-02-01T08:00:00+02:00"`), "2026-02-01T08:00:00+02:00"},
			{`<meta property="article:modified_time" content="2026-02-02T08:00:00Z">`, "2026-02-02T08:00:00Z"},
			{`<meta property="og:updated_time" content="2026-02-03T08:00:00Z">`, "2026-02-03T08:00:00Z"},
			{`<time itemprop="dateModified" datetime="2026-02-04T08:00:00Z">x</time>`, "2026-02-04T08:00:00Z"},
			{`<time class="updated" datetime="2026-02-05T08:00:00Z">x</time>`, "2026-02-05T08:00:00Z"},
			{`<p class="dateline">Published 9 January 2026, updated 6 February 2026 10:30 pm GMT</p>`, "2026-02-06T22:30:00Z"},
		}},
		{"language", func(p Page) string { return p.Lang }, []claim{
			{`<html lang="pt-BR">`, "pt"},
			{ld(`"inLanguage":"fr-CA"`), "fr"},
			{`<meta property="og:locale" content="it_IT">`, "it"},
			{`<meta http-equiv="content-language" content="nl">`, "nl"},
			{`<p>Das Abkommen ist zu Ende, und die beiden haben es am Dienstag in einem Brief an die Kunden gesagt.</p>`, "de"},
		}},
		{"canonical", func(p Page) string { return p.Canonical }, []claim{
			{`<link rel="canonical" href="/a?utm_source=x">`, "https://www.harbourledger.example/a"},
			{`<meta property="og:url" content="https://harbourledger.example/b">`, "https://harbourledger.example/b"},
			{ld(`"mainEntityOfPage":{"@id":"https://www.harbourledger.example/c"}`), "https://www.harbourledger.example/c"},
			{`<p>x</p>`, address},
		}},
		{"outlet", func(p Page) string { return p.Outlet }, []claim{
			{`<meta property="og:site_name" content="Ledger One | Since 1901">`, "Ledger One"},
			{ld(`"publisher":{"name":"Ledger Two"}`), "Ledger Two"},
			{`<meta name="application-name" content="Ledger Three">`, "Ledger Three"},
			{`<title>A deal ends - Harbour Ledger</title>`, "Harbour Ledger"},
			{`<p>x</p>`, "harbourledger.example"},
		}},
	} {
		for i, c := range tt.claims {
			page := ""
			for _, later := range tt.claims[i:] {
				page += later.page
			}
			p, err := Extract([]byte(page), "text/html; charset=utf-8", address)
			if got := tt.field(p); err != nil || got != c.want {
				t.Errorf("%s: %q of a page with %s and what comes after it, %v, want %q", tt.name, got, c.page, err, c.want)
			}
		}
	}
}

// TestClaims holds, for each field, which of a page's claims is believed.
func TestClaims(t *testing.T) {
	const address = "https://www.harbourledger.example/2026/03/10/deal"
	ld := func(fields string) string {
		return `<script type="application/ld+json">{"@type":"NewsArticle",` + fields + `}</script>`
	}
	published := func(p Page) string { return stamp(p.Published) }
	modified := func(p Page) string { return stamp(p.Modified) }
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

		{"a change before it was published is none", `<meta property="article:modified_time" content="2026-03-09">`, modified, ""},
		{"a label parts the dates of a line", `<p class="post-date">Updated 12 March 2026</p>`, modified, "2026-03-12T00:00:00Z"},

		{"the headline that readers see, in its own case", `<meta property="og:title" content="A deal ends"><h1>A DEAL ENDS</h1>`, title, "A deal ends"},
		{"a heading that is a section's", `<title>A deal of two ends</title><h1>News of the two</h1>`, title, "A deal of two ends"},
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
		{"role and outlet are no names", `<meta name="author" content="By Jane Doe, Staff writer"><meta property="og:site_name" content="Ledger">` + ld(`"author":{"name":"Ledger"}`), author, "Jane Doe"},
		{"the outlet, where no person is named", `<meta property="og:site_name" content="Ledger">` + ld(`"author":{"name":"Ledger"}`), author, "Ledger"},
		{"an agency beside a reporter", ld(`"author":[{"name":"JANE E DOE and John Roe"},{"name":"Associated Press"}]`), author, "JANE E DOE, John Roe"},
		{"an agency alone", ld(`"author":{"name":"Reuters"}`), author, "Reuters"},
		{"an address is no name", `<meta property="article:author" content="https://social.example/ines"><a rel="author">by Ines Okafor</a>`, author, "Ines Okafor"},

		{"html lang", `<html lang="pt-BR"><meta property="og:locale" content="en_US">`, lang, "pt"},
		{"the text's, where a template says another", `<html lang="en">` + "<p>" + strings.Repeat("Das Abkommen ist zu Ende, und die beiden haben es am Dienstag in einem Brief an die Kunden gesagt. ", 12), lang, "de"},
		{"og:locale", `<meta property="og:locale" content="fr_CA">`, lang, "fr"},
		{"a line break in JSON-LD", ld("\"headline\":\"A deal\nends\",\"inLanguage\":\"de\""), lang, "de"},
	} {
		p, err := Extract([]byte(tt.page), "text/html; charset=utf-8", address)
		if got := tt.field(p); err != nil || got != tt.want {
			t.Errorf("%s: Extract(%q) gives %q, %v, want %q", tt.name, tt.page, got, err, tt.want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"2026-03-10T07:15:00+01:00", "2026-03-10T07:15:00+01:00"},
		{"Tue, 10 Mar 2026 07:15:00 +0100", "2026-03-10T07:15:00+01:00"},
		{"Tue, 10 Mar 2026 07:15:00 GMT", "2026-03-10T07:15:00Z"},
		{"Published on Tuesday, March 10th, 2026 at 7:15 p.m. ET", "2026-03-10T19:15:00-04:00"},
		{"Mar. 3, 2026, 12:05 AM PST", "2026-03-03T00:05:00-08:00"},
		{"March 3, 2026 07:15 AM Eastern Standard Time", "2026-03-03T07:15:00-05:00"},
		{"10. März 2026, 7:15 Uhr", "2026-03-10T07:15:00Z"},
		{"10 juillet 2026 à 19h15", "2026-07-10T19:15:00Z"},
		{"2 de octubre de 2026", "2026-10-02T00:00:00Z"},
		{"10.03.2026", "2026-03-10T00:00:00Z"},
		{"31 February 2026", ""},
		{"1970-01-01", ""},
		{"soon", ""},
	} {
		at, ok := parseDate(tt.in)
		if got := stamp(at); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("parseDate(%q) = %s, %t, want %s", tt.in, got, ok, tt.want)
		}
	}
}
