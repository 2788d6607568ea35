package bot

import (
	"context"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// A House is the program behind the desk: what is in force, and the way to change it. What it
// returns must not be changed.
type House interface {
	// Rules returns all rules, those of the configuration file first, paused ones included.
	Rules() []Rule
	Lists() rule.Lists
	// Sources returns all sources in the same order.
	Sources(ctx context.Context) ([]Source, error)
	// SourceNames returns the same without what the store knows of them.
	SourceNames() []Source
	// Channels returns all channels by name.
	Channels() []Channel
	// Settings returns the settings of a channel in the order in which people read them.
	Settings(channel string) []Setting
	// CheckSetting returns what is wrong with a value, in words for a person; nil if nothing is.
	CheckSetting(channel, key, value string) error
	// Records returns what people made of one kind, by key.
	Records(kind news.RecordKind) []news.Record

	// Change stores changes, all or none, and puts them into force. It returns them with their IDs
	// and keys. The error is news.ErrOvertaken where Before is no longer what is there.
	Change(ctx context.Context, changes []news.Change) ([]news.Change, error)

	// Try reads an address as a source would, and stores nothing.
	Try(ctx context.Context, address string) (Found, error)
	// Poll polls a source now, whatever its schedule says.
	Poll(ctx context.Context, source string) (Polled, error)
	// Backtest returns what a rule would have alerted on since then, from what is stored.
	Backtest(ctx context.Context, r news.Rule, since time.Time) (Backtest, error)
	// Judge reads a page and says what a rule finds in it; nothing is stored.
	Judge(ctx context.Context, r news.Rule, address string) (Judgement, error)

	// Missing returns what an article lacks to meet a rule, in plain words; "" where it meets it.
	Missing(a *news.Article, rule string) string

	// Troubles says what does not work now, in a line each; nil if all is well.
	Troubles(ctx context.Context) []string

	// Refresh shows the present state of a story's alert in a channel, and tells what a mute that
	// is over has held back.
	Refresh(ctx context.Context, story, channel string) error
	// Release tells what is held back in a channel for a reason that holds no longer; where why is "",
	// all that is held back and what waits for the next digest.
	Release(ctx context.Context, channel, why string) error
	// Split takes an article out of its story into one of its own, which it returns.
	Split(ctx context.Context, article string) (story string, err error)
	// Rejoin puts an article back into a story that Split took it out of.
	Rejoin(ctx context.Context, article, story string) error
}

// A Rule is a rule as people see it.
type Rule struct {
	news.Rule
	File   string      // the configuration file it is from; "" for one made in chat
	Pause  *news.Pause // nil while it is in force
	By     news.Actor  // who made it in chat
	Made   time.Time
	Broken string // why it cannot post where it should; "" if it can
}

// A Source is a source as people see it.
type Source struct {
	Name     string // "openai-news", or "src3"
	Title    string
	Address  string
	Schedule string
	Tags     []string
	File     string
	Pause    *news.Pause
	By       news.Actor
	Cursor   news.Cursor
	Next     time.Time // when it is polled next; zero if it is not
}

// SourceDays is how far back a source's activity is shown.
const SourceDays = 30

// A Channel is where alerts go, with its name in the configuration or the one it got in chat.
type Channel struct {
	Name         string
	Title        string // "deals", or "#ai-deals"
	Destinations []news.Destination
	File         string
}

// A Setting is one setting of a channel.
type Setting struct {
	Key, Value, Help, Example string
	From                      string // the file that says so, who said so in chat, or "default"
}

// Found is what an address turned out to be as a source.
type Found struct {
	Address string // after redirects
	Title   string // what it calls itself; "" if it does not
	Page    bool   // a page that links to articles, not a feed
	Items   int
	Feeds   []string // of an OPML file: the addresses in it; then the rest is empty
}

// Polled is what a poll brought that was not there before.
type Polled struct {
	New     int // entries
	Matched int // of them, those whose title or excerpt meets a rule
}

// A Backtest is what a rule would have alerted on.
type Backtest struct {
	Since    time.Time
	Articles int          // that were looked at
	Matched  int          // that met the rule
	Days     []int        // alerts a day, the oldest first, the last is today's
	Alerts   []news.Alert // one for each story, the newest first; ID and Channel are empty
}

// A Judgement is what a rule makes of one page.
type Judgement struct {
	Article news.Article
	Match   *news.Match // nil if the rule finds nothing
	Missing string      // what would have had to be there, in plain words
}
