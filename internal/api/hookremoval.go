package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// HookRemoval is a webhook that should be deleted from a repository and still exists.
type HookRemoval struct {
	ID             string    `json:"id"`
	RepositoryName string    `json:"repositoryName"`
	RepositoryURL  string    `json:"repositoryUrl"`
	HookURL        string    `json:"hookUrl" doc:"Its address in the repository's settings."`
	Since          time.Time `json:"since" doc:"When it should have been deleted."`
	Reason         *Reason   `json:"reason,omitempty" doc:"Why it still exists. Left out before the first try."`
	GivenUp        bool      `json:"givenUp" doc:"Only a person can remove it."`
}

type listHookRemovalsInput struct {
	ProjectPath
	Paging
}

func (s *Server) listHookRemovals(ctx context.Context, in *listHookRemovalsInput) (list[HookRemoval], error) {
	var rows []towpath.HookRemoval
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.HookRemovals(ctx, in.Project, in.oldest())
		return err
	})
	return page(in.Paging, rows, func(r towpath.HookRemoval) string { return r.ID },
		func(r towpath.HookRemoval) HookRemoval {
			return HookRemoval{
				ID:             r.ID,
				RepositoryName: r.RepositoryName,
				RepositoryURL:  r.RepositoryURL,
				HookURL:        r.HookURL,
				Since:          r.Since,
				Reason:         reasonOf(r.Reason),
				GivenUp:        r.GivenUp,
			}
		}), err
}

type hookRemovalInput struct {
	ProjectPath
	Removal string `path:"removal" doc:"The id of the hook removal."`
}

func (s *Server) forgetHookRemoval(ctx context.Context, in *hookRemovalInput) error {
	return s.Links.ForgetHookRemoval(ctx, actorOf(ctx), in.Project, in.Removal)
}
