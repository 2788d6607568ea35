package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// maxChoices is how many choices Discord shows at most.
const maxChoices = 25

// Complete returns what a person may mean who has typed so far into an argument of a command, the
// best first, 25 at most. It asks nobody else, and answers
// at once.
func (k *Desk) Complete(ctx context.Context, _ Asker, command, arg, typed string) []Choice {
	cmd, _ := k.command(command)
	for _, a := range cmd.Args {
		if a.Name == arg {
			return matching(k.choices(ctx, a), typed)
		}
	}
	return nil
}

// choices returns all that an argument can be, as far as that is known.
func (k *Desk) choices(ctx context.Context, a Arg) []Choice {
	var all []Choice
	switch a.Kind {
	case RuleArg:
		for _, r := range k.house.Rules() {
			all = append(all, Choice{Shorten(Clean(r.Label()+": "+r.Match), 75), r.Name})
		}
	case SourceArg:
		for _, s := range k.house.SourceNames() {
			all = append(all, Choice{Shorten(Clean(s.Title), 75), s.Name})
		}
	case AlertArg:
		alerts, err := k.st.AlertTitles(ctx, maxChoices)
		if err != nil { // nothing to offer is better than an error while typing
			k.lg.Warn("no alerts to offer", "err", err)
		}
		for _, a := range alerts {
			all = append(all, Choice{Shorten(a.ID+" "+headline(a.Headline), 75), a.ID})
		}
	case DurationArg:
		for _, d := range []string{"30m", "6h", "1d", "2d", "7d", "30d"} {
			all = append(all, Choice{d, d})
		}
	case ChoiceArg:
		for _, c := range a.Choices {
			all = append(all, Choice{c, c})
		}
	}
	return all
}

// matching returns the choices that have what was typed, those that begin with it first.
func matching(all []Choice, typed string) []Choice {
	typed = strings.ToLower(strings.TrimSpace(typed))
	rank := func(c Choice) int {
		label := strings.ToLower(c.Label)
		switch {
		case strings.HasPrefix(strings.ToLower(c.Value), typed):
			return 0
		case strings.HasPrefix(label, typed), strings.Contains(label, " "+typed):
			return 1
		case strings.Contains(label, typed):
			return 2
		}
		return 3
	}
	var found []Choice
	for _, c := range all {
		if rank(c) < 3 && len(c.Value) <= 100 {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b Choice) int { return cmp.Compare(rank(a), rank(b)) })
	return found[:min(len(found), maxChoices)]
}
