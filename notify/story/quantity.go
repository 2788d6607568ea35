package story

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A quantity is a number with a unit, as a text states it.
type quantity struct {
	Span
	value float64 // 38e9, 27, 84; of "until", the year
	unit  string  // "$" or another currency, "%", "watt", "month" or "until"
}

// same reports whether q and r are one number. Outlets round: within 2 % it is the same.
func (q quantity) same(r quantity) bool {
	if q.unit != r.unit || q.unit == "until" {
		return q.unit == r.unit && q.value == r.value
	}
	return math.Abs(q.value-r.value) <= 0.02*max(q.value, r.value)
}

// quantities returns the amounts of money, shares, power and time that text states, in order.
func quantities(text string) []quantity {
	if !hasDigit(text) && !namesNumber(strings.ToLower(text)) {
		return nil // most sentences have none, and looking closer is slow
	}
	var qs []quantity
	for _, m := range measures {
		for _, at := range m.FindAllStringSubmatchIndex(text, -1) {
			group := func(name string) string {
				i := 2 * m.SubexpIndex(name)
				if i < 0 || at[i] < 0 {
					return ""
				}
				return strings.ToLower(strings.TrimSpace(text[at[i]:at[i+1]]))
			}
			u := units[group("unit")]
			value, ok := parseNumber(group("value"))
			if !ok {
				continue
			}
			qs = append(qs, quantity{Span{at[0], at[1]}, value * u.times * scales[group("scale")], u.name})
		}
	}
	slices.SortFunc(qs, func(q, r quantity) int { return cmp.Compare(q.Start, r.Start) })
	return qs
}

func hasDigit(text string) bool { return strings.ContainsAny(text, "0123456789") }

// namesNumber reports whether text, in lower case, has a small number as a word, or as a part of one.
func namesNumber(text string) bool {
	for n := range smallNumbers {
		if strings.Contains(text, n) {
			return true
		}
	}
	return false
}

// parseNumber reads "1,200", "2.75" or "seven".
func parseNumber(s string) (value float64, ok bool) {
	if n, ok := smallNumbers[s]; ok {
		return n, true
	}
	value, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	return value, err == nil
}

// measures are the ways to write a quantity. Group "unit" is a key of units, "scale" one of scales.
var measures = []*regexp.Regexp{
	regexp.MustCompile(`(?i)(?P<unit>[$€£¥]|\b(?:USD|EUR|GBP|JPY)) ?` + number + scale),
	regexp.MustCompile(`(?i)\b` + number + scale + `[ -](?:U\.?S\.? )?(?P<unit>dollar|euro|pound|yen|yuan)s?\b`),
	regexp.MustCompile(`(?i)\b` + number + ` ?(?P<unit>%|percent\b|per cent\b|pct\b)`),
	regexp.MustCompile(`(?i)\b` + number + `[ -]?(?P<unit>GW|MW|gigawatt|megawatt)s?\b`),
	regexp.MustCompile(`(?i)\b(?P<value>\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)` +
		`[ -](?P<unit>year|month)s?\b`),
	regexp.MustCompile(`(?i)\b(?:until|till|through|by|bis(?: zum)?|jusqu['’]en|hasta|` +
		`(?:ends?|ending|expires?|expiring|lapses?|stops?|ceases?|runs? out|terminates?|runs?|lasts?) (?:in|at|on|by|with|to|until)|` +
		`(?:extend|stretch|prolong|lengthen|renew)(?:s|es|ed)?(?: [\w'’-]+){0,4} to) ` +
		`(?:the )?(?:(?:end|close|start|beginning|middle) of |ende |early |late |mid-)?` +
		`(?:(?:\d{1,2}\.? )?` + month + `[a-z]*\.? (?:\d{1,2},? )?)?(?P<value>20\d\d)\b`), // without a unit: a deadline
}

const (
	month  = `(?:jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)`
	number = `(?P<value>\d[\d,]*(?:\.\d+)?)`
	scale  = `(?:[ -]?(?P<scale>trillion|tn|trn|billion|bn|b|million|mn|m|thousand|k)\b)?`
)

var scales = map[string]float64{
	"": 1, "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6,
	"b": 1e9, "bn": 1e9, "billion": 1e9, "tn": 1e12, "trn": 1e12, "trillion": 1e12,
}

var units = map[string]struct {
	name  string
	times float64
}{
	"$": {"$", 1}, "usd": {"$", 1}, "dollar": {"$", 1},
	"€": {"€", 1}, "eur": {"€", 1}, "euro": {"€", 1},
	"£": {"£", 1}, "gbp": {"£", 1}, "pound": {"£", 1},
	"¥": {"¥", 1}, "jpy": {"¥", 1}, "yen": {"¥", 1}, "yuan": {"yuan", 1},
	"%": {"%", 1}, "percent": {"%", 1}, "per cent": {"%", 1}, "pct": {"%", 1},
	"gw": {"watt", 1e9}, "gigawatt": {"watt", 1e9}, "mw": {"watt", 1e6}, "megawatt": {"watt", 1e6},
	"year": {"month", 12}, "month": {"month", 1},
	"": {"until", 1},
}

var smallNumbers = map[string]float64{
	"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"twelve": 12, "fifteen": 15, "twenty": 20,
}
