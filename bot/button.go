package bot

import (
	"context"
	"strings"
)

// buttonVersion stands before what a button does, so that a later version can still tell what an
// old button meant. An ID holds nothing from outside: "v1:mute-story:a102".
const buttonVersion = "v1"

func buttonID(verb string, args ...string) string {
	return strings.Join(append([]string{buttonVersion, verb}, args...), ":")
}

// WhyButton returns the ID of the button that explains an alert.
func WhyButton(alert string) string { return buttonID("why", alert) }

// Buttons returns what a reader can do with an alert, in the order in which the buttons stand; nil
// for what is no alert.
func (v View) Buttons() []Button {
	if v.Alert == "" {
		return nil
	}
	var all []Button
	switch {
	case len(v.List)+v.More > 1:
		all = append(all, Button{Label: "Open sources", ID: buttonID("sources", v.Alert)})
	case v.Link != "":
		all = append(all, Button{Label: "Open source", URL: v.Link})
	}
	return append(all,
		Button{Label: "Why?", ID: WhyButton(v.Alert)},
		Button{Label: "Mute story…", ID: buttonID("mute-story", v.Alert)},
		Button{Label: "Mute rule…", ID: buttonID("mute-rule", v.Alert)},
		Button{Label: "Not the same story", ID: buttonID("split", v.Alert)},
		Button{Label: "Wrong match", ID: buttonID("wrong", v.Alert)},
	)
}

// A presser carries out a button; args are what follows its verb in the ID.
type presser func(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error)

// pressers are all buttons by verb.
func pressers() map[string]presser {
	return map[string]presser{
		"why": func(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
			return why(ctx, k, Call{By: by, Args: map[string]string{"what": args[0]}})
		},
		"sources":    pressSources,
		"mute-story": pressMuteStory,
		"mute-rule":  pressMuteRule,
		"remute":     pressRemute,
		"split":      pressSplit,
		"rejoin":     pressRejoin,
		"wrong":      pressWrong,
		"right":      pressRight,
		"undo":       pressUndo,
		"page":       pressPage,
		"new-rule":   pressNewRule,
		"edit":       pressEdit,
		"narrow":     pressNarrow,
		"settings":   pressSettings,
		"test": func(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
			return watchTest(ctx, k, Call{By: by, Args: map[string]string{"query": args[0]}})
		},
	}
}

// Press answers a button by its ID. Version and rights are checked: a button may be years old, and
// anybody who sees a message can press it.
func (k *Desk) Press(ctx context.Context, by Asker, id string) Reply {
	return k.guard("button "+id, func() (Reply, error) {
		verb, args := verbOf(id)
		press, ok := k.pressers[verb]
		if !ok {
			return Reply{}, usage("This button is from another version of pactwatch.", "Use /pactwatch alerts recent and ask from there.")
		}
		return press(ctx, k, by, args)
	})
}
