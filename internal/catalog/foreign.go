package catalog

import (
	"context"

	"towpath"
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
	if tables, err = engine.Histories(ctx, reader); err != nil {
		return nil, unavailable(err, t.Password)
	}
	return tables, nil
}

// historyMark reads the mark of the table that was accepted for a database; "" when there is none, or
// it cannot be read.
func (s *Service) historyMark(ctx context.Context, db engine.DB, d towpath.Database) string {
	reader, ok := db.(engine.Historian)
	if d.History == nil || !ok {
		return ""
	}
	mark, err := engine.HistoryMark(ctx, reader,
		history.Place{Schema: d.History.Schema, Table: d.History.Table, Column: d.History.Column})
	if err != nil {
		s.Logger.Info("the table of another migration tool cannot be read", "database", d.ID, "error", err)
		return ""
	}
	return mark
}
