package bot

import "context"

// A Role says who may use a command.
type Role string

// The roles. A platform decides by its own IDs who is a manager.
const (
	Everyone Role = "everyone"
	Managers Role = "managers"
)

// A Command is one thing that people can ask for.
type Command struct {
	Name    string // one word or two: "status", "alerts recent"
	Who     Role
	Help    string // what it does, 100 characters at most
	Args    []Arg
	Example string // as typed after the bot's own name
	run     func(ctx context.Context, k *Desk, c Call) (Reply, error)
}

// An Arg is an argument of a command. In text, those that are not Keyed come first, in their order,
// and the last of them takes all that is left; a keyed one is written name:value after them.
type Arg struct {
	Name     string // one word
	Help     string // 100 characters at most
	Kind     ArgKind
	Keyed    bool
	Required bool
	Asked    bool     // left out, a form asks for it; a platform that asks by itself requires it
	Choices  []string // of a ChoiceArg
}

// An ArgKind says what a value is, so that a platform can offer what there is.
type ArgKind string

// The kinds of value. Text is the zero ArgKind.
const (
	TextArg     ArgKind = ""         // anything
	RuleArg     ArgKind = "rule"     // the ID or name of a rule: Complete knows them
	SourceArg   ArgKind = "source"   // of a source
	AlertArg    ArgKind = "alert"    // of an alert or a story
	PlaceArg    ArgKind = "place"    // a channel of the platform, as "<#ID>"
	DurationArg ArgKind = "duration" // "30m", "6h", "2d", "1w"
	NumberArg   ArgKind = "number"
	ChoiceArg   ArgKind = "choice" // one of Choices
)

// Arguments that several commands have.
var (
	toArg    = Arg{Name: "to", Kind: PlaceArg, Keyed: true, Help: "The channel; this one if left out"}
	pageArg  = Arg{Name: "page", Kind: NumberArg, Keyed: true, Help: "Which page; the first if left out"}
	forArg   = Arg{Name: "for", Kind: DurationArg, Keyed: true, Help: "For how long, such as 6h, 2d or 1w"}
	oneRule  = Arg{Name: "rule", Kind: RuleArg, Required: true, Help: "Its ID or name, such as r7"}
	oneRules = Arg{Name: "rule", Kind: RuleArg, Required: true, Help: "Its ID or name, such as r7, or all"}
	source   = Arg{Name: "source", Kind: SourceArg, Required: true, Help: "Its ID or name, such as src3"}

	ruleArgs = []Arg{
		{Name: "sources", Kind: SourceArg, Keyed: true, Help: "Only articles of these sources, parted by commas; all if left out"},
		toArg,
		{Name: "severity", Kind: ChoiceArg, Keyed: true, Choices: []string{"high", "normal", "low"}, Help: "How loud its alerts are; normal if left out"},
		{Name: "name", Keyed: true, Help: "What people call it"},
		{Name: "cooldown", Kind: DurationArg, Keyed: true, Help: "The least time between two broadcasts of a story; the channel's, 6h, if left out"},
		{Name: "mention", Keyed: true, Help: "People and groups whom its alerts ping; nobody if left out"},
	}
)

