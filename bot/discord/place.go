package discord

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
)

// needed is what the bot has to be allowed where it posts, by the names that Discord shows.
var needed = []struct {
	bit  int64
	name string
}{
	{discordgo.PermissionViewChannel, "View Channel"},
	{discordgo.PermissionSendMessages, "Send Messages"},
	{discordgo.PermissionEmbedLinks, "Embed Links"},
	{discordgo.PermissionReadMessageHistory, "Read Message History"},
	{discordgo.PermissionCreatePublicThreads, "Create Public Threads"},
	{discordgo.PermissionSendMessagesInThreads, "Send Messages in Threads"},
}

// Place returns what Discord says of a channel, and which permissions the bot lacks there.
func (d *Discord) Place(ctx context.Context, channel string) (bot.Place, error) {
	var c discordgo.Channel
	err := d.call(ctx, "GET", discordgo.EndpointChannel(channel), nil, &c)
	switch codeOf(err) {
	case discordgo.ErrCodeUnknownChannel:
		return bot.Place{}, news.ErrNotFound
	case discordgo.ErrCodeMissingAccess:
		return bot.Place{ID: channel, Name: channel, Trouble: "missing View Channel"}, nil
	}
	if err != nil {
		return bot.Place{}, classify(err)
	}
	d.guilds.Store(channel, c.GuildID)
	p := bot.Place{ID: c.ID, Name: c.Name}
	if c.Type != discordgo.ChannelTypeGuildText && c.Type != discordgo.ChannelTypeGuildNews {
		p.Trouble = "it is no text channel"
		return p, nil
	}
	may, err := d.permissions(ctx, &c)
	if err != nil {
		return bot.Place{}, classify(err)
	}
	var missing []string
	for _, n := range needed {
		if may&n.bit == 0 {
			missing = append(missing, n.name)
		}
	}
	if len(missing) > 0 {
		p.Trouble = "missing " + strings.Join(missing, ", ")
	}
	return p, nil
}

// Reach is Place: what the bot lacks to post somewhere and to read it again, its permissions say.
func (d *Discord) Reach(ctx context.Context, channel string) (bot.Place, error) {
	return d.Place(ctx, channel)
}

// permissions computes what the bot may do in a channel:
// docs.discord.com/developers/topics/permissions#permission-hierarchy
func (d *Discord) permissions(ctx context.Context, c *discordgo.Channel) (int64, error) {
	var me discordgo.User
	if err := d.call(ctx, "GET", discordgo.EndpointUser("@me"), nil, &me); err != nil {
		return 0, err
	}
	var member discordgo.Member
	if err := d.call(ctx, "GET", discordgo.EndpointGuildMember(c.GuildID, me.ID), nil, &member); err != nil {
		return 0, err
	}
	var roles []struct {
		ID          string `json:"id"`
		Permissions string `json:"permissions"`
	}
	if err := d.call(ctx, "GET", discordgo.EndpointGuildRoles(c.GuildID), nil, &roles); err != nil {
		return 0, err
	}
	var may int64
	for _, r := range roles {
		if r.ID == c.GuildID || slices.Contains(member.Roles, r.ID) { // everyone's role has the guild's ID
			bits, _ := strconv.ParseInt(r.Permissions, 10, 64) // what cannot be read allows nothing
			may |= bits
		}
	}
	if may&discordgo.PermissionAdministrator != 0 {
		return -1, nil // all of them
	}
	apply := func(meant func(o *discordgo.PermissionOverwrite) bool) {
		var allow, deny int64
		for _, o := range c.PermissionOverwrites {
			if meant(o) {
				allow, deny = allow|o.Allow, deny|o.Deny
			}
		}
		may = may&^deny | allow
	}
	role := discordgo.PermissionOverwriteTypeRole
	apply(func(o *discordgo.PermissionOverwrite) bool { return o.Type == role && o.ID == c.GuildID })
	apply(func(o *discordgo.PermissionOverwrite) bool {
		return o.Type == role && slices.Contains(member.Roles, o.ID)
	})
	apply(func(o *discordgo.PermissionOverwrite) bool { return o.Type != role && o.ID == me.ID })
	return may, nil
}

// learn remembers the guild of the channels that a gateway event tells of.
func (d *Discord) learn(event string, data json.RawMessage) {
	var e struct {
		ID       string `json:"id"`
		Guild    string `json:"guild_id"`
		Channels []struct {
			ID string `json:"id"`
		} `json:"channels"`
	}
	if event != "GUILD_CREATE" && event != "CHANNEL_CREATE" || json.Unmarshal(data, &e) != nil {
		return
	}
	if e.Guild != "" {
		d.guilds.Store(e.ID, e.Guild)
	}
	for _, c := range e.Channels {
		d.guilds.Store(c.ID, e.ID)
	}
}

// Permalink returns the address of a message, "" as long as nothing has told us its guild.
func (d *Discord) Permalink(to news.Destination, message string) string {
	guild, ok := d.guilds.Load(to.Target)
	if !ok || message == "" {
		return ""
	}
	return "https://discord.com/channels/" + guild.(string) + "/" + to.Target + "/" + message
}
