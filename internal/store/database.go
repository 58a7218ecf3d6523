package store

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"time"

	"towpath"
)

var instances = newTable("instance", 1, func(i *towpath.Instance) []column {
	return []column{
		{"id", &i.ID},
		{"name", &i.Name},
		{"engine", (*string)(&i.Engine)},
		{"environment_id", &i.EnvironmentID},
		{"address", &i.Address},
		{"username", &i.Username},
		{"encrypted_password", maybeBlob{&i.EncryptedPassword}},
		{"password_from", &i.PasswordFrom},
		{"options", jsonText{&i.Options}},
		{"checked_at", maybe{&i.CheckedAt}},
		{"check_error", &i.CheckError},
		{"created_at", instant{&i.CreatedAt}},
	}
})

// CreateInstance adds an instance and sets CreatedAt. The caller makes the id with NewID, since the
// encrypted password is bound to it. CodeConflict when the name is taken.
func (tx *Tx) CreateInstance(ctx context.Context, i *towpath.Instance) error {
	i.CreatedAt = tx.Now
	err := tx.emitAfter(instances.insert(ctx, tx, *i), towpath.Event{
		Kind:      towpath.EventInstanceCreated,
		SubjectID: i.ID,
	})
	return taken(err, "name", "There is an instance named %s already.", i.Name)
}

// UpdateInstance writes an instance that was read in the same transaction. CodeConflict when the
// name is taken.
func (tx *Tx) UpdateInstance(ctx context.Context, i *towpath.Instance) error {
	err := tx.emitAfter(instances.update(ctx, tx, *i), towpath.Event{
		Kind:      towpath.EventInstanceChanged,
		SubjectID: i.ID,
	})
	return taken(err, "name", "There is an instance named %s already.", i.Name)
}

// DeleteInstance removes an instance; CodeConflict while it has databases.
func (tx *Tx) DeleteInstance(ctx context.Context, id string) error {
	err := tx.emitAfter(instances.delete(ctx, tx, "id = $1", id),
		towpath.Event{Kind: towpath.EventInstanceDeleted, SubjectID: id})
	return inUse(err, "The instance has databases. Remove them first.")
}

// Instance reads an instance.
func (tx *Tx) Instance(ctx context.Context, id string) (towpath.Instance, error) {
	return instances.get(ctx, tx, "id = $1", id)
}

// Instances lists instances, oldest first.
func (tx *Tx) Instances(ctx context.Context, p Page) ([]towpath.Instance, error) {
	return instances.page(ctx, tx, p, filter{})
}

// EveryInstance iterates over all instances, oldest first.
func (tx *Tx) EveryInstance(ctx context.Context) iter.Seq2[towpath.Instance, error] {
	return instances.walk(ctx, tx, filter{}, func(i towpath.Instance) string { return i.ID })
}

var databases = newTable(`"database"`, 1, func(d *towpath.Database) []column {
	return []column{
		{"id", &d.ID},
		{"instance_id", &d.InstanceID},
		{"environment_id", &d.EnvironmentID},
		{"name", &d.Name},
		{"project_id", &d.ProjectID},
		{"assigned_at", maybe{&d.AssignedAt}},
		{"missing_at", maybe{&d.MissingAt}},
		{"ledger_at", maybe{&d.Ledger.At}},
		{"ledger_error", reason{&d.Ledger.Error}},
		{"ledger_populated", &d.Ledger.Populated},
		{"ledger_number", &d.Ledger.Number},
		{"ledger_seal", &d.Ledger.Seal},
		{"ledger_trouble", (*string)(&d.Ledger.Trouble)},
		{"ledger_differs", jsonText{&d.Ledger.Differs}},
		{"lease_owner", &d.Lease.Owner},
		{"lease_epoch", &d.Lease.Epoch},
		{"lease_until", maybe{&d.Lease.Until}},
		{"created_at", instant{&d.CreatedAt}},
		{"history", jsonText{&d.History}},
		{"history_written_at", maybe{&d.HistoryWrittenAt}},
		{"ledger_requested", &d.Ledger.Requested},
		{"ledger_served", &d.Ledger.Served},
	}
})

