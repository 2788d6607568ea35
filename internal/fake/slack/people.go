package fakeslack

import "slices"

// A Person uses a client.
type Person struct {
	ID, Name string
	Admin    bool
	Guest    bool
	Zone     string // "Europe/Berlin"; "" means UTC
}

// A Channel is one of the workspace's.
type Channel struct {
	ID, Name string
	Private  bool
	Member   bool // the bot is in it
	Archived bool
}

type channel struct {
	Channel
	messages []*Message // the oldest first
}

// AddChannel adds a channel, or puts it in the place of the one with the same ID, with its messages.
func (s *Server) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if was := s.channels[c.ID]; was != nil {
		was.Channel = c
		return
	}
	s.channels[c.ID] = &channel{Channel: c}
}

// AddPerson adds a person to the workspace, or puts them in the place of the one with the same ID.
// Who does something in a client is added by that.
func (s *Server) AddPerson(p Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people[p.ID] = p
}

// visible returns a channel that the bot can see: s.mu is held.
func (s *Server) visible(id string) *channel {
	c := s.channels[id]
	if c == nil || c.Private && !c.Member {
		return nil
	}
	return c
}

func (s *Server) conversationInfo(c Call) map[string]any {
	ch := s.visible(c.Text("channel"))
	if ch == nil {
		return says("channel_not_found")
	}
	return map[string]any{"ok": true, "channel": ch.object()}
}

func (c *channel) object() map[string]any {
	im := c.ID[0] == 'D'
	return map[string]any{
		"id": c.ID, "name": c.Name, "name_normalized": c.Name, "is_channel": !im && !c.Private, "is_group": c.Private, "is_im": im,
		"is_mpim": false, "is_private": c.Private || im, "is_member": c.Member, "is_archived": c.Archived, "created": 1700000000,
		"context_team_id": TeamID, "is_shared": false, "is_general": false,
	}
}

func (s *Server) conversationMembers(c Call) map[string]any {
	ch := s.visible(c.Text("channel"))
	if ch == nil {
		return says("channel_not_found")
	}
	members := []string{}
	if ch.Member {
		members = append(members, BotUserID)
	}
	for id := range s.people {
		members = append(members, id)
	}
	slices.Sort(members)
	return map[string]any{"ok": true, "members": members, "response_metadata": map[string]any{"next_cursor": ""}}
}

func (s *Server) userInfo(c Call) map[string]any {
	p, ok := s.people[c.Text("user")]
	if !ok {
		return says("user_not_found")
	}
	zone := p.Zone
	if zone == "" {
		zone = "UTC"
	}
	return map[string]any{"ok": true, "user": map[string]any{
		"id": p.ID, "team_id": TeamID, "name": p.Name, "real_name": p.Name, "deleted": false, "is_bot": false, "tz": zone, "tz_label": zone,
		"is_admin": p.Admin, "is_owner": false, "is_primary_owner": false, "is_restricted": p.Guest, "is_ultra_restricted": false,
		"profile": map[string]any{"display_name": p.Name, "real_name": p.Name},
	}}
}
