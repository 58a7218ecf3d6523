// Package executor runs one task on one database. It is the one door through which target databases are changed.
//
// The lease of a target in the metadata keeps tasks of one database apart; the ledger inside the target, written in the
// transaction of the change where the engine can, says what happened. Whatever the metadata believes, the ledger decides.
package executor

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/secret"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// Service runs tasks. It is safe for concurrent use. Zero durations and counts stand for their defaults.
type Service struct {
	Store    *store.Store
	Keeper   *secret.Keeper
	Engines  map[towpath.EngineType]engine.Engine
	Owner    string // names this process in leases; a new one for each start
	ServerID string // of the metadata (store.Tx.ServerID); written into ledgers

	Lease            time.Duration // how long a target stays claimed without a heartbeat; 15 s
	LockTimeout      time.Duration // how long one try waits for the target's locks where nobody says otherwise; towpath.DefaultLockTimeout
	StatementTimeout time.Duration // how long one statement may take where nobody says otherwise; towpath.DefaultStatementTimeout
	LockTries        int           // how often a run starts over while others hold locks; 5
	Backoff          time.Duration // before the second try, doubled for each further one, give or take a half; 500 ms
	PerInstance      int           // databases of one instance that are changed at once, by all processes; 8
	Quick            time.Duration // a batch of tasks that took less is followed by a larger one; 150 ms
	SnapshotSchemas  bool          // keep the schema's dump before and after each change

	Logger *slog.Logger

	// Reached is called at the places between which a process may die; nil but in tests, which end it there.
	Reached func(place string)
	// Ticks, in tests, are when a turn looks around while a task runs; nil for a clock.
	Ticks <-chan time.Time
}

func (s *Service) reached(place string) {
	if s.Reached != nil {
		s.Reached(place)
	}
}

// limits are those of files of a project that say nothing, and the highest that one may ask for.
func (s *Service) limits(e towpath.Environment, p towpath.Project) (defaults, maximum statement.Limits) {
	maximum = statement.Limits{
		Lock:      cmp.Or(e.MaxLockTimeout, towpath.HighestLockTimeout),
		Statement: cmp.Or(e.MaxStatementTimeout, towpath.HighestStatementTimeout),
	}
	lock, statements := e.LockTimeoutOf(p), e.StatementTimeoutOf(p)
	if lock.From == towpath.LimitOfServer {
		lock.Timeout = s.lockTimeout()
	}
	if statements.From == towpath.LimitOfServer {
		statements.Timeout = s.statementTimeout()
	}
	return statement.Limits{Lock: lock.Timeout, Statement: statements.Timeout}.Under(maximum), maximum
}

func (s *Service) lease() time.Duration { return cmp.Or(s.Lease, 15*time.Second) }
func (s *Service) lockTimeout() time.Duration {
	return cmp.Or(s.LockTimeout, towpath.DefaultLockTimeout)
}
func (s *Service) statementTimeout() time.Duration {
	return cmp.Or(s.StatementTimeout, towpath.DefaultStatementTimeout)
}
func (s *Service) lockTries() int         { return cmp.Or(s.LockTries, 5) }
func (s *Service) perInstance() int       { return cmp.Or(s.PerInstance, 8) }
func (s *Service) backoff() time.Duration { return cmp.Or(s.Backoff, 500*time.Millisecond) }
func (s *Service) quick() time.Duration   { return cmp.Or(s.Quick, 150*time.Millisecond) }
func (s *Service) logger() *slog.Logger   { return cmp.Or(s.Logger, slog.Default()) }

const (
	busyWait   = time.Second      // before a target is asked for again that another run holds
	fullWait   = time.Second / 4  // before an instance is asked for again of which enough databases are being changed
	maxPause   = 15 * time.Second // between two tries
	writeLimit = 10 * time.Second // for what must still be written after the server was told to stop
)

// RunTask brings a task to its end, and then those that follow it in its database: it is the handler of
// towpath.JobRunTask. A task that another process left running is taken over, and the target's ledger says how far it
// came. What goes wrong in the target ends in the task's state; the error is about the metadata alone.
func (s *Service) RunTask(ctx context.Context, taskID string) (requeueAt *time.Time, err error) {
	t, requeueAt, err := s.begin(ctx, taskID)
	if err != nil || t == nil {
		return requeueAt, err
	}
	defer t.disconnect() // also of a run that panics
	working, stop := t.watch(ctx)
	defer stop()
	err = t.work(working)
	if errors.Is(err, errLeaseLost) || context.Cause(working) == errLeaseLost {
		return s.after(s.lease()), nil
	}
	return nil, err
}

// after is the metadata's time in a while.
func (s *Service) after(wait time.Duration) *time.Time {
	at := s.Store.Now().Add(wait)
	return &at
}
