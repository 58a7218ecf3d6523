package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// schemaCheck is how the schema of a database compares with what its changes left.
type schemaCheck struct {
	State     towpath.DriftState `json:"state" enum:"same,drifted,unknown" doc:"same: as the last change, or a person, left it. unknown: it could not be read, or there is nothing to compare with."`
	Because   *Reason            `json:"because,omitempty" doc:"Why it is unknown, or could not be read since."`
	CheckedAt *time.Time         `json:"checkedAt,omitempty" doc:"Of when the state is; absent when the schema was never read."`
	Found     string             `json:"found,omitempty" doc:"Identifies the schema as it was then. Send it when you accept."`
	EveryMS   int64              `json:"everyMs" doc:"How often it is checked, in milliseconds; 0 when this server checks no schemas."`
	Drifts    []drift            `json:"drifts" nullable:"false" doc:"Differences that no change made, newest first: those that are open, and of the others the last 20."`
}

// drift is a difference in a schema that no change made.
type drift struct {
	ID         string     `json:"id"`
	SeenAt     time.Time  `json:"seenAt" doc:"When it was first seen. It may be older."`
	ChangeID   string     `json:"changeId,omitempty" doc:"Of the change that ran with it; absent for a difference that can still go."`
	SettledAt  *time.Time `json:"settledAt,omitempty" doc:"Absent while it is open."`
	AcceptedBy string     `json:"acceptedBy,omitempty" doc:"Name and address of the person then; absent when the difference went."`
	Why        string     `json:"why,omitempty"`
}

func driftOf(d towpath.Drift) drift {
	return drift{
		ID: d.ID, SeenAt: d.SeenAt, ChangeID: d.ChangeID, SettledAt: d.SettledAt,
		AcceptedBy: d.AcceptedBy, Why: d.Why,
	}
}

// mostSettled is how many settled differences are shown.
const mostSettled = 20

func (s *Server) getSchemaCheck(ctx context.Context, in *DatabasePath) (v schemaCheck, err error) {
	return v, s.Store.Read(ctx, func(tx *store.Tx) error {
		v, err = s.schemaCheckOf(ctx, tx, in.Database)
		return err
	})
}

func (s *Server) schemaCheckOf(ctx context.Context, tx *store.Tx, databaseID string) (v schemaCheck, err error) {
	w, err := tx.SchemaWatch(ctx, databaseID)
	if err != nil {
		return v, err
	}
	state, because := w.State()
	v = schemaCheck{
		State: state, Because: reasonOf(because), CheckedAt: w.CheckedAt, Found: w.Found,
		EveryMS: s.Catalog.CheckSchemas.Milliseconds(), Drifts: []drift{},
	}
	kept, err := tx.Drifts(ctx, databaseID, store.Page{Limit: mostSettled, NewestFirst: true})
	seen := map[string]bool{}
	for i := range w.Drifts {
		d := w.Drifts[len(w.Drifts)-1-i]
		if d.ID != "" { // one that no check has kept yet has no page
			v.Drifts, seen[d.ID] = append(v.Drifts, driftOf(d)), true
		}
	}
	for _, d := range kept {
		if !seen[d.ID] {
			v.Drifts = append(v.Drifts, driftOf(d))
		}
	}
	return v, err
}

// checkSchema reads the schema of a database now.
func (s *Server) checkSchema(ctx context.Context, in *DatabasePath) (schemaCheck, error) {
	if _, err := s.Catalog.CheckSchema(ctx, actorOf(ctx), in.Database); err != nil {
		return schemaCheck{}, err
	}
	return s.getSchemaCheck(ctx, in)
}

type acceptSchemaInput struct {
	DatabasePath
	Body struct {
		Found string `json:"found" maxLength:"64" doc:"The schema that was looked at. Another one is refused."`
		Why   string `json:"why" maxLength:"4000" doc:"Why the schema is right as it is."`
	}
}

// acceptSchema takes the schema of a database for what it should be.
func (s *Server) acceptSchema(ctx context.Context, in *acceptSchemaInput) (schemaCheck, error) {
	_, err := s.Catalog.AcceptSchema(ctx, actorOf(ctx), in.Database, in.Body.Found, in.Body.Why)
	if err != nil {
		return schemaCheck{}, err
	}
	return s.getSchemaCheck(ctx, &in.DatabasePath)
}

type driftPath struct {
	DatabasePath
	Drift string `path:"drift" doc:"The id of the drift."`
}

// driftDetail is a difference with the schemas.
type driftDetail struct {
	Drift        drift `json:"drift"`
	SchemaBefore *text `json:"schemaBefore,omitempty" doc:"As the last change, or a person, left it."`
	SchemaAfter  *text `json:"schemaAfter,omitempty" doc:"As it was found."`
}

func (s *Server) getDrift(ctx context.Context, in *driftPath) (v driftDetail, err error) {
	return v, s.Store.Read(ctx, func(tx *store.Tx) error {
		d, err := tx.Drift(ctx, in.Database, in.Drift)
		if err != nil {
			return err
		}
		v.Drift = driftOf(d)
		if v.SchemaBefore, err = readText(ctx, tx, d.Before); err != nil {
			return err
		}
		v.SchemaAfter, err = readText(ctx, tx, d.After)
		return err
	})
}
