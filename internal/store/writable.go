package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"
)

const (
	trialKept = 5 * time.Second // how long the result of one trial is reused
	// how long a trial may wait; SQLite's wait for another process's lock comes on top
	trialLimit = 3 * time.Second
	trialSize  = 16 << 10 // bytes that a trial writes: about as much as a small change
)

// trial is the result of the last trial write.
type trial struct {
	mu  sync.Mutex
	at  time.Time // when it ended; zero before the first one
	err error
}

// Writable returns an error when the metadata cannot be written. It writes one row, at most every
// five seconds, regardless of how often it is called.
func (s *Store) Writable(ctx context.Context) error {
	s.trial.mu.Lock()
	defer s.trial.mu.Unlock()
	if !s.trial.at.IsZero() && time.Since(s.trial.at) < trialKept {
		return s.trial.err
	}
	// A caller that cancels must not end the trial, since others wait for the same result.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), trialLimit)
	defer cancel()
	s.trial.err = s.tryWrite(ctx)
	s.trial.at = time.Now()
	return s.trial.err
}

func (s *Store) tryWrite(ctx context.Context) error {
	value := make([]byte, trialSize)
	_, _ = rand.Read(value) // never fails; zeros could be compressed
	if err := s.Write(ctx, func(tx *Tx) error { return tx.SetMeta(ctx, "write-trial", value) }); err != nil {
		return fmt.Errorf("try a write: %w", err)
	}
	return nil
}
