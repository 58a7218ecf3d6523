package executor

import (
	"context"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// target is a batch's connection to its database. Only one goroutine may use it.
type target struct {
	reach   func() (engine.Engine, engine.Target, error)
	engine  engine.Engine // nil until resolved
	address engine.Target
	db      engine.DB // nil while disconnected
	ledger  *ledger
	schema  *string       // dump of the schema after the last change; nil when it was not read
	follows bool          // schema was followed from an earlier one, and not confirmed since
	alone   bool          // one task is claimed: following it and confirming that would take two readings
	lost    bool          // a schema was not what was followed: from then on all is read
	reading time.Duration // of whole schemas in a claim, which the tasks of a larger one would do without
	logger  *slog.Logger

	expected string // see expectedSchema; "" once it was compared
}

// resolve finds the engine and decrypts the password, once.
func (t *target) resolve(allowRoles bool) (err error) {
	if t.engine != nil {
		return nil
	}
	if t.engine, t.address, err = t.reach(); err != nil {
		return terminate(towpath.TaskFailed, towpath.ReasonOf(err))
	}
	t.address.AllowRoles = allowRoles
	return nil
}

// connect opens the database unless it is open.
func (t *target) connect(ctx context.Context) (err error) {
	if t.db == nil {
		t.db, err = t.engine.Open(ctx, t.address)
	}
	return err
}

// disconnect closes the connection. The server undoes what was not committed.
func (t *target) disconnect() {
	if t.db != nil {
		_ = t.db.Close()
	}
	t.db = nil
	t.schema = nil
	t.ledger.book = nil
}

// session begins a session whose records are sealed.
func (t *target) session(ctx context.Context, o engine.SessionOptions) (*sealedSession, error) {
	session, err := t.db.Begin(ctx, o)
	if err != nil {
		return nil, err
	}
	return &sealedSession{Session: session, ledger: t.ledger, noTx: o.NoTx}, nil
}

// within returns the options of a session with these limits.
func within(limits statement.Limits) engine.SessionOptions {
	return engine.SessionOptions{LockTimeout: limits.Lock, StatementTimeout: limits.Statement}
}

// load reads the ledger and checks it. It returns a *terminalError when the ledger cannot be
// trusted.
func (t *target) load(ctx context.Context) (towpath.Ledger, error) {
	l, err := t.db.Ledger(ctx)
	if err != nil {
		return l, err
	}
	return l, t.ledger.accept(l)
}

// schemaBefore dumps the schema before a change. Within a batch it reuses the dump after the last
// one.
func (t *target) schemaBefore(ctx context.Context) (*string, error) {
	if t.schema != nil {
		return t.schema, nil
	}
	schema, err := t.measured(ctx)
	if schema.LeftOut != "" {
		t.logger.InfoContext(ctx, "the server keeps options that nobody sets; schema texts leave them out",
			"database", t.address.Database, "options", schema.LeftOut)
	}
	return &schema.Dump, err
}

// schemaAfter dumps the schema after a change, following it from the one before where the engine can;
// nil when it cannot be read.
func (t *target) schemaAfter(ctx context.Context) *string {
	read := t.db.Schema
	f, follows := t.db.(engine.Follower)
	follows = follows && !t.lost
	switch {
	case follows && t.alone:
		read, follows = t.measured, false
	case follows:
		read = f.Follow
	}
	schema, err := read(ctx)
	if err != nil {
		t.logger.WarnContext(ctx, "schema not read after a change",
			"database", t.address.Database, "error", err)
		return nil
	}
	t.schema, t.follows = &schema.Dump, follows
	return t.schema
}

// measured reads a whole schema, and adds the time to reading.
func (t *target) measured(ctx context.Context) (engine.Schema, error) {
	began := time.Now()
	defer func() { t.reading += time.Since(began) }()
	return t.db.Schema(ctx)
}

// confirm reads the whole schema after changes that were followed. confirmed is false when it is
// another one, which is returned, or cannot be read, which is nil.
func (t *target) confirm(ctx context.Context) (schema *string, confirmed bool) {
	if t.db == nil || t.schema == nil || !t.follows {
		return t.schema, true
	}
	t.follows = false
	read, err := t.db.Schema(ctx)
	switch {
	case err != nil:
		t.logger.WarnContext(ctx, "schemas between changes not kept: the last one could not be confirmed",
			"database", t.address.Database, "error", err)
		t.schema = nil
	case read.Dump != *t.schema:
		t.logger.WarnContext(ctx, "schemas between changes not kept: the database has another one than followed",
			"database", t.address.Database)
		t.schema, t.lost = &read.Dump, true // nothing is followed any more
	default:
		return t.schema, true
	}
	return t.schema, false
}

// reasonOf returns an error for people, without our password.
func (t *target) reasonOf(err error) towpath.Reason { return reasonOf(err, t.address.Password) }
