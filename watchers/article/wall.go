package article

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// longTeaser is in characters: no paywall was seen to give more, and few articles are shorter.
const longTeaser = 1500

// wallLine is where a page stops giving the article to whom has not paid. It is met as a line of
// its own, after the teaser.
var wallLine = regexp.MustCompile(`(?i)^(?:` +
	`(?:please )?(?:subscribe|sign in|sign up|log in|register|join)(?: now| today)?(?: or [\w ]{3,20})? to (?:continue|keep|read|unlock|access|view)\b` +
	`|to (?:continue|keep) reading\b` +
	`|(?:continue|keep) reading (?:with|for|by)\b` +
	`|(?:this|the (?:rest|full)) (?:article|story|content|post|rest)[\w ]* (?:is )?(?:only )?(?:for|reserved for|available to|available only to|exclusive to) (?:\w+ )?(?:subscribers|members)\b` +
	`|(?:already|not yet) a(?: paid)? (?:subscriber|member)\b` +
	`|you(?:'|’)?(?:ve| have) (?:reached|read|used) (?:your|all)[\w ]* (?:limit|articles)` +
	`|(?:become|upgrade to|start) (?:a |an |your )?(?:paid |free )?(?:subscriber|subscription|member|trial)\b.{0,60}\bto (?:unlock|read|continue|access|keep)\b|(?:want to|to) read (?:more|on)\? (?:subscribe|sign|log|join)` +
	`|get unlimited access\b|unlock (?:this|the full) (?:article|story)\b` +
	`|weiterlesen mit\b|jetzt (?:weiterlesen|abonnieren)\b|cet article est réservé aux abonnés|contenido exclusivo para suscriptores` +
	`)`)

// cutWall returns what comes before a paywall's prompt, and whether there was one that ends the
// text: a publisher's plea amid a whole article does not.
func cutWall(body []string) ([]string, bool) {
	before, total := 0, size(body)
	for i, line := range body {
		if wallLine.MatchString(line) && total-before <= max(before, 2*shortBody) {
			return body[:i], true
		}
		before += utf8.RuneCountInString(line)
	}
	return body, false
}

// isStub reports whether a text is the beginning of an article that its page does not show: it has
// less than half of the words that the page's metadata counts, or it is short, and the page says that
// one has to pay or breaks off in a sentence where it says that some have to.
func isStub(text string, m *meta) bool {
	if words := len(strings.Fields(text)); 2*words < m.ld.Words {
		return true
	}
	if utf8.RuneCountInString(text) >= longTeaser {
		return false
	}
	tier := m.tag("article:content_tier", "content_tier", "access", "subscription")
	return tier == "locked" || (m.ld.Paid || tier == "metered") && brokenOff(text)
}

// wallTitle is the title of what a site shows in place of a page.
var wallTitle = regexp.MustCompile(`(?i)^(?:just a moment|before you continue(?: to .{1,40})?|attention required.{0,20}|access (?:denied|to this page has been denied)|` +
	`are you (?:a|not a) robot|we value your privacy|your privacy choices|checking your browser.{0,40}|one more step|pardon our interruption|` +
	`(?:403 )?forbidden|404(?: not found)?|(?:404:? )?page not found|verify(?:ing)? you are human|security check.{0,20}|bot verification|cookie consent)[.…!?]*$`)

// consentWord is what a consent form is about. In news about privacy fewer words are.
var consentWord = regexp.MustCompile(`(?i)\b(?:cookies?|consent|privacy|partners|preferences|personali[sz]ed|zustimmung|einwilligung|datenschutz|consentement)\b`)

// isWall reports whether a page is a consent form, a check for robots or an error, and not an
// article: it is short, and it says so in its title or in every twentieth word.
func isWall(p Page) bool {
	if utf8.RuneCountInString(p.Text) > longTeaser {
		return false
	}
	words := len(strings.Fields(p.Text))
	return wallTitle.MatchString(p.Title) || words > 0 && 20*len(consentWord.FindAllString(p.Text, -1)) > words
}

// brokenOff reports whether a text ends within a sentence, as a teaser does.
func brokenOff(text string) bool {
	return strings.HasSuffix(text, "…") || strings.HasSuffix(text, "...") || !endsSentence(text)
}

func endsSentence(s string) bool {
	s = strings.TrimRight(s, `"'”’»)]`)
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?。！？…:;", r)
}
