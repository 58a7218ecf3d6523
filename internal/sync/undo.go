package sync

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/statement"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// Undo is what would be undone in a database.
type Undo struct {
	Database    towpath.Database
	Environment towpath.Environment
	Migration   towpath.Migration // of the version that would be undone; zero when the ledger has none
	Commit      string            // that brought its text
	Back        statement.WayBack
	Beside      Beside         // the file that the way back is in, when it is not the migration's own
	Review      towpath.Review // of the way back
	Correctable bool           // the branch has another file beside it, about the text that was applied
	Done        int            // statements that an undo did before it stopped; it goes on behind them
	Refused     towpath.Reason // why it cannot be undone now; zero when it can
	Open        towpath.Task   // that undoes it already; zero for none

	as   towpath.MigrationID
	link towpath.RepositoryLink
	from string // the commit from whose tree it was applied
	same bool   // the branch still has the text that was applied
}

// UndoOf says what would be undone in a database, and runs nothing. With corrected, the file beside the
// migration is that of the branch, as long as the branch has the text that was applied.
func (s *Service) UndoOf(ctx context.Context, databaseID string, corrected bool) (u Undo, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		u, err = readUndo(ctx, tx, databaseID)
		return err
	})
	if err != nil || !u.Refused.IsZero() {
		return u, err
	}
	return u, s.readWayBack(ctx, &u, corrected)
}

// PreviewUndo is UndoOf with the review of what would run.
func (s *Service) PreviewUndo(ctx context.Context, databaseID string, corrected bool) (u Undo, err error) {
	if u, err = s.UndoOf(ctx, databaseID, corrected); err != nil || !u.Refused.IsZero() {
		return u, err
	}
	return u, s.reviewUndo(ctx, &u)
}

// readWayBack reads the way back of the text that was applied.
func (s *Service) readWayBack(ctx context.Context, u *Undo, corrected bool) error {
	content, err := s.Store.OpenContent(ctx, u.Migration.Checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		u.Refused = towpath.Why(towpath.ReasonTextMissing)
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the text to undo: %w", err)
	}
	back, ok, err := statement.ReadWayBack(content.Reader())
	if err == nil && !ok {
		return s.readBeside(ctx, u, corrected)
	}
	u.Back = back
	return err
}

// Order is what a person says who undoes a version.
type Order struct {
	Version   string // that the person has seen
	Checksum  string // and its text
	Back      string // the checksum of the file beside it that is its way back; "" for none
	Corrected bool   // that file is the one of the branch
	Why       string
	Despite   bool // whatever a trial has shown
}

// Undo makes a task that undoes the newest version of a database. It waits at the gate of its
// environment as any change does. CodeConflict when that version is not what was seen, or may not be
// undone now.
func (s *Service) Undo(
	ctx context.Context, actor towpath.Actor, databaseID string, in Order,
) (task towpath.Task, err error) {
	order, err := towpath.UndoneBy(actor.Member, in.Why, s.Store.Now())
	if err != nil {
		return task, err
	}
	seen, err := s.UndoOf(ctx, databaseID, in.Corrected)
	if err != nil {
		return task, err
	}
	if err := seen.refuse(in); err != nil {
		return task, err
	}
	if order.Trial, err = s.tryUndo(ctx, seen); err != nil {
		return task, err
	}
	if order.Trial.Failed() && !in.Despite {
		return task, towpath.Invalid("despite", "%s Correct the way back, or say that you undo it anyway.",
			wording.Text(order.Trial.Reason))
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		u, err := readUndo(ctx, tx, databaseID)
		if err != nil {
			return err
		}
		u.Beside = seen.Beside
		if err := u.refuse(in); err != nil {
			return err
		}
		r, err := rolloutFor(ctx, tx, u.link)
		if err != nil {
			return err
		}
		if u.Beside.Path != "" {
			if err := tx.PutContent(ctx, u.Beside.Checksum, u.Beside.text); err != nil {
				return err
			}
		}
		task = u.task(r, order)
		if err := tx.CreateTask(ctx, &task); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActMigrationUndo, databaseID, task.ProjectID, "path", u.Migration.Path,
			"environment", task.Environment, "database", task.Database, "text", order.Why))
		return tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
	})
	return task, err
}

// tryUndo tries the way back with the values that the environment puts into the file.
func (s *Service) tryUndo(ctx context.Context, u Undo) (t towpath.UndoTrial, err error) {
	if u.Done > 0 {
		t.Reason = towpath.Why(towpath.ReasonUndoGoesOn, "done", strconv.Itoa(u.Done))
		return t, nil
	}
	text, beside, err := s.texts(ctx, u)
	if refused := (*statement.Error)(nil); errors.As(err, &refused) {
		t.Reason = towpath.Why(towpath.ReasonUndoUntried).
			From(towpath.Why(towpath.ReasonScriptRefused, "message", refused.Message))
		return t, nil
	}
	if err != nil {
		return t, err
	}
	return s.TryUndo(ctx, u.Database.ID, text, beside)
}

