package catalog

import (
	"context"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/history"
	"towpath/internal/store"
)

// Histories reads the tables in which other migration tools keep what they have applied to a
// database. Its error has a message for people. It changes nothing.
func (s *Service) Histories(ctx context.Context, databaseID string) (tables []history.Table, err error) {
	var d towpath.Database
	var i towpath.Instance
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if d, err = tx.Database(ctx, databaseID); err != nil {
			return err
		}
		i, err = tx.Instance(ctx, d.InstanceID)
		return err
	})
	if err != nil {
		return nil, err
	}
	e, t, err := s.target(i)
	if err != nil {
		return nil, err
	}
	t.Database = d.Name
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	db, err := e.Open(ctx, t)
	if err != nil {
		return nil, unavailable(err, t.Password)
	}
	defer func() { _ = db.Close() }() // nothing was written
	reader, ok := db.(engine.Historian)
	if !ok {
		return nil, nil
	}
	if tables, err = reader.Histories(ctx); err != nil {
		return nil, unavailable(err, t.Password)
	}
	return tables, nil
}
