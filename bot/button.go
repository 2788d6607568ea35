package bot

import (
	"context"
	"strings"
)

// buttonVersion stands before what a button does, so that a later version can still tell what an
// old button meant.
const buttonVersion = "v1"

// WhyButton returns the ID of the button that explains an alert. It holds nothing from outside.
func WhyButton(alert string) string { return buttonVersion + ":why:" + alert }

// Press answers a button by its ID.
func (k *Desk) Press(ctx context.Context, id string) []Line {
	version, rest, _ := strings.Cut(id, ":")
	verb, arg, _ := strings.Cut(rest, ":")
	if version != buttonVersion || verb != "why" {
		return []Line{say("This button is from another version of pactwatch; ask for “why” and the alert instead.")}
	}
	return k.Answer(ctx, Call{Command: "why", Args: map[string]string{"alert": arg}})
}
