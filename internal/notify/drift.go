package notify

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// Database tells receivers that the schema of a database was changed outside Towpath, once for each
// state. It is the handler of towpath.JobNotifyDatabase.
func (s *Service) Database(ctx context.Context, databaseID string) (requeueAt *time.Time, err error) {
	return nil, s.Store.Write(ctx, func(tx *store.Tx) error {
		all, err := tx.Receivers(ctx)
		if err != nil || len(all) == 0 {
			return err
		}
		d, err := tx.Database(ctx, databaseID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound || (err == nil && d.ProjectID == "") {
			return nil
		}
		if err != nil {
			return err
		}
		w, err := tx.SchemaWatch(ctx, databaseID)
		if err != nil || w.Key() == w.Told {
			return err
		}
		w.Told = w.Key()
		if err := tx.PutSchemaWatch(ctx, w); err != nil || w.Told == "" {
			return err
		}
		return tellOfDrift(ctx, tx, all, d)
	})
}

func tellOfDrift(ctx context.Context, tx *store.Tx, all []towpath.Receiver, d towpath.Database) error {
	project, err := tx.Project(ctx, d.ProjectID)
	if err != nil {
		return err
	}
	environment, err := tx.Environment(ctx, d.EnvironmentID)
	if err != nil {
		return err
	}
	facts := towpath.NotificationFacts{
		Event: towpath.NotifyDrift, ProjectID: d.ProjectID, Project: project.Name,
		EnvironmentID: d.EnvironmentID, Environment: environment.Name,
		DatabaseID: d.ID, Databases: []string{d.Name},
	}
	for _, v := range all {
		if !v.Wants(facts.Event, d.ProjectID, d.EnvironmentID) {
			continue
		}
		n := towpath.Notification{ReceiverID: v.ID, ProjectID: d.ProjectID, Facts: facts}
		if err := tx.CreateNotification(ctx, &n); err != nil {
			return err
		}
	}
	return nil
}
