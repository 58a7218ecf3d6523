package api

import (
	"context"
	"math"

	"github.com/prometheus/client_golang/prometheus"

	"towpath"
	"towpath/internal/store"
)

// stateMetric is a metric with a series for each state of a thing, so that its labels are as many as
// the states and never grow.
type stateMetric struct {
	Name   string
	Help   string
	states []string
	of     func(store.Counts) map[string]int
}

func stateMetrics() []stateMetric {
	return []stateMetric{
		{
			Name: "towpath_rollouts_open", Help: "Rollouts that have not ended, by state.",
			states: []string{
				string(towpath.RolloutPending), string(towpath.RolloutRunning), string(towpath.RolloutHeld),
				string(towpath.RolloutFailed), string(towpath.RolloutUnknown),
			},
			of: func(c store.Counts) map[string]int { return c.Rollouts },
		},
		{
			Name: "towpath_tasks_open", Help: "Tasks that have not ended, by state.",
			states: []string{
				string(towpath.TaskPending), string(towpath.TaskHeld), string(towpath.TaskRunning),
				string(towpath.TaskFailed), string(towpath.TaskUnknown),
			},
			of: func(c store.Counts) map[string]int { return c.Tasks },
		},
		{
			Name: "towpath_links", Help: "Repository links: attention is a link that needs a person.",
			states: []string{"connected", "attention"},
			of:     func(c store.Counts) map[string]int { return c.Links },
		},
		{
			Name: "towpath_grants", Help: "Sign-ins at Git providers: broken is one that has to be made again.",
			states: []string{"working", "broken"},
			of:     func(c store.Counts) map[string]int { return c.Grants },
		},
	}
}

// counts collects the metrics of states. They are no numbers when the metadata cannot be read.
type counts struct {
	store   *store.Store
	metrics []stateMetric
	descs   []*prometheus.Desc
}

func newCounts(st *store.Store) *counts {
	c := &counts{store: st, metrics: stateMetrics()}
	for _, m := range c.metrics {
		c.descs = append(c.descs, prometheus.NewDesc(m.Name, m.Help, []string{"state"}, nil))
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *counts) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range c.descs {
		to <- desc
	}
}

// Collect implements prometheus.Collector.
func (c *counts) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), metricTimeout)
	defer cancel()
	var found store.Counts
	err := c.store.Read(ctx, func(tx *store.Tx) (err error) {
		found, err = tx.Counts(ctx)
		return err
	})
	for i, m := range c.metrics {
		for _, state := range m.states {
			value := float64(m.of(found)[state])
			if err != nil {
				value = math.NaN()
			}
			to <- prometheus.MustNewConstMetric(c.descs[i], prometheus.GaugeValue, value, state)
		}
	}
}
