// Package rehearsal tries files of SQL in a scratch database on a real server: one that is made for
// it, gets the schema of a target, and is dropped afterwards. It never works in a target.
package rehearsal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/executor"
	"towpath/internal/schema"
	"towpath/internal/statement"
	"towpath/internal/wording"
)

// The bounds of a rehearsal.
const (
	MaxTime  = 2 * time.Minute // with the making of the schema
	MaxBytes = 512 << 20       // of the scratch database
	MaxFiles = 1000
	MaxSetup = 64 << 20 // bytes of the schema's text

	maxStatement = time.Minute
	maxLock      = 10 * time.Second
	sizeInterval = 500 * time.Millisecond
	maxWait      = time.Minute // for others to end
	waitInterval = 250 * time.Millisecond
	dropTime     = 30 * time.Second
)

// Leftovers are scratch databases without a session for a minute, and all that are older than an hour.
var Leftovers = engine.ScratchAge{Idle: time.Minute, Any: time.Hour}

// File is a text that runs.
type File struct {
	Path    string
	Content string
}

// Input is what is tried, and where.
type Input struct {
	Engine engine.Engine
	// Instance is where the scratch database is made. Where it names a database, that one is read for
	// its encoding, and not changed.
	Instance engine.Target
	Server   string           // its version, such as "PostgreSQL 15.20"; "" asks it
	Limits   statement.Limits // of files that set none
	Time     time.Duration    // of all of it; 0 is MaxTime
	// Home is the target whose files these are, which some name; and whether they may change roles there.
	Home   engine.Target
	Schema string       // what is there before, as the dump of the target
	Setup  []File       // make more of it; they are not measured
	Files  []File       // in the order in which they run
	Logger *slog.Logger // gets what follows a rehearsal that has its result
	// Ended, unless nil, gets the result before the scratch database is dropped, which takes time
	Ended func(towpath.Rehearsal)
}

func (in Input) time() time.Duration { return cmp.Or(in.Time, MaxTime) }

// Run rehearses files. A file that fails is a part of the result, and those behind it are skipped.
// Its error says why there was no rehearsal: a *towpath.Error with the way out where there is one.
func Run(ctx context.Context, in Input) (result towpath.Rehearsal, err error) {
	if len(in.Files) > MaxFiles {
		return result, towpath.Errorf(towpath.CodeTooLarge, "%d files are more than a rehearsal runs: %d.",
			len(in.Files), MaxFiles)
	}
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, in.time())
	defer cancel()
	err = in.inScratch(ctx, func(ctx context.Context, scratch engine.Scratch) error {
		made, err := in.in(ctx, scratch)
		if err != nil {
			return err
		}
		if made.Server = in.Server; made.Server == "" {
			report, err := in.Engine.Check(ctx, in.Instance)
			if made.Server = cmp.Or(report.Version, in.Engine.Describe().Name); err != nil {
				return err
			}
		}
		made.Seconds = time.Since(start).Seconds()
		if result = made; in.Ended != nil {
			in.Ended(result)
		}
		return nil
	})
	return result, err
}

// inScratch makes an empty scratch database for use, and drops it afterwards. The context of use ends
// when the database grows too much.
func (in Input) inScratch(ctx context.Context, use func(context.Context, engine.Scratch) error) error {
	maker, ok := in.Engine.(engine.Rehearser)
	if !ok {
		return towpath.Errorf(towpath.CodeInvalid, "%s has no scratch databases.", in.Engine.Describe().Name)
	}
	in.sweep(ctx, maker)
	scratch, err := in.make(ctx, maker)
	if err != nil {
		return in.explain(ctx, err)
	}
	defer in.drop(ctx, scratch)
	bounded, stop := watchSize(ctx, scratch)
	defer stop()
	if err := use(bounded, scratch); err != nil {
		return in.explain(bounded, err)
	}
	return nil
}

// in rehearses in a scratch database that is empty.
func (in Input) in(ctx context.Context, scratch engine.Scratch) (result towpath.Rehearsal, err error) {
	if len(in.Schema) > MaxSetup {
		return result, towpath.Errorf(towpath.CodeTooLarge, "The schema is longer than %d MiB.", MaxSetup>>20)
	}
	if in.Schema != "" {
		if err := scratch.Fill(ctx, in.Schema); err != nil {
			return result, &SchemaError{err}
		}
	}
	r, err := in.open(ctx, scratch)
	if err != nil {
		return result, err
	}
	defer r.close()
	if len(in.Setup) == 0 {
		r.target = in.Schema
	}
	if err := r.setup(ctx, in.Setup); err != nil {
		return result, err
	}
	before, err := r.trial.DB.Schema(ctx)
	if err != nil {
		return result, fmt.Errorf("read the schema before: %w", err)
	}
	result.Files = r.run(ctx, in.Files)
	if err := context.Cause(ctx); err != nil { // a file has failed at a bound, which is not its fault
		return result, err
	}
	after, err := r.trial.DB.Schema(ctx)
	if err != nil {
		return result, fmt.Errorf("read the schema after: %w", err)
	}
	result.Schema = schema.Diff(before.Dump, after.Dump)
	return result, nil
}