// CreateDatabase adds a database and sets ID and CreatedAt. CodeConflict when the instance has one
// with this name.
func (tx *Tx) CreateDatabase(ctx context.Context, d *towpath.Database) error {
	d.ID, d.CreatedAt = NewID(), tx.Now
	err := tx.emitAfter(databases.insert(ctx, tx, *d), databaseEvent(towpath.EventDatabaseCreated, *d))
	return taken(err, "name", "The instance has a database named %s already.", d.Name)
}

// UpdateDatabase writes a database that was read in the same transaction, without its ledger
// entries.
func (tx *Tx) UpdateDatabase(ctx context.Context, d *towpath.Database) error {
	before, changed, err := databases.change(ctx, tx, *d, "lease_owner", "lease_epoch", "lease_until",
		"ledger_at", "ledger_requested", "ledger_served")
	if err != nil || !changed {
		return err
	}
	tx.Emit(databaseEvent(towpath.EventDatabaseChanged, *d))
	if before.ProjectID != d.ProjectID {
		tx.Emit(databaseEvent(towpath.EventDatabaseChanged, before))
	}
	return nil
}

func databaseEvent(kind towpath.EventKind, d towpath.Database) towpath.Event {
	return towpath.Event{Kind: kind, ProjectID: d.ProjectID, DatabaseID: d.ID, SubjectID: d.InstanceID}
}

// DeleteDatabase removes a database that never had a task. CodeConflict when it had one, since the
// change history is kept.
func (tx *Tx) DeleteDatabase(ctx context.Context, id string) error {
	d, err := tx.Database(ctx, id)
	if err != nil {
		return err
	}
	used, err := tasks.list(ctx, tx, "WHERE database_id = $1 LIMIT 1", id)
	if err != nil {
		return err
	}
	if len(used) > 0 {
		return towpath.Errorf(towpath.CodeConflict,
			"Database %s has a change history, which Towpath keeps, so the database cannot be removed.",
			d.Name)
	}
	if err := tx.DeletePause(ctx, towpath.PauseDatabase, id); err != nil {
		return err
	}
	err = tx.emitAfter(databases.delete(ctx, tx, "id = $1", id),
		databaseEvent(towpath.EventDatabaseDeleted, d))
	return inUse(err,
		"Database %s has a change history, which Towpath keeps, so the database cannot be removed.",
		d.Name)
}

// Database reads a database without its ledger entries.
func (tx *Tx) Database(ctx context.Context, id string) (towpath.Database, error) {
	return databases.get(ctx, tx, "id = $1", id)
}

// DatabaseFilter selects databases; empty fields match all.
type DatabaseFilter struct {
	ProjectID  string
	InstanceID string
	Unassigned bool
}

// Databases lists databases without their ledger entries, oldest first.
func (tx *Tx) Databases(ctx context.Context, f DatabaseFilter, p Page) ([]towpath.Database, error) {
	return databases.page(ctx, tx, p, f.filter())
}

// EveryDatabase iterates over all databases without their ledger entries, oldest first.
func (tx *Tx) EveryDatabase(ctx context.Context, f DatabaseFilter) iter.Seq2[towpath.Database, error] {
	return databases.walk(ctx, tx, f.filter(), func(d towpath.Database) string { return d.ID })
}

func (f DatabaseFilter) filter() (where filter) {
	where.ifSet("project_id", f.ProjectID)
	where.ifSet("instance_id", f.InstanceID)
	if f.Unassigned {
		where.is("project_id", "")
	}
	return where
}

// ForeignLedgers returns the ids of the databases whose ledger was written for another database.
func (tx *Tx) ForeignLedgers(ctx context.Context) (map[string]bool, error) {
	entries, err := ledgerEntries.list(ctx, tx, "WHERE target_id <> '' AND target_id <> database_id")
	foreign := map[string]bool{}
	for _, e := range entries {
		foreign[e.DatabaseID] = true
	}
	return foreign, err
}

