package api

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"towpath/internal/store"
)

// metrics serves the server's metrics to Prometheus.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(st *store.Store, version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "towpath_http_request_seconds", Help: "Time that requests took, by route and status.",
			Buckets: []float64{.005, .025, .1, .5, 2.5, 10, 60},
		}, []string{"method", "route", "status"}),
	}
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "towpath_build_info", Help: "Always 1; the labels describe the build.",
		ConstLabels: prometheus.Labels{"version": version},
	}, func() float64 { return 1 })
	late := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "towpath_jobs_late_seconds",
		Help: "How long the longest due job has been waiting; 0 when none is.",
	}, func() float64 { return lateness(st) })
	failing := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "towpath_jobs_failing", Help: "Jobs whose last run failed, 100 at most.",
	}, func() float64 { return failingJobs(st) })
	m.registry.MustRegister(collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.requests, build, late, failing,
		newCounts(st))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 2,
		Timeout:             10 * time.Second,
	})
}

// count adds a finished request. Its route label is the pattern, so that ids do not create new
// series.
func (m *metrics) count(method, route string, status int, took time.Duration) {
	if _, path, ok := strings.Cut(route, " "); ok {
		route = path
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete:
	default:
		method = "other" // clients can invent methods
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// metricTimeout bounds the query of one metric, which is no number when the metadata cannot be read.
const metricTimeout = 2 * time.Second

func lateness(st *store.Store) float64 {
	ctx, cancel := context.WithTimeout(context.Background(), metricTimeout)
	defer cancel()
	var due *time.Time
	err := st.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.NextDue(ctx)
		return err
	})
	switch {
	case err != nil:
		return math.NaN()
	case due == nil:
		return 0
	}
	return max(0, st.Now().Sub(*due).Seconds())
}

func failingJobs(st *store.Store) float64 {
	ctx, cancel := context.WithTimeout(context.Background(), metricTimeout)
	defer cancel()
	n := 0
	err := st.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Failing(ctx, 1)
		n = len(list)
		return err
	})
	if err != nil {
		return math.NaN()
	}
	return float64(n)
}
