package watchers

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/rss"
)

// autoSchedule is the schedule of a source that is asked by its own rhythm.
const autoSchedule = "auto"

// A source on "auto" is asked between so often and so seldom, and first in the middle.
const (
	autoLeast = 5 * time.Minute
	autoFirst = 20 * time.Minute
	autoMost  = 3 * time.Hour
)

// rhythm returns how long a source on "auto" is left alone after a poll: half as long as before the
// poll if it brought something, a quarter longer if it did not, and never less than the source itself
// asks for. Every is 0 for one that was not asked before.
func rhythm(every time.Duration, arrived int, asked time.Duration) time.Duration {
	every = cmp.Or(every, autoFirst)
	if arrived > 0 {
		every /= 2
	} else {
		every += every / 4
	}
	return min(max(every, asked, autoLeast), autoMost)
}

// maxAge returns how long an answer says that it stays as it is; 0 if it does not.
func maxAge(h http.Header) time.Duration {
	for directive := range strings.SplitSeq(strings.ToLower(h.Get("Cache-Control")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if s, err := strconv.Atoi(strings.Trim(value, `"`)); name == "max-age" && err == nil && s > 0 {
			return min(time.Duration(s), time.Duration(autoMost/time.Second)) * time.Second
		}
	}
	return 0
}

// periods are those of the syndication module: web.resource.org/rss/1.0/modules/syndication
var periods = map[string]time.Duration{
	"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
}

// ttl returns how often a feed says that it is worth asking for, by its ttl or the syndication module;
// 0 if it does not say.
func ttl(parsed *gofeed.Feed) time.Duration {
	if original, ok := parsed.OriginalFeed().(*rss.Feed); ok {
		if minutes, err := strconv.Atoi(strings.TrimSpace(original.TTL)); err == nil && minutes > 0 {
			return min(time.Duration(minutes), time.Duration(autoMost/time.Minute)) * time.Minute
		}
	}
	said := func(name string) string {
		for _, e := range parsed.Extensions["sy"][name] {
			return strings.TrimSpace(e.Value)
		}
		return ""
	}
	period := periods[strings.ToLower(said("updatePeriod"))]
	if times, err := strconv.Atoi(said("updateFrequency")); err == nil && times > 1 {
		period /= time.Duration(times)
	}
	return min(period, autoMost)
}
