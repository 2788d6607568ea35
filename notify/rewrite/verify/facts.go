package verify

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// minEnglish is the least share of function words among the words of an English sentence that are neither
// names nor numbers, where these are minRead or more. News sentences have .3 to .6.
const (
	minEnglish = .15
	minRead    = 6
)

// shape refuses what is no plain English sentence.
func (s *Source) shape(c claim) string {
	function, all := 0, 0
	for _, w := range c.words {
		if w.function() {
			function++
		}
		if !w.name() && !w.number() {
			all++
		}
	}
	lower := strings.ToLower(c.text)
	switch {
	case len(c.words) == 0:
		return "it is empty"
	case strings.ContainsAny(c.text, "<>[]{}*_~|`@#\\^") || strings.ContainsFunc(c.text, strange):
		return "it has markup, a mention or strange characters"
	case strings.Contains(lower, "://") || slices.ContainsFunc(hosts.FindAllString(lower, -1), func(host string) bool {
		return !strings.Contains(strings.ToLower(s.text), host)
	}):
		return "it has a link"
	case strings.ContainsFunc(c.text, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }),
		all >= minRead && float64(function) < minEnglish*float64(all):
		return "it is not English"
	}
	return ""
}

// hosts finds what could pass for an address: "evil.example", but not "U.S." A company may be called so.
var hosts = regexp.MustCompile(`[\pL\d-]{2,}(?:\.[\pL\d-]{2,})*\.\pL{2,}`)

