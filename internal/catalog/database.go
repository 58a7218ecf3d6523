package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/seal"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// Discover lists the databases of an instance on its server. It adds new ones, unassigned, and
// marks those that no longer exist as missing. CodeUnavailable when the server cannot list them.
func (s *Service) Discover(
	ctx context.Context, actor towpath.Actor, instanceID string,
) (all []towpath.Database, err error) {
	i, err := s.instance(ctx, instanceID)
	if err != nil {
		return nil, err
	}
	names, err := s.discover(ctx, i)
	if err != nil {
		return nil, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		all, err = mergeDiscovered(ctx, tx, i, names)
		tx.Emit(actor.Did(towpath.ActInstanceDiscover, i.ID, "", "instance", i.Name,
			"n", strconv.Itoa(len(names))))
		return err
	})
	return all, err
}

func (s *Service) discover(ctx context.Context, i towpath.Instance) ([]string, error) {
	e, t, err := s.target(i)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	names, err := e.Discover(limited, t)
	if err != nil && ctx.Err() == nil {
		return nil, towpath.Errorf(towpath.CodeUnavailable, "The databases of %s cannot be listed: %s",
			i.Name, wording.Text(reasonOf(err, t.Password)))
	}
	for _, name := range names {
		if len(name) > maxName {
			return nil, towpath.Errorf(towpath.CodeUnavailable,
				"The databases of %s cannot be listed: one has a name of %d bytes.", i.Name, len(name))
		}
	}
	return names, err
}

// maxName bounds the name of a database in bytes. MySQL's 64 characters are the longest.
const maxName = 256

// mergeDiscovered updates the catalog with the names that a server has, and wakes the links of
// databases that have changed.
func mergeDiscovered(
	ctx context.Context, tx *store.Tx, i towpath.Instance, names []string,
) ([]towpath.Database, error) {
	all, err := allDatabases(ctx, tx, i.ID)
	if err != nil {
		return nil, err
	}
	for n := range all {
		d := &all[n]
		if there := slices.Contains(names, d.Name); there == (d.MissingAt == nil) {
			continue
		} else if there {
			d.MissingAt = nil
		} else {
			d.MissingAt = &tx.Now
		}
		if err := tx.UpdateDatabase(ctx, d); err != nil {
			return nil, err
		}
		if err := wake(ctx, tx, d.ProjectID); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		if slices.ContainsFunc(all, func(d towpath.Database) bool { return d.Name == name }) {
			continue
		}
		d := towpath.Database{InstanceID: i.ID, EnvironmentID: i.EnvironmentID, Name: name}
		if err := tx.CreateDatabase(ctx, &d); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// Assign assigns a database to a project, or with "" unassigns it, and cancels the old project's
// open tasks there. CodeConflict while a task of the database is running or unknown.
func (s *Service) Assign(
	ctx context.Context, actor towpath.Actor, databaseID, projectID string,
) (d towpath.Database, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if d, err = tx.Database(ctx, databaseID); err != nil || d.ProjectID == projectID {
			return err
		}
		before, after := "", ""
		if old, err := tx.Project(ctx, d.ProjectID); err == nil {
			before = old.Name
		}
		act := actor.Did(towpath.ActDatabaseUnassign, d.ID, d.ProjectID, "database", d.Name)
		if projectID != "" {
			p, err := tx.Project(ctx, projectID)
			if towpath.ErrorCode(err) == towpath.CodeNotFound {
				return towpath.Invalid("projectId", "There is no such project.")
			}
			if err != nil {
				return err
			}
			after = p.Name
			act = actor.Did(towpath.ActDatabaseAssign, d.ID, projectID, "database", d.Name, "project", p.Name)
		}
		if err := cancelTasks(ctx, tx, d); err != nil {
			return err
		}
		if err := errors.Join(wake(ctx, tx, d.ProjectID), wake(ctx, tx, projectID)); err != nil {
			return err
		}
		d.ProjectID, d.AssignedAt = projectID, &tx.Now
		if projectID == "" {
			d.AssignedAt = nil
		}
		if err := tx.UpdateDatabase(ctx, &d); err != nil {
			return err
		}
		tx.Emit(act.With(towpath.Changed("project", before, after)))
		return nil
	})
	return d, err
}

