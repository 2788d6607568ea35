package slack

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"github.com/pactwatch/pactwatch/bot"
	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/shared"
)

// What a screen reader is given holds everything: the headline, the outlets and their links.
func TestTopLevelTextSaysEverything(t *testing.T) {
	f := fakeslack.New(t)
	s, _ := newSlack(t, f, "")
	card := readCard(t, "alert.json")
	posted(t, s)
	text := f.Public(fakeslack.ChannelID)[0].Text
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

// A 400-letter title, quotes of 10,000 letters and 30 sources.
func TestScenario27LimitsHold(t *testing.T) {
	card := news.Card{Alert: "a1", Story: "s1", Headline: strings.Repeat("h", 400), Updated: time.Unix(1764000000, 0)}
	for i := range 30 {
		link := fmt.Sprintf("https://outlet%d.example/%s?q=a&b=%d", i, strings.Repeat("p", 60*i), i)
		card.Outlets = append(card.Outlets, news.Outlet{Name: strings.Repeat("o<&>", 40), URL: link, Seen: time.Unix(1764000000, 0)})
		card.Quotes = append(card.Quotes, news.Quote{Text: strings.Repeat("q & a ", 1700), Outlet: "Outlet", URL: link})
		long := news.Side{Says: strings.Repeat("t&", 99), Outlets: []string{strings.Repeat("t&", 99), "x"}}
		card.Terms = append(card.Terms, news.StatedTerm{Name: "Exclusivity", Sides: []news.Side{long}}, news.StatedTerm{Name: "Licence", Sides: []news.Side{long, long}})
		card.Matched = append(card.Matched, strings.Repeat("m&", 300))
		card.Rules = append(card.Rules, strings.Repeat("r&", 300))
		card.Added = append(card.Added, news.Outlet{Name: strings.Repeat("a&", 99), URL: link})
		card.Stories = append(card.Stories, news.DigestEntry{Headline: strings.Repeat("s&", 300), URL: link, Outlets: []string{"x", "y"}})
	}
	card.News = strings.Repeat("n&", 5000)
	for _, k := range []news.Kind{news.KindAlert, news.KindEdit, news.KindReply, news.KindDigest} {
		f := fakeslack.New(t) // it checks
		s, _ := newSlack(t, f, fakeslack.AppToken)
		message := posted(t, s)
		if _, err := s.Post(t.Context(), delivery(k, card, message)); err != nil {
			t.Errorf("Post(%s) = %v", k, err)
		}
		text := f.Calls("")[1].Text("text")
		if k != news.KindReply && !regexp.MustCompile(`\+\d+ more`).MatchString(text) {
			t.Errorf("%s: text %q, want +N more in it", k, text)
		}
	}
}

// parsed returns all text of a message in which Slack looks for markup, our own dates taken out.
func parsed(text string, blocks any) []string {
	own := regexp.MustCompile(`<!date\^\d+\^\{date_short_pretty\} at \{time\}\|\d{4}-\d\d-\d\d \d\d:\d\d UTC>`)
	texts := []string{own.ReplaceAllString(text, "")}
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
	walk(blocks)
	return texts
}

// everywhere returns a card that has s in each of its texts, and an address that is good.
func everywhere(s string) news.Card {
	const link = "https://northwind.example/a"
	return news.Card{
		Alert: "a1", Story: "s1", Headline: s, News: s, Held: s, Muted: &news.Mute{What: s, Which: s, By: news.Actor{Name: s}}, Matched: []string{s}, Rules: []string{s}, Updated: time.Unix(1764000000, 0),
		Quotes:  []news.Quote{{Text: s, Outlet: s, URL: link}, {Text: s, Outlet: s, URL: s}},
		Terms:   []news.StatedTerm{{Name: s, Sides: []news.Side{{Says: s, Outlets: []string{s}}}}, {Name: s, Sides: []news.Side{{Says: s, Outlets: []string{s}}, {Says: s}}}},
		Outlets: []news.Outlet{{Name: s, Title: s, URL: link}, {Name: s, Title: s, URL: s}},
		Added:   []news.Outlet{{Name: s, Title: s, URL: link}},
		Stories: []news.DigestEntry{{Headline: s, URL: link, Outlets: []string{s}}},

		Rewriting: news.Rewriting{Model: s, Done: true},
	}
}

var kinds = []news.Kind{news.KindAlert, news.KindEdit, news.KindReply, news.KindDigest, news.KindNotice}

func TestScenario25MentionsDoNotArrive(t *testing.T) {
	file, err := os.Open(shared.Path(t, "security/mention-injection.jsonl"))
	if err != nil {
		t.Fatal(err)
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
		f := fakeslack.New(t)
		s, _ := newSlack(t, f, fakeslack.AppToken)
		message := posted(t, s)
		for _, k := range kinds {
			if _, err := s.Post(t.Context(), delivery(k, everywhere(tt.Text), message)); err != nil {
				t.Fatalf("%s: Post(%s) = %v", tt.ID, k, err)
			}
		}
		for _, c := range f.Calls("") {
			for _, text := range parsed(c.Text("text"), c.Args["blocks"]) {
				for _, never := range tt.Never {
					if strings.Contains(text, never) {
						t.Errorf("%s %q: %s has %q in %q", tt.ID, tt.Text, c.Method, never, text)
					}
				}
			}
		}
		for _, m := range f.Messages(fakeslack.ChannelID) {
			if m.Notified != nil {
				t.Errorf("%s %q: pings %v", tt.ID, tt.Text, m.Notified)
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
			m := render(bot.NewView(k, everywhere(s)), rapid.Bool().Draw(rt, "interactive"), nil)
			blocks := asJSON(rt, m.blocks)
			if faults := fakeslack.BlockFaults(blocks); len(faults) > 0 {
				rt.Fatalf("%s: %s", k, faults)
			}
			if n := bot.Units(m.text); n > maxText {
				rt.Fatalf("%s: text of %d units", k, n)
			}
			list := make([]any, len(blocks))
			for i, b := range blocks {
				list[i] = b
			}
			for _, text := range parsed(m.text, list) {
				rest := entity.ReplaceAllString(ours.ReplaceAllString(text, ""), "")
				if strings.ContainsAny(rest, "<>&`") {
					rt.Fatalf("%s: markup in %q", k, text)
				}
			}
		}
	})
}

// asJSON returns blocks as Slack sees them.
func asJSON(t interface{ Fatal(...any) }, blocks []slack.Block) (seen []map[string]any) {
	raw, err := json.Marshal(blocks)
	if err == nil {
		err = json.Unmarshal(raw, &seen)
	}
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func TestScenario35TimesAreTheReaders(t *testing.T) {
	f := fakeslack.New(t)
	s, _ := newSlack(t, f, "")
	posted(t, s)
	raw, _ := json.Marshal(f.Public(fakeslack.ChannelID)[0].Blocks)
	for _, want := range []string{`"type":"date"`, `"fallback":"2026-11-24`, `<!date^`} {
		if !bytes.Contains(bytes.ReplaceAll(raw, []byte(`\u003c`), []byte("<")), []byte(want)) {
			t.Errorf("blocks %s, want %s in them", raw, want)
		}
	}
}

func TestLimitsAreThoseOfTheList(t *testing.T) {
	var list struct {
		Header, Text, Button struct {
			Max  int `json:"max_length"`
			Text struct {
				Max int `json:"max_length"`
			}
		}
		View struct {
			Title struct {
				Max int `json:"max_length"`
			}
			Blocks struct {
				Max int `json:"max_items"`
			}
		}
		Select struct {
			Options struct {
				Max int `json:"max_items"`
			}
		}
	}
	raw, err := os.ReadFile(shared.Path(t, "specs/slackblocks/spec/limits.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	got := []int{maxHeader, maxObject, maxLabel, maxTitle, maxView, maxOptions}
	want := []int{list.Header.Text.Max, list.Text.Max, list.Button.Text.Max, list.View.Title.Max, list.View.Blocks.Max, list.Select.Options.Max}
	if !slices.Equal(got, want) {
		t.Errorf("limits %v, the list has %v", got, want)
	}
}
