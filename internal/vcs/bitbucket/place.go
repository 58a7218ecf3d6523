package bitbucket

import (
	"context"
	"net/url"
	"strings"
	"time"

	"towpath/internal/vcs"
)

// Git finds repositories only by their names, and another repository may take a name. So a place is
// looked up by the id, cached, and checked again on evidence and from time to time.

const (
	// how often a cached name is compared, by a call that is not counted
	nameCheckEvery = time.Hour
	nameCheckLater = 24 * time.Hour  // if the person's list of repositories does not show it
	nameCheckRetry = 5 * time.Minute // if the comparison got no answer
	// between two look-ups on evidence; it doubles while they find nothing new
	locateGap    = 10 * time.Second
	locateMaxGap = time.Hour
)

// place is where a repository was when it was last looked up.
type place struct {
	name, url, clone string
	lookedUp         time.Time
	checkAt          time.Time // when to compare the name again
	fruitless        int       // consecutive look-ups on evidence that found nothing new
}

// placeOf is a repository's place. known is true when it was cached, and not looked up by this
// call.
func (c *client) placeOf(ctx context.Context, id string) (at place, known bool, err error) {
	c.mu.Lock()
	at, known = c.places[id]
	c.mu.Unlock()
	if !known {
		at, err = c.locate(ctx, id)
		return at, false, err
	}
	if now := c.p.cfg.Now(); now.Before(at.checkAt) {
		return at, true, nil
	}
	ours, err := c.stillNamed(ctx, id, at)
	switch {
	case err != nil:
		at.checkAt = c.p.cfg.Now().Add(nameCheckRetry)
	case ours:
		at.checkAt = c.p.cfg.Now().Add(nameCheckEvery)
	default:
		at, err = c.locate(ctx, id)
		if err != nil {
			return at, false, err
		}
		at.checkAt = c.p.cfg.Now().Add(nameCheckLater)
	}
	c.remember(id, at)
	return at, true, nil
}

// stillNamed checks in the person's list of repositories, which no quota counts, whether the name
// belongs to the id.
func (c *client) stillNamed(ctx context.Context, id string, at place) (ours bool, err error) {
	workspace, _, _ := strings.Cut(at.name, "/")
	query := url.Values{"q": {`repository.full_name="` + at.name + `"`}, "pagelen": {"100"}}
	r := c.apiRequest("compare the repository's name", permissionsPath(workspaceJSON{Slug: workspace}), query)
	err = list(ctx, c, r, func(row permissionJSON) bool {
		ours = row.Repository != nil && bareUUID(row.Repository.UUID) == bareUUID(id) &&
			row.Repository.FullName == at.name
		return !ours
	})
	if kind := vcs.KindOf(err); kind == vcs.Forbidden || kind == vcs.NotFound || kind == vcs.Gone {
		return false, nil // the workspace has another name, or the person has left it
	}
	return ours, err
}

// locate looks a repository up by its id and caches its place.
func (c *client) locate(ctx context.Context, id string) (place, error) {
	repo, err := c.readRepository(ctx, id)
	if err != nil {
		return place{}, err
	}
	now := c.p.cfg.Now()
	at := place{
		name:     repo.FullName,
		url:      repo.Links.page(),
		clone:    c.p.cloneOf(repo),
		lookedUp: now,
		checkAt:  now.Add(nameCheckEvery),
	}
	c.remember(id, at)
	return at, nil
}

func (c *client) remember(id string, at place) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.places[id] = at
}

// Relocate implements vcs.Source. Look-ups that find nothing new come ever more rarely: what they
// cost is counted.
func (s *source) Relocate(ctx context.Context) (moved bool, err error) {
	s.c.mu.Lock()
	before, known := s.c.places[s.id]
	s.c.mu.Unlock()
	if !known {
		return false, nil // the next call looks it up by the id
	}
	since := s.c.p.cfg.Now().Sub(before.lookedUp)
	if since < min(locateGap<<min(before.fruitless, 20), locateMaxGap) {
		return false, nil
	}
	at, err := s.c.locate(ctx, s.id)
	if err != nil {
		return false, err
	}
	if at.clone != before.clone || at.name != before.name {
		return true, nil
	}
	if since < 2*locateMaxGap {
		at.fruitless = before.fruitless + 1
	}
	s.c.remember(s.id, at)
	return false, nil
}
