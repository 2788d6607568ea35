package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

const (
	maxEnvelope  = 1 << 20         // bytes; Slack's largest are some 100 kB
	maxReconnect = 5 * time.Minute // between two tries
)

// serveSockets takes requests over two connections, so that one is open while Slack has the other
// made anew, which it does every few hours. Slack sends each request over one of them. The second
// waits for the first: a token that is wrong is shown once. Answers run until answers ends.
func (l *listener) serveSockets(ctx, answers context.Context) error {
	if err := l.s.checkAppToken(); err != nil {
		return err
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 2)
	up := &links{first: make(chan struct{}), tell: l.s.setHealth}
	up.tell("not connected yet")
	keep := func() { ended <- l.keep(ctx, answers, up) }
	wg.Go(keep)
	select {
	case err := <-ended:
		return err
	case <-up.first:
	}
	wg.Go(keep)
	return <-ended
}

// links count the connections that are open.
type links struct {
	first chan struct{} // closed when there was one for the first time
	tell  func(string)  // what is wrong with them; "" if nothing is

	mu   sync.Mutex
	open int
	once bool
}

// add counts one more, or with -1 one less.
func (k *links) add(n int) {
	if n == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.open += n
	if k.open == 0 {
		k.tell("disconnected, so commands and buttons do not arrive")
		return
	}
	k.tell("")
	if !k.once {
		k.once = true
		close(k.first)
	}
}

// keep keeps one connection until ctx ends, and then returns nil, or until an error says which token
// is wrong.
func (l *listener) keep(ctx, answers context.Context, up *links) error {
	for wait := time.Second; ; wait = min(2*wait, maxReconnect) {
		start := time.Now()
		err := l.listen(ctx, answers, up)
		if ctx.Err() != nil {
			return nil
		}
		if post, ok := errors.AsType[*news.PostError](err); ok && post.Refused {
			return err
		}
		if time.Since(start) > maxReconnect {
			wait = time.Second // it was well for a while
		}
		l.s.lg.Warn("slack connection ended", "err", err, "next", wait)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait + rand.N(wait)):
		}
	}
}

// listen runs one client of Socket Mode, which reopens its own connections, until it fails for good
// or ctx ends.
func (l *listener) listen(ctx, answers context.Context, up *links) error {
	connected := 0 // or 1
	defer func() { up.add(-connected) }()
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	client := socketmode.New(l.s.api, socketmode.OptionDialer(l.s.dialer()),
		socketmode.OptionReadLimit(maxEnvelope), socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ended := make(chan error, 1)
	wg.Go(func() { ended <- client.RunContext(ctx) })
	for {
		select {
		case err := <-ended:
			return fatal("app token", err)
		case e := <-client.Events:
			switch data := e.Data.(type) {
			case *slack.ConnectionErrorEvent:
				err := fatal("app token", data.ErrorObj)
				l.s.lg.Warn("slack connection failed", "err", err, "next", data.Backoff)
				if post, ok := errors.AsType[*news.PostError](err); ok && post.Refused {
					return err
				}
			case *slack.ConnectingEvent: // the connection before, if any, is closed
				up.add(-connected)
				connected = 0
			case *socketmode.ConnectedEvent:
				l.s.lg.Info("slack connected")
				connected = 1
				up.add(connected)
			default:
				l.receive(ctx, answers, client, e)
			}
		}
	}
}

// receive takes what an envelope holds. slack-go has read commands and interactions; events are read
// here, as it refuses those that it does not know, and Slack would send them again and again.
func (l *listener) receive(ctx, answers context.Context, client *socketmode.Client, e socketmode.Event) {
	envelope := e.Request
	if bad, ok := e.Data.(*socketmode.ErrorBadMessage); ok {
		envelope = &socketmode.Request{}
		json.Unmarshal(bad.Message, envelope) // what is no envelope at all has no ID
	}
	if envelope == nil || envelope.EnvelopeID == "" {
		return
	}
	r := request{id: envelope.EnvelopeID, data: e.Data, ack: func(payload any) {
		if err := client.AckCtx(ctx, envelope.EnvelopeID, payload); err != nil && ctx.Err() == nil {
			l.s.lg.Warn("slack request not acknowledged", "err", err)
		}
	}}
	if envelope.Type == socketmode.RequestTypeEventsAPI {
		var what event
		if err := json.Unmarshal(envelope.Payload, &what); err != nil {
			l.s.lg.Warn("slack sent an event that cannot be read", "err", err)
		}
		r.data = what
		if what.ID != "" {
			r.id = what.ID // Slack sends what it takes for lost in a new envelope
		}
	}
	l.take(answers, r)
}

// dialer goes the way the HTTP client goes.
func (s *Slack) dialer() *websocket.Dialer {
	d := &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 10 * time.Second, WriteBufferSize: 32 << 10}
	if t, ok := s.client.Transport.(*http.Transport); ok {
		d.Proxy, d.NetDialContext, d.TLSClientConfig = t.Proxy, t.DialContext, t.TLSClientConfig
	}
	return d
}
