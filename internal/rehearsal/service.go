package rehearsal

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"towpath"
	"towpath/internal/catalog"
	"towpath/internal/engine"
	"towpath/internal/manifest"
	"towpath/internal/statement"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// Service makes the rehearsals that the reviews of branches ask for. Its fields are set before first
// use and not changed afterwards.
type Service struct {
	Store   *store.Store
	Catalog *catalog.Service
	Logger  *slog.Logger

	baseline sync.Mutex // one baseline file is made at a time
}

const (
	// minTime is what a rehearsal has that begins late, since others were before it.
	minTime = 20 * time.Second
	// sweepAfter is when the leftovers of a process that has died count as such.
	sweepAfter = 75 * time.Second
	// againAfter is when a review is made again whose database was changed meanwhile.
	againAfter = 2 * time.Second
	// lookInterval is how often a rehearsal looks whether somebody still wants it.
	lookInterval = time.Second
)

var (
	errSuperseded = errors.New("nobody wants the rehearsal any more")
	errMoved      = errors.New("the database was changed meanwhile")
)

// Rehearse makes one rehearsal of those that are wanted on an instance, and comes back for the next.
// It is a job's handler: there is one row for each instance, so that one rehearsal runs there at a
// time. What is wanted is read when it runs, and what is no longer wanted ends.
func (s *Service) Rehearse(ctx context.Context, instanceID string) (requeueAt *time.Time, err error) {
	var wanted []towpath.BranchRehearsal
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		wanted, err = tx.WantedRehearsals(ctx, instanceID, 2)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(wanted) == 0 {
		return nil, s.sweep(ctx, instanceID)
	}
	order := wanted[0]
	if err := s.make(ctx, order); err != nil {
		return nil, err
	}
	at := s.Store.Now()
	if len(wanted) == 1 {
		at = at.Add(sweepAfter)
	}
	return &at, nil
}

// sweep drops what rehearsals that died have left on an instance. An instance that does not answer
// is swept by its next rehearsal.
func (s *Service) sweep(ctx context.Context, instanceID string) error {
	p, err := s.Catalog.Place(ctx, instanceID)
	if err != nil {
		return nil //nolint:nilerr // it was removed, or cannot be reached
	}
	if maker, ok := p.Driver.(engine.Rehearser); ok {
		Input{Instance: p.Target, Logger: s.Logger}.sweep(ctx, maker)
	}
	return nil
}

// make makes a rehearsal and stores what came of it. Its error is about the metadata, or the end of
// ctx.
func (s *Service) make(ctx context.Context, order towpath.BranchRehearsal) error {
	watched, stop := s.watch(ctx, order)
	defer stop()
	var saved error
	stored := false
	err := s.run(watched, order, func(result towpath.Rehearsal) {
		made := order
		made.State, made.Reason, made.Result = towpath.RehearsalDone, towpath.Reason{}, result.Bounded()
		stored, saved = true, s.save(ctx, made)
	})
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case stored:
		return saved
	case errors.Is(context.Cause(watched), errSuperseded):
		return s.withdraw(ctx, order)
	case errors.Is(err, errMoved):
		return s.moved(ctx, order)
	}
	s.Logger.InfoContext(ctx, "a branch was not rehearsed", "review", order.ReviewID, "error", err)
	order.State, order.Reason = towpath.RehearsalNone, towpath.ReasonOf(err)
	return s.save(ctx, order)
}

// run rehearses, and passes the result to done. Its error has a reason for people.
func (s *Service) run(
	ctx context.Context, order towpath.BranchRehearsal, done func(towpath.Rehearsal),
) error {
	until := order.WantedAt.Add(towpath.RehearsalPatience).Sub(s.Store.Now())
	in := Input{Time: min(max(until, minTime), MaxTime), Logger: s.Logger, Ended: done}
	ctx, cancel := context.WithTimeout(ctx, in.Time)
	defer cancel()
	p, err := s.Catalog.Place(ctx, order.InstanceID)
	if err != nil {
		return err
	}
	home, err := s.home(ctx, &in, order)
	if err != nil {
		return err
	}
	if home.Engine != p.Engine {
		return becauseOf(towpath.Why(towpath.ReasonRehearsalEngine, "instance", p.Name))
	}
	in.Engine, in.Instance, in.Server = p.Driver, p.Target, p.Version
	if home.ID == p.ID {
		in.Instance.Database = order.Database
	}
	if err := s.allowed(ctx, p); err != nil {
		return err
	}
	if in.Files, err = s.texts(ctx, order); err != nil {
		return err
	}
	_, err = Run(ctx, in)
	var schema *SchemaError
	switch {
	case errors.As(err, &schema):
		said := wording.Text(engine.ReasonOf(schema.Err, p.Target.Password))
		return becauseOf(towpath.Why(towpath.ReasonRehearsalSchema, "environment", order.Environment,
			"database", order.Database, "message", said))
	case err != nil && ctx.Err() == nil:
		return becauseOf(engine.ReasonOf(err, p.Target.Password))
	}
	return in.explain(ctx, err)
}

