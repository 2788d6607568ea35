package terms

import (
	"fmt"
	"strconv"
	"strings"
)

// A moment is a date or a duration at tokens from, to exclusive, in its normal form: "2031",
// "2031-12", "2031-12-31", "7 years", "18 months".
type moment struct {
	from, to int
	text     string
	duration bool
	year     int // of a date
}

// moments returns the dates that have a year and the durations that the tokens state, in order.
func moments(ts []token) []moment {
	var out []moment
	for i := 0; i < len(ts); {
		m, ok := dateAt(ts, i)
		if !ok {
			m, ok = durationAt(ts, i)
		}
		if !ok {
			i++
			continue
		}
		out = append(out, m)
		i = m.to
		if n, ok := secondSpan(ts, m); ok {
			out = append(out, n)
			i = n.to
		}
	}
	return out
}

// secondSpan reads the bare number of "from ten years to five", whose unit m has.
func secondSpan(ts []token, m moment) (moment, bool) {
	if !m.duration || m.to+1 >= len(ts) || ts[m.to].word != "to" {
		return moment{}, false
	}
	v, end, ok := numeral(ts, m.to+1)
	if _, whole := durationAt(ts, m.to+1); !ok || whole || v != float64(int(v)) || v >= 100 || end < len(ts) && ts[end].kind != mark {
		return moment{}, false
	}
	return lasting(m.to+1, end, int(v), spans[ts[m.to-1].word]), true
}

// dateAt reads "2031", "June 2031", "June 30, 2033", "31 December 2032", "2032-12-31".
func dateAt(ts []token, i int) (moment, bool) {
	j, day, month := i, 0, 0
	if d := dayNumber(ts, j); d > 0 && j+1 < len(ts) && monthOf(ts[j+1]) > 0 {
		day, month, j = d, monthOf(ts[j+1]), j+2
	} else if m := monthOf(ts[j]); m > 0 {
		month, j = m, j+1
		if d := dayNumber(ts, j); d > 0 {
			day, j = d, j+1
			j += ordinalAt(ts, j)
		}
	}
	if month > 0 && j < len(ts) && ts[j].word == "," {
		j++
	}
	y, ok := yearAt(ts, j)
	if !ok {
		return moment{}, false
	}
	m := moment{from: i, to: j + 1, text: strconv.Itoa(y), year: y}
	if month == 0 { // 2032-12-31
		mo, d := dayNumber(ts, j+1), dayNumber(ts, j+2)
		if mo > 0 && mo <= 12 && d > 0 && len(ts[j+1].word) == 2 && len(ts[j+2].word) == 2 && ts[j+2].start == ts[j+1].end+1 {
			month, day, m.to = mo, d, j+3
		}
	}
	if month > 0 {
		m.text += fmt.Sprintf("-%02d", month)
	}
	if day > 0 {
		m.text += fmt.Sprintf("-%02d", day)
	}
	return m, true
}

func yearAt(ts []token, i int) (int, bool) {
	if i >= len(ts) || ts[i].kind != number || len(ts[i].word) != 4 {
		return 0, false
	}
	if i > 0 && ts[i].glued && ts[i-1].kind == mark && signs[ts[i-1].word] != "" {
		return 0, false
	}
	y, err := strconv.Atoi(ts[i].word)
	return y, err == nil && 1950 <= y && y < 2100
}

// dayNumber returns the day of a month at token i, or 0.
func dayNumber(ts []token, i int) int {
	if i >= len(ts) || ts[i].kind != number || len(ts[i].word) > 2 {
		return 0
	}
	d, err := strconv.Atoi(ts[i].word)
	if err != nil || d > 31 {
		return 0
	}
	return d
}

// ordinalAt returns 1 where "st" or the like is glued to the day before token i.
func ordinalAt(ts []token, i int) int {
	if i < len(ts) && ts[i].glued && strings.Contains("st nd rd th", ts[i].word) {
		return 1
	}
	return 0
}

// monthOf returns the month that t names, or 0. "may" needs its capital.
func monthOf(t token) int {
	if !t.capital {
		return 0
	}
	return months[t.word]
}

// durationAt reads "seven years", "18 months", "five-year", "a decade".
func durationAt(ts []token, i int) (moment, bool) {
	v, end, ok := numeral(ts, i)
	if !ok && (ts[i].word == "a" || ts[i].word == "an") {
		v, end, ok = 1, i+1, true
	}
	if ok && end < len(ts) && (ts[end].word == "more" || ts[end].word == "further" || ts[end].word == "additional") {
		end++
	}
	if !ok || end >= len(ts) || v != float64(int(v)) || v > 200 || v < 1 {
		return moment{}, false
	}
	unit, n := spans[ts[end].word], int(v)
	switch unit {
	case "":
		return moment{}, false
	case "decade":
		unit, n = "year", n*10
	}
	return lasting(i, end+1, n, unit), true
}

// lasting returns the duration of n units at tokens from, to exclusive.
func lasting(from, to, n int, unit string) moment {
	text := fmt.Sprintf("%d %s", n, unit)
	if n != 1 {
		text += "s"
	}
	return moment{from: from, to: to, text: text, duration: true}
}

var (
	months = map[string]int{"january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6, "jun": 6, "july": 7, "jul": 7,
		"august": 8, "aug": 8, "september": 9, "sep": 9, "sept": 9, "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12}
	spans = map[string]string{"year": "year", "years": "year", "month": "month", "months": "month", "week": "week", "weeks": "week", "decade": "decade", "decades": "decade"}
)
