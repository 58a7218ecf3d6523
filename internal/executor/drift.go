package executor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"towpath"
	"towpath/internal/store"
)

// expectedSchema returns the checksum of the schema that the gate of an environment knows a database to
// have; "" when the gate does not ask, nothing is known, or an earlier run may have left a part.
func expectedSchema(
	ctx context.Context, tx *store.Tx, e towpath.Environment, t towpath.Task, d towpath.Database,
) (string, error) {
	if !e.AskDrift || t.Action != towpath.ActionApply || t.State != towpath.TaskPending {
		return "", nil
	}
	if part, err := tx.LeftPart(ctx, t.ID); err != nil || part {
		return "", err
	}
	w, err := tx.SchemaWatch(ctx, d.ID)
	if w.Found == "" {
		w.Found = w.Base
	}
	return w.Found, err
}

// checkDrift compares the schema before the first change of a batch with the one that the gate knows. A
// change by hand since the last check is recorded, and the task goes back to its gate: it returns a
// *terminalError. Nothing of the file has run then.
func (a *attempt) checkDrift(ctx context.Context) error {
	expected := a.target.expected
	a.target.expected = "" // the next ones follow the changes of this batch
	if expected == "" || a.before == nil {
		return nil
	}
	sum := sha256.Sum256([]byte(*a.before))
	if hex.EncodeToString(sum[:]) == expected {
		return nil
	}
	moved := false
	err := a.store.Write(ctx, func(tx *store.Tx) error {
		w, err := tx.SchemaWatch(ctx, a.database.ID)
		if err != nil {
			return err
		}
		before := w.Key()
		if err := tx.SeeSchema(ctx, &w, *a.before); err != nil {
			return err
		}
		moved = w.Key() != before // else the gate would let it through again
		return tx.KeepSchemaWatch(ctx, w, before)
	})
	if err != nil {
		return fmt.Errorf("record a schema: %w", err)
	}
	if !moved {
		return nil
	}
	return terminate(towpath.TaskPending, towpath.Why(towpath.ReasonMovedSchemas))
}
