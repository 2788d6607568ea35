package bot

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// The answer to "Why?" on the card of docs/cards, which the tests of both platforms render.
func TestPictureOfWhy(t *testing.T) {
	card := readCard(t, "../../docs/cards/card.json")
	at := card.Outlets[0].Seen
	st := &fakeStore{alerts: []news.Alert{{
		ID: card.Alert, Story: card.Story, Channel: "ai-deals", Headline: card.Headline, Created: at,
		Members: []news.Member{
			member(card, 0, card.Headline, "", "nothing alike", "Exclusive"),
			member(card, 1, "", card.Quotes[1].Text, "shares openai, microsoft, revenue share (0.81 alike, 0.30 needed, the same day)", "revenue share"),
		},
	}}}
	house := exampleHouse(st)
	house.file = []news.Rule{{Name: "r7", Title: "ms-openai", Match: `exclusiv* OR "revenue share" OR "AGI provision"`, Channels: []string{"ai-deals"}}}
	house.channels = []Channel{{Name: "ai-deals", Title: "ai-deals", Destinations: []news.Destination{{Channel: "ai-deals", Platform: "slack", Target: "C1"}}}}
	k := newTestDesk(st, new(bytes.Buffer))
	k.house, k.Now = house, func() time.Time { return card.Updated }
	r := k.Press(t.Context(), stranger, WhyButton(card.Alert))

	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		t.Fatal(err)
	}
	golden(t, "../../docs/cards/why.json", b.String())
}

// member returns the report of a card's outlet, and the words in its title or text that met r7.
func member(c news.Card, n int, title, text, why, words string) news.Member {
	o := c.Outlets[n]
	a := news.Article{ID: o.Name, Title: title, Text: text, Outlet: o.Name, URL: o.URL, Seen: o.Seen}
	span := news.Span{Field: "title", Text: words, Start: strings.Index(title, words)}
	if text != "" {
		span.Field, span.Start = "text", strings.Index(text, words)
	}
	span.End = span.Start + len(words)
	return news.Member{Story: c.Story, Article: a, Matches: []news.Match{{Rule: "r7", Spans: []news.Span{span}}}, Why: why, Joined: o.Seen}
}
