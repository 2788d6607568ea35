package fakediscord

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Command does what a client does with "/watch add" and its options. Channels are given by ID. The
// error says why the client would not send it: there is no such command, the person may not see it,
// an option is missing or has no such value.
func (s *Server) Command(by Person, channel, name string, options map[string]string) (*Interaction, error) {
	data, left, err := s.invocation(by, name, options)
	if err != nil {
		return nil, err
	}
	for _, o := range left {
		if o["required"] == true && options[text(o["name"])] == "" {
			return nil, fmt.Errorf("/%s: the option %s is missing", name, o["name"])
		}
	}
	return s.interact(&Interaction{kind: kindCommand, by: by, channel: channel}, data), nil
}

// Autocomplete does what a client does while somebody types into one of the options.
func (s *Server) Autocomplete(by Person, channel, name string, options map[string]string, typing string) (*Interaction, error) {
	data, left, err := s.invocation(by, name, options)
	if err != nil {
		return nil, err
	}
	for _, o := range left {
		if o["name"] == typing && o["autocomplete"] != true {
			return nil, fmt.Errorf("/%s: the option %s has no autocomplete", name, typing)
		}
	}
	for o := data; o != nil; {
		options, _ := o["options"].([]map[string]any)
		o = nil
		for _, below := range options {
			if o = below; below["name"] == typing {
				below["focused"] = true
			}
		}
	}
	return s.interact(&Interaction{kind: kindAutocomplete, by: by, channel: channel}, data), nil
}

// Choices returns what the bot offers.
func (i *Interaction) Choices() []string {
	i.s.t.Helper()
	var names []string
	for _, c := range objects(i.First().Data["choices"]) {
		names = append(names, text(c["name"]))
	}
	return names
}

// invocation returns the data of a command with its options, and the options that it can have.
func (s *Server) invocation(by Person, name string, values map[string]string) (data map[string]any, can []map[string]any, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	words := strings.Fields(name)
	at := named(s.commands, words[0])
	if at == nil {
		return nil, nil, fmt.Errorf("/%s: there is no command /%s", name, words[0])
	}
	if need, err := strconv.ParseUint(text(at["default_member_permissions"]), 10, 64); err == nil && by.Permissions&Administrator == 0 && by.Permissions&need != need {
		return nil, nil, fmt.Errorf("/%s: %s does not see /%s", name, by.Name, words[0])
	}
	data = map[string]any{"id": at["id"], "name": words[0], "type": 1, "guild_id": GuildID}
	last := data
	for _, word := range words[1:] {
		if at = named(objects(at["options"]), word); at == nil || number(at["type"]) > 2 {
			return nil, nil, fmt.Errorf("/%s: there is no subcommand %s", name, word)
		}
		below := map[string]any{"name": word, "type": at["type"]}
		last["options"] = []map[string]any{below}
		last = below
	}
	can = objects(at["options"])
	if len(can) > 0 && number(can[0]["type"]) <= 2 {
		return nil, nil, fmt.Errorf("/%s: pick a subcommand", name)
	}
	given, resolved, err := s.values(name, can, values)
	last["options"], data["resolved"] = given, resolved
	return data, can, err
}

func named(all []map[string]any, name string) map[string]any {
	for _, o := range all {
		if o["name"] == name {
			return o
		}
	}
	return nil
}

// values returns options as a client sends them, in the order of the names.
func (s *Server) values(name string, can []map[string]any, values map[string]string) (given []map[string]any, resolved map[string]any, err error) {
	given, resolved = []map[string]any{}, map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		o := named(can, key)
		if o == nil {
			return nil, nil, fmt.Errorf("/%s: there is no option %s", name, key)
		}
		var value any = values[key]
		switch kind := number(o["type"]); kind {
		case 3:
			if choices := objects(o["choices"]); len(choices) > 0 && !slices.ContainsFunc(choices, func(c map[string]any) bool { return c["value"] == value }) {
				return nil, nil, fmt.Errorf("/%s: %s is no choice for %s", name, values[key], key)
			}
		case 4:
			if value, err = strconv.Atoi(values[key]); err != nil {
				return nil, nil, fmt.Errorf("/%s: %s takes a whole number", name, key)
			}
		case 7:
			if s.channels[values[key]] == nil {
				return nil, nil, fmt.Errorf("/%s: there is no channel %s", name, values[key])
			}
			resolved["channels"] = map[string]any{values[key]: s.channels[values[key]].object()}
		default:
			return nil, nil, fmt.Errorf("/%s: this client knows no option of type %d", name, kind)
		}
		given = append(given, map[string]any{"name": key, "type": o["type"], "value": value})
	}
	return given, resolved, nil
}

