package rule

import (
	"strings"
	"unicode/utf8"
)

// A SyntaxError says where a query stops making sense, and what to do about it.
type SyntaxError struct {
	Offset int    // in bytes into the query, from 0
	Msg    string // what is wrong: "no such operator: NEARBY"
	Hint   string // the way out: "try NEAR/40"; "" if Msg says it all
}

// Error returns "no such operator: NEARBY; try NEAR/40".
func (e *SyntaxError) Error() string {
	if e.Hint == "" {
		return e.Msg
	}
	return e.Msg + "; " + e.Hint
}

// Caret returns the line of query that the error is in and, under the place, a caret with the error:
//
//	openai NEARBY microsoft
//	       ^ no such operator: NEARBY; try NEAR/40
func (e *SyntaxError) Caret(query string) string {
	at := min(max(e.Offset, 0), len(query))
	start := strings.LastIndexByte(query[:at], '\n') + 1
	line, _, _ := strings.Cut(query[start:], "\n")
	var pad strings.Builder
	for _, r := range query[start:at] {
		pad.WriteString(blank(r))
	}
	return line + "\n" + pad.String() + "^ " + e.Error()
}

// blank returns the white space that is as wide as r in a fixed-width font.
func blank(r rune) string {
	switch {
	case r == '\t':
		return "\t" // as wide as in the line above
	case r == utf8.RuneError, !isRun(r):
		return " "
	case r < 0x1100: // Thai, Lao and Burmese are as narrow as Latin
		return " "
	}
	return "  "
}
