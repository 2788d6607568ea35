package article

import (
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
		"More on this is expected in the filing that both parties owe to the regulator.",
	} {
		lines := []string{strings.Repeat("What went before is long enough. ", 4), line, "Then the article goes on."}
		if got := tidy(lines, Page{}); len(got) != 3 || got[1] != line {
			t.Errorf("tidy(%q) = %q, want all of it", lines, got)
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
