package fakediscord

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"unicode/utf16"
)

// Commands returns what is registered.
func (s *Server) Commands() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commands
}

// SetCommands registers commands as somebody else would have.
func (s *Server) SetCommands(commands ...map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = commands
}

func (s *Server) getCommands(r request) answer {
	if r.path("app") != AppID {
		return says(404, 10002, "Unknown Application")
	}
	return answer{200, append([]map[string]any{}, s.commands...)}
}

// putCommands replaces all commands. What it answers, and GET returns, is not what came: Discord
// adds its own fields, and leaves out what is false.
func (s *Server) putCommands(r request) answer {
	if r.path("app") != AppID {
		return says(404, 10002, "Unknown Application")
	}
	var commands []map[string]any
	if err := json.Unmarshal(r.Raw, &commands); err != nil {
		return says(400, 50035, "Invalid Form Body")
	}
	s.commands = nil
	for _, c := range commands {
		kept := maps.Clone(c)
		dropFalse(kept)
		kept["id"], kept["application_id"], kept["version"], kept["nsfw"], kept["dm_permission"] = s.newID(), AppID, s.newID(), false, false
		if _, ok := kept["default_member_permissions"]; !ok {
			kept["default_member_permissions"] = nil
		}
		s.commands = append(s.commands, kept)
	}
	return answer{200, append([]map[string]any{}, s.commands...)}
}

func dropFalse(o map[string]any) {
	for _, k := range []string{"required", "autocomplete"} {
		if o[k] == false {
			delete(o, k)
		}
	}
	for _, below := range objects(o["options"]) {
		dropFalse(below)
	}
}

var commandName = regexp.MustCompile(`^[-_'\p{Ll}\p{Lm}\p{Lo}\p{N}]{1,32}$`)

// commandFaults checks what Discord's description does not say of commands:
// docs.discord.com/developers/interactions/application-commands
func commandFaults(commands []map[string]any) (faults []string) {
	if len(commands) > 100 {
		faults = append(faults, fmt.Sprintf("%d commands, want 100 at most", len(commands)))
	}
	faults = append(faults, twice("command", commands)...)
	for _, c := range commands {
		if n := characters(c); n > 8000 {
			faults = append(faults, fmt.Sprintf("/%s has %d characters, want 8000 at most", c["name"], n))
		}
		faults = append(faults, optionFaults("/"+text(c["name"]), c, 0)...)
	}
	return faults
}

// optionFaults checks a command, a subcommand or a group of them, and what is below.
func optionFaults(path string, o map[string]any, depth int) (faults []string) {
	complain := func(format string, a ...any) { faults = append(faults, path+": "+fmt.Sprintf(format, a...)) }
	if !commandName.MatchString(text(o["name"])) {
		complain("name %q", o["name"])
	}
	if n := units(text(o["description"])); n < 1 || n > 100 {
		complain("description of %d characters, want 1 to 100", n)
	}
	below := objects(o["options"])
	if len(below) > 25 {
		complain("%d options, want 25 at most", len(below))
	}
	if choices := objects(o["choices"]); len(choices) > 25 || len(choices) > 0 && o["autocomplete"] == true {
		complain("%d choices with autocomplete %v, want 25 at most without it", len(choices), o["autocomplete"])
	}
	faults = append(faults, twice(path, below)...)
	optional, nested := false, 0
	for _, b := range below {
		if kind := number(b["type"]); kind <= 2 {
			nested++
			if kind == 2 && depth > 0 {
				complain("a group within a group")
			}
		} else if b["required"] != true {
			optional = true
		} else if optional {
			complain("%s is required, and stands behind one that is not", b["name"])
		}
		faults = append(faults, optionFaults(path+" "+text(b["name"]), b, depth+1)...)
	}
	if nested > 0 && nested < len(below) {
		complain("has both subcommands and arguments")
	}
	return faults
}

func twice(where string, all []map[string]any) (faults []string) {
	seen := map[string]bool{}
	for _, o := range all {
		name := text(o["name"])
		if seen[name] {
			faults = append(faults, fmt.Sprintf("%s: %s is there twice", where, name))
		}
		seen[name] = true
	}
	return faults
}

// characters counts names, descriptions and values, as Discord does.
func characters(o map[string]any) int {
	n := units(text(o["name"])) + units(text(o["description"])) + units(text(o["value"]))
	for _, list := range []string{"options", "choices"} {
		for _, below := range objects(o[list]) {
			n += characters(below)
		}
	}
	return n
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }
