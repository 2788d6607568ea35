package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/store"
)

// metrics counts what happens. No label holds anything that people or publishers wrote: the sets of their
// values are fixed. docs/operating.md lists them all.
type metrics struct {
	polls      *prometheus.CounterVec
	items      prometheus.Counter
	pages      *prometheus.CounterVec
	matched    prometheus.Counter
	deliveries *prometheus.CounterVec
	calls      *prometheus.CounterVec
	callTime   *prometheus.HistogramVec
	lastPoll   prometheus.Gauge
}

func newMetrics() *metrics {
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Name: name, Help: help}
	}
	m := &metrics{
		polls:      prometheus.NewCounterVec(counter("pactwatch_polls_total", "Polls of sources, by outcome: ok or failed."), []string{"outcome"}),
		items:      prometheus.NewCounter(counter("pactwatch_items_total", "New items that sources have shown.")),
		pages:      prometheus.NewCounterVec(counter("pactwatch_articles_read_total", "Attempts to read an article's page, by outcome: ok, again (to be tried later), excerpt (what the source said was enough) or lost."), []string{"outcome"}),
		matched:    prometheus.NewCounter(counter("pactwatch_articles_matched_total", "Articles that met at least one rule, and went on to their story.")),
		deliveries: prometheus.NewCounterVec(counter("pactwatch_deliveries_settled_total", "Outcomes of attempts to deliver, by platform, kind and the state that the delivery is in since."), []string{"platform", "kind", "state"}),
		calls:      prometheus.NewCounterVec(counter("pactwatch_api_requests_total", "Requests to a platform's API, by how they ended: ok, rate_limited, refused, server or network."), []string{"platform", "outcome"}),
		callTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "pactwatch_api_request_duration_seconds", Help: "Time until a platform's API answered.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"platform"}),
		lastPoll: prometheus.NewGauge(prometheus.GaugeOpts{Name: "pactwatch_last_good_poll_timestamp_seconds", Help: "When a poll last went well, in Unix time; 0 if none has since the start."}),
	}
	for _, outcome := range []string{"ok", "failed"} { // a rate needs a zero to begin at
		m.polls.WithLabelValues(outcome)
	}
	for _, outcome := range []string{"ok", "again", "excerpt", "lost"} {
		m.pages.WithLabelValues(outcome)
	}
	return m
}

// polled counts a poll.
func (m *metrics) polled(arrived []news.Arrival, cause error) {
	if cause != nil {
		m.polls.WithLabelValues("failed").Inc()
		return
	}
	m.polls.WithLabelValues("ok").Inc()
	m.lastPoll.SetToCurrentTime()
	m.items.Add(float64(len(arrived)))
	for _, v := range arrived {
		if v.Stage == news.Matched {
			m.matched.Inc()
		}
	}
}

// pageRead counts an attempt to read a page.
func (m *metrics) pageRead(next news.Stage, cause error) {
	outcome := "ok"
	switch {
	case cause != nil && next == news.Unread:
		outcome = "again"
	case cause != nil && next == news.Matched:
		outcome = "excerpt"
	case cause != nil:
		outcome = "lost"
	}
	m.pages.WithLabelValues(outcome).Inc()
	if next == news.Matched {
		m.matched.Inc()
	}
}

// called returns what counts a platform's API requests.
func (m *metrics) called(platform string) func(kind string, took time.Duration) {
	for _, kind := range callKinds {
		m.calls.WithLabelValues(platform, kind) // as above
	}
	return func(kind string, took time.Duration) {
		m.calls.WithLabelValues(platform, kind).Inc()
		m.callTime.WithLabelValues(platform).Observe(took.Seconds())
	}
}

// A countedStore is the notifier's store, and counts what becomes of deliveries.
type countedStore struct {
	*store.Store
	metrics *metrics
}

// Settle stores and counts an outcome.
func (s countedStore) Settle(ctx context.Context, d news.Delivery) error {
	err := s.Store.Settle(ctx, d)
	if err == nil {
		s.metrics.deliveries.WithLabelValues(d.Destination.Platform, string(d.Kind), string(d.State)).Inc()
	}
	return err
}

// registry returns a registry with all metrics of a program and no other.
func (p *program) registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	m := p.metrics
	r.MustRegister(m.polls, m.items, m.pages, m.matched, m.deliveries, m.calls, m.callTime, m.lastPoll, scrape{p},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// metricsHandler answers scrapes.
func (p *program) metricsHandler() http.Handler {
	return promhttp.HandlerFor(p.registry(), promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(p.lg.Handler(), slog.LevelWarn), MaxRequestsInFlight: 4, Timeout: 20 * time.Second,
	})
}

