module github.com/pactwatch/pactwatch

go 1.26.0

// Each direct dependency and what it is for. Raise one at a time, never by "go get -u":
// modernc.org/libc must stay at the version that modernc.org/sqlite's own go.mod names.
require (
	code.dny.dev/ssrf v0.3.0 // which addresses may be dialled (watchers)
	github.com/PuerkitoBio/goquery v1.13.0 // what CSS selectors find (watchers)
	github.com/andybalholm/cascadia v1.3.4 // is this a CSS selector? (watchers)
	github.com/blevesearch/snowballstem v0.9.0 // word stems (watchers/rule, notify/story, notify/rewrite/verify)
	github.com/bwmarrin/discordgo v0.29.0 // Discord (bot/discord)
	github.com/goccy/go-yaml v1.19.2 // configuration with line and column (main)
	github.com/google/go-cmp v0.7.0 // readable differences in tests
	github.com/gorilla/websocket v1.5.3 // close codes, which both platforms' libraries hand on (bot)
	github.com/lmittmann/tint v1.2.1 // log lines for a person's terminal (main)
	github.com/mmcdole/gofeed v1.4.2 // RSS, RDF, Atom, JSON Feed (watchers)
	github.com/pressly/goose/v3 v3.28.0 // schema migrations (internal/store)
	github.com/prometheus/client_golang v1.25.0 // /metrics (main)
	github.com/robfig/cron/v3 v3.0.1 // schedules (watchers, notify)
	github.com/rogpeppe/go-internal v1.16.0 // scripts that test the real binary
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.2 // requests held against the platforms' schemas in tests
	github.com/slack-go/slack v0.35.0 // Slack (bot/slack)
	github.com/spf13/cobra v1.10.2 // commands, help, shell completion (main)
	github.com/temoto/robotstxt v1.1.2 // robots.txt (watchers)
	go.uber.org/goleak v1.3.0 // goroutine leaks in tests
	golang.org/x/net v0.62.0 // HTML parser, charsets, public suffixes, IDNA (watchers, bot)
	golang.org/x/term v0.47.0 // is this a terminal? (main)
	golang.org/x/text v0.43.0 // Unicode forms, charsets (watchers, main)
	golang.org/x/time v0.16.0 // pace per host (watchers)
	modernc.org/sqlite v1.60.1 // SQLite without cgo (internal/store)
	pgregory.net/rapid v1.3.0 // property tests
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/dustin/go-humanize v1.0.1 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/mfridman/interpolate v0.0.2 // indirect
	github.com/mmcdole/goxpp/v2 v2.0.0 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/ncruces/go-strftime v1.0.0 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/sethvargo/go-retry v0.4.0 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	go.uber.org/multierr v1.11.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
	modernc.org/libc v1.77.1 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)
