package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"towpath"
)

// stopGrace bounds an orderly stop.
const stopGrace = 10 * time.Second

// run serves until ctx ends. Then /readyz is 503, and the jobs are finished or returned to the queue,
// where other servers find them. When proxies have had the time to notice, it accepts no more
// requests, finishes the running ones, and closes everything. It also ends, with an error and at
// once, when a newer program has changed the metadata.
func (s *server) run(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	group.Go(func() error { return s.graceful(running, stopGrace, s.runner.Run) })
	group.Go(func() error {
		<-running.Done()
		close(s.leaving)
		if ctx.Err() != nil { // told to stop
			time.Sleep(s.drain)
		}
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
		defer cancel()
		if err := s.http.Shutdown(end); err != nil {
			return errors.Join(fmt.Errorf("stop serving: %w", err), s.http.Close())
		}
		return nil
	})
	if s.store.Shared() {
		group.Go(func() error { return s.watchSchema(running) })
	}
	s.log.Info("serving", "address", s.listener.Addr().String(), "url", s.url, "version", version,
		"owner", s.owner)
	err := group.Wait()
	s.log.Info("stopped")
	return errors.Join(err, s.close())
}

// schemaWatch is how often a server looks whether a newer one has changed the metadata.
const schemaWatch = time.Second

// watchSchema returns an error when the metadata has the schema of a newer program, which this one
// would misread. It returns nil when ctx ends.
func (s *server) watchSchema(ctx context.Context) error {
	tick := time.NewTicker(schemaWatch)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		// Any other error is that of a metadata database that cannot be read, which the jobs report.
		if err := s.store.NotNewer(ctx); towpath.ErrorCode(err) == towpath.CodeConflict {
			return err
		}
	}
}

// graceful runs a function to its end, but no longer than a grace period after ctx has ended: a
// target that cannot be interrupted does not delay a stop. The next start undoes or examines its
// unfinished work.
func (s *server) graceful(ctx context.Context, grace time.Duration, run func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		s.log.Warn("changes were still running after the stop; the next start finds out about them",
			"grace", grace)
		return nil
	}
}
