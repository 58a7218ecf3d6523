package rollout

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/schema"
	"towpath/internal/store"
)

// Catalog shows what texts and databases have. Its fields are set before first use.
type Catalog struct {
	// Footprint returns what a text leaves in a catalog by name, and Objects what a database has.
	Footprint func(kind towpath.EngineType, text io.Reader) (schema.Footprint, error)
	Objects   func(ctx context.Context, databaseID string) (map[string]bool, error)
}

// Standing is what shows whether the database of a task has its migration already.
type Standing struct {
	Task    towpath.Task
	Refused error          // why the task cannot be marked as applied; nil when it can
	Traces  []plan.Trace   // what the file leaves in a catalog; none when a catalog shows nothing of it
	Halfway towpath.Reason // that the last attempt left only a part of it; zero when it left all or nothing
	Problem towpath.Reason // why the catalog was not read; zero when it was
}

// Contradicts reports whether a mark needs a confirmation: the database shows something else, or it
// could not be read.
func (s Standing) Contradicts() bool { return len(s.Against()) > 0 || !s.Problem.IsZero() }

// Against lists what contradicts the mark.
func (s Standing) Against() (list []towpath.Reason) {
	if !s.Halfway.IsZero() {
		list = append(list, s.Halfway)
	}
	for _, t := range s.Traces {
		if !t.Fits() {
			list = append(list, t.Reason())
		}
	}
	return list
}

// Standing compares the text of a task with the catalog of its database. It changes nothing.
func (s *Service) Standing(ctx context.Context, taskID string) (st Standing, err error) {
	var kind towpath.EngineType
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if st.Task, err = tx.Task(ctx, taskID); err != nil {
			return err
		}
		if st.Refused, err = mayMark(ctx, tx, st.Task); err != nil || st.Refused != nil {
			return err
		}
		d, err := tx.Database(ctx, st.Task.DatabaseID)
		if err != nil {
			return err
		}
		instance, err := tx.Instance(ctx, d.InstanceID)
		if err != nil {
			return err
		}
		kind = instance.Engine
		st.Halfway, err = halfway(ctx, tx, st.Task)
		return err
	})
	if err != nil || st.Refused != nil {
		return st, err
	}
	return s.compare(ctx, st, kind)
}

// compare reads the text of a task, and then its database.
func (s *Service) compare(ctx context.Context, st Standing, kind towpath.EngineType) (Standing, error) {
	content, err := s.Store.OpenContent(ctx, st.Task.Checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		st.Problem = towpath.Why(towpath.ReasonTextMissing)
		return st, nil
	}
	if err != nil {
		return st, err
	}
	shown, err := s.Catalog.Footprint(kind, content.Reader())
	if err != nil {
		return st, fmt.Errorf("read the text of a task: %w", err)
	}
	objects, err := s.Catalog.Objects(ctx, st.Task.DatabaseID)
	if err != nil {
		st.Problem = towpath.Why(towpath.ReasonTablesUnread).From(towpath.ReasonOf(err))
		return st, nil
	}
	st.Traces = plan.Traces(shown.Marks, objects)
	return st, nil
}

// halfway is a reason when only a part of the file is in the database, by the ledger or by the last
// attempt that ran any of it.
func halfway(ctx context.Context, tx *store.Tx, t towpath.Task) (reason towpath.Reason, err error) {
	e, err := tx.LedgerEntry(ctx, t.DatabaseID, t.MigrationID)
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return reason, err
	}
	if err == nil && !e.State.Applied() && (e.StatementsDone > 0 || e.State == towpath.LedgerRunning) {
		return onlyOf(e.StatementsDone, e.StatementsTotal), nil
	}
	runs, err := tx.Attempts(ctx, t.ID)
	for _, a := range slices.Backward(runs) {
		switch {
		case a.Extent == towpath.ExtentUnset, a.Extent == towpath.ExtentUntouched:
		case a.Extent == towpath.ExtentKept && a.Kept == 0:
			return reason, err
		default:
			return onlyOf(a.Kept, a.Total), err
		}
	}
	return reason, err
}

func onlyOf(done, total int) towpath.Reason {
	return towpath.Why(towpath.ReasonMarkHalfway, "done", strconv.Itoa(done), "total", strconv.Itoa(total))
}

// mayMark returns why a task cannot be marked as applied as things are.
func mayMark(ctx context.Context, tx *store.Tx, t towpath.Task) (refused, err error) {
	r, err := tx.RolloutAlone(ctx, t.RolloutID)
	if err != nil {
		return nil, err
	}
	if r.FinishedAt != nil {
		return errFinished, nil
	}
	pauses, err := tx.Pauses(ctx)
	_, paused := towpath.StoppedBy(pauses, t)
	return t.MayMark(paused), err
}
