package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	k, _ := newHouse(t)
	for _, tt := range []struct{ text, want string }{
		{``, `help map[]`},
		{`watch add "AGI clause" to:<#C1|deals> severity:high`, `watch add map[query:"AGI clause" severity:high to:<#C1|deals>]`},
		{`WATCH  ADD exclusive`, `watch add map[query:exclusive]`},
		{`watch add title:exclusive site:x.example name:"two words"`, `watch add map[name:two words query:title:exclusive site:x.example]`}, // fields are the rule's
		{`watch add "said to:day" to:here`, `watch add map[query:"said to:day" to:here]`},                                                   // within quotation marks
		{"watch add a\nb to:here", "watch add map[query:a\nb to:here]"},
		{`watch add “AGI clause”`, `watch add map[query:"AGI clause"]`},
		{`watch add TO:here`, `watch add map[to:here]`},
		{`watch pause r7 for:2d`, `watch pause map[for:2d rule:r7]`},
		{`settings set quiet 22:00-07:00 to:here`, `settings map[action:set key:quiet to:here value:22:00-07:00]`},
		{`settings set digest 0 9 * * 1-5`, `settings map[action:set key:digest value:0 9 * * 1-5]`},
		{`why https://x.example/?a=to:b`, `why map[what:https://x.example/?a=to:b]`},
		{`watch`, `help map[topic:watch]`},
		{`watch add a to:here b`, `error: I do not understand “b” there.`},
		{`watch ad a`, `error: There is no command “watch ad a”.`},
		{`status now`, `error: I do not understand “now”.`},
		{`watch add an "open quote to:here`, `watch add map[query:an "open quote to:here]`}, // a lone mark quotes nothing
	} {
		c, err := k.parse(tt.text)
		got := fmt.Sprint(c.Command, " ", c.Args)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != tt.want {
			t.Errorf("parse(%q) = %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]string{
		"": "6h", "30m": "30m", "6h": "6h", "2d": "2d", "1w": "1w", "90m": "90m",
		"5m": "for: is from 15m to 90d.", "91d": "for: is from 15m to 90d.", "x": "for: is a time", "-1h": "for: is a time", "1y": "for: is a time",
		"99999999999999999999d": "for: is a time", "1.5h": "for: is a time", "d": "for: is a time",
	} {
		d, err := duration("for", text, 6*time.Hour, leastPause, longestPause)
		got := ShortTime(d)
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("duration(%q) = %s, want %s", text, got, want)
		}
	}
}

// What people and pages write must not end a command, whatever it is.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`watch add "a" to:<#C1>`, "settings set quiet 1", "\"", "to:", "watch add \x00 name:\""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k := NewDesk(nil, nil, nil)
		c, err := k.parse(text)
		if err == nil && c.Command == "" {
			t.Errorf("parse(%q) is no command and no error", text)
		}
	})
}
