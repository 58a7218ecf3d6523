package sqlite

import (
	"context"
	"errors"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// Fill implements engine.Scratch: in one transaction, under the guard of sessions.
func (s *scratch) Fill(ctx context.Context, dump string) error {
	all, err := engine.DumpStatements(s.engine, s.target, dump)
	if err != nil {
		return err
	}
	path, err := s.engine.config.file(s.target)
	if err != nil {
		return err
	}
	c, err := connect(ctx, path, 0, false)
	if err != nil {
		return mapError(err)
	}
	if err := errors.Join(c.runAll(ctx, all), c.Close()); err != nil {
		return mapError(err)
	}
	return nil
}

func (c *connection) runAll(ctx context.Context, all []statement.Statement) error {
	if _, err := c.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, st := range all {
		if _, err := c.ExecContext(ctx, st.Text); err != nil {
			return err
		}
	}
	_, err := c.exec(ctx, "COMMIT")
	return err
}

// CheckScratch implements engine.Rehearser: there are no users.
func (e *Engine) CheckScratch(context.Context, engine.Target) ([]engine.Finding, error) {
	return nil, nil
}
