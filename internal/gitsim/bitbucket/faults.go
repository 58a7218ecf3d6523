package bitbucket

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"towpath/internal/gitsim"
)

// Faults are simulated failures. The shapes of ErrorBody are "plain", "html",
// "detail-object", "fields-array", "no-type" and "code-message".
type Faults = gitsim.Faults

// SetFaults replaces all faults. A delivery that was held by SwapDeliveries is sent when that fault
// ends.
func (s *Sim) SetFaults(f Faults) {
	s.faults.Set(f)
	if !f.SwapDeliveries {
		s.deliveries.Flush()
	}
}

// ExpireAccessTokens ends all access tokens; refresh tokens stay.
func (s *Sim) ExpireAccessTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.state.Tokens {
		if !t.Refresh {
			t.Expires = s.opts.Now().Add(-time.Second)
		}
	}
	s.save()
}

// RevokeGrants ends all that a user granted, access tokens and refresh tokens.
func (s *Sim) RevokeGrants(username string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.state.userByName(username); u != nil {
		s.revoke(func(g *grant) bool { return g.User == u.UUID })
	}
}

// DeleteHook removes a hook without its owner's doing.
func (s *Sim) DeleteHook(repoFullName, hookUUID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.state.repositoryByName(repoFullName)
	if r == nil {
		return fmt.Errorf("delete a hook of %s: no such repository", repoFullName)
	}
	hooks := s.state.Hooks[r.UUID]
	i := slices.IndexFunc(hooks, func(h *Hook) bool { return bareUUID(h.UUID) == bareUUID(hookUUID) })
	if i < 0 {
		return fmt.Errorf("delete hook %s: not found", hookUUID)
	}
	s.state.Hooks[r.UUID] = slices.Delete(hooks, i, i+1)
	s.save()
	return nil
}

// RenameRepository changes slug and name. The UUID stays; the old name redirects until another
// repository takes it.
func (s *Sim) RenameRepository(repoFullName, newSlug string) error {
	return s.moveRepository(repoFullName, func(r *Repository) error {
		r.Slug, r.Name = newSlug, newSlug
		return nil
	})
}

// TransferRepository moves a repository to another workspace. The UUID stays; explicit permissions
// are lost.
func (s *Sim) TransferRepository(repoFullName, workspace string) error {
	return s.moveRepository(repoFullName, func(r *Repository) error {
		if s.state.workspace(workspace) == nil {
			return fmt.Errorf("no workspace %q", workspace)
		}
		r.Workspace, r.Permissions = workspace, map[string]string{}
		return nil
	})
}

// ForkRepository copies a repository with its branches, without hooks and permissions, to a name
// that is free or redirects.
func (s *Sim) ForkRepository(repoFullName, workspace, slug string) error {
	source, known := s.Repository(repoFullName)
	if !known {
		return fmt.Errorf("fork %s: no such repository", repoFullName)
	}
	copied, err := s.AddRepository(RepositorySpec{
		Workspace:  workspace,
		Slug:       slug,
		MainBranch: source.MainBranch,
		Private:    source.Private,
	})
	if err != nil {
		return err
	}
	return s.repositories.CopyBranches(bareUUID(source.UUID), bareUUID(copied.UUID))
}

// RenameWorkspace changes a workspace's slug, and with it the full names of its repositories.
func (s *Sim) RenameWorkspace(slug, newSlug string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.state.workspace(slug)
	if w == nil || s.state.workspace(newSlug) != nil {
		return fmt.Errorf("rename workspace %s: it is not there, or %s is", slug, newSlug)
	}
	for _, c := range s.state.Consumers {
		if c.Workspace == w.Slug {
			c.Workspace = newSlug
		}
	}
	for _, r := range s.state.Repositories {
		if r.Workspace == w.Slug {
			s.state.Moved[r.FullName()] = r.UUID
			r.Workspace = newSlug
			r.CloneURL = s.cloneURL(*r)
		}
	}
	w.Slug = newSlug
	s.save()
	return nil
}

// DeleteRepository removes a repository from the service; with its hooks. The files on
// disk stay.
func (s *Sim) DeleteRepository(repoFullName string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.state.repositoryByName(repoFullName)
	if r == nil {
		return fmt.Errorf("delete %s: no such repository", repoFullName)
	}
	s.state.Repositories = slices.DeleteFunc(s.state.Repositories,
		func(other *Repository) bool { return other == r })
	delete(s.state.Hooks, r.UUID)
	s.save()
	return nil
}

func (s *Sim) moveRepository(fullName string, change func(*Repository) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.state.repositoryByName(fullName)
	if r == nil {
		return fmt.Errorf("move %s: no such repository", fullName)
	}
	moved := *r
	if err := change(&moved); err != nil {
		return fmt.Errorf("move %s: %w", fullName, err)
	}
	if s.state.repositoryByName(moved.FullName()) != nil {
		return errors.New("move " + fullName + ": " + moved.FullName() + " exists")
	}
	moved.CloneURL = s.cloneURL(moved)
	s.state.Moved[r.FullName()] = r.UUID
	*r = moved
	s.save()
	return nil
}
