package slack

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"pgregory.net/rapid"
)

// What a screen reader is given holds everything: the headline, the outlets and their links.
func TestTopLevelTextSaysEverything(t *testing.T) {
	f := newFake(t)
	s, _ := newSlack(t, f, "")
	card := readCard(t, "alert.json")
	if _, err := s.Post(t.Context(), delivery(news.KindAlert, card)); err != nil {
		t.Fatal(err)
	}
	text := f.called("")[0].form.Get("text")
	wants := []string{card.Headline, card.Quotes[0].Text, "3 outlets"}
	for _, o := range card.Outlets {
		link, _ := bot.Link(o.URL)
		wants = append(wants, o.Name, link)
	}
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("text = %q, want %q in it", text, want)
		}
	}
}

func TestLimitsHold(t *testing.T) {
	card := news.Card{Alert: "a1", Story: "s1", Headline: strings.Repeat("h", 400), Updated: time.Unix(1764000000, 0)}
	for i := range 30 {
		link := fmt.Sprintf("https://outlet%d.example/%s?q=a&b=%d", i, strings.Repeat("p", 60*i), i)
		card.Outlets = append(card.Outlets, news.Outlet{Name: strings.Repeat("o<&>", 40), URL: link, Seen: time.Unix(1764000000, 0)})
		card.Quotes = append(card.Quotes, news.Quote{Text: strings.Repeat("q & a ", 1700), Outlet: "Outlet", URL: link})
		card.Matched = append(card.Matched, strings.Repeat("m&", 300))
		card.Rules = append(card.Rules, strings.Repeat("r&", 300))
		card.Added = append(card.Added, news.Outlet{Name: strings.Repeat("a&", 99), URL: link})
		card.Stories = append(card.Stories, news.DigestEntry{Headline: strings.Repeat("s&", 300), URL: link, Outlets: []string{"x", "y"}})
	}
	card.News = strings.Repeat("n&", 5000)
	for _, k := range []news.Kind{news.KindAlert, news.KindEdit, news.KindReply, news.KindDigest} {
		f := newFake(t) // it checks
		s, _ := newSlack(t, f, appToken)
		if _, err := s.Post(t.Context(), delivery(k, card)); err != nil {
			t.Errorf("Post(%s) = %v", k, err)
		}
		if k != news.KindReply && !regexp.MustCompile(`\+\d+ more`).MatchString(f.called("")[0].form.Get("text")) {
			t.Errorf("%s: text %q, want +N more in it", k, f.called("")[0].form.Get("text"))
		}
	}
}

// parsed returns all text of a call in which Slack looks for markup, our own dates taken out.
func parsed(c apiCall) []string {
	own := regexp.MustCompile(`<!date\^\d+\^\{date_short_pretty\} at \{time\}\|\d{4}-\d\d-\d\d \d\d:\d\d UTC>`)
	texts := []string{own.ReplaceAllString(c.form.Get("text"), "")}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if v["type"] == "mrkdwn" {
				texts = append(texts, own.ReplaceAllString(v["text"].(string), ""))
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(c.blocks)
	return texts
}

// everywhere returns a card that has s in each of its texts, and an address that is good.
func everywhere(s string) news.Card {
	const link = "https://northwind.example/a"
	return news.Card{
		Alert: "a1", Story: "s1", Headline: s, News: s, Matched: []string{s}, Rules: []string{s}, Updated: time.Unix(1764000000, 0),
		Quotes:  []news.Quote{{Text: s, Outlet: s, URL: link}, {Text: s, Outlet: s, URL: s}},
		Outlets: []news.Outlet{{Name: s, Title: s, URL: link}, {Name: s, Title: s, URL: s}},
		Added:   []news.Outlet{{Name: s, Title: s, URL: link}},
		Stories: []news.DigestEntry{{Headline: s, URL: link, Outlets: []string{s}}},
	}
}

var kinds = []news.Kind{news.KindAlert, news.KindEdit, news.KindReply, news.KindDigest}

func TestMentionsDoNotArrive(t *testing.T) {
	file, err := os.Open("../../../shared/security/mention-injection.jsonl")
	if err != nil {
		t.Skip("the list of mentions is not here")
	}
	defer file.Close()
	cases := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var tt struct {
			ID, Text string
			Never    []string `json:"never_slack"`
		}
		if err := json.Unmarshal(lines.Bytes(), &tt); err != nil {
			t.Fatal(err)
		}
		cases++
		f := newFake(t)
		s, _ := newSlack(t, f, appToken)
		for _, k := range kinds {
			if _, err := s.Post(t.Context(), delivery(k, everywhere(tt.Text))); err != nil {
				t.Fatalf("%s: Post(%s) = %v", tt.ID, k, err)
			}
		}
		for _, c := range f.called("") {
			for _, text := range parsed(c) {
				for _, never := range tt.Never {
					if strings.Contains(text, never) {
						t.Errorf("%s %q: %s has %q in %q", tt.ID, tt.Text, c.method, never, text)
					}
				}
			}
		}
	}
	if cases < 30 {
		t.Errorf("read %d cases, want 30 at least", cases)
	}
}

// Whatever a card holds, in text that Slack parses the only markup is our own links and dates, and
// all limits hold.
func TestNoTextFromOutsideIsMarkup(t *testing.T) {
	ours := regexp.MustCompile(`<https?://[^<>| ]*>`)
	entity := regexp.MustCompile(`&(amp|lt|gt);`)
	rapid.Check(t, func(rt *rapid.T) {
		piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"<!channel>", "<@U1>", "<#C1|x>", "<!date^1^{ago}|x>", "&lt;!here&gt;", "```", "<https://e.example|x>", "@here"}))
		s := strings.Join(rapid.SliceOf(piece).Draw(rt, "text"), " ")
		for _, k := range kinds {
			m := render(bot.NewView(k, everywhere(s)), rapid.Bool().Draw(rt, "interactive"))
			raw, err := json.Marshal(m.blocks)
			if err != nil {
				rt.Fatal(err)
			}
			c := apiCall{form: map[string][]string{"text": {m.text}}}
			if err := json.Unmarshal(raw, &c.blocks); err != nil {
				rt.Fatal(err)
			}
			if faults := blockFaults(c.blocks); len(faults) > 0 && m.blocks != nil {
				rt.Fatalf("%s: %s", k, faults)
			}
			if n := bot.Units(m.text); n > maxText {
				rt.Fatalf("%s: text of %d units", k, n)
			}
			for _, text := range parsed(c) {
				rest := entity.ReplaceAllString(ours.ReplaceAllString(text, ""), "")
				if strings.ContainsAny(rest, "<>&`") {
					rt.Fatalf("%s: markup in %q", k, text)
				}
			}
		}
	})
}
