package slack

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
	"github.com/pactwatch/pactwatch/internal/news"
)

// pictures is where documents show what is sent, seen from a golden file's folder and a test's.
const pictures = "../../../docs/cards/"

// What tools/cards makes its pictures of is what Slack is sent.
func TestPicturesShowWhatIsSent(t *testing.T) {
	card := readCard(t, "../../docs/cards/card.json")
	f := fakeslack.New(t)
	s, _ := newSlack(t, f, fakeslack.AppToken)
	message := ""
	for _, k := range []news.Kind{news.KindAlert, news.KindReply} {
		m, err := s.Post(t.Context(), delivery(k, card, message))
		if err != nil {
			t.Fatalf("Post(%s) = %v", k, err)
		}
		if message == "" {
			message = m
		}
	}
	golden(t, pictures+"slack.json", sent(f.Calls("")))

	card.Muted = &news.Mute{What: "story", Which: card.Story, By: news.Actor{Name: "Ada"}, Until: time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC)}
	if _, err := s.Post(t.Context(), delivery(news.KindEdit, card, message)); err != nil {
		t.Fatalf("Post(edit) = %v", err)
	}
	golden(t, pictures+"slack-muted.json", sent(f.Calls("")[2:]))

	raw, err := os.ReadFile("../../docs/cards/why.json")
	if err != nil {
		t.Fatal(err)
	}
	var why bot.Reply
	if err := json.Unmarshal(raw, &why); err != nil {
		t.Fatal(err)
	}
	m := renderReply(why)
	golden(t, pictures+"slack-why.json", []map[string]any{{
		"call": "response_url",
		"body": map[string]any{"response_type": "ephemeral", "text": m.text, "blocks": m.blocks},
	}})
}

// sent returns calls as the files of pictures have them.
func sent(calls []fakeslack.Call) (all []map[string]any) {
	for _, c := range calls {
		all = append(all, map[string]any{"call": c.Method, "body": c.Args})
	}
	return all
}
