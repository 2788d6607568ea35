package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// A fakeStore answers from its fields; err, if it is set, is the answer to everything.
type fakeStore struct {
	alerts     []news.Alert // newest first
	verdicts   map[string]news.Verdict
	counts     news.Counts
	deliveries []news.Delivery
	changes    []news.Change // oldest first
	err        error
}

func (f *fakeStore) AlertTitles(_ context.Context, n int) ([]news.Alert, error) {
	return f.alerts[:min(n, len(f.alerts))], f.err
}

func (f *fakeStore) SearchAlerts(_ context.Context, s news.AlertSearch, n int) ([]news.Alert, error) {
	var found []news.Alert
	for _, a := range f.alerts {
		if (s.Story == "" || a.Story == s.Story) && (s.Rule == "" || slices.Contains(rulesIn(a), s.Rule)) &&
			strings.Contains(strings.ToLower(a.Headline), strings.ToLower(s.Words)) && len(found) < n {
			found = append(found, a)
		}
	}
	return found, f.err
}

func (f *fakeStore) Alert(_ context.Context, id string) (news.Alert, error) {
	for _, a := range f.alerts {
		if a.ID == id {
			return a, f.err
		}
	}
	return news.Alert{}, news.ErrNotFound
}

func (f *fakeStore) AlertsWith(_ context.Context, article string) ([]news.Alert, error) {
	var found []news.Alert
	for _, a := range f.alerts {
		if slices.ContainsFunc(a.Members, func(m news.Member) bool { return m.Article.ID == article }) {
			found = append(found, a)
		}
	}
	return found, f.err
}

func (f *fakeStore) AlertsOf(ctx context.Context, rule string) (int, error) {
	found, err := f.SearchAlerts(ctx, news.AlertSearch{Rule: rule}, len(f.alerts))
	return len(found), err
}

func (f *fakeStore) StoryDeliveries(context.Context, string) ([]news.Delivery, error) {
	return f.deliveries, f.err
}

func (f *fakeStore) ArticleByURL(_ context.Context, url string) (news.Verdict, error) {
	v, ok := f.verdicts[url]
	if !ok {
		return v, news.ErrNotFound
	}
	return v, f.err
}

func (f *fakeStore) PerDay(context.Context, time.Time, int) (map[string][]int, error) {
	return map[string][]int{"ledger": {0, 1, 0, 4, 8, 2, 0}}, f.err
}

func (f *fakeStore) Counts(context.Context) (news.Counts, error) { return f.counts, f.err }

func (f *fakeStore) Change(_ context.Context, id string) (news.Change, error) {
	for _, c := range f.changes {
		if c.ID == id {
			return c, f.err
		}
	}
	return news.Change{}, news.ErrNotFound
}

func (f *fakeStore) Changes(_ context.Context, n int) ([]news.Change, error) {
	all := slices.Clone(f.changes)
	slices.Reverse(all)
	return all[:min(n, len(all))], f.err
}

func (f *fakeStore) ChangesOf(ctx context.Context, kind news.RecordKind, key string) ([]news.Change, error) {
	all, err := f.Changes(ctx, len(f.changes))
	return slices.DeleteFunc(all, func(c news.Change) bool { return c.Kind != kind || c.Key != key }), err
}

// A fakeHouse has a file of rules and sources, and keeps what is made in chat in records. What it is
// told to do besides it writes down in said.
type fakeHouse struct {
	st       *fakeStore
	file     []news.Rule
	sources  []Source
	channels []Channel
	records  []news.Record
	found    map[string]Found // by address; others cannot be read
	backtest func(news.Rule) Backtest
	missing  string
	said     []string
}

func (h *fakeHouse) Rules() []Rule {
	var all []Rule
	for _, r := range h.file {
		all = append(all, Rule{Rule: r, File: "config.yaml", Pause: h.pause("rule:" + r.Name)})
	}
	for _, rec := range h.Records(news.RuleRecord) {
		var m news.MadeRule
		mustDecode(rec.Value, &m)
		m.Rule.Name = rec.Key
		all = append(all, Rule{Rule: m.Rule, By: m.By, Made: m.Made, Pause: h.pause("rule:" + rec.Key)})
	}
	return all
}

func (h *fakeHouse) pause(key string) *news.Pause {
	for _, r := range h.Records(news.PauseRecord) {
		if r.Key == key {
			p := new(news.Pause)
			mustDecode(r.Value, p)
			return p
		}
	}
	return nil
}

func (h *fakeHouse) Lists() rule.Lists {
	lists, err := parties("@labs", "Ostrava Labs", "Meridian AI")
	if err != nil {
		panic(err)
	}
	clouds, err := parties("@clouds", "Halden Cloud")
	if err != nil {
		panic(err)
	}
	return rule.Lists{"labs": lists, "clouds": clouds}
}

