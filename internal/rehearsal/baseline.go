package rehearsal

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"towpath"
	"towpath/internal/catalog"
	"towpath/internal/engine"
	"towpath/internal/executor"
	"towpath/internal/schema"
	"towpath/internal/statement"
	"towpath/internal/store"
)

const (
	// maxBaseline bounds the text of a baseline file, in bytes.
	maxBaseline = 8 << 20
	// baselineTime is what the proof of a baseline file may take. Somebody waits for it.
	baselineTime = 40 * time.Second
)

// baselineHead is at the top of each baseline file. It has no names, which may be anything.
const baselineHead = `-- A schema as one migration, without rows. Towpath has read it from the catalog of a database.

`

// Baseline writes the current schema of a database as the text of one migration. Where the project
// rehearses, the text first runs in an empty scratch database, as it would in a target, and the schema
// that it makes is compared; a text that makes another one is not returned. The database is only
// read. Its error has a message for people.
func (s *Service) Baseline(
	ctx context.Context, actor towpath.Actor, databaseID string,
) (f towpath.BaselineFile, err error) {
	if !s.baseline.TryLock() {
		return f, towpath.Errorf(towpath.CodeTooMany, "Another baseline file is being made. Try again in a moment.")
	}
	defer s.baseline.Unlock()
	found, err := s.Catalog.Snapshot(ctx, databaseID)
	if err != nil {
		return f, err
	}
	switch {
	case found.Dump == "":
		return f, towpath.Errorf(towpath.CodeInvalid, "The database is empty, so there is nothing to write.")
	case len(found.Dump) > maxBaseline:
		return f, towpath.Errorf(towpath.CodeTooLarge,
			"The schema is longer than %d MiB. Write the file with the database's own tool.", maxBaseline>>20)
	}
	f.SQL = baselineHead + strings.TrimRight(found.Dump, "\n") + "\n"
	if err := s.prove(ctx, found, &f); err != nil {
		return f, err
	}
	if f.State == towpath.BaselineFileRefuted {
		f.SQL = ""
	}
	return f, s.noteBaseline(ctx, actor, found.Database, f.State)
}

// noteBaseline writes who has read the schema of which database.
func (s *Service) noteBaseline(
	ctx context.Context, actor towpath.Actor, d towpath.Database, state towpath.BaselineFileState,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		i, err := tx.Instance(ctx, d.InstanceID)
		if err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActBaselineFile, d.ID, d.ProjectID,
			"instance", i.Name, "database", d.Name, "state", string(state)))
		return nil
	})
}

// prove tries a baseline file where its project rehearses. What keeps it from being tried is the
// file's reason. A failure on another server than the database's own proves nothing: roles and
// extensions may be missing there. Its error is about the metadata, or the end of ctx.
func (s *Service) prove(ctx context.Context, found catalog.Snapshot, f *towpath.BaselineFile) error {
	in, why, err := s.baselineInput(ctx, found)
	if err != nil {
		return err
	}
	if f.State, f.Reason = towpath.BaselineFileUnproved, why; !why.IsZero() {
		return nil
	}
	f.Diff, err = Prove(ctx, in.Input, f.SQL, found.Dump)
	var failed *executor.TrialError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &failed) && !failed.Unsafe:
		f.Reason = towpath.Why(towpath.ReasonBaselineFails, "instance", in.place,
			"line", lineOf(failed.Pos, f.SQL)).From(failed.Reason)
	case errors.As(err, &failed):
		f.Reason = towpath.Why(towpath.ReasonBaselineUntried).From(failed.Reason)
		return nil
	case err != nil:
		f.Reason = towpath.Why(towpath.ReasonBaselineUntried).From(engine.ReasonOf(err, in.Instance.Password))
		return nil
	case f.Diff != "":
		f.Reason = towpath.Why(towpath.ReasonBaselineDiffers, "instance", in.place)
	default:
		f.State = towpath.BaselineFileProved
	}
	if f.State != towpath.BaselineFileProved && in.own {
		f.State = towpath.BaselineFileRefuted
	}
	f.Server = cmp.Or(in.Server, in.Engine.Describe().Name)
	return nil
}

// lineOf is the line of a failure; the last one for a failure of the whole text.
func lineOf(pos statement.Position, text string) string {
	return strconv.Itoa(cmp.Or(pos.Line, strings.Count(text, "\n")))
}

// baselineInput is where a baseline file is tried.
type baselineInput struct {
	Input
	place string // the name of the instance
	own   bool   // it is that of the database
}

// baselineInput says where a baseline file is tried, or why it is not.
func (s *Service) baselineInput(
	ctx context.Context, found catalog.Snapshot,
) (in baselineInput, why towpath.Reason, err error) {
	d := found.Database
	var p towpath.Project
	if d.ProjectID != "" {
		if p, err = store.Get(ctx, s.Store, (*store.Tx).Project, d.ProjectID); err != nil {
			return in, why, err
		}
	}
	if !p.Rehearse {
		return in, towpath.Why(towpath.ReasonBaselineNowhere), nil
	}
	place, err := s.Catalog.Place(ctx, cmp.Or(p.RehearsalInstanceID, d.InstanceID))
	if err != nil {
		return in, untried(err), nil
	}
	home, err := s.Catalog.Place(ctx, d.InstanceID)
	if err != nil {
		return in, untried(err), nil
	}
	if home.Engine != place.Engine {
		return in, untried(becauseOf(towpath.Why(towpath.ReasonRehearsalEngine, "instance", place.Name))), nil
	}
	if err := s.allowed(ctx, place); err != nil {
		return in, untried(err), nil
	}
	in.place, in.own = place.Name, place.ID == home.ID
	in.Input = Input{
		Engine: place.Driver, Instance: place.Target, Server: place.Version, Home: home.Target,
		Time: baselineTime, Logger: s.Logger,
	}
	if in.Home.Database = d.Name; in.own {
		in.Instance.Database = d.Name
	}
	return in, why, nil
}

func untried(err error) towpath.Reason {
	return towpath.Why(towpath.ReasonBaselineUntried).From(towpath.ReasonOf(err))
}

// Prove runs a text in an empty scratch database, as a file runs in a target. It returns how the
// schema that it makes differs from the wanted one. Its error is an *executor.TrialError when the text
// does not run; else it says why it was not tried.
func Prove(ctx context.Context, in Input, text, want string) (diff string, err error) {
	ctx, cancel := context.WithTimeout(ctx, in.time())
	defer cancel()
	err = in.inScratch(ctx, func(ctx context.Context, scratch engine.Scratch) error {
		r, err := in.open(ctx, scratch)
		if err != nil {
			return err
		}
		defer r.close()
		// a function for each statement: nothing of the text is left out
		_, err = r.trial.Run(ctx, text, func(executor.Tried) {})
		if failed := (*executor.TrialError)(nil); errors.As(err, &failed) {
			failed.Reason = r.asInTarget(failed.Reason)
		}
		if err != nil {
			return err
		}
		made, err := r.trial.DB.Schema(ctx)
		diff = schema.Diff(want, made.Dump)
		return err
	})
	return diff, err
}
