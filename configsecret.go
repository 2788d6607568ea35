package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// variable is the shape of an environment variable's name; no platform's token has it.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// checkChats reads the platforms' secrets and checks their sections.
func (c *Config) checkChats(f *yamlFile) {
	if s := c.Slack; s != nil {
		s.BotToken = f.secret("slack", "bot_token", s.BotTokenEnv, s.BotTokenFile)
		f.checkSlackToken("bot_token", s.BotToken, "xoxb-")
		if s.AppTokenEnv != "" || s.AppTokenFile != "" { // without it Slack is post-only
			s.AppToken = f.secret("slack", "app_token", s.AppTokenEnv, s.AppTokenFile)
			f.checkSlackToken("app_token", s.AppToken, "xapp-")
		}
		if s.SigningSecretEnv != "" || s.SigningSecretFile != "" { // without it there is no HTTP mode
			s.SigningSecret = f.secret("slack", "signing_secret", s.SigningSecretEnv, s.SigningSecretFile)
		}
		f.add("slack", s.Check()...)
	}
	if d := c.Discord; d != nil {
		d.Token = f.secret("discord", "token", d.TokenEnv, d.TokenFile)
		f.add("discord", d.Check()...)
	}
}

// checkSummary reads the key of the language model and checks its group.
func (c *Config) checkSummary(f *yamlFile) {
	m := c.Summary.LLM
	if m == nil {
		return
	}
	if m.KeyEnv != "" || m.KeyFile != "" { // a server of one's own may ask for none
		m.Key = f.secret("summary.llm", "key", m.KeyEnv, m.KeyFile)
	}
	f.add("summary.llm", m.Check()...)
}

// secret returns the secret called name of a section, which says where it is: in the variable env, the
// value of name_env, or in a file, of name_file. What is wrong with it is recorded, without a word of
// what may be the secret itself.
func (f *yamlFile) secret(section, name, env, file string) news.Secret {
	if f.noSecrets {
		return news.Secret{}
	}
	var value string
	var fault news.Fault
	key := name + "_env"
	switch {
	case env != "" && file != "":
		return news.Secret{} // the section's own check refuses that
	case env != "":
		value, fault = readVariable(env)
	case file != "":
		key = name + "_file"
		value, fault = readSecretFile(file)
	default:
		fault = news.Fault{Msg: "no " + name, Hint: fmt.Sprintf("add %[1]s_env or %[1]s_file", name)}
	}
	if fault.Msg != "" {
		fault.Path = key
		f.add(section, fault)
	}
	return news.NewSecret(value)
}

func readVariable(name string) (value string, fault news.Fault) {
	if !variable.MatchString(name) {
		return "", news.Fault{Msg: "not the name of an environment variable", Hint: "a secret is named here, never written: SLACK_BOT_TOKEN"}
	}
	value = strings.TrimSpace(os.Getenv(name))
	if value == "" {
		fault = news.Fault{Msg: fmt.Sprintf("the environment variable %s is not set", name), Hint: "set it, or name a file by _file"}
	}
	return value, fault
}

func readSecretFile(name string) (value string, fault news.Fault) {
	info, err := os.Stat(name)
	if err != nil {
		return "", news.Fault{Msg: "the file of this secret cannot be read: " + cause(err)}
	}
	// On Windows the mode says nothing about who can read a file.
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" && !isCredential(name, mode) {
		return "", news.Fault{Msg: fmt.Sprintf("others can read the file of this secret (mode %04o)", mode), Hint: "chmod 600 it"}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", news.Fault{Msg: "the file of this secret cannot be read: " + cause(err)}
	}
	value = strings.TrimSpace(string(text))
	if value == "" {
		fault = news.Fault{Msg: "the file of this secret is empty"}
	}
	return value, fault
}

// isCredential reports whether a file is one that systemd hands over. There the group's bits are the mask
// of an access list, which lets in the service's user alone.
func isCredential(name string, mode fs.FileMode) bool {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	return dir != "" && filepath.Dir(filepath.Clean(name)) == filepath.Clean(dir) && mode&0o037 == 0
}

// checkSlackToken refuses one kind of token in the place of the other: Slack's answers do not say so.
func (f *yamlFile) checkSlackToken(name string, token news.Secret, prefix string) {
	if token.IsZero() || strings.HasPrefix(token.Reveal(), prefix) {
		return
	}
	key := name + "_file"
	if _, ok := f.places["slack."+key]; !ok {
		key = name + "_env"
	}
	f.add("slack", news.Fault{Path: key, Msg: "not the token that belongs here", Hint: fmt.Sprintf("the %s begins with %s", name, prefix)})
}

// cause returns why a file cannot be read, without its name: a token may have been written in its place.
func cause(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err.Error()
	}
	return err.Error()
}
