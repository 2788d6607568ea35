package slack

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
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
	maxLabel  = 75    // of a button or an option: docs.slack.dev/reference/block-kit/block-elements/button-element
	maxBlocks = 13000 // of all blocks as JSON; Slack does not state it, messages fail at some 13,200
)

// rendered is a message as Slack takes it. text is escaped and says all that the blocks say: it is
// what screen readers read, and what is left if Slack does not take the blocks.
type rendered struct {
	text   string
	blocks []slack.Block // nil for none
}

// render returns the message that shows a view and pings those whom mentions names. Outside text goes
// into plain_text and rich_text, where nothing is parsed; where the blocks come out too long in spite
// of a shorter list, the message is text only.
func render(v bot.View, interactive bool, mentions []slack.RichTextSectionElement) rendered {
	text := plainText(v)
	for {
		blocks := layout(v, interactive)
		if len(mentions) > 0 {
			blocks = append([]slack.Block{slack.NewRichTextBlock("", slack.NewRichTextSection(mentions...))}, blocks...)
		}
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
	case news.KindNotice:
		blocks := []slack.Block{header(v.Mark.Emoji + " " + v.Title)}
		if len(v.List) > 0 {
			blocks = append(blocks, slack.NewRichTextBlock("", paragraphs(v.Listed())))
		}
		return blocks
	}
	blocks := []slack.Block{
		header(v.Mark.Emoji + " " + v.Title),
		slack.NewContextBlock("", plain(bot.Shorten(v.Meta(), maxObject))),
	}
	if v.Muted != nil {
		blocks = append(blocks, slack.NewRichTextBlock("", section(v.Muted)))
	}
	if len(v.Quotes) > 0 {
		blocks = append(blocks, quotes(v.Quotes))
	}
	if v.Summary != "" {
		blocks = append(blocks, slack.NewContextBlock("", plain(v.Summary)))
	}
	if len(v.Terms) > 0 {
		blocks = append(blocks, slack.NewRichTextBlock("", paragraphs(v.Terms)))
	}
	if len(v.List) > 0 {
		blocks = append(blocks, slack.NewRichTextBlock("", list(v.Listed())))
	}
	if interactive {
		blocks = append(blocks, actions("card", v.Buttons())...)
	}
	footer := slack.NewTextBlockObject(slack.MarkdownType, mrkdwn(v.Footer), false, true)
	return append(blocks, slack.NewContextBlock("", footer))
}

// maxMentions is how many an alert pings at most.
const maxMentions = 10

// mention is a person or a group of people of the workspace, as a rule names them.
var mention = regexp.MustCompile(`^slack:([UWS][A-Z0-9]{2,30})$`)

// mentions returns whom an alert pings. What only grows or follows pings nobody.
func mentions(d news.Delivery) []slack.RichTextSectionElement {
	if d.Kind != news.KindAlert {
		return nil
	}
	var all []slack.RichTextSectionElement
	for _, m := range d.Card.Mentions {
		found := mention.FindStringSubmatch(m)
		if found == nil || len(all) >= 2*maxMentions {
			continue
		}
		var who slack.RichTextSectionElement = slack.NewRichTextSectionUserElement(found[1], nil)
		if found[1][0] == 'S' {
			who = slack.NewRichTextSectionUserGroupElement(found[1])
		}
		all = append(all, who, slack.NewRichTextSectionTextElement(" ", nil))
	}
	return all
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

func paragraphs(lines []bot.Line) *slack.RichTextSection {
	all := slack.NewRichTextSection()
	for i, l := range lines {
		if i > 0 {
			all.Elements = append(all.Elements, slack.NewRichTextSectionTextElement("\n", nil))
		}
		all.Elements = append(all.Elements, section(l).Elements...)
	}
	return all
}

// bare returns text in the one block in which nothing is parsed and nothing counts but its length.
func bare(text string) []slack.Block {
	return []slack.Block{slack.NewSectionBlock(plain(bot.Shorten(text, maxObject)), nil, nil)}
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

// perRow is how many buttons stand beside each other; Slack takes 25, and breaks the row anywhere. An
// alert's first four act on its story, the others teach its rule.
const perRow = 4

// actions returns buttons in rows; name begins the IDs of their blocks. Slack reports a click on a
// link, too: its ID begins with openButton, and it is acknowledged and means nothing.
func actions(name string, buttons []bot.Button) []slack.Block {
	var rows []slack.Block
	for row := range slices.Chunk(buttons, perRow) {
		var elements []slack.BlockElement
		for i, b := range row {
			e := slack.NewButtonBlockElement(b.ID, "", plain(bot.Shorten(b.Label, maxLabel)))
			if b.URL != "" {
				e = slack.NewButtonBlockElement(fmt.Sprint(openButton, i), "", e.Text).WithURL(b.URL)
			}
			if b.Danger {
				e = e.WithStyle(slack.StyleDanger)
			}
			elements = append(elements, e)
		}
		rows = append(rows, slack.NewActionBlock(fmt.Sprintf("%s-%d", name, len(rows)), elements...))
	}
	return rows
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
