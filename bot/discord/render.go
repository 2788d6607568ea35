package discord

import (
	"fmt"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
)

// Discord's limits, in UTF-16 units.
const (
	maxContent     = 2000 // docs.discord.com/developers/resources/message#create-message
	maxTitle       = 256  // and the next two: #embed-object-embed-limits
	maxDescription = 4096
	maxField       = 1024
	maxButtonURL   = 512 // docs.discord.com/developers/components/reference#button
)

// What an alert's embed leaves to its parts, so that all of them stay below the 6000 that an embed
// may have in total.
const (
	quotesRoom = 2400
	termsRoom  = 800 // of the field with the deal terms
	fieldRoom  = 512 // of a field other than the sources'
	linkRoom   = 400 // a longer address is not linked where several have to fit
)

// render returns the message that shows a view: a line of content that also says it all to who has
// embeds switched off, and an embed. Outside text is escaped.
func render(v bot.View, interactive bool) *discordgo.MessageSend {
	m := &discordgo.MessageSend{
		AllowedMentions: noMentions(),
		Embeds:          []*discordgo.MessageEmbed{},
		Components:      []discordgo.MessageComponent{},
	}
	if v.Kind == news.KindDigest {
		m.Content = escape(v.Title)
		m.Embeds = append(m.Embeds, &discordgo.MessageEmbed{Title: escape(v.Title), Description: list(v, maxDescription)})
		return m
	}
	if v.Kind == news.KindNotice {
		m.Content = v.Mark.Emoji + " " + escape(v.Title)
		if len(v.List) > 0 { // Discord refuses an embed that shows nothing
			m.Embeds = append(m.Embeds, &discordgo.MessageEmbed{Description: list(v, maxDescription), Color: v.Mark.Color})
		}
		return m
	}
	m.Content = v.Mark.Word + " " + v.Mark.Emoji + " " + escape(v.Title) + " · " + v.Counted
	m.Embeds = append(m.Embeds, embed(v))
	if interactive {
		m.Components = rows(v.Buttons(), cardRow)
	}
	return m
}

// noMentions lets nothing ping. discordgo's zero value would be sent as null, which lets everything.
func noMentions() *discordgo.MessageAllowedMentions {
	return &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
}

func embed(v bot.View) *discordgo.MessageEmbed {
	e := &discordgo.MessageEmbed{
		URL:         v.Link,
		Title:       bot.Fit(v.Title, maxTitle, escape),
		Description: description(v),
		Color:       v.Mark.Color,
		Footer:      &discordgo.MessageEmbedFooter{},
	}
	for _, f := range []struct{ name, value string }{
		{"Terms", fitting(v.Terms, termsRoom)},
		{"Matched", bot.Fit(v.Matched, fieldRoom, escape)},
		{"Rule", bot.Fit(v.Rules, fieldRoom, escape)},
		{"Sources", list(v, maxField)},
	} {
		if f.value != "" { // Discord refuses a field without a value
			e.Fields = append(e.Fields, &discordgo.MessageEmbedField{Name: f.name, Value: f.value, Inline: f.name == "Rule" || f.name == "Matched"})
		}
	}
	// A footer shows text as it is and knows no times; the embed has a place for one.
	for _, p := range v.Footer {
		if p.Time.IsZero() {
			e.Footer.Text += p.Text
		} else {
			e.Timestamp = p.Time.UTC().Format(time.RFC3339)
		}
	}
	e.Footer.Text = strings.TrimSuffix(e.Footer.Text, " · updated ")
	return e
}

// description returns who muted the story, what it says, and who wrote that; each on lines of its own.
func description(v bot.View) string {
	var parts []string
	for _, part := range []string{join([]bot.Line{v.Muted}), fitting(v.Quotes, quotesRoom), escape(v.Summary)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "\n")
}

// fitting returns as many of the lines as n units hold.
func fitting(lines []bot.Line, n int) string {
	for shown := len(lines); shown > 0; shown-- {
		if text := join(lines[:shown]); bot.Units(text) <= n {
			return text
		}
	}
	return ""
}

// list returns as many lines of the view's list as fit into n units, without links if not even one
// does.
func list(v bot.View, n int) string {
	for {
		if text := join(v.Listed()); bot.Units(text) <= n {
			return text
		}
		if !v.Shrink() {
			return bot.Fit(v.List[0].String(), n, escape)
		}
	}
}

func join(lines []bot.Line) string {
	var out []string
	for _, l := range lines {
		out = append(out, markdown(l, func(s string) string { return s }))
	}
	return strings.Join(out, "\n")
}

// markdown returns a line in Discord's markup. address puts a link's address into the form that
// stands in the parentheses.
func markdown(l bot.Line, address func(string) string) string {
	var b strings.Builder
	for _, p := range l {
		switch {
		case !p.Time.IsZero() && strings.HasSuffix(b.String(), "until "):
			fmt.Fprintf(&b, "<t:%d:f>", p.Time.Unix()) // a date: "until in 3 days" is no English
		case !p.Time.IsZero():
			fmt.Fprintf(&b, "<t:%d:R>", p.Time.Unix())
		case p.URL != "" && len(p.URL) <= linkRoom:
			b.WriteString("[" + escape(p.Text) + "](" + address(p.URL) + ")")
		default:
			b.WriteString(escape(p.Text))
		}
	}
	return b.String()
}

// renderPlain returns a view as content alone, with addresses in the form that has no preview.
func renderPlain(v bot.View) *discordgo.MessageSend {
	return &discordgo.MessageSend{
		Content:         content(v),
		AllowedMentions: noMentions(),
		Embeds:          []*discordgo.MessageEmbed{},
		Components:      []discordgo.MessageComponent{},
	}
}

func content(v bot.View) string {
	return v.Fill(maxContent, func(l bot.Line) string { return markdown(l, angle) })
}

// angle keeps Discord from adding a preview of the page.
func angle(link string) string { return "<" + link + ">" }

// escape makes text show as it is: no formatting, mention, link, time or emoji comes of it. Discord
// takes a backslash before any sign as "this sign, literally".
func escape(s string) string {
	var b strings.Builder
	number := true // so far s has only digits: with a full stop, it would begin a list
	for i, r := range s {
		if strings.ContainsRune("\\*_~|>#-+[]()<:@`", r) || r == '.' && number && i > 0 {
			b.WriteByte('\\')
		}
		number = number && r >= '0' && r <= '9'
		b.WriteRune(r)
	}
	return b.String()
}