// ProjectDatabases lists all databases of a project with their ledger entries, oldest first.
func (tx *Tx) ProjectDatabases(ctx context.Context, projectID string) ([]towpath.Database, error) {
	list, err := databases.list(ctx, tx, "WHERE project_id = $1 ORDER BY id", projectID)
	if err != nil {
		return nil, err
	}
	entries, err := ledgerEntries.list(ctx, tx, `WHERE database_id IN
		(SELECT id FROM "database" WHERE project_id = $1)
		ORDER BY database_id, version, type`, projectID)
	if err != nil {
		return nil, err
	}
	of := make(map[string][]towpath.LedgerEntry, len(list))
	for _, e := range entries {
		of[e.DatabaseID] = append(of[e.DatabaseID], e.LedgerEntry)
	}
	for i := range list {
		list[i].Ledger.Entries = of[list[i].ID]
	}
	return list, nil
}

// ledgerRow is a LedgerEntry and the database that it was read from. In a copied database, that is
// not the database it was written for.
type ledgerRow struct {
	DatabaseID string
	towpath.LedgerEntry
}

func ledgerRows(databaseID string, entries []towpath.LedgerEntry) []ledgerRow {
	rows := make([]ledgerRow, len(entries))
	for i, e := range entries {
		rows[i] = ledgerRow{databaseID, e}
	}
	return rows
}

var ledgerEntries = newTable("ledger_entry", 3, func(e *ledgerRow) []column {
	return []column{
		{"database_id", &e.DatabaseID},
		{"version", &e.Version},
		{"type", (*string)(&e.Type)},
		{"state", (*string)(&e.State)},
		{"description", &e.Description},
		{"path", &e.Path},
		{"checksum", &e.Checksum},
		{"commit_hash", &e.Commit},
		{"epoch", &e.Epoch},
		{"server_id", &e.ServerID},
		{"target_id", &e.LedgerEntry.DatabaseID},
		{"statements_total", &e.StatementsTotal},
		{"statements_done", &e.StatementsDone},
		{"started_at", instant{&e.StartedAt}},
		{"finished_at", maybe{&e.FinishedAt}},
	}
})

// SetLedger replaces the snapshot of a target's ledger. After a failed reading (s.Error) or an
// untrusted one (s.Trouble), it keeps the earlier entries. A reading with a lower number of writes
// than the stored one is outdated: it changes nothing, and the ledger is read again.
func (tx *Tx) SetLedger(ctx context.Context, databaseID string, s towpath.LedgerSnapshot) error {
	d, err := tx.Database(ctx, databaseID)
	if err != nil {
		return err
	}
	if s.Error.IsZero() && s.Trouble == "" && s.Number > 0 && s.Number < d.Ledger.Number {
		return nil
	}
	d.Ledger.At, d.Ledger.Error = s.At, s.Error
	d.Ledger.Served = max(d.Ledger.Served, s.Served)
	d.SeeHistory(s.HistoryMark, tx.Now)
	if s.Error.IsZero() {
		d.Ledger.Trouble, d.Ledger.Differs = s.Trouble, s.Differs
	}
	if s.Error.IsZero() && s.Trouble == "" {
		if s.Number > 0 {
			d.Ledger.Number, d.Ledger.Seal = s.Number, s.Seal
		}
		d.Ledger.Populated = s.Populated
		changed, err := tx.replaceLedger(ctx, databaseID, s.Entries)
		if err != nil {
			return err
		}
		if changed {
			tx.Emit(databaseEvent(towpath.EventDatabaseChanged, d))
		}
	}
	return tx.UpdateDatabase(ctx, &d)
}

// NoteLedgerHead stores the number of writes of a target's ledger and the seal of its head, unless
// a higher number is stored already.
func (tx *Tx) NoteLedgerHead(ctx context.Context, databaseID string, number int64, seal string) error {
	_, err := tx.exec(ctx,
		`UPDATE "database" SET ledger_number = $1, ledger_seal = $2 WHERE id = $3 AND ledger_number <= $1`,
		number, seal, databaseID)
	return databases.wrap("update", err)
}

