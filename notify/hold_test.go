package notify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// with configures the desk's only channel anew, and what is muted there.
func (d *desk) with(c ChannelConfig, mutes ...news.Mute) {
	c.Slack = "C1"
	d.n.Configure(map[string]ChannelConfig{"deals": c}, []news.Rule{
		{Name: "exclusivity", Channels: []string{"deals"}, Severity: news.High, Mentions: []string{"slack:U1"}},
		{Name: "compute", Channels: []string{"deals"}, Severity: news.Low},
	}, mutes)
}

// told groups, releases what is due, delivers, and returns what was posted.
func (d *desk) told() []news.Delivery {
	d.t.Helper()
	d.group()
	if _, err := d.n.release(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	d.deliver()
	return d.posted()
}

func reasonOf(t *testing.T, d *desk, url string) string {
	t.Helper()
	v, err := d.st.ArticleByURL(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return v.Reason
}

func muteStory(until time.Time) news.Mute {
	return news.Mute{ID: "m1", What: "story", Which: "s1", Channel: "deals", Until: until, By: news.Actor{Name: "Ada"}}
}

// PLATFORMS.md §7, scenario 34.
func TestScenario34QuietHoursEndInOneDigest(t *testing.T) {
	d := newDesk(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	d.now = time.Date(2026, 11, 25, 23, 0, 0, 0, berlin)
	d.with(ChannelConfig{Quiet: "22:00-07:00", Timezone: "Europe/Berlin"})
	third := report("Tarn Post", "compute", "Vesper leases exclusive hall in Brundal", "Vesper leases an exclusive hall in Brundal for nine years, the town said. Trains stop there now.")
	d.arrive(ledger, other, third)
	if got := d.told(); len(got) != 0 {
		t.Fatalf("posted %v in quiet hours, want nothing", kinds(got))
	}
	if why := reasonOf(t, d, ledger.URL); !strings.Contains(why, "held in deals until 2026-11-26 06:00 UTC: quiet hours") {
		t.Errorf("the article's reason is %q", why)
	}
	d.restart() // what is held outlives a kill
	d.with(ChannelConfig{Quiet: "22:00-07:00", Timezone: "Europe/Berlin"})
	d.now = time.Date(2026, 11, 26, 6, 59, 0, 0, berlin)
	if got := d.told(); len(got) != 0 {
		t.Errorf("posted %v before the end, want nothing", kinds(got))
	}
	d.now = time.Date(2026, 11, 26, 7, 0, 0, 0, berlin)
	got := d.told()
	if len(got) != 1 || got[0].Kind != news.KindDigest || len(got[0].Card.Stories) != 3 || got[0].Card.Held != "quiet hours" {
		t.Fatalf("posted %+v at seven, want one digest of three stories", got)
	}
	if got[0].Card.Stories[0].Severity != news.High {
		t.Errorf("the digest begins with %v, want the loudest", got[0].Card.Stories[0])
	}
	if got := d.told(); len(got) != 0 {
		t.Errorf("posted %v after the digest, want nothing", kinds(got))
	}
}

func TestScenario34HighPassesQuietHours(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{Quiet: "11:00-13:00", QuietPass: "high"})
	d.arrive(ledger, other)
	got := d.told()
	if len(got) != 1 || got[0].Card.Severity != news.High {
		t.Errorf("posted %v, want the high alert only", got)
	}
}

func TestQuietHoursFollowTheClockOnTheWall(t *testing.T) {
	for _, tt := range []struct{ quiet, now, want string }{
		{"22:00-07:00", "2026-11-25T21:59:00+01:00", ""},
		{"22:00-07:00", "2026-11-25T22:00:00+01:00", "2026-11-26T07:00:00+01:00"},
		{"22:00-07:00", "2026-11-26T06:59:00+01:00", "2026-11-26T07:00:00+01:00"},
		{"22:00-07:00", "2026-11-26T07:00:00+01:00", ""},
		{"09:00-17:00", "2026-11-25T12:00:00+01:00", "2026-11-25T17:00:00+01:00"},
		{"09:00-17:00", "2026-11-25T17:00:00+01:00", ""},
		{"22:00-02:30", "2026-03-28T23:00:00+01:00", "2026-03-29T03:30:00+02:00"}, // 2:30 is skipped that night
		{"22:00-07:00", "2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00"}, // the night is an hour longer
		{"22:00-02:30", "2026-10-25T02:10:00+02:00", "2026-10-25T02:30:00+02:00"},
		{"22:00-02:30", "2026-10-25T02:10:40+01:00", "2026-10-25T02:30:00+01:00"}, // half past two comes twice
		{"", "2026-11-25T23:00:00+01:00", ""},
		{"off", "2026-11-25T23:00:00+01:00", ""},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		got := ChannelConfig{Quiet: tt.quiet, Timezone: "Europe/Berlin"}.quietUntil(now)
		if tt.want == "" && !got.IsZero() || tt.want != "" && got.Format(time.RFC3339) != tt.want {
			t.Errorf("quiet %s at %s ends %s, want %q", tt.quiet, tt.now, got.Format(time.RFC3339), tt.want)
		}
	}
}

// PLATFORMS.md §7, scenario 30.
func TestScenario30AMutedStoryIsSilentAndSaysWhoMutedIt(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{})
	d.arrive(ledger)
	if got := d.told(); len(got) != 1 || !slices.Equal(got[0].Card.Mentions, []string{"slack:U1"}) {
		t.Fatalf("posted %+v, want the alert, which pings U1", got)
	}
	until := noon.Add(24 * time.Hour)
	d.with(ChannelConfig{}, muteStory(until))
	d.now = noon.Add(time.Minute)
	if err := d.n.Refresh(t.Context(), "s1", "deals"); err != nil {
		t.Fatal(err)
	}
	got := d.told()
	if len(got) != 1 || got[0].Kind != news.KindEdit || got[0].Card.Muted == nil || got[0].Card.Muted.By.Name != "Ada" {
		t.Fatalf("posted %+v, want an edit that says who muted it", got)
	}
	if len(got[0].Card.Mentions) != 0 {
		t.Errorf("the edit pings %v, want nobody", got[0].Card.Mentions)
	}
	d.now = noon.Add(time.Hour)
	d.arrive(kestrel, filing)
	if got := d.told(); len(got) != 0 {
		t.Fatalf("posted %v on a muted story, want nothing", kinds(got))
	}
	if why := reasonOf(t, d, kestrel.URL); !strings.Contains(why, "story s1 is muted") {
		t.Errorf("the article's reason is %q", why)
	}

	d.now = until
	got = d.told()
	if !slices.Equal(kinds(got), []news.Kind{news.KindEdit, news.KindReply}) || len(got[0].Card.Outlets) != 3 || got[0].Card.Muted != nil {
		t.Fatalf("posted %+v when the mute ended, want the edit and one reply", got)
	}
	if c := got[1].Card; len(c.Added) != 1 || c.Added[0].Name != "Meridell" || c.News != "$38 billion; until 2031; statement by Meridell (while it was muted)" {
		t.Errorf("the reply says %q by %v, want what is materially new, by Meridell", c.News, c.Added)
	}
	if got := d.told(); len(got) != 0 {
		t.Errorf("posted %v after that, want nothing", kinds(got))
	}
}

func TestUnmutingTellsAtOnce(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{})
	d.arrive(ledger)
	d.told()
	d.with(ChannelConfig{}, muteStory(noon.Add(24*time.Hour)))
	d.now = noon.Add(time.Hour)
	d.arrive(filing)
	d.told()
	d.with(ChannelConfig{})
	if err := d.n.Refresh(t.Context(), "s1", "deals"); err != nil {
		t.Fatal(err)
	}
	if got := d.told(); !slices.Equal(kinds(got), []news.Kind{news.KindEdit, news.KindReply}) {
		t.Errorf("posted %v, want the edit and the reply", kinds(got))
	}
}

