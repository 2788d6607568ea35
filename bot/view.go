package bot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// What a card shows at most; of outlets, stories and names, the rest is counted. Lengths are in
// UTF-16 units. A quote of more than 300 characters is no quote any more (DESIGN.md §6).
const (
	maxQuotes   = 4
	maxOutlets  = 10
	maxStories  = 20
	maxHeld     = 3 // stories of a digest of what was held back
	maxTerms    = 6 // deal terms
	maxNames    = 6 // matched words, rules, outlets of a reply or of a digest's line
	maxHeadline = 300
	maxQuote    = 300
	maxNews     = 600
	maxStated   = 400 // of a line of terms
	maxName     = 80
)

// A Mark shows how loud an alert is: a word and a sign for everyone, a colour for those who see it.
type Mark struct {
	Word, Emoji string
	Color       int // 0xRRGGBB
}

// markOf returns the mark of a severity; an unknown one is Normal's.
func markOf(s news.Severity) Mark {
	switch s {
	case news.High:
		return Mark{"HIGH", "🔴", 0xD13438}
	case news.Low:
		return Mark{"LOW", "⚪", 0x8A8D91}
	}
	return Mark{"NORMAL", "🔵", 0x2B6CB0}
}

// A View is a card ready to be shown: all its text passed through Clean and held to a length, all
// its addresses through Link. It is not escaped.
type View struct {
	Kind    news.Kind
	Alert   string // "a102"; "" in a digest
	Mark    Mark
	Title   string
	Counted string // "2 outlets"
	Matched string // `exclusive, "revenue share"`; "" if nothing matched by a word
	Rules   string // "exclusivity, cloud"; "" for none
	Quotes  []Line // each with its outlet
	Terms   []Line // the deal terms that the outlets state in common, then what they differ on; nil for none
	Summary string // whether a language model wrote the quotes; "" where none could have
	List    []Line // the outlets, each with its time; a digest's stories; what a reply says
	More    int    // outlets or stories that List leaves out
	Link    string // of the first outlet that has one; "" for none
	Muted   Line   // who keeps it from growing, and until when; nil for nobody
	Footer  Line   // which alert and story this is, and as of when; of alerts and edits
}

// NewView returns the view of a card that is delivered as kind k.
func NewView(k news.Kind, c news.Card) View {
	v := View{Kind: k, Alert: name(c.Alert), Mark: markOf(c.Severity)}
	switch k {
	case news.KindReply:
		v.Title = headline(c.Headline)
		v.List = []Line{reply(c)}
	case news.KindDigest:
		v.Title = digestTitle(c)
		v.List = digest(c.Stories[:min(len(c.Stories), shownOf(c))])
		v.More = len(c.Stories) - len(v.List)
	case news.KindNotice:
		v.Mark = Mark{"NOTICE", "🔔", markOf(news.Normal).Color}
		v.Title = headline(c.Headline)
		v.List = notice(c.News)
	default:
		v.Title = headline(c.Headline)
		v.Counted = count(len(c.Outlets), "outlet")
		v.Matched = names(quoted(c.Matched))
		v.Rules = names(c.Rules)
		v.Quotes = quotes(c.Quotes, c.Rewriting.Done)
		v.Summary = summary(c)
		v.Terms = terms(c.Terms)
		v.List = outlets(c.Outlets)
		v.More = len(c.Outlets) - len(v.List)
		v.Link = firstLink(c.Outlets)
		v.Footer = footer(c)
		if c.Muted != nil {
			v.Muted, v.Mark.Color = muted(*c.Muted), markOf(news.Low).Color
		}
	}
	return v
}

// Meta returns the line under the headline:
// `NORMAL · 2 outlets · matched exclusive, "revenue share" · rule exclusivity`.
func (v View) Meta() string {
	meta := v.Mark.Word + " · " + v.Counted
	if v.Matched != "" {
		meta += " · matched " + v.Matched
	}
	switch {
	case strings.Contains(v.Rules, ", "):
		meta += " · rules " + v.Rules
	case v.Rules != "":
		meta += " · rule " + v.Rules
	}
	return meta
}

// Shrink leaves one more line out of the list, for a platform that has no room for it. It reports
// false where only one is left.
func (v *View) Shrink() bool {
	if len(v.List) < 2 {
		return false
	}
	v.List = v.List[:len(v.List)-1]
	v.More++
	return true
}

// Listed returns the list, with "+2 more" at its end where it leaves something out.
func (v View) Listed() []Line {
	if v.More == 0 {
		return v.List
	}
	more := plusMore(v.More)
	if v.Kind == news.KindDigest {
		more += ", see alerts recent"
	}
	return append(slices.Clip(v.List), say(more))
}