// strange reports whether a character is neither to be seen nor a plain space.
func strange(r rune) bool {
	return r != ' ' && !unicode.IsGraphic(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}

// names refuses a name that the source does not have, and one put together from two: "James Smith" where
// the source has James Miller and Devon Smith. A first word that the source does not have may be a name.
func (s *Source) names(c claim) string {
	for i, w := range c.words {
		if !w.name() || w.number() {
			continue
		}
		if len(s.spots[w.stem]) == 0 {
			return "it has a name that is not in what it cites"
		}
		if i > 0 && c.words[i-1].name() && !c.words[i-1].first && adjoin(c.words, i-1) && s.namedOtherwise(c.words[i-1], w) {
			return "it mixes two names"
		}
	}
	return ""
}

// adjoin reports whether the words at i and i+1 can be parts of one name.
func adjoin(ws []word, i int) bool {
	return i+1 < len(ws) && ws[i].at == ws[i+1].at && ws[i].clause == ws[i+1].clause && !ws[i].owner
}

// namedOtherwise reports whether the source has a name only after other names than the one before it here.
func (s *Source) namedOtherwise(before, w word) bool {
	for _, i := range s.spots[w.stem] {
		if i == 0 || !adjoin(s.words, i-1) || !s.words[i-1].name() || s.words[i-1].stem == before.stem {
			return false
		}
	}
	return true
}

// A quantity is a number with what it counts.
type quantity struct {
	value float64
	kind  string   // "$" or another currency, "%", "watt"; "" for what has no unit
	nouns []string // the stems of the two words after it, as far as they have a meaning of their own
}

// quantityAt returns the quantity that begins at the i-th word, if that is a number.
func quantityAt(ws []word, i int) (q quantity, ok bool) {
	w := ws[i]
	value, err := strconv.ParseFloat(w.stem, 64)
	if err != nil || w.lower == "one" {
		return q, false
	}
	q = quantity{value: value, kind: w.money}
	if w.percent {
		q.kind = "%"
	}
	for n, next := range ws[i+1 : min(i+4, len(ws))] {
		scale, scaled := scales[next.lower]
		unit, measured := units[next.lower]
		switch {
		case next.at != w.at || next.clause != w.clause || next.number():
			return q, true
		case scaled && n == 0:
			q.value *= scale
		case measured && len(q.nouns) == 0:
			q.kind, q.value = unit.kind, q.value*unit.times
			return q, true
		case next.function() || len(q.nouns) == 2:
			return q, true
		default:
			q.nouns = append(q.nouns, next.stem)
		}
	}
	return q, true
}

var scales = map[string]float64{
	"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12,
}

var units = map[string]struct {
	kind  string
	times float64
}{
	"dollar": {"$", 1}, "dollars": {"$", 1}, "usd": {"$", 1}, "euro": {"€", 1}, "euros": {"€", 1}, "pounds": {"£", 1}, "yen": {"¥", 1},
	"percent": {"%", 1}, "per": {"%", 1}, "pct": {"%", 1},
	"gw": {"watt", 1e9}, "gigawatt": {"watt", 1e9}, "gigawatts": {"watt", 1e9}, "mw": {"watt", 1e6}, "megawatt": {"watt", 1e6}, "megawatts": {"watt", 1e6},
}

// isUnit reports whether a word belongs to the number before it.
func isUnit(w word) bool {
	_, unit := units[w.lower]
	return unit || scales[w.lower] != 0
}

func quantities(ws []word) []quantity {
	var qs []quantity
	for i := range ws {
		if q, ok := quantityAt(ws, i); ok {
			qs = append(qs, q)
		}
	}
	return qs
}

// numbers refuses a number that the source does not have with this unit, and one that counts what the
// source counts otherwise. It takes no rounding.
func (s *Source) numbers(c claim) string {
	known := quantities(s.words)
	for _, q := range quantities(c.words) {
		if !slices.ContainsFunc(known, func(k quantity) bool { return k.value == q.value && k.kind == q.kind }) {
			return "it has a number that is not in what it cites"
		}
		counted := slices.ContainsFunc(known, func(k quantity) bool { return shares(k.nouns, q.nouns) && k.kind == q.kind })
		if counted && !slices.ContainsFunc(known, q.counts) {
			return "a number counts something else in what it cites"
		}
	}
	for _, w := range c.words {
		if ordinals[w.lower] && len(s.spots[w.stem]) == 0 {
			return "it has a number that is not in what it cites"
		}
	}
	return ""
}

func (q quantity) counts(k quantity) bool {
	return k.value == q.value && k.kind == q.kind && (len(k.nouns) == 0 || shares(k.nouns, q.nouns))
}

var ordinals = set("first second third fourth fifth half double twice")

// times refuses a time that the source does not have, or has in another sense: "until 2030" for "from
// 2030", "May 7" for "May 3 to June 7".
func (s *Source) times(c claim) string {
	for i, w := range c.words {
		switch {
		case whens[w.lower] && len(s.spots[w.stem]) == 0:
			return "it has a time that is not in what it cites"
		case shifts[w.lower] && i+1 < len(c.words) && periods[c.words[i+1].lower] && !s.follows(w, c.words[i+1]):
			return "it has a time that is not in what it cites"
		case w.number() && !s.dated(c.words, i):
			return "it has a date that is not in what it cites"
		}
	}
	return ""
}

var (
	whens   = set("today yesterday tomorrow tonight soon already immediately recently currently previously formerly annually yearly monthly daily")
	shifts  = set("last next this")
	periods = set("week month year quarter summer autumn fall winter spring decade")
	months  = set("january february march april may june july august september october november december " +
		"jan feb mar apr jun jul aug sep sept oct nov dec")
)

// follows reports whether the source has b right after a.
func (s *Source) follows(a, b word) bool {
	for _, i := range s.spots[a.stem] {
		if i+1 < len(s.words) && s.words[i+1].stem == b.stem && s.words[i+1].at == s.words[i].at {
			return true
		}
	}
	return false
}

// dated reports whether the number at i, if it is a day or a year, stands in the source beside the same
// month and after the same preposition.
func (s *Source) dated(ws []word, i int) bool {
	month, sense := monthBeside(ws, i), senseBefore(ws, i)
	monthToo, senseToo := month == "", sense == ""
	for _, at := range s.spots[ws[i].stem] {
		monthToo = monthToo || monthBeside(s.words, at) == month
		senseToo = senseToo || senseBefore(s.words, at) == sense
	}
	return monthToo && senseToo
}

// monthBeside returns the month right before or after the i-th word, by its first three letters; "" for
// none.
func monthBeside(ws []word, i int) string {
	for _, j := range []int{i - 1, i + 1} {
		if j >= 0 && j < len(ws) && ws[j].at == ws[i].at && ws[j].name() && months[ws[j].lower] {
			return ws[j].lower[:3]
		}
	}
	return ""
}

// senseBefore returns what the preposition before a year means for it; "" where there is none, or no year.
func senseBefore(ws []word, i int) string {
	if !isYear(ws[i]) {
		return ""
	}
	for j := i - 1; j >= max(0, i-4) && ws[j].at == ws[i].at; j-- {
		if sense := senses[ws[j].lower]; sense != "" {
			return sense
		}
	}
	return ""
}

var senses = map[string]string{
	"until": "end", "till": "end", "through": "end", "by": "limit", "before": "limit", "since": "begin", "from": "begin",
	"after": "begin", "in": "in", "during": "in", "for": "in", "of": "in",
}

// quotations refuses a quotation that is not in the source word for word.
func (s *Source) quotations(c claim) string {
	marks := func(r rune) bool { return strings.ContainsRune("\"“”„«»", r) }
	pieces := strings.FieldsFunc(" "+c.text+" ", marks)
	if len(pieces)%2 == 0 {
		return "it opens a quotation and does not close it"
	}
	spoken := plain(s.text)
	for i := 1; i < len(pieces); i += 2 {
		if !strings.Contains(spoken, strings.TrimRight(plain(pieces[i]), ".,")) {
			return "it has a quotation that is not in what it cites"
		}
	}
	return ""
}

// plain returns a text with single spaces and straight apostrophes.
func plain(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("’", "'", "‘", "'").Replace(text)), " ")
}
