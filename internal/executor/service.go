package executor

import (
	"cmp"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/secret"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// Service runs tasks. It is safe for concurrent use. Zero durations and counts mean their defaults.
type Service struct {
	Store    *store.Store
	Keyring  *secret.Keyring
	Engines  map[towpath.EngineType]engine.Engine
	Owner    string // names this process in leases; a new one at each start
	ServerID string // of the metadata (store.Tx.ServerID); written into ledgers

	Secrets secret.References // for passwords that are kept elsewhere

	Lease       time.Duration // how long a target stays claimed without a heartbeat; 15 s
	LockTries   int           // tries of an attempt while others hold locks; 5
	Backoff     time.Duration // before the second try; doubled each time, with jitter of a half; 500 ms
	PerInstance int           // databases of one instance that all processes change at once; 8
	ClaimTime   time.Duration // how long the tasks of one claim should take together; 500 ms

	// LockTimeout and StatementTimeout apply where neither the file nor its project nor its
	// environment sets one; towpath.DefaultLockTimeout and towpath.DefaultStatementTimeout.
	LockTimeout      time.Duration
	StatementTimeout time.Duration

	SnapshotSchemas bool // keep the schema's dump before and after each change

	Logger *slog.Logger // slog.Default()

	// Reached is called at the places between which a process may die. Tests stop it there;
	// otherwise nil.
	Reached func(place string)
	// Ticks replaces the clock of the heartbeat in tests; otherwise nil.
	Ticks <-chan time.Time
}

// withDefaults returns a copy with every default filled in.
func (s *Service) withDefaults() *Service {
	c := *s
	c.Lease = cmp.Or(c.Lease, 15*time.Second)
	c.LockTimeout = cmp.Or(c.LockTimeout, towpath.DefaultLockTimeout)
	c.StatementTimeout = cmp.Or(c.StatementTimeout, towpath.DefaultStatementTimeout)
	c.LockTries = cmp.Or(c.LockTries, 5)
	c.Backoff = cmp.Or(c.Backoff, 500*time.Millisecond)
	c.PerInstance = cmp.Or(c.PerInstance, 8)
	c.ClaimTime = cmp.Or(c.ClaimTime, progressEvery)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	if c.Reached == nil {
		c.Reached = func(string) {}
	}
	return &c
}

// newLease returns a lease that is not claimed yet.
func (s *Service) newLease(databaseID string) *lease {
	return &lease{
		store:      s.Store,
		databaseID: databaseID,
		serverID:   s.ServerID,
		owner:      s.Owner + "/" + store.NewID(),
		length:     s.Lease,
	}
}

// limits returns the limits of a project's files that set none, and the maximum that a file may ask
// for.
func (s *Service) limits(e towpath.Environment, p towpath.Project) (defaults, maximum statement.Limits) {
	maximum = statement.Limits{
		Lock:      cmp.Or(e.MaxLockTimeout, towpath.MaxLockTimeout),
		Statement: cmp.Or(e.MaxStatementTimeout, towpath.MaxStatementTimeout),
	}
	lock, statements := e.LockTimeoutOf(p), e.StatementTimeoutOf(p)
	if lock.From == towpath.LimitOfServer {
		lock.Timeout = s.LockTimeout
	}
	if statements.From == towpath.LimitOfServer {
		statements.Timeout = s.StatementTimeout
	}
	return statement.Limits{Lock: lock.Timeout, Statement: statements.Timeout}.Under(maximum), maximum
}

// reach finds the engine of an instance and decrypts the instance's password.
func (s *Service) reach(i towpath.Instance, database string) (engine.Engine, engine.Target, error) {
	e, ok := s.Engines[i.Engine]
	if !ok {
		return nil, engine.Target{}, towpath.Errorf(towpath.CodeUnavailable,
			"This server does not support %s databases.", i.Engine)
	}
	t := engine.Target{Address: i.Address, Username: i.Username, Options: i.Options, Database: database}
	password, err := s.Secrets.Password(s.Keyring, i.ID, i.EncryptedPassword, i.PasswordFrom)
	if err != nil {
		return nil, engine.Target{}, towpath.Errorf(towpath.CodeUnavailable, "The password of instance %s %v.",
			i.Name, err)
	}
	t.Password = password
	return e, t, nil
}
