package watchers

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A YouTubeConfig watches a channel's or a playlist's videos: their titles and descriptions.
type YouTubeConfig struct {
	Channel  string `yaml:"channel"` // "@OpenAI" or "UC…"
	Playlist string `yaml:"playlist"`
	APIURL   string `yaml:"api_url"` // "" means www.youtube.com
}

// String returns the address that is asked: a feed, or the page of a channel, which names its feed.
func (c *YouTubeConfig) String() string {
	if c == nil {
		return ""
	}
	base := cmp.Or(c.APIURL, "https://www.youtube.com")
	switch {
	case c.Playlist != "":
		return under(base, "/feeds/videos.xml", url.Values{"playlist_id": {c.Playlist}})
	case strings.HasPrefix(c.Channel, "@"):
		return under(base, "/"+c.Channel, nil)
	}
	return under(base, "/feeds/videos.xml", url.Values{"channel_id": {c.Channel}})
}

var youTubeName = regexp.MustCompile(`^(?:@[\pL\pN._-]{3,30}|UC[A-Za-z0-9_-]{22})$`)

func newYouTube(c SourceConfig) (Source, []news.Fault) {
	y := c.YouTube
	faults := apiFault("youtube", y.APIURL)
	if (y.Channel == "") == (y.Playlist == "") || y.Channel != "" && !youTubeName.MatchString(y.Channel) {
		faults = append(faults, needs("youtube", "which channel or playlist", `write {channel: "@OpenAI"}, or its ID, which begins with UC`)...)
	}
	return feedAt{address: y.String(), mend: func(e *Entry) { e.Closed = true }}, faults // a video's page says no more
}
