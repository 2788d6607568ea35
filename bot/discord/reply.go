package discord

import (
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
)

// Limits of docs.discord.com/developers/resources/message#embed-object-embed-limits and
// docs.discord.com/developers/components/reference
const (
	maxEmbeds   = 6000 // of all text in all embeds
	maxRow      = 5    // buttons
	maxRows     = 5
	maxLabel    = 80
	moreRoom    = 20 // for "\+123 more"
	cardRow     = 4  // buttons of an alert in a row: what acts on its story, then what teaches its rule
	nothingSaid = "Done."
)

// A response is the first answer to an interaction.
type response struct {
	Type discordgo.InteractionResponseType `json:"type"`
	Data any                               `json:"data,omitempty"`
}

// A message is what one person is shown.
type message struct {
	Content         string                            `json:"content"`
	Embeds          []*discordgo.MessageEmbed         `json:"embeds"`
	Components      []discordgo.MessageComponent      `json:"components"`
	AllowedMentions *discordgo.MessageAllowedMentions `json:"allowed_mentions"`
	Flags           discordgo.MessageFlags            `json:"flags,omitempty"` // of a new one only
}

// show returns the message that shows a reply. A form has to be the first answer; where it comes too
// late for that, a button opens it.
func show(r bot.Reply) message {
	if r.Form != nil {
		r.Lines = append(r.Lines, bot.Line{{Text: "Here is the form:"}})
		r.Buttons = append(r.Buttons, bot.Button{ID: r.Form.ID, Label: r.Form.Title})
	}
	return message{Embeds: embeds(r.Lines), Components: rows(r.Buttons, maxRow), AllowedMentions: noMentions()}
}

// embeds returns as many lines as Discord shows, and "+3 more" for the others.
func embeds(lines []bot.Line) []*discordgo.MessageEmbed {
	texts, room, more := []string{""}, maxEmbeds-moreRoom, 0
	add := func(s string) {
		last := &texts[len(texts)-1]
		switch {
		case *last == "":
			*last = s
		case bot.Units(*last)+1+bot.Units(s) <= maxDescription:
			*last += "\n" + s
		default:
			texts = append(texts, s)
		}
	}
	for i, l := range lines {
		s := markdown(l, func(link string) string { return link })
		if bot.Units(s) > maxDescription {
			s = bot.Fit(l.String(), maxDescription, escape)
		}
		if room -= bot.Units(s) + 1; room < 0 {
			more = len(lines) - i
			break
		}
		add(s)
	}
	if more > 0 {
		add(escape(fmt.Sprintf("+%d more", more)))
	}
	var all []*discordgo.MessageEmbed
	for _, s := range texts {
		if strings.TrimSpace(s) == "" {
			s = nothingSaid // Discord refuses an embed that shows nothing
		}
		all = append(all, &discordgo.MessageEmbed{Description: s})
	}
	return all
}

// rows returns buttons, so many in a row. A link that Discord does not take is left out.
func rows(buttons []bot.Button, inRow int) []discordgo.MessageComponent {
	all := []discordgo.MessageComponent{}
	var row []discordgo.MessageComponent
	for _, b := range buttons {
		button := discordgo.Button{Label: bot.Shorten(b.Label, maxLabel), Style: discordgo.SecondaryButton, CustomID: b.ID}
		switch {
		case len(b.URL) > maxButtonURL:
			continue
		case b.URL != "":
			button.Style, button.URL = discordgo.LinkButton, b.URL
		case b.Danger:
			button.Style = discordgo.DangerButton
		}
		if len(row) == inRow {
			all, row = append(all, discordgo.ActionsRow{Components: row}), nil
		}
		row = append(row, button)
	}
	if len(row) > 0 {
		all = append(all, discordgo.ActionsRow{Components: row})
	}
	return all[:min(len(all), maxRows)]
}
