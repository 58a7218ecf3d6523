package account

import (
	"context"
	"slices"

	"towpath"
	"towpath/internal/vcs"
)

// RepositoryList lists the repositories that a person may link.
type RepositoryList struct {
	Repositories []vcs.Repository // that the person administers, the latest change first
	Unreadable   []string         // workspaces that could not be listed, each with the reason
}

// Repositories lists the repositories that the grant's person administers.
func (s *Service) Repositories(
	ctx context.Context, actor towpath.Actor, grantID string,
) (list RepositoryList, err error) {
	client, _, err := s.OwnClient(ctx, actor, grantID)
	if err != nil {
		return list, err
	}
	skipped, err := client.Repositories(ctx, func(r vcs.Repository) bool {
		list.Repositories = append(list.Repositories, r)
		return true
	})
	for _, w := range skipped {
		list.Unreadable = append(list.Unreadable, w.Workspace+": "+
			towpath.ErrorMessage(Explain(w.Err, "list workspace")))
	}
	slices.SortStableFunc(list.Repositories,
		func(a, b vcs.Repository) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	return list, Explain(err, "list repositories")
}

// Branches lists a repository's branches.
func (s *Service) Branches(
	ctx context.Context, actor towpath.Actor, grantID, repositoryID string,
) ([]vcs.Branch, error) {
	client, _, err := s.OwnClient(ctx, actor, grantID)
	if err != nil {
		return nil, err
	}
	branches, err := client.Source(repositoryID).Branches(ctx)
	return branches, Explain(err, "list branches")
}
