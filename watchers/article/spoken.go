package article

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// writtenDate is a date as people write it, in any of the languages of months: "10 March 2026",
// "Mar. 10th, 2026", "10. März 2026", "10 de marzo de 2026", "2026-03-10", "10.03.2026".
var writtenDate = regexp.MustCompile(`(?i)\b(?:` +
	`(?P<m1>` + monthNames + `)\.?,? (?P<d1>\d{1,2})(?:st|nd|rd|th)?,? (?P<y1>(?:19|20)\d\d)` +
	`|(?P<d2>\d{1,2})(?:st|nd|rd|th|er|\.|º)?[ -](?:de |of )?(?P<m2>` + monthNames + `)\.?,?[ -](?:de |del )?(?P<y2>(?:19|20)\d\d)` +
	`|(?P<y3>(?:19|20)\d\d)-(?P<m3>\d\d)-(?P<d3>\d\d)|(?P<d4>\d\d?)\.(?P<m4>\d\d?)\.(?P<y4>(?:19|20)\d\d)` +
	`)\b`)

// monthNames are the beginnings of the months' names in English, German, French, Spanish, Italian,
// Portuguese and Dutch, and what may follow.
const monthNames = `(?:jan|feb|fév|fev|febr|mar|mär|mrz|maa|mrt|apr|avr|abr|may|mai|mei|mag|maj|jun|jui|giu|jul|lug|aug|aoû|aou|ago|sep|set|oct|okt|ott|out|nov|dec|dez|déc|dic|ene|gen)[\p{L}]*`

// months are the numbers of those beginnings; "juin" and "juillet" differ in their fourth letter.
var months = map[string]time.Month{
	"jan": 1, "ene": 1, "gen": 1, "feb": 2, "fév": 2, "fev": 2, "mar": 3, "mär": 3, "mrz": 3, "maa": 3, "mrt": 3,
	"apr": 4, "avr": 4, "abr": 4, "may": 5, "mai": 5, "mei": 5, "mag": 5, "maj": 5, "jun": 6, "giu": 6, "juin": 6,
	"jul": 7, "lug": 7, "juil": 7, "aug": 8, "aoû": 8, "aou": 8, "ago": 8, "sep": 9, "set": 9, "oct": 10, "okt": 10, "ott": 10, "out": 10,
	"nov": 11, "dec": 12, "dez": 12, "déc": 12, "dic": 12,
}

// clockTime is the time of day that may stand beside such a date, with its zone.
var clockTime = regexp.MustCompile(`(?i)\b(\d{1,2})[:.h](\d\d)(?::(\d\d))?\s*(?:([ap])\.?m\b\.?)?\s*(?:(z|[ecmp][sd]?t|gmt|utc|bst|cest|cet|ist|jst|eastern(?: daylight| standard)?(?: time)?|pacific(?: daylight| standard)?(?: time)?)\b)?\s*([+-]\d\d:?\d\d)?`)

// spokenDate reads the first date in a line of words, with the time of day beside it. Without a zone
// it is UTC, as is a zone that we do not know.
func spokenDate(s string) (time.Time, bool) {
	if len(s) > maxDate {
		return time.Time{}, false
	}
	at := writtenDate.FindStringSubmatchIndex(s)
	if at == nil {
		return time.Time{}, false
	}
	part := map[byte]string{}
	for i, name := range writtenDate.SubexpNames() {
		if name != "" && at[2*i] >= 0 {
			part[name[0]] = s[at[2*i]:at[2*i+1]]
		}
	}
	year, _ := strconv.Atoi(part['y'])
	day, _ := strconv.Atoi(part['d'])
	month := monthOf(part['m'])
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || t.Month() != month {
		return time.Time{}, false
	}
	rest := s[:at[0]] + " " + s[at[1]:]
	if c := clockTime.FindStringSubmatch(rest); c != nil {
		return atClock(t, c), true
	}
	return t, true
}

func monthOf(name string) time.Month {
	if n, err := strconv.Atoi(name); err == nil {
		return time.Month(n)
	}
	r := []rune(strings.ToLower(name))
	if m := months[string(r[:min(4, len(r))])]; m != 0 {
		return m
	}
	return months[string(r[:min(3, len(r))])]
}

// atClock returns the time of day c (a match of clockTime) on the day of t, t itself if there is no
// such time.
func atClock(t time.Time, c []string) time.Time {
	hour, _ := strconv.Atoi(c[1])
	minute, _ := strconv.Atoi(c[2])
	second, _ := strconv.Atoi(c[3])
	switch half := strings.ToLower(c[4]); {
	case half == "p" && hour < 12:
		hour += 12
	case half == "a" && hour == 12:
		hour = 0
	}
	if hour > 23 || minute > 59 || second > 59 {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), hour, minute, second, 0, zone(t, strings.ToLower(c[5]), c[6]))
}

// zone returns the zone of an abbreviation on the day of t, or of an offset such as "+01:00".
func zone(t time.Time, name, offset string) *time.Location {
	if z, err := time.Parse("-07:00", offset); err == nil {
		return z.Location()
	}
	if z, err := time.Parse("-0700", offset); err == nil {
		return z.Location()
	}
	hours := map[byte]int{'e': -5, 'c': -6, 'm': -7, 'p': -8}
	switch {
	case name == "bst" || name == "cet":
		return fixed(1)
	case name == "cest":
		return fixed(2)
	case name == "ist":
		return time.FixedZone("", 5*3600+1800)
	case name == "jst":
		return fixed(9)
	case name == "" || name == "z" || name == "gmt" || name == "utc":
		return time.UTC
	case strings.Contains(name, "daylight") || len(name) == 3 && name[1] == 'd':
		return fixed(hours[name[0]] + 1)
	case strings.Contains(name, "standard") || len(name) == 3 && name[1] == 's':
		return fixed(hours[name[0]])
	case isSummer(t):
		return fixed(hours[name[0]] + 1)
	}
	return fixed(hours[name[0]])
}

func fixed(hours int) *time.Location { return time.FixedZone("", hours*3600) }

// isSummer reports whether the United States are on daylight saving time on the day of t: from the
// second Sunday of March to the first of November, since 2007.
func isSummer(t time.Time) bool {
	sunday := func(month time.Month, nth int) time.Time {
		d := time.Date(t.Year(), month, 1, 0, 0, 0, 0, time.UTC)
		return d.AddDate(0, 0, (7-int(d.Weekday()))%7+7*(nth-1))
	}
	return !t.Before(sunday(time.March, 2)) && t.Before(sunday(time.November, 1))
}
