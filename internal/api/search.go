package api

import (
	"context"

	"towpath"
	"towpath/internal/store"
)

// searchLimit bounds what a search returns of each kind.
const searchLimit = 5

// found is a thing that a search has found.
type found struct {
	Kind      string `json:"kind" enum:"project,link,database,rollout"`
	ID        string `json:"id"`
	ProjectID string `json:"projectId,omitempty" doc:"Left out for a database without a project."`
	Name      string `json:"name" doc:"Of a link the repository's, of a rollout the commit's message."`
	Detail    string `json:"detail,omitempty" doc:"What sets it apart from others of the name: a database's environment and instance, a link's branch, a rollout's commit."`
}

type searchInput struct {
	Text string `query:"text" required:"true" minLength:"1" maxLength:"100" doc:"Words that the name must have; case does not matter."`
}

// search finds a few things of each kind that the caller may see, the newest first.
func (s *Server) search(ctx context.Context, in *searchInput) (list[found], error) {
	wanted := store.Search{Text: in.Text, Limit: searchLimit}
	if m := actorOf(ctx).Member; !m.Role.Can(towpath.ViewProject) {
		wanted.MemberID = m.ID
	}
	var rows []found
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		f, err := tx.Search(ctx, wanted)
		if err != nil {
			return err
		}
		for _, p := range f.Projects {
			rows = append(rows, found{Kind: "project", ID: p.ID, ProjectID: p.ID, Name: p.Name})
		}
		for _, l := range f.Links {
			rows = append(rows, found{
				Kind: "link", ID: l.ID, ProjectID: l.ProjectID, Name: l.RepositoryName, Detail: l.Branch,
			})
		}
		for _, d := range f.Databases {
			where, err := placeOf(ctx, tx, d)
			if err != nil {
				return err
			}
			rows = append(rows, found{
				Kind: "database", ID: d.ID, ProjectID: d.ProjectID, Name: d.Name, Detail: where,
			})
		}
		for _, r := range f.Rollouts {
			rows = append(rows, found{
				Kind: "rollout", ID: r.ID, ProjectID: r.ProjectID, Name: r.Message,
				Detail: r.Commit[:min(len(r.Commit), 7)],
			})
		}
		return nil
	})
	return all(rows, same), err
}

// placeOf names a database's environment and instance.
func placeOf(ctx context.Context, tx *store.Tx, d towpath.Database) (string, error) {
	environment, err := tx.Environment(ctx, d.EnvironmentID)
	if err != nil {
		return "", err
	}
	instance, err := tx.Instance(ctx, d.InstanceID)
	return environment.Name + ", " + instance.Name, err
}