// Lines returns all that the view shows, for a platform that knows nothing but text.
func (v View) Lines() []Line {
	if v.Kind == news.KindReply {
		return v.Listed()
	}
	if v.Kind == news.KindDigest {
		return append([]Line{say(v.Title)}, v.Listed()...)
	}
	if v.Kind == news.KindNotice {
		return append([]Line{say(v.Mark.Emoji + " " + v.Title)}, v.Listed()...)
	}
	lines := []Line{say(v.Mark.Emoji + " " + v.Title), say(v.Meta())}
	if v.Muted != nil {
		lines = append(lines, v.Muted)
	}
	for _, q := range v.Quotes {
		lines = append(lines, unlinked(q)) // its address stands below, with its outlet
	}
	if v.Summary != "" {
		lines = append(lines, say(v.Summary))
	}
	lines = append(lines, v.Terms...)
	for _, o := range v.Listed() {
		lines = append(lines, append(say("• "), o...))
	}
	return append(lines, v.Footer)
}

// Fill returns the view's lines, as show writes each, in at most n UTF-16 units. A list that has no
// room is cut, then whole lines from the end, which "…" stands for.
func (v View) Fill(n int, show func(Line) string) string {
	for {
		var lines []string
		for _, l := range v.Lines() {
			lines = append(lines, show(l))
		}
		text := strings.Join(lines, "\n")
		if Units(text) <= n {
			return text
		}
		if !v.Shrink() {
			return firstLines(lines, n)
		}
	}
}

// firstLines returns the whole lines that fit into n units, and "…".
func firstLines(lines []string, n int) string {
	text := ""
	for _, l := range lines {
		if Units(text)+Units(l)+2 > n {
			break
		}
		text += l + "\n"
	}
	return text + "…"
}

// Text returns a card in plain text as a delivery of kind k shows it, a line for each quote and outlet.
func Text(k news.Kind, c news.Card) string {
	var b strings.Builder
	for i, l := range NewView(k, c).Lines() {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l.String())
	}
	return b.String()
}

func unlinked(l Line) Line {
	plain := make(Line, len(l))
	for i, p := range l {
		p.URL = ""
		plain[i] = p
	}
	return plain
}

func headline(s string) string {
	if s = Shorten(Clean(s), maxHeadline); s != "" {
		return s
	}
	return "(no headline)"
}

func name(s string) string { return Shorten(Clean(s), maxName) }

// quoted puts quotation marks around the texts of more than one word.
func quoted(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		if out[i] = name(t); strings.ContainsAny(out[i], " ,") {
			out[i] = `"` + out[i] + `"`
		}
	}
	return out
}

// names joins the names that have something to show: "a, b, +3 more".
func names(all []string) string {
	var shown []string
	for _, s := range all {
		if s = name(s); s != "" {
			shown = append(shown, s)
		}
	}
	if more := len(shown) - maxNames; more > 0 {
		shown = append(shown[:maxNames], plusMore(more))
	}
	return strings.Join(shown, ", ")
}

func plusMore(n int) string { return fmt.Sprintf("+%d more", n) }

// quotes returns a line for each quote. What a model has rewritten is nobody's words and stands without
// quotation marks.
func quotes(all []news.Quote, rewritten bool) []Line {
	var lines []Line
	for _, q := range all[:min(len(all), maxQuotes)] {
		text := Shorten(Clean(q.Text), maxQuote)
		if text == "" {
			continue
		}
		if !rewritten {
			text = "“" + text + "”"
		}
		lines = append(lines, say(text+" — ", outletPart(q.Outlet, q.URL)))
	}
	return lines
}

// summary says who wrote the card's quotes, where a language model may.
func summary(c news.Card) string {
	switch {
	case c.Rewriting.Model == "" || len(c.Quotes) == 0:
		return ""
	case c.Rewriting.Done:
		return "Summary: rewritten by " + name(c.Rewriting.Model) + ", checked against the sources"
	}
	return "Summary: excerpts, word for word"
}

// terms returns a line of what the outlets agree on, and one of what they differ on:
//
//	Exclusivity: ended (Example News, Outlet B) · AGI clause: removed (Outlet B)
//	Outlets differ: Revenue share: terminated (Example News) / capped until 2030 (Outlet B)
func terms(all []news.StatedTerm) []Line {
	var agreed, differ []string
	for _, t := range all[:min(len(all), maxTerms)] {
		var sides []string
		for _, s := range t.Sides {
			sides = append(sides, name(s.Says)+" ("+names(s.Outlets)+")")
		}
		stated := name(t.Name) + ": " + strings.Join(sides, " / ")
		if len(sides) > 1 {
			differ = append(differ, stated)
		} else {
			agreed = append(agreed, stated)
		}
	}
	var lines []Line
	if len(agreed) > 0 {
		lines = append(lines, say(Shorten(Clean(strings.Join(agreed, " · ")), maxStated)))
	}
	if len(differ) > 0 {
		lines = append(lines, say(Shorten(Clean("Outlets differ: "+strings.Join(differ, " · ")), maxStated)))
	}
	return lines
}

