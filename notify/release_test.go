package notify

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// releases runs the release drain and returns when it wants to be run next.
func (d *desk) releases() time.Time {
	d.t.Helper()
	next, err := d.n.release(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return next
}

func (d *desk) refresh(story string) {
	d.t.Helper()
	if err := d.n.Refresh(d.t.Context(), story, "deals"); err != nil {
		d.t.Fatal(err)
	}
}

func mute(what, which string, until time.Time) news.Mute {
	return news.Mute{What: what, Which: which, Channel: "deals", Until: until}
}

func TestTheCardStopsSayingMutedWhenTheMuteEnds(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{})
	d.arrive(ledger)
	d.told()
	d.with(ChannelConfig{}, muteStory(noon.Add(time.Hour)))
	d.refresh("s1")
	d.told()
	d.restart()
	d.with(ChannelConfig{}, muteStory(noon.Add(time.Hour)))
	d.now = noon.Add(time.Hour)
	if got := d.told(); !slices.Equal(kinds(got), []news.Kind{news.KindEdit}) || got[0].Card.Muted != nil {
		t.Errorf("posted %+v, want one edit that says muted no more: nothing came meanwhile", got)
	}
}

func TestAMuteThatIsGivenALaterEndHoldsUntilThen(t *testing.T) {
	for _, m := range []news.Mute{muteStory(noon.Add(3 * time.Hour)), mute("source", "wire", noon.Add(3*time.Hour)), mute("rule", "exclusivity", noon.Add(3*time.Hour))} {
		for _, told := range []bool{true, false} {
			short := m
			short.Until = noon.Add(time.Hour)
			d := newDesk(t)
			d.with(ChannelConfig{})
			if told {
				d.arrive(ledger)
				d.told()
			}
			d.with(ChannelConfig{}, short)
			d.refresh("s1")
			d.now = noon.Add(time.Minute)
			d.arrive(filing)
			d.told()
			d.with(ChannelConfig{}, m)
			d.now = noon.Add(2 * time.Hour)
			if next := d.releases(); !next.Equal(m.Until) {
				t.Errorf("%s muted, told %v: the release wants to run at %s, want when the mute ends", m.What, told, next)
			}
			if got := d.told(); len(got) != 0 {
				t.Errorf("%s muted, told %v: posted %+v, want nothing", m.What, told, got)
			}
			d.now = m.Until
			want := []news.Kind{news.KindDigest}
			if told {
				want = []news.Kind{news.KindEdit, news.KindReply}
			}
			if got := d.told(); !slices.Equal(kinds(got), want) {
				t.Errorf("%s muted, told %v: posted %v when it ended, want %v", m.What, told, kinds(got), want)
			}
		}
	}
}

func TestAStoryThatWasMutedBeforeItWasToldIsToldWhenItIsUnmuted(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{}, muteStory(noon.Add(24*time.Hour)))
	d.arrive(ledger)
	if got := d.told(); len(got) != 0 {
		t.Fatalf("posted %v, want nothing", kinds(got))
	}
	d.with(ChannelConfig{})
	d.refresh("s1")
	if got := d.told(); !slices.Equal(kinds(got), []news.Kind{news.KindDigest}) || got[0].Card.Held != "story s1 is muted" {
		t.Errorf("posted %+v, want it in a digest", got)
	}
}

func TestTheFirstOfTwoMutedRulesThatIsUnmutedTells(t *testing.T) {
	exclusivity, compute := mute("rule", "exclusivity", noon.Add(time.Hour)), mute("rule", "compute", noon.Add(2*time.Hour))
	d := newDesk(t)
	both := func(ms ...news.Mute) {
		d.with(ChannelConfig{}, ms...)
		d.n.routes.Load().rules["exclusivity"] = news.Rule{Name: "exclusivity", Channels: []string{"deals"}}
	}
	both(exclusivity, compute)
	a := ledger
	a.GUID = "two"
	ms := []news.Match{{Rule: "exclusivity"}, {Rule: "compute"}}
	if err := d.st.SavePoll(t.Context(), "wire", news.Cursor{}, []news.Arrival{{Article: a, Matches: ms, Stage: news.Matched}}); err != nil {
		t.Fatal(err)
	}
	if got := d.told(); len(got) != 0 {
		t.Fatalf("posted %v with both muted, want nothing", kinds(got))
	}
	both(exclusivity)
	if err := d.n.Release(t.Context(), "deals", compute.Why()); err != nil {
		t.Fatal(err)
	}
	if got := d.told(); !slices.Equal(kinds(got), []news.Kind{news.KindDigest}) {
		t.Errorf("posted %v with one unmuted, want the digest", kinds(got))
	}
}

func TestAReplyThatWaitsForMorningIsNotPostedOnAStoryMutedMeanwhile(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{})
	d.arrive(ledger)
	d.told()
	quiet := ChannelConfig{Quiet: "11:00-13:00"}
	d.with(quiet)
	d.now = noon.Add(10 * time.Minute)
	a := filing
	a.Source = "compute"
	d.arrive(a)
	if got := d.told(); !slices.Equal(kinds(got), []news.Kind{news.KindEdit}) {
		t.Fatalf("posted %v in quiet hours, want the edit only", kinds(got))
	}
	d.with(quiet, muteStory(noon.Add(3*time.Hour)))
	d.refresh("s1")
	d.now = noon.Add(2 * time.Hour)
	if got := d.told(); !slices.Equal(kinds(got), []news.Kind{news.KindEdit}) {
		t.Errorf("posted %v, want the edit that says muted", kinds(got))
	}
	d.now = noon.Add(3 * time.Hour)
	if got := d.told(); !slices.Equal(kinds(got), []news.Kind{news.KindEdit, news.KindReply}) {
		t.Errorf("posted %v when the mute ended, want the edit and the reply", kinds(got))
	}
}

