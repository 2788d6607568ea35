package main

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pactwatch/pactwatch/bot/discord"
	"github.com/pactwatch/pactwatch/bot/slack"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify"
	"github.com/pactwatch/pactwatch/watchers"
	"github.com/pactwatch/pactwatch/watchers/rule"
)

// Config is the configuration file. config.example.yaml explains every setting.
type Config struct {
	Database  string                          `yaml:"database"`
	Backfill  Duration                        `yaml:"backfill"`
	Retention Duration                        `yaml:"retention"`
	Slack     *slack.Config                   `yaml:"slack"`   // nil without Slack
	Discord   *discord.Config                 `yaml:"discord"` // nil without Discord
	Network   watchers.NetworkConfig          `yaml:"network"`
	Summary   notify.SummaryConfig            `yaml:"summary"`
	Health    *HealthConfig                   `yaml:"health"` // nil: nothing listens
	Admin     string                          `yaml:"admin"`  // the channel of who runs the bot; "" for none
	Channels  map[string]notify.ChannelConfig `yaml:"channels"`
	Lists     map[string][]string             `yaml:"lists"`
	Sources   []watchers.SourceConfig         `yaml:"sources"`
	Rules     []RuleConfig                    `yaml:"rules"`
}

// RuleConfig is one entry of the "rules" section.
type RuleConfig struct {
	Name     string        `yaml:"name"`
	Match    string        `yaml:"match"`
	Channels []string      `yaml:"channels"`
	Severity news.Severity `yaml:"severity"` // "" means normal
}

// example is the built-in pack.
//
//go:embed config.example.yaml
var example []byte

// LoadConfig reads a configuration file and the secrets that it names. Whatever is wrong with them
// is one *ConfigError.
func LoadConfig(path string) (*Config, error) {
	c := defaults()
	return c.checked(readYAML(path, c))
}

// LoadToLook is LoadConfig for a command that only looks at what the bot has stored: it reads no
// secrets.
func LoadToLook(path string) (*Config, error) {
	c := defaults()
	f := readYAML(path, c)
	f.noSecrets = true
	return c.checked(f)
}

// DefaultConfig returns the built-in pack, for where there is no file.
func DefaultConfig() (*Config, error) { return ParseConfig("config.example.yaml", example) }

// ParseConfig is LoadConfig of a text; name stands for the file in errors.
func ParseConfig(name string, src []byte) (*Config, error) {
	c := defaults()
	return c.checked(parseYAML(name, src, c))
}

func defaults() *Config {
	const day = Duration(24 * time.Hour)
	return &Config{Database: "pactwatch.db", Backfill: day, Retention: 180 * day}
}

func (c *Config) checked(f *yamlFile) (*Config, error) {
	c.checkStore(f)
	f.add("health", c.Health.Check()...)
	c.checkChats(f)
	c.checkSummary(f)
	c.checkChannels(f)
	f.add("summary", c.Summary.Check()...)
	c.checkSources(f)
	c.checkRules(f)
	c.checkRuleChannels(f)
	if err := f.err(c.subject); err != nil {
		return nil, err
	}
	return c, nil
}

// LoadRules reads the rules of a file and the lists that they name. It may be a whole configuration:
// no other section is asked what it means, nor are the rules' channels. Whatever is wrong is one
// *ConfigError.
func LoadRules(path string) ([]news.Rule, rule.Lists, error) {
	c := defaults()
	f := readYAML(path, c)
	c.checkRules(f)
	if len(c.Rules) == 0 {
		f.add("", news.Fault{Msg: "there is no rule", Hint: "write rules: [{name: exclusivity, match: exclusiv*}]"})
	}
	if err := f.err(c.subject); err != nil {
		return nil, nil, err
	}
	return c.rules(), c.lists(), nil
}

// RuleSet compiles the rules.
func (c *Config) RuleSet() (*rule.Set, error) { return rule.Compile(c.rules(), c.lists()) }

