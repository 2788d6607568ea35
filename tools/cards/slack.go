package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A node is a block of Block Kit or an element of one: docs.slack.dev/reference/block-kit/blocks
type node struct {
	Type      string      `json:"type"`
	Text      slackText   `json:"text"`
	Elements  []node      `json:"elements"`
	Fields    []slackText `json:"fields"`
	URL       string      `json:"url"`
	UserID    string      `json:"user_id"`
	GroupID   string      `json:"usergroup_id"`
	ChannelID string      `json:"channel_id"`
	Range     string      `json:"range"`
	Style     slackStyle  `json:"style"`
	Timestamp int64       `json:"timestamp"`
	Format    string      `json:"format"`

	Accessory json.RawMessage `json:"accessory"` // of a section; not shown here
}

// A slackText is a text object, or the bare text of an element of rich text.
type slackText struct {
	Type string `json:"type"` // "plain_text" or "mrkdwn"; "" for bare text
	Text string `json:"text"`
}

func (t *slackText) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &t.Text)
	}
	type object slackText
	return json.Unmarshal(raw, (*object)(t))
}

// A slackStyle is the style of a button ("danger") or a list ("ordered"), or of text.
type slackStyle struct {
	Name                       string
	Bold, Italic, Strike, Code bool
}

func (s *slackStyle) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &s.Name)
	}
	type object slackStyle
	return json.Unmarshal(raw, (*object)(s))
}

// Spans returns the text of a text object, a button, or a line of rich text.
func (n node) Spans() ([]span, error) {
	if n.Type == "mrkdwn" { // in a context block, an element is the text object itself
		return mrkdwn(n.Text.Text), nil
	}
	if len(n.Elements) == 0 {
		return n.Text.Spans(), nil
	}
	var all []span
	for _, e := range n.Elements {
		s := span{Text: e.Text.Text, Class: e.Style.class()}
		switch e.Type {
		case "text":
		case "link":
			s.URL = e.URL
			if s.Text == "" {
				s.Text = e.URL
			}
		case "date":
			s.Text, s.Class = slackDate(e.Timestamp, e.Format), "date"
		case "user", "usergroup":
			s.Text, s.Class = "@"+e.UserID+e.GroupID, "mention"
		case "channel":
			s.Text, s.Class = "#"+e.ChannelID, "mention"
		case "broadcast":
			s.Text, s.Class = "@"+e.Range, "mention"
		default:
			return nil, fmt.Errorf("an element of rich text of type %q", e.Type)
		}
		all = append(all, s)
	}
	return all, nil
}

func (s slackStyle) class() string {
	switch {
	case s.Code:
		return "code"
	case s.Bold:
		return "bold"
	case s.Italic:
		return "italic"
	case s.Strike:
		return "strike"
	}
	return ""
}

// Spans returns what the text looks like.
func (t slackText) Spans() []span {
	if t.Type == "mrkdwn" {
		return mrkdwn(t.Text)
	}
	return []span{{Text: t.Text}}
}

// slackMarkup finds what Slack would format in its markup: <…>, *bold*, _italic_, ~struck~, `code`.
// Markup in markup is left as it is.
var slackMarkup = regexp.MustCompile("<([^<>\n]+)>|\\*([^*\n]+)\\*|\\b_([^_\n]+)_\\b|~([^~\n]+)~|`([^`\n]+)`")

var slackDateMarkup = regexp.MustCompile(`^!date\^(\d+)\^([^|^]*)`)

func mrkdwn(text string) []span {
	entities := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
	return split(text, slackMarkup, entities.Replace, func(m []string) span {
		if m[1] != "" {
			return angled(m[1], entities.Replace)
		}
		for i, class := range []string{"bold", "italic", "strike", "code"} {
			if m[i+2] != "" {
				return span{Text: entities.Replace(m[i+2]), Class: class}
			}
		}
		return span{Text: m[0]}
	})
}

// angled returns what stands for <inside>: a date, a link, or whom it pings.
func angled(inside string, decode func(string) string) span {
	if m := slackDateMarkup.FindStringSubmatch(inside); m != nil {
		unix, _ := strconv.ParseInt(m[1], 10, 64) // digits
		return span{Text: slackDate(unix, decode(m[2])), Class: "date"}
	}
	target, label, _ := strings.Cut(inside, "|")
	if target != "" && strings.Contains("@#!", target[:1]) {
		return span{Text: strings.Replace(decode(target), "!", "@", 1), Class: "mention"}
	}
	if label == "" {
		label = target
	}
	return span{Text: decode(label), URL: decode(target)}
}

// split returns text in spans: what re finds as show makes of its groups, what lies between as plain
// does.
func split(text string, re *regexp.Regexp, plain func(string) string, show func(groups []string) span) (all []span) {
	for text != "" {
		at := re.FindStringSubmatchIndex(text)
		if at == nil {
			return append(all, span{Text: plain(text)})
		}
		if at[0] > 0 {
			all = append(all, span{Text: plain(text[:at[0]])})
		}
		groups := make([]string, len(at)/2)
		for i := range groups {
			if at[2*i] >= 0 {
				groups[i] = text[at[2*i]:at[2*i+1]]
			}
		}
		all = append(all, show(groups))
		text = text[at[1]:]
	}
	return all
}

// A slackMessage is a message as a channel or a thread shows it.
type slackMessage struct {
	At      string
	Private bool // only one person sees it
	Text    []span
	Blocks  []node
}

// slackPage returns a channel with a message, or a thread where other messages answer it.
func slackPage(p picture, calls []call) (any, error) {
	page := struct {
		Thread   bool
		Replies  string // "1 reply"
		Messages []slackMessage
	}{Replies: "1 reply"}
	for i, c := range calls {
		var body struct {
			Text         string `json:"text"`
			Blocks       []node `json:"blocks"`
			ThreadTS     string `json:"thread_ts"`
			ResponseType string `json:"response_type"`
		}
		if err := json.Unmarshal(c.Body, &body); err != nil {
			return nil, err
		}
		if err := known(body.Blocks); err != nil {
			return nil, err
		}
		at, err := p.sentAt(i)
		if err != nil {
			return nil, err
		}
		m := slackMessage{At: at, Private: body.ResponseType == "ephemeral", Blocks: body.Blocks}
		if len(m.Blocks) == 0 {
			m.Text = mrkdwn(body.Text)
		}
		page.Thread = page.Thread || body.ThreadTS != ""
		page.Messages = append(page.Messages, m)
	}
	if n := len(page.Messages) - 1; n != 1 {
		page.Replies = fmt.Sprint(n, " replies")
	}
	return page, nil
}

// known returns an error for a block that the page cannot show.
func known(blocks []node) error {
	const all = " header context section divider actions rich_text "
	for _, b := range blocks {
		if !strings.Contains(all, " "+b.Type+" ") {
			return fmt.Errorf("a block of type %q", b.Type)
		}
		if b.Accessory != nil {
			return errors.New("a section with an accessory")
		}
		for _, e := range b.Elements {
			ok := true
			switch b.Type {
			case "context":
				ok = e.Type == "plain_text" || e.Type == "mrkdwn"
			case "actions":
				ok = e.Type == "button"
			case "rich_text":
				ok = strings.Contains(" rich_text_section rich_text_quote rich_text_list rich_text_preformatted ", " "+e.Type+" ")
			}
			if !ok {
				return fmt.Errorf("an element of type %q in a block of type %q", e.Type, b.Type)
			}
		}
	}
	return nil
}