// Press presses the button of a message that has a label. The error says that there is none.
func (s *Server) Press(by Person, m Message, label string) (*Interaction, error) {
	for _, b := range m.Buttons() {
		if b.Label == label && b.URL == "" {
			return s.PressID(by, m, b.ID), nil
		}
	}
	return nil, fmt.Errorf("no button %q among %v", label, m.Buttons())
}

// PressID presses a button by its ID, whether the message still shows it or not.
func (s *Server) PressID(by Person, m Message, id string) *Interaction {
	return s.interact(&Interaction{kind: kindComponent, by: by, channel: m.Channel, pressed: m.ID}, map[string]any{"custom_id": id, "component_type": 2})
}

// Submit fills in the modal that answered the interaction, and sends it: what values does not name
// stays as the modal has it. The error says why the client would not send it.
func (i *Interaction) Submit(values map[string]string) (*Interaction, error) {
	first := i.First()
	if first.Type != TypeModal {
		return nil, fmt.Errorf("the answer is of type %d, not a modal", first.Type)
	}
	left, resolved := maps.Clone(values), map[string]any{}
	var components []any
	for _, c := range objects(first.Data["components"]) {
		switch number(c["type"]) {
		case 18:
			inner, _ := c["component"].(map[string]any)
			sent, err := i.s.fill(inner, left, resolved)
			if err != nil {
				return nil, err
			}
			components = append(components, map[string]any{"type": 18, "id": len(components) + 1, "component": sent})
		case 1:
			sent, err := i.s.fill(objects(c["components"])[0], left, resolved)
			if err != nil {
				return nil, err
			}
			components = append(components, map[string]any{"type": 1, "id": len(components) + 1, "components": []any{sent}})
		}
	}
	if len(left) > 0 {
		return nil, fmt.Errorf("the modal does not ask for %v", left)
	}
	return i.s.interact(&Interaction{kind: kindSubmit, by: i.by, channel: i.channel, pressed: i.pressed}, map[string]any{
		"custom_id": first.Data["custom_id"], "components": components, "resolved": resolved,
	}), nil
}

// fill returns an input as a client sends it, and takes its value out of left.
func (s *Server) fill(input map[string]any, left map[string]string, resolved map[string]any) (map[string]any, error) {
	id := text(input["custom_id"])
	value, typed := left[id]
	delete(left, id)
	if !typed {
		value = preset(input)
	}
	if value == "" && input["required"] != false {
		return nil, fmt.Errorf("the modal wants a value for %s", id)
	}
	sent := map[string]any{"type": input["type"], "id": 1, "custom_id": id}
	if number(input["type"]) == 4 {
		if most, n := number(input["max_length"]), len(utf16.Encode([]rune(value))); most > 0 && n > most {
			return nil, fmt.Errorf("%s takes %d characters, not %d", id, most, n)
		}
		sent["value"] = value
		return sent, nil
	}
	sent["values"] = []string{}
	if value == "" {
		return sent, nil
	}
	sent["values"] = []string{value}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch number(input["type"]) {
	case 3:
		if !slices.ContainsFunc(objects(input["options"]), func(o map[string]any) bool { return o["value"] == value }) {
			return nil, fmt.Errorf("%s has no option %s", id, value)
		}
	case 8:
		if s.channels[value] == nil {
			return nil, fmt.Errorf("%s: there is no channel %s", id, value)
		}
		resolved["channels"] = map[string]any{value: s.channels[value].object()}
	}
	return sent, nil
}

// preset returns what an input of a modal has as its value before anybody types.
func preset(input map[string]any) string {
	for _, o := range objects(input["options"]) {
		if o["default"] == true {
			return text(o["value"])
		}
	}
	for _, o := range objects(input["default_values"]) {
		return text(o["id"])
	}
	return text(input["value"])
}