// outletPart returns an outlet's name, linked where its address is fit to be. Where the name could
// pass for an address itself, the host that the link leads to stands beside it.
func outletPart(outlet, raw string) Part {
	link, _ := Link(raw)
	label := name(outlet)
	switch host := hostOf(link); {
	case label == "" && host == "":
		label = "unnamed outlet"
	case label == "":
		label = host
	case strings.ContainsAny(label, "./") && !strings.EqualFold(strings.TrimPrefix(label, "www."), host) && host != "":
		label += " (" + host + ")"
	}
	return Part{Text: label, URL: link}
}

func outlets(all []news.Outlet) []Line {
	var first time.Time
	for _, o := range all {
		if first.IsZero() || o.Seen.Before(first) && !o.Seen.IsZero() {
			first = o.Seen
		}
	}
	var lines []Line
	for _, o := range all[:min(len(all), maxOutlets)] {
		l := Line{outletPart(o.Name, o.URL)}
		if o.Primary {
			l = append(l, Part{Text: " (primary source)"})
		}
		if o.Seen.Equal(first) && !first.IsZero() {
			l = append(l, say(", first seen ", o.Seen)...)
		} else if !o.Seen.IsZero() {
			l = append(l, say(", added ", o.Seen)...)
		}
		lines = append(lines, l)
	}
	return lines
}

func firstLink(all []news.Outlet) string {
	for _, o := range all {
		if link, ok := Link(o.URL); ok {
			return link
		}
	}
	return ""
}

func footer(c news.Card) Line {
	l := say(name(c.Alert) + " · story " + name(c.Story))
	if !c.Updated.IsZero() {
		l = append(l, say(" · updated ", c.Updated)...)
	}
	return l
}

// muted returns "🔇 Story muted by Ada until 2026-11-30 09:00 UTC".
func muted(m news.Mute) Line {
	what := "Story"
	if m.What != "story" {
		what = upper(name(m.What)) + " " + name(m.Which)
	}
	return say("🔇 "+what+" muted by "+cmp.Or(name(m.By.Name), "somebody")+" until ", m.Until)
}

// notice returns what a notice says, a line for each of its lines.
func notice(text string) []Line {
	var lines []Line
	for l := range strings.Lines(text) {
		if l = Shorten(Clean(l), maxNews); l != "" {
			lines = append(lines, say(l))
		}
	}
	return lines
}

// digestTitle returns "Digest: 3 stories", or "14 stories held back: quiet hours; the top 3:".
func digestTitle(c news.Card) string {
	stories, held := count(len(c.Stories), "story"), name(c.Held)
	switch {
	case held == "":
		return "Digest: " + stories
	case len(c.Stories) > maxHeld:
		return fmt.Sprintf("%s held back: %s; the top %d:", stories, held, maxHeld)
	}
	return stories + " held back: " + held
}

// shownOf returns how many stories a digest shows at most: of what was held back, the loudest few.
func shownOf(c news.Card) int {
	if c.Held != "" {
		return maxHeld
	}
	return maxStories
}

// reply returns "➕ Outlet B and Outlet C add: a cap until 2030".
func reply(c news.Card) Line {
	l := say("➕ ")
	added := c.Added[:min(len(c.Added), maxNames)]
	for i, o := range added {
		switch {
		case i > 0 && i == len(c.Added)-1:
			l = append(l, Part{Text: " and "})
		case i > 0:
			l = append(l, Part{Text: ", "})
		}
		l = append(l, outletPart(o.Name, o.URL))
	}
	if more := len(c.Added) - len(added); more > 0 {
		l = append(l, Part{Text: ", " + plusMore(more)})
	}
	what := Shorten(Clean(c.News), maxNews)
	switch {
	case what == "" && len(added) == 0:
		what = "more on this story"
	case what == "":
		what = " reported it too"
	case len(added) == 1:
		what = " adds: " + what
	case len(added) > 1:
		what = " add: " + what
	}
	return append(l, Part{Text: what})
}

func digest(all []news.DigestEntry) []Line {
	var lines []Line
	for _, e := range all {
		link, _ := Link(e.URL)
		l := say(markOf(e.Severity).Emoji+" ", Part{Text: headline(e.Headline), URL: link})
		if outlets := names(e.Outlets); outlets != "" {
			l = append(l, Part{Text: " — " + outlets})
		}
		if id := name(e.Alert); id != "" {
			l = append(l, Part{Text: " · " + id})
		}
		lines = append(lines, l)
	}
	return lines
}
