package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// A ConfigError is all that is wrong with a configuration file.
type ConfigError struct {
	File   string
	faults []configFault // by line
}

// A configFault is a news.Fault with its place.
type configFault struct {
	path         string // from the root of the file
	line, column int    // from 1, columns in characters; 0 where the whole file is meant
	unread       bool   // the message does not name the setting
	about        string // "rule r2", "rule r2: match"; "" for the file itself
	msg, hint    string
	caret        string // the line at fault and, under it, a caret with the hint; "" to show none
}

// Error has a line for each fault, "bad.yaml:12:27: rule r2: no such operator: NEARBY". Under that
// of a rule stands the rule with a caret.
func (e *ConfigError) Error() string {
	lines := make([]string, len(e.faults))
	for i, f := range e.faults {
		lines[i] = e.File + f.String()
	}
	return strings.Join(lines, "\n")
}

// String returns what follows the name of the file.
func (f configFault) String() string {
	s := ": "
	if f.line > 0 {
		s = fmt.Sprintf(":%d:%d: ", f.line, f.column)
	}
	if f.about != "" {
		s += f.about + ": "
	}
	s += f.msg
	switch {
	case f.caret != "":
		s += "\n    " + strings.ReplaceAll(strings.TrimRight(f.caret, " "), "\n", "\n    ")
	case f.hint != "":
		s += "; " + f.hint
	}
	return s
}

// add records what a section found wrong; the fault's path begins at the section's. A setting that
// could not be read is not judged again: what it would be told follows from the first fault.
func (f *yamlFile) add(section string, faults ...news.Fault) {
	for _, fault := range faults {
		path, at := f.nearest(join(section, fault.Path))
		if f.isUnread(path) {
			continue
		}
		found := configFault{path: path, msg: fault.Msg, hint: fault.Hint}
		offset := min(fault.Offset, len(at.text))
		found.line, found.column = f.locate(at, offset)
		// Any other setting can hold a secret that was written where its name belongs.
		if strings.HasSuffix(path, ".match") {
			found.caret = (&rule.SyntaxError{Offset: offset, Msg: fault.Hint}).Caret(at.text)
		}
		f.faults = append(f.faults, found)
	}
}

// isUnread reports whether a setting, a part of it, or what it is a part of could not be read.
func (f *yamlFile) isUnread(path string) bool {
	return slices.ContainsFunc(f.unread, func(u string) bool { return within(u, path) || within(path, u) })
}

// nearest returns the place of a setting or, if it is not written, of the group where it would be.
func (f *yamlFile) nearest(path string) (string, place) {
	for {
		if at, ok := f.places[path]; ok {
			return path, at
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

// within reports whether a path is another one or lies below it.
func within(path, above string) bool {
	rest, ok := strings.CutPrefix(path, above)
	return ok && (above == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}

// locate returns line and column of an offset into the text that stands at a place. Past the first
// line of a text, and in a block (| or >), that is where the text starts.
func (f *yamlFile) locate(at place, offset int) (line, column int) {
	if at.style == token.LiteralType || at.style == token.FoldedType {
		return at.line, at.column
	}
	column = at.column
	rest := []rune(f.lines[at.line-1])[at.column-1:]
	for len(rest) > 0 && rest[0] == '\t' { // the parser takes it for a part of what follows
		rest = rest[1:]
		column++
	}
	switch at.style {
	case token.SingleQuoteType, token.DoubleQuoteType:
		rest = rest[1:]
		column++
	}
	for range utf8.RuneCountInString(at.text[:offset]) {
		n := written(rest, at.style)
		if n > len(rest) {
			return at.line, at.column
		}
		rest = rest[n:]
		column += n
	}
	return at.line, column
}

// written returns how many characters of the file stand for the next one of a text.
func written(rest []rune, style token.Type) int {
	switch {
	case style == token.SingleQuoteType && len(rest) > 0 && rest[0] == '\'':
		return len(`''`)
	case style == token.DoubleQuoteType && len(rest) > 1 && rest[0] == '\\':
		switch rest[1] {
		case 'x':
			return len(`\x00`)
		case 'u':
			return len(`\u0000`)
		case 'U':
			return len(`\U00000000`)
		}
		return len(`\n`)
	}
	return 1
}

// err returns all faults by line, or nil if there are none. subject divides a path into what it is
// about and the setting there, see Config.subject.
func (f *yamlFile) err(subject func(path string) (about, setting string)) error {
	if len(f.faults) == 0 {
		return nil
	}
	for i := range f.faults {
		fault := &f.faults[i]
		about, setting := subject(fault.path)
		if fault.unread && about != "" && setting != "" {
			about += ": "
		}
		if fault.unread {
			about += setting
		}
		fault.about = about
	}
	slices.SortStableFunc(f.faults, func(a, b configFault) int {
		return cmp.Or(a.line-b.line, a.column-b.column)
	})
	return &ConfigError{File: f.name, faults: f.faults}
}
