package story

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// looksBack reports whether a sentence that was published then tells of before, rather than of news.
// Without the time of publication a year says nothing.
func looksBack(text string, published time.Time) bool {
	if current.MatchString(text) {
		return false
	}
	if before.MatchString(text) {
		return true
	}
	for _, m := range inYear.FindAllStringSubmatch(text, -1) {
		if year, err := strconv.Atoi(m[1]); err == nil && year < published.Year() {
			return true
		}
	}
	return false
}

// before finds words by which a sentence says that it tells of before, inYear a year in which
// something was.
var (
	before = regexp.MustCompile(`(?i)\b(?:previously|formerly|originally|earlier this year|last year|years ago|` +
		`under the (?:old|original|previous)|since (?:19|20)\d\d)\b`)
	inYear = regexp.MustCompile(`(?i)\b(?:in|from|of|early|late|mid-?) ?((?:19|20)\d\d)\b`)
)

// current finds words by which a sentence is news all the same: "have ended the agreement that they
// signed in 2029", "the exclusivity that has bound them since 2029 ends".
var current = regexp.MustCompile(`(?i)\b(?:will|now|today|no longer|may|ends|lapses|expires|(?:mon|tues|wednes|thurs|fri|satur|sun)day|` +
	`(?:is|are) \w+ing|(?:have|has) (?:\w+ ){0,2}(?:ended|terminated|dissolved|scrapped|dropped|removed|deleted|struck|lifted|torn|` +
	`capped|cut|amended|rewritten|redrawn|revised|renegotiated|restructured|replaced|extended|prolonged|signed|agreed|settled))\b`)

// changes finds words by which a sentence says that something is not as it was.
var changes = regexp.MustCompile(`(?i)\b(?:no longer|free to|ends?|ended|ending|expire[sd]?|lapse[sd]?|terminat\w+|dissol\w+|ceas\w+|stop(?:s|ped)?|` +
	`scrap\w*|abolish\w*|remov\w+|delet\w+|dropp?(?:s|ed)?|struck|lift(?:s|ed)|torn|tears?|waiv\w+|cap(?:s|ped)?|limit(?:s|ed)|cut(?:s|ting)?|` +
	`amend\w*|rewr(?:ites?|ote|itten)|redr(?:aws?|ew|awn)|revis\w+|renegotiat\w+|restructur\w+|replac\w+|loosen\w*|shorten\w*|` +
	`extend\w*|prolong\w*|lengthen\w*|expand\w*|rais(?:es|ed|ing)|doubl(?:es|ed|ing)|sign(?:s|ed)|agree[sd]?|grant(?:s|ed)|` +
	`acquir\w+|invest(?:s|ed)|buy(?:s|ing)?|bought|settle[sd]?|announc\w+|launch\w*|commit(?:s|ted)|` +
	`new (?:agreement|contract|deal|terms|arrangement))\b`)

// guesses finds words by which a sentence says what may come, rather than what is.
var guesses = regexp.MustCompile(`(?i)\b(?:would|could|might|may|should)\b`)

// dealTerms returns the kinds of deal terms that text has words of, each once.
func dealTerms(text string) []string {
	var kinds []string
	for _, t := range termWords {
		if t.words.MatchString(text) {
			kinds = append(kinds, t.kind)
		}
	}
	return kinds
}

// termWords are what deals are about, by kind.
var termWords = []struct {
	kind  string
	words *regexp.Regexp
}{
	{"exclusivity", regexp.MustCompile(`(?i)\b(?:non-?)?exclusiv`)},
	{"revenue share", regexp.MustCompile(`(?i)\b(?:revenue|profit)[ -]shar|\bshare of (?:its |their |the )?(?:revenue|sales|profit)`)},
	{"AGI clause", regexp.MustCompile(`\bAGI\b|(?i:\bartificial general intelligence\b)`)},
	{"clause", regexp.MustCompile(`(?i)\b(?:clauses?|provisions?)\b`)},
	{"licence", regexp.MustCompile(`(?i)\blicen[cs](?:e|es|ing)\b`)},
	{"stake", regexp.MustCompile(`(?i)\b(?:equity|minority) stake|\bstake in\b|\bwarrants?\b`)},
	{"commitment", regexp.MustCompile(`(?i)\b(?:cloud|purchase|spending|compute) commitment`)},
	{"capacity", regexp.MustCompile(`(?i)\b(?:gigawatts?|megawatts?|gw|mw)\b`)},
	{"board", regexp.MustCompile(`(?i)\bboard (?:seats?|observers?)\b`)},
	{"competition", regexp.MustCompile(`(?i)\bnon-?compete\b`)},
}

// filler finds what is said at every deal, "We are thrilled to work together", and who said nothing.
var filler = regexp.MustCompile(`(?i)\b(?:we|we're|i|i'm|our)\b.*\b(?:thrilled|excited|delighted|proud|honou?red|pleased|happy|grateful|look(?:ing)? forward|journey)\b|` +
	`(?i:\b(?:did not|didn't|did n't) (?:immediately )?(?:return|respond|reply|comment)|\bdeclined to (?:comment|say)|\bcould not be reached)|^About \p{Lu}`)

// cutOff reports whether an excerpt ends within text.
func cutOff(text string) bool {
	text = strings.TrimRight(text, closers+" ")
	return strings.HasSuffix(text, "..") || strings.HasSuffix(text, "…")
}

// datelineLength returns how many bytes at the start of an article are its dateline, which is no part
// of the first sentence: "LONDON, March 3 (Reuters) - ", "(CNN) ". A text without has 0.
func datelineLength(text string) int {
	return len(dateline.FindString(text))
}

const datelinePlace = `\p{Lu}[\p{Lu} .'’-]+(?:, ?[\p{L}\d .,]{1,40}?)?`

var dateline = regexp.MustCompile(`^(?:` + datelinePlace + `)?\s*(?:\(\s?(?:[\p{Lu}\d]{2,12}|Reuters|Bloomberg|dpa|Business Wire)\s?\)|/\w+ ?Newswire/|/CNW/)\s*(?:--|[—–-])?\s*` +
	`|^` + datelinePlace + `\s*(?:--|—|–)\s*`)
