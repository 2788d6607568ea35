package bot

import (
	"context"
	"strings"
)

// help lists the commands by group, or tells of one topic.
func help(_ context.Context, k *Desk, c Call) (Reply, error) {
	topic := strings.ToLower(strings.TrimPrefix(c.Args["topic"], "/"))
	switch topic {
	case "":
		return tell(k.overview()...)
	case "rules", "rule":
		return tell(rulesHelp()...)
	case "managers", "manager":
		return tell(
			say("Managers change rules, sources, mutes and settings; everybody may look, test and ask why."),
			say("On Slack a manager is an admin or owner of the workspace, or named in the configuration under slack, managers."),
			say("On Discord it is who may manage the server, or named in the configuration under discord, managers."),
			say("members_can_manage: true makes everybody a manager. Tokens, network and files are for who runs the bot, never for chat."),
		)
	}
	if cmd, ok := k.command(topic); ok {
		return tell(commandHelp(cmd)...)
	}
	if k.isGroup(topic) {
		lines := []Line{say("About " + topic + ":")}
		for _, cmd := range k.commands {
			if strings.HasPrefix(cmd.Name, topic+" ") {
				lines = append(lines, say("• /pactwatch "+cmd.Example+" — "+cmd.Help))
			}
		}
		return tell(lines...)
	}
	return Reply{}, usage("There is no help about “"+name(topic)+"”.", "Topics are watch, sources, alerts, rules, managers, or a command.")
}

func (k *Desk) overview() []Line {
	lines := []Line{say("Pactwatch tells this team about changes in AI partnerships. You can ask, after /pactwatch:")}
	groups := map[string]int{}
	for _, cmd := range k.commands {
		group, verb, two := strings.Cut(cmd.Name, " ")
		at, known := groups[group]
		switch {
		case !two:
			lines = append(lines, say("• "+cmd.Name+" — "+cmd.Help))
		case known:
			lines[at] = append(lines[at], Part{Text: ", " + verb})
		default:
			groups[group] = len(lines)
			lines = append(lines, say("• "+group+" "+verb))
		}
	}
	return append(lines,
		say(`For example: /pactwatch watch add "AGI clause" severity:high`),
		say("/pactwatch help watch tells more of one; help rules says how rules are written; help managers who may change them."),
	)
}

func commandHelp(cmd Command) []Line {
	who := ""
	if cmd.Who == Managers {
		who = " (managers)"
	}
	lines := []Line{say("/pactwatch " + Usage(cmd) + who), say(cmd.Help + ".")}
	for _, a := range cmd.Args {
		lines = append(lines, say("• "+a.Name+": "+a.Help))
	}
	return append(lines, say("For example: /pactwatch "+cmd.Example))
}

// Usage returns how a command is typed: "watch pause RULE [for:…]".
func Usage(cmd Command) string {
	words := []string{cmd.Name}
	for _, a := range cmd.Args {
		w := strings.ToUpper(a.Name)
		if a.Keyed {
			w = a.Name + ":…"
		}
		if !a.Required {
			w = "[" + w + "]"
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

func rulesHelp() []Line {
	var lines []Line
	for _, l := range []string{
		"A rule reads like a search box:",
		"• exclusive — the word in any form: exclusivity, exclusively; capitals (AGI) are kept as they are",
		"• AGI clause — both words within 20 words of each other",
		"• \"revenue share\" — the phrase, \"revenue-sharing\" included; =\"OpenAI LP\" — to the letter",
		"• exclusiv* — words that begin so",
		"• a, b or a OR b — either; a AND b — both; NOT a or -a — not in the article",
		"• a NEAR/8 b — at most 8 words apart; a BEFORE/8 b — in this order",
		"• @labs — any name of a list; @labs NEAR/30 @clouds needs two different parties",
		"• title:x text:x outlet:x site:x source:x lang:en — in that field; /re/ — a regular expression; ( ) groups",
		"/pactwatch watch test … tries a rule and changes nothing.",
	} {
		lines = append(lines, say(l))
	}
	return lines
}

// Reference returns the reference of all commands in Markdown.
func (k *Desk) Reference() string {
	var b strings.Builder
	b.WriteString("# Commands\n\nThe same words work on Slack and on Discord. `/watch`, `/sources` and `/alerts` stand for `/pactwatch watch` and so on.\n" +
		"This page is written by a test from the table that carries them out: `go test ./bot -run Reference -update`.\n")
	for _, cmd := range k.commands {
		b.WriteString("\n## " + cmd.Name + "\n\n" + cmd.Help + ". For " + string(cmd.Who) + ".\n\n    /pactwatch " + Usage(cmd) + "\n\n")
		for _, a := range cmd.Args {
			b.WriteString("- `" + a.Name + "`: " + a.Help)
			if len(a.Choices) > 0 {
				b.WriteString(" (" + strings.Join(a.Choices, ", ") + ")")
			}
			b.WriteString("\n")
		}
		if len(cmd.Args) > 0 {
			b.WriteString("\n")
		}
		b.WriteString("For example: `/pactwatch " + cmd.Example + "`\n")
	}
	return b.String()
}
