package story

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// looksBack reports whether a sentence that was published then tells of before, rather than of news.
// Without the time of publication a year says nothing.
func looksBack(text string, published time.Time) bool {
	lower := strings.ToLower(text)
	past := slices.ContainsFunc(before, func(s string) bool { return strings.Contains(lower, s) })
	if !past && hasDigit(text) {
		for _, m := range inYear.FindAllStringSubmatch(lower, -1) {
			year, err := strconv.Atoi(m[1])
			past = past || err == nil && year < published.Year()
		}
	}
	return past && !current.MatchString(lower)
}

// before are words by which a sentence says that it tells of before.
var before = []string{"previously", "formerly", "originally", "earlier this year", "last year", "years ago", "under the old ",
	"under the original ", "under the previous ", "since 19", "since 20"}

// inYear finds a year in which something was.
var inYear = regexp.MustCompile(`\b(?:in|since|from|of|early|late|mid-?) ?(?:` + month + `[a-z]*\.? )?((?:19|20)\d\d)\b`)

// current finds words by which a sentence is news all the same: "have ended the agreement that they
// signed in 2029", "the exclusivity that has bound them since 2029 ends".
var current = regexp.MustCompile(`\b(?:will|now|today|no longer|yesterday|may (?:now|also|not|still|only)|ends|lapses|expires|(?:mon|tues|wednes|thurs|fri|satur|sun)day|` +
	`(?:is|are) \w+ing|(?:have|has) (?:\w+ ){0,2}(?:ended|terminated|dissolved|scrapped|dropped|removed|deleted|struck|lifted|torn|` +
	`capped|cut|amended|rewritten|redrawn|revised|renegotiated|restructured|replaced|extended|prolonged|signed|agreed|settled))\b`)

// changes reports whether words say that something is not as it was.
func changes(stems []string) bool {
	return slices.ContainsFunc(stems, func(s string) bool { return changeStems[s] })
}

// changeStems are the stems of "no longer", "free", "end", "expire" and the like.
var changeStems = set(`longer free end expir laps termin dissolv ceas stop scrap abolish remov delet drop struck strike lift torn
tear waiv cap limit cut amend rewrit rewrot rewritten redraw redrew redrawn revis renegoti restructur replac loosen shorten extend prolong
lengthen expand rais doubl sign agre grant acquir invest buy bought settl announc launch commit committ`)

// guessWords are those of a sentence that says what may come, rather than what is. "May" is not one: that
// Fabrikam may now sell elsewhere is news.
var guessWords = set("would could might should")

// dealTerms returns the kinds of deal terms that words are about, each once. The words are the stems
// of a text, in its order.
func dealTerms(stems []string) []string {
	var kinds []string
	for i, s := range stems {
		kind := termStems[s]
		if kind == "" && i > 0 {
			kind = termPairs[stems[i-1]+" "+s]
		}
		if kind != "" && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// termStems are what deals are about, with the kind of term.
var termStems = map[string]string{
	"exclus": "exclusivity", "nonexclus": "exclusivity",
	"agi": "AGI", "claus": "clause", "provis": "clause",
	"licens": "licence", "licenc": "licence",
	"gigawatt": "capacity", "megawatt": "capacity", "gw": "capacity", "mw": "capacity",
	"warrant": "stake", "noncompet": "competition",
}

// termPairs are such words side by side, whatever stopwords stand between: "a share of its revenue".
var termPairs = map[string]string{
	"revenu share": "revenue share", "share revenu": "revenue share", "share sale": "revenue share",
	"profit share": "revenue share", "share profit": "revenue share",
	"artifici general": "AGI",
	"equiti stake":     "stake", "minor stake": "stake", "percent stake": "stake",
	"cloud commit": "commitment", "purchas commit": "commitment", "spend commit": "commitment", "comput commit": "commitment",
	"board seat": "board", "board observ": "board",
	"non compet": "competition",
}

// isFiller reports whether a sentence is said at every deal, "We are thrilled to work together", or
// says that somebody said nothing.
func isFiller(text string) bool {
	lower := strings.ToLower(text)
	return silence.MatchString(lower) || delight.MatchString(lower) && !strings.Contains(lower, "announce")
}

var (
	delight = regexp.MustCompile(`\b(?:we|we['’]re|i|i['’]m|our)\b.*` +
		`\b(?:thrilled|excited|delighted|proud|honou?red|pleased|happy|grateful|look(?:ing)? forward|journey)\b`)
	silence = regexp.MustCompile(`\b(?:did not|didn['’]t|did n't) (?:immediately )?(?:return|respond|reply|comment)|` +
		`\bdeclined to (?:comment|say)|\bcould not be reached|^about [\w ]+: `)
)

// cutOff reports whether an excerpt ends within text.
func cutOff(text string) bool {
	text = strings.TrimRight(text, closers+" ")
	return strings.HasSuffix(text, "..") || strings.HasSuffix(text, "…")
}

// datelineLength returns how many bytes at the start of an article are its dateline, which is no part
// of the first sentence: "LONDON, March 3 (Reuters) - ", "(CNN) ". A text without has 0.
func datelineLength(text string) int {
	n := len(dateline.FindString(text))
	if next, _ := utf8.DecodeRuneInString(text[n:]); unicode.IsLower(next) {
		return 0 // "AGI — the clause — is gone."
	}
	return n
}

// datelinePlace is where a report was written, and the day: "NEW YORK, March 3".
const datelinePlace = `\p{Lu}[\p{Lu} .'’-]+(?:, ?[\p{L}\d .,]{1,40}?)?`

// dateline has the place, the agency or both.
var dateline = regexp.MustCompile(`^(?:` + datelinePlace + `)?[\s-]*(?:` + agency + `)\s*(?:--|[—–-])?\s*|^` + datelinePlace + `\s*(?:--|—|–)\s*`)

const agency = `\(\s?(?:\p{Lu}{2,12}|Reuters|Bloomberg|dpa|BUSINESS WIRE|Business Wire)\s?\)|/\w+ ?[Nn]ewswire/|/CNW/`
