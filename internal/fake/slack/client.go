package fakeslack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// working is how an answer begins that only says that the bot is at work.
const working = "⏳"

// An Interaction is something that a person or the workspace did, sent to the bot, and what it led to.
type Interaction struct {
	s      *Server
	d      *delivery
	by     Person
	serial int // what is newer than this came after it
}

// happen sends something that a person did.
func (s *Server) happen(by Person, kind string, payload func(*delivery) map[string]any) *Interaction {
	s.t.Helper()
	d := &delivery{kind: kind}
	s.mu.Lock()
	if _, known := s.people[by.ID]; !known && by.ID != "" {
		s.people[by.ID] = by
	}
	i := &Interaction{s: s, d: d, by: by, serial: s.next()}
	d.id = fmt.Sprintf("envelope-%d", i.serial)
	d.payload = payload(d)
	s.mu.Unlock()
	s.deliver(d)
	return i
}

// Redeliver sends the same once more, in an envelope of the same ID, as Slack may.
func (i *Interaction) Redeliver() { i.s.deliver(i.d) }

// Ack returns how the bot acknowledged it. It fails the test where it did not within 3 s.
func (i *Interaction) Ack() Ack {
	i.s.t.Helper()
	return i.s.ack(i.d)
}

// Answer returns the newest message that answers the interaction, once it says more than that the bot
// is at work. It fails the test where there is none after the time given.
func (i *Interaction) Answer(within time.Duration) Message {
	i.s.t.Helper()
	i.Ack()
	var found Message
	if !i.s.wait(within, func() bool {
		found = i.newest()
		return found.TS != "" && !strings.HasPrefix(found.Text, working)
	}) {
		i.s.errorf("no answer within %s to %v", within, i.d.payload)
	}
	return found
}

// First returns the first that the person saw of an answer, be it only that the bot is at work.
func (i *Interaction) First(within time.Duration) Message {
	i.s.t.Helper()
	var found Message
	if !i.s.wait(within, func() bool {
		found = i.newest()
		return found.TS != ""
	}) {
		i.s.errorf("nothing to see within %s after %v", within, i.d.payload)
	}
	return found
}

// newest returns the newest message that answers the interaction: over its response_url, or for the
// same person alone since then, be it over what an earlier one has left of its own; s.mu is held.
func (i *Interaction) newest() Message {
	var found Message
	for _, c := range i.s.channels {
		for _, m := range c.messages {
			others := m.by != "" && i.d.payload["response_url"] != nil
			own := m.by == i.d.id || !others && m.serial > i.serial && (m.To == i.by.ID || c.ID == "D"+i.by.ID)
			if own && m.serial > found.serial {
				found = *m
			}
		}
	}
	return found
}

// Unanswered fails the test if a message or a view answers within a time.
func (i *Interaction) Unanswered(within time.Duration) {
	i.s.t.Helper()
	if i.s.wait(within, func() bool { return i.newest().TS != "" || i.opened() != nil }) {
		i.s.errorf("answered, want no answer to %v", i.d.payload)
	}
}

// Modal returns the view that the interaction opened. It fails the test where there is none after 3 s.
func (i *Interaction) Modal() View {
	i.s.t.Helper()
	var v View
	if !i.s.wait(triggerLives, func() bool {
		if opened := i.opened(); opened != nil {
			v = *opened
		}
		return v.ID != ""
	}) {
		i.s.errorf("no modal within %s after %v", triggerLives, i.d.payload)
	}
	return v
}

func (i *Interaction) opened() *View {
	for _, v := range i.s.views {
		if v.delivery == i.d.id {
			return v
		}
	}
	return nil
}

