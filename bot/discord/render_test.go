package discord

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/pactwatch/pactwatch/bot"
	fakediscord "github.com/pactwatch/pactwatch/internal/fake/discord"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/shared"
)

func TestScenario27LimitsHold(t *testing.T) {
	card := news.Card{Alert: "a1", Story: "s1", Headline: strings.Repeat("h*", 200), Updated: time.Unix(1764000000, 0)}
	for i := range 30 {
		link := fmt.Sprintf("https://outlet%d.example/%s?q=a&b=%d", i, strings.Repeat("p", 60*i), i)
		card.Outlets = append(card.Outlets, news.Outlet{Name: strings.Repeat("o_*", 40), URL: link, Seen: time.Unix(1764000000, 0)})
		card.Quotes = append(card.Quotes, news.Quote{Text: strings.Repeat("*", 5000), Outlet: strings.Repeat("*", 80), URL: "https://x.example/" + strings.Repeat("p", 370)})
		long := news.Side{Says: strings.Repeat("t*", 99), Outlets: []string{strings.Repeat("t*", 99), "x"}}
		card.Terms = append(card.Terms, news.StatedTerm{Name: "Exclusivity", Sides: []news.Side{long}}, news.StatedTerm{Name: "Licence", Sides: []news.Side{long, long}})
		card.Matched = append(card.Matched, strings.Repeat("m_", 300))
		card.Rules = append(card.Rules, strings.Repeat("r-", 300))
		card.Added = append(card.Added, news.Outlet{Name: strings.Repeat("a*", 99), URL: link})
		card.Stories = append(card.Stories, news.DigestEntry{Headline: strings.Repeat("s*", 300), URL: link, Outlets: []string{"x", "y"}})
	}
	card.News = strings.Repeat("n*", 5000)
	for _, k := range kinds {
		f := newGuild(t) // it checks
		d, _ := newDiscord(t, f, true)
		if _, err := d.Post(t.Context(), delivery(k, card)); err != nil {
			t.Errorf("Post(%s) = %v", k, err)
		}
		raw, _ := json.Marshal(f.Calls("")[0].Body)
		if k != news.KindReply && k != news.KindNotice && !regexp.MustCompile(`\+\d+ more`).MatchString(strings.ReplaceAll(string(raw), `\\`, "")) {
			t.Errorf("%s: %s, want +N more in it", k, raw)
		}
	}
}

func TestALongAddressDoesNotCrowdOutTheOthers(t *testing.T) {
	card := readCard(t, "alert.json")
	card.Outlets[0].URL = "https://news.halden.example/" + strings.Repeat("p", 900)
	sources := render(bot.NewView(news.KindAlert, card), false).Embeds[0].Fields[3].Value
	for _, o := range card.Outlets {
		if !strings.Contains(sources, o.Name) {
			t.Errorf("sources = %q, want %q in it", sources, o.Name)
		}
	}
}

// everywhere returns a card that has s in each of its texts, and an address that is good.
func everywhere(s string) news.Card {
	const link = "https://northwind.example/a"
	return news.Card{
		Alert: "a1", Story: "s1", Headline: s, News: s, Matched: []string{s}, Rules: []string{s}, Updated: time.Unix(1764000000, 0),
		Quotes:  []news.Quote{{Text: s, Outlet: s, URL: link}, {Text: s, Outlet: s, URL: s}},
		Terms:   []news.StatedTerm{{Name: s, Sides: []news.Side{{Says: s, Outlets: []string{s}}}}, {Name: s, Sides: []news.Side{{Says: s, Outlets: []string{s}}, {Says: s}}}},
		Outlets: []news.Outlet{{Name: s, Title: s, URL: link}, {Name: s, Title: s, URL: s}},
		Added:   []news.Outlet{{Name: s, Title: s, URL: link}},
		Stories: []news.DigestEntry{{Headline: s, URL: link, Outlets: []string{s}}},

		Rewriting: news.Rewriting{Model: s, Done: true},
	}
}