// StaleLedgers requests new readings of the ledgers of a project's databases before the next plan.
// One that has begun already does not count: what is to be seen may have come after it.
func (tx *Tx) StaleLedgers(ctx context.Context, projectID string) error {
	_, err := tx.exec(ctx,
		`UPDATE "database" SET ledger_requested = ledger_requested + 1 WHERE project_id = $1`, projectID)
	return databases.wrap("update", err)
}

// replaceLedger writes only differences: every reconcile reads the ledgers, and they rarely change.
func (tx *Tx) replaceLedger(
	ctx context.Context, databaseID string, entries []towpath.LedgerEntry,
) (differs bool, err error) {
	before, err := ledgerEntries.list(ctx, tx, "WHERE database_id = $1", databaseID)
	if err != nil {
		return false, err
	}
	gone := make(map[towpath.MigrationID]ledgerRow, len(before))
	for _, row := range before {
		gone[row.MigrationID] = row
	}
	var changed []ledgerRow
	for _, row := range ledgerRows(databaseID, entries) {
		if known, ok := gone[row.MigrationID]; !ok || !reflect.DeepEqual(ledgerEntries.values(&row),
			ledgerEntries.values(&known)) {
			changed = append(changed, row)
		}
		delete(gone, row.MigrationID)
	}
	for id := range gone {
		if err := ledgerEntries.delete(ctx, tx, "database_id = $1 AND version = $2 AND type = $3", databaseID,
			id.Version, string(id.Type)); err != nil {
			return false, err
		}
	}
	return len(gone)+len(changed) > 0, ledgerEntries.upsert(ctx, tx, changed...)
}

// NoteLedger adds entries that were just written to a target to its snapshot.
func (tx *Tx) NoteLedger(ctx context.Context, databaseID string, entries ...towpath.LedgerEntry) error {
	return ledgerEntries.upsert(ctx, tx, ledgerRows(databaseID, entries)...)
}

// ClaimTarget leases a target to an owner until the given time and returns the new epoch. ok is
// false while another owner's lease is valid. The same owner may claim it again, with a new epoch.
func (tx *Tx) ClaimTarget(
	ctx context.Context, databaseID, owner string, until time.Time,
) (epoch int64, ok bool, err error) {
	d, err := tx.Database(ctx, databaseID)
	if err != nil {
		return 0, false, err
	}
	if d.Lease.Owner != "" && d.Lease.Owner != owner && d.Lease.Until != nil && d.Lease.Until.After(tx.Now) {
		return 0, false, nil
	}
	d.Lease = towpath.Lease{Owner: owner, Epoch: d.Lease.Epoch + 1, Until: &until}
	return d.Lease.Epoch, true, databases.update(ctx, tx, d)
}

// BusyTargets counts the databases of an instance with a valid lease.
func (tx *Tx) BusyTargets(ctx context.Context, instanceID string) (n int, err error) {
	row := tx.tx.QueryRowContext(ctx,
		`SELECT COUNT(*) FROM "database" WHERE instance_id = $1 AND lease_until > $2`, instanceID,
		tx.Now.UnixMicro())
	if err := row.Scan(&n); err != nil {
		return 0, fmt.Errorf("count busy databases: %w", err)
	}
	return n, nil
}

// ExtendTarget extends a lease; ok is false when the caller has lost it.
func (tx *Tx) ExtendTarget(
	ctx context.Context, databaseID, owner string, epoch int64, until time.Time,
) (ok bool, err error) {
	d, err := tx.Database(ctx, databaseID)
	if err != nil || d.Lease.Owner != owner || d.Lease.Epoch != epoch {
		return false, err
	}
	d.Lease.Until = &until
	return true, databases.update(ctx, tx, d)
}

// ReleaseTarget releases a lease, unless the caller has lost it.
func (tx *Tx) ReleaseTarget(ctx context.Context, databaseID, owner string, epoch int64) error {
	d, err := tx.Database(ctx, databaseID)
	if err != nil || d.Lease.Owner != owner || d.Lease.Epoch != epoch {
		return err
	}
	d.Lease.Owner, d.Lease.Until = "", nil
	return databases.update(ctx, tx, d)
}