func TestMutedRulesAndSourcesAreToldWhenTheMuteEnds(t *testing.T) {
	for _, m := range []news.Mute{
		{What: "rule", Which: "exclusivity", Channel: "deals", Until: noon.Add(time.Hour)},
		{What: "source", Which: "wire", Channel: "deals", Until: noon.Add(time.Hour)},
	} {
		d := newDesk(t)
		d.with(ChannelConfig{}, m)
		d.arrive(ledger)
		if got := d.told(); len(got) != 0 {
			t.Errorf("%s muted: posted %v, want nothing", m.What, kinds(got))
		}
		d.with(ChannelConfig{})
		if err := d.n.Release(t.Context(), "deals", m.Why()); err != nil {
			t.Fatal(err)
		}
		if got := d.told(); len(got) != 1 || got[0].Kind != news.KindDigest || got[0].Card.Held != m.Why() {
			t.Errorf("%s unmuted: posted %+v, want one digest", m.What, got)
		}
	}
	d := newDesk(t)
	d.with(ChannelConfig{}, news.Mute{What: "rule", Which: "compute", Channel: "deals", Until: noon.Add(time.Hour)},
		news.Mute{What: "rule", Which: "exclusivity", Channel: "elsewhere", Until: noon.Add(time.Hour)})
	d.arrive(ledger)
	if got := d.told(); len(got) != 1 {
		t.Errorf("another rule and another channel are muted: posted %v, want the alert", kinds(got))
	}
}

