package verify

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// A word is one of a text, in order.
type word struct {
	text    string // as written, without "'s"
	lower   string
	stem    string // of a number, its digits
	at      int    // of the sentence that it is in
	clause  int    // goes up at each stop, comma, dash, bracket and quotation mark
	first   bool   // of its sentence, or of a quotation: its capital says nothing
	money   string // the sign of a currency before a number; "" for none
	percent bool   // a "%" follows a number
	owner   bool   // "'s" follows
}

// tokens finds the words of a text, and what stands between them: a number with its currency and what
// is glued to it ("$13bn"), letters with points between ("U.S."), words with their apostrophes.
var tokens = regexp.MustCompile(`([$€£¥]) ?\d|(?:\pL\.){2,}|\d+(?:[.,]\d+)*|[\pL\pM]+(?:['’]\pL+)*|[^\s\pL\pM\d]`)

// readWords appends the words of a sentence to ws, as those of sentence at.
func readWords(ws []word, sentence string, at int) []word {
	clause, first, money := 0, true, ""
	if len(ws) > 0 {
		clause = ws[len(ws)-1].clause + 1
	}
	rest := sentence
	for rest != "" {
		m := tokens.FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		token := rest[m[0]:m[1]]
		if m[2] >= 0 { // its number comes next
			money, rest = rest[m[2]:m[3]], rest[m[3]:]
			continue
		}
		rest = rest[m[1]:]
		if !isWord(token) {
			switch {
			case token == "%" && len(ws) > 0:
				ws[len(ws)-1].percent = true
			case strings.Contains(clauseMarks, token):
				clause++
			}
			first = first || strings.Contains(openQuotes, token)
			continue
		}
		w := newWord(token)
		w.at, w.clause, w.first, w.money = at, clause, first, money
		ws = append(ws, w)
		first, money = false, ""
	}
	return ws
}

const (
	clauseMarks = ".,;:!?…()[]–—\"“”«»"
	openQuotes  = "\"“«‘"
)

func isWord(token string) bool {
	r := []rune(token)[0]
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
}

func newWord(token string) word {
	text, owner := strings.CutSuffix(strings.ReplaceAll(token, "’", "'"), "'s")
	w := word{text: text, lower: strings.ToLower(text), owner: owner}
	if w.number() {
		w.stem = strings.ReplaceAll(text, ",", "")
		return w
	}
	w.lower = strings.ReplaceAll(w.lower, ".", "")
	w.stem = stem(w.lower)
	return w
}

func (w word) number() bool { return w.text[0] >= '0' && w.text[0] <= '9' }

// function reports whether the word holds a sentence together and says nothing of its own.
func (w word) function() bool { return functionWords[w.lower] }

// name reports whether the word is written as a name or an abbreviation is.
func (w word) name() bool {
	return strings.IndexFunc(w.text, unicode.IsUpper) >= 0 && !(w.first && w.function()) && w.text != "I"
}

// stem returns the stem of an English word in lower case.
func stem(lower string) string {
	if s, ok := irregular[lower]; ok {
		lower = s
	}
	if n, ok := numbers[lower]; ok {
		return n
	}
	env := snowballstem.NewEnv(lower)
	english.Stem(env)
	return env.Current()
}

// numbers are those that are written as words.
var numbers = map[string]string{
	"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
	"first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th",
}

// irregular are the forms of verbs that the stemmer does not bring together.
var irregular = map[string]string{
	"said": "say", "says": "say", "won": "win", "took": "take", "taken": "take", "gave": "give", "given": "give", "made": "make",
	"held": "hold", "sold": "sell", "bought": "buy", "paid": "pay", "kept": "keep", "left": "leave", "lost": "lose", "met": "meet",
	"told": "tell", "found": "find", "built": "build", "sent": "send", "spent": "spend", "led": "lead", "began": "begin",
	"begun": "begin", "rose": "rise", "risen": "rise", "fell": "fall", "fallen": "fall", "grew": "grow", "grown": "grow",
	"came": "come", "went": "go", "gone": "go", "got": "get", "saw": "see", "seen": "see", "knew": "know", "known": "know",
	"wrote": "write", "written": "write", "spoke": "speak", "spoken": "speak", "chose": "choose", "chosen": "choose",
	"broke": "break", "broken": "break", "drew": "draw", "drawn": "draw", "sued": "sue", "sought": "seek", "struck": "strike",
}

// set returns the words of list, which are separated by white space.
func set(list string) map[string]bool {
	words := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		words[w] = true
	}
	return words
}

// functionWords are those of English, with the forms of "be", "have", "do" and "say", and the second half
// of "no longer". "Up", "over" and their like are none: a deal can be over.
var functionWords = set(`
a an the this that these those it its he him his she her hers they them their theirs we us our ours you your i me my mine
who whom whose which what when where why how
of to in on at by for with from as into about under through during before after between against
until till since per via upon within without toward towards among amid around along across behind beyond
and but or nor so yet if then than because although though while whether unless
is are was were be been being am has have had having do does did done doing
will would can could shall should may might must
not no n't there here all also more most just only very too own same such some any each both other another
s t re ve ll d m isn't aren't wasn't weren't hasn't haven't hadn't doesn't don't didn't won't wouldn't can't couldn't shouldn't
cannot said say says longer`)
