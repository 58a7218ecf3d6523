package catalog

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"
	"unicode/utf8"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/store"
)

// schemaTimeout bounds the reading of one schema, which takes longer than other operations.
const schemaTimeout = time.Minute

// checksAtOnce bounds how many schemas are checked concurrently.
const checksAtOnce = 4

// errBusy means that a change may have run while a schema was read.
var errBusy = towpath.Errorf(towpath.CodeConflict,
	"A change is running in this database. Check the schema again when it has finished.")

// WakeSchemaChecks plans the first check of each database of a project, and sooner ones after the server
// was told to check more often. It is a periodic job.
func (s *Service) WakeSchemaChecks(ctx context.Context) error {
	if s.CheckSchemas == 0 {
		return nil
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		ids, err := tx.Unwatched(ctx, tx.Now.Add(2*s.CheckSchemas))
		for _, id := range ids {
			due := tx.Now.Add(rand.N(s.CheckSchemas)) // spread, so that a start reads them one by one
			if err := tx.EnqueueAt(ctx, towpath.JobCheckSchema, id, due); err != nil {
				return err
			}
		}
		return err
	})
}

// RunSchemaCheck checks the schema of a database and plans the next check. It is the handler of
// towpath.JobCheckSchema. A schema that cannot be read is an outcome, and no error.
func (s *Service) RunSchemaCheck(ctx context.Context, databaseID string) (requeueAt *time.Time, err error) {
	if s.CheckSchemas == 0 {
		return nil, nil
	}
	soon := func(after time.Duration) *time.Time {
		at := s.Store.Now().Add(after + rand.N(after))
		return &at
	}
	if s.checking.Add(1) > checksAtOnce {
		s.checking.Add(-1)
		return soon(time.Second), nil
	}
	defer s.checking.Add(-1)
	var d towpath.Database
	err = s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		d, err = tx.Database(ctx, databaseID)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound || (err == nil && (d.ProjectID == "" || d.MissingAt != nil)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if _, err = s.checkSchema(ctx, databaseID, nil); towpath.ErrorCode(err) == towpath.CodeConflict {
		return soon(5 * time.Second), nil
	}
	at := s.Store.Now().Add(s.CheckSchemas - s.CheckSchemas/10 + rand.N(s.CheckSchemas/5))
	return &at, err
}

// CheckSchema reads the schema of a database for a person and compares it with what changes left.
// CodeConflict while a change runs there.
func (s *Service) CheckSchema(
	ctx context.Context, actor towpath.Actor, databaseID string,
) (towpath.SchemaWatch, error) {
	if s.CheckSchemas == 0 {
		return towpath.SchemaWatch{}, towpath.Errorf(towpath.CodeConflict,
			"This server does not check schemas. Start it with --check-schemas, and with --schema-history.")
	}
	return s.checkSchema(ctx, databaseID, &actor)
}

func (s *Service) checkSchema(
	ctx context.Context, databaseID string, actor *towpath.Actor,
) (w towpath.SchemaWatch, err error) {
	var d towpath.Database
	err = s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if d, err = tx.Database(ctx, databaseID); err != nil {
			return err
		}
		return idle(ctx, tx, d, d.Lease.Epoch)
	})
	if err != nil {
		return w, err
	}
	dump, failed, err := s.readSchema(ctx, databaseID)
	if err != nil {
		return w, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.Database(ctx, databaseID)
		if err != nil {
			return err
		}
		if err := idle(ctx, tx, now, d.Lease.Epoch); err != nil {
			return err
		}
		if w, err = tx.SchemaWatch(ctx, databaseID); err != nil {
			return err
		}
		before := w.Key()
		if err := sees(ctx, tx, &w, dump, failed); err != nil {
			return err
		}
		if actor != nil {
			if err := emitSchema(ctx, tx, *actor, towpath.ActSchemaCheck, now); err != nil {
				return err
			}
		}
		return tx.KeepSchemaWatch(ctx, w, before)
	})
	return w, err
}

// idle returns errBusy while something changes a database, or when something has since the epoch.
func idle(ctx context.Context, tx *store.Tx, d towpath.Database, epoch int64) error {
	running, err := tx.RunningTasks(ctx, d.ID)
	if err == nil && (d.Lease.Owner != "" || d.Lease.Epoch != epoch || len(running) > 0) {
		err = errBusy
	}
	return err
}

// readSchema dumps the schema of a database; failed says why it could not be read. The error is one of
// the server's own.
func (s *Service) readSchema(
	ctx context.Context, databaseID string,
) (dump string, failed towpath.Reason, err error) {
	_, e, t, err := s.databaseTarget(ctx, databaseID)
	if towpath.ErrorCode(err) == towpath.CodeUnavailable {
		return "", towpath.ReasonOf(err), nil
	}
	if err != nil {
		return "", failed, err
	}
	limited, cancel := context.WithTimeout(ctx, schemaTimeout)
	defer cancel()
	dump, err = dumpSchema(limited, e, t)
	if err != nil && ctx.Err() == nil {
		return "", reasonOf(err, t.Password), nil
	}
	return dump, failed, err
}

func dumpSchema(ctx context.Context, e engine.Engine, t engine.Target) (string, error) {
	db, err := e.Open(ctx, t)
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }() // nothing was written
	schema, err := db.Schema(ctx)
	return schema.Dump, err
}

// sees takes a reading into account, or why there was none.
func sees(ctx context.Context, tx *store.Tx, w *towpath.SchemaWatch, dump string, failed towpath.Reason) error {
	if !failed.IsZero() {
		w.Error = failed
		return nil
	}
	return tx.SeeSchema(ctx, w, dump)
}

// maxWhy bounds the reason of an acceptance, in characters.
const maxWhy = 1000

// AcceptSchema takes the schema of a database as it was found for what it should be. CodeConflict when
// it was found otherwise since.
func (s *Service) AcceptSchema(
	ctx context.Context, actor towpath.Actor, databaseID, found, why string,
) (w towpath.SchemaWatch, err error) {
	why = strings.TrimSpace(why)
	if n := utf8.RuneCountInString(why); n < 1 || n > maxWhy {
		return w, towpath.Invalid("why", "Say in 1 to %d characters why the schema is right as it is.", maxWhy)
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		d, err := tx.Database(ctx, databaseID)
		if err != nil {
			return err
		}
		if err := idle(ctx, tx, d, d.Lease.Epoch); err != nil {
			return err
		}
		if w, err = tx.SchemaWatch(ctx, databaseID); err != nil {
			return err
		}
		if w.Found == "" || w.Found != found || !w.Error.IsZero() {
			return towpath.Errorf(towpath.CodeConflict,
				"The schema is not as you saw it any more, or could not be read. Check it again, then accept it.")
		}
		before := w.Key()
		w.Accept(actor.Member.Name+" <"+actor.Member.Email+">", why, tx.Now)
		if err := emitSchema(ctx, tx, actor, towpath.ActSchemaAccept, d, "text", why); err != nil {
			return err
		}
		return tx.KeepSchemaWatch(ctx, w, before)
	})
	return w, err
}

func emitSchema(
	ctx context.Context, tx *store.Tx, actor towpath.Actor, act towpath.EventKind, d towpath.Database,
	more ...string,
) error {
	e, err := tx.Environment(ctx, d.EnvironmentID)
	tx.Emit(actor.Did(act, d.ID, d.ProjectID,
		append([]string{"environment", e.Name, "database", d.Name}, more...)...))
	return err
}