var kinds = []news.Kind{news.KindAlert, news.KindEdit, news.KindReply, news.KindDigest, news.KindNotice}

// shown returns every text of a message in which Discord looks for markup.
func shown(m map[string]any) []string {
	content, _ := m["content"].(string)
	texts := []string{content}
	embeds, _ := m["embeds"].([]any)
	for _, e := range embeds {
		e := e.(map[string]any)
		title, _ := e["title"].(string)
		description, _ := e["description"].(string)
		texts = append(texts, title, description)
		fields, _ := e["fields"].([]any)
		for _, field := range fields {
			texts = append(texts, field.(map[string]any)["value"].(string))
		}
	}
	return texts
}

func TestScenario25And26MentionsDoNotArrive(t *testing.T) {
	file, err := os.Open(shared.Path(t, "security/mention-injection.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cases := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var tt struct {
			ID, Text string
			Never    []string `json:"never_discord"`
		}
		if err := json.Unmarshal(lines.Bytes(), &tt); err != nil {
			t.Fatal(err)
		}
		cases++
		f := newGuild(t)
		d, _ := newDiscord(t, f, true)
		for _, k := range kinds {
			if _, err := d.Post(t.Context(), delivery(k, everywhere(tt.Text))); err != nil {
				t.Fatalf("%s: Post(%s) = %v", tt.ID, k, err)
			}
		}
		for _, c := range f.Calls("") {
			for _, text := range shown(c.Body) {
				for _, never := range tt.Never {
					if strings.Contains(strings.ReplaceAll(text, `\`+never, ""), never) {
						t.Errorf("%s %q: %s has %q in %q", tt.ID, tt.Text, c.Route, never, text)
					}
				}
				if fault := markupIn(text); fault != "" {
					t.Errorf("%s %q: %s has %q in %q", tt.ID, tt.Text, c.Route, fault, text)
				}
			}
		}
	}
	if cases < 30 {
		t.Errorf("read %d cases, want 30 at least", cases)
	}
}

var (
	ours     = regexp.MustCompile(`\]\(<?https?://[^()<> ]*>?\)|<t:\d+:[Rf]>`)
	disarmed = regexp.MustCompile(`\\[^0-9A-Za-z\s]`)
	markup   = regexp.MustCompile("[\\\\*_~|>#\\-+\\](<:@`]|(?m:^\\d+\\.)")
)

// markupIn returns what of text Discord would read as markup, apart from our own links and times.
func markupIn(text string) string {
	text = disarmed.ReplaceAllString(text, "")
	text = ours.ReplaceAllString(text, "")
	// "+3 more" stands at the end of a list and is ours.
	text = regexp.MustCompile(`(^|[\n ])\+\d+ more`).ReplaceAllString(text, "")
	return markup.FindString(text)
}

// Whatever a card holds, the only markup is our own links and times, and all limits hold.
func TestScenario28NoTextFromOutsideIsMarkup(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"<@1>", "<@&1>", "@everyone", "</a:1>", "<t:1:R>", "[x](https://e.example)", "```", "||x||", "1. x", "https://e.example", "\\"}))
		s := strings.Join(rapid.SliceOf(piece).Draw(rt, "text"), " ")
		for _, k := range kinds {
			v := bot.NewView(k, everywhere(s))
			message := render(v, rapid.Bool().Draw(rt, "interactive"))
			if k == news.KindReply || rapid.Bool().Draw(rt, "plain") {
				message = renderPlain(v)
			}
			raw, err := json.Marshal(createMessage{message, strings.Repeat("n", 25), true})
			if err != nil {
				rt.Fatal(err)
			}
			var body map[string]any
			if err := json.Unmarshal(raw, &body); err != nil {
				rt.Fatal(err)
			}
			if faults := fakediscord.Faults("POST messages", raw); len(faults) > 0 {
				rt.Fatalf("%s: %s", k, faults)
			}
			for _, text := range shown(body) {
				if fault := markupIn(text); fault != "" {
					rt.Fatalf("%s: %q in %q", k, fault, text)
				}
			}
		}
	})
}
