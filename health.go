package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pactwatch/pactwatch/bot"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/pulse"
)

// defaultHealth is where health is served if the section does not say: 9464 is the port that OpenTelemetry
// gave to exporters for Prometheus.
const defaultHealth = "127.0.0.1:9464"

// HealthConfig is the "health" section.
type HealthConfig struct {
	Listen string `yaml:"listen"` // an address and a port; "" means 127.0.0.1:9464
}

// Check returns what is wrong with the section. A nil one is right: nothing is served.
func (c *HealthConfig) Check() []news.Fault {
	if c == nil || c.Listen == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(c.Listen)
	_, notIP := netip.ParseAddr(host)
	n, notPort := strconv.ParseUint(port, 10, 16)
	switch {
	case err != nil || notPort != nil || n == 0:
		return []news.Fault{{Path: "listen", Msg: "not an address and a port", Hint: "such as " + defaultHealth}}
	case host == "": // to Go that is every address of the host
		return []news.Fault{{Path: "listen", Msg: "it does not say who may reach it", Hint: "write 127.0.0.1:" + port + ", or 0.0.0.0:" + port + " for everybody"}}
	case notIP != nil && host != "localhost":
		return []news.Fault{{Path: "listen", Msg: "not an IP address of this host", Hint: "such as " + defaultHealth}}
	}
	return nil
}

// address returns where health is served.
func (c *HealthConfig) address() string {
	if c.Listen == "" {
		return defaultHealth
	}
	return c.Listen
}

// A checkup is how the program is.
type checkup struct {
	Status string            `json:"status"` // "ok" or "failing"
	Checks map[string]string `json:"checks"` // by what was looked at: "ok", or what is wrong in words
	Notes  []string          `json:"notes"`  // what a person should look at, though the program does what it can
}

// well is a check that found nothing.
const well = "ok"

func (r *checkup) add(name, wrong string) {
	if wrong == "" {
		wrong = well
	} else {
		r.Status = "failing"
	}
	r.Checks[name] = wrong
}

func newCheckup() *checkup {
	return &checkup{Status: well, Checks: map[string]string{}, Notes: []string{}}
}

// live says whether the loops make progress. What is wrong here, only a restart mends.
func (p *program) live() *checkup {
	r := newCheckup()
	for _, s := range p.pulse.Stages() {
		r.add(s.Name, strings.Join(s.Stuck, "; "))
	}
	return r
}

// ready says whether the program has started and can store what it finds.
func (p *program) ready(ctx context.Context) *checkup {
	r := newCheckup()
	started := ""
	if !p.started.Load() {
		started = "not yet"
	}
	r.add("start", started)
	r.add("store", errorWords(p.outage.check(ctx)))
	return r
}

// health says all that is known: the loops, the store, and each platform.
func (p *program) health(ctx context.Context) *checkup {
	r := p.live()
	r.add("store", errorWords(p.outage.check(ctx)))
	paused, err := p.st.Paused(ctx)
	if err != nil {
		r.add("store", err.Error())
	}
	for name := range p.connections {
		r.add(name, p.platformFault(name, paused))
	}
	for _, d := range paused {
		r.Notes = append(r.Notes, fmt.Sprintf("nothing can be posted to %s: %s", d.Destination, d.Reason))
	}
	return r
}

func errorWords(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// platformFault says what is wrong with a platform as a whole; "" if nothing is. A single channel that
// takes nothing is not.
func (p *program) platformFault(name string, paused []news.Delivery) string {
	if words, gaveUp := p.ill.Load(name); gaveUp {
		return fmt.Sprint(words)
	}
	connection := p.connections[name]
	if words := connection.Health(); words != "" {
		return words
	}
	if words := connection.calls.fault(); words != "" {
		return words
	}
	stopped := ""
	for channel, c := range p.roster.Load().routes {
		for _, to := range c.Destinations(channel) {
			if to.Platform != name {
				continue
			}
			i := slices.IndexFunc(paused, func(d news.Delivery) bool { return d.Destination == to })
			if i < 0 {
				return ""
			}
			stopped = "nothing can be posted to any channel: " + paused[i].Reason
		}
	}
	return stopped
}

// listenHealth takes the address of the "health" section; nil without one.
func (p *program) listenHealth() (net.Listener, error) {
	c := p.roster.Load().config.Health
	if c == nil {
		return nil, nil
	}
	listener, err := net.Listen("tcp", c.address())
	if err != nil {
		return nil, fmt.Errorf("health: %w; name another address under health: listen", err)
	}
	p.lg.Info("health is told", "address", listener.Addr())
	return listener, nil
}

// serveHealth answers monitoring until ctx ends.
func (p *program) serveHealth(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: p.healthHandler(), ErrorLog: slog.NewLogLogger(p.lg.Handler(), slog.LevelWarn), MaxHeaderBytes: 16 << 10,
		ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("health: %w", err)
	case <-ctx.Done():
	}
	server.Close() // who asks may ask again
	<-ended
	return nil
}

