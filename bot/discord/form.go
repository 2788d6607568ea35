package discord

import (
	"crypto/rand"
	"slices"
	"strings"
	"sync"

	"github.com/pactwatch/pactwatch/bot"
)

// The components of a modal that discordgo does not have:
// docs.discord.com/developers/components/reference
const (
	typeString    = 3
	typeInput     = 4
	typeChannel   = 8
	typeLabel     = 18
	maxModalTitle = 45 // and of a label
	maxInput      = 4000
	maxFields     = 5
)

// modal returns a form as a modal: a label with an input for each field, for the required ones first
// if there are more than a modal can ask for.
func modal(f *bot.Form) map[string]any {
	fields := slices.Clone(f.Fields)
	if len(fields) > maxFields {
		slices.SortStableFunc(fields, func(a, b bot.Field) int { return rank(a.Required) - rank(b.Required) })
		fields = fields[:maxFields]
	}
	components := []map[string]any{}
	for _, field := range fields {
		label := map[string]any{"type": typeLabel, "label": bot.Shorten(field.Label, maxModalTitle), "component": input(field)}
		if field.Help != "" {
			label["description"] = bot.Shorten(field.Help, 100)
		}
		components = append(components, label)
	}
	return map[string]any{"custom_id": f.ID, "title": bot.Shorten(f.Title, maxModalTitle), "components": components}
}

// rank sorts what is required before what is not.
func rank(required bool) int {
	if required {
		return 0
	}
	return 1
}

func input(f bot.Field) map[string]any {
	switch f.Kind {
	case bot.PlaceArg:
		in := map[string]any{"type": typeChannel, "custom_id": f.Name, "channel_types": []int{0, 5}, "required": f.Required, "min_values": 0}
		if f.Required {
			in["min_values"] = 1
		}
		if id := strings.TrimSuffix(strings.TrimPrefix(f.Value, "<#"), ">"); isID(id) { // the configuration's names are no channels of Discord's
			in["default_values"] = []map[string]string{{"id": id, "type": "channel"}}
		}
		return in
	case bot.ChoiceArg:
		options := []map[string]any{}
		for _, c := range f.Choices {
			options = append(options, map[string]any{"label": c.Label, "value": c.Value, "default": c.Value == f.Value})
		}
		return map[string]any{"type": typeString, "custom_id": f.Name, "options": options, "required": f.Required}
	}
	in := map[string]any{"type": typeInput, "custom_id": f.Name, "style": 1, "required": f.Required, "max_length": maxInput}
	if f.Lines > 1 {
		in["style"] = 2
	}
	if f.Value != "" {
		in["value"] = bot.Shorten(f.Value, maxInput)
	}
	return in
}

// A component is what a client sends of one of a modal's.
type component struct {
	Type       int         `json:"type"`
	CustomID   string      `json:"custom_id"`
	Value      string      `json:"value"`
	Values     []string    `json:"values"`
	Component  *component  `json:"component"`
	Components []component `json:"components"`
}

// collect puts the values of a filled modal into values by field, channels as "<#ID>".
func collect(all []component, values map[string]string) {
	for _, c := range all {
		switch {
		case c.Component != nil:
			collect([]component{*c.Component}, values)
		case len(c.Components) > 0:
			collect(c.Components, values)
		case c.Type == typeChannel && len(c.Values) > 0:
			values[c.CustomID] = "<#" + c.Values[0] + ">"
		case len(c.Values) > 0:
			values[c.CustomID] = c.Values[0]
		case c.CustomID != "":
			values[c.CustomID] = c.Value
		}
	}
}

// againButton begins the ID of the button that opens a form as it was filled in.
const againButton = "v1:again:"

// A draft is a form that was filled in and had something wrong with it.
type draft struct {
	by     string // the person's ID
	form   string
	values map[string]string
}

// drafts keep the last forms until they are opened again. The zero drafts are ready; they are safe for
// concurrent use.
type drafts struct {
	mu   sync.Mutex
	kept map[string]draft
	keys [100]string
	next int // of keys, the oldest
}

// keep returns the key of a draft. Keys are not counted up: one of an earlier run must not open what
// somebody wrote in this one.
func (d *drafts) keep(v draft) (key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil {
		d.kept = make(map[string]draft)
	}
	delete(d.kept, d.keys[d.next])
	key = rand.Text()
	d.keys[d.next], d.kept[key] = key, v
	d.next = (d.next + 1) % len(d.keys)
	return key
}

// take returns a draft to who wrote it.
func (d *drafts) take(key, by string) (draft, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v, ok := d.kept[key]
	return v, ok && v.by == by
}
