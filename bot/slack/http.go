package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/slack-go/slack"
)

// Where Slack's requests go, below the app's address.
const (
	commandsPath     = "/slack/commands"
	interactionsPath = "/slack/interactions"
	eventsPath       = "/slack/events"
)

const maxBody = 1 << 20 // bytes; Slack's largest requests are some 100 kB

// serveHTTP takes signed requests until ctx ends. Answers run until answers ends.
func (l *listener) serveHTTP(ctx, answers context.Context) error {
	if l.s.cfg.SigningSecret.IsZero() {
		return refused("slack: no signing secret, so anybody could send requests; set signing_secret_env")
	}
	socket, err := (&net.ListenConfig{}).Listen(ctx, "tcp", l.s.cfg.Listen)
	if err != nil {
		return refused(fmt.Sprintf("slack: listen on %s: %v", l.s.cfg.Listen, err))
	}
	server := &http.Server{
		Handler: l.handler(answers), ErrorLog: slog.NewLogLogger(l.s.lg.Handler(), slog.LevelWarn), MaxHeaderBytes: 16 << 10,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	l.s.lg.Info("slack requests are taken", "address", socket.Addr())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(socket) }()
	select {
	case err := <-ended:
		return fmt.Errorf("slack: take requests: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		server.Close()
	}
	<-ended
	return nil
}

// handler takes requests that Slack has signed. What is not, it refuses without a word of why.
func (l *listener) handler(answers context.Context) http.Handler {
	mux := http.NewServeMux()
	for path, read := range map[string]func(body []byte) (any, error){
		commandsPath: readCommand, interactionsPath: readInteraction, eventsPath: readEvent,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { l.serve(answers, w, r, read) })
	}
	return mux
}

func (l *listener) serve(answers context.Context, w http.ResponseWriter, r *http.Request, read func([]byte) (any, error)) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		return // whoever asked is gone
	}
	if certificateCheck(r, body) {
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	if err := l.verify(r.Header, body); err != nil {
		l.s.lg.Warn("slack request refused", "path", r.URL.Path, "err", err)
		http.Error(w, "not signed", http.StatusUnauthorized)
		return
	}
	data, err := read(body)
	if err != nil {
		l.s.lg.Warn("slack request cannot be read", "path", r.URL.Path, "err", err)
		http.Error(w, "cannot be read", http.StatusBadRequest)
		return
	}
	if e, ok := data.(event); ok && e.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		io.WriteString(w, e.Challenge)
		return
	}
	acked := make(chan any, 1)
	l.take(answers, request{id: requestID(data, body), data: data, ack: func(payload any) { acked <- payload }})
	select {
	case <-r.Context().Done():
	case payload := <-acked:
		if payload != nil {
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(payload)
		}
	}
}

// certificateCheck reports whether Slack only looks at our certificate, as it does now and then with
// the address of a command: docs.slack.dev/interactivity/implementing-slash-commands
func certificateCheck(r *http.Request, body []byte) bool {
	form, err := url.ParseQuery(string(body))
	return r.URL.Path == commandsPath && (r.URL.Query().Get("ssl_check") == "1" || err == nil && form.Get("ssl_check") == "1")
}

// verify returns an error unless Slack signed a body in the last five minutes.
func (l *listener) verify(header http.Header, body []byte) error {
	v, err := slack.NewSecretsVerifier(header, l.s.cfg.SigningSecret.Reveal())
	if err != nil {
		return err
	}
	v.Write(body)
	return v.Ensure()
}

// requestID returns what a request has in common with its repetition. Slack puts a trigger_id or a
// time into each command and each interaction, so no two of them are alike.
func requestID(data any, body []byte) string {
	if e, ok := data.(event); ok && e.ID != "" {
		return e.ID
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func readCommand(body []byte) (any, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("no form")
	}
	return slack.SlashCommandParse(&http.Request{Method: http.MethodPost, PostForm: form, Form: form})
}

func readInteraction(body []byte) (any, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("no form")
	}
	var c slack.InteractionCallback
	if err := json.Unmarshal([]byte(form.Get("payload")), &c); err != nil {
		return nil, errors.New("no payload")
	}
	return c, nil
}

func readEvent(body []byte) (any, error) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, errors.New("no JSON")
	}
	return e, nil
}
