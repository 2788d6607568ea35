package fakeslack

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"
)

// params are the arguments of each method in Slack's own description, which lies beside the
// repository; nil where it does not. Slack archived it in 2021, so what is newer is added.
var params = sync.OnceValue(func() map[string][]string {
	var spec struct {
		Paths map[string]map[string]struct{ Parameters []struct{ Name string } }
	}
	raw := find("shared/specs/slack/web-api-openapi-v2.min.json")
	if raw == nil || json.Unmarshal(raw, &spec) != nil {
		return nil
	}
	all := map[string][]string{
		"apps.connections.open": nil, "chat.postMessage": {"metadata"}, "chat.update": {"metadata"},
		"conversations.history": {"include_all_metadata"}, "conversations.replies": {"include_all_metadata"},
	}
	for path, ops := range spec.Paths {
		method := strings.TrimPrefix(path, "/")
		for op := range maps.Values(ops) {
			for _, p := range op.Parameters {
				all[method] = append(all[method], p.Name)
			}
		}
	}
	return all
})

// find reads a file beside the working directory or beside one of those that it is in; nil if there
// is none.
func find(name string) []byte {
	for dir := "."; len(dir) < 20; dir = filepath.Join("..", dir) {
		if raw, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			return raw
		}
	}
	return nil
}

// callFaults returns what is wrong with a call, or not safe.
func callFaults(c Call) (faults []string) {
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	for name := range c.Args {
		if params() != nil && !slices.Contains(params()[c.Method], name) {
			complain("the argument %s is not in Slack's description", name)
		}
	}
	switch c.Method {
	case "chat.postMessage", "chat.postEphemeral", "chat.update":
		faults = append(faults, chatFaults(c)...)
	case "views.open", "views.update", "views.publish":
		faults = append(faults, viewFaults(c.Method, object(c.Args["view"]))...)
	}
	return faults
}

func chatFaults(c Call) (faults []string) {
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	if c.Text("channel") == "" {
		complain("no channel")
	}
	if c.Text("parse") != "none" || c.Text("link_names") != "false" {
		complain("parse %q, link_names %q, want none and false", c.Text("parse"), c.Text("link_names"))
	}
	if c.Method == "chat.postMessage" && (c.Text("unfurl_links") != "false" || c.Text("unfurl_media") != "false") {
		complain("unfurls, want none")
	}
	if raw, _ := json.Marshal(c.Args["metadata"]); len(raw) > 1000 {
		complain("metadata of %d bytes, want 1000 at most", len(raw))
	}
	return append(append(faults, textFaults(c.Text("text"))...), messageFaults(objects(c.Args["blocks"]))...)
}

// maxText is what chat.update takes; chat.postMessage takes more, and cuts it without a word.
const maxText = 4000

// textFaults checks what Slack parses and what screen readers read.
func textFaults(s string) (faults []string) {
	if n := units(s); n < 1 || n > maxText {
		faults = append(faults, fmt.Sprintf("text of %d units, want 1 to %d", n, maxText))
	}
	return append(faults, markupFaults(s)...)
}

var (
	ourMarkup = regexp.MustCompile(`<https?://[^<>| ]+>|<!date\^\d+\^[^<>|]+\|\d{4}-\d\d-\d\d \d\d:\d\d UTC>`)
	entity    = regexp.MustCompile(`&(?:amp|lt|gt);`)
)

// markupFaults returns a fault if text that Slack parses has other markup than links that say where
// they lead, and dates that have a fallback in UTC.
func markupFaults(s string) []string {
	rest := entity.ReplaceAllString(ourMarkup.ReplaceAllString(s, ""), "")
	if i := strings.IndexAny(rest, "<>&"); i >= 0 {
		return []string{fmt.Sprintf("markup in text that Slack parses: %q", rest[i:])}
	}
	return nil
}

// messageFaults checks the blocks of a message; none at all are right.
func messageFaults(blocks []map[string]any) (faults []string) {
	if len(blocks) > 50 {
		faults = append(faults, fmt.Sprintf("%d blocks, want 50 at most", len(blocks)))
	}
	for _, b := range blocks {
		if b["type"] == "input" {
			faults = append(faults, "an input in a message")
		}
	}
	return append(faults, BlockFaults(blocks)...)
}

// viewFaults checks a view as docs.slack.dev/reference/views has it.
func viewFaults(method string, v map[string]any) (faults []string) {
	complain := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	blocks := objects(v["blocks"])
	if n := len(blocks); n < 1 || n > 100 {
		complain("a view of %d blocks, want 1 to 100", n)
	}
	if units(text(v["private_metadata"])) > 3000 || units(text(v["callback_id"])) > 255 {
		complain("private_metadata or callback_id is too long")
	}
	want := "modal"
	if method == "views.publish" {
		want = "home"
	}
	if v["type"] != want {
		complain("a view of type %v, want %s", v["type"], want)
	}
	inputs := slices.ContainsFunc(blocks, func(b map[string]any) bool { return b["type"] == "input" })
	for _, part := range []string{"title", "submit", "close"} {
		label := object(v[part])
		switch n := units(text(label["text"])); {
		case label == nil && part == "title" && want == "modal", label == nil && part == "submit" && inputs && want == "modal":
			complain("a modal without %s", part)
		case label != nil && (want == "home" || n < 1 || n > 24 || label["type"] != "plain_text"):
			complain("%s %v", part, label)
		}
	}
	return append(faults, BlockFaults(blocks)...)
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }
