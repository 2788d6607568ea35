package article

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

const (
	maxName  = 120 // bytes: what is longer is a sentence
	maxNames = 20  // of one article
)

var (
	byWord = regexp.MustCompile(`(?i)^(?:(?:written|posted|reported|story|text|words|article|published)\s+)?(?:by|von|par|por|author)\b[:\s]+`)
	// byNoise is where a byline goes over to what is no name: dates, edits, counts.
	byNoise = regexp.MustCompile(`(?i)\s*(?:[|·•–—»>*(]|\s[-/]\s|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d|\b(?:on|updated|published|posted|edited|reviewed|fact[- ]checked|medically|last|in)\b|\s\d).*$`)
	byParts = regexp.MustCompile(`\s*(?:[,;]|\s(?:and|AND|und|et|y|e|&)\s)\s*`)
	// role is what a person is, beside the name: with a comma before it, or at its end.
	role = regexp.MustCompile(`(?i)^(?:(?:the|a|an)\s+)?(?:[\p{L}&-]+\s+){0,4}(?:writer|reporter|correspondent|editor|journalist|columnist|contributor|analyst|staff|author|producer|bureau chief|director|manager|president|officer|founder|ceo|cto|professor)$`)
	// agency is named beside the reporter as whose they are; alone it is the author.
	agency    = regexp.MustCompile(`(?i)^(?:the )?(?:associated press|ap|reuters|afp|agence france-presse|bloomberg(?: news)?|dpa|pa media|upi)$`)
	endRole   = regexp.MustCompile(`\s+(?i:(?:(?:senior|chief|staff|contributing|associate|deputy|managing)\s+)*(?:writer|reporter|correspondent|editor|journalist|columnist|contributor))$`)
	degree    = regexp.MustCompile(`^(?:[A-Z]{2,6}[®™]?|Ph\.?D\.?|M\.?D\.?|Jr\.?|Sr\.?|[A-Z]\.[A-Z.]+)$`)
	handle    = regexp.MustCompile(`(?:^|\s)@\S+|\S+@\S+\.\S+`)
	notPerson = regexp.MustCompile(`(?i)^(?:(?:written )?by|name|admin(?:istrator)?|editors?|webmaster|guest|staff|team|author|anonymous|unknown|user|news ?(?:room|desk)?|web ?desk|online|about(?: the authors?)?|follow|share|email|read more|view (?:all|profile).*|see (?:full )?bio|contact.*)$`)
)

// A credits is whom a page names, for its readers, as its author.
type credits struct {
	marked, called, lines []string // by microdata or rel, by the template's name for it, in words
}

// add notes what an element says of the article's author.
func (c *credits) add(n *html.Node, class meaning) {
	switch {
	case hasWord(attr(n, "rel"), "author") || hasWord(attr(n, "itemprop"), "author"):
		c.marked = append(c.marked, first(shortText(n, maxName), attr(n, "content")))
	case len(c.called) == 0 && class&credited != 0:
		c.called = append(c.called, shortText(n, maxName))
	case len(c.lines) == 0 && isBlock(n.DataAtom) && strings.ContainsAny(initial(n), "BWPSAV"): // as byLine begins
		if line := shortText(n, maxName); byLine.MatchString(line) {
			c.lines = append(c.lines, line)
		}
	}
}

// initial returns the first character of the text that an element begins with, "" if it begins with
// none.
func initial(n *html.Node) string {
	for c := n.FirstChild; c != nil; c = c.FirstChild {
		if c.Type == html.TextNode {
			text := strings.TrimLeft(c.Data[:min(len(c.Data), maxName)], " \t\r\n")
			return text[:min(1, len(text))]
		}
	}
	return ""
}

// authors returns the distinct names in lines that name authors ("By Jane Doe, Staff writer and Paul
// Roe" has two), separated by ", ". The outlet itself is none of them, nor is an address, a @handle
// or a whole sentence.
func authors(lines []string, outlet string) string {
	var kept []string
	for _, line := range lines {
		if !isName(clean(line)) {
			continue
		}
		for _, part := range byParts.Split(cleanByline(line), -1) {
			name := endRole.ReplaceAllString(strings.Trim(part, " .,:;-"), "")
			if len(kept) < maxNames && (isPerson(name) || agency.MatchString(name) && len(kept) == 0) && letters(name) != letters(outlet) && !contains(kept, name) {
				kept = append(kept, name)
			}
		}
	}
	return strings.Join(kept, ", ")
}

// cleanByline returns a line without "By" and without what comes after the names.
func cleanByline(line string) string {
	line = byWord.ReplaceAllString(strings.Trim(clean(line), `"'“”`), "")
	if r := []rune(line); len(r) > 2 && strings.EqualFold(string(r[:2]), "by") && unicode.IsUpper(r[2]) {
		line = string(r[2:])
	}
	line = handle.ReplaceAllString(line, "")
	return byNoise.ReplaceAllString(line, "")
}

// isName reports whether s may be names at all.
func isName(s string) bool {
	return s != "" && len(s) <= maxName && !strings.Contains(s, "://") && !strings.HasPrefix(s, "@")
}

// isPerson reports whether one part of a byline is a name, and no role, degree or account.
func isPerson(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isName(s) && unicode.IsLetter(r) && len(strings.Fields(s)) <= 6 && !agency.MatchString(s) && !role.MatchString(s) && !degree.MatchString(s) && !notPerson.MatchString(s)
}

// byLine is a short block that names the author in words, as read where nothing is marked up.
var byLine = regexp.MustCompile(`^(?:By|BY|Written by|Posted by|Story by|Words by|Author:|Von|Par|Por) (?:(?:(?:van|von|de|der|den|da|dos|del|la|le|al|bin|ben|and|und|et|y|&) )*\p{Lu}[\p{L}.'’-]*,?\s*){1,8}(?:[|·•–—,].{0,80}|\s(?:on|Updated|Published|Posted)\b.{0,80}|\d.{0,60})?$`)
