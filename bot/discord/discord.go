// Package discord posts alerts to Discord and answers questions there.
package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
)

const defaultURL = "https://discord.com/api/"

// Config is the "discord" section. The token is named here; main reads it.
type Config struct {
	TokenEnv  string `yaml:"token_env"`  // the variable that holds the bot's token
	TokenFile string `yaml:"token_file"` // or the file
	APIURL    string `yaml:"api_url"`    // "" means https://discord.com/api/
	Commands  *bool  `yaml:"commands"`   // false: the bot only posts; nil means true

	Managers         []string `yaml:"managers"`           // IDs of people and roles who may change rules, beside who may manage the server
	MembersCanManage bool     `yaml:"members_can_manage"` // everybody may

	Token news.Secret `yaml:"-"`
}

// Check returns what is wrong with the section. The zero Config is right: it is that of a team
// without Discord.
func (c *Config) Check() []news.Fault {
	var faults []news.Fault
	if c.TokenEnv != "" && c.TokenFile != "" {
		faults = append(faults, news.Fault{Path: "token_file", Msg: "the token is named twice", Hint: "keep token_env or token_file"})
	}
	if u, err := url.Parse(c.APIURL); c.APIURL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		faults = append(faults, news.Fault{Path: "api_url", Msg: "not an http or https address", Hint: "such as " + defaultURL})
	}
	for i, id := range c.Managers {
		if !isID(id) {
			faults = append(faults, news.Fault{Path: fmt.Sprintf("managers[%d]", i), Msg: "not the ID of a person or a role", Hint: `digits only, such as "1200000000000000000"`})
		}
	}
	return faults
}

// isID reports whether s is an ID of Discord's.
func isID(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}

// Discord is one bot account. It is safe for concurrent use, but deliveries to one channel have to
// come one after the other.
type Discord struct {
	cfg  Config
	rest *discordgo.Session // for requests only; the gateway has sessions of its own
	lg   *slog.Logger

	guilds sync.Map               // channel to guild, as far as it is known
	health atomic.Pointer[string] // nil while nothing is wrong

	// Handled reports whether an ID was handled before, also by an earlier run; nil remembers the last
	// thousand of this one.
	Handled func(ctx context.Context, id string) (again bool, err error)
}

// New returns the account that cfg's token belongs to. It makes no call yet. An hc without a
// time-out gets one of 15 s. The api_url of a cfg that Check has not passed may panic.
func New(cfg Config, hc *http.Client, lg *slog.Logger) *Discord {
	d := &Discord{cfg: cfg, lg: lg}
	d.rest = d.session()
	d.rest.Client = client(cfg.APIURL, hc)
	return d
}

// session returns a session with discordgo's own initiatives switched off: it retries, sleeps,
// caches and logs nothing by itself.
func (d *Discord) session() *discordgo.Session {
	token := strings.TrimPrefix(d.cfg.Token.Reveal(), "Bot ")
	s, _ := discordgo.New("Bot " + token) // it has no way to fail
	s.UserAgent = "DiscordBot (https://github.com/pactwatch/pactwatch, 1)"
	s.Identify.Intents = discordgo.IntentsGuilds
	s.StateEnabled = false
	s.ShouldReconnectOnError = false
	s.ShouldReconnectVoiceOnSessionError = false
	s.ShouldRetryOnRateLimit = false
	s.MaxRestRetries = 0
	s.LogLevel = discordgo.LogError - 1
	s.SyncEvents = true
	if d.rest != nil {
		s.Client = d.rest.Client
	}
	return s
}

// interactive reports whether clicks and commands reach us.
func (d *Discord) interactive() bool { return d.cfg.Commands == nil || *d.cfg.Commands }

// Preflight asks Discord whether the token is good, and whether commands come here. Where it is not, the error is a *news.PostError
// that is Refused and says what to do.
func (d *Discord) Preflight(ctx context.Context) error {
	var me discordgo.User
	if err := d.call(ctx, "GET", discordgo.EndpointUser("@me"), nil, &me); err != nil {
		return fatal(err)
	}
	d.lg.Info("discord accepts the token", "bot", me.Username)
	if !d.interactive() {
		return nil
	}
	_, err := d.application(ctx)
	return err
}

