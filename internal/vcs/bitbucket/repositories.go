package bitbucket

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"towpath/internal/vcs"
)

// Account implements vcs.Client.
func (c *client) Account(ctx context.Context) (vcs.Account, error) {
	var user userJSON
	if err := c.do(ctx, c.apiRequest("read the account", "/user", nil), &user); err != nil {
		return vcs.Account{}, err
	}
	if user.UUID == "" {
		return vcs.Account{}, &vcs.Error{
			Kind: vcs.Unavailable, Op: "read the account",
			Message: "the answer has no uuid",
		}
	}
	return convertAccount(user), nil
}

// Repositories implements vcs.Client. The lists across workspaces answer 410 since April 2026
// (https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770), so it goes workspace by
// workspace.
func (c *client) Repositories(ctx context.Context, yield func(vcs.Repository) bool) ([]vcs.Skipped, error) {
	workspaces, err := c.workspaces(ctx)
	if err != nil {
		return nil, err
	}
	var skipped []vcs.Skipped
	seen := map[string]bool{} // pages may repeat items
	for _, w := range workspaces {
		more := true
		err := c.workspaceRepositories(ctx, w, func(r vcs.Repository) bool {
			if r.ID != "" && !seen[r.ID] {
				seen[r.ID] = true
				more = yield(r)
			}
			return more
		})
		switch vcs.KindOf(err) {
		case "":
		case vcs.Forbidden, vcs.NotFound, vcs.Gone:
			skipped = append(skipped, vcs.Skipped{Workspace: orElse(w.Slug, w.UUID), Err: err})
		default:
			return skipped, err
		}
		if !more {
			return skipped, nil
		}
	}
	if len(skipped) > 0 && len(skipped) == len(workspaces) {
		return skipped, skipped[0].Err
	}
	return skipped, nil
}

func (c *client) workspaces(ctx context.Context) ([]workspaceJSON, error) {
	var workspaces []workspaceJSON
	seen := map[string]bool{}
	// No pagelen: its limit for this list is not documented, and the list is short.
	r := c.apiRequest("list workspaces", "/user/workspaces", nil)
	err := list(ctx, c, r, func(row workspaceAccessJSON) bool {
		if w := row.Workspace; w != nil && !seen[workspaceKey(*w)] {
			seen[workspaceKey(*w)] = true
			workspaces = append(workspaces, *w)
		}
		return true
	})
	return workspaces, err
}

// workspaceRepositories reads both of Bitbucket's lists: the first has whole objects but promises
// only those with explicit rights, the second has implicit rights too but is condensed.
// Repositories that only the second has are read one by one.
func (c *client) workspaceRepositories(
	ctx context.Context, w workspaceJSON, yield func(vcs.Repository) bool,
) error {
	const op = "list repositories"
	seen, more := map[string]bool{}, true
	err := list(ctx, c, c.apiRequest(op, "/repositories/"+workspaceSegment(w),
		url.Values{"role": {"admin"}, "pagelen": {"100"}}),
		func(r repositoryJSON) bool {
			seen[r.UUID] = true
			more = yield(convertRepository(r, true))
			return more
		})
	if err != nil || !more {
		return err
	}
	var implicit []string
	query := url.Values{"q": {`permission="admin"`}, "pagelen": {"100"}}
	err = list(ctx, c, c.apiRequest(op, permissionsPath(w), query), func(row permissionJSON) bool {
		if r := row.Repository; r != nil && row.Permission == "admin" && !seen[r.UUID] {
			seen[r.UUID] = true
			implicit = append(implicit, r.UUID)
		}
		return true
	})
	switch vcs.KindOf(err) {
	case "", vcs.Forbidden, vcs.NotFound, vcs.Gone, vcs.Rejected:
		// Without the second list the first one is still valid.
	default:
		return err
	}
	for _, id := range implicit {
		r, err := c.readRepository(ctx, id)
		if err != nil {
			return err
		}
		if !yield(convertRepository(r, true)) {
			return nil
		}
	}
	return nil
}

// Repository implements vcs.Client.
func (c *client) Repository(ctx context.Context, id string) (vcs.Repository, error) {
	r, err := c.readRepository(ctx, id)
	if err != nil {
		return vcs.Repository{}, err
	}
	admin, err := c.administers(ctx, r)
	if err != nil {
		return vcs.Repository{}, err
	}
	return convertRepository(r, admin), nil
}

func (c *client) readRepository(ctx context.Context, id string) (repositoryJSON, error) {
	var r repositoryJSON
	err := c.do(ctx, c.apiRequest("read the repository", repositoryPath(id), nil), &r)
	if err == nil && r.UUID == "" {
		err = &vcs.Error{Kind: vcs.Unavailable, Op: "read the repository", Message: "the answer has no uuid"}
	}
	return r, err
}

// administers reads the person's right. A person who may not read it has none.
func (c *client) administers(ctx context.Context, repo repositoryJSON) (bool, error) {
	workspace := workspaceJSON{}
	if repo.Workspace != nil {
		workspace = *repo.Workspace
	} else {
		workspace.Slug, _, _ = strings.Cut(repo.FullName, "/")
	}
	admin := false
	query := url.Values{"q": {`repository.full_name="` + repo.FullName + `"`}, "pagelen": {"100"}}
	err := list(ctx, c, c.apiRequest("read the permission", permissionsPath(workspace), query),
		func(row permissionJSON) bool {
			admin = row.Repository != nil && row.Repository.UUID == repo.UUID && row.Permission == "admin"
			return !admin
		})
	var refused *vcs.Error
	if errors.As(err, &refused) && refused.Reason != vcs.ReasonScope &&
		(refused.Kind == vcs.Forbidden || refused.Kind == vcs.NotFound) {
		return false, nil
	}
	return admin, err
}

func permissionsPath(w workspaceJSON) string {
	return "/user/workspaces/" + workspaceSegment(w) + "/permissions/repositories"
}

func workspaceSegment(w workspaceJSON) string {
	if w.Slug != "" {
		return url.PathEscape(w.Slug)
	}
	return escapeUUID(w.UUID)
}

func workspaceKey(w workspaceJSON) string { return orElse(w.UUID, w.Slug) }
