package fakediscord

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A Message is a message as it is now.
type Message struct {
	ID, Channel string
	Body        map[string]any // content, embeds, components and flags, as last written
	Edits       int
	Reference   string   // the message that it answers; "" for none
	Notified    []string // whom it notified when it was made: "123", "&456", "everyone"
	Thread      string   // the ID of its thread; "" while there is none

	token string // of the interaction whose answer it is; "" for one of a channel
}

// Ephemeral reports whether one person only sees the message.
func (m Message) Ephemeral() bool { return number(m.Body["flags"])&flagEphemeral != 0 }

// Text returns all text that the message shows, a line for each piece.
func (m Message) Text() string {
	var lines []string
	add := func(v any) {
		if s, _ := v.(string); s != "" {
			lines = append(lines, s)
		}
	}
	add(m.Body["content"])
	for _, e := range objects(m.Body["embeds"]) {
		add(e["title"])
		add(e["description"])
		for _, f := range objects(e["fields"]) {
			add(f["name"])
			add(f["value"])
		}
		footer, _ := e["footer"].(map[string]any)
		add(footer["text"])
	}
	return strings.Join(lines, "\n")
}

// A Button is one of a message's.
type Button struct {
	ID, Label, URL string
	Danger         bool
}

// Buttons returns the buttons of the message, row by row.
func (m Message) Buttons() []Button {
	var all []Button
	for _, row := range objects(m.Body["components"]) {
		for _, b := range objects(row["components"]) {
			all = append(all, Button{text(b["custom_id"]), text(b["label"]), text(b["url"]), number(b["style"]) == 4})
		}
	}
	return all
}

// Messages returns the messages of a channel or of a thread, the oldest first.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	if c == nil {
		return nil
	}
	var all []Message
	for _, id := range c.messages {
		all = append(all, s.messages[id].copy())
	}
	return all
}

// Message returns a message as it is now; the zero Message if it is gone.
func (s *Server) Message(id string) Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.messages[id]; m != nil {
		return m.copy()
	}
	return Message{}
}

// Put makes a message of the bot's that has been there for long.
func (s *Server) Put(channel, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages[id] = &Message{ID: id, Channel: channel, Body: map[string]any{"content": "from before"}}
	s.channels[channel].messages = append(s.channels[channel].messages, id)
}

// Delete deletes a message of a channel.
func (s *Server) Delete(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.messages[id]
	delete(s.messages, id)
	c := s.channels[m.Channel]
	c.messages = slices.DeleteFunc(c.messages, func(other string) bool { return other == id })
}

func (m *Message) copy() Message {
	c := *m
	c.Body = maps.Clone(m.Body)
	return c
}

// write replaces the parts of the message that body has.
func (m *Message) write(body map[string]any) {
	for _, part := range []string{"content", "embeds", "components", "flags"} {
		if v, ok := body[part]; ok {
			m.Body[part] = v
		}
	}
}

func (m *Message) object() map[string]any {
	o := maps.Clone(m.Body)
	o["id"], o["channel_id"], o["author"] = m.ID, m.Channel, map[string]any{"id": BotID, "username": "pactwatch", "bot": true}
	return o
}

func (s *Server) createMessage(r request) answer {
	id := r.path("channel")
	need := uint64(SendMessages)
	if c := s.channels[id]; c != nil && c.parent != "" {
		need = SendMessagesInThreads
	}
	if len(objects(r.Body["embeds"])) > 0 {
		need |= EmbedLinks
	}
	if r.Body["message_reference"] != nil {
		need |= ReadMessageHistory
	}
	if refusal := s.reach(id, need); refusal != nil {
		return *refusal
	}
	nonce, _ := r.Body["nonce"].(string)
	if old, ok := s.nonces[nonce]; ok {
		if s.messages[old] == nil {
			return says(404, 10008, "Unknown Message")
		}
		return answer{200, s.messages[old].object()}
	}
	m := &Message{ID: s.newID(), Channel: id, Body: map[string]any{}, Notified: notified(r.Body)}
	if ref, ok := r.Body["message_reference"].(map[string]any); ok {
		m.Reference = text(ref["message_id"])
		if s.messages[m.Reference] == nil && ref["fail_if_not_exists"] != false {
			return says(400, 50035, "Invalid Form Body")
		}
	}
	m.write(r.Body)
	s.messages[m.ID], s.nonces[nonce] = m, m.ID
	s.channels[id].messages = append(s.channels[id].messages, m.ID)
	return answer{200, m.object()}
}

func (s *Server) editMessage(r request) answer {
	if refusal := s.reach(r.path("channel"), ViewChannel); refusal != nil {
		return *refusal
	}
	m := s.messages[r.path("message")]
	if m == nil || m.Channel != r.path("channel") {
		return says(404, 10008, "Unknown Message")
	}
	m.write(r.Body)
	m.Edits++
	return answer{200, m.object()}
}

func (s *Server) startThread(r request) answer {
	parent := r.path("channel")
	if refusal := s.reach(parent, CreatePublicThreads|ReadMessageHistory); refusal != nil {
		return *refusal
	}
	m := s.messages[r.path("message")]
	switch {
	case m == nil || m.Channel != parent:
		return says(404, 10008, "Unknown Message")
	case m.Thread != "":
		return says(400, 160004, "A thread has already been created for this message")
	}
	m.Thread = m.ID
	c := &channel{Channel: Channel{ID: m.ID, Name: text(r.Body["name"]), Type: 11}, parent: parent}
	s.channels[m.ID] = c
	return answer{201, c.object()}
}

var mention = regexp.MustCompile(`<@(&?\d+)>|@(everyone|here)`)

// notified returns whom a new message notifies: whom its content mentions and allowed_mentions lets
// it. What stands behind a backslash mentions nobody.
func notified(body map[string]any) []string {
	allowed, _ := body["allowed_mentions"].(map[string]any)
	named := map[string]bool{}
	for _, kind := range []struct{ list, sign string }{{"users", ""}, {"roles", "&"}} {
		list, _ := allowed[kind.list].([]any)
		for _, id := range list {
			named[kind.sign+text(id)] = true
		}
	}
	var all []string
	content := text(body["content"])
	for _, at := range mention.FindAllStringSubmatchIndex(content, -1) {
		if at[0] > 0 && content[at[0]-1] == '\\' || at[2] < 0 {
			continue // @everyone would need a "parse", which no message may have
		}
		if who := content[at[2]:at[3]]; named[who] {
			all = append(all, who)
		}
	}
	return all
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// number returns a number of decoded JSON, 0 for what is none.
func number(v any) int {
	f, _ := v.(float64)
	return int(f)
}

// objects returns the objects of a list of decoded JSON.
func objects(v any) []map[string]any {
	list, _ := v.([]any)
	var all []map[string]any
	for _, o := range list {
		if o, ok := o.(map[string]any); ok {
			all = append(all, o)
		}
	}
	return all
}
