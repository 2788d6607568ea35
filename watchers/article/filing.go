package article

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// coverLines is within how many lines a filing names the authority that it is made to.
const coverLines = 40

var (
	commission = regexp.MustCompile(`(?im)^(?:united states )?securities and exchange commission$`)
	// formName is what EDGAR's documents have for a title.
	formName = regexp.MustCompile(`(?i)^(?:document|(?:form )?(?:8-?k|6-?k|10-?[kq]|20-?f|40-?f|s-[134]|def 14a|sc 1[34][dg])(?:/a)?|ex(?:hibit)?[ -]?\d[\w.()-]*|[\w.-]+\.html?)$`)
	// folio is what stands at the edges of a printed page.
	folio = regexp.MustCompile(`(?i)^(?:[-–— ]*(?:[a-z]-)?\d{1,3}[-–— ]*|[ivxl]{1,6}|page \d+(?: of \d+)?|(?:back to )?table of contents|exhibit \d+(?:\.\d+)?|ex-\d[\w.]*|\d?document)$`)
	// listed is an entry of a table of contents: a heading and its page.
	listed = regexp.MustCompile(`(?i)^(?:signatures?|(?:article|section|item|part|exhibit|schedule|annex|appendix|\d+(?:\.\d+)*\.?)\b\P{L}{0,12}\p{L}.{0,150}[^\d$€£%,.])[ .…]*\b\d{1,3}$`)
	// item is the heading of an 8-K's or an annual report's part.
	item = regexp.MustCompile(`(?i)^item\s+\d+[a-c]?(?:\.\d\d)?\b`)
	// signed is where the signatures begin.
	signed = regexp.MustCompile(`(?i)^(?:signatures?|\[?\s*signature pages? .{0,60}|in witness whereof\b.*|pursuant to the requirements of the securities exchange act of 1934, .*(?:duly caused|to be signed).*)$`)
	// attached is the heading of what is bound in after the signatures.
	attached = regexp.MustCompile(`(?i)^(?:exhibit|schedule|annex|appendix) (?:[a-z]|\d{1,2}(?:\.\d+)?)(?:\b.{0,80})?$`)
)

// isFiling reports whether a page is a document of EDGAR, by its host or by its cover.
func isFiling(lines []string, address string) bool {
	if host := hostName(address); host == "sec.gov" || strings.HasSuffix(host, ".sec.gov") {
		return true
	}
	return commission.MatchString(strings.Join(lines[:min(len(lines), coverLines)], "\n"))
}

// filingLines returns a filing's text without its cover, tables of contents, page numbers and
// signatures. The headings of its items stay: they say what kind of event it reports.
func filingLines(lines []string) []string {
	var kept []string
	signing := false
	for _, l := range lines {
		l = strings.TrimSpace(l)
		switch {
		case l == "" || folio.MatchString(l) || listed.MatchString(l):
		case signed.MatchString(l):
			signing = true
		case signing && !attached.MatchString(l) && !item.MatchString(l):
		default:
			signing = false
			kept = append(kept, l)
		}
	}
	return kept[cover(kept):]
}

// cover returns how many lines come before the first item with a text, 0 where there is none.
func cover(lines []string) int {
	for i, l := range lines {
		if i+1 < len(lines) && item.MatchString(l) && (size(lines[i:i+1]) > maxHeadline || utf8.RuneCountInString(lines[i+1]) >= 2*longLine) {
			return i
		}
	}
	return 0
}
