package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A discordEmbed is a card in a message: docs.discord.com/developers/resources/message#embed-object
type discordEmbed struct {
	Title       string    `json:"title"`
	URL         string    `json:"url"`
	Description string    `json:"description"`
	Color       int       `json:"color"`
	Fields      []field   `json:"fields"`
	Footer      footer    `json:"footer"`
	Timestamp   time.Time `json:"timestamp"`
}

type field struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

type footer struct {
	Text string `json:"text"`
}

func (e *discordEmbed) UnmarshalJSON(raw []byte) error {
	type object discordEmbed
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields() // the page would leave them out
	return dec.Decode((*object)(e))
}

// A component is a row (type 1) of buttons (type 2).
type component struct {
	Type       int         `json:"type"`
	Style      int         `json:"style"`
	Label      string      `json:"label"`
	URL        string      `json:"url"`
	Disabled   bool        `json:"disabled"`
	Components []component `json:"components"`
}

// Bar returns the colour of the bar at the side; 0 means none, which shows as a grey one.
func (e discordEmbed) Bar() template.CSS {
	if e.Color == 0 {
		return "#1e1f22"
	}
	return template.CSS(fmt.Sprintf("#%06x", e.Color&0xffffff))
}

// Heading returns the title in spans, linked where the embed has an address.
func (e discordEmbed) Heading() []span {
	spans := markdown(e.Title)
	for i := range spans {
		spans[i].URL = e.URL
	}
	return spans
}

// Body returns the description.
func (e discordEmbed) Body() []line { return lines(e.Description) }

// Foot returns the line at the end: "a102 · story s55 • Today at 2:12 PM"; "" for none.
func (e discordEmbed) Foot() string {
	if e.Timestamp.IsZero() {
		return e.Footer.Text
	}
	at := e.Timestamp.UTC()
	day := at.Format("1/2/2006, ")
	switch pretty(at) {
	case "today":
		day = "Today at "
	case "yesterday":
		day = "Yesterday at "
	}
	if e.Footer.Text == "" {
		return day + at.Format(clock)
	}
	return e.Footer.Text + " • " + day + at.Format(clock)
}

// Heading returns the field's name in spans.
func (f field) Heading() []span { return markdown(f.Name) }

// Body returns the field's value.
func (f field) Body() []line { return lines(f.Value) }

// Look returns the class of a button.
func (c component) Look() string {
	return map[int]string{1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary"}[c.Style]
}

// A line is a line of text, which may be a quote. Other marks that begin a line are left as they are.
type line struct {
	Quote bool
	Spans []span
}

func lines(text string) (all []line) {
	if text == "" {
		return nil
	}
	for l := range strings.SplitSeq(text, "\n") {
		l, quote := strings.CutPrefix(l, "> ")
		all = append(all, line{quote, markdown(l)})
	}
	return all
}

// discordMarkup finds what Discord would format within a line: a backslash and a sign, links, times,
// and marks. Markup in markup is left as it is.
var discordMarkup = regexp.MustCompile(`\\([^\sA-Za-z0-9])` +
	`|\[((?:\\.|[^\]\\\n])+)\]\(<?(https?://[^\s<>)]+)>?\)` +
	`|<t:(-?\d+)(?::([tTdDfFR]))?>` +
	`|<?(https?://[^\s<>]+)>?` +
	`|\*\*((?:\\.|[^\\\n])+?)\*\*` +
	`|~~((?:\\.|[^\\\n])+?)~~` +
	`|\*((?:\\.|[^*\\\n])+)\*` +
	`|\b_((?:\\.|[^_\\\n])+)_\b` +
	"|`([^`\n]+)`" +
	`|(<(?:@[!&]?|#)\d+>|@everyone|@here)`)

var escaped = regexp.MustCompile(`\\([^\sA-Za-z0-9])`)

func markdown(text string) []span {
	same := func(s string) string { return s }
	bare := func(s string) string { return escaped.ReplaceAllString(s, "$1") }
	return split(text, discordMarkup, same, func(m []string) span {
		switch {
		case m[1] != "":
			return span{Text: m[1]}
		case m[3] != "":
			return span{Text: bare(m[2]), URL: m[3]}
		case m[4] != "":
			unix, _ := strconv.ParseInt(m[4], 10, 64) // digits
			return span{Text: discordTime(unix, m[5]), Class: "date"}
		case m[6] != "":
			return span{Text: m[6], URL: m[6]}
		case m[7] != "":
			return span{Text: bare(m[7]), Class: "bold"}
		case m[8] != "":
			return span{Text: bare(m[8]), Class: "strike"}
		case m[9]+m[10] != "":
			return span{Text: bare(m[9] + m[10]), Class: "italic"}
		case m[11] != "":
			return span{Text: m[11], Class: "code"}
		}
		return span{Text: m[0], Class: "mention"}
	})
}

// A discordMessage is a message as a channel shows it.
type discordMessage struct {
	At      string
	Private bool // only one person sees it
	Content []line
	Embeds  []discordEmbed
	Rows    []component
	Thread  *discordThread // that began with it; nil for none
}

// A discordThread is shown below its first message, with its newest.
type discordThread struct {
	Name    string
	Count   string // "1 Message"
	Newest  []span
	At      string
	replies int
}

const ephemeral = 1 << 6 // docs.discord.com/developers/resources/message#message-object-message-flags

// discordPage returns a channel with messages. What is sent after a thread was started goes there.
func discordPage(p picture, calls []call) (any, error) {
	var messages []discordMessage
	var thread *discordThread
	sent := 0
	for _, c := range calls {
		var body struct {
			Content    string         `json:"content"`
			Embeds     []discordEmbed `json:"embeds"`
			Components []component    `json:"components"`
			Flags      int            `json:"flags"`
			Name       string         `json:"name"`
		}
		if err := json.Unmarshal(c.Body, &body); err != nil {
			return nil, err
		}
		if c.Call == "POST threads" {
			if len(messages) == 0 {
				return nil, errors.New("a thread without a message")
			}
			thread = &discordThread{Name: body.Name}
			messages[len(messages)-1].Thread = thread
			continue
		}
		for _, row := range body.Components {
			if err := row.known(); err != nil {
				return nil, err
			}
		}
		at, err := p.sentAt(sent)
		if err != nil {
			return nil, err
		}
		sent++
		if thread != nil {
			thread.add(markdown(body.Content), relative(p.sent[sent-1]))
			continue
		}
		content := lines(body.Content)
		if last := len(content) - 1; last >= 0 && c.Call == "PATCH message" {
			content[last].Spans = append(content[last].Spans, span{Text: "(edited)", Class: "edited"})
		}
		messages = append(messages, discordMessage{
			At: at, Private: body.Flags&ephemeral != 0, Content: content, Embeds: body.Embeds, Rows: body.Components,
		})
	}
	return messages, nil
}

func (t *discordThread) add(content []span, at string) {
	t.Newest, t.At = content, at
	if t.replies++; t.replies == 1 {
		t.Count = "1 Message"
	} else {
		t.Count = fmt.Sprint(t.replies, " Messages")
	}
}

// known returns an error for a row that the page cannot show.
func (c component) known() error {
	if c.Type != 1 {
		return fmt.Errorf("a component of type %d outside of a row", c.Type)
	}
	for _, b := range c.Components {
		if b.Type != 2 {
			return fmt.Errorf("a component of type %d in a row", b.Type)
		}
	}
	return nil
}
