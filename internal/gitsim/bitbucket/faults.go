package bitbucket

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Faults are things that go wrong on purpose. The zero value is a healthy service.
type Faults struct {
	// The REST API.
	// every call is answered by this status: 503 as HTML, 429 as plain text, others as JSON
	APIStatus     int
	APIStatusFor  int           // how many calls APIStatus hits before it clears itself; 0 means all
	APIStatusPath string        // only calls whose path contains this; empty means all
	RetryAfter    string        // header of a 429 that APIStatus or the rate limit makes; none when empty
	APIDelay      time.Duration // every answer comes so much later
	// shape of error bodies: "", "plain", "html", "detail-object", "fields-array", "no-type",
	// "code-message"
	ErrorBody     string
	CommitLag     int  // after a push, so many calls that name its new head by hash get 404
	StatusLag     int  // after a push, so many build statuses for its new head get 404
	HookForbidden bool // hooks cannot be created: 403
	// hooks with a loopback or private address are refused, as by the real service
	PrivateHooks bool

	// OAuth.
	TokenStatus int  // the token endpoint answers this status with an HTML page
	TokenHTML   bool // the token endpoint answers 200 with an HTML page
	AutoConsent bool // the consent page is skipped
	DenyConsent bool // the consent page is skipped and says no
	NoRotation  bool // a refresh keeps the refresh token and does not send one
	COOP        bool // pages carry Cross-Origin-Opener-Policy: same-origin, which cuts window.opener

	// Git.
	GitDown bool // 503

	// Deliveries.
	DropDeliveries   bool
	DoubleDeliveries bool          // same X-Request-UUID twice
	SwapDeliveries   bool          // one is held and sent after the next one
	DeliveryDelay    time.Duration // each is sent so much later
	WrongSignature   bool
}

// lag counts what a commit still does not answer.
type lag struct{ commits, statuses int }

// SetFaults replaces all faults. A delivery that was held by SwapDeliveries is sent when that fault
// ends.
func (s *Sim) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
	if !f.SwapDeliveries && len(s.held) > 0 {
		s.dispatch(s.takeHeld(), nil)
	}
}

func (s *Sim) currentFaults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// apiFault returns the status that a call is to be answered with, or 0.
func (s *Sim) apiFault(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &s.faults
	if f.APIStatus == 0 || !strings.Contains(path, f.APIStatusPath) {
		return 0
	}
	status := f.APIStatus
	if f.APIStatusFor > 0 {
		if f.APIStatusFor--; f.APIStatusFor == 0 {
			f.APIStatus = 0
		}
	}
	return status
}

// lagging reports whether a commit is still to be hidden, and counts.
func (s *Sim) lagging(repo Repository, hash string, status bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lag[commitKey(repo.UUID, hash)]
	if l == nil {
		return false
	}
	counter := &l.commits
	if status {
		counter = &l.statuses
	}
	if *counter <= 0 {
		return false
	}
	*counter--
	return true
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

// DeleteHook removes a hook behind its owner's back.
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
	_, err = s.gitRepo(copied).run(nil, "fetch", "-q", s.repoDir(source), "+refs/heads/*:refs/heads/*")
	return err
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

// DeleteRepository removes a repository from the service; its hooks vanish with it. The files on
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
