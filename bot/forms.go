package bot

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// NewRuleForm is the ID of the form that makes a rule, for shortcuts that open it without a press.
const NewRuleForm = buttonVersion + ":new-rule"

func pressNewRule(_ context.Context, k *Desk, by Asker, _ []string) (Reply, error) {
	if !by.Manager {
		return Reply{}, errNotManager
	}
	return Reply{Form: k.ruleForm(nil, by)}, nil
}

func pressEdit(_ context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	if !by.Manager {
		return Reply{}, errNotManager
	}
	r, _, _, err := k.madeRule(args[0])
	if err != nil {
		return Reply{}, err
	}
	return Reply{Form: k.ruleForm(r, by)}, nil
}

// A filled form is one of these commands, by the verb of its ID.
var formCommands = map[string]string{"new-rule": "watch add", "edit": "watch edit", "settings": "settings"}

// Submit does what a form is for. If a value will not do, nothing is done and faults says what is
// wrong, by the name of the field.
func (k *Desk) Submit(ctx context.Context, by Asker, id string, values map[string]string) (r Reply, faults map[string]string) {
	verb, args := verbOf(id)
	r = k.guard("form "+id, func() (Reply, error) {
		command, ok := formCommands[verb]
		if !ok {
			return Reply{}, usage("This form is from another version of pactwatch.", "Open it again.")
		}
		if !by.Manager {
			return Reply{}, errNotManager
		}
		if verb == "settings" {
			return k.saveSettings(ctx, by, args[0], values, &faults)
		}
		call := Call{Command: command, By: by, Args: map[string]string{}}
		for name, value := range values {
			call.Args[name] = strings.TrimSpace(value)
		}
		if verb == "edit" {
			call.Args["rule"] = args[0]
		}
		if queries := lines(call.Args["query"]); len(queries) < 2 || verb == "edit" {
			if err := k.checkMatch(strings.Join(queries, " ")); err != nil {
				faults = map[string]string{"query": faultText(err)}
				return Reply{}, nil
			}
		}
		r, err := k.run(ctx, call)
		if usage, ok := errors.AsType[*usageError](err); ok {
			faults = map[string]string{cmp.Or(usage.Arg, "query"): faultText(err)}
			return Reply{}, nil
		}
		return r, err
	})
	return r, faults
}

// verbOf returns what the ID of a button or a form says after its version; missing arguments are "".
func verbOf(id string) (verb string, args []string) {
	parts := strings.Split(id, ":")
	if len(parts) < 2 || parts[0] != buttonVersion {
		return "", []string{"", ""}
	}
	return parts[1], append(parts[2:], "", "")
}

func faultText(err error) string {
	usage, ok := errors.AsType[*usageError](err)
	if !ok {
		return err.Error()
	}
	return strings.TrimSpace(usage.Msg + " " + usage.Hint)
}

// Preview says what a form would do with the values it has so far.
func (k *Desk) Preview(ctx context.Context, by Asker, id string, values map[string]string) []Line {
	r := k.guard("preview "+id, func() (Reply, error) {
		queries := lines(straight.Replace(values["query"]))
		if len(queries) == 0 {
			return Reply{}, nil
		}
		var all []Line
		for _, q := range queries[:min(3, len(queries))] {
			if err := k.checkMatch(q); err != nil {
				return Reply{}, err
			}
			preview, err := k.preview(ctx, news.Rule{Name: "test", Match: q})
			if err != nil {
				return Reply{}, err
			}
			all = append(append(all, say("It finds "+k.meaning(q))), preview...)
		}
		return tell(all...)
	})
	return r.Lines
}