// Health returns what is wrong with the connection that commands come over, in words for people; ""
// if nothing is, or nothing is to be served.
func (d *Discord) Health() string {
	if words := d.health.Load(); words != nil {
		return *words
	}
	return ""
}

// setHealth keeps what is wrong; nil if nothing is.
func (d *Discord) setHealth(err error) {
	if err == nil {
		d.health.Store(nil)
		return
	}
	if post, ok := errors.AsType[*news.PostError](err); ok {
		err = post.Err // that something was not posted is no news here
	}
	d.health.Store(new(strings.TrimPrefix(err.Error(), "discord: ")))
}

// Post brings a delivery to its channel. The message it returns is the ID that an edit or a reply
// wants as d.Message; it is "" for a message that was deleted before a repeated request found it. A
// *news.PostError says that nothing was posted; after any other error nobody knows, and the same
// delivery posted again within a few minutes is the same message. What Discord finds wrong in the
// layout is sent once more as plain text.
func (d *Discord) Post(ctx context.Context, del news.Delivery) (message string, err error) {
	if err := ctx.Err(); err != nil {
		return "", &news.PostError{Err: err}
	}
	v := bot.NewView(del.Kind, del.Card)
	switch del.Kind {
	case news.KindEdit:
		message, err = d.edit(ctx, del, v)
	case news.KindReply:
		message, err = d.reply(ctx, del, v)
	default:
		m, plain := render(v, d.interactive()), renderPlain(v)
		ping(m, del)
		ping(plain, del)
		message, err = d.create(ctx, del.Destination.Target, del.Key, m, plain)
	}
	if err != nil {
		return "", classify(err)
	}
	return message, nil
}

// ping makes a new alert notify the people and roles whom its rules name, as far as it has room for
// their names, and nobody else.
func ping(m *discordgo.MessageSend, del news.Delivery) {
	if del.Kind != news.KindAlert {
		return
	}
	names := ""
	for _, who := range del.Card.Mentions {
		id, ours := strings.CutPrefix(who, "discord:")
		role, isRole := strings.CutPrefix(id, "&")
		name := "<@" + id + "> "
		if !ours || !isID(role) || strings.Contains(names, name) || bot.Units(m.Content)+len(names)+len(name) > maxContent {
			continue
		}
		names += name
		if isRole {
			m.AllowedMentions.Roles = append(m.AllowedMentions.Roles, role)
		} else {
			m.AllowedMentions.Users = append(m.AllowedMentions.Users, id)
		}
	}
	m.Content = names + m.Content
}

// createMessage adds what discordgo's MessageSend lacks: of two messages by one author with the same
// nonce, Discord keeps the first and answers with it.
type createMessage struct {
	*discordgo.MessageSend
	Nonce        string `json:"nonce"`
	EnforceNonce bool   `json:"enforce_nonce"`
}

func (d *Discord) create(ctx context.Context, channel, key string, m, plain *discordgo.MessageSend) (string, error) {
	nonce := nonceOf(channel, key)
	send := func(m *discordgo.MessageSend) (string, error) {
		var made discordgo.Message
		err := d.call(ctx, "POST", discordgo.EndpointChannelMessages(channel), createMessage{m, nonce, true}, &made)
		if codeOf(err) == discordgo.ErrCodeUnknownMessage {
			return "", nil // posted before, and deleted since
		}
		return made.ID, err
	}
	id, err := send(m)
	if layoutRefused(err) && len(m.Embeds) > 0 {
		d.lg.Warn("discord refused a layout, sending plain text", "key", key, "err", describe(err))
		id, err = send(plain)
	}
	return id, err
}

