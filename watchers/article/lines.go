package article

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLines is how many lines of a body are read. The longest article has 1,500.
const maxLines = 30_000

// longLine is in characters. A longer line that comes twice is a repetition; a shorter one may be
// a heading, a refrain or a name.
const longLine = 40

// longPrompt is in bytes: prompts are shorter, and the pattern is not cheap.
const longPrompt = 320

// longMeta is in bytes: author, date and a count of comments in one line.
const longMeta = 100

// tidy returns the lines of an article without what surrounds and interrupts one: headline, byline,
// prompts, teasers, counters, and what was there before.
func tidy(lines []string, p Page) []string {
	var kept []string
	for _, l := range lines[:min(len(lines), maxLines)] {
		if l = strings.TrimSpace(l); l != "" {
			kept = append(kept, l)
		}
	}
	kept = withoutRepeats(kept)
	kept = untilOthers(untilLaw(kept))
	return withoutColophon(withoutPrompts(kept, p))
}

// withoutRepeats drops long lines that were there before, and the short ones beside them that were
// there before too: a whole body given twice goes with its headings.
func withoutRepeats(lines []string) []string {
	at := map[string]int{} // of the first appearance
	twin := make([]int, len(lines))
	drop := make([]bool, len(lines))
	for i, l := range lines {
		twin[i] = -1
		if j, seen := at[l]; seen {
			twin[i] = j
			drop[i] = utf8.RuneCountInString(l) >= longLine
		} else {
			at[l] = i
		}
	}
	for i := 1; i < len(lines); i++ {
		drop[i] = drop[i] || drop[i-1] && twin[i] >= 0
	}
	for i := len(lines) - 2; i >= 0; i-- {
		drop[i] = drop[i] || drop[i+1] && twin[i] >= 0
	}
	var kept []string
	for i, l := range lines {
		if !drop[i] {
			kept = append(kept, l)
		}
	}
	return kept
}

// prompt is a line that asks or counts instead of telling.
var prompt = regexp.MustCompile(`(?i)^(?:` +
	`advert(?:isement)?|ad|iklan|sponsored(?: content)?|anzeige|werbung|publicité|publicidad|story continues below.{0,40}|article continues (?:below|after).{0,40}|scroll to continue.{0,40}|continue reading.{0,30}` +
	`|share(?: this)?(?: (?:article|story|post|on|via|with).{0,40})?|tweet|print|email|save|copy link|facebook|twitter|linkedin|whatsapp|reddit|pinterest|home|menu|search\W*|close|(?:like )?loading(?: posts| comments)?\W*|sign (?:in|up)|log ?in|register|subscribe|caption|click to tweet|rate this .{1,20}|skip to .{1,30}|back to top|next|previous|reply` +
	`|\d+/\d+|\d+ (?:comments?|shares?|views?|likes?)|(?:updated |posted |published )?\d+ (?:min(?:ute)?s?|hours?|hrs?|days?) ago|key (?:events|updates|moments)|\d+ min(?:ute)?s? read.{0,40}|reading time.{0,20}|image \d+ of (?:/ )?\d+|table of contents|(?:published|updated) .{1,20} ago` +
	`|by (?:signing up|subscribing|submitting|clicking|entering your|providing your)\b.{0,150}\byou (?:agree|consent|accept|acknowledge|confirm)\b.{0,300}|thanks? (?:you )?for (?:signing up|subscribing|registering).{0,60}|be the first to know.{0,30}|no spam\b.{0,60}|(?:you can )?unsubscribe (?:at )?any ?time.{0,60}|get (?:our|the|your|editor).{0,100}(?:newsletter|inbox|to your phone).{0,30}|(?:this site is )?protected by recaptcha.{0,120}` +
	`|(?:click here to |join |please )?(?:sign up|subscribe|register|join) ?(?:for|to|our)? .{0,120}(?:newsletter|updates|alerts|inbox|briefing).{0,60}|follow (?:us|me) (?:on|at) .{1,100}|enter your email.{0,60}|your email address will not be published.{0,80}` +
	`|(?:read more|related(?: articles?| stor(?:y|ies)| posts?)?|see also|also read|more|read also|read next|also see|watch|recommended|don['’]t miss)\s?:.{0,200}|read more(?: (?:here|at|on|about) .{1,80})?` +
	`|(?:photo|image|picture|foto|credit|photograph|video)(?: credit| courtesy| source)?s?\s?:.{0,120}` +
	`|(?:tags?|topics?|filed under|categories|posted in|schlagwörter)\s?:.{0,200}` +
	`|(?:published|updated|last updated|posted|first published|last modified)(?: on| at|\s?:) .{0,60}\d{4}.{0,30}` +
	`|©.{0,120}|copyright (?:©|\(c\)|\d{4}).{0,160}|all rights reserved.{0,60}` +
	`|we use cookies.{0,300}|this (?:site|website) uses cookies.{0,300}|accept (?:all )?(?:cookies)?` +
	`)$`)

