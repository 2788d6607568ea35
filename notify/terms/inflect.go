package terms

import "strings"

// inflections returns the forms of an English verb, itself first: "cap", "caps", "capped", "capping".
// A form too many does no harm, so a final consonant is both doubled and not.
func inflections(verb string) []string {
	if forms, ok := irregular[verb]; ok {
		return append([]string{verb}, strings.Fields(forms)...)
	}
	n := len(verb)
	last := verb[n-1]
	switch {
	case last == 'e':
		return []string{verb, verb + "s", verb + "d", verb[:n-1] + "ing"}
	case last == 'y' && !vowel(verb[n-2]):
		return []string{verb, verb[:n-1] + "ies", verb[:n-1] + "ied", verb + "ing"}
	case last == 's' || last == 'x' || last == 'z' || strings.HasSuffix(verb, "sh") || strings.HasSuffix(verb, "ch"):
		return []string{verb, verb + "es", verb + "ed", verb + "ing"}
	}
	forms := []string{verb, verb + "s", verb + "ed", verb + "ing"}
	if !vowel(last) && last != 'w' && last != 'y' && vowel(verb[n-2]) {
		double := verb + string(last)
		forms = append(forms, double+"ed", double+"ing")
	}
	return forms
}

func vowel(b byte) bool { return strings.IndexByte("aeiou", b) >= 0 }

// irregular has the forms of verbs that deals are told with and that follow no rule.
var irregular = map[string]string{
	"be":         "is are was were been being am",
	"become":     "becomes became becoming",
	"begin":      "begins began begun beginning",
	"break":      "breaks broke broken breaking",
	"build":      "builds built building",
	"buy":        "buys bought buying",
	"choose":     "chooses chose chosen choosing",
	"cut":        "cuts cutting",
	"do":         "does did done doing",
	"fall":       "falls fell fallen falling",
	"forbid":     "forbids forbade forbidden forbidding",
	"get":        "gets got gotten getting",
	"give":       "gives gave given giving",
	"go":         "goes went gone going",
	"have":       "has had having",
	"hold":       "holds held holding",
	"keep":       "keeps kept keeping",
	"lead":       "leads led leading",
	"leave":      "leaves left leaving",
	"let":        "lets letting",
	"lose":       "loses lost losing",
	"make":       "makes made making",
	"pay":        "pays paid paying",
	"put":        "puts putting",
	"quit":       "quits quitting",
	"redraw":     "redraws redrew redrawn redrawing",
	"rewrite":    "rewrites rewrote rewritten rewriting",
	"rise":       "rises rose risen rising",
	"run":        "runs ran running",
	"say":        "says said saying",
	"seek":       "seeks sought seeking",
	"sell":       "sells sold selling",
	"shrink":     "shrinks shrank shrunk shrinking",
	"sink":       "sinks sank sunk sinking",
	"spend":      "spends spent spending",
	"strike":     "strikes struck stricken striking",
	"take":       "takes took taken taking",
	"tear":       "tears tore torn tearing",
	"think":      "thinks thought thinking",
	"undertake":  "undertakes undertook undertaken undertaking",
	"undo":       "undoes undid undone undoing",
	"unwind":     "unwinds unwound unwinding",
	"win":        "wins won winning",
	"wind":       "winds wound winding",
	"withdraw":   "withdraws withdrew withdrawn withdrawing",
	"write":      "writes wrote written writing",
	"overturn":   "overturns overturned overturning",
	"wear":       "wears wore worn wearing",
	"bind":       "binds bound binding",
	"rebuild":    "rebuilds rebuilt rebuilding",
	"recast":     "recasts recasting",
	"set":        "sets setting",
	"underwrite": "underwrites underwrote underwritten underwriting",
	"throw":      "throws threw thrown throwing",
	"tie":        "ties tied tying",
}
