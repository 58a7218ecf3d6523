package api

import (
	"context"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/workspace"
)

// rehearsalSetting says whether and where the branches of a project are rehearsed.
type rehearsalSetting struct {
	Rehearse   bool   `json:"rehearse" doc:"Whether the files of branches are tried in scratch databases before the merge."`
	InstanceID string `json:"instanceId" doc:"The instance on which the scratch databases are made; empty for that of the first database that gets the files."`
	Instance   string `json:"instance" doc:"Its name; empty for that of the first database."`
}

func (s *Server) rehearsalSettingOf(
	ctx context.Context, tx *store.Tx, p towpath.Project,
) (v rehearsalSetting, err error) {
	v = rehearsalSetting{Rehearse: p.Rehearse, InstanceID: p.RehearsalInstanceID}
	if v.InstanceID != "" {
		var i towpath.Instance
		i, err = tx.Instance(ctx, v.InstanceID)
		v.Instance = i.Name
	}
	return v, err
}

func (s *Server) getRehearsalSetting(ctx context.Context, in *ProjectPath) (v rehearsalSetting, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		p, err := tx.Project(ctx, in.Project)
		if err != nil {
			return err
		}
		v, err = s.rehearsalSettingOf(ctx, tx, p)
		return err
	})
	return v, err
}

type changeRehearsalInput struct {
	ProjectPath
	Body struct {
		Rehearse   *bool   `json:"rehearse,omitempty" doc:"Whether the files of branches are tried in scratch databases before the merge."`
		InstanceID *string `json:"instanceId,omitempty" maxLength:"200" doc:"The instance on which the scratch databases are made; empty for that of the first database that gets the files."`
	}
}

// changeRehearsalSetting changes the fields that the request has. Open branches are reviewed again.
func (s *Server) changeRehearsalSetting(
	ctx context.Context, in *changeRehearsalInput,
) (v rehearsalSetting, err error) {
	p, err := s.Workspace.ChangeRehearsal(ctx, actorOf(ctx), in.Project,
		workspace.RehearsalChange{Rehearse: in.Body.Rehearse, InstanceID: in.Body.InstanceID})
	if err != nil {
		return v, err
	}
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		v, err = s.rehearsalSettingOf(ctx, tx, p)
		return err
	})
	return v, err
}

// rehearsalCheck is whether an instance's user may rehearse.
type rehearsalCheck struct {
	InstanceID string `json:"instanceId"`
	Instance   string `json:"instance" doc:"The name."`

	OK       bool      `json:"ok" doc:"Whether files can be rehearsed there."`
	Version  string    `json:"version,omitempty"`
	Findings []finding `json:"findings" nullable:"false"`
}

// checkRehearsals checks the instances on which a project's branches are rehearsed, or would be.
func (s *Server) checkRehearsals(ctx context.Context, in *ProjectPath) (list[rehearsalCheck], error) {
	var places []towpath.Instance
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		places, err = rehearsalPlaces(ctx, tx, in.Project)
		return err
	})
	if err != nil {
		return list[rehearsalCheck]{}, err
	}
	checks := make([]rehearsalCheck, len(places))
	for i, place := range places {
		checks[i] = rehearsalCheck{InstanceID: place.ID, Instance: place.Name}
		found, err := s.Catalog.CheckScratch(ctx, place.ID)
		if code := towpath.ErrorCode(err); code == towpath.CodeUnavailable || code == towpath.CodeInvalid {
			checks[i].Findings = []finding{{Severity: "error", Message: towpath.ErrorMessage(err)}}
			continue
		}
		if err != nil {
			return list[rehearsalCheck]{}, err
		}
		checks[i].OK, checks[i].Version, checks[i].Findings = found.OK, found.Version, []finding{}
		for _, f := range found.Findings {
			checks[i].Findings = append(checks[i].Findings, finding(f))
		}
	}
	return all(checks, same), nil
}

// maxRehearsalPlaces bounds the instances that one check connects to.
const maxRehearsalPlaces = 8

// rehearsalPlaces are the chosen instance, or those of the project's databases in the first
// environment that has some.
func rehearsalPlaces(ctx context.Context, tx *store.Tx, projectID string) ([]towpath.Instance, error) {
	p, err := tx.Project(ctx, projectID)
	if err != nil {
		return nil, err
	}
	if p.RehearsalInstanceID != "" {
		i, err := tx.Instance(ctx, p.RehearsalInstanceID)
		return []towpath.Instance{i}, err
	}
	environments, err := tx.Environments(ctx)
	if err != nil {
		return nil, err
	}
	databases, err := tx.ProjectDatabases(ctx, projectID)
	if err != nil {
		return nil, err
	}
	for _, e := range environments {
		var places []towpath.Instance
		seen := map[string]bool{}
		for _, d := range databases {
			if d.EnvironmentID != e.ID || seen[d.InstanceID] || len(places) == maxRehearsalPlaces {
				continue
			}
			seen[d.InstanceID] = true
			i, err := tx.Instance(ctx, d.InstanceID)
			if err != nil {
				return nil, err
			}
			places = append(places, i)
		}
		if len(places) > 0 {
			return places, nil
		}
	}
	return nil, nil
}
