package watchers

import (
	"net/http"
	"testing"
	"time"
)

func TestRhythm(t *testing.T) {
	for _, tt := range []struct {
		name         string
		every, asked time.Duration
		arrived      int
		want         time.Duration
	}{
		{"the first poll, with news", 0, 0, 3, 10 * time.Minute},
		{"the first poll, without", 0, 0, 0, 25 * time.Minute},
		{"news come sooner", time.Hour, 0, 1, 30 * time.Minute},
		{"silence is asked less", time.Hour, 0, 0, 75 * time.Minute},
		{"never too often", 6 * time.Minute, 0, 1, autoLeast},
		{"never too seldom", 170 * time.Minute, 0, 0, autoMost},
		{"the source's own wish", 10 * time.Minute, time.Hour, 1, time.Hour},
		{"but not beyond what soon means", 10 * time.Minute, 24 * time.Hour, 1, autoMost},
	} {
		if got := rhythm(tt.every, tt.arrived, tt.asked); got != tt.want {
			t.Errorf("%s: rhythm(%v, %d, %v) = %v, want %v", tt.name, tt.every, tt.arrived, tt.asked, got, tt.want)
		}
	}
}

func TestMaxAge(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "no-cache": 0, "max-age=0": 0, "public, max-age=1800": 30 * time.Minute, `Max-Age="60"`: time.Minute,
		"s-maxage=900": 0, "max-age=99999999999999999999": 0, "max-age=999999999": autoMost, "max-age=-5": 0,
	} {
		if got := maxAge(http.Header{"Cache-Control": {value}}); got != want {
			t.Errorf("maxAge(%q) = %v, want %v", value, got, want)
		}
	}
}

func TestAnAutomaticScheduleFollowsTheSource(t *testing.T) {
	s, st := newSite(t), &memory{}
	w := newWatchers(t, st, SourceConfig{Feed: s.URL + "/feed", Schedule: "auto"})
	at := now
	w.Now = func() time.Time { return at }
	asked := func(doc, cache string) time.Duration {
		t.Helper()
		s.handle("/feed", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", cache)
			w.Write([]byte(doc))
		})
		poll(t, w)
		w.Flush(t.Context())
		return st.cursors["wire"].NextPoll.Sub(at)
	}
	one, two := itemOf("1", "one", "The first"), itemOf("2", "two", "The second")
	for i, tt := range []struct {
		doc, cache string
		want       time.Duration
	}{
		{channelOf(one), "", 10 * time.Minute},
		{channelOf(one), "", 12*time.Minute + 30*time.Second},
		{channelOf(two, one), "", 6*time.Minute + 15*time.Second},
		{channelOf(two, one), "max-age=3600", time.Hour},
		{channelOf(itemOf("3", "three", "The third")+"<ttl>90</ttl>", two), "", 90 * time.Minute},
	} {
		if got := asked(tt.doc, tt.cache); got != tt.want {
			t.Errorf("poll %d: asked again after %v, want %v", i+1, got, tt.want)
		}
	}
}
