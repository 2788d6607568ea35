package article

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	maxHeadline = 200 // characters of a first line that may be a headline
	wrapWidth   = 100 // characters: if no line is longer, a text with blank lines is wrapped by hand
	creditLines = 8   // how many lines from the end credits are looked for
)

var tag = regexp.MustCompile(`(?i)<(?:!doctype|!--|/?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>)`)

func hasMarkup(text []byte) bool { return tag.Match(text) }

// readPlain reads a page without any tag: a headline, paragraphs, and at the end perhaps the credits
// that a republished text carries.
func readPlain(text []byte, address string) Page {
	p := Page{Canonical: Canonical(address)}
	lines := p.takeCredits(plainLines(string(text)))
	if len(lines) > 1 && isHeadline(lines[0]) {
		p.Title, lines = lines[0], lines[1:]
	}
	p.Outlet = first(p.Outlet, hostName(p.Canonical))
	body, walled := cutWall(tidy(lines, p))
	p.Text, p.Excerpt = strings.Join(body, "\n"), walled
	p.Lang = Language(p.Title + "\n" + p.Text)
	return p
}

// headline returns the first line of a text if it may be a headline, else "".
func headline(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if item.MatchString(line) {
		line = strings.TrimSuffix(line, ".")
	}
	if !isHeadline(line) {
		return ""
	}
	return line
}

func isHeadline(line string) bool {
	return utf8.RuneCountInString(line) <= maxHeadline && !strings.HasSuffix(line, ".")
}

// plainLines returns the paragraphs of a text: its lines, or what stands between blank lines where
// lines are wrapped.
func plainLines(text string) []string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(text)
	lines := strings.Split(text, "\n")
	widest := 0
	for i, l := range lines {
		lines[i] = clean(l)
		widest = max(widest, utf8.RuneCountInString(lines[i]))
	}
	if widest <= wrapWidth && strings.Contains(strings.TrimSpace(text), "\n\n") {
		lines = strings.Split(strings.Join(lines, "\n"), "\n\n")
	}
	var kept []string
	for _, l := range lines {
		if l = clean(l); l != "" {
			kept = append(kept, l)
		}
	}
	return kept
}

// credit is a line such as "Source: The Harbour Ledger (www.harbourledger.example)" or "Original:
// https://…", an ornament before it or not.
var credit = regexp.MustCompile(`(?i)^[^\p{L}\p{N}]*(source|original(?: (?:article|url|link|source))?|first published (?:by|in|on)|please credit .*)\s*[:：]?\s*(.*)$`)

var (
	webAddress = regexp.MustCompile(`https?://[^\s<>"')\]]+`)
	inBrackets = regexp.MustCompile(`\s*[(（][^()（）]*[)）]\s*$`)
)

// takeCredits reads outlet and canonical URL from the credits at the end of a text, and returns the
// lines without them.
func (p *Page) takeCredits(lines []string) []string {
	var kept []string
	for i, l := range lines {
		c := credit.FindStringSubmatch(l)
		if c == nil || i < len(lines)-creditLines || utf8.RuneCountInString(l) > maxHeadline {
			kept = append(kept, l)
			continue
		}
		if link := webAddress.FindString(l); link != "" && p.Canonical == "" {
			p.Canonical = Canonical(link)
		} else if name := inBrackets.ReplaceAllString(c[2], ""); strings.EqualFold(c[1], "source") && p.Outlet == "" && isName(name) {
			p.Outlet = name
		}
	}
	return kept
}
