package fakediscord

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// How long an interaction waits for its first answer, and how long its token is good:
// docs.discord.com/developers/interactions/receiving-and-responding
const (
	firstWithin = 3 * time.Second
	tokenLives  = 15 * time.Minute
)

const flagEphemeral = 1 << 6

// The types of interaction, and of the first answers to them.
const (
	kindCommand, kindComponent, kindAutocomplete, kindSubmit = 2, 3, 4, 5

	TypeMessage, TypeDeferred, TypeDeferredUpdate, TypeUpdate, TypeChoices, TypeModal = 4, 5, 6, 7, 8, 9
)

// A Person uses a client.
type Person struct {
	ID, Name    string
	Roles       []string
	Permissions uint64 // in the guild and in all its channels
}

// An Interaction is something that a person did, and what the bot has answered.
type Interaction struct {
	ID, Token string

	s       *Server
	kind    int
	by      Person
	channel string
	payload map[string]any
	pressed string // the message with the button; "" for none
	sent    time.Time

	// s.mu guards what follows.
	first     *Response
	message   string // the ID of what @original is; "" while there is none
	followUps []string
	changed   chan struct{} // closed and made anew with each answer
}

// A Response is the first answer to an interaction.
type Response struct {
	Type  int
	Data  map[string]any
	After time.Duration
}

// interact sends an interaction to the bot, once it is connected. Discord sends it to each session.
func (s *Server) interact(i *Interaction, data map[string]any) *Interaction {
	s.t.Helper()
	s.Connected()
	s.mu.Lock()
	i.s, i.ID, i.sent, i.changed = s, s.newID(), time.Now(), make(chan struct{})
	i.Token = "canary-interaction-" + i.ID
	s.interactions[i.ID] = i
	i.payload = map[string]any{
		"id": i.ID, "application_id": AppID, "type": i.kind, "token": i.Token, "version": 1, "data": data,
		"guild_id": GuildID, "channel_id": i.channel, "locale": "en-US", "guild_locale": "en-US", "context": 0,
		"app_permissions": "0", "entitlements": []any{}, "authorizing_integration_owners": map[string]any{"0": GuildID},
		"member": map[string]any{
			"user":  map[string]any{"id": i.by.ID, "username": i.by.Name, "discriminator": "0", "global_name": nil, "avatar": nil},
			"roles": append([]string{}, i.by.Roles...), "permissions": strconv.FormatUint(i.by.Permissions, 10), "joined_at": "2026-01-01T00:00:00Z",
		},
	}
	if c := s.channels[i.channel]; c != nil {
		i.payload["channel"] = c.object()
	}
	if m := s.messages[i.pressed]; m != nil {
		i.payload["message"] = m.object()
	}
	elsewhere := s.endpoint != ""
	s.mu.Unlock()
	if !elsewhere {
		i.Redeliver()
	}
	return i
}

// Redeliver sends the interaction to the bot again, as Discord may.
func (i *Interaction) Redeliver() {
	for _, c := range i.s.open() {
		c.write(0, "INTERACTION_CREATE", i.payload)
	}
}

// Age makes the interaction older.
func (i *Interaction) Age(by time.Duration) {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	i.sent = i.sent.Add(-by)
}

// First returns the first answer. It fails the test where there is none in time.
func (i *Interaction) First() Response {
	i.s.t.Helper()
	if !i.wait(firstWithin, func() bool { return i.first != nil }) {
		i.s.errorf("%v: no answer within %s", i.payload["data"], firstWithin)
		return Response{}
	}
	return *i.first
}

// Answer returns the message that answers the interaction, once it says more than that the bot is at
// work. It fails the test where there is none after the time given.
func (i *Interaction) Answer(within time.Duration) Message {
	i.s.t.Helper()
	i.First()
	done := func() bool { m := i.s.messages[i.message]; return m != nil && m.Body["loading"] == nil }
	if !i.wait(within, done) {
		i.s.errorf("%v: no message within %s", i.payload["data"], within)
		return Message{}
	}
	return i.s.Message(i.message)
}

// Unanswered fails the test if the bot answers within a time.
func (i *Interaction) Unanswered(within time.Duration) {
	i.s.t.Helper()
	if i.wait(within, func() bool { return i.first != nil }) {
		i.s.errorf("%v: answered with %v, want no answer", i.payload["data"], i.first)
	}
}

