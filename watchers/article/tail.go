package article

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// longTail is in bytes: what is said of an article below it is shorter.
const longTail = 600

// fewParagraphs are those of a block of other articles that are told in a paragraph each.
const fewParagraphs = 3

// otherHead is the heading of a block of other articles, or of the comments.
var otherHead = regexp.MustCompile(`(?i)^(?:` +
	`(?:related|recommended|similar|more|latest|popular|trending|top|featured|other|further|suggested|additional)(?: [\p{L}\d’'&-]+){0,3} (?:articles?|stories|story|posts?|news|reading|reads?|content|topics?|coverage|links)(?: recommendations| (?:on|from|by|for|you|about) .{1,40})?` +
	`|(?:related|suggested) (?:reading|posts?)|you (?:may|might) (?:also )?(?:like|enjoy|be interested in)|read (?:more|next|also|this next)|what to read next|keep reading|see also|up next|recommended for you|more (?:from|on) .{1,40}|(?:most )?popular (?:on|in) .{1,30}|editors?['’]?s? picks?|don['’]?t miss(?: (?:it|this|these))?|in case you missed it` +
	`|(?:\d+ )?comments?(?: \(?\d+\)?)?|leave a (?:comment|reply)|post a comment|join the (?:conversation|discussion)|like this` +
	`|mehr zum thema|lesen sie auch|das könnte sie auch interessieren|kommentare(?: \(?\d+\)?)?|à lire aussi|lire aussi|sur le même sujet|commentaires|te puede interesar|lea también|noticias relacionadas|comentarios|leia também|veja também` +
	`)\s*[:.…]*$`)

// aboutHead is where a press release goes over to its companies: who they are and whom to ask.
// That is the same below each of their releases, and no news.
var aboutHead = regexp.MustCompile(`^(?:` +
	`(?i:about) (?:(?i:the) )?[\p{Lu}\d][\p{L}\d&.,'’+/ -]{0,60}(?:[®™]|\([\p{L}\d:., -]{1,40}\))*` +
	`|(?i:(?:media|press|investor|news|company|for (?:media|press) )?[ -]?(?:relations )?(?:contacts?|enquiries|inquiries)(?: information)?|investor relations|notes? to editors|über [\p{L}\d&. -]{1,60}|pressekontakt|à propos d['’e] ?[\p{L}\d&. -]{1,60}|contacts? presse)` +
	`)\s*:?$`)

// lawHead is where a release's lawyers begin. What they write may be longer than the news.
var lawHead = regexp.MustCompile(`(?i)^(?:(?:special |cautionary )?(?:notes?|statements?|information)? ?(?:regarding|on|about|concerning)? ?forward[- ]looking (?:statements?|information)(?: disclaimer)?|safe harbou?r(?: statements?)?(?: .{1,60})?)\s*:?$`)

// untilLaw ends a release at its lawyers' statement.
func untilLaw(lines []string) []string {
	for i, l := range lines {
		if lawHead.MatchString(l) && size(lines[:i]) >= shortBody {
			return lines[:i]
		}
	}
	return lines
}

// untilOthers ends the article at the first heading of a block below it: half of the text comes
// before, and few whole paragraphs after that could be the article's own. A heading of other
// articles further up interrupts the article: it goes, and so do the teasers right below, which are
// no sentences or cut off.
func untilOthers(lines []string) []string {
	var kept []string
	total, before, left := size(lines), 0, paragraphs(lines)
	teasing := false
	for i, l := range lines {
		left -= paragraphs(lines[i : i+1])
		other := otherHead.MatchString(l)
		if 2*before >= total && (aboutHead.MatchString(l) || other && (4*before >= 3*total || left < fewParagraphs)) {
			return kept
		}
		if other {
			teasing = true
			continue
		}
		if teasing && (!endsSentence(l) || isCutOff(l) || i+1 < len(lines) && isCutOff(lines[i+1])) {
			continue
		}
		teasing = false
		kept = append(kept, l)
		before += utf8.RuneCountInString(l)
	}
	return kept
}

// paragraphs counts the lines that are long and end as they should.
func paragraphs(lines []string) (n int) {
	for _, l := range lines {
		if utf8.RuneCountInString(l) >= 2*longLine && endsSentence(l) && !isCutOff(l) {
			n++
		}
	}
	return n
}

// isCutOff reports whether a line is a teaser's text: long, and ended by a count of characters.
func isCutOff(l string) bool {
	return utf8.RuneCountInString(l) >= 2*longLine && (!endsSentence(l) || strings.HasSuffix(l, "…") || strings.HasSuffix(l, "..."))
}

// colophon is what is said of an article below it: who helped, whom to write to, where it first
// stood, whose it is. Within an article such lines may be news.
var colophon = regexp.MustCompile(`(?i)^(?:` +
	`\(?(?:additional |with |original )?(?:reporting|writing|editing|translation) (?:contributed )?by .*` +
	`|.{0,400}\bcontributed (?:reporting )?to this (?:report|story|article|post)\b.{0,40}` +
	`|(?:you can )?(?:follow|e-?mail|contact|reach|tweet|message|write to) .*(?:@|\bon (?:twitter|x|facebook|linkedin|instagram|mastodon|bluesky|threads)\b|https?://).*` +
	`|(?:join (?:us|our|the)|subscribe|sign up|register (?:now|here|for|today)|click here|tell us|share your|let us know|get in touch|like this|for more (?:information|details|on)|to learn more|learn more|find out more|read more|check out|visit (?:our|us|www|https?)|download (?:our|the app)|listen to (?:the|our)|rate this|was this|thanks? for (?:reading|visiting))\b.*` +
	`|.*\b(?:sign up|subscribe) (?:to|for|now|here|today)\b.*\bnewsletter\b.*|.*\b(?:your inbox|free trial)\b.*` +
	`|(?:©|\(c\)|copyright (?:©|\(c\)|\d{4}|by)|all rights reserved|this (?:article|story|post|piece|interview|document|material) (?:(?:was )?(?:first|originally) |appeared |is (?:republished|subject to copyright)|may not )|(?:first|originally) (?:published|appeared) (?:in|on|by|at) |the post .* appeared first on ).*` +
	`|(?:citation|sources?|via|provided by|tags?|filed under|posted in|disclosure|disclaimer|image source|top image)\s*:.*|(?:filed under|posted (?:in|by|on)|published (?:by|on)|last (?:updated|modified)|updated (?:on|at)|provided by) .{0,60}` +
	`|the (?:views|opinions) expressed .*|view (?:the )?(?:original|source) (?:version|content).*|to view (?:the )?(?:original|source|multimedia).*` +
	`|\S+@\S+\.\S+|(?:https?://)?(?:www\.)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?|@\w+|[\d+() .-]{7,}|[\W_]+|-?\s?(?:end|ends|#+)\s?-?` +
	`)$`)

// withoutColophon returns the lines but for those at the end that are a colophon. A reader who has
// got that far has a whole article before: of a few lines nothing is taken.
func withoutColophon(lines []string) []string {
	kept := lines
	for len(kept) > 3 {
		last := kept[len(kept)-1]
		if len(last) > longTail || !colophon.MatchString(last) {
			break
		}
		kept = kept[:len(kept)-1]
	}
	if 2*size(kept) < size(lines) {
		return lines
	}
	return kept
}
