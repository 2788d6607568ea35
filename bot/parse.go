package bot

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// straight makes the quotation marks of keyboards and word processors those of the rule language.
var straight = strings.NewReplacer("\u00a0", " ", "“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'")

// parse reads a command typed as text: its name, what stands in order, and key:value after that.
func (k *Desk) parse(text string) (Call, error) {
	text = strings.TrimSpace(straight.Replace(text))
	cmd, rest, ok := k.commandIn(text)
	if !ok {
		first, _, _ := strings.Cut(text, " ")
		switch {
		case first == "":
			return Call{Command: "help"}, nil
		case k.isGroup(strings.ToLower(first)) && first == text:
			return Call{Command: "help", Args: map[string]string{"topic": first}}, nil
		}
		return Call{}, unknown(text)
	}
	call := Call{Command: cmd.Name, Args: map[string]string{}}
	plain, after := keyed(rest, cmd, call.Args)
	if err := ordered(plain, cmd, call.Args); err != nil {
		return Call{}, err
	}
	if after != "" {
		return Call{}, usage("I do not understand “"+name(after)+"” there.",
			"Values of several words need quotation marks: name:\"two words\". For example: /pactwatch "+cmd.Example)
	}
	return call, nil
}

// commandIn returns the command whose name begins a text, and the text after it.
func (k *Desk) commandIn(text string) (cmd Command, rest string, ok bool) {
	first, afterFirst := cutWord(text)
	second, afterSecond := cutWord(afterFirst)
	if cmd, ok = k.command(strings.ToLower(first + " " + second)); ok {
		return cmd, afterSecond, true
	}
	cmd, ok = k.command(strings.ToLower(first))
	return cmd, afterFirst, ok
}

// isGroup reports whether commands of two words begin with word.
func (k *Desk) isGroup(word string) bool {
	return slices.ContainsFunc(k.commands, func(c Command) bool { return strings.HasPrefix(c.Name, word+" ") })
}

func cutWord(s string) (word, rest string) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	if end := strings.IndexFunc(s, unicode.IsSpace); end >= 0 {
		return s[:end], strings.TrimLeftFunc(s[end:], unicode.IsSpace)
	}
	return s, ""
}

// keyed puts the values of a command's keyed arguments into args. It returns the text before the first
// of them, and what stands between or after them.
func keyed(text string, cmd Command, args map[string]string) (before, between string) {
	first := -1
	var stray []string
	for _, w := range wordsOf(text) {
		key, value, ok := strings.Cut(text[w.start:w.end], ":")
		key = strings.ToLower(key)
		if ok && slices.ContainsFunc(cmd.Args, func(a Arg) bool { return a.Keyed && a.Name == key }) {
			if first < 0 {
				first = w.start
			}
			args[key] = unquote(value)
		} else if first >= 0 {
			stray = append(stray, text[w.start:w.end])
		}
	}
	if first < 0 {
		return text, ""
	}
	return strings.TrimSpace(text[:first]), strings.Join(stray, " ")
}

// ordered gives the words of a text to a command's arguments in order; the last takes all that are left.
func ordered(text string, cmd Command, args map[string]string) error {
	var last string
	for i, a := range cmd.Args {
		if a.Keyed {
			continue
		}
		if text == "" {
			return nil
		}
		if i+1 < len(cmd.Args) && !cmd.Args[i+1].Keyed {
			args[a.Name], text = cutWord(text)
			continue
		}
		args[a.Name], text, last = text, "", a.Name
	}
	if text != "" && last == "" {
		return usage("I do not understand “"+name(text)+"”.", "For example: /pactwatch "+cmd.Example)
	}
	return nil
}

type stretch struct{ start, end int }

// wordsOf returns the words of a text; blanks within quotation marks part nothing.
func wordsOf(text string) []stretch {
	var words []stretch
	start, quoted := -1, false
	for i, r := range text {
		switch {
		case unicode.IsSpace(r) && !quoted:
			if start >= 0 {
				words = append(words, stretch{start, i})
			}
			start = -1
			continue
		case r == '"':
			quoted = !quoted && strings.Contains(text[i+1:], `"`)
		}
		if start < 0 {
			start = i
		}
	}
	if start >= 0 {
		words = append(words, stretch{start, len(text)})
	}
	return words
}

func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

var durationUnits = map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}

// duration reads "30m", "6h", "2d" or "1w" between two bounds; "" is without.
func duration(arg, text string, without, least, most time.Duration) (time.Duration, error) {
	if text == "" {
		return without, nil
	}
	unit := durationUnits[text[len(text)-1:]]
	n, err := strconv.Atoi(text[:len(text)-1])
	if err != nil || unit == 0 || n < 0 || n > int(most/unit)+1 {
		return 0, usage(arg+": is a time such as 30m, 6h, 2d or 1w.", "You wrote “"+name(text)+"”.")
	}
	if d := time.Duration(n) * unit; d >= least && d <= most {
		return d, nil
	}
	return 0, usage(arg+": is from "+ShortTime(least)+" to "+ShortTime(most)+".", "You wrote “"+name(text)+"”.")
}

// ShortTime writes a time in the largest unit that divides it: "90m", "6h", "1w".
func ShortTime(d time.Duration) string {
	for _, unit := range []string{"w", "d", "h"} {
		if d >= durationUnits[unit] && d%durationUnits[unit] == 0 {
			return strconv.Itoa(int(d/durationUnits[unit])) + unit
		}
	}
	return strconv.Itoa(int(d/time.Minute)) + "m"
}

// number reads a whole number from 1 to most; "" is without.
func number(arg, text string, without, most int) (int, error) {
	if text == "" {
		return without, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, usage(arg+" is a number from 1 to "+strconv.Itoa(most)+".", "You wrote “"+name(text)+"”.")
	}
	return n, nil
}

// choice reads one of several words; "" is without.
func choice(arg, text, without string, all ...string) (string, error) {
	if text == "" {
		return without, nil
	}
	if text = strings.ToLower(text); slices.Contains(all, text) {
		return text, nil
	}
	return "", usage(arg+": is one of "+strings.Join(all, ", ")+".", "You wrote “"+name(text)+"”.")
}

// listed reads names that are parted by commas.
func listed(text string) []string {
	var all []string
	for s := range strings.SplitSeq(text, ",") {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// A mention is a person or a group as a platform writes it in text.
var mention = map[string]*regexp.Regexp{
	"slack":   regexp.MustCompile(`^<(?:@([UW][A-Z0-9]{2,20})|!subteam\^(S[A-Z0-9]{2,20}))(?:\|[^<>]*)?>$`),
	"discord": regexp.MustCompile(`^<@!?(&?[0-9]{5,20})>$`),
}

// mentions reads the people and groups whom a rule's alerts ping, by their IDs only: "@here" and
// "@everyone" are names and not in this form.
func mentions(platform, text string) ([]string, error) {
	if text == "" || text == "none" {
		return nil, nil
	}
	found := map[string]bool{}
	for w := range strings.FieldsSeq(strings.ReplaceAll(text, ",", " ")) {
		re := mention[platform]
		if re == nil || !re.MatchString(w) {
			return nil, usage("mention: takes people and groups, not “"+name(w)+"”.",
				"Pick them from the list that opens after @. @here and @everyone are never pinged.")
		}
		m := re.FindStringSubmatch(w)
		found[platform+":"+strings.Join(m[1:], "")] = true
	}
	return slices.Sorted(maps.Keys(found)), nil
}
