package link

import (
	"context"
	"fmt"
	"strings"

	"towpath"
	"towpath/internal/store"
)

// watchHistories keeps how the accepted tables are, so that the readings of the ledgers notice when
// a tool still writes to its own.
func (s *Service) watchHistories(ctx context.Context, h Histories) error {
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		for _, one := range h.Databases {
			if !one.Adoptable() || !one.LeftOut.IsZero() || one.History.Mark == "" {
				continue
			}
			d, err := tx.Database(ctx, one.Database.ID)
			if err != nil {
				return err
			}
			d.History = &towpath.AcceptedHistory{
				Tool:   strings.Join(one.History.Tools, " or "),
				Schema: one.History.Schema,
				Table:  one.History.Table,
				Column: one.History.Column,
				Mark:   one.History.Mark,
				Seen:   one.History.Mark,
			}
			d.HistoryWrittenAt = nil
			if err := tx.UpdateDatabase(ctx, &d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep how the accepted tables are: %w", err)
	}
	return nil
}

// WrittenHistory is a database in which another tool has written to its table after it was accepted.
type WrittenHistory struct {
	Database    towpath.Database
	Environment string
}

// writtenHistories lists the databases of a project in which another tool still writes.
func writtenHistories(ctx context.Context, tx *store.Tx, projectID string) (list []WrittenHistory, err error) {
	for d, err := range tx.EveryDatabase(ctx, store.DatabaseFilter{ProjectID: projectID}) {
		if err != nil {
			return nil, err
		}
		if d.HistoryWrittenAt != nil {
			list = append(list, WrittenHistory{Database: d})
		}
	}
	for i := range list {
		environment, err := tx.Environment(ctx, list[i].Database.EnvironmentID)
		if err != nil {
			return nil, err
		}
		list[i].Environment = environment.Name
	}
	return list, nil
}

// AcknowledgeHistories takes the tables of other tools in a link's databases as they were last seen.
// A later row is noticed again.
func (s *Service) AcknowledgeHistories(ctx context.Context, actor towpath.Actor, linkID string) error {
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		link, err := tx.Link(ctx, linkID)
		if err != nil {
			return err
		}
		list, err := writtenHistories(ctx, tx, link.ProjectID)
		if err != nil {
			return err
		}
		for _, one := range list {
			d := one.Database
			d.AcceptHistory()
			if err := tx.UpdateDatabase(ctx, &d); err != nil {
				return err
			}
			tx.Emit(actor.Did(towpath.ActHistoryAcknowledge, d.ID, d.ProjectID, "environment", one.Environment,
				"database", d.Name, "tool", d.History.Tool, "table", d.History.Table))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("acknowledge histories: %w", err)
	}
	return nil
}
