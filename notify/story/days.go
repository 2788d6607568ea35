package story

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDayWords of a text are searched for days: what follows is the background.
const maxDayWords = 120

// namedDays returns the days that the head of text names, as days of a leap year, 1 to 366, ascending:
// "July 2", "2 July", and "Tuesday", which is the last one up to the day of publication, in days since
// 1970. If that is unknown, 0, weekdays are left out. Only English is read.
func namedDays(text string, published float64) []uint16 {
	var days []uint16
	ws := words(text)
	ws = ws[:min(len(ws), maxDayWords)]
	for i, w := range ws {
		word := strings.ToLower(text[w.Start:w.End])
		if d, ok := weekdays[word]; ok && published != 0 {
			days = append(days, lastWeekday(d, published))
		}
		month, ok := months[word]
		if !ok || !capital(text[w.Start:]) { // also "may" and "march"
			continue
		}
		for _, j := range []int{i + 1, i - 1} {
			if j < 0 || j >= len(ws) {
				continue
			}
			number := strings.TrimRight(text[ws[j].Start:ws[j].End], "ndrsth") // 2nd, 3rd, 4th
			if day, err := strconv.Atoi(number); err == nil && 1 <= day && day <= 31 {
				days = append(days, yearDay(month, day))
				break
			}
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// lastWeekday returns the last such day up to the day of publication.
func lastWeekday(d time.Weekday, published float64) uint16 {
	t := time.Unix(int64(published*24*60*60), 0).UTC()
	t = t.AddDate(0, 0, -int(t.Weekday()-d+7)%7)
	return yearDay(t.Month(), t.Day())
}

func yearDay(m time.Month, day int) uint16 {
	return uint16(time.Date(2024, m, day, 0, 0, 0, 0, time.UTC).YearDay())
}

var weekdays = map[string]time.Weekday{
	"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
}

var months = map[string]time.Month{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
	"october": 10, "november": 11, "december": 12,
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}
