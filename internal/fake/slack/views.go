package fakeslack

import (
	"fmt"
	"maps"
	"time"
)

// triggerLives is how long a trigger_id can open a view: docs.slack.dev/surfaces/modals
const triggerLives = 3 * time.Second

// A trigger is somebody's doing that can open one view.
type trigger struct {
	delivery, by string
	made         time.Time
	used         bool
}

// A View is a modal, or somebody's home tab, as it is now.
type View struct {
	ID, Hash      string
	Type          string // "modal" or "home"
	Callback      string
	Title, Submit string
	Metadata      string
	Blocks        []map[string]any
	Updates       int
	Closed        bool
	Errors        map[string]string // of the last submission, by block_id

	by       string         // the person who sees it
	delivery string         // whose trigger opened it
	values   map[string]any // what stands in its inputs, by block_id, as in state.values
}

// Shown returns all text that the view shows, a line for each piece.
func (v View) Shown() string { return shown(v.Blocks) }

// Buttons returns the buttons of the view.
func (v View) Buttons() []Button { return buttons(v.Blocks) }

// Fields returns the names of the view's inputs in their order.
func (v View) Fields() []string {
	var names []string
	for _, b := range v.Blocks {
		if b["type"] == "input" {
			names = append(names, text(b["block_id"]))
		}
	}
	return names
}

// Values returns what stands in the view's inputs by name: text, the value of what is selected, or the
// ID of a channel.
func (v View) Values() map[string]string {
	all := map[string]string{}
	for block, actions := range v.values {
		for _, state := range object(actions) {
			s := object(state)
			all[block] = text(s["value"]) + text(object(s["selected_option"])["value"]) + text(s["selected_conversation"])
		}
	}
	return all
}

// newTrigger returns a trigger_id; s.mu is held.
func (s *Server) newTrigger(d *delivery, by Person) string {
	id := fmt.Sprintf("trigger-%d", s.next())
	s.triggers[id] = &trigger{delivery: d.id, by: by.ID, made: time.Now()}
	return id
}

// View returns a view as it is now; the zero View if it never was.
func (s *Server) View(id string) View {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.views[id]; v != nil {
		return *v
	}
	return View{}
}

// Home returns what a person's home tab shows; the zero View before anything was published.
func (s *Server) Home(person string) View {
	s.mu.Lock()
	id := s.homes[person]
	s.mu.Unlock()
	return s.View(id)
}

func (s *Server) openView(c Call) map[string]any {
	t := s.triggers[c.Text("trigger_id")]
	switch {
	case t == nil:
		return says("invalid_trigger_id")
	case time.Since(t.made) > triggerLives:
		return says("expired_trigger_id")
	case t.used:
		return says("exchanged_trigger_id")
	}
	t.used = true
	v := &View{ID: fmt.Sprintf("V%d", s.next()), Type: "modal", by: t.by, delivery: t.delivery, values: map[string]any{}}
	s.views[v.ID] = v
	return s.show(v, c)
}

func (s *Server) updateView(c Call) map[string]any {
	v := s.views[c.Text("view_id")]
	switch {
	case v == nil || v.Closed:
		return says("not_found")
	case c.Args["hash"] != nil && c.Text("hash") != v.Hash:
		return says("hash_conflict")
	}
	v.Updates++
	return s.show(v, c)
}

func (s *Server) publishView(c Call) map[string]any {
	user := c.Text("user_id")
	if _, ok := s.people[user]; !ok {
		return says("invalid_arguments")
	}
	v := s.views[s.homes[user]]
	if v == nil {
		v = &View{ID: fmt.Sprintf("V%d", s.next()), Type: "home", by: user, values: map[string]any{}}
		s.views[v.ID], s.homes[user] = v, v.ID
	}
	v.Updates++
	return s.show(v, c)
}

// show puts a call's view in the place of v's; s.mu is held. What stands in an input stays there as
// long as its block_id and action_id do.
func (s *Server) show(v *View, c Call) map[string]any {
	shown := object(c.Args["view"])
	v.Hash = fmt.Sprintf("1764000000.%d", s.next())
	v.Callback, v.Metadata = text(shown["callback_id"]), text(shown["private_metadata"])
	v.Title, v.Submit = text(object(shown["title"])["text"]), text(object(shown["submit"])["text"])
	m := Message{}
	m.write(shown)
	v.Blocks = m.Blocks
	values := map[string]any{}
	for _, b := range v.Blocks {
		if b["type"] != "input" {
			continue
		}
		block, e := text(b["block_id"]), object(b["element"])
		action := text(e["action_id"])
		values[block] = map[string]any{action: s.initial(e)}
		if was := object(v.values[block])[action]; was != nil {
			values[block] = map[string]any{action: was}
		}
	}
	v.values = values
	return map[string]any{"ok": true, "view": v.object()}
}

// initial returns what an input holds before anybody touches it.
func (s *Server) initial(e map[string]any) map[string]any {
	state := map[string]any{"type": e["type"]}
	switch e["type"] {
	case "plain_text_input":
		state["value"] = nil
		if e["initial_value"] != nil {
			state["value"] = e["initial_value"]
		}
	case "conversations_select":
		state["selected_conversation"] = nil
		if e["initial_conversation"] != nil {
			state["selected_conversation"] = e["initial_conversation"]
		}
	default:
		state["selected_option"] = nil
		if e["initial_option"] != nil {
			state["selected_option"] = e["initial_option"]
		}
	}
	return state
}

// object returns the view as payloads have it.
func (v *View) object() map[string]any {
	values := map[string]any{}
	for block, actions := range v.values {
		values[block] = maps.Clone(object(actions))
	}
	o := map[string]any{
		"id": v.ID, "team_id": TeamID, "type": v.Type, "blocks": v.Blocks, "private_metadata": v.Metadata, "callback_id": v.Callback,
		"state": map[string]any{"values": values}, "hash": v.Hash, "clear_on_close": false, "notify_on_close": false, "close": nil,
		"submit": nil, "previous_view_id": nil, "root_view_id": v.ID, "app_id": AppID, "external_id": "", "app_installed_team_id": TeamID, "bot_id": BotID,
	}
	label := func(s string) any { return map[string]any{"type": "plain_text", "text": s, "emoji": false} }
	if v.Type == "modal" {
		o["title"] = label(v.Title)
	}
	if v.Submit != "" {
		o["submit"] = label(v.Submit)
	}
	return o
}
