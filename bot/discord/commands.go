package discord

import (
	"cmp"
	"context"
	"reflect"
	"strings"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
)

// root is the command that has what is one word for the desk: help, status, why.
const root = "pactwatch"

// managed are the commands that only who may manage the server sees, unless an admin says otherwise.
// Discord gates a command as a whole, so what everybody may do stands under the others.
var managed = map[string]bool{"watch": true, "sources": true}

// manageServer is Discord's permission of that name, as text.
const manageServer = "32"

// A command is the part of a command's registration that we set. discordgo's type would send lists
// that we do not have as null.
type command struct {
	Type             discordgo.ApplicationCommandType `json:"type"`
	Name             string                           `json:"name"`
	Description      string                           `json:"description"`
	Options          []option                         `json:"options"`
	Permissions      *string                          `json:"default_member_permissions"` // nil: everybody
	Contexts         []int                            `json:"contexts"`                   // 0: in guilds
	IntegrationTypes []int                            `json:"integration_types"`          // 0: installed by a guild
}

// An option is a subcommand or an argument.
type option struct {
	Type         discordgo.ApplicationCommandOptionType `json:"type"`
	Name         string                                 `json:"name"`
	Description  string                                 `json:"description"`
	Required     bool                                   `json:"required,omitempty"`
	Autocomplete bool                                   `json:"autocomplete,omitempty"`
	Choices      []choice                               `json:"choices,omitempty"`
	ChannelTypes []int                                  `json:"channel_types,omitempty"`
	Options      []option                               `json:"options,omitempty"`
}

// Limits of docs.discord.com/developers/interactions/application-commands; lengths are in UTF-16 units.
const (
	maxHelp    = 100 // of a description
	maxChoices = 25
	maxChoice  = 100 // of its name and of its value
)

type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// register makes Discord know our commands as they are now. Where it does, nothing is sent: Discord
// counts registrations.
func (l *listener) register(ctx context.Context, app string) error {
	endpoint := discordgo.EndpointApplicationGlobalCommands(app)
	var known []command
	if err := l.d.call(ctx, "GET", endpoint, nil, &known); err != nil {
		return fatal(err)
	}
	want := definitions(l.desk.Commands(), !l.d.cfg.MembersCanManage)
	if reflect.DeepEqual(byName(known), byName(want)) {
		return nil
	}
	if err := l.d.call(ctx, "PUT", endpoint, want, nil); err != nil {
		return fatal(err)
	}
	l.d.lg.Info("discord has new definitions of the commands", "commands", len(want))
	return nil
}

func byName(all []command) map[string]command {
	named := make(map[string]command, len(all))
	for _, c := range all {
		named[c.Name] = c
	}
	return named
}

// descriptions say what stands under each of our commands.
var descriptions = map[string]string{
	root: "Status, help, settings, and why", "watch": "Rules: make, test and change them",
	"sources": "Sources: add, check and pause them", "alerts": "Alerts: search, mute, digest",
}

// definitions returns the registrations of the desk's commands, one for each first word and the root
// for those of one word. gate hides those for managers from everybody else.
func definitions(commands []bot.Command, gate bool) []command {
	var all []command
	at := map[string]int{}
	for _, b := range commands {
		group, name, two := strings.Cut(b.Name, " ")
		if !two {
			group, name = root, b.Name
		}
		i, ok := at[group]
		if !ok {
			i = len(all)
			at[group] = i
			c := command{Type: discordgo.ChatApplicationCommand, Name: group, Description: cmp.Or(descriptions[group], "About "+group), Contexts: []int{0}, IntegrationTypes: []int{0}}
			if gate && managed[group] {
				c.Permissions = new(manageServer)
			}
			all = append(all, c)
		}
		all[i].Options = append(all[i].Options, subcommand(name, b))
	}
	return all
}

// subcommand returns a command's registration. Discord wants the arguments that have to be there first.
func subcommand(name string, b bot.Command) option {
	o := option{Type: discordgo.ApplicationCommandOptionSubCommand, Name: name, Description: bot.Shorten(b.Help, maxHelp)}
	for _, required := range []bool{true, false} {
		for _, a := range b.Args {
			if (a.Required || a.Asked) == required {
				o.Options = append(o.Options, argument(a, required))
			}
		}
	}
	return o
}

func argument(a bot.Arg, required bool) option {
	o := option{Type: discordgo.ApplicationCommandOptionString, Name: a.Name, Description: bot.Shorten(a.Help, maxHelp), Required: required}
	switch a.Kind {
	case bot.PlaceArg:
		o.Type, o.ChannelTypes = discordgo.ApplicationCommandOptionChannel, []int{0, 5} // text and announcement channels
	case bot.NumberArg:
		o.Type = discordgo.ApplicationCommandOptionInteger
	case bot.ChoiceArg:
		if o.Autocomplete = len(a.Choices) > maxChoices; o.Autocomplete {
			break
		}
		for _, c := range a.Choices {
			o.Choices = append(o.Choices, choice{c, c})
		}
	case bot.RuleArg, bot.SourceArg, bot.AlertArg, bot.DurationArg:
		o.Autocomplete = true
	}
	return o
}
