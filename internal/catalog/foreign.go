package catalog

import (
	"context"

	"towpath/internal/engine"
	"towpath/internal/history"
)

// Histories reads the tables in which other migration tools keep what they have applied to a
// database. Its error has a message for people. It changes nothing.
func (s *Service) Histories(ctx context.Context, databaseID string) (tables []history.Table, err error) {
	_, e, t, err := s.databaseTarget(ctx, databaseID)
	if err != nil {
		return nil, err
	}
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