func (c *Config) rules() []news.Rule {
	rules := make([]news.Rule, len(c.Rules))
	for i, r := range c.Rules {
		rules[i] = news.Rule{Name: r.Name, Match: r.Match, Channels: r.Channels, Severity: r.Severity}
	}
	return rules
}

// lists returns the lists for the rule language, without the parties that it cannot read.
func (c *Config) lists() rule.Lists {
	lists := rule.Lists{}
	for name, parties := range c.Lists {
		lists[name] = nil
		for _, text := range parties {
			if party, err := rule.ParseParty(text); err == nil {
				lists[name] = append(lists[name], party)
			}
		}
	}
	return lists
}

func (c *Config) checkStore(f *yamlFile) {
	scheme, _, isAddress := strings.Cut(c.Database, "://") // the rest may hold a password
	switch {
	case scheme == "postgres" || scheme == "postgresql":
		f.add("database", news.Fault{Msg: "PostgreSQL comes with a later version", Hint: "name a file, such as pactwatch.db"})
	case isAddress || c.Database == "":
		f.add("database", news.Fault{Msg: "not the name of a file", Hint: "such as pactwatch.db"})
	}
	if c.Retention < Duration(24*time.Hour) {
		f.add("retention", news.Fault{Msg: "too short to tell stories apart", Hint: "1d at least"})
	}
}

func (c *Config) checkChannels(f *yamlFile) {
	if _, ok := c.Channels[c.Admin]; !ok && c.Admin != "" && !f.isUnread(join("channels", c.Admin)) {
		f.add("admin", news.Fault{Msg: "no such channel: " + c.Admin, Hint: suggest(c.Admin, c.Channels)})
	}
	for name, ch := range c.Channels {
		section := join("channels", name)
		f.add(section, ch.Check()...)
		if ch.Slack != "" && c.Slack == nil {
			f.add(section, news.Fault{Path: "slack", Msg: "no Slack token to post with", Hint: "add slack: {bot_token_env: SLACK_BOT_TOKEN}"})
		}
		if ch.Discord != "" && c.Discord == nil {
			f.add(section, news.Fault{Path: "discord", Msg: "no Discord token to post with", Hint: "add discord: {token_env: DISCORD_TOKEN}"})
		}
	}
}

func (c *Config) checkSources(f *yamlFile) {
	f.add("network", c.Network.Check()...)
	f.checkUnique("sources", len(c.Sources), func(i int) string { return c.Sources[i].Name })
	for i, src := range c.Sources {
		f.add(fmt.Sprintf("sources[%d]", i), src.Check()...)
		if src.EDGAR != nil && c.Network.Contact == "" {
			f.add(fmt.Sprintf("sources[%d].edgar", i), news.Fault{Msg: "EDGAR answers only those who say who they are",
				Hint: "add network: {user_agent_contact: ops@example.org}, an address that you read"})
		}
	}
}

// checkUnique refuses a name that an earlier item of a section has.
func (f *yamlFile) checkUnique(section string, n int, name func(i int) string) {
	first := map[string]string{}
	for i := range n {
		path := fmt.Sprintf("%s[%d].name", section, i)
		if earlier, again := first[name(i)]; again && name(i) != "" {
			f.add(path, news.Fault{Msg: fmt.Sprintf("this name is taken, on line %d", f.places[earlier].line), Hint: "choose another"})
			continue
		}
		first[name(i)] = path
	}
}