// commands is the table of all commands, in the order in which help lists them.
func commands() []Command {
	queryArg := Arg{Name: "query", Asked: true, Help: `The rule: words, "phrases", OR, NEAR/12, @lists; several rules on lines of their own`}
	against := Arg{Name: "against", Keyed: true, Help: "How far back, such as 7d or 30d, or the address of one page"}
	testArg := Arg{Name: "query", Required: true, Help: "The ID or name of a rule, or a rule as you would write it"}
	watchTestArgs := []Arg{testArg, against}
	return []Command{
		{
			Name: "watch add", Who: Managers, Help: "Make a rule; without one, a form asks for it", run: watchAdd,
			Args: append([]Arg{queryArg}, ruleArgs...), Example: `watch add "AGI clause" severity:high name:agi`,
		},
		{
			Name: "watch list", Who: Everyone, Help: "The rules and where their alerts go", run: watchList,
			Args: []Arg{toArg, pageArg}, Example: "watch list",
		},
		{
			Name: "watch show", Who: Everyone, Help: "One rule: what it means and what it has brought", run: watchShow,
			Args: []Arg{oneRule}, Example: "watch show r7",
		},
		{
			Name: "watch edit", Who: Managers, Help: "Change a rule; without changes, a form shows it", run: watchEdit,
			Args: append([]Arg{oneRule, {Name: "query", Help: "The new rule; the old one if left out"}}, ruleArgs...), Example: `watch edit r7 "AGI clause" -opinion severity:normal`,
		},
		{
			Name: "watch remove", Who: Managers, Help: "Take a rule away", run: watchRemove,
			Args: []Arg{oneRule}, Example: "watch remove r7",
		},
		{
			Name: "watch pause", Who: Managers, Help: "Keep a rule from matching for a while", run: watchPause,
			Args: []Arg{oneRules, forArg}, Example: "watch pause r7 for:2d",
		},
		{
			Name: "watch resume", Who: Managers, Help: "End a rule's pause, or bring a removed rule back", run: watchResume,
			Args: []Arg{oneRules}, Example: "watch resume r7",
		},
		{
			Name: "watch test", Who: Everyone, Help: "What a rule would have alerted on; posts nothing, changes nothing", run: watchTest,
			Args: watchTestArgs, Example: `watch test "AGI clause" against:30d`,
		},
		{
			Name: "sources add", Who: Managers, Help: "Watch a feed or a newsroom page, several, or those of an OPML file", run: sourcesAdd,
			Args: []Arg{
				{Name: "url", Required: true, Help: "Its address as a browser shows it; several are parted by blanks"},
				{Name: "name", Keyed: true, Help: "What people call it; what it calls itself if left out"},
				{Name: "every", Kind: DurationArg, Keyed: true, Help: "How often it is asked, 5m at least; 15m if left out"},
				{Name: "tags", Keyed: true, Help: "Words to list it by, parted by commas"},
			}, Example: "sources add https://news.example.org/feed.xml every:15m",
		},
		{
			Name: "sources list", Who: Everyone, Help: "The sources, when they last answered and when they are next", run: sourcesList,
			Args: []Arg{{Name: "tag", Keyed: true, Help: "Only those with this tag"}, pageArg}, Example: "sources list",
		},
		{
			Name: "sources show", Who: Everyone, Help: "One source", run: sourcesShow, Args: []Arg{source}, Example: "sources show src3",
		},
		{
			Name: "sources remove", Who: Managers, Help: "Watch a source no longer", run: sourcesRemove, Args: []Arg{source}, Example: "sources remove src3",
		},
		{
			Name: "sources pause", Who: Managers, Help: "Leave a source alone for a while", run: sourcesPause,
			Args: []Arg{source, forArg}, Example: "sources pause src3 for:2d",
		},
		{
			Name: "sources resume", Who: Managers, Help: "End a source's pause, or bring a removed source back", run: sourcesResume,
			Args: []Arg{source}, Example: "sources resume src3",
		},
		{
			Name: "sources check", Who: Managers, Help: "Ask a source now", run: sourcesCheck, Args: []Arg{source}, Example: "sources check src3",
		},
		{
			Name: "alerts recent", Who: Everyone, Help: "The latest alerts", run: alertsRecent,
			Args: []Arg{
				{Name: "n", Kind: NumberArg, Help: "How many, 20 at most; 5 if left out"},
				{Name: "rule", Kind: RuleArg, Keyed: true, Help: "Only those of this rule"},
			}, Example: "alerts recent 5",
		},
		{
			Name: "alerts search", Who: Everyone, Help: "Alerts whose articles have all these words, whenever they came", run: alertsSearch,
			Args: []Arg{
				{Name: "text", Help: "Words, names of parties"},
				{Name: "rule", Kind: RuleArg, Keyed: true, Help: "Only those of this rule"},
				toArgAny,
				{Name: "since", Keyed: true, Help: "From this day on: 2026-11-01, or 30d ago"},
				{Name: "until", Keyed: true, Help: "Up to and with this day"},
			}, Example: "alerts search revenue share since:30d",
		},
		{
			Name: "alerts show", Who: Everyone, Help: "An alert or a story whole: reports, reasons, messages", run: alertsShow,
			Args: []Arg{{Name: "alert", Kind: AlertArg, Required: true, Help: "Such as a102, or a story, s55"}}, Example: "alerts show a102",
		},
		{
			Name: "alerts mute", Who: Managers, Help: "Keep a story, a rule or a source out of a channel for a while", run: alertsMute,
			Args: []Arg{
				{Name: "what", Kind: AlertArg, Required: true, Help: "A story or alert (s55, a102), a rule (r7) or a source (src3)"},
				forArg, toArg,
			}, Example: "alerts mute s55 for:7d",
		},
		{
			Name: "alerts unmute", Who: Managers, Help: "End a mute; what it held back is told", run: alertsUnmute,
			Args: []Arg{{Name: "what", Required: true, Help: "What was muted, or the mute's own ID, m4"}, toArg}, Example: "alerts unmute s55",
		},
		{
			Name: "alerts mutes", Who: Everyone, Help: "What is muted, by whom and until when", run: alertsMutes, Example: "alerts mutes",
		},
		{
			Name: "alerts digest", Who: Managers, Help: "Tell a channel once a day or week, at once again, or what waits now", run: alertsDigest,
			Args: []Arg{{Name: "when", Required: true, Help: "now, off, daily 09:00 or weekly mon 09:00"}, toArg}, Example: "alerts digest daily 09:00",
		},
		{
			Name: "alerts rules", Who: Everyone, Help: "The rules, as watch list shows them", run: watchList, Args: []Arg{toArg, pageArg}, Example: "alerts rules",
		},
		{
			Name: "alerts sources", Who: Everyone, Help: "The sources, as sources list shows them", run: sourcesList,
			Args: []Arg{{Name: "tag", Keyed: true, Help: "Only those with this tag"}, pageArg}, Example: "alerts sources",
		},
		{
			Name: "alerts test", Who: Everyone, Help: "What a rule would have alerted on, as watch test shows it", run: watchTest,
			Args: watchTestArgs, Example: `alerts test "AGI clause"`,
		},
		{
			Name: "why", Who: Everyone, Help: "Why there was an alert, or why there was none", run: why,
			Args: []Arg{{Name: "what", Kind: AlertArg, Required: true, Help: "An alert (a102), an article's address or a rule (r7)"}}, Example: "why a102",
		},
		{Name: "status", Who: Everyone, Help: "How the bot is doing", Example: "status", run: status},
		{Name: "setup", Who: Managers, Help: "What is still to be done in this channel", Example: "setup", run: setup},
		{
			Name: "settings", Who: Managers, Help: "A channel's settings: zone, quiet hours, digest, caps, threads", run: settings,
			Args: []Arg{
				{Name: "action", Kind: ChoiceArg, Choices: []string{"show", "set", "form"}, Help: "show, set or form; show if left out"},
				{Name: "key", Help: "Of set: which setting, such as quiet"},
				{Name: "value", Help: "Of set: its value, such as 22:00-07:00; default takes it back"},
				toArg,
			}, Example: "settings set quiet 22:00-07:00",
		},
		{
			Name: "audit", Who: Managers, Help: "Who changed what, and when", run: audit,
			Args: []Arg{{Name: "n", Kind: NumberArg, Help: "How many changes, 50 at most; 10 if left out"}}, Example: "audit 20",
		},
		{
			Name: "help", Who: Everyone, Help: "What can be asked", run: help,
			Args: []Arg{{Name: "topic", Help: "A command, a group of them, rules or managers"}}, Example: "help watch",
		},
	}
}

// toArgAny asks for alerts of one channel; all if left out.
var toArgAny = Arg{Name: "to", Kind: PlaceArg, Keyed: true, Help: "Only those of this channel"}

func tell(lines ...Line) (Reply, error) { return Reply{Lines: lines}, nil }
