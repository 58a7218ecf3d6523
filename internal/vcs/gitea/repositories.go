package gitea

import (
	"context"
	"strconv"
	"strings"
	"time"

	"towpath/internal/vcs"
)

// Only one path of the API takes the stable id; all others, and Git, take the name. So a name is
// looked up by the id. Calls that read at hashes, or detect a wrong name, use it for a short while;
// calls that change something look it up each time.

const (
	placeLife = time.Minute
	locateGap = 10 * time.Second // between two look-ups on evidence
)

// userJSON is the part of an account that we read.
type userJSON struct {
	ID       int64  `json:"id"`
	Login    string `json:"login"`
	FullName string `json:"full_name"`
}

// repositoryJSON is the part of a repository that we read.
type repositoryJSON struct {
	ID            int64     `json:"id"`
	FullName      string    `json:"full_name"`
	Empty         bool      `json:"empty"`
	DefaultBranch string    `json:"default_branch"`
	UpdatedAt     time.Time `json:"updated_at"`
	Permissions   *struct {
		Admin bool `json:"admin"`
	} `json:"permissions"`
}

func (p *Provider) repository(r repositoryJSON) vcs.Repository {
	out := vcs.Repository{
		ID: strconv.FormatInt(r.ID, 10), Name: r.FullName, URL: p.page(r.FullName), UpdatedAt: r.UpdatedAt,
		Admin: r.Permissions != nil && r.Permissions.Admin,
	}
	if !r.Empty {
		out.DefaultBranch = r.DefaultBranch // an empty repository names the branch that it will have
	}
	return out
}

// Account implements vcs.Client.
func (c *client) Account(ctx context.Context) (vcs.Account, error) {
	const op = "read the account"
	var user userJSON
	if err := c.do(ctx, c.api(op, "/user", nil), &user); err != nil {
		return vcs.Account{}, err
	}
	if user.ID == 0 {
		return vcs.Account{}, &vcs.Error{Kind: vcs.Unavailable, Op: op, Message: "the answer has no id"}
	}
	name := user.FullName
	if name == "" {
		name = user.Login
	}
	return vcs.Account{ID: strconv.FormatInt(user.ID, 10), Name: name}, nil
}

// Repositories implements vcs.Client. One list has what the person owns and what others have
// shared, so nothing is skipped.
func (c *client) Repositories(ctx context.Context, yield func(vcs.Repository) bool) ([]vcs.Skipped, error) {
	seen := map[int64]bool{} // pages may repeat items
	return nil, list(ctx, c, "list repositories", "/user/repos", func(r repositoryJSON) bool {
		out := c.p.repository(r)
		if r.ID == 0 || seen[r.ID] || !out.Admin {
			return true
		}
		seen[r.ID] = true
		return yield(out)
	})
}

// Repository implements vcs.Client.
func (c *client) Repository(ctx context.Context, id string) (vcs.Repository, error) {
	r, err := c.readRepository(ctx, id)
	if err != nil {
		return vcs.Repository{}, err
	}
	return c.p.repository(r), nil
}

func (c *client) readRepository(ctx context.Context, id string) (r repositoryJSON, err error) {
	const op = "read the repository"
	if _, err := strconv.ParseUint(id, 10, 63); err != nil {
		return r, &vcs.Error{Kind: vcs.NotFound, Op: op, Message: "the id is not one of Gitea"}
	}
	if err := c.do(ctx, c.api(op, "/repositories/"+id, nil), &r); err != nil {
		return r, err
	}
	if strconv.FormatInt(r.ID, 10) != id || !plainName(r.FullName) {
		return r, &vcs.Error{Kind: vcs.Unavailable, Op: op, Message: "the answer is about another repository"}
	}
	return r, nil
}

// plainName reports whether a full name is owner/name without characters that have a meaning in a
// path.
func plainName(full string) bool {
	owner, name, ok := strings.Cut(full, "/")
	dots := func(s string) bool { return strings.Trim(s, ".") == "" }
	return ok && !dots(owner) && !dots(name) && !strings.Contains(name, "/")
}

// place is where a repository was when it was last looked up.
type place struct {
	name     string // owner/name
	lookedUp time.Time
}

func (at place) path() string { return "/repos/" + escapePath(at.name) }

// locate looks a repository up by its id and caches its place.
func (c *client) locate(ctx context.Context, id string) (place, error) {
	r, err := c.readRepository(ctx, id)
	if err != nil {
		return place{}, err
	}
	at := place{name: r.FullName, lookedUp: c.p.cfg.Now()}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.places[id] = at
	return at, nil
}

// placeOf is a repository's place. remembered is true when it was cached, and not looked up by this
// call.
func (c *client) placeOf(ctx context.Context, id string) (at place, remembered bool, err error) {
	c.mu.Lock()
	at, remembered = c.places[id]
	c.mu.Unlock()
	if remembered && c.p.cfg.Now().Sub(at.lookedUp) < placeLife {
		return at, true, nil
	}
	at, err = c.locate(ctx, id)
	return at, false, err
}

// reading calls read with a repository's place, and once more when the cached one turns out to be
// wrong.
func reading[T any](ctx context.Context, c *client, id string, read func(place) (T, error)) (T, error) {
	var none T
	at, remembered, err := c.placeOf(ctx, id)
	if err != nil {
		return none, err
	}
	got, err := read(at)
	if !remembered || !vcs.Displaced(err) {
		return got, err
	}
	now, locateErr := c.locate(ctx, id)
	if locateErr != nil {
		return none, locateErr
	}
	if now.name == at.name {
		return got, err
	}
	return read(now)
}
