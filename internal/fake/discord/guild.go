package fakediscord

import (
	"slices"
	"strconv"
)

// The permissions that matter to a bot like ours:
// docs.discord.com/developers/topics/permissions
const (
	Administrator         = 1 << 3
	ManageGuild           = 1 << 5
	ViewChannel           = 1 << 10
	SendMessages          = 1 << 11
	EmbedLinks            = 1 << 14
	ReadMessageHistory    = 1 << 16
	CreatePublicThreads   = 1 << 35
	SendMessagesInThreads = 1 << 38
)

// A Channel is one of the guild's.
type Channel struct {
	ID, Name   string
	Type       int // 0 is a text channel
	Overwrites []Overwrite
}

// An Overwrite changes in one channel what a role or a member may do.
type Overwrite struct {
	ID          string // the role's, GuildID for everyone's
	Member      bool   // ID is a member's
	Allow, Deny uint64
}

type channel struct {
	Channel
	parent   string   // of a thread
	messages []string // IDs
}

// AddChannel adds a channel, or puts it in the place of the one with the same ID.
func (s *Server) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[c.ID] = &channel{Channel: c}
}

// DeleteChannel makes a channel one that Discord does not know.
func (s *Server) DeleteChannel(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.channels, id)
}

// SetRole sets what a role may do in the guild; GuildID is everyone's.
func (s *Server) SetRole(id string, permissions uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roles[id] = permissions
}

// SetBotRoles sets the roles of the bot.
func (s *Server) SetBotRoles(roles ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.botRoles = roles
}

// may reports whether the bot has all of the permissions in a channel, or in a thread's parent.
func (s *Server) may(id string, permissions uint64) bool {
	c := s.channels[id]
	if c.parent != "" {
		c = s.channels[c.parent]
	}
	mine := func(o Overwrite) bool { return !o.Member && slices.Contains(s.botRoles, o.ID) }
	have := s.roles[GuildID]
	for _, r := range s.botRoles {
		have |= s.roles[r]
	}
	if have&Administrator != 0 {
		return true
	}
	for _, applies := range []func(Overwrite) bool{
		func(o Overwrite) bool { return !o.Member && o.ID == GuildID },
		mine,
		func(o Overwrite) bool { return o.Member && o.ID == BotID },
	} {
		var allow, deny uint64
		for _, o := range c.Overwrites {
			if applies(o) {
				allow, deny = allow|o.Allow, deny|o.Deny
			}
		}
		have = have&^deny | allow
	}
	return have&ViewChannel != 0 && have&permissions == permissions
}

// reach returns the refusal of a request about a channel, nil if the bot may make it.
func (s *Server) reach(id string, permissions uint64) *answer {
	refusal := says(403, 50013, "Missing Permissions")
	switch {
	case s.channels[id] == nil:
		refusal = says(404, 10003, "Unknown Channel")
	case !s.may(id, ViewChannel):
		refusal = says(403, 50001, "Missing Access")
	case s.may(id, permissions):
		return nil
	}
	return &refusal
}

func (s *Server) getChannel(r request) answer {
	id := r.path("channel")
	if refusal := s.reach(id, ViewChannel); refusal != nil {
		return *refusal
	}
	return answer{200, s.channels[id].object()}
}

func (c *channel) object() map[string]any {
	overwrites := []any{}
	for _, o := range c.Overwrites {
		kind := 0
		if o.Member {
			kind = 1
		}
		overwrites = append(overwrites, map[string]any{
			"id": o.ID, "type": kind, "allow": strconv.FormatUint(o.Allow, 10), "deny": strconv.FormatUint(o.Deny, 10),
		})
	}
	return map[string]any{"id": c.ID, "type": c.Type, "guild_id": GuildID, "name": c.Name, "permission_overwrites": overwrites}
}

func (s *Server) getRoles(r request) answer {
	if r.path("guild") != GuildID {
		return says(404, 10004, "Unknown Guild")
	}
	roles := []any{}
	for id, p := range s.roles {
		roles = append(roles, map[string]any{"id": id, "name": "role " + id, "permissions": strconv.FormatUint(p, 10)})
	}
	return answer{200, roles}
}

func (s *Server) getMember(r request) answer {
	if r.path("guild") != GuildID {
		return says(404, 10004, "Unknown Guild")
	}
	if r.path("user") != BotID {
		return says(404, 10007, "Unknown Member")
	}
	return answer{200, map[string]any{"user": s.getMe(request{}).body, "roles": append([]string{}, s.botRoles...)}}
}
