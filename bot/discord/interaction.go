package discord

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
)

// An interaction is what we read of what a person did. discordgo's own type does not know the newer
// components of a modal, and loses the whole interaction over them.
type interaction struct {
	ID        string                    `json:"id"`
	App       string                    `json:"application_id"`
	Token     string                    `json:"token"` // a secret
	Type      discordgo.InteractionType `json:"type"`
	ChannelID string                    `json:"channel_id"`
	Member    struct {
		User struct {
			ID       string `json:"id"`
			Username string `json:"username"`
			Name     string `json:"global_name"`
		} `json:"user"`
		Roles       []string `json:"roles"`
		Permissions string   `json:"permissions"`
	} `json:"member"`
	Message struct { // with the button
		Flags discordgo.MessageFlags `json:"flags"`
	} `json:"message"`
	Data struct {
		Name       string      `json:"name"`
		Options    []given     `json:"options"`
		CustomID   string      `json:"custom_id"`
		Components []component `json:"components"`
	} `json:"data"`
}

// given is a subcommand or an argument that somebody picked.
type given struct {
	Name    string                                 `json:"name"`
	Type    discordgo.ApplicationCommandOptionType `json:"type"`
	Value   json.RawMessage                        `json:"value"`
	Focused bool                                   `json:"focused"`
	Options []given                                `json:"options"`
}

// text returns a value in the desk's form: a channel as "<#ID>".
func (g given) text() string {
	var s string
	if json.Unmarshal(g.Value, &s) != nil {
		s = string(g.Value) // a number
	}
	if g.Type == discordgo.ApplicationCommandOptionChannel {
		return "<#" + s + ">"
	}
	return s
}

// onEphemeral reports whether it is a button on a message that only its presser sees.
func (i *interaction) onEphemeral() bool {
	return i.Type == discordgo.InteractionMessageComponent && i.Message.Flags&discordgo.MessageFlagsEphemeral != 0
}

// asker says who did it. Managers are those whom the configuration names by ID, and who may manage
// the server.
func (l *listener) asker(i *interaction) bot.Asker {
	by := bot.Asker{Actor: news.Actor{Platform: "discord", ID: i.Member.User.ID, Name: i.Member.User.Name}, Channel: i.ChannelID}
	if by.Name == "" {
		by.Name = i.Member.User.Username
	}
	const may = discordgo.PermissionAdministrator | discordgo.PermissionManageGuild
	permissions, _ := strconv.ParseInt(i.Member.Permissions, 10, 64) // what cannot be read allows nothing
	named := func(id string) bool { return id != "" && slices.Contains(l.d.cfg.Managers, id) }
	by.Manager = l.d.cfg.MembersCanManage || permissions&may != 0 || named(by.ID) || slices.ContainsFunc(i.Member.Roles, named)
	return by
}

// call returns what a person picked, and the argument that they are typing.
func call(i *interaction) (c bot.Call, typing given) {
	c.Args = make(map[string]string)
	if i.Data.Name != root {
		c.Command = i.Data.Name
	}
	options := i.Data.Options
	for len(options) > 0 && options[0].Type == discordgo.ApplicationCommandOptionSubCommand {
		c.Command = strings.TrimSpace(c.Command + " " + options[0].Name)
		options = options[0].Options
	}
	for _, o := range options {
		c.Args[o.Name] = o.text()
		if o.Focused {
			typing = o
		}
	}
	return c, typing
}