func TestAMuteThatEndsAtNightTellsInTheMorning(t *testing.T) {
	d := newDesk(t)
	c := ChannelConfig{Quiet: "12:30-14:00"}
	d.with(c, mute("source", "wire", noon.Add(time.Hour)))
	d.arrive(ledger)
	d.told()
	d.now = noon.Add(time.Hour)
	if next := d.releases(); !next.Equal(noon.Add(2 * time.Hour)) {
		t.Errorf("the release wants to run at %s, want when quiet hours end", next)
	}
	d.now = noon.Add(2 * time.Hour)
	if got := d.told(); !slices.Equal(kinds(got), []news.Kind{news.KindDigest}) {
		t.Errorf("posted %v, want the digest", kinds(got))
	}
}

func TestWhatALoudAlertHasToldIsNotToldAgainInTheMorning(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{Quiet: "11:00-13:00", QuietPass: "high"})
	low := ledger
	low.Source = "compute"
	d.arrive(low)
	if got := d.told(); len(got) != 0 {
		t.Fatalf("posted %v, want nothing", kinds(got))
	}
	d.arrive(kestrel)
	if got := d.told(); len(got) != 1 || got[0].Kind != news.KindAlert || len(got[0].Card.Outlets) != 2 {
		t.Fatalf("posted %+v, want the loud alert with both outlets", got)
	}
	d.now = noon.Add(time.Hour)
	if got := d.told(); len(got) != 0 {
		t.Errorf("posted %v when quiet hours ended, want nothing", kinds(got))
	}
}

func TestADigestNowTellsAllThatWaitsButWhatIsMuted(t *testing.T) {
	d := newDesk(t)
	quiet := ChannelConfig{Quiet: "11:00-13:00"}
	d.with(quiet, mute("rule", "compute", noon.Add(9*time.Hour)))
	d.arrive(ledger, other)
	d.told()
	if err := d.n.Release(t.Context(), "deals", ""); err != nil {
		t.Fatal(err)
	}
	got := d.told()
	if len(got) != 1 || got[0].Kind != news.KindDigest || len(got[0].Card.Stories) != 1 || got[0].Card.Stories[0].Headline != ledger.Title {
		t.Errorf("posted %+v, want one digest of what is not muted", got)
	}
	d.now = noon.Add(9 * time.Hour)
	if got := d.told(); len(got) != 1 || got[0].Card.Stories[0].Headline != other.Title {
		t.Errorf("posted %+v when the mute ended, want the rest", got)
	}
}

func TestARulesCooldownIsOverTheChannels(t *testing.T) {
	d := newDesk(t)
	configure := func() {
		d.n.Configure(map[string]ChannelConfig{"deals": {Slack: "C1", Broadcast: "material", Cooldown: "6h"}},
			[]news.Rule{{Name: "exclusivity", Channels: []string{"deals"}, Cooldown: time.Hour}}, nil)
	}
	configure()
	d.arrive(ledger)
	d.told()
	d.now = noon.Add(time.Hour)
	d.arrive(filing)
	d.told()
	for _, s := range []struct {
		after time.Duration
		want  bool
	}{{90 * time.Minute, false}, {2 * time.Hour, true}} {
		p := plan{now: noon.Add(s.after), routes: d.n.routes.Load()}
		var err error
		if p.before, err = d.st.StoryDeliveries(t.Context(), "s1"); err != nil {
			t.Fatal(err)
		}
		leading := p.leading("deals", []news.Match{{Rule: "exclusivity"}})
		if got := p.mayBroadcast(deals, p.routes.channels["deals"], leading); got != s.want {
			t.Errorf("%s after noon, an hour after a broadcast: mayBroadcast = %v, want %v", s.after, got, s.want)
		}
	}
}

func TestRunWakesWhenQuietHoursEndAndForTheDigest(t *testing.T) {
	for _, tt := range []struct {
		c    ChannelConfig
		want time.Duration
	}{
		{ChannelConfig{Quiet: "23:00-07:00"}, 7 * time.Hour},
		{ChannelConfig{Digest: "30 9 * * *"}, 9*time.Hour + 30*time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t)
			d.n.Now = time.Now
			d.with(tt.c)
			midnight := time.Now() // as every bubble begins, in UTC
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- d.n.Run(ctx) }()
			d.arrive(ledger)
			d.n.Wake()
			time.Sleep(tt.want - time.Second)
			synctest.Wait()
			if got := d.posted(); len(got) != 0 {
				t.Errorf("posted %v a second before %s, want nothing", kinds(got), tt.want)
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if got := d.posted(); len(got) != 1 || got[0].Kind != news.KindDigest || !got[0].Created.Equal(midnight.Add(tt.want)) {
				t.Errorf("posted %+v, want one digest at %s", got, tt.want)
			}
			stop()
			if err := <-ended; err != nil {
				t.Errorf("Run() = %v", err)
			}
		})
	}
}
