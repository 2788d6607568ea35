package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
)

// An interaction is what we read of what a person did. discordgo's own type does not know the newer
// components of a modal, and loses the whole interaction over them.
type interaction struct {
	ID        string                    `json:"id"`
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

// answer answers one interaction, for the person who did it only.
func (l *listener) answer(ctx context.Context, i *interaction) {
	by := l.asker(i)
	switch i.Type {
	case discordgo.InteractionApplicationCommandAutocomplete:
		l.complete(ctx, i, by)
	case discordgo.InteractionApplicationCommand:
		c, _ := call(i)
		c.By = by
		l.deliver(ctx, i, discordgo.InteractionResponseChannelMessageWithSource, func(ctx context.Context) bot.Reply { return l.desk.Answer(ctx, c) })
	case discordgo.InteractionMessageComponent:
		kind := discordgo.InteractionResponseChannelMessageWithSource
		if i.Message.Flags&discordgo.MessageFlagsEphemeral != 0 {
			kind = discordgo.InteractionResponseUpdateMessage
		}
		l.deliver(ctx, i, kind, func(ctx context.Context) bot.Reply { return l.press(ctx, by, i.Data.CustomID) })
	case discordgo.InteractionModalSubmit:
		values := map[string]string{}
		collect(i.Data.Components, values)
		l.deliver(ctx, i, discordgo.InteractionResponseChannelMessageWithSource, func(ctx context.Context) bot.Reply {
			return l.submit(ctx, by, i.Data.CustomID, values)
		})
	}
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

// complete offers what an argument can be; nothing where that fails.
func (l *listener) complete(ctx context.Context, i *interaction, by bot.Asker) {
	choices := []choice{}
	func() {
		defer func() {
			if p := recover(); p != nil {
				l.d.lg.Error("no completion", "panic", p)
			}
		}()
		ctx, cancel := context.WithTimeout(ctx, answerTimeout)
		defer cancel()
		c, typing := call(i)
		for _, o := range l.desk.Complete(ctx, by, c.Command, typing.Name, typing.text()) {
			choices = append(choices, choice{bot.Shorten(o.Label, maxChoice), o.Value})
		}
	}()
	l.respond(ctx, i, discordgo.InteractionApplicationCommandAutocompleteResult, map[string]any{"choices": choices})
}

// maxChoice is in UTF-16 units: docs.discord.com/developers/interactions/application-commands
const maxChoice = 100

const (
	deferAfter = 2 * time.Second // Discord waits three for the first response
	workFor    = 2 * time.Minute // for the desk; Discord takes the answer within fifteen
)

// deliver brings what ask says to the person as a response of a kind: a new message, or the present
// one anew. Where ask takes long, Discord is told to wait, and the answer follows.
func (l *listener) deliver(ctx context.Context, i *interaction, kind discordgo.InteractionResponseType, ask func(context.Context) bot.Reply) {
	ctx, cancel := context.WithTimeout(ctx, workFor)
	defer cancel()
	replies := make(chan bot.Reply, 1)
	go func() { replies <- ask(ctx) }() // it ends with ctx, and the desk catches its panics
	select {
	case r := <-replies:
		if r.Form != nil {
			l.respond(ctx, i, discordgo.InteractionResponseModal, modal(r.Form))
			return
		}
		l.respond(ctx, i, kind, ephemeral(r))
		return
	case <-time.After(deferAfter):
	}
	later := discordgo.InteractionResponseDeferredChannelMessageWithSource
	if kind == discordgo.InteractionResponseUpdateMessage {
		later = discordgo.InteractionResponseDeferredMessageUpdate
	}
	l.respond(ctx, i, later, map[string]any{"flags": discordgo.MessageFlagsEphemeral})
	r := <-replies
	if r.Form != nil { // it can only be opened at once
		r = bot.Reply{Lines: []bot.Line{{{Text: "That took too long to open the form. Try once more."}}}}
	}
	body := ephemeral(r)
	delete(body, "flags")
	endpoint := discordgo.EndpointWebhookMessage(l.app, i.Token, "@original") // a secret
	if err := l.d.callBucket(ctx, "PATCH", endpoint, "interaction-edit", body, nil); err != nil && ctx.Err() == nil {
		l.d.lg.Warn("discord did not take a late answer", "err", classify(err))
	}
}

// respond sends the first response to an interaction.
func (l *listener) respond(ctx context.Context, i *interaction, kind discordgo.InteractionResponseType, data map[string]any) {
	// Discord makes a rate limit per interaction and discordgo would keep each for ever: they share one.
	const bucket = "interaction-callback"
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	endpoint := discordgo.EndpointInteractionResponse(i.ID, i.Token) // a secret
	if err := l.d.callBucket(ctx, "POST", endpoint, bucket, map[string]any{"type": kind, "data": data}, nil); err != nil && ctx.Err() == nil {
		l.d.lg.Warn("discord did not take an answer", "err", classify(err))
	}
}

// ephemeral returns a message for one person: the lines of a reply in embeds, and its buttons in rows.
func ephemeral(r bot.Reply) map[string]any {
	return map[string]any{
		"flags":            discordgo.MessageFlagsEphemeral,
		"embeds":           []*discordgo.MessageEmbed{{Description: list(bot.View{List: r.Lines}, maxDescription)}},
		"components":       rows(r.Buttons),
		"allowed_mentions": noMentions(),
	}
}

// rows lays buttons out, five in a row and five rows at most.
func rows(buttons []bot.Button) []discordgo.MessageComponent {
	all := []discordgo.MessageComponent{}
	for row := range slices.Chunk(buttons[:min(len(buttons), 25)], 5) {
		var r discordgo.ActionsRow
		for _, b := range row {
			switch {
			case b.URL != "" && len(b.URL) <= maxButtonURL:
				r.Components = append(r.Components, discordgo.Button{Label: b.Label, Style: discordgo.LinkButton, URL: b.URL})
			case b.URL != "": // too long for a button; it stands in the text
			case b.Danger:
				r.Components = append(r.Components, discordgo.Button{Label: b.Label, Style: discordgo.DangerButton, CustomID: b.ID})
			default:
				r.Components = append(r.Components, discordgo.Button{Label: b.Label, Style: discordgo.SecondaryButton, CustomID: b.ID})
			}
		}
		if len(r.Components) > 0 {
			all = append(all, r)
		}
	}
	return all
}

// press carries out a button, ours included: the one that opens a form once more.
func (l *listener) press(ctx context.Context, by bot.Asker, id string) bot.Reply {
	key, ours := strings.CutPrefix(id, againButton)
	if !ours {
		return l.desk.Press(ctx, by, id)
	}
	d, ok := l.drafts.take(key)
	if !ok {
		return bot.Reply{Lines: []bot.Line{{{Text: "That form is no longer kept. Open it anew."}}}}
	}
	r := l.desk.Press(ctx, by, d.form)
	if r.Form != nil {
		for n := range r.Form.Fields {
			if v, ok := d.values[r.Form.Fields[n].Name]; ok {
				r.Form.Fields[n].Value = v
			}
		}
	}
	return r
}

// submit sends a filled form to the desk. What is wrong with it is said, with a button that opens the
// form as it was filled in.
func (l *listener) submit(ctx context.Context, by bot.Asker, form string, values map[string]string) bot.Reply {
	r, faults := l.desk.Submit(ctx, by, form, values)
	if len(faults) == 0 {
		return r
	}
	r = bot.Reply{Lines: []bot.Line{{{Text: "Nothing is saved yet."}}}}
	for field, fault := range faults {
		r.Lines = append(r.Lines, bot.Line{{Text: fmt.Sprintf("• %s: %s", field, fault)}})
	}
	r.Buttons = []bot.Button{{ID: againButton + l.drafts.keep(draft{form, values}), Label: "Correct it"}}
	return r
}