func (p *program) healthHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { answerCheckup(w, p.live()) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { answerCheckup(w, p.ready(r.Context())) })
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { answerCheckup(w, p.health(r.Context())) })
	mux.Handle("GET /metrics", p.metricsHandler())
	return mux
}

func answerCheckup(w http.ResponseWriter, r *checkup) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Status != well {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.Encode(r)
}

// watchStore lets all go on that an outage of the store has stopped, until ctx ends.
func (p *program) watchStore(ctx context.Context) error { return p.outage.watch(ctx, p.resume) }

// guard feeds the service manager's watchdog as long as all loops make progress, until ctx ends.
func (p *program) guard(ctx context.Context) error {
	every := 10 * time.Second
	if w := p.supervisor.watchdog; w > 0 {
		every = min(every, w/3)
	}
	watchProgress(ctx, p.pulse, every, func() { p.tellSupervisor("WATCHDOG=1") }, p.lg)
	return nil
}

// watchProgress calls alive again and again while all loops make progress, and tells the log of those
// that do not, until ctx ends.
func watchProgress(ctx context.Context, m *pulse.Monitor, every time.Duration, alive func(), lg *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	var said time.Time
	for {
		stuck := m.Stuck()
		if len(stuck) == 0 {
			alive()
		} else if time.Since(said) >= time.Minute {
			said = time.Now()
			lg.Error("no progress, which a restart may mend", "stuck", stuck)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (p *program) tellSupervisor(state string) {
	if err := p.supervisor.tell(state); err != nil {
		p.lg.Warn("the service manager does not listen", "err", err)
	}
}

var errUnhealthy = errors.New("it is not well")

func healthCommand() *cobra.Command {
	var path string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Ask the running bot how it is",
		Long: `Ask the bot that runs with this configuration how it is, at the address of its "health" section, and print
what is wrong. The exit code is 0 if all is well and 1 if not, or if nobody answers: a container's health check.`,
		Example: "  pactwatch health --config config.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := lookConfig(path)
			if err != nil {
				return err
			}
			if c.Health == nil {
				return fmt.Errorf(`%s has no "health" section, so nobody can be asked; add health: {listen: %s}`, configName(path), defaultHealth)
			}
			r, err := askHealth(cmd.Context(), c.Health.address())
			if err != nil {
				return err
			}
			return printHealth(cmd.OutOrStdout(), r, asJSON)
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON for a machine")
	return cmd
}

// askHealth asks the bot that listens at an address.
func askHealth(ctx context.Context, address string) (*checkup, error) {
	host, port, _ := net.SplitHostPort(address)
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 10*time.Second, errors.New("no answer within 10 s"))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return nil, fmt.Errorf("health of %s: %w", address, err)
	}
	resp, err := (&http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return nil, fmt.Errorf("no bot answers at %s: %w", address, bot.Cause(err))
	}
	defer resp.Body.Close()
	var r checkup
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&r); err != nil || r.Status == "" {
		return nil, fmt.Errorf("what answers at %s is no pactwatch", address)
	}
	return &r, nil
}

// printHealth prints a line for each check, or the report as JSON; one that is not well is an error.
func printHealth(w io.Writer, r *checkup, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(w).Encode(r); err != nil {
			return err
		}
	} else {
		for _, name := range slices.Sorted(maps.Keys(r.Checks)) {
			fmt.Fprintf(w, "%-10s %s\n", name, bot.Clean(r.Checks[name]))
		}
		for _, note := range r.Notes {
			fmt.Fprintln(w, bot.Clean(note))
		}
	}
	if r.Status != well {
		return errUnhealthy
	}
	return nil
}
