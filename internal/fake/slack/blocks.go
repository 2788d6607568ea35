package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The limits of Block Kit, in UTF-16 units and in elements: docs.slack.dev/reference/block-kit
const (
	maxObject, maxHeader, maxLabel, maxActionID, maxBlockID         = 3000, 150, 75, 255, 255
	maxURL, maxValue, maxPlaceholder, maxOption, maxOptionValue     = 3000, 2000, 150, 75, 150
	maxInputLabel, maxActions, maxContext, maxOptions, maxInputText = 2000, 25, 10, 100, 3000
	// maxAll is what the JSON of all blocks together may have; Slack does not state it (bolt-js#2509).
	maxAll = 13200
)

// walk calls visit for each object with a type in blocks, from the outside in.
func walk(blocks []map[string]any, visit func(kind string, o map[string]any)) {
	var in func(v any)
	in = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				in(e)
			}
		case map[string]any:
			if kind, ok := v["type"].(string); ok {
				visit(kind, v)
			}
			for _, part := range []string{"text", "elements", "element", "accessory", "fields", "label", "hint", "placeholder", "options"} {
				in(v[part])
			}
		}
	}
	for _, b := range blocks {
		in(b)
	}
}

// BlockFaults returns what breaks a limit of Slack's in blocks, is not known to the people's clients
// here, or is not safe: text that Slack parses has to be verbatim, and must not notify.
func BlockFaults(blocks []map[string]any) []string {
	c := &checker{blockIDs: map[string]bool{}}
	for _, b := range blocks {
		kind := text(b["type"])
		if check := blockKinds[kind]; check != nil {
			check(c, b)
		} else {
			c.complain("a block of type %q", kind)
		}
		c.blockID(text(b["block_id"]))
	}
	walk(blocks, c.visit)
	raw, _ := json.Marshal(blocks)
	if n := units(string(raw)); n > maxAll && c.inputs == 0 {
		c.complain("blocks of %d units in all, want %d at most", n, maxAll)
	}
	return c.faults
}

type checker struct {
	faults   []string
	blockIDs map[string]bool
	inputs   int
}

func (c *checker) complain(format string, a ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, a...))
}

// size checks a text that has to be there.
func (c *checker) size(what, s string, most int) {
	if n := units(s); n < 1 || n > most {
		c.complain("%s of %d units, want 1 to %d", what, n, most)
	}
}

func (c *checker) blockID(id string) {
	if units(id) > maxBlockID || id != "" && c.blockIDs[id] {
		c.complain("block_id %q is there twice or too long", id)
	}
	c.blockIDs[id] = true
}

// plain checks a text object that has to be plain text.
func (c *checker) plain(what string, v any, most int) {
	o := object(v)
	if o["type"] != "plain_text" {
		c.complain("%s of type %v, want plain_text", what, o["type"])
	}
	c.size(what, text(o["text"]), most)
}

var blockKinds = map[string]func(*checker, map[string]any){
	"header":    func(c *checker, b map[string]any) { c.plain("header", b["text"], maxHeader) },
	"divider":   func(*checker, map[string]any) {},
	"rich_text": (*checker).richText,
	"section": func(c *checker, b map[string]any) {
		if b["text"] == nil {
			c.complain("a section without text")
		}
	},
	"context": func(c *checker, b map[string]any) {
		if n := len(objects(b["elements"])); n < 1 || n > maxContext {
			c.complain("context of %d elements, want 1 to %d", n, maxContext)
		}
	},
	"actions": (*checker).actions,
	"input":   (*checker).input,
}

func (c *checker) richText(b map[string]any) {
	if len(objects(b["elements"])) == 0 {
		c.complain("rich_text without elements")
	}
}

func (c *checker) actions(b map[string]any) {
	elements := objects(b["elements"])
	if n := len(elements); n < 1 || n > maxActions {
		c.complain("actions of %d elements, want 1 to %d", n, maxActions)
	}
	ids := map[string]bool{}
	for _, e := range elements {
		id := text(e["action_id"])
		if ids[id] {
			c.complain("action_id %q is there twice in one block", id)
		}
		ids[id] = true
	}
}

func (c *checker) input(b map[string]any) {
	c.inputs++
	c.plain("label", b["label"], maxInputLabel)
	if b["hint"] != nil {
		c.plain("hint", b["hint"], maxInputLabel)
	}
	e := object(b["element"])
	kinds := []string{"plain_text_input", "static_select", "external_select", "conversations_select"}
	if !slices.Contains(kinds, text(e["type"])) {
		c.complain("an input of type %v", e["type"])
	}
}

// visit checks an object anywhere in the blocks.
func (c *checker) visit(kind string, o map[string]any) {
	switch kind {
	case "plain_text":
		c.size("plain_text", text(o["text"]), maxObject)
		if o["emoji"] == true {
			c.complain("plain_text that turns :words: into emoji: %v", o["text"])
		}
	case "mrkdwn":
		c.size("mrkdwn", text(o["text"]), maxObject)
		if o["verbatim"] != true {
			c.complain("mrkdwn that is not verbatim: %v", o["text"])
		}
		c.faults = append(c.faults, markupFaults(text(o["text"]))...)
	case "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted":
		if len(objects(o["elements"])) == 0 {
			c.complain("%s without elements", kind)
		}
	case "text":
		c.size("text", text(o["text"]), maxAll)
	case "link":
		if !strings.HasPrefix(text(o["url"]), "http://") && !strings.HasPrefix(text(o["url"]), "https://") {
			c.complain("a link to %v", o["url"])
		}
		c.size("link", text(o["url"]), maxURL)
	case "date":
		if at, ok := o["timestamp"].(float64); !ok || at <= 0 || text(o["format"]) == "" || !strings.HasSuffix(text(o["fallback"]), " UTC") {
			c.complain("date %v", o)
		}
	case "broadcast", "channel", "emoji", "color", "team":
		c.complain("a %s in rich text: %v", kind, o)
	case "button":
		c.plain("button", o["text"], maxLabel)
		c.actionID(o)
		if u := text(o["url"]); u != "" {
			c.size("button's url", u, maxURL)
		}
		if units(text(o["value"])) > maxValue || !slices.Contains([]string{"", "primary", "danger"}, text(o["style"])) {
			c.complain("button %v", o)
		}
	case "plain_text_input", "static_select", "external_select", "conversations_select":
		c.field(kind, o)
	}
}

func (c *checker) actionID(o map[string]any) { c.size("action_id", text(o["action_id"]), maxActionID) }

func (c *checker) field(kind string, o map[string]any) {
	c.actionID(o)
	if o["placeholder"] != nil {
		c.plain("placeholder", o["placeholder"], maxPlaceholder)
	}
	options := objects(o["options"])
	if kind == "static_select" {
		if n := len(options); n < 1 || n > maxOptions {
			c.complain("select of %d options, want 1 to %d", n, maxOptions)
		}
		if first := object(o["initial_option"]); first != nil && !slices.ContainsFunc(options, func(p map[string]any) bool { return p["value"] == first["value"] }) {
			c.complain("initial_option %v is not among the options", first["value"])
		}
	}
	for _, p := range options {
		c.option(p)
	}
	if units(text(o["initial_value"])) > maxInputText {
		c.complain("an initial_value of more than %d units", maxInputText)
	}
}

func (c *checker) option(p map[string]any) {
	c.plain("option", p["text"], maxOption)
	c.size("option's value", text(p["value"]), maxOptionValue)
}