// SchemaError says that the schema of the target could not be made.
type SchemaError struct{ Err error }

// Error implements error.
func (e *SchemaError) Error() string {
	return "make the schema in the scratch database: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *SchemaError) Unwrap() error { return e.Err }

// sweep drops what earlier rehearsals left. A failure stops nothing: the next one tries again.
func (in Input) sweep(ctx context.Context, maker engine.Rehearser) {
	dropped, err := maker.SweepScratches(ctx, in.Instance, Leftovers)
	if len(dropped) > 0 {
		in.Logger.InfoContext(ctx, "dropped the scratch databases of rehearsals that died", "names", dropped)
	}
	if err != nil && ctx.Err() == nil {
		in.Logger.WarnContext(ctx, "leftovers of rehearsals were not dropped", "error", err)
	}
}

// make makes the scratch database, and waits while there are too many.
func (in Input) make(ctx context.Context, maker engine.Rehearser) (engine.Scratch, error) {
	waiting, stop := context.WithTimeout(ctx, maxWait)
	defer stop()
	for {
		scratch, err := maker.MakeScratch(ctx, in.Instance)
		if towpath.ErrorCode(err) != towpath.CodeTooMany {
			return scratch, err
		}
		select {
		case <-waiting.Done():
			return nil, err
		case <-time.After(waitInterval):
		}
	}
}

func (in Input) drop(ctx context.Context, scratch engine.Scratch) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTime)
	defer cancel()
	if err := scratch.Drop(ctx); err != nil {
		in.Logger.WarnContext(ctx, "a scratch database was not dropped; a later rehearsal will do it",
			"error", err)
	}
}

// errTooLarge ends a rehearsal whose database has grown too much.
var errTooLarge = errors.New("the scratch database is too large")

// watchSize ends the context when the scratch database takes too many bytes. stop ends the watch.
func watchSize(ctx context.Context, scratch engine.Scratch) (context.Context, func()) {
	ctx, end := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(sizeInterval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if size, err := scratch.Size(ctx); err == nil && size > MaxBytes {
				end(errTooLarge)
			}
		}
	}()
	return ctx, func() {
		end(nil)
		<-done
	}
}

// explain says of an error whether a bound of the rehearsal caused it.
func (in Input) explain(ctx context.Context, err error) error {
	switch {
	case errors.Is(context.Cause(ctx), errTooLarge):
		return towpath.Errorf(towpath.CodeTooLarge,
			"The rehearsal was ended: its database took more than %d MiB.", MaxBytes>>20)
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		e := towpath.Errorf(towpath.CodeTooLarge, "The rehearsal was ended: it took more than %s.", in.time())
		e.Reason = towpath.Why(towpath.ReasonRehearsalSlow, "limit", in.time().String())
		return e
	}
	return err
}

// open opens the scratch database for trials.
func (in Input) open(ctx context.Context, scratch engine.Scratch) (*runner, error) {
	db, err := scratch.Open(ctx)
	if err != nil {
		return nil, err
	}
	limits := in.Limits.Or(statement.Limits{
		Lock: towpath.DefaultLockTimeout, Statement: towpath.DefaultStatementTimeout,
	})
	return &runner{trial: executor.Trial{
		Engine: in.Engine, Scratch: scratch, DB: db, Home: in.Home, Defaults: limits,
		Maximum: statement.Limits{Lock: maxLock, Statement: maxStatement},
	}}, nil
}

// runner runs texts in one scratch database.
type runner struct {
	trial  executor.Trial
	target string // the dump of the target, while nothing but that has run; else ""
}

// close closes the database; the scratch is dropped anyway.
func (r *runner) close() { _ = r.trial.DB.Close() }

// setup makes the schema that is there before the files.
func (r *runner) setup(ctx context.Context, files []File) error {
	size := 0
	for _, f := range files {
		if size += len(f.Content); size > MaxSetup {
			return towpath.Errorf(towpath.CodeTooLarge, "The schema is longer than %d MiB.", MaxSetup>>20)
		}
		_, err := r.trial.Run(ctx, f.Content, nil)
		if failed := (*executor.TrialError)(nil); errors.As(err, &failed) {
			return towpath.Errorf(towpath.CodeUnavailable,
				"The schema could not be made in the scratch database: %s:%s: %s", f.Path, failed.Pos,
				wording.Text(failed.Reason))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
