package catalog

import (
	"context"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/store"
)

// Place is an instance with its login.
type Place struct {
	towpath.Instance
	Driver  engine.Engine
	Target  engine.Target // without a database
	Version string        // of the server; "" when it is not known
}

// Place returns an instance with its login. Its error has a message for people.
func (s *Service) Place(ctx context.Context, instanceID string) (p Place, err error) {
	if p.Instance, err = s.instance(ctx, instanceID); err != nil {
		return p, err
	}
	if p.Driver, p.Target, err = s.target(p.Instance); err != nil {
		return p, err
	}
	p.Version = s.version(ctx, p.Instance, p.Driver, p.Target)
	return p, nil
}

// Snapshot is the schema of a database, and its ledger a moment later.
type Snapshot struct {
	Database towpath.Database
	Dump     string
	Ledger   []towpath.LedgerEntry
}

// Snapshot reads the schema of a database, then its ledger: what ran in between is in the ledger
// alone. Its error has a message for people.
func (s *Service) Snapshot(ctx context.Context, databaseID string) (found Snapshot, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		found.Database, err = tx.Database(ctx, databaseID)
		return err
	})
	if err != nil {
		return found, err
	}
	p, err := s.Place(ctx, found.Database.InstanceID)
	if err != nil {
		return found, err
	}
	p.Target.Database = found.Database.Name
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	db, err := p.Driver.Open(ctx, p.Target)
	if err != nil {
		return found, unavailable(err, p.Target.Password)
	}
	defer func() { _ = db.Close() }() // nothing was written
	schema, err := db.Schema(ctx)
	if err != nil {
		return found, unavailable(err, p.Target.Password)
	}
	ledger, err := db.Ledger(ctx)
	if err != nil {
		return found, unavailable(err, p.Target.Password)
	}
	found.Dump, found.Ledger = schema.Dump, ledger.Entries
	return found, nil
}

// CheckScratch says what keeps an instance's user from rehearsals. Its error has a message for
// people.
func (s *Service) CheckScratch(ctx context.Context, instanceID string) (engine.Report, error) {
	p, err := s.Place(ctx, instanceID)
	if err != nil {
		return engine.Report{}, err
	}
	maker, ok := p.Driver.(engine.Rehearser)
	if !ok {
		return engine.Report{}, towpath.Errorf(towpath.CodeInvalid, "%s has no scratch databases.",
			p.Driver.Describe().Name)
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	report := engine.Report{OK: true, Version: p.Version}
	if report.Findings, err = maker.CheckScratch(ctx, p.Target); err != nil {
		return report, unavailable(err, p.Target.Password)
	}
	for _, f := range report.Findings {
		report.OK = report.OK && f.Severity != "error"
	}
	return report, nil
}