// Command does what a client does with "/watch add …": it sends the words after the command as Slack
// escapes them when should_escape is on, users and channels given as "<@U1>" and "<#C1|name>".
func (s *Server) Command(by Person, channel, line string) *Interaction {
	s.t.Helper()
	command, words, _ := strings.Cut(line, " ")
	return s.happen(by, "slash_commands", func(d *delivery) map[string]any {
		name := ""
		if c := s.channels[channel]; c != nil {
			name = c.Name
		}
		return map[string]any{
			"token": "canary-verification", "team_id": TeamID, "team_domain": "northwind", "channel_id": channel, "channel_name": name,
			"user_id": by.ID, "user_name": by.Name, "command": command, "text": words, "api_app_id": AppID, "is_enterprise_install": "false",
			"response_url": s.newURL(d, by, channel, ""), "trigger_id": s.newTrigger(d, by),
		}
	})
}

// interactive returns what all payloads of interactions have; s.mu is held.
func (s *Server) interactive(d *delivery, by Person, kind string) map[string]any {
	return map[string]any{
		"type": kind, "token": "canary-verification", "api_app_id": AppID, "trigger_id": s.newTrigger(d, by), "enterprise": nil, "is_enterprise_install": false,
		"team": map[string]any{"id": TeamID, "domain": "northwind"},
		"user": map[string]any{"id": by.ID, "username": by.Name, "name": by.Name, "team_id": TeamID},
	}
}

// Press presses the button of a message that has a label. The error says that there is none.
func (s *Server) Press(by Person, m Message, label string) (*Interaction, error) {
	s.t.Helper()
	for _, b := range m.Buttons() {
		if b.Label == label {
			return s.press(by, m, b), nil
		}
	}
	return nil, fmt.Errorf("no button %q among %v", label, m.Buttons())
}

// PressID presses a button by its ID, whether the message still shows it or not.
func (s *Server) PressID(by Person, m Message, id string) *Interaction {
	s.t.Helper()
	for _, b := range m.Buttons() {
		if b.ID == id {
			return s.press(by, m, b)
		}
	}
	return s.press(by, m, Button{ID: id, block: "gone"})
}

