package fakeslack

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Message is a message as it is now.
type Message struct {
	Channel, TS string
	Text        string // what screen readers read
	Blocks      []map[string]any
	Thread      string // the TS of the message that it answers; "" for none
	Broadcast   bool   // the answer is shown in the channel, too
	Metadata    map[string]any
	Edits       int
	To          string   // who alone sees it; "" for everybody
	Notified    []string // whom it notified when it was made: "U1", "S1", "here"

	serial int
	by     string // the delivery that it answers, by its response_url; "" for none
}

// Ephemeral reports whether one person only sees the message.
func (m Message) Ephemeral() bool { return m.To != "" }

// Shown returns all text that the blocks show, a line for each piece; dates as their fallback.
func (m Message) Shown() string { return shown(m.Blocks) }

func shown(blocks []map[string]any) string {
	var b strings.Builder
	walk(blocks, func(kind string, o map[string]any) {
		switch kind {
		case "plain_text", "mrkdwn":
			fmt.Fprintln(&b, o["text"])
		case "text":
			b.WriteString(text(o["text"]))
		case "link":
			fmt.Fprintf(&b, "%s <%s>", o["text"], o["url"])
		case "date":
			b.WriteString(text(o["fallback"]))
		case "rich_text_section", "rich_text_quote":
			b.WriteByte('\n')
		}
	})
	return b.String()
}

// A Button is one of a message's or a view's.
type Button struct {
	ID, Label, URL string
	Danger         bool

	block string
}

// Buttons returns the buttons of the message, row by row.
func (m Message) Buttons() []Button { return buttons(m.Blocks) }

func buttons(blocks []map[string]any) []Button {
	var all []Button
	for _, block := range blocks {
		elements := objects(block["elements"])
		if accessory := object(block["accessory"]); accessory != nil {
			elements = append(elements, accessory)
		}
		for _, e := range elements {
			if e["type"] == "button" {
				all = append(all, Button{text(e["action_id"]), text(object(e["text"])["text"]), text(e["url"]), e["style"] == "danger", text(block["block_id"])})
			}
		}
	}
	return all
}

// Messages returns the messages of a channel, those of its threads too, the oldest first. What one
// person only sees is among them.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Message
	if c := s.channels[channel]; c != nil {
		for _, m := range c.messages {
			all = append(all, *m)
		}
	}
	return all
}

// Public returns the messages of a channel that all see and that answer none, the oldest first.
func (s *Server) Public(channel string) []Message {
	return slices.DeleteFunc(s.Messages(channel), func(m Message) bool { return m.Ephemeral() || m.Thread != "" })
}

// Message returns a message as it is now; the zero Message if it is gone.
func (s *Server) Message(channel, ts string) Message {
	for _, m := range s.Messages(channel) {
		if m.TS == ts {
			return m
		}
	}
	return Message{}
}

// Direct returns what the bot told one person outside of channels, the oldest first.
func (s *Server) Direct(person string) []Message { return s.Messages("D" + person) }

// Delete deletes a message, as its channel's people can.
func (s *Server) Delete(channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	c.messages = slices.DeleteFunc(c.messages, func(m *Message) bool { return m.TS == ts })
}

// add adds a message that a call or a response_url makes; s.mu is held.
func (s *Server) add(c *channel, m *Message, args map[string]any) {
	m.serial = s.next()
	m.Channel, m.TS = c.ID, fmt.Sprintf("1764000000.%06d", m.serial)
	m.write(args)
	m.Notified = notified(m.Blocks, m.Text)
	c.messages = append(c.messages, m)
}

func (m *Message) write(args map[string]any) {
	m.Text, m.Blocks = text(args["text"]), plainBlocks(objects(args["blocks"]))
	for i, block := range m.Blocks {
		if text(block["block_id"]) == "" {
			block["block_id"] = fmt.Sprintf("b%d", i) // as Slack does
		}
	}
}

// plainBlocks returns a copy of blocks that shares nothing with them.
func plainBlocks(blocks []map[string]any) []map[string]any {
	raw, _ := json.Marshal(blocks)
	var own []map[string]any
	json.Unmarshal(raw, &own)
	return own
}

// control are the forms of Slack's markup that notify.
var control = regexp.MustCompile(`<(?:@([UW][A-Z0-9]+)|!(here|channel|everyone)|!subteam\^(S[A-Z0-9]+))`)

