package notify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

func TestASplitStoryIsToldByItselfAndCanBePutBack(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{})
	d.arrive(ledger, kestrel)
	if got := d.told(); len(got) != 1 {
		t.Fatalf("posted %v, want one alert", kinds(got))
	}
	d.now = noon.Add(time.Hour)
	story, err := d.n.Split(t.Context(), "n2")
	if err != nil || story != "s2" {
		t.Fatalf("Split(n2) = %s, %v, want s2", story, err)
	}
	got := d.told()
	if !slices.Equal(kinds(got), []news.Kind{news.KindEdit, news.KindAlert}) || len(got[0].Card.Outlets) != 1 || got[1].Card.Outlets[0].Name != "Kestrel Business" {
		t.Fatalf("posted %+v, want the old message without Kestrel, and its own alert", got)
	}
	again := kestrel
	again.GUID, again.URL, again.Outlet = "again", "https://again.example/", "Again Daily"
	d.arrive(again)
	d.group()
	if got, err := d.st.StoryOf(t.Context(), "n3"); err != nil || got != "s2" {
		t.Errorf("a reprint of the split report joins %s, %v, want s2", got, err)
	}

	d.deliver()
	d.posted()
	if err := d.n.Rejoin(t.Context(), "n2", "s1"); err != nil {
		t.Fatal(err)
	}
	if ms, err := d.st.StoryMembers(t.Context(), "s1"); err != nil || len(ms) != 2 {
		t.Errorf("s1 has %d members, %v, want 2", len(ms), err)
	}
}

// apart is a desk that has told the ledger's and Kestrel's reports as one story, and then split off n2,
// Kestrel's.
func apart(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.with(ChannelConfig{})
	d.arrive(ledger, kestrel)
	d.told()
	d.now = noon.Add(time.Hour)
	if _, err := d.n.Split(t.Context(), "n2"); err != nil {
		t.Fatal(err)
	}
	d.told()
	return d
}

func TestAStoryThatWasPutBackSaysSoAndItsNumberIsNotGivenAgain(t *testing.T) {
	for _, restarted := range []bool{false, true} {
		d := apart(t)
		if err := d.n.Rejoin(t.Context(), "n2", "s1"); err != nil {
			t.Fatal(err)
		}
		got := d.told()
		slices.SortFunc(got, func(a, b news.Delivery) int { return strings.Compare(a.Card.Story, b.Card.Story) })
		if len(got) != 2 || got[0].Kind != news.KindEdit || len(got[0].Card.Outlets) != 2 || got[1].Kind != news.KindEdit ||
			!strings.HasPrefix(got[1].Card.Headline, "Same story as s1 after all: ") {
			t.Errorf("posted %+v, want s1 with both outlets again, and s2 saying where it went", got)
		}
		if restarted {
			d.restart()
			d.with(ChannelConfig{})
		}
		d.arrive(other)
		got = d.told()
		if len(got) != 1 || got[0].Kind != news.KindAlert || got[0].Card.Story != "s3" {
			t.Errorf("restarted %v: another deal is told as %+v, want an alert of s3: s2 was given", restarted, got)
		}
		if err := d.n.Rejoin(t.Context(), "n2", "s1"); err != nil {
			t.Errorf("Rejoin() once more = %v", err)
		}
		if got := d.told(); len(got) != 0 {
			t.Errorf("posted %v on that, want nothing", kinds(got))
		}
	}
}

func TestAStoryThatWasPutBackBeforeItWasToldIsNot(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{})
	d.arrive(ledger, kestrel)
	d.told()
	d.with(ChannelConfig{Quiet: "11:00-13:00"})
	if _, err := d.n.Split(t.Context(), "n2"); err != nil {
		t.Fatal(err)
	}
	if err := d.n.Rejoin(t.Context(), "n2", "s1"); err != nil {
		t.Fatal(err)
	}
	d.now = noon.Add(2 * time.Hour)
	for _, p := range d.told() {
		if p.Kind != news.KindEdit {
			t.Errorf("posted %+v, want edits only", p)
		}
	}
}

func TestASplitStoryIsHeldBackAsAnyOther(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{})
	d.arrive(ledger, kestrel)
	d.told()
	d.with(ChannelConfig{Quiet: "11:00-13:00"})
	if _, err := d.n.Split(t.Context(), "n2"); err != nil {
		t.Fatal(err)
	}
	if got := d.told(); !slices.Equal(kinds(got), []news.Kind{news.KindEdit}) {
		t.Errorf("posted %v in quiet hours, want the edit of the old story only", kinds(got))
	}
	d.now = noon.Add(time.Hour)
	if got := d.told(); len(got) != 1 || got[0].Kind != news.KindDigest || got[0].Card.Stories[0].Story != "s2" {
		t.Errorf("posted %+v when they end, want s2 in a digest", got)
	}
}

func TestTheOnlyReportOfAStoryIsNotSplitOff(t *testing.T) {
	d := newDesk(t)
	d.arrive(ledger)
	d.told()
	if story, err := d.n.Split(t.Context(), "n1"); err == nil {
		t.Errorf("Split(n1) = %s, want an error", story)
	}
	if got := d.told(); len(got) != 0 {
		t.Errorf("posted %v, want nothing", kinds(got))
	}
	if _, err := d.n.Split(t.Context(), "n9"); err == nil {
		t.Error("Split() of an article that is not there = nil, want an error")
	}
}

func TestAStoryThatLosesItsFirstReportKeepsItsNumber(t *testing.T) {
	d := newDesk(t)
	d.with(ChannelConfig{})
	d.arrive(ledger, kestrel)
	d.told()
	story, err := d.n.Split(t.Context(), "n1")
	if err != nil || story != "s2" {
		t.Fatalf("Split(n1) = %s, %v, want s2", story, err)
	}
	got := d.told()
	if len(got) != 2 || got[0].Card.Story != "s1" || got[0].Card.Headline != kestrel.Title || got[0].Message != "m1" {
		t.Errorf("posted %+v, want the first message to be Kestrel's of s1", got)
	}
	d.restart()
	d.with(ChannelConfig{})
	again := ledger
	again.GUID, again.URL, again.Outlet = "again", "https://again.example/", "Again Daily"
	d.arrive(again)
	d.group()
	if got, err := d.st.StoryOf(t.Context(), "n3"); err != nil || got != "s2" {
		t.Errorf("after a restart, a reprint of the split report joins %s, %v, want s2", got, err)
	}
}