// becauseOf is an error with a reason for people.
func becauseOf(why towpath.Reason) error {
	return &towpath.Error{Code: towpath.CodeUnavailable, Message: wording.Text(why), Reason: why}
}

// home reads the database that the files are for: its schema, and the limits that count there.
func (s *Service) home(
	ctx context.Context, in *Input, order towpath.BranchRehearsal,
) (home catalog.Place, err error) {
	found, err := s.Catalog.Snapshot(ctx, order.DatabaseID)
	if err != nil {
		return home, err
	}
	if home, err = s.Catalog.Place(ctx, found.Database.InstanceID); err != nil {
		return home, err
	}
	ran := func(f towpath.RehearsalFile) bool { return begun(f, found.Ledger) }
	if slices.ContainsFunc(order.Files, ran) {
		return home, errMoved
	}
	var e towpath.Environment
	var p towpath.Project
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if e, err = tx.Environment(ctx, found.Database.EnvironmentID); err != nil {
			return err
		}
		p, err = tx.Project(ctx, found.Database.ProjectID)
		return err
	})
	in.Schema = found.Dump
	in.Home = home.Target
	in.Home.Database, in.Home.AllowRoles = order.Database, e.AllowRoles
	in.Limits = statement.Limits{
		Lock: e.LockTimeoutOf(p).Timeout, Statement: e.StatementTimeoutOf(p).Timeout,
	}
	return home, err
}

// begun reports whether a ledger has a file that is still to run by the plan of the review.
func begun(f towpath.RehearsalFile, ledger []towpath.LedgerEntry) bool {
	return slices.ContainsFunc(ledger, func(e towpath.LedgerEntry) bool {
		return e.Version == f.Version && e.Type == f.Type &&
			(e.State.Applied() || e.State == towpath.LedgerRunning)
	})
}

// allowed checks that the instance's user may rehearse, and has no power over the server.
func (s *Service) allowed(ctx context.Context, p catalog.Place) error {
	report, err := s.Catalog.CheckScratch(ctx, p.ID)
	if err != nil || report.OK {
		return err
	}
	for _, f := range report.Findings {
		if f.Severity == "error" {
			return towpath.Errorf(towpath.CodeForbidden, "%s An administrator runs: %s", f.Message, f.Fix)
		}
	}
	return nil
}

// texts reads the files. One that is too long for a rehearsal is an error.
func (s *Service) texts(ctx context.Context, order towpath.BranchRehearsal) (all []File, err error) {
	filling, err := s.filling(ctx, order)
	if err != nil {
		return nil, err
	}
	size := int64(0)
	for _, f := range order.Files {
		content, err := s.Store.OpenContent(ctx, f.Checksum)
		if err != nil {
			return nil, err
		}
		if size += content.Size; size > MaxSetup {
			return nil, towpath.Errorf(towpath.CodeTooLarge, "The files are longer than %d MiB.",
				MaxSetup>>20)
		}
		text, err := io.ReadAll(io.LimitReader(manifest.Filled(content.Reader(), filling), MaxSetup+1))
		if refused := statement.AsError(err); refused != nil {
			return nil, becauseOf(towpath.Why(towpath.ReasonFileNotFilled, "path", f.Path,
				"line", strconv.Itoa(refused.Pos.Line), "message", refused.Message))
		}
		if err != nil {
			return nil, err
		}
		if len(text) > MaxSetup {
			return nil, towpath.Errorf(towpath.CodeTooLarge, "The files are longer than %d MiB.",
				MaxSetup>>20)
		}
		all = append(all, File{Path: f.Path, Content: string(text)})
	}
	return all, nil
}

// filling returns what is put into the files of a rehearsal.
func (s *Service) filling(
	ctx context.Context, order towpath.BranchRehearsal,
) (filling towpath.Filling, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		r, err := tx.BranchReview(ctx, order.ReviewID)
		if err != nil {
			return err
		}
		e, err := tx.Environment(ctx, order.EnvironmentID)
		if err != nil {
			return err
		}
		filling, err = tx.Filling(ctx, r.LinkID, e)
		return err
	})
	return filling, err
}