// notified returns whom a message notifies.
func notified(blocks []map[string]any, top string) []string {
	var all []string
	parse := func(s string) {
		for _, m := range control.FindAllStringSubmatch(s, -1) {
			all = append(all, m[1]+m[2]+m[3])
		}
	}
	walk(blocks, func(kind string, o map[string]any) {
		switch kind {
		case "user":
			all = append(all, text(o["user_id"]))
		case "usergroup":
			all = append(all, text(o["usergroup_id"]))
		case "broadcast":
			all = append(all, text(o["range"]))
		case "mrkdwn":
			parse(text(o["text"]))
		}
	})
	parse(top)
	return all
}

// open returns the channel that a call posts to, or why it cannot; s.mu is held.
func (s *Server) open(id string) (*channel, string) {
	if p, ok := s.people[id]; ok { // a person's ID is the conversation with them
		dm := "D" + p.ID
		if s.channels[dm] == nil {
			s.channels[dm] = &channel{Channel: Channel{ID: dm, Name: p.Name, Member: true}}
		}
		return s.channels[dm], ""
	}
	c := s.visible(id)
	switch {
	case c == nil:
		return nil, "channel_not_found"
	case c.Archived:
		return nil, "is_archived"
	case !c.Member:
		return nil, "not_in_channel"
	}
	return c, ""
}

func (s *Server) postMessage(c Call) map[string]any {
	ch, code := s.open(c.Text("channel"))
	if code != "" {
		return says(code)
	}
	m := &Message{Metadata: object(c.Args["metadata"]), Broadcast: c.Text("reply_broadcast") == "true"}
	if parent := ch.find(c.Text("thread_ts")); parent != nil { // else Slack posts it outside of any thread
		m.Thread = parent.TS
	}
	s.add(ch, m, c.Args)
	return map[string]any{"ok": true, "channel": ch.ID, "ts": m.TS, "message": m.object()}
}

func (s *Server) postEphemeral(c Call) map[string]any {
	ch, code := s.open(c.Text("channel"))
	if code != "" {
		return says(code)
	}
	if _, ok := s.people[c.Text("user")]; !ok {
		return says("user_not_in_channel")
	}
	m := &Message{To: c.Text("user")}
	s.add(ch, m, c.Args)
	return map[string]any{"ok": true, "message_ts": m.TS}
}

func (s *Server) update(c Call) map[string]any {
	ch, code := s.open(c.Text("channel"))
	if code != "" {
		return says(code)
	}
	m := ch.find(c.Text("ts"))
	if m == nil || m.Ephemeral() {
		return says("message_not_found")
	}
	m.write(c.Args)
	m.Edits++
	return map[string]any{"ok": true, "channel": ch.ID, "ts": m.TS, "text": m.Text, "message": m.object()}
}

func (c *channel) find(ts string) *Message {
	for _, m := range c.messages {
		if m.TS == ts && ts != "" {
			return m
		}
	}
	return nil
}

func (s *Server) permalink(c Call) map[string]any {
	ch := s.visible(c.Text("channel"))
	if ch == nil {
		return says("channel_not_found")
	}
	if ch.find(c.Text("message_ts")) == nil {
		return says("message_not_found")
	}
	return map[string]any{"ok": true, "channel": ch.ID, "permalink": TeamURL + "archives/" + ch.ID + "/p" + strings.ReplaceAll(c.Text("message_ts"), ".", "")}
}

// history returns what is in a channel, the newest first. The bot has to be a member.
func (s *Server) history(c Call) map[string]any {
	return s.list(c, func(m *Message) bool { return m.Thread == "" })
}

func (s *Server) replies(c Call) map[string]any {
	return s.list(c, func(m *Message) bool { return m.Thread == c.Text("ts") || m.TS == c.Text("ts") })
}

func (s *Server) list(c Call, wanted func(*Message) bool) map[string]any {
	ch := s.visible(c.Text("channel"))
	switch {
	case ch == nil:
		return says("channel_not_found")
	case !ch.Member:
		return says("not_in_channel")
	}
	limit, err := strconv.Atoi(c.Text("limit"))
	if err != nil || limit < 1 {
		limit = 100
	}
	found := []any{}
	for _, m := range slices.Backward(ch.messages) {
		if !m.Ephemeral() && wanted(m) && m.TS >= c.Text("oldest") && len(found) < limit {
			o := m.object()
			if all := c.Text("include_all_metadata"); all != "true" && all != "1" {
				delete(o, "metadata")
			}
			found = append(found, o)
		}
	}
	return map[string]any{"ok": true, "messages": found, "has_more": false}
}

func (m *Message) object() map[string]any {
	o := map[string]any{"type": "message", "user": BotUserID, "bot_id": BotID, "app_id": AppID, "team": TeamID, "ts": m.TS, "text": m.Text, "blocks": m.Blocks}
	if m.Thread != "" {
		o["thread_ts"] = m.Thread
	}
	if m.Metadata != nil {
		o["metadata"] = m.Metadata
	}
	return o
}
