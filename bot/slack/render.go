package slack

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"
)

// Slack's limits, in UTF-16 units.
const (
	maxText   = 4000  // of the top-level text: docs.slack.dev/reference/methods/chat.update
	maxHeader = 150   // docs.slack.dev/reference/block-kit/blocks/header-block
	maxObject = 3000  // of a text object: docs.slack.dev/reference/block-kit/composition-objects/text-object
	maxBlocks = 13000 // of all blocks as JSON; Slack does not state it, messages fail at some 13,200
)

// rendered is a message as Slack takes it. text is escaped and says all that the blocks say: it is
// what screen readers read, and what is left if Slack does not take the blocks.
type rendered struct {
	text   string
	blocks []slack.Block // nil for none
}

// render returns the message that shows a view. Outside text goes into plain_text and rich_text,
// where nothing is parsed; where the blocks come out too long in spite of a shorter list, the
// message is text only.
func render(v bot.View, interactive bool) rendered {
	text := plainText(v)
	for {
		blocks := layout(v, interactive)
		if size(blocks) <= maxBlocks {
			return rendered{text, blocks}
		}
		if !v.Shrink() {
			return rendered{text, nil}
		}
	}
}

func layout(v bot.View, interactive bool) []slack.Block {
	switch v.Kind {
	case news.KindReply:
		return []slack.Block{slack.NewRichTextBlock("", section(v.List[0]))}
	case news.KindDigest:
		return []slack.Block{header(v.Title), slack.NewRichTextBlock("", list(v.Listed()))}
	}
	blocks := []slack.Block{
		header(v.Mark.Emoji + " " + v.Title),
		slack.NewContextBlock("", plain(bot.Shorten(v.Meta(), maxObject))),
	}
	if len(v.Quotes) > 0 {
		blocks = append(blocks, quotes(v.Quotes))
	}
	if len(v.List) > 0 {
		blocks = append(blocks, slack.NewRichTextBlock("", list(v.Listed())))
	}
	if interactive {
		blocks = append(blocks, buttons(v))
	}
	footer := slack.NewTextBlockObject(slack.MarkdownType, mrkdwn(v.Footer), false, true)
	return append(blocks, slack.NewContextBlock("", footer))
}

func header(text string) slack.Block {
	return slack.NewHeaderBlock(plain(bot.Shorten(text, maxHeader)))
}

func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

func quotes(lines []bot.Line) slack.Block {
	var elements []slack.RichTextElement
	for _, l := range lines {
		elements = append(elements, &slack.RichTextQuote{Type: slack.RTEQuote, Elements: section(l).Elements})
	}
	return slack.NewRichTextBlock("", elements...)
}

func list(lines []bot.Line) slack.RichTextElement {
	var items []slack.RichTextElement
	for _, l := range lines {
		items = append(items, section(l))
	}
	return slack.NewRichTextList(slack.RTEListBullet, 0, items...)
}

// section returns a line in elements that Slack does not parse.
func section(l bot.Line) *slack.RichTextSection {
	var elements []slack.RichTextSectionElement
	for _, p := range l {
		switch {
		case !p.Time.IsZero():
			fallback := bot.UTC(p.Time)
			elements = append(elements, slack.NewRichTextSectionDateElement(p.Time.Unix(), dateFormat, nil, &fallback))
		case p.URL != "":
			elements = append(elements, slack.NewRichTextSectionLinkElement(p.URL, p.Text, nil))
		case p.Text != "":
			elements = append(elements, slack.NewRichTextSectionTextElement(p.Text, nil))
		}
	}
	return slack.NewRichTextSection(elements...)
}

// buttons returns what a reader can do with an alert. Slack reports a click on a link, too; it is
// acknowledged and means nothing.
func buttons(v bot.View) slack.Block {
	why := slack.NewButtonBlockElement(bot.WhyButton(v.Alert), "", plain("Why?"))
	if v.Link == "" {
		return slack.NewActionBlock("", why)
	}
	open := slack.NewButtonBlockElement(openButton, "", plain("Open sources")).WithURL(v.Link)
	return slack.NewActionBlock("", open, why)
}

const openButton = "open"

// dateFormat is how a reader sees times, in their own zone.
const dateFormat = "{date_short_pretty} at {time}"

// mrkdwn returns a line in Slack's markup, for a text object that is verbatim.
func mrkdwn(l bot.Line) string {
	var b strings.Builder
	for _, p := range l {
		if p.Time.IsZero() {
			b.WriteString(escape(p.Text))
		} else {
			b.WriteString(date(p.Time))
		}
	}
	return b.String()
}

func date(t time.Time) string {
	return fmt.Sprintf("<!date^%d^%s|%s>", t.Unix(), dateFormat, bot.UTC(t))
}

// escape makes text that Slack parses show as it is. A backtick has no escape, and three of them
// would swallow the rest of a message.
func escape(s string) string {
	return slackutilsx.EscapeMessage(strings.ReplaceAll(s, "`", "'"))
}

// angle makes an address a link in text that Slack parses.
func angle(link string) string { return "<" + slackutilsx.EscapeMessage(link) + ">" }

// plainText returns a view as top-level text: escaped, its addresses as links, its times in UTC.
func plainText(v bot.View) string {
	return v.Fill(maxText, func(l bot.Line) string { return l.Format(escape, angle) })
}

func size(blocks []slack.Block) int {
	j, err := json.Marshal(blocks)
	if err != nil { // of plain structures: it cannot happen, and must not be sent
		return maxBlocks + 1
	}
	return bot.Units(string(j))
}