func TestWhatIsAboveTheCapIsOneDigestAndNothingIsLost(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{Cap: "2"})
	var flood []news.Article
	for i := range 9 {
		var own []string // words that no other of them has
		for j := range 12 {
			own = append(own, strings.Repeat(string(rune('a'+i)), 3)+string(rune('a'+j))+"ville")
		}
		flood = append(flood, report("Outlet "+own[0], "compute", strings.Join(own[:4], " ")+" exclusive", strings.Join(own[4:], " ")+" exclusive."))
	}
	d.arrive(flood...)
	if got := d.told(); len(got) != 2 {
		t.Fatalf("posted %v, want two alerts", kinds(got))
	}
	d.now = noon.Add(time.Hour)
	got := d.told()
	if len(got) != 1 || got[0].Kind != news.KindDigest || len(got[0].Card.Stories) != 7 {
		t.Errorf("posted %+v an hour later, want one digest of seven", got)
	}
}

func TestThreadsBroadcastAndMentionsAreTheChannelsToChoose(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{Threads: "off", Mentions: "off"})
	d.arrive(ledger)
	if got := d.told(); len(got) != 1 || len(got[0].Card.Mentions) != 0 {
		t.Errorf("posted %+v, want an alert that pings nobody", got)
	}
	d.now = noon.Add(time.Hour)
	d.arrive(filing)
	if got := d.told(); !slices.Equal(kinds(got), []news.Kind{news.KindEdit}) {
		t.Errorf("posted %v with threads off, want the edit only", kinds(got))
	}

	d = newDesk(t)
	d.with(ChannelConfig{Broadcast: "material", Cooldown: "6h"})
	d.arrive(ledger)
	d.told()
	for i, want := range []bool{true, false, true} {
		d.now = noon.Add(time.Duration(i*4+1) * time.Hour)
		a := filing
		a.GUID, a.URL, a.Outlet = fmt.Sprint(i), fmt.Sprintf("https://%d.example/", i), fmt.Sprint("Outlet ", i)
		a.Text = strings.Replace(a.Text, "$38 billion", fmt.Sprintf("$%d billion", 38+i), 1)
		d.arrive(a)
		for _, p := range d.told() {
			if p.Kind == news.KindReply && p.Card.Loud != want {
				t.Errorf("reply %d is loud: %v, want %v", i, p.Card.Loud, want)
			}
		}
	}
}

func TestSettingsAreSaidAsPeopleSayThem(t *testing.T) {
	for _, tt := range []struct{ key, value, want, fault string }{
		{"digest", "daily 09:00", "daily 09:00", ""},
		{"digest", "Weekly Monday 9:05", "weekly mon 09:05", ""},
		{"digest", "off", "", ""},
		{"digest", "0 9 * * 1-5", "0 9 * * 1-5", ""},
		{"digest", "hourly", "", "not a time for a digest"},
		{"quiet", "22:00-07:00", "22:00-07:00", ""},
		{"quiet", "22-7", "", "not hours of a day"},
		{"timezone", "Europe/Berlin", "Europe/Berlin", ""},
		{"timezone", "Mars", "", "no such time zone"},
		{"cap", "5", "5", ""},
		{"cap", "none", "none", ""},
		{"cap", "0", "", "not a number of alerts"},
		{"broadcast", "material", "material", ""},
		{"broadcast", "loud", "", "no such choice"},
		{"cooldown", "30m", "30m", ""},
		{"noise", "1", "", "no such setting"},
	} {
		c, err := ChannelConfig{Slack: "C1"}.Set(tt.key, tt.value)
		switch {
		case tt.fault == "" && (err != nil || c.Value(tt.key) != tt.want):
			t.Errorf("Set(%s, %s) = %q, %v, want %q", tt.key, tt.value, c.Value(tt.key), err, tt.want)
		case tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault)):
			t.Errorf("Set(%s, %s) = %v, want %q", tt.key, tt.value, err, tt.fault)
		}
	}
}
