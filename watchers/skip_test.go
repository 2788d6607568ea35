package watchers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/shared"
)

func TestDissect(t *testing.T) {
	for _, tt := range []struct {
		name, doc string
		items     int // 0: it is read whole
	}{
		{"RSS", "<rss><channel><title>x</title><item>a</item>\n <!-- <item> --> <item>b</item></channel></rss>", 0}, // a comment between items
		{"RSS", "<rss><channel><title>x</title><item>a</item>\n <item>b</item></channel></rss>", 2},
		{"RDF, which lists its items before", `<rdf:RDF><channel><items><rdf:li/></items></channel><item rdf:about="a">a</item></rdf:RDF>`, 1},
		{"Atom", "<feed><entry\n>a</entry></feed>", 1},
		{"markup in CDATA", "<rss><item><![CDATA[</item><item>]]></item></rss>", 1},
		{"markup in a comment", "<rss><!--<item>--><item>a</item></rss>", 1},
		{"something between items", "<rss><item>a</item><title>late</title><item>b</item></rss>", 0},
		{"an item in an item", "<rss><item><item></item></item></rss>", 0},
		{"cut off", "<rss><item>a</item><item>b", 0},
		{"JSON Feed", `{"items":[]}`, 0},
		{"UTF-16", "<\x00i\x00t\x00e\x00m\x00>\x00", 0},
		{"no items", "<rss></rss>", 0},
	} {
		d, ok := dissect([]byte(tt.doc))
		if ok != (tt.items > 0) || ok && len(d.items) != tt.items {
			t.Errorf("%s: dissect(%q) = %d items, %v, want %d", tt.name, tt.doc, len(d.items), ok, tt.items)
		}
		if whole := string(d.without(nil)); ok && len(whole) > len(tt.doc) {
			t.Errorf("%s: put together it is %q", tt.name, whole)
		}
	}
}

// What a feed says of an item does not depend on which other items are read with it.
func TestAnItemReadAloneIsTheSame(t *testing.T) {
	root := shared.Path(t, "feeds")
	f := newTestFetcher(t, NetworkConfig{})
	documents, items := 0, 0
	err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc := &document{body: body, address: "https://feed.example/x.xml"}
		v := firstVisit(f)
		var l Listing
		if v.safely(func() (err error) { l, err = v.whole(t.Context(), doc, news.Cursor{}); return err }) != nil || l.digest == nil {
			return nil
		}
		documents++
		d, _ := dissect(body)
		for i := range d.items {
			if i == 3 || len(d.digest()) < len(d.items) { // two items that are the same byte for byte are one
				break
			}
			v.digest = dissected{items: append(append([][]byte{}, d.items[:i]...), d.items[i+1:]...)}.digest()
			one, ok := v.fresh(t.Context(), doc, news.Cursor{})
			items++
			if !ok || len(one.Entries) > 1 || len(one.Entries) == 1 && one.Entries[0] != l.Entries[i] || one.Outlet != l.Outlet || one.Home != l.Home {
				t.Errorf("%s: item %d alone = %+v, %v, want %+v", path, i, one.Entries, ok, l.Entries[i])
			}
		}
		return nil
	})
	if err != nil || documents < 100 {
		t.Errorf("%d documents, %d items, %v, want at least 100 documents", documents, items, err)
	}
}

// safely is Watchers.safely for what a test reads.
func (v Visit) safely(f func() error) (err error) {
	return new(Watchers).safely(f)
}

func channelOf(items ...string) string {
	return "<rss><channel><title>Wire</title><link>https://wire.example/</link>" + strings.Join(items, "") + "</channel></rss>"
}

func itemOf(guid, link, title string) string {
	return fmt.Sprintf("<item><guid isPermaLink=\"false\">%s</guid><link>https://wire.example/%s</link><title>%s</title></item>", guid, link, title)
}

// A document with one new item brings it, and one that only changes what is known brings nothing.
func TestKnownItemsAreSkippedByTheirBytes(t *testing.T) {
	s, st := newSite(t), &memory{}
	one, two := itemOf("1", "one", "The first"), itemOf("2", "two", "The second")
	w := newWatchers(t, st, SourceConfig{Feed: s.URL + "/feed"})
	for i, tt := range []struct {
		doc  string
		want int // articles then
	}{
		{channelOf(one), 1},
		{channelOf(one), 1},
		{channelOf(two, one), 2},
		{channelOf(itemOf("2", "two", "The second, corrected"), one), 2},
		// New names for what is known are no news, though each item is another one.
		{channelOf(itemOf("2-b", "two", "The second"), itemOf("1-b", "one", "The first")), 2},
		{channelOf(itemOf("3", "three", "The third"), itemOf("2-c", "two", "The second"), itemOf("1-c", "one", "The first")), 3},
	} {
		s.serve("/feed", "application/rss+xml", tt.doc)
		poll(t, w)
		if len(st.articles) != tt.want {
			t.Errorf("document %d: %d articles, want %d", i+1, len(st.articles), tt.want)
		}
	}
}

// A feed that calls all its items by one name is read whole: each new one would be known by it.
func TestAFeedThatNamesNothingIsReadWhole(t *testing.T) {
	s, st := newSite(t), &memory{}
	var items []string
	w := newWatchers(t, st, SourceConfig{Feed: s.URL + "/feed"})
	for i := range 6 {
		items = append([]string{itemOf("same", fmt.Sprint("page", i), fmt.Sprint("Report ", i))}, items...)
		if len(items) >= 3 {
			s.serve("/feed", "application/rss+xml", channelOf(items...))
			poll(t, w)
		}
	}
	if len(st.articles) != 6 {
		t.Errorf("%d articles, want 6", len(st.articles))
	}
}

// What could not be stored is new at the next poll.
func TestItemsThatWereNotStoredAreNotSkipped(t *testing.T) {
	s, st := newSite(t), &memory{}
	one, two := itemOf("1", "one", "The first"), itemOf("2", "two", "The second")
	w := newWatchers(t, st, SourceConfig{Feed: s.URL + "/feed"})
	s.serve("/feed", "application/rss+xml", channelOf(one))
	poll(t, w)
	s.serve("/feed", "application/rss+xml", channelOf(two, one))
	st.fail = errors.New("disk full")
	if _, err := w.Poll(t.Context(), "wire"); err == nil {
		t.Error("Poll with a full disk = nil, want an error")
	}
	poll(t, w)
	if len(st.articles) != 2 {
		t.Errorf("%d articles, want 2", len(st.articles))
	}
}

// A poll that brings nothing is stored with others, soon; one that brings something, at once.
func TestQuietPollsAreStoredTogether(t *testing.T) {
	s, st := newSite(t), &memory{}
	w := newWatchers(t, st, SourceConfig{Feed: s.URL + "/feed"})
	s.serve("/feed", "application/rss+xml", channelOf(itemOf("1", "one", "The first")))
	poll(t, w)
	first := st.cursors["wire"].LastPoll
	w.Now = func() (t time.Time) { return first.Add(time.Hour) }
	poll(t, w)
	if got := st.cursors["wire"].LastPoll; !got.Equal(first) {
		t.Errorf("a poll that brought nothing was stored at once: last poll %v", got)
	}
	w.Flush(context.Background())
	if got := st.cursors["wire"].LastPoll; !got.Equal(first.Add(time.Hour)) {
		t.Errorf("after Flush the last poll is %v, want %v", got, first.Add(time.Hour))
	}
}
