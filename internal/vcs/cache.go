package vcs

import (
	"sync"
	"time"
)

// Cache keeps results of a provider in memory. Its zero value is empty. Several goroutines may use
// it.
type Cache[V any] struct {
	mu     sync.Mutex
	values map[string]cached[V]
}

type cached[V any] struct {
	value V
	at    time.Time
}

// Get returns the value of a key; ok is false when there is none that is younger than age.
func (c *Cache[V]) Get(key string, age time.Duration) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.values[key]
	if !ok || time.Since(found.at) >= age {
		return value, false
	}
	return found.value, true
}

// Put keeps a value. When there are size others, the oldest makes room.
func (c *Cache[V]) Put(key string, value V, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.values[key]; !known && len(c.values) >= size {
		delete(c.values, c.oldest())
	}
	if c.values == nil {
		c.values = map[string]cached[V]{}
	}
	c.values[key] = cached[V]{value: value, at: time.Now()}
}

func (c *Cache[V]) oldest() (oldest string) {
	for key, v := range c.values {
		if first, ok := c.values[oldest]; !ok || v.at.Before(first.at) {
			oldest = key
		}
	}
	return oldest
}
