package discord

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	fakediscord "github.com/pactwatch/pactwatch/internal/fake/discord"
	"github.com/pactwatch/pactwatch/internal/news"
)

// pictures is where documents show what is sent, seen from a golden file's folder.
const pictures = "../../../docs/cards/"

// What tools/cards makes its pictures of is what Discord is sent.
func TestPicturesShowWhatIsSent(t *testing.T) {
	card := readCard(t, "../../docs/cards/card.json")
	f := newGuild(t)
	d, _ := newDiscord(t, f, true)
	del := delivery(news.KindAlert, card)
	message, err := d.Post(t.Context(), del)
	if err != nil {
		t.Fatalf("Post(alert) = %v", err)
	}
	reply := delivery(news.KindReply, card)
	reply.Message = message
	if _, err := d.Post(t.Context(), reply); err != nil {
		t.Fatalf("Post(reply) = %v", err)
	}
	golden(t, pictures+"discord.json", sent(f.Calls("")))

	card.Muted = &news.Mute{What: "story", Which: card.Story, By: news.Actor{Name: "Ada"}, Until: time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC)}
	edit := delivery(news.KindEdit, card)
	edit.Message = message
	if _, err := d.Post(t.Context(), edit); err != nil {
		t.Fatalf("Post(edit) = %v", err)
	}
	golden(t, pictures+"discord-muted.json", sent(f.Calls("PATCH message")))

	raw, err := os.ReadFile("../../docs/cards/why.json")
	if err != nil {
		t.Fatal(err)
	}
	var why bot.Reply
	if err := json.Unmarshal(raw, &why); err != nil {
		t.Fatal(err)
	}
	golden(t, pictures+"discord-why.json", []map[string]any{{"call": "POST callback", "body": first(&interaction{}, why).Data}})
}

// sent returns calls as the files of pictures have them.
func sent(calls []fakediscord.Call) (all []map[string]any) {
	for _, c := range calls {
		all = append(all, map[string]any{"call": c.Route, "body": c.Body})
	}
	return all
}