func (s *Server) press(by Person, m Message, b Button) *Interaction {
	s.t.Helper()
	return s.happen(by, "interactive", func(d *delivery) map[string]any {
		p := s.interactive(d, by, "block_actions")
		p["container"] = map[string]any{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": m.Ephemeral()}
		p["channel"] = map[string]any{"id": m.Channel, "name": s.channels[m.Channel].Name}
		p["response_url"] = s.newURL(d, by, m.Channel, m.TS)
		p["state"] = map[string]any{"values": map[string]any{}}
		p["actions"] = []any{s.action("button", b.block, b.ID, map[string]any{"text": map[string]any{"type": "plain_text", "text": b.Label}})}
		if !m.Ephemeral() { // of one person's message Slack tells no more than its container
			p["message"] = m.object()
		}
		return p
	})
}

// action returns what was done to an element; s.mu is held.
func (s *Server) action(kind, block, id string, more map[string]any) map[string]any {
	a := map[string]any{"type": kind, "block_id": block, "action_id": id, "action_ts": fmt.Sprintf("1764000000.%06d", s.next())}
	maps.Copy(a, more)
	return a
}

// PressIn presses a button in a view: of a home tab or of a modal.
func (s *Server) PressIn(by Person, v View, label string) (*Interaction, error) {
	s.t.Helper()
	for _, b := range v.Buttons() {
		if b.Label == label {
			return s.inView(by, v.ID, "block_actions", func(p map[string]any, _ *View) {
				p["actions"] = []any{s.action("button", b.block, b.ID, nil)}
			}), nil
		}
	}
	return nil, fmt.Errorf("no button %q among %v", label, v.Buttons())
}

// inView sends something that happened in a view.
func (s *Server) inView(by Person, view, kind string, more func(p map[string]any, v *View)) *Interaction {
	s.t.Helper()
	return s.happen(by, "interactive", func(d *delivery) map[string]any {
		v := s.views[view]
		p := s.interactive(d, by, kind)
		p["container"] = map[string]any{"type": "view", "view_id": v.ID}
		more(p, v)
		p["view"] = v.object()
		return p
	})
}

// Shortcut uses a global shortcut.
func (s *Server) Shortcut(by Person, callback string) *Interaction {
	s.t.Helper()
	return s.happen(by, "interactive", func(d *delivery) map[string]any {
		p := s.interactive(d, by, "shortcut")
		p["callback_id"], p["action_ts"] = callback, "1764000000.000001"
		return p
	})
}

// Type puts a value into an input of a modal. Where the input wants to tell of that at once, it
// returns the interaction, else nil. The error says why the client does not take the value.
func (s *Server) Type(by Person, v View, field, value string) (*Interaction, error) {
	s.t.Helper()
	s.mu.Lock()
	b, err := s.fill(s.views[v.ID], field, value)
	s.mu.Unlock()
	if err != nil || b["dispatch_action"] != true {
		return nil, err
	}
	e := object(b["element"])
	return s.inView(by, v.ID, "block_actions", func(p map[string]any, v *View) {
		state := object(object(v.values[field])[text(e["action_id"])])
		p["actions"] = []any{s.action(text(e["type"]), field, text(e["action_id"]), state)}
	}), nil
}

// fill puts a value into an input; s.mu is held. It returns the input's block.
func (s *Server) fill(v *View, field, value string) (map[string]any, error) {
	if v == nil || v.Closed {
		return nil, fmt.Errorf("the view is closed")
	}
	at := slices.IndexFunc(v.Blocks, func(b map[string]any) bool { return b["type"] == "input" && b["block_id"] == field })
	if at < 0 {
		return nil, fmt.Errorf("the view has no input %s among %v", field, v.Fields())
	}
	b := v.Blocks[at]
	e := object(b["element"])
	state := s.initial(e)
	switch e["type"] {
	case "plain_text_input":
		if strings.Contains(value, "\n") && e["multiline"] != true {
			return nil, fmt.Errorf("%s has one line", field)
		}
		state["value"] = value
		if value == "" {
			state["value"] = nil
		}
	case "conversations_select":
		if s.channels[value] == nil {
			return nil, fmt.Errorf("%s: there is no channel %s", field, value)
		}
		state["selected_conversation"] = value
	case "static_select":
		o := slices.IndexFunc(objects(e["options"]), func(o map[string]any) bool { return o["value"] == value })
		if o < 0 {
			return nil, fmt.Errorf("%s has no option %s", field, value)
		}
		state["selected_option"] = objects(e["options"])[o]
	default:
		state["selected_option"] = map[string]any{"value": value, "text": map[string]any{"type": "plain_text", "text": value}}
	}
	v.values[field] = map[string]any{text(e["action_id"]): state}
	return b, nil
}

// Suggest types into an input that asks the bot what there is, and returns the labels on offer.
func (s *Server) Suggest(by Person, v View, field, typed string) []string {
	s.t.Helper()
	i := s.inView(by, v.ID, "block_suggestion", func(p map[string]any, v *View) {
		for _, b := range v.Blocks {
			if b["block_id"] == field {
				p["block_id"], p["action_id"], p["value"] = field, object(b["element"])["action_id"], typed
			}
		}
		delete(p, "trigger_id")
	})
	options := objects(i.Ack().Payload["options"])
	if len(options) > maxOptions {
		s.errorf("%d options, want %d at most", len(options), maxOptions)
	}
	var labels []string
	c := &checker{}
	for _, o := range options {
		c.option(o)
		labels = append(labels, text(object(o["text"])["text"]))
	}
	for _, fault := range c.faults {
		s.errorf("block_suggestion: %s", fault)
	}
	return labels
}

// Submit fills in a modal and sends it: what values does not name stays as it is. It returns the
// interaction and what the bot finds wrong, by field; the modal stays open then. The error says why
// the client would not send it.
func (s *Server) Submit(by Person, v View, values map[string]string) (*Interaction, map[string]string, error) {
	s.t.Helper()
	s.mu.Lock()
	for _, field := range slices.Sorted(maps.Keys(values)) {
		if _, err := s.fill(s.views[v.ID], field, values[field]); err != nil {
			s.mu.Unlock()
			return nil, nil, err
		}
	}
	empty := s.views[v.ID].missing()
	s.mu.Unlock()
	if empty != "" {
		return nil, nil, fmt.Errorf("the modal wants a value for %s", empty)
	}
	i := s.inView(by, v.ID, "view_submission", func(p map[string]any, _ *View) { p["response_urls"] = []any{} })
	ack := i.Ack()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.views[v.ID]
	switch what := ack.Payload["response_action"]; what {
	case nil, "clear":
		now.Closed, now.Errors = true, nil
	case "errors":
		now.Errors = map[string]string{}
		for field, words := range object(ack.Payload["errors"]) {
			if !slices.Contains(now.Fields(), field) || text(words) == "" {
				s.complain("view_submission: an error %q for %s, which is no input of the view", words, field)
			}
			now.Errors[field] = text(words)
		}
		if len(now.Errors) == 0 {
			s.complain("view_submission: response_action errors without errors")
		}
	default:
		s.complain("view_submission: response_action %v", what)
	}
	return i, now.Errors, nil
}

// missing returns an input that has to have a value and has none; "" for none.
func (v *View) missing() string {
	for _, b := range v.Blocks {
		block, e := text(b["block_id"]), object(b["element"])
		if b["type"] != "input" || b["optional"] == true {
			continue
		}
		state := object(object(v.values[block])[text(e["action_id"])])
		if state["value"] == nil && state["selected_option"] == nil && state["selected_conversation"] == nil {
			return block
		}
	}
	return ""
}

// Event sends an event of the workspace's. An interaction's Redeliver sends it in the same envelope;
// the same event may also come in another, with SameEvent.
func (s *Server) Event(event map[string]any) *Interaction {
	s.t.Helper()
	return s.happen(Person{}, "events_api", func(*delivery) map[string]any {
		n := s.next()
		event = maps.Clone(event)
		event["event_ts"] = fmt.Sprintf("1764000000.%06d", n)
		return map[string]any{
			"token": "canary-verification", "team_id": TeamID, "api_app_id": AppID, "event": event, "type": "event_callback",
			"event_id": fmt.Sprintf("Ev%08d", n), "event_time": time.Now().Unix(), "is_ext_shared_channel": false, "authed_users": []any{BotUserID},
			"authorizations": []any{map[string]any{"enterprise_id": nil, "team_id": TeamID, "user_id": BotUserID, "is_bot": true, "is_enterprise_install": false}},
		}
	})
}

// SameEvent sends an event once more in an envelope of its own, as Slack does with one that it takes
// for lost.
func (s *Server) SameEvent(i *Interaction) *Interaction {
	s.t.Helper()
	return s.happen(Person{}, "events_api", func(*delivery) map[string]any { return i.d.payload })
}

// OpenHome opens a person's home tab.
func (s *Server) OpenHome(by Person) *Interaction {
	s.t.Helper()
	s.mu.Lock()
	if _, known := s.people[by.ID]; !known {
		s.people[by.ID] = by
	}
	s.mu.Unlock()
	i := s.Event(map[string]any{"type": "app_home_opened", "user": by.ID, "channel": "D" + by.ID, "tab": "home"})
	i.by = by
	return i
}

// Invite takes the bot into a channel.
func (s *Server) Invite(by Person, channel string) *Interaction {
	s.t.Helper()
	s.mu.Lock()
	s.channels[channel].Member = true
	if _, known := s.people[by.ID]; !known {
		s.people[by.ID] = by
	}
	s.mu.Unlock()
	return s.Event(map[string]any{"type": "member_joined_channel", "user": BotUserID, "channel": channel, "channel_type": "C", "team": TeamID, "inviter": by.ID})
}