// nonceOf is scoped by Discord to the author, so the channel is part of it. It has at most 25
// characters: docs.discord.com/developers/resources/message#create-message
func nonceOf(channel, key string) string {
	sum := sha256.Sum256([]byte(channel + "\x00" + key))
	return base32.StdEncoding.EncodeToString(sum[:])[:25]
}

// edit replaces all that the message shows. Discord forgets allowed_mentions on every edit.
func (d *Discord) edit(ctx context.Context, del news.Delivery, v bot.View) (string, error) {
	if del.Message == "" {
		return "", errNoMessage
	}
	send := func(m *discordgo.MessageSend) error {
		return d.call(ctx, "PATCH", discordgo.EndpointChannelMessage(del.Destination.Target, del.Message), map[string]any{
			"content":          m.Content,
			"embeds":           m.Embeds,
			"components":       m.Components,
			"allowed_mentions": m.AllowedMentions,
		}, nil)
	}
	err := send(render(v, d.interactive()))
	if layoutRefused(err) {
		d.lg.Warn("discord refused a layout, sending plain text", "key", del.Key, "err", describe(err))
		err = send(renderPlain(v))
	}
	return del.Message, err
}

// reply posts into the thread of the message, which has the message's ID, and starts it where it is
// not there yet. Trouble with a thread is no trouble with its channel.
func (d *Discord) reply(ctx context.Context, del news.Delivery, v bot.View) (string, error) {
	if del.Message == "" {
		return "", errNoMessage
	}
	if del.Card.Loud { // Discord has no reply that shows in both: this one answers the alert in its channel
		m := renderPlain(v)
		fail := false
		m.Reference = &discordgo.MessageReference{MessageID: del.Message, FailIfNotExists: &fail}
		return d.create(ctx, del.Destination.Target, del.Key, m, m)
	}
	err := d.call(ctx, "POST", discordgo.EndpointChannelMessageThread(del.Destination.Target, del.Message), map[string]any{
		"name":                  bot.Shorten(v.Title, maxThreadName),
		"auto_archive_duration": threadArchive,
	}, nil)
	if err != nil && codeOf(err) != codeThreadExists {
		return "", startTrouble(err)
	}
	m := renderPlain(v)
	message, err := d.create(ctx, del.Message, del.Key, m, m)
	if codeOf(err) == discordgo.ErrCodeUnknownChannel {
		return "", refused("the thread was deleted")
	}
	if err != nil {
		return "", threadTrouble(err)
	}
	return message, nil
}

// call makes one request, and decodes the answer into result unless that is nil. Where discordgo
// would sleep first for the sake of a rate limit, whatever ctx says, nothing is sent and the error
// says for how long.
func (d *Discord) call(ctx context.Context, method, endpoint string, body, result any) error {
	bucket := d.rest.Ratelimiter.GetBucket(endpoint)
	bucket.Lock()
	wait := d.rest.Ratelimiter.GetWaitTime(bucket, 1)
	bucket.Unlock()
	if wait > 0 {
		return &limited{After: wait, Text: "waiting for the rate limit"}
	}
	answer, err := d.rest.RequestWithBucketID(method, endpoint, body, endpoint, discordgo.WithContext(ctx),
		discordgo.WithRestRetries(0), discordgo.WithRetryOnRatelimit(false))
	if err != nil || result == nil {
		return err
	}
	if err := json.Unmarshal(answer, result); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

// How threads are made: docs.discord.com/developers/resources/channel#start-thread-from-message
const (
	maxThreadName = 100   // in UTF-16 units
	threadArchive = 10080 // in minutes without a message; a week is the longest
)

// client returns an HTTP client that sends to base what discordgo addresses to discord.com.
func client(base string, hc *http.Client) *http.Client {
	if base == "" {
		base = defaultURL
	}
	to, err := url.Parse(strings.TrimSuffix(base, "/") + "/")
	if err != nil {
		panic("discord: api_url: " + err.Error())
	}
	c := *hc
	c.Transport = &transport{base: to, next: hc.Transport}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if c.Timeout == 0 {
		c.Timeout = 15 * time.Second
	}
	return &c
}