func cancelTasks(ctx context.Context, tx *store.Tx, d towpath.Database) error {
	open, err := tx.OpenTasks(ctx, d.ID)
	if err != nil {
		return err
	}
	for _, t := range open {
		if !t.State.MayBecome(towpath.TaskCancelled) {
			return towpath.Errorf(towpath.CodeConflict,
				"The task of %s in this database is %s. Wait until it has finished, or resolve it, "+
					"before you move the database.", t.Path, t.State)
		}
		t.Close(towpath.TaskCancelled, towpath.Why(towpath.ReasonUnassignedEarly), tx.Now)
		if err := tx.UpdateTask(ctx, &t); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobAdvance, t.RolloutID); err != nil {
			return err
		}
	}
	return nil
}

// RefreshLedgers rereads the ledgers of a project's databases. Failures to read one are stored in
// its snapshot. The returned error concerns only the metadata.
func (s *Service) RefreshLedgers(ctx context.Context, projectID string) error {
	var list []towpath.Database
	instances := map[string]towpath.Instance{}
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if list, err = tx.ProjectDatabases(ctx, projectID); err != nil {
			return err
		}
		for _, d := range list {
			if _, known := instances[d.InstanceID]; known {
				continue
			}
			if instances[d.InstanceID], err = tx.Instance(ctx, d.InstanceID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("list databases: %w", err)
	}
	snapshots := s.readAll(ctx, list, instances)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read ledgers: %w", err)
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		for n, d := range list {
			now, err := tx.Database(ctx, d.ID)
			if err != nil {
				return err
			}
			if now.Lease.Owner != "" || now.Lease.Epoch != d.Lease.Epoch {
				continue // the lease's holder has stored the ledger since it was read
			}
			if err := addMissingHistory(ctx, tx, d, snapshots[n]); err != nil {
				return err
			}
			if err := tx.SetLedger(ctx, d.ID, snapshots[n]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store ledgers: %w", err)
	}
	return nil
}

// readAll reads the ledgers concurrently, at most atOnce at a time.
func (s *Service) readAll(
	ctx context.Context, list []towpath.Database, instances map[string]towpath.Instance,
) []towpath.LedgerSnapshot {
	snapshots := make([]towpath.LedgerSnapshot, len(list))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for n, d := range list {
		group.Go(func() error {
			at := s.Store.Now()
			snapshot, err := s.read(ctx, instances[d.InstanceID], d)
			if err != nil {
				snapshot = towpath.LedgerSnapshot{Error: towpath.ReasonOf(err)}
			}
			snapshot.At, snapshot.Served = &at, d.Ledger.Requested
			snapshots[n] = snapshot
			return nil
		})
	}
	_ = group.Wait() // none of them returns an error
	return snapshots
}

// Verify reads the ledger of the database INSTANCE/DATABASE and checks its seals. It changes
// neither the target nor the metadata. CodeNotFound when there is no such database, CodeUnavailable
// when its ledger cannot be read.
func (s *Service) Verify(
	ctx context.Context, name string,
) (d towpath.Database, snapshot towpath.LedgerSnapshot, err error) {
	var i towpath.Instance
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		d, i, err = byName(ctx, tx, name)
		return err
	})
	if err != nil {
		return d, snapshot, err
	}
	if snapshot, err = s.read(ctx, i, d); err != nil {
		return d, snapshot, towpath.Errorf(towpath.CodeUnavailable, "The ledger of %s cannot be read: %s",
			name, err)
	}
	return d, snapshot, nil
}

