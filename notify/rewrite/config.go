package rewrite

import (
	"net/url"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// DefaultTimeout is how long an alert waits for its rewrite where the configuration does not say.
const DefaultTimeout = 20 * time.Second

// maxTimeout bounds it: an alert is not to be old when it comes.
const maxTimeout = 2 * time.Minute

// Config is the "llm" group of the "summary" section. The key is named here; main reads it.
type Config struct {
	URL           string `yaml:"url"`            // of an OpenAI-compatible API, as its documentation gives it: https://api.openai.com/v1
	Model         string `yaml:"model"`          // as the API calls it
	KeyEnv        string `yaml:"key_env"`        // the variable that holds the key; a server of one's own may need none
	KeyFile       string `yaml:"key_file"`       // or the file
	MonthlyTokens int    `yaml:"monthly_tokens"` // asked and answered, in a calendar month (UTC)
	Timeout       string `yaml:"timeout"`        // how long an alert waits; "" means 20s

	Key news.Secret `yaml:"-"`
}

// Check returns all that is wrong with the group.
func (c *Config) Check() []news.Fault {
	var faults []news.Fault
	add := func(path, msg, hint string) { faults = append(faults, news.Fault{Path: path, Msg: msg, Hint: hint}) }
	// The address may have a key in it, so it is not repeated.
	switch u, err := url.Parse(c.URL); {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		add("url", "not an http or https address", "such as https://api.openai.com/v1 or http://localhost:11434/v1")
	case u.User != nil:
		add("url", "a secret is named here, never written", "add key_env")
	case u.Fragment != "":
		add("url", "an address of an API has no #", "such as https://api.openai.com/v1")
	}
	if c.Model == "" {
		add("model", "no model", "add model: with the name that the API has for it")
	}
	if c.KeyEnv != "" && c.KeyFile != "" {
		add("key_file", "the key is named twice", "keep key_env or key_file")
	}
	if c.MonthlyTokens <= 0 {
		add("monthly_tokens", "no limit to what a month may cost", "add monthly_tokens: 2000000")
	}
	if d, err := time.ParseDuration(c.Timeout); c.Timeout != "" && (err != nil || d < time.Second || d > maxTimeout) {
		add("timeout", "not a time to wait", "write 20s; 1s at least, 2m at most")
	}
	return faults
}

// timeout returns how long an alert waits.
func (c *Config) timeout() time.Duration {
	if d, err := time.ParseDuration(c.Timeout); err == nil {
		return d
	}
	return DefaultTimeout
}
