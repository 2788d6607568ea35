package article

import (
	"fmt"
	"strings"
	"testing"
)

// TestStub holds when a text is passed on as an excerpt: never as the article that it is not.
func TestStub(t *testing.T) {
	const cut = "<p>The revenue share that Ostrava paid to Tidewater, put at 15 percent by two people"
	const whole = "<p>The revenue share that Ostrava paid to Tidewater will be capped at $2.4 billion."
	ld := func(fields string) string {
		return `<script type="application/ld+json">{"@type":"NewsArticle","headline":"x",` + fields + `}</script>`
	}
	for _, tt := range []struct {
		name, page string
		want       bool
	}{
		{"nothing says so", cut, false},
		{"paid for, and cut off", ld(`"isAccessibleForFree":false`) + cut, true},
		{"paid for, and short, and whole", ld(`"isAccessibleForFree":false`) + whole, false},
		{"some have to pay, and cut off", `<meta property="article:content_tier" content="metered">` + cut, true},
		{"all have to pay, and short", `<meta property="article:content_tier" content="locked">` + whole, true},
		{"it says how many words it has", ld(`"wordCount":"812"`) + whole, true},
		{"it has as many", ld(`"wordCount":14`) + whole, false},
		{"a prompt ends it", whole + "<p>Become a paid subscriber to the Ledger to unlock this piece.", true},
		{"a prompt to read on", whole + "<p>Subscribe to continue reading", true},
		{"a plea amid a whole article", long(whole, 3) + "<p>Sign up to read our newsletter" + long(whole, 20), false},
	} {
		p, err := Extract([]byte(tt.page), "text/html", "https://harbourledger.example/a")
		if err != nil || p.Excerpt != tt.want {
			t.Errorf("%s: Extract = %q, excerpt %t, %v, want %t", tt.name, p.Text, p.Excerpt, err, tt.want)
		}
	}
}

// long returns n paragraphs that differ.
func long(paragraph string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s It is the %dth of its kind.", paragraph, i)
	}
	return b.String()
}