// FollowUps returns the messages that followed the first answer.
func (i *Interaction) FollowUps() []Message {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	var all []Message
	for _, id := range i.followUps {
		all = append(all, i.s.messages[id].copy())
	}
	return all
}

func (i *Interaction) wait(within time.Duration, done func() bool) bool {
	deadline := time.After(within)
	for {
		i.s.mu.Lock()
		ok, next := done(), i.changed
		i.s.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-next:
		case <-deadline:
			return false
		}
	}
}

func (i *Interaction) notify() {
	close(i.changed)
	i.changed = make(chan struct{})
}

// answersTo has the types of first answer that an interaction can have.
var answersTo = map[int][]int{
	kindCommand:      {TypeMessage, TypeDeferred, TypeModal},
	kindComponent:    {TypeMessage, TypeDeferred, TypeDeferredUpdate, TypeUpdate, TypeModal},
	kindAutocomplete: {TypeChoices},
	kindSubmit:       {TypeMessage, TypeDeferred, TypeDeferredUpdate, TypeUpdate},
}

func (s *Server) callback(r request) answer {
	i := s.interactions[r.path("id")]
	kind := number(r.Body["type"])
	switch {
	case i == nil || i.Token != r.path("token") || time.Since(i.sent) > firstWithin:
		return says(404, 10062, "Unknown interaction")
	case i.first != nil:
		return says(400, 40060, "Interaction has already been acknowledged.")
	case !slices.Contains(answersTo[i.kind], kind), kind == TypeUpdate && i.pressed == "", kind == TypeDeferredUpdate && i.pressed == "":
		return says(400, 50035, "Invalid Form Body")
	}
	data, _ := r.Body["data"].(map[string]any)
	i.first = &Response{Type: kind, Data: data, After: time.Since(i.sent)}
	switch kind {
	case TypeMessage:
		i.message = s.answerMessage(i, data).ID
	case TypeDeferred:
		m := s.answerMessage(i, map[string]any{"flags": data["flags"]})
		m.Body["loading"], i.message = true, m.ID
	case TypeUpdate:
		i.message = i.pressed
		s.update(i.pressed, data)
	}
	i.notify()
	return answer{http.StatusNoContent, nil}
}

// answerMessage makes a message that answers an interaction. One that everybody sees stands in the channel.
func (s *Server) answerMessage(i *Interaction, body map[string]any) *Message {
	m := &Message{ID: s.newID(), Channel: i.channel, Body: map[string]any{}, token: i.Token}
	m.write(body)
	s.messages[m.ID] = m
	if c := s.channels[i.channel]; c != nil && !m.Ephemeral() {
		c.messages = append(c.messages, m.ID)
	}
	return m
}

// update writes a message anew; whether one person only sees it stays as it was.
func (s *Server) update(id string, body map[string]any) {
	m := s.messages[id]
	if m == nil {
		return
	}
	flags := m.Body["flags"]
	delete(m.Body, "loading")
	m.write(body)
	m.Body["flags"] = flags
	m.Edits++
}

// byToken returns the interaction that an address below /webhooks speaks of, or the refusal.
func (s *Server) byToken(r request) (*Interaction, *answer) {
	for _, i := range s.interactions {
		if i.Token != r.path("token") || r.path("app") != AppID {
			continue
		}
		refusal := says(401, 50027, "Invalid Webhook Token")
		if time.Since(i.sent) > tokenLives {
			return nil, &refusal
		}
		return i, nil
	}
	refusal := says(404, 10015, "Unknown Webhook")
	return nil, &refusal
}

func (s *Server) editReply(r request) answer {
	i, refusal := s.byToken(r)
	if refusal != nil {
		return *refusal
	}
	if i.first != nil && i.first.Type == TypeDeferredUpdate {
		i.message = i.pressed
	}
	id := r.path("message")
	if id == "@original" {
		id = i.message
	}
	if m := s.messages[id]; m == nil {
		return says(404, 10008, "Unknown Message")
	}
	s.update(id, r.Body)
	i.notify()
	return answer{200, s.messages[id].object()}
}

func (s *Server) followUp(r request) answer {
	i, refusal := s.byToken(r)
	if refusal != nil {
		return *refusal
	}
	if i.first == nil {
		return says(404, 10015, "Unknown Webhook") // it is there after the first answer
	}
	m := s.answerMessage(i, r.Body)
	i.followUps = append(i.followUps, m.ID)
	i.notify()
	return answer{200, m.object()}
}
