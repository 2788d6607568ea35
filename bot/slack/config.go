package slack

import (
	"fmt"
	"net"
	"net/url"
	"regexp"

	"github.com/pactwatch/pactwatch/internal/news"
)

const defaultURL = "https://slack.com/api/"

// Config is the "slack" section. Secrets are named here; main reads them.
type Config struct {
	BotTokenEnv       string   `yaml:"bot_token_env"`  // the variable that holds the bot token, xoxb-…
	BotTokenFile      string   `yaml:"bot_token_file"` // or the file
	AppTokenEnv       string   `yaml:"app_token_env"`  // the same for the app-level token, xapp-…, of Socket Mode
	AppTokenFile      string   `yaml:"app_token_file"`
	Listen            string   `yaml:"listen"`             // ":8080": Slack's signed requests are taken there instead
	SigningSecretEnv  string   `yaml:"signing_secret_env"` // that they are signed with
	SigningSecretFile string   `yaml:"signing_secret_file"`
	Managers          []string `yaml:"managers"`           // IDs of people who manage the bot besides the workspace's admins and owners
	MembersCanManage  bool     `yaml:"members_can_manage"` // all do who are no guests
	APIURL            string   `yaml:"api_url"`            // "" means https://slack.com/api/

	BotToken      news.Secret `yaml:"-"`
	AppToken      news.Secret `yaml:"-"`
	SigningSecret news.Secret `yaml:"-"`
}

// userID is the shape of a person's ID.
var userID = regexp.MustCompile(`^[UW][A-Z0-9]{2,30}$`)

// Check returns what is wrong with the section. The zero Config is right: it is that of a team
// without Slack.
func (c *Config) Check() []news.Fault {
	var faults []news.Fault
	add := func(path, msg, hint string) { faults = append(faults, news.Fault{Path: path, Msg: msg, Hint: hint}) }
	twice := func(name, env, file, what string) {
		if env != "" && file != "" {
			add(name+"_file", "the "+what+" is named twice", "keep "+name+"_env or "+name+"_file")
		}
	}
	twice("bot_token", c.BotTokenEnv, c.BotTokenFile, "bot token")
	twice("app_token", c.AppTokenEnv, c.AppTokenFile, "app token")
	twice("signing_secret", c.SigningSecretEnv, c.SigningSecretFile, "signing secret")
	if c.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Listen); err != nil {
			add("listen", "not an address to listen on", `such as ":8080"`)
		}
		if c.SigningSecretEnv == "" && c.SigningSecretFile == "" && c.SigningSecret.IsZero() {
			add("listen", "no signing secret, so anybody could send requests", "add signing_secret_env; the secret is on the app's Basic Information page")
		}
	}
	for i, id := range c.Managers {
		if !userID.MatchString(id) {
			add(fmt.Sprintf("managers[%d]", i), "not the ID of a person", "such as U024BE7LH; a profile's menu copies it")
		}
	}
	if u, err := url.Parse(c.APIURL); c.APIURL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		add("api_url", "not an http or https address", "such as "+defaultURL)
	}
	return faults
}

// interactive reports whether clicks and commands reach us.
func (s *Slack) interactive() bool { return !s.cfg.AppToken.IsZero() || s.cfg.Listen != "" }
