package discord

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
)

const (
	maxReconnect = 5 * time.Minute // between two tries
	openTimeout  = 30 * time.Second
	knownTime    = 500 * time.Millisecond // to find out if an interaction was handled before

	// Discord resets the token of a bot that identifies more than 1000 times in 24 hours:
	// docs.discord.com/developers/events/gateway#identifying. We stay below 30 an hour.
	maxIdentify    = 30
	identifyWindow = time.Hour
)

// Serve answers commands and buttons through the gateway until ctx ends, and then returns nil. It
// reconnects by itself; it gives up only with an error that says what a person has to mend. Without
// commands there is nothing to serve, and it returns at once.
func (d *Discord) Serve(ctx context.Context, desk *bot.Desk) error {
	if !d.interactive() {
		return nil
	}
	l := &listener{d: d, desk: desk}
	defer l.answers.Wait()
	d.setHealth(errNotYet)
	var identified []time.Time
	for wait := time.Second; ; wait = min(2*wait, maxReconnect) {
		start := time.Now()
		err := l.connect(ctx, &identified)
		if ctx.Err() != nil {
			return nil
		}
		d.setHealth(err)
		if post, ok := errors.AsType[*news.PostError](err); ok && post.Refused {
			return err
		}
		if time.Since(start) > maxReconnect {
			wait = time.Second // it was well for a while
		}
		pause := max(wait+rand.N(wait), untilBudget(identified, time.Now()))
		d.lg.Warn("discord connection ended", "err", err, "next", pause)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// untilBudget returns how long to wait until another IDENTIFY is within the budget.
func untilBudget(identified []time.Time, now time.Time) time.Duration {
	if len(identified) < maxIdentify {
		return 0
	}
	oldest := identified[len(identified)-maxIdentify]
	return max(0, oldest.Add(identifyWindow).Sub(now))
}

// A listener handles what one bot is sent, over all its connections.
type listener struct {
	d    *Discord
	desk *bot.Desk
	seen bot.Recent // IDs of interactions

	drafts  drafts
	answers sync.WaitGroup // they outlive the connection that brought the question
}

// connect makes one connection and stays until it ends. Each has a session of its own and
// identifies anew: discordgo resumes on an address that Discord does not serve resumes on. Before
// that it asks for the application, which tells a dead token without an IDENTIFY.
func (l *listener) connect(ctx context.Context, identified *[]time.Time) error {
	if err := l.prepare(ctx); err != nil {
		return err
	}
	open, cancel := context.WithCancel(ctx)
	defer cancel()

	s := l.d.session()
	s.Dialer = l.d.dialer(open)
	ended := make(chan struct{}, 1)
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) { l.take(ctx, e) })
	s.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) {
		select {
		case ended <- struct{}{}:
		default:
		}
	})

	if *identified = append(*identified, time.Now()); len(*identified) > maxIdentify {
		*identified = (*identified)[1:]
	}
	tooLong := time.AfterFunc(openTimeout, cancel)
	err := s.Open()
	tooLong.Stop()
	if err != nil {
		return closed(err)
	}
	defer s.Close()
	defer cancel() // first: Close would write to a peer that may no longer read
	l.d.lg.Info("discord connected")
	l.d.setHealth(nil)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-ended:
		l.d.setHealth(errDisconnected) // closing takes a while
		return errDisconnected
	}
}

// take takes an event of the gateway. An interaction that comes twice is handled once.
func (l *listener) take(ctx context.Context, e *discordgo.Event) {
	if e.Type != "INTERACTION_CREATE" {
		l.d.learn(e.Type, e.RawData)
		return
	}
	i := new(interaction)
	if err := json.Unmarshal(e.RawData, i); err != nil {
		l.d.lg.Warn("an interaction cannot be read", "err", err)
		return
	}
	if !l.seen.Seen(i.ID) {
		l.answers.Go(func() { l.handle(ctx, i) })
	}
}

// handled reports whether an interaction was handled by an earlier run. Where the store does not say
// so in time, it is handled.
func (l *listener) handled(ctx context.Context, i *interaction) bool {
	if l.d.Handled == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, knownTime)
	defer cancel()
	again, err := l.d.Handled(ctx, "discord:"+i.ID)
	if err != nil {
		l.d.lg.Error("an interaction may be handled twice", "err", err)
	}
	return again
}

var (
	errNotYet       = errors.New("discord: not connected yet")
	errDisconnected = errors.New("discord: disconnected")
)

// prepare checks what would keep interactions away for ever, and registers our command.
func (l *listener) prepare(ctx context.Context) error {
	id, err := l.d.application(ctx)
	if err != nil {
		return err
	}
	return l.register(ctx, id)
}

// application returns the ID of our application. It is an error if that sends its commands elsewhere.
func (d *Discord) application(ctx context.Context) (string, error) {
	var app struct {
		ID       string `json:"id"`
		Endpoint string `json:"interactions_endpoint_url"`
	}
	if err := d.call(ctx, "GET", discordgo.EndpointApplication("@me"), nil, &app); err != nil {
		return "", fatal(err)
	}
	if app.Endpoint != "" {
		return "", &bot.SetupError{Err: refused("the application has an interactions_endpoint_url, so that commands would never arrive here: empty that field in the developer portal, or set commands: false")}
	}
	return app.ID, nil
}

// closed returns the error of a connection that did not open: a refused *news.PostError where
// another try cannot help.
func closed(err error) error {
	if c, ok := errors.AsType[*websocket.CloseError](err); ok {
		switch c.Code {
		case 4004:
			return refused("the token was rejected (gateway close code 4004): reset it in the developer portal, under Bot, and set the new one")
		case 4010, 4011, 4012, 4013, 4014:
			return refused("the gateway does not take this bot: " + c.Error())
		}
	}
	return classify(err)
}

// dialer makes connections that ctx closes: discordgo itself has no context. It goes the way the
// HTTP client goes.
func (d *Discord) dialer(ctx context.Context) *websocket.Dialer {
	dial := (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	w := &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 10 * time.Second}
	if t, ok := d.rest.Client.Transport.(*transport).next.(*http.Transport); ok {
		w.Proxy, w.TLSClientConfig = t.Proxy, t.TLSClientConfig
		if t.DialContext != nil {
			dial = t.DialContext
		}
	}
	w.NetDialContext = func(_ context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err == nil {
			context.AfterFunc(ctx, func() { conn.Close() })
		}
		return conn, err
	}
	return w
}