// task is what undoes the version. It comes first in its database.
func (u Undo) task(r towpath.Rollout, order *towpath.Undoing) towpath.Task {
	t := towpath.Task{
		RolloutID: r.ID, ProjectID: u.Database.ProjectID, DatabaseID: u.Database.ID,
		EnvironmentID: u.Environment.ID, Stage: u.Environment.Position,
		Action: towpath.ActionApply, Migration: u.Migration, Commit: u.Commit,
		State: towpath.TaskPending, Undoing: order,
	}
	t.MigrationID = u.as
	if u.Beside.Path != "" {
		order.Applied = &towpath.AppliedText{Path: t.Path, Checksum: t.Checksum}
		t.Path, t.Checksum = u.Beside.Path, u.Beside.Checksum
	}
	if t.Commit == "" { // older than the link
		t.Commit = r.Commit
	}
	if u.Environment.Holds() {
		t.State, t.Reason = towpath.TaskHeld, u.Environment.HeldReason(u.Environment.Name)
	}
	return t
}

// refuse returns CodeConflict when the order cannot be followed.
func (u Undo) refuse(in Order) error {
	switch {
	case !u.Refused.IsZero():
		return towpath.Errorf(towpath.CodeConflict, "%s", wording.Text(u.Refused))
	case u.Open.ID != "":
		return towpath.Errorf(towpath.CodeConflict, "Version %s is being undone here already.", u.Migration.Label)
	case in.Back != u.Beside.Checksum && in.Version == u.Migration.Version:
		return towpath.Errorf(towpath.CodeConflict,
			"Its way back is not the one that you have seen. Look again, then undo it.")
	case in.Version != u.Migration.Version, in.Checksum != u.Migration.Checksum:
		return towpath.Errorf(towpath.CodeConflict,
			"The newest version of this database is %s by now. Look again, then undo it.", u.Migration.Label)
	}
	return nil
}

// readUndo reads which version would be undone, without its text.
func readUndo(ctx context.Context, tx *store.Tx, databaseID string) (u Undo, err error) {
	if u.Database, err = tx.Database(ctx, databaseID); err != nil {
		return u, err
	}
	in := plan.UndoInput{DatabaseID: databaseID}
	if in.Environments, in.Databases, in.Open, err = tx.ProjectState(ctx, u.Database.ProjectID); err != nil {
		return u, err
	}
	found := plan.Undo(in)
	e := found.Entry
	u.as, u.Refused, u.Commit = found.As, found.Refused, e.Commit
	u.Done = found.Begun.StatementsDone
	u.Migration = towpath.Migration{
		MigrationID: e.MigrationID, Label: e.Label(), Description: e.Description, Path: e.Path,
		Checksum: e.Checksum, Database: u.Database.Name,
	}
	for _, one := range in.Environments {
		if one.ID == u.Database.EnvironmentID {
			u.Environment, u.Migration.Environment = one, one.Name
		}
	}
	for _, t := range in.Open {
		if t.DatabaseID == databaseID && t.MigrationID == found.As {
			u.Open = t
		}
	}
	if e.Version == "" {
		return u, nil
	}
	if u.from, err = u.appliedFrom(ctx, tx); err != nil {
		return u, err
	}
	known, err := u.findLink(ctx, tx)
	if err == nil && !known && u.Refused.IsZero() {
		u.Refused = towpath.Why(towpath.ReasonUndoUnlinked, "path", e.Path)
	}
	return u, err
}

// findLink finds the link whose branch has the file, else the one whose rollout brought it.
func (u *Undo) findLink(ctx context.Context, tx *store.Tx) (known bool, err error) {
	m := &u.Migration
	for link, err := range tx.EveryLink(ctx, store.LinkFilter{ProjectID: u.Database.ProjectID}) {
		if err != nil {
			return false, err
		}
		files, err := tx.Manifest(ctx, link.ID)
		if err != nil {
			return false, err
		}
		for _, f := range files {
			if f.State == towpath.FileMatched && f.MigrationID == m.MigrationID && f.Path == m.Path {
				u.link, m.Label, u.same = link, f.Label, f.Checksum == m.Checksum
				return true, nil
			}
		}
	}
	changes, err := tx.ChangeHistory(ctx, u.Database.ID, store.Page{Limit: recentChanges, NewestFirst: true})
	if err != nil {
		return false, err
	}
	for _, h := range changes {
		if h.MigrationID != m.MigrationID || h.RolloutID == "" {
			continue
		}
		r, err := tx.RolloutAlone(ctx, h.RolloutID)
		if err != nil {
			return false, err
		}
		m.Label = h.Label
		u.link, err = tx.Link(ctx, r.LinkID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return false, nil
		}
		return err == nil, err
	}
	return false, nil
}

// recentChanges is how far back the change is looked for that brought a file which is gone. It is the
// newest version of its database.
const recentChanges = 100
