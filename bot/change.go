package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// undoFor is how long a change can be undone by a press.
const undoFor = 10 * time.Minute

// change stores what the asker of a call has decided, and puts it into force.
func (k *Desk) change(ctx context.Context, c Call, changes ...news.Change) ([]news.Change, error) {
	for i := range changes {
		changes[i].At, changes[i].By, changes[i].Channel = k.Now().UTC().Truncate(time.Microsecond), c.By.Actor, c.By.Channel
		if changes[i].Action == "" {
			changes[i].Action = c.Command
		}
	}
	saved, err := k.house.Change(ctx, changes)
	if errors.Is(err, news.ErrOvertaken) {
		return nil, usage("Somebody has changed that in the same moment.", "Look at it again, and try once more.")
	}
	return saved, err
}

// record is a value as a change has it. The types of package news always marshal.
func record(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("bot: marshal %T: %v", v, err))
	}
	return b
}

// current returns the record of a kind and key with its value as T; raw is nil if there is none.
func current[T any](k *Desk, kind news.RecordKind, key string) (value T, raw json.RawMessage) {
	for _, r := range k.house.Records(kind) {
		if r.Key == key && json.Unmarshal(r.Value, &value) == nil {
			return value, r.Value
		}
	}
	return value, nil
}

// undoButton takes back changes that were stored together.
func undoButton(changes []news.Change) Button {
	return Button{ID: buttonID("undo", changes[0].ID, changes[len(changes)-1].ID), Label: "Undo"}
}

// pressUndo takes back the changes from one ID to another.
func pressUndo(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	if !by.Manager {
		return Reply{}, errNotManager
	}
	var back []news.Change
	first, last := changeNumber(args[0]), changeNumber(args[1])
	const most = 2000 // what one command changes at once
	for n := last; n >= first && last-first < most; n-- {
		c, err := k.st.Change(ctx, fmt.Sprintf("x%d", n))
		if errors.Is(err, news.ErrNotFound) {
			return Reply{}, usage("That change is not known here.", "")
		}
		if err != nil {
			return Reply{}, err
		}
		if k.Now().Sub(c.At) > undoFor {
			return Reply{}, usage("That was more than 10 minutes ago.", later(c))
		}
		back = append(back, news.Change{Action: "undo", Kind: c.Kind, Key: c.Key, Before: c.After, After: c.Before, Undoes: c.ID})
	}
	if len(back) == 0 {
		return Reply{}, usage("That change is not known here.", "")
	}
	undone, err := k.change(ctx, Call{Command: "undo", By: by}, back...)
	if err != nil {
		return Reply{}, err
	}
	if err := k.afterChange(ctx, undone); err != nil {
		return Reply{}, err
	}
	var what []string
	for _, c := range undone {
		if word := string(c.Kind) + " " + c.Key; !slices.Contains(what, word) {
			what = append(what, word)
		}
	}
	return tell(say("Undone: " + names(what) + " as it was before."))
}

// later says what brings a change back when Undo no longer does.
func later(c news.Change) string {
	if c.After == nil && c.Kind == news.RuleRecord {
		return "/pactwatch watch resume " + c.Key + " brings the rule back."
	}
	if c.After == nil && c.Kind == news.SourceRecord {
		return "/pactwatch sources resume " + c.Key + " brings the source back."
	}
	return "Change it again by hand."
}

func changeNumber(id string) (n int) {
	if _, err := fmt.Sscanf(strings.TrimPrefix(id, "x"), "%d", &n); err != nil {
		return 0
	}
	return n
}

// afterChange makes the cards show what a mute that came or went means for them.
func (k *Desk) afterChange(ctx context.Context, changes []news.Change) error {
	for _, c := range changes {
		if c.Kind != news.MuteRecord {
			continue
		}
		value := c.After
		if value == nil {
			value = c.Before
		}
		var m news.Mute
		if err := json.Unmarshal(value, &m); err != nil {
			return fmt.Errorf("mute %s: %w", c.Key, err)
		}
		var err error
		switch {
		case m.What == "story":
			err = k.house.Refresh(ctx, m.Which, m.Channel)
		case c.After == nil:
			err = k.house.Release(ctx, m.Channel, m.Why())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// removed returns the value that a record had before it was taken away; nil if it never was there.
func (k *Desk) removed(ctx context.Context, kind news.RecordKind, key string) (json.RawMessage, error) {
	cs, err := k.st.ChangesOf(ctx, kind, key)
	if err != nil || len(cs) == 0 || cs[0].After != nil {
		return nil, err
	}
	return cs[0].Before, nil
}

// audit lists the latest changes.
func audit(ctx context.Context, k *Desk, c Call) (Reply, error) {
	n, err := number("n", c.Args["n"], 10, 50)
	if err != nil {
		return Reply{}, err
	}
	changes, err := k.st.Changes(ctx, n)
	if err != nil {
		return Reply{}, err
	}
	if len(changes) == 0 {
		return tell(say("Nothing has been changed from chat yet."))
	}
	var lines []Line
	for _, c := range changes {
		lines = append(lines, append(say("• "), AuditLine(c)...))
	}
	return tell(lines...)
}

// AuditLine says who changed what and when, and from what to what.
func AuditLine(c news.Change) Line {
	who := "pactwatch"
	if c.By.Platform != "" {
		who = name(c.By.Name) + " (" + c.By.Platform + " " + name(c.By.ID) + ")"
	}
	return say(c.At, " "+who+": "+c.Action+" "+string(c.Kind)+" "+name(c.Key)+difference(c))
}

// difference lists the fields of a record that a change has changed, "severity normal → high".
func difference(c news.Change) string {
	var before, after map[string]any
	_, _ = json.Unmarshal(c.Before, &before), json.Unmarshal(c.After, &after) // one may be missing
	before, after = flat(before), flat(after)
	var keys []string
	for key := range before {
		keys = append(keys, key)
	}
	for key := range after {
		if _, both := before[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	var parts []string
	for _, key := range keys {
		was, is := shown(before[key]), shown(after[key])
		if was == is || key == "by" || key == "made" || key == "at" || key == "id" {
			continue
		}
		parts = append(parts, key+" "+was+" → "+is)
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + Shorten(strings.Join(parts, ", "), maxQuote)
}

// flat lifts the fields of a record's only inner part, those of a rule.
func flat(m map[string]any) map[string]any {
	if inner, ok := m["rule"].(map[string]any); ok {
		return inner
	}
	return m
}

func shown(v any) string {
	switch v := v.(type) {
	case nil, bool:
		return "–"
	case string:
		if v == "" {
			return "–"
		}
		return "“" + Shorten(Clean(v), maxName) + "”"
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, fmt.Sprint(e))
		}
		return shown(strings.Join(all, ", "))
	}
	return shown(fmt.Sprint(v))
}
