package discord

import (
	"context"
	"reflect"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
)

// root is our one command; all that the desk answers is below it.
const root = "pactwatch"

// A command is the part of a command's registration that we set. discordgo's type would send lists
// that we do not have as null.
type command struct {
	Type             discordgo.ApplicationCommandType `json:"type"`
	Name             string                           `json:"name"`
	Description      string                           `json:"description"`
	Options          []option                         `json:"options"`
	Contexts         []int                            `json:"contexts"`          // 0: in guilds
	IntegrationTypes []int                            `json:"integration_types"` // 0: installed by a guild
}

// An option is a group of subcommands, a subcommand or an argument.
type option struct {
	Type        discordgo.ApplicationCommandOptionType `json:"type"`
	Name        string                                 `json:"name"`
	Description string                                 `json:"description"`
	Required    bool                                   `json:"required,omitempty"`
	Options     []option                               `json:"options,omitempty"`
}

// register makes Discord know our command as it is now. Where it does, nothing is sent: Discord
// counts registrations.
func (l *listener) register(ctx context.Context, app string) error {
	endpoint := discordgo.EndpointApplicationGlobalCommands(app)
	var known []command
	if err := l.d.call(ctx, "GET", endpoint, nil, &known); err != nil {
		return fatal(err)
	}
	want := definition(l.desk.Commands())
	for _, c := range known {
		if reflect.DeepEqual(c, want) {
			return nil
		}
	}
	if err := l.d.call(ctx, "POST", endpoint, want, nil); err != nil {
		return fatal(err)
	}
	l.d.lg.Info("discord has a new definition of the command", "command", "/"+root)
	return nil
}

// definition returns the registration of all commands: those of two words in a group of the first.
func definition(commands []bot.Command) command {
	c := command{
		Type: discordgo.ChatApplicationCommand, Name: root, Description: "Changes in AI partnerships: rules, sources, alerts",
		Contexts: []int{0}, IntegrationTypes: []int{0},
	}
	groups := make(map[string]int) // place in c.Options
	for _, b := range commands {
		group, name, two := strings.Cut(b.Name, " ")
		if !two {
			c.Options = append(c.Options, subcommand(group, b))
			continue
		}
		at, ok := groups[group]
		if !ok {
			at = len(c.Options)
			groups[group] = at
			c.Options = append(c.Options, option{Type: discordgo.ApplicationCommandOptionSubCommandGroup, Name: group, Description: "About " + group})
		}
		c.Options[at].Options = append(c.Options[at].Options, subcommand(name, b))
	}
	return c
}

func subcommand(name string, b bot.Command) option {
	o := option{Type: discordgo.ApplicationCommandOptionSubCommand, Name: name, Description: b.Help}
	for _, a := range b.Args {
		o.Options = append(o.Options, option{Type: discordgo.ApplicationCommandOptionString, Name: a.Name, Description: a.Help, Required: a.Required})
	}
	return o
}

// answer answers a command or a click, for the person who asked only.
func (l *listener) answer(ctx context.Context, i *discordgo.Interaction) {
	asking, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	var lines []bot.Line
	switch data := i.Data.(type) { // nil where discordgo could not read it
	case discordgo.ApplicationCommandInteractionData:
		lines = l.desk.Answer(asking, call(data.Options))
	case discordgo.MessageComponentInteractionData:
		lines = l.desk.Press(asking, data.CustomID)
	default:
		return
	}
	// Discord makes a rate limit per interaction and discordgo would keep each for ever: they share one.
	const bucket = "interaction-callback"
	ctx, cancel = context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	endpoint := discordgo.EndpointInteractionResponse(i.ID, i.Token) // a secret
	if err := l.d.callBucket(ctx, "POST", endpoint, bucket, ephemeral(lines), nil); err != nil && ctx.Err() == nil {
		l.d.lg.Warn("discord did not take an answer", "err", classify(err))
	}
}

// call returns what a person picked: a subcommand, or one in a group, and its arguments.
func call(options []*discordgo.ApplicationCommandInteractionDataOption) bot.Call {
	c := bot.Call{Args: make(map[string]string)}
	for len(options) > 0 {
		o := options[0]
		if o.Type == discordgo.ApplicationCommandOptionString {
			break
		}
		c.Command = strings.TrimSpace(c.Command + " " + o.Name)
		options = o.Options
	}
	for _, o := range options {
		if text, ok := o.Value.(string); ok {
			c.Args[o.Name] = text
		}
	}
	return c
}

// ephemeral returns the response that shows lines to one person.
func ephemeral(lines []bot.Line) map[string]any {
	text := list(bot.View{List: lines}, maxDescription)
	return map[string]any{
		"type": discordgo.InteractionResponseChannelMessageWithSource,
		"data": map[string]any{
			"flags":            discordgo.MessageFlagsEphemeral,
			"embeds":           []*discordgo.MessageEmbed{{Description: text}},
			"allowed_mentions": noMentions(),
		},
	}
}
