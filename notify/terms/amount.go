package terms

import (
	"math"
	"strconv"
	"strings"
)

// An amount is a number with a unit at tokens from, to exclusive.
type amount struct {
	from, to int
	thing    thing // money, share, power or count
	value    float64
	currency string // of money: "USD"
	per      string // of money: "month", "year"; "" for a sum
}

// String returns the normal form: "USD 38 bn", "USD 920 mn per month", "27 %", "2 GW".
func (a amount) String() string {
	switch a.thing {
	case share:
		return round(a.value) + " %"
	case power:
		if a.value >= 1e9 {
			return round(a.value/1e9) + " GW"
		}
		return round(a.value/1e6) + " MW"
	}
	s := a.currency + " " + scaled(a.value)
	if a.per != "" {
		s += " per " + a.per
	}
	return s
}

func scaled(v float64) string {
	switch {
	case v >= 1e12:
		return round(v/1e12) + " tn"
	case v >= 1e9:
		return round(v/1e9) + " bn"
	case v >= 1e6:
		return round(v/1e6) + " mn"
	}
	return round(v)
}

// round prints v without a tail of digits that comes from arithmetic.
func round(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64)
}

// amounts returns the amounts that the tokens state, in order.
func amounts(ts []token) []amount {
	var out []amount
	for i := 0; i < len(ts); {
		a, ok := amountAt(ts, i)
		if !ok {
			i++
			continue
		}
		out = append(out, a)
		i = a.to
		if b, ok := second(ts, a); ok {
			out = append(out, b)
			i = b.to
		}
	}
	return out
}

// second reads the bare number of "from 20 percent to 12", whose unit a has.
func second(ts []token, a amount) (amount, bool) {
	if a.thing != share || a.to+1 >= len(ts) || ts[a.to].word != "to" {
		return amount{}, false
	}
	v, end, ok := numeral(ts, a.to+1)
	if b, whole := amountAt(ts, a.to+1); !ok || whole && b.thing != count {
		return amount{}, false
	}
	return amount{from: a.to + 1, to: end, thing: share, value: v}, true
}

// amountAt reads the amount that begins at token i.
func amountAt(ts []token, i int) (amount, bool) {
	currency, j := currencyBefore(ts, i)
	v, end, ok := numeral(ts, j)
	if !ok {
		return amount{}, false
	}
	a := amount{from: i, thing: count, value: v, to: end}
	if currency != "" {
		a.thing, a.currency = money, currency
	} else if !a.readUnit(ts, v) {
		return amount{}, false
	}
	if a.thing == money {
		a.readPeriod(ts)
	}
	return a, true
}

// readUnit reads what follows the number: percent, watts, dollars, or nothing.
func (a *amount) readUnit(ts []token, v float64) bool {
	at := func(k int) string {
		if a.to+k < len(ts) {
			return ts[a.to+k].word
		}
		return ""
	}
	switch {
	case at(0) == "%" || at(0) == "percent" || at(0) == "pct":
		a.thing, a.to = share, a.to+1
	case at(0) == "per" && at(1) == "cent":
		a.thing, a.to = share, a.to+2
	case (at(0) == "cents" || at(0) == "pence") && (ofEach(ts[:a.from]) || at(1) == "of" || at(1) == "in" || at(1) == "on" || at(1) == "from"):
		a.thing, a.to = share, a.to+1
	case watts[at(0)] > 0:
		a.thing, a.value, a.to = power, v*watts[at(0)], a.to+1
	case currencyWords[at(0)] != "":
		a.thing, a.currency, a.to = money, currencyWords[at(0)], a.to+1
	case nations[at(0)] != "" && currencyWords[at(1)] != "":
		a.thing, a.currency, a.to = money, nations[at(0)], a.to+2
	case v > 0 && v < 1: // a fraction: "a fifth of"
		if at(0) != "of" {
			return false
		}
		a.thing, a.value = share, 100*v
	}
	return true
}

// ofEach reports whether the tokens before an amount in cents say that it is a part of each euro.
func ofEach(ts []token) bool {
	for i := max(1, len(ts)-12); i < len(ts); i++ {
		if w := ts[i-1].word; currencyWords[ts[i].word] != "" && (w == "each" || w == "every") {
			return true
		}
	}
	return false
}

// readPeriod reads "a month", "per year", "annually" behind money.
func (a *amount) readPeriod(ts []token) {
	if a.to < len(ts) {
		if p := periods[ts[a.to].word]; p != "" && ts[a.to].word != p {
			a.per, a.to = p, a.to+1
			return
		}
	}
	if a.to+1 < len(ts) && (ts[a.to].word == "a" || ts[a.to].word == "per" || ts[a.to].word == "each" || ts[a.to].word == "every" || ts[a.to].word == "/") {
		if p := periods[ts[a.to+1].word]; p != "" && ts[a.to+1].word == p {
			a.per, a.to = p, a.to+2
		}
	}
}