// VerifyTarget reads the ledger of a database without the metadata and checks its seals. Without
// the metadata, it cannot find that a ledger is a copy or an earlier state of itself. CodeNotFound
// when there is no ledger, CodeUnavailable when it cannot be read.
func (s *Service) VerifyTarget(
	ctx context.Context, kind towpath.EngineType, t engine.Target,
) (snapshot towpath.LedgerSnapshot, err error) {
	e, err := s.engine(kind)
	if err != nil {
		return snapshot, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	l, err := ledgerAt(ctx, e, t)
	switch {
	case err != nil:
		return snapshot, towpath.Errorf(towpath.CodeUnavailable, "The ledger cannot be read: %s",
			wording.Text(reasonOf(err, t.Password)))
	case l.Head == nil && l.Lease == nil && len(l.Entries) == 0 && len(l.Shape) == 0:
		return snapshot, towpath.Errorf(towpath.CodeNotFound, "There is no ledger in this database.")
	}
	writtenFor := ""
	if l.Head != nil {
		writtenFor = l.Head.DatabaseID
	}
	found := seal.NewKeys(s.Keyring).Check(l, writtenFor, seal.Known{})
	return towpath.LedgerSnapshot{
		Entries: l.Entries,
		Number:  found.Number,
		Seal:    found.Seal,
		Trouble: found.Trouble,
		Differs: found.Differs,
	}, nil
}

func ledgerAt(ctx context.Context, e engine.Engine, t engine.Target) (l towpath.Ledger, err error) {
	db, err := e.Open(ctx, t)
	if err != nil {
		return l, err
	}
	defer func() { _ = db.Close() }() // nothing was written
	return db.Ledger(ctx)
}

// byName finds a database by its name INSTANCE/DATABASE; CodeNotFound when there is none.
func byName(ctx context.Context, tx *store.Tx, name string) (towpath.Database, towpath.Instance, error) {
	for page := (store.Page{Limit: 1000}); ; {
		list, err := tx.Instances(ctx, page)
		if err != nil {
			return towpath.Database{}, towpath.Instance{}, err
		}
		if len(list) == 0 {
			return towpath.Database{}, towpath.Instance{}, towpath.Errorf(towpath.CodeNotFound,
				"There is no database %s. Name it INSTANCE/DATABASE, as the console does.", name)
		}
		for _, i := range list {
			own, ok := strings.CutPrefix(name, i.Name+"/")
			if !ok {
				continue
			}
			all, err := allDatabases(ctx, tx, i.ID)
			if err != nil {
				return towpath.Database{}, i, err
			}
			for _, d := range all {
				if d.Name == own {
					return d, i, nil
				}
			}
		}
		page.After = list[len(list)-1].ID
	}
}

// read reads one ledger. Its error has a message for people, without the password.
func (s *Service) read(
	ctx context.Context, i towpath.Instance, d towpath.Database,
) (snapshot towpath.LedgerSnapshot, err error) {
	e, t, err := s.target(i)
	if err != nil {
		return snapshot, err
	}
	t.Database = d.Name
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	defer func() {
		if err != nil {
			err = unavailable(err, t.Password)
		}
	}()
	db, err := e.Open(ctx, t)
	if err != nil {
		return snapshot, err
	}
	defer func() { _ = db.Close() }() // nothing was written
	if snapshot, err = s.readFrom(ctx, db, d); err == nil {
		snapshot.HistoryMark = s.historyMark(ctx, db, d)
	}
	return snapshot, err
}

// readFrom reads the ledger of an open database, and whether it has tables beside it.
func (s *Service) readFrom(
	ctx context.Context, db engine.DB, d towpath.Database,
) (towpath.LedgerSnapshot, error) {
	snapshot, err := s.readVerified(ctx, db, d)
	if err != nil || snapshot.Trouble != "" || len(snapshot.Entries) > 0 {
		return snapshot, err
	}
	schema, err := db.Schema(ctx)
	if err != nil || !schema.Populated() {
		return snapshot, err
	}
	// A migration may have created the tables after the ledger was read. Now the ledger has its
	// row.
	snapshot, err = s.readVerified(ctx, db, d)
	snapshot.Populated = len(snapshot.Entries) == 0
	return snapshot, err
}

// readVerified reads a ledger and checks its seals.
func (s *Service) readVerified(
	ctx context.Context, db engine.DB, d towpath.Database,
) (towpath.LedgerSnapshot, error) {
	l, err := db.Ledger(ctx)
	if err != nil {
		return towpath.LedgerSnapshot{}, err
	}
	found := seal.NewKeys(s.Keyring).Check(l, d.ID, seal.Known{
		Number: d.Ledger.Number, Seal: d.Ledger.Seal,
		Entries: d.Ledger.Entries,
	})
	return towpath.LedgerSnapshot{
		Entries: clipEntries(l.Entries),
		Number:  found.Number,
		Seal:    found.Seal,
		Trouble: found.Trouble,
		Differs: found.Differs,
	}, nil
}

// clipEntries shortens the texts of a ledger's rows. Others may have written the rows, and the
// texts are copied into the metadata and the change history.
func clipEntries(entries []towpath.LedgerEntry) []towpath.LedgerEntry {
	for i := range entries {
		e := &entries[i]
		for _, text := range []*string{
			&e.Version, &e.Description, &e.Path, &e.Checksum, &e.Commit,
			&e.ServerID, &e.DatabaseID,
		} {
			*text = towpath.Clip(*text)
		}
	}
	return entries
}
