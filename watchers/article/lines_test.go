package article

import (
	"slices"
	"strings"
	"testing"
)

// TestTidyKeepsNews holds back the patterns: news has lines that begin as a prompt does.
func TestTidyKeepsNews(t *testing.T) {
	for _, line := range []string{
		"Updated terms cap the share until 2030.",
		"BRNO (Reuters) - Ostrava scrapped its clause on general intelligence (AGI)",
		"On 10 March 2026 the exclusive deal ended.",
		"Share prices fell on both sides.",
		"Related talks with a third party go on.",
		"Comments by the two companies differ.",
		"Subscribers of the cloud pay no more.",
		"Copyright holders sued both in May.",
		"By Tuesday the exclusive deal had ended.",
		"By submitting a bid of its own, Northwind ended the exclusive talks.",
		"Sources said that the two signed in May.",
		"Published figures show no revenue share.",
		"The company sells a newsletter to 40,000 subscribers, it said.",
		"Contact between the two broke off in January.",
		"The end of exclusivity is the end of an era.",
		"About the licence the two say nothing.",
		"More on this is expected in the filing that both parties owe to the regulator.",
	} {
		before := strings.TrimSpace(strings.Repeat("What went before is long enough. ", 4))
		for _, lines := range [][]string{
			{before, line, "Then the article goes on."},
			{before, "It went on.", "Then it nearly ended.", line},
		} {
			if got := tidy(lines, Page{}); !slices.Equal(got, lines) {
				t.Errorf("tidy(%q) = %q, want all of it", lines, got)
			}
		}
	}
}

func TestTidyDropsPrompts(t *testing.T) {
	for _, line := range []string{
		"Advertisement", "Read more: Ostrava in five charts", "Photo: Ines Okafor", "0/500", "3 Comments", "5 min read",
		"Sign up for our daily newsletter", "Follow us on Mastodon", "Published on 10 March 2026", "Share this article",
		"© 2026 The Harbour Ledger", "Tags: chips, deals", "By Ines Okafor and Paul Brandt", "10 March 2026",
		"Related article: Ostrava is free to leave", "Ines Okafor Tue, 10 Mar 2026 07:30 +0000 38 Comments",
	} {
		lines := []string{"What went before.", line, "Then the article goes on."}
		if got := tidy(lines, Page{}); len(got) != 2 {
			t.Errorf("tidy(%q) = %q, want it without %q", lines, got, line)
		}
	}
}

func TestTidyDropsTheColophon(t *testing.T) {
	for _, line := range []string{
		"(Reporting by Ines Okafor in Brno; editing by Paul Brandt)", "Paul Brandt contributed to this report.",
		"Email Ines Okafor at ines@ledger.example or follow her @ines.", "ines@ledger.example", "social.example/ines", "* * *", "-ENDS-",
		"Sign up for The Chip Desk, our newsletter.", "For more information, visit tidewater.example.", "© 2026 The Harbour Ledger",
		"This article first appeared in the Ledger's Tuesday edition.", "Source: Tidewater Compute", "View source version on wire.example",
	} {
		article := []string{strings.TrimSpace(strings.Repeat("What went before is long enough. ", 8)), "It went on.", "It ended."}
		if got := tidy(append(slices.Clone(article), line, "Follow us on Mastodon"), Page{}); !slices.Equal(got, article) {
			t.Errorf("tidy(…, %q) = %q, want it without", line, got)
		}
	}
}

func TestAfterByline(t *testing.T) {
	const rest = "Ostrava and Tidewater have ended their exclusive deal."
	for _, tt := range []struct{ line, authors, want string }{
		{"By Ines Okafor" + rest, "Ines Okafor", rest},
		{"By Ines Okafor and Paul Brandt | 10 March 2026, 07:15 GMT | " + rest, "Ines Okafor, Paul Brandt", rest},
		{"Ines Okafor, senior reporter - " + rest, "Ines Okafor", rest},
		{"Ines Okafor" + rest, "Ines Okafor", rest},
		{"Ines Okafor says that Ostrava and Tidewater have ended their deal.", "Ines Okafor", "Ines Okafor says that Ostrava and Tidewater have ended their deal."},
		{"By Tuesday the exclusive deal of the two companies had ended.", "Ines Okafor", "By Tuesday the exclusive deal of the two companies had ended."},
		{"By Ines Okafor", "Ines Okafor", "By Ines Okafor"},
		{rest, "", rest},
	} {
		if got := afterByline(tt.line, tt.authors); got != tt.want {
			t.Errorf("afterByline(%q, %q) = %q, want %q", tt.line, tt.authors, got, tt.want)
		}
	}
}