// currencyBefore returns the currency that stands at token i before a number, and where that begins.
func currencyBefore(ts []token, i int) (string, int) {
	t := ts[i]
	if c := signs[t.word]; c != "" {
		return c, i + 1
	}
	if i+1 < len(ts) && ts[i+1].word == "$" && ts[i+1].glued {
		if c := nations[t.word]; c != "" {
			return c, i + 2
		}
	}
	if codes[t.word] && i+1 < len(ts) && ts[i+1].kind == number {
		return strings.ToUpper(t.word), i + 1
	}
	return "", i
}

// numeral reads the number that begins at token i, in digits or words, and returns where it ends.
func numeral(ts []token, i int) (v float64, end int, ok bool) {
	if i >= len(ts) {
		return 0, i, false
	}
	if ts[i].kind == number {
		v, err := strconv.ParseFloat(strings.ReplaceAll(ts[i].word, ",", ""), 64)
		if err != nil {
			return 0, i, false
		}
		return scale(ts, v, i+1)
	}
	if v, end, ok := fraction(ts, i); ok {
		return scaleOf(ts, v, end)
	}
	v, known := numerals[ts[i].word]
	if !known {
		return 0, i, false
	}
	end = i + 1
	if v >= 20 && end < len(ts) && numerals[ts[end].word] > 0 && numerals[ts[end].word] < 10 { // twenty five
		v, end = v+numerals[ts[end].word], end+1
	}
	if end < len(ts) && ts[end].word == "hundred" {
		v, end = v*100, end+1
	}
	if end+3 <= len(ts) && ts[end].word == "and" && ts[end+1].word == "a" && ts[end+2].word == "half" {
		v, end = v+.5, end+3
	}
	return scale(ts, v, end)
}

// fraction reads "half", "a quarter", "two thirds", "three-fifths".
func fraction(ts []token, i int) (v float64, end int, ok bool) {
	top := 1.0
	if n := numerals[ts[i].word]; n > 0 && n < 10 {
		top, i = n, i+1
	} else if ts[i].word == "a" || ts[i].word == "an" {
		i++
	}
	if i < len(ts) && fractions[ts[i].word] > 0 {
		return top / fractions[ts[i].word], i + 1, true
	}
	return 0, i, false
}

// scale applies a word such as "billion" at token i.
func scale(ts []token, v float64, i int) (float64, int, bool) {
	if i < len(ts) && scales[ts[i].word] > 0 && (len(ts[i].word) > 1 || ts[i].glued) {
		return v * scales[ts[i].word], i + 1, true
	}
	return v, i, true
}

// scaleOf applies "of a billion" or "a billion" at token i, behind a fraction.
func scaleOf(ts []token, v float64, i int) (float64, int, bool) {
	j := i
	if j < len(ts) && ts[j].word == "of" {
		j++
	}
	if j+1 < len(ts) && (ts[j].word == "a" || ts[j].word == "one") && scales[ts[j+1].word] > 0 {
		return v * scales[ts[j+1].word], j + 2, true
	}
	return v, i, true
}

var (
	numerals = map[string]float64{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
		"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
		"nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
	fractions = map[string]float64{"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5,
		"sixth": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10}
	scales = map[string]float64{"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "bln": 1e9,
		"billion": 1e9, "tn": 1e12, "trn": 1e12, "trillion": 1e12}
	watts         = map[string]float64{"gw": 1e9, "gigawatt": 1e9, "gigawatts": 1e9, "mw": 1e6, "megawatt": 1e6, "megawatts": 1e6}
	signs         = map[string]string{"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "₹": "INR"}
	codes         = map[string]bool{"usd": true, "eur": true, "gbp": true, "jpy": true, "cad": true, "chf": true, "krw": true, "cny": true, "inr": true}
	nations       = map[string]string{"us": "USD", "u.s": "USD", "c": "CAD", "ca": "CAD", "a": "AUD", "au": "AUD", "hk": "HKD", "s": "SGD", "canadian": "CAD", "australian": "AUD", "american": "USD", "swiss": "CHF"}
	currencyWords = map[string]string{"dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR", "pound": "GBP", "pounds": "GBP",
		"sterling": "GBP", "yen": "JPY", "yuan": "CNY", "rmb": "CNY", "won": "KRW", "rupees": "INR", "francs": "CHF"}
	periods = map[string]string{"month": "month", "monthly": "month", "year": "year", "annually": "year", "yearly": "year", "quarter": "quarter"}
)