// promptEnd is what ends such a line, whatever it begins with.
var promptEnd = regexp.MustCompile(`(?i)(?:(?:delivered|straight|sent|direct(?:ly)?) to your inbox.{0,40}|\((?:photo|image|ap photo|getty|credit)[^()]{0,60}\)|(?:^|/)(?:getty images|ap photo|afp|shutterstock))$`)

// isPrompt reports whether a line asks or counts instead of telling.
func isPrompt(l string) bool {
	return len(l) <= longPrompt && prompt.MatchString(l) || len(l) <= longPrompt/2 && promptEnd.MatchString(l)
}

// byline is a line that names the author, and perhaps says when.
var byline = regexp.MustCompile(`^(?:By|BY|by|Von|Par|Por|Written by|Posted by) (?:[\p{Lu}][\p{L}.'’-]*(?:,? and |, | )?){1,8}(?:[|·•,–-].{0,60})?$`)

// withoutPrompts drops lines that are prompts, and at the top the headline, the byline and the date.
func withoutPrompts(lines []string, p Page) []string {
	var kept []string
	for i, l := range lines {
		top := i < 6
		if top {
			l = afterByline(l, p.Author)
		}
		switch {
		case isPrompt(l):
		case top && p.Title != "" && letters(l) == letters(p.Title):
		case top && (byline.MatchString(l) || p.Author != "" && letters(l) == letters(p.Author)):
		case top && len(l) <= longMeta && writtenDate.MatchString(l) && !endsSentence(l):
		default:
			kept = append(kept, l)
		}
	}
	return kept
}

// afterName is what may follow a name in a byline: a role, an outlet, a date, what parts them.
var afterName = regexp.MustCompile(`^(?:,? (?i:(?:senior |chief |staff |contributing |business |technology )*(?:writer|reporter|correspondent|editor))\b)?(?:[\s|·•–—,:/-]*(?:` + writtenDate.String() + `)(?:,? \d{1,2}[:.]\d\d(?: ?[AaPp]\.?[Mm]\.?)?(?: [A-Z]{2,4})?)?)?[\s|·•–—:/-]*`)

// afterByline returns a first sentence without the byline that a template glued to it: "By Ines
// OkaforBRNO - Ostrava ends…". A line that tells of its author stays.
func afterByline(l, authors string) string {
	by := byWord.FindString(l)
	rest, named := l[len(by):], false
	for {
		name := prefix(strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(rest, " and "), ", "), " "), strings.Split(authors, ", "))
		if name == "" {
			break
		}
		_, rest, _ = strings.Cut(rest, name)
		named = true
	}
	if !named || by == "" && strings.HasPrefix(rest, " ") {
		return l
	}
	rest = rest[len(afterName.FindString(rest)):]
	if r, _ := utf8.DecodeRuneInString(rest); utf8.RuneCountInString(rest) < longLine || unicode.IsLower(r) {
		return l
	}
	return rest
}

// prefix returns the first of list that s begins with, "" if it begins with none.
func prefix(s string, list []string) string {
	for _, p := range list {
		if p != "" && strings.HasPrefix(s, p) {
			return p
		}
	}
	return ""
}