func (c *Config) checkRules(f *yamlFile) {
	for name, parties := range c.Lists {
		for i, party := range parties {
			if _, err := rule.ParseParty(party); err != nil {
				f.add(fmt.Sprintf("lists.%s[%d]", name, i), news.Fault{Msg: err.Error(), Hint: "write A | B for two names of one party"})
			}
		}
	}
	f.checkUnique("rules", len(c.Rules), func(i int) string { return c.Rules[i].Name })
	for i, r := range c.Rules {
		section := fmt.Sprintf("rules[%d]", i)
		if r.Name == "" {
			f.add(section, news.Fault{Path: "name", Msg: "a rule needs a name", Hint: "add name: exclusivity"})
		}
		c.checkMatch(f, join(section, "match"), r.Match)
		if !slices.Contains([]news.Severity{"", news.High, news.Normal, news.Low}, r.Severity) {
			f.add(section, news.Fault{Path: "severity", Msg: fmt.Sprintf("no such severity: %s", r.Severity), Hint: "write high, normal or low"})
		}
	}
}

// checkMatch compiles a match by itself, for the place of what is wrong with it. A list that could not
// be read was told of already.
func (c *Config) checkMatch(f *yamlFile, path, match string) {
	query, err := rule.Parse(match)
	if err == nil && !slices.ContainsFunc(query.Lists(), func(name string) bool { return f.isUnread(join("lists", name)) }) {
		_, err = rule.Compile([]news.Rule{{Match: match}}, c.lists())
	}
	if syntax, ok := errors.AsType[*rule.SyntaxError](err); ok {
		f.add(path, news.Fault{Offset: syntax.Offset, Msg: syntax.Msg, Hint: syntax.Hint})
	} else if err != nil {
		f.add(path, news.Fault{Msg: err.Error()})
	}
}

func (c *Config) checkRuleChannels(f *yamlFile) {
	for i, r := range c.Rules {
		path := fmt.Sprintf("rules[%d].channels", i)
		if len(r.Channels) == 0 {
			f.add(path, news.Fault{Msg: "the rule has no channels to tell", Hint: "add channels: [here]"})
		}
		for j, name := range r.Channels {
			if _, ok := c.Channels[name]; !ok && !f.isUnread(join("channels", name)) {
				f.add(fmt.Sprintf("%s[%d]", path, j), news.Fault{Msg: fmt.Sprintf("no such channel: %s", name), Hint: suggest(name, c.Channels)})
			}
		}
	}
}

// subject returns what a path is about, by its name, and the setting there: "rule r2" and "match" for
// "rules[1].match", "channel deals" and "slack" for "channels.deals.slack", "network" and "ports[0]" for
// "network.ports[0]". What has no name is about "".
func (c *Config) subject(path string) (about, setting string) {
	section, setting, _ := strings.Cut(path, ".")
	for i, r := range c.Rules {
		if section == fmt.Sprintf("rules[%d]", i) {
			return named("rule", r.Name), setting
		}
	}
	for i, s := range c.Sources {
		if section == fmt.Sprintf("sources[%d]", i) {
			return named("source", s.Name), setting
		}
	}
	if section != "channels" && section != "lists" || setting == "" {
		return section, setting
	}
	name, setting, _ := strings.Cut(setting, ".")
	name, _, _ = strings.Cut(name, "[")
	return named(strings.TrimSuffix(section, "s"), name), setting
}

func named(kind, name string) string {
	if name == "" {
		return ""
	}
	return kind + " " + name
}

// Duration is a span of time as people write it: "30m", "24h", "180d", "2w".
type Duration time.Duration

var durationUnits = map[string]time.Duration{
	"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
}

// UnmarshalText reads a whole number and a letter, 100 years at most.
func (d *Duration) UnmarshalText(text []byte) error {
	const most = 100 * 365 * 24 * time.Hour
	last := max(0, len(text)-1)
	n, err := strconv.ParseUint(string(text[:last]), 10, 32)
	unit := durationUnits[string(text[last:])]
	if err != nil || unit == 0 {
		return fmt.Errorf("not a duration: %q; write 30m, 24h, 180d or 2w", text)
	}
	if time.Duration(n) > most/unit {
		return fmt.Errorf("longer than 100 years: %s", text)
	}
	*d = Duration(time.Duration(n) * unit)
	return nil
}