// What is looked up when it is asked for.
var (
	buildDesc     = prometheus.NewDesc("pactwatch_build_info", "Always 1; the labels say what runs.", []string{"version", "goversion", "revision"}, nil)
	rulesDesc     = prometheus.NewDesc("pactwatch_rules", "Rules in force.", nil, nil)
	sourcesDesc   = prometheus.NewDesc("pactwatch_sources", "Sources, by state: ok, failing or paused.", []string{"state"}, nil)
	queueDesc     = prometheus.NewDesc("pactwatch_queue_depth", "What waits for a stage: articles for read and group, messages for deliver, and for decide those that wait for a person.", []string{"stage"}, nil)
	queueAgeDesc  = prometheus.NewDesc("pactwatch_queue_oldest_age_seconds", "How long the oldest of it has waited; 0 if nothing waits.", []string{"stage"}, nil)
	waitingDesc   = prometheus.NewDesc("pactwatch_deliveries_waiting", "Messages that are not settled, by platform and state.", []string{"platform", "state"}, nil)
	alertsDesc    = prometheus.NewDesc("pactwatch_alerts_total", "Alerts raised, one for each story and channel, since the database was made.", nil, nil)
	platformDesc  = prometheus.NewDesc("pactwatch_platform_up", "1 if a platform's connection and API are well.", []string{"platform"}, nil)
	stuckDesc     = prometheus.NewDesc("pactwatch_stage_stuck", "Loops of a stage that make no progress.", []string{"stage"}, nil)
	roundsDesc    = prometheus.NewDesc("pactwatch_stage_rounds_total", "Rounds of work that a stage has ended.", []string{"stage"}, nil)
	storeDesc     = prometheus.NewDesc("pactwatch_store_up", "1 if the store takes writes.", nil, nil)
	storeSizeDesc = prometheus.NewDesc("pactwatch_database_size_bytes", "Size of the database on the disk, its log included.", nil, nil)
)

// A scrape collects what is looked up when it is asked for.
type scrape struct{ p *program }

// Describe is prometheus.Collector's.
func (s scrape) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{buildDesc, rulesDesc, sourcesDesc, queueDesc, queueAgeDesc, waitingDesc,
		alertsDesc, platformDesc, stuckDesc, roundsDesc, storeDesc, storeSizeDesc} {
		ch <- d
	}
}

// Collect is prometheus.Collector's. What the store does not say is left out.
func (s scrape) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	goVersion, revision := build()
	gauge(ch, buildDesc, 1, version, goVersion, revision)
	gauge(ch, rulesDesc, len(s.p.roster.Load().set.Rules()))
	for _, stage := range s.p.pulse.Stages() {
		gauge(ch, stuckDesc, len(stage.Stuck), stage.Name)
		total(ch, roundsDesc, stage.Rounds, stage.Name)
	}
	gauge(ch, storeDesc, truth(s.p.outage.check(ctx) == nil))
	for _, part := range []func(context.Context, chan<- prometheus.Metric) error{s.platforms, s.database, s.sources, s.queues} {
		if err := part(ctx, ch); err != nil {
			s.p.lg.Warn("some metrics cannot be had", "err", err)
		}
	}
}

func gauge[N int | int64 | float64](ch chan<- prometheus.Metric, d *prometheus.Desc, v N, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
}

func total(ch chan<- prometheus.Metric, d *prometheus.Desc, v int, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s scrape) platforms(ctx context.Context, ch chan<- prometheus.Metric) error {
	paused, err := s.p.st.Paused(ctx)
	if err != nil {
		return err
	}
	for name := range s.p.connections {
		gauge(ch, platformDesc, truth(s.p.platformFault(name, paused) == ""), name)
	}
	return nil
}

func (s scrape) database(ctx context.Context, ch chan<- prometheus.Metric) error {
	size, err := s.p.st.Size()
	if err != nil {
		return err
	}
	gauge(ch, storeSizeDesc, size)
	alerts, err := s.p.st.Alerts(ctx)
	if err != nil {
		return err
	}
	total(ch, alertsDesc, alerts)
	return nil
}

func (s scrape) sources(ctx context.Context, ch chan<- prometheus.Metric) error {
	sources, err := s.p.Sources(ctx)
	if err != nil {
		return err
	}
	states := map[string]int{"ok": 0, "failing": 0, "paused": 0}
	for _, src := range sources {
		switch {
		case src.Pause != nil:
			states["paused"]++
		case src.Cursor.Failures > 0:
			states["failing"]++
		default:
			states["ok"]++
		}
	}
	for state, n := range states {
		gauge(ch, sourcesDesc, n, state)
	}
	return nil
}

func (s scrape) queues(ctx context.Context, ch chan<- prometheus.Metric) error {
	queues, err := s.p.st.Queues(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	depth, age := map[string]int{"read": 0, "group": 0, "deliver": 0, "decide": 0}, map[string]float64{}
	for _, q := range queues {
		depth[q.Stage] += q.Depth
		age[q.Stage] = max(age[q.Stage], now.Sub(q.Oldest).Seconds())
		if q.Platform != "" {
			gauge(ch, waitingDesc, q.Depth, q.Platform, string(q.State))
		}
	}
	for stage, n := range depth {
		gauge(ch, queueDesc, n, stage)
		gauge(ch, queueAgeDesc, age[stage], stage)
	}
	return nil
}
