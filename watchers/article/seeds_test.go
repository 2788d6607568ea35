package article

import (
	"os"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/shared"
)

// TestSeeds holds what shared/seeds/README.md says must come out of the two articles that this
// project began with.
func TestSeeds(t *testing.T) {
	for _, tt := range []struct {
		file, title, canonical, outlet string
		has, hasNot                    []string
	}{
		{
			file:      "000_3bff8537bc01d4c6.txt",
			title:     "Microsoft and OpenAI End Exclusive Partnership, Ushering in a Major Shift in the AI Landscape",
			canonical: "https://www.gogoai.xin/article/microsoft-openai-end-exclusive-partnership-ai-landscape-major-shift",
			outlet:    "GogoAI News",
			has:       []string{"Introduction: A 'Breakup'", "revenue-sharing arrangement", "room for imagination", `'exclusive marriage.'"`},
			hasNot:    []string{"gogoai.xin", "Please credit", "📌"},
		},
		{
			file:   "004_07e5650549fea69a.txt",
			title:  "OpenAI and Microsoft Forge New AI Partnership, Ending Exclusive Era",
			has:    []string{"loosens previous exclusivity", "effective until 2030", "Artificial General Intelligence (AGI)", "turning point in the competitive dynamics"},
			hasNot: []string{"Cursor", "StrictlyVC", "Notion", "Related", "Comments", "0/500", "Home"},
		},
	} {
		page, err := os.ReadFile(shared.Path(t, "seeds/"+tt.file))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Extract(page, "text/plain", "")
		if err != nil || p.Title != tt.title || p.Canonical != tt.canonical || p.Outlet != tt.outlet || p.Lang != "en" || p.Excerpt {
			t.Errorf("Extract(%s) = title %q, canonical %q, outlet %q, language %q, excerpt %t, %v", tt.file, p.Title, p.Canonical, p.Outlet, p.Lang, p.Excerpt, err)
		}
		for _, s := range tt.has {
			if n := strings.Count(p.Text, s); n != 1 {
				t.Errorf("Extract(%s): %q is in the text %d times, want once", tt.file, s, n)
			}
		}
		for _, s := range tt.hasNot {
			if strings.Contains(p.Text, s) {
				t.Errorf("Extract(%s): %q is in the text", tt.file, s)
			}
		}
	}
}
