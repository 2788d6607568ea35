package fakediscord

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// routes' bodies in Discord's description. A callback's depends on its type.
var schemas = map[string]string{
	"POST messages":   "MessageCreateRequest",
	"PATCH message":   "MessageEditRequestPartial",
	"POST threads":    "CreateTextThreadWithMessageRequest",
	"PATCH reply":     "IncomingWebhookUpdateRequestPartial",
	"POST followup":   "IncomingWebhookUpdateRequestPartial",
	"PUT commands":    "ApplicationCommandUpdateRequest", // of each
	"POST callback 4": "CreateMessageInteractionCallbackRequest",
	"POST callback 5": "CreateMessageInteractionCallbackRequest",
	"POST callback 6": "UpdateMessageInteractionCallbackRequest",
	"POST callback 7": "UpdateMessageInteractionCallbackRequest",
	"POST callback 8": "ApplicationCommandAutocompleteCallbackRequest",
	"POST callback 9": "ModalInteractionCallbackRequest",
}

// description compiles Discord's own description, which lies beside the repository; it is nil where
// it does not.
var description = sync.OnceValue(func() map[string]*jsonschema.Schema {
	file := find("shared/specs/discord/openapi.min.json")
	if file == nil {
		return nil
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		panic(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", doc); err != nil {
		panic(err)
	}
	compiled := make(map[string]*jsonschema.Schema)
	for route, name := range schemas {
		compiled[route] = compiler.MustCompile("openapi.json#/components/schemas/" + name)
	}
	return compiled
})

// find opens a file beside the working directory or beside one of those that it is in; nil if there
// is none.
func find(name string) *os.File {
	for dir := "."; len(dir) < 20; dir = filepath.Join("..", dir) {
		if file, err := os.Open(filepath.Join(dir, name)); err == nil {
			return file
		}
	}
	return nil
}

// Faults returns what Discord would find wrong with the body of a request, and what could ping.
func Faults(route string, raw []byte) []string {
	var body map[string]any
	if err := json.Unmarshal(raw, &body); err != nil {
		return []string{err.Error()}
	}
	return bodyFaults(route, raw, body)
}

// bodyFaults returns what Discord would find wrong with a body, and what could ping.
func bodyFaults(route string, raw []byte, body map[string]any) (faults []string) {
	if route == "PUT commands" {
		return commandsFaults(raw)
	}
	schema := route
	if route == "POST callback" {
		schema = fmt.Sprintf("%s %d", route, number(body["type"]))
		if schemas[schema] == "" {
			faults = append(faults, fmt.Sprintf("type %v is no answer", body["type"]))
		}
	}
	faults = append(faults, schemaFaults(schema, raw)...)
	switch route {
	case "POST messages", "PATCH message", "PATCH reply", "POST followup":
		faults = append(faults, messageFaults(body)...)
	case "POST callback":
		data, _ := body["data"].(map[string]any)
		faults = append(faults, callbackFaults(number(body["type"]), data)...)
	}
	nonce, _ := body["nonce"].(string)
	if route == "POST messages" && (nonce == "" || units(nonce) > 25 || body["enforce_nonce"] != true) {
		faults = append(faults, fmt.Sprintf("nonce %q, enforce_nonce %v, want 1 to 25 characters and true", nonce, body["enforce_nonce"]))
	}
	return faults
}

func schemaFaults(name string, raw []byte) []string {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err == nil && description()[name] != nil {
		err = description()[name].Validate(v)
	}
	if err != nil {
		return []string{err.Error()}
	}
	return nil
}

func commandsFaults(raw []byte) (faults []string) {
	var commands []map[string]any
	if err := json.Unmarshal(raw, &commands); err != nil {
		return []string{err.Error()}
	}
	for _, c := range commands {
		checked := make(map[string]any)
		for k, v := range c {
			// The documentation and Discord's answers have permissions as a string; the description of
			// this request alone has them as a number.
			if s, ok := v.(string); ok && k == "default_member_permissions" {
				v, _ = strconv.ParseUint(s, 10, 64)
			}
			checked[k] = v
		}
		one, _ := json.Marshal(checked)
		faults = append(faults, schemaFaults("PUT commands", one)...)
	}
	return append(faults, commandFaults(commands)...)
}

func callbackFaults(kind int, data map[string]any) (faults []string) {
	switch kind {
	case TypeMessage:
		if number(data["flags"]) != flagEphemeral {
			faults = append(faults, fmt.Sprintf("flags %v: an answer is for one person", data["flags"]))
		}
		return append(faults, messageFaults(data)...)
	case TypeUpdate:
		return messageFaults(data)
	case TypeDeferred:
		if number(data["flags"]) != flagEphemeral || len(data) != 1 {
			faults = append(faults, fmt.Sprintf("deferred with %v, want the flag for one person and no more", data))
		}
	case TypeDeferredUpdate:
		if len(data) > 0 {
			faults = append(faults, fmt.Sprintf("deferred update with %v, want no data", data))
		}
	case TypeChoices:
		if _, ok := data["choices"].([]any); !ok {
			faults = append(faults, fmt.Sprintf("choices %v, want a list", data["choices"]))
		}
	case TypeModal:
		return modalFaults(data)
	}
	return faults
}

// modalFaults checks that a modal has five inputs at most, each with an ID of its own: 40 is what
// the description says of components of any kind.
func modalFaults(data map[string]any) (faults []string) {
	inputs := objects(data["components"])
	if len(inputs) < 1 || len(inputs) > 5 {
		faults = append(faults, fmt.Sprintf("a modal of %d inputs, want 1 to 5", len(inputs)))
	}
	ids := map[string]bool{}
	for _, c := range inputs {
		input, ok := c["component"].(map[string]any)
		if below := objects(c["components"]); !ok && len(below) == 1 {
			input = below[0]
		}
		id := text(input["custom_id"])
		if id == "" || ids[id] {
			faults = append(faults, fmt.Sprintf("custom_id %q is there twice or empty", id))
		}
		ids[id] = true
		if most := number(input["max_length"]); most > 0 && units(text(input["value"])) > most {
			faults = append(faults, fmt.Sprintf("the value of %s is longer than %d", id, most))
		}
		presets := 0
		for _, o := range objects(input["options"]) {
			if o["default"] == true {
				presets++
			}
		}
		if presets > 1 {
			faults = append(faults, fmt.Sprintf("%s has %d presets, want one at most", id, presets))
		}
	}
	return faults
}

// messageFaults checks what the description does not: it allows 4000 characters of content, where a
// bot gets 2000, knows no sum, and lets everything ping.
func messageFaults(m map[string]any) (faults []string) {
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	mentions, _ := m["allowed_mentions"].(map[string]any)
	if parse, ok := mentions["parse"].([]any); !ok || len(parse) > 0 {
		complain("allowed_mentions %v, want parse: []", m["allowed_mentions"])
	}
	if m["message_reference"] != nil && mentions["replied_user"] != false {
		complain("replied_user %v, want false", mentions["replied_user"])
	}
	content := text(m["content"])
	embeds := objects(m["embeds"])
	if units(content) > 2000 || content == "" && len(embeds) == 0 {
		complain("content of %d characters, want 1 to 2000", units(content))
	}
	sum := 0
	for _, e := range embeds {
		faults = append(faults, embedFaults(e, &sum)...)
	}
	if sum > 6000 {
		complain("embeds of %d characters, want 6000 at most", sum)
	}
	return append(faults, rowFaults(objects(m["components"]))...)
}

func embedFaults(e map[string]any, sum *int) (faults []string) {
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	length := func(what string, v any, most int) {
		n := units(text(v))
		if *sum += n; n > most {
			complain("%s of %d characters, want %d at most", what, n, most)
		}
	}
	length("title", e["title"], 256)
	length("description", e["description"], 4096)
	footer, _ := e["footer"].(map[string]any)
	length("footer", footer["text"], 2048)
	fields := objects(e["fields"])
	if len(fields) > 25 {
		complain("%d fields, want 25 at most", len(fields))
	}
	for _, f := range fields {
		if f["name"] == "" || f["value"] == "" {
			complain("an empty field: %v", f)
		}
		length("field name", f["name"], 256)
		length("field value", f["value"], 1024)
	}
	if text(e["title"])+text(e["description"]) == "" && len(fields) == 0 {
		complain("an embed that shows nothing")
	}
	if stamp, ok := e["timestamp"].(string); ok {
		if _, err := time.Parse(time.RFC3339, stamp); err != nil {
			complain("timestamp %q", stamp)
		}
	}
	return faults
}

// rowFaults checks rows of buttons.
func rowFaults(rows []map[string]any) (faults []string) {
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	if len(rows) > 5 {
		complain("%d rows, want 5 at most", len(rows))
	}
	ids := map[string]bool{}
	for _, row := range rows {
		buttons := objects(row["components"])
		if len(buttons) < 1 || len(buttons) > 5 {
			complain("a row of %d buttons, want 1 to 5", len(buttons))
		}
		for _, b := range buttons {
			if n := units(text(b["label"])); n < 1 || n > 80 {
				complain("a label of %d characters, want 1 to 80", n)
			}
			id, link := text(b["custom_id"]), text(b["url"])
			u, err := url.Parse(link)
			switch linked := number(b["style"]) == 5; {
			case linked && (err != nil || u.Host == "" || len(link) > 512 || id != ""):
				complain("a link button to %q with ID %q", link, id)
			case !linked && (id == "" || units(id) > 100 || ids[id] || link != ""):
				complain("button ID %q is there twice, empty or longer than 100 characters, or has a link", id)
			}
			ids[id] = id != ""
		}
	}
	return faults
}
