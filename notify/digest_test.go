package notify

import (
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

func TestADigestComesOnceADayAlsoWhereClocksChange(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{Digest: "30 2 * * *", Timezone: "Europe/Berlin"})
	clock := d.n.digests(t.Context(), d.n.routes.Load())
	entries := clock.Entries()
	if len(entries) != 1 {
		t.Fatalf("%d digests are scheduled, want 1", len(entries))
	}
	for _, tt := range []struct{ name, from, want string }{
		{"half past two is skipped", "2026-03-28T12:00:00Z", "03-29 03:30 CEST, 03-30 02:30 CEST"},
		{"half past two comes twice", "2026-10-24T12:00:00Z", "10-25 02:30 CET, 10-26 02:30 CET"},
	} {
		at, err := time.Parse(time.RFC3339, tt.from)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for range 2 {
			at = entries[0].Schedule.Next(at)
			got = append(got, at.In(ChannelConfig{Timezone: "Europe/Berlin"}.zone()).Format("01-02 15:04 MST"))
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s: digests at %q, want %s", tt.name, got, tt.want)
		}
	}
}

// caughtUp returns what is posted after a start at a time.
func (d *desk) caughtUp(at time.Time, c ChannelConfig, mutes ...news.Mute) []news.Delivery {
	d.t.Helper()
	d.now = at
	d.restart()
	d.with(c, mutes...)
	if err := d.n.tellMissed(d.t.Context(), d.n.routes.Load()); err != nil {
		d.t.Fatal(err)
	}
	return d.told()
}

func TestADigestThatWasMissedComesAtTheNextStart(t *testing.T) {
	daily := ChannelConfig{Digest: "0 14 * * *"}
	d := newDesk(t)
	d.with(daily)
	d.arrive(ledger)
	d.told()
	if got := d.caughtUp(noon.Add(time.Hour), daily); len(got) != 0 {
		t.Errorf("posted %v before the digest's hour, want nothing", kinds(got))
	}
	if got := d.caughtUp(noon.Add(3*time.Hour), daily); len(got) != 1 || got[0].Kind != news.KindDigest || got[0].Card.Held != "" {
		t.Errorf("posted %+v after it, want the digest", got)
	}
	if got := d.caughtUp(noon.Add(4*time.Hour), daily); len(got) != 0 {
		t.Errorf("posted %v after that, want nothing", kinds(got))
	}
}

func TestWhatWaitsIsToldWhereTheDigestIsSwitchedOff(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{Digest: "0 14 * * *"})
	d.arrive(ledger)
	d.told()
	if got := d.caughtUp(noon.Add(time.Minute), ChannelConfig{}); len(got) != 1 || got[0].Kind != news.KindDigest {
		t.Errorf("posted %+v, want what has waited for a digest that will not come", got)
	}
}

func TestADigestHasItsOwnHourAndLeavesOutWhatIsMuted(t *testing.T) {
	d := newDesk(t)
	c := ChannelConfig{Digest: "0 14 * * *", Quiet: "11:00-13:00", Cap: "1"}
	d.with(c)
	d.arrive(ledger, other)
	d.told()
	d.now = noon.Add(time.Hour)
	if got := d.told(); len(got) != 0 {
		t.Errorf("posted %v when quiet hours ended, want nothing: it waits for the digest", kinds(got))
	}
	d.with(c, muteStory(noon.Add(3*time.Hour)))
	d.now = noon.Add(2 * time.Hour)
	for _, want := range []string{other.Title, ledger.Title} {
		if err := d.n.Digest(t.Context(), "deals"); err != nil {
			t.Fatal(err)
		}
		got := d.told()
		if len(got) != 1 || len(got[0].Card.Stories) != 1 || got[0].Card.Stories[0].Headline != want {
			t.Errorf("posted %+v at %s, want a digest of %q only", got, d.now, want)
		}
		d.now = noon.Add(26 * time.Hour)
	}
}