func parties(_ string, all ...string) (out []rule.Party, err error) {
	for _, s := range all {
		p, err := rule.ParseParty(s)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (h *fakeHouse) SourceNames() []Source {
	all := slices.Clone(h.sources)
	for _, rec := range h.Records(news.SourceRecord) {
		var m news.MadeSource
		mustDecode(rec.Value, &m)
		all = append(all, Source{Name: rec.Key, Title: m.Title, Address: m.URL, Schedule: "every " + ShortTime(m.Every), Tags: m.Tags, By: m.By, Pause: h.pause("source:" + rec.Key)})
	}
	return all
}

func (h *fakeHouse) Sources(context.Context) ([]Source, error) { return h.SourceNames(), h.st.err }

func (h *fakeHouse) Channels() []Channel {
	all := slices.Clone(h.channels)
	for _, rec := range h.Records(news.ChannelRecord) {
		var m news.MadeChannel
		mustDecode(rec.Value, &m)
		all = append(all, Channel{Name: rec.Key, Title: m.Title, Destinations: []news.Destination{m.Destination}})
	}
	return all
}

func (h *fakeHouse) Settings(channel string) []Setting {
	return []Setting{{Key: "quiet", Value: h.setting(channel, "quiet"), Help: "Hours.", Example: "22:00-07:00", From: "default"}}
}

func (h *fakeHouse) setting(channel, key string) string {
	for _, rec := range h.Records(news.SettingsRecord) {
		if rec.Key == channel {
			m := map[string]string{}
			mustDecode(rec.Value, &m)
			return m[key]
		}
	}
	return ""
}

func (h *fakeHouse) CheckSetting(_, key, value string) error {
	if (key != "quiet" || !strings.Contains(value, "-")) && key != "digest" {
		return errors.New("no such setting: " + key)
	}
	return nil
}

func (h *fakeHouse) Records(kind news.RecordKind) []news.Record {
	return slices.DeleteFunc(slices.Clone(h.records), func(r news.Record) bool { return r.Kind != kind })
}

func (h *fakeHouse) Change(_ context.Context, changes []news.Change) ([]news.Change, error) {
	var saved []news.Change
	for _, c := range changes {
		if c.Key == "" {
			n := 1
			for _, old := range h.st.changes {
				if old.Kind == c.Kind && old.Before == nil {
					n++
				}
			}
			c.Key = map[news.RecordKind]string{news.RuleRecord: "r", news.SourceRecord: "src", news.MuteRecord: "m", news.WrongRecord: "w"}[c.Kind] + fmt.Sprint(n)
		}
		i := slices.IndexFunc(h.records, func(r news.Record) bool { return r.Kind == c.Kind && r.Key == c.Key })
		var have []byte
		if i >= 0 {
			have = h.records[i].Value
		}
		if !bytes.Equal(have, c.Before) {
			return nil, news.ErrOvertaken
		}
		if i >= 0 {
			h.records = slices.Delete(h.records, i, i+1)
		}
		if c.After != nil {
			h.records = append(h.records, news.Record{Kind: c.Kind, Key: c.Key, Value: c.After})
		}
		c.ID = fmt.Sprintf("x%d", len(h.st.changes)+1)
		h.st.changes, saved = append(h.st.changes, c), append(saved, c)
	}
	return saved, nil
}

func (h *fakeHouse) Try(_ context.Context, address string) (Found, error) {
	if f, ok := h.found[address]; ok {
		return f, nil
	}
	return Found{}, errors.New("HTTP status 404")
}

func (h *fakeHouse) Poll(_ context.Context, source string) (Polled, error) {
	h.said = append(h.said, "poll "+source)
	return Polled{New: 3, Matched: 1}, h.st.err
}

func (h *fakeHouse) Backtest(_ context.Context, r news.Rule, since time.Time) (Backtest, error) {
	b := h.backtest(r)
	b.Since = since
	return b, nil
}

func (h *fakeHouse) Judge(_ context.Context, _ news.Rule, address string) (Judgement, error) {
	return Judgement{Article: news.Article{URL: address, Title: "A page"}, Missing: h.missing}, nil
}

func (h *fakeHouse) Missing(*news.Article, string) string { return h.missing }
func (h *fakeHouse) Troubles(context.Context) []string    { return nil }
func (h *fakeHouse) tell(format string, args ...any) error {
	h.said = append(h.said, fmt.Sprintf(format, args...))
	return nil
}
func (h *fakeHouse) Refresh(_ context.Context, s, c string) error {
	return h.tell("refresh %s in %s", s, c)
}
func (h *fakeHouse) Release(_ context.Context, c, why string) error {
	return h.tell("release %s: %s", c, why)
}
func (h *fakeHouse) Rejoin(_ context.Context, a, s string) error {
	return h.tell("rejoin %s to %s", a, s)
}

func (h *fakeHouse) Split(_ context.Context, article string) (string, error) {
	return "s56", h.tell("split %s", article)
}

// A fakePlatform has one channel that the bot can post to, one that it cannot, and no others.
type fakePlatform struct{}

func (fakePlatform) Place(_ context.Context, channel string) (Place, error) {
	switch channel {
	case "C1", "C2":
		return Place{ID: channel, Name: map[string]string{"C1": "deals", "C2": "ai-deals"}[channel]}, nil
	case "C9":
		return Place{ID: channel, Name: "board", Trouble: "missing Embed Links"}, nil
	}
	return Place{}, news.ErrNotFound
}

func (fakePlatform) Permalink(to news.Destination, message string) string {
	return "https://chat.example/" + to.Target + "/" + message
}

var (
	manager  = Asker{Actor: news.Actor{Platform: "slack", ID: "U1", Name: "Ada"}, Channel: "C1", Manager: true}
	stranger = Asker{Actor: news.Actor{Platform: "slack", ID: "U2", Name: "Bo"}, Channel: "C1"}
)

func exampleHouse(st *fakeStore) *fakeHouse {
	if st == nil {
		st = &fakeStore{}
	}
	return &fakeHouse{
		st: st, file: exampleRules(),
		sources: []Source{
			{Name: "ledger", Title: "ledger", Address: "https://ledger.example/feed", Schedule: "every 10m", File: "config.yaml", Next: noon.Add(time.Hour),
				Cursor: news.Cursor{LastPoll: noon, Failures: 3, LastError: "HTTP status 503"}},
			{Name: "northwind", Title: "northwind", Address: "https://northwind.example/feed", Schedule: "every 10m", File: "config.yaml", Next: noon.Add(time.Minute),
				Cursor: news.Cursor{LastPoll: noon, LastOK: noon}},
			{Name: "vesper", Title: "vesper", Address: "https://vesper.example/feed", File: "config.yaml"},
		},
		channels: []Channel{
			{Name: "deals", Title: "deals", File: "config.yaml", Destinations: []news.Destination{{Channel: "deals", Platform: "slack", Target: "C1"}}},
			{Name: "board", Title: "board", File: "config.yaml", Destinations: []news.Destination{{Channel: "board", Platform: "discord", Target: "1200"}}},
		},
		found: map[string]Found{
			"https://wire.example/rss":  {Address: "https://wire.example/rss", Title: "The Wire", Items: 100},
			"https://wire.example/opml": {Feeds: []string{"https://wire.example/rss", "https://gone.example/rss"}},
		},
		backtest: func(news.Rule) Backtest { return Backtest{Articles: 40, Matched: 2, Days: make([]int, 8)} },
		missing:  "“revenue share” is there, nothing of @labs within 30 words of it",
	}
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func exampleStore() *fakeStore {
	article := news.Article{
		ID: "n41", URL: "https://northwind.example/halden?utm_source=rss", Canonical: "https://northwind.example/halden",
		Title: "Halden and Ostrava part ways", Outlet: "Northwind Business", Seen: noon,
		Text: "Halden Cloud hosts Ostrava Labs.\nThe exclusive deal ends.",
	}
	start := strings.Index(article.Text, "exclusive")
	return &fakeStore{
		alerts: []news.Alert{{
			ID: "a102", Story: "s55", Channel: "deals", Headline: "Halden and Ostrava part ways", Created: noon,
			Members: []news.Member{{
				Story: "s55", Article: article, Why: "opens a story", Joined: noon,
				Matches: []news.Match{{Rule: "exclusivity", Spans: []news.Span{
					{Field: "title", Start: 19, End: 23, Text: "part"},
					{Field: "text", Start: start, End: start + 9, Text: "exclusive"},
				}}},
			}},
		}},
		verdicts: map[string]news.Verdict{
			article.URL:                      {Article: article, Stage: news.Done},
			"https://northwind.example/talk": {Article: news.Article{ID: "n42", URL: "https://northwind.example/talk", Title: "An exclusive interview", Seen: noon}, Stage: news.Done, Reason: "no rule matches the whole article"},
			"https://northwind.example/new":  {Article: news.Article{ID: "n43", URL: "https://northwind.example/new", Title: "Just in", Seen: noon}, Stage: news.Unread},
		},
		counts: news.Counts{Articles: 12, Unread: 1, Stories: 2, Alerts: 1, Deliveries: map[news.State]int{news.Sent: 2, news.Failed: 1}},
	}
}

func exampleRules() []news.Rule {
	return []news.Rule{
		{Name: "exclusivity", Match: "exclusive NEAR/9 @clouds", Channels: []string{"deals"}, Severity: news.High},
		{Name: "compute", Match: `"4 GW"`, Channels: []string{"deals", "board"}},
	}
}

func newTestDesk(st Store, log *bytes.Buffer) *Desk {
	house := exampleHouse(nil)
	if f, ok := st.(*fakeStore); ok {
		house = exampleHouse(f)
	}
	k := NewDesk(st, house, slog.New(slog.NewTextHandler(log, nil)))
	k.Now, k.Platforms = func() time.Time { return noon }, map[string]Platform{"slack": fakePlatform{}}
	k.Version, k.Started = "1.0", noon
	return k
}

func mustDecode(raw []byte, v any) {
	if err := json.Unmarshal(raw, v); err != nil {
		panic(err)
	}
}

// newHouse returns a desk whose house the test looks into.
func newHouse(t *testing.T) (*Desk, *fakeHouse) {
	t.Helper()
	st := exampleStore()
	k := newTestDesk(st, new(bytes.Buffer))
	return k, k.house.(*fakeHouse)
}
