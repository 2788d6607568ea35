package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/slack-go/slack"
)

// Manifest returns what an app has to be, as JSON, for Slack to create it from:
// docs.slack.dev/app-manifests. With the address at which Slack reaches the bot, "https://bot.example",
// it is an app of HTTP mode; with "" one of Socket Mode. No secret is in it.
func Manifest(address string) ([]byte, error) {
	if u, err := url.Parse(address); address != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "") {
		return nil, errors.New("slack: the bot's address has to begin with https://")
	}
	address = strings.TrimSuffix(address, "/")
	at := func(path string) string {
		if address == "" {
			return ""
		}
		return address + path
	}
	command := func(name, description, hint string) slack.ManifestSlashCommand {
		return slack.ManifestSlashCommand{Command: name, Description: description, UsageHint: hint, ShouldEscape: true, Url: at(commandsPath)}
	}
	m := slack.Manifest{
		Metadata: slack.ManifestMetadata{MajorVersion: 1},
		Display: slack.Display{
			Name: "Pactwatch", Description: "AI-partnership news alerts from sources you choose", BackgroundColor: "#1f2a44",
		},
		Features: slack.Features{
			AppHome: slack.AppHome{HomeTabEnabled: true, MessagesTabEnabled: true},
			BotUser: slack.BotUser{DisplayName: "pactwatch", AlwaysOnline: true},
			SlashCommands: []slack.ManifestSlashCommand{
				command("/pactwatch", "Rules, sources, alerts, status, help", "help | status | setup | watch add …"),
				command("/watch", "Add and manage watch rules", `add "AGI clause" to:#ai-deals | list | test`),
				command("/sources", "Add and check sources", "add https://… | list | check"),
				command("/alerts", "Recent alerts, search, mute, digest", "recent | search … | mute | digest"),
			},
			Shortcuts: []slack.Shortcut{{
				Name: "New watch rule", Type: slack.GlobalShortcut, CallbackID: newRuleShortcut, Description: "Create a watch rule",
			}},
		},
		Settings: slack.Settings{
			EventSubscriptions: &slack.EventSubscriptions{RequestUrl: at(eventsPath), BotEvents: []string{
				"app_home_opened", "app_uninstalled", "tokens_revoked", "member_joined_channel", "channel_left", "group_left",
				"channel_archive", "group_archive", "channel_deleted", "group_deleted",
			}},
			Interactivity:     &slack.Interactivity{IsEnabled: true, RequestUrl: at(interactionsPath), MessageMenuOptionsUrl: at(interactionsPath)},
			SocketModeEnabled: address == "",
		},
	}
	for _, sc := range scopes {
		m.OAuthConfig.Scopes.Bot = append(m.OAuthConfig.Scopes.Bot, sc.name)
	}
	return json.MarshalIndent(m, "", "  ")
}

// CreateLink returns the address at which one click creates the app of a manifest.
func CreateLink(manifest []byte) string {
	var short bytes.Buffer
	if json.Compact(&short, manifest) == nil { // an address has its limits
		manifest = short.Bytes()
	}
	return "https://api.slack.com/apps?new_app=1&manifest_json=" + url.QueryEscape(string(manifest))
}
