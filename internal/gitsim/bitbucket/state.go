package bitbucket

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"towpath/internal/gitsim"
)

// state is what survives a restart. It is guarded by Sim.mu.
type state struct {
	Users        []*User                   `json:"users"`
	Workspaces   []*Workspace              `json:"workspaces"`
	Consumers    []*Consumer               `json:"consumers"`
	Repositories []*Repository             `json:"repositories"`
	Moved        map[string]string         `json:"moved"`         // former full name → repository UUID
	Hooks        map[string][]*Hook        `json:"hooks"`         // by repository UUID
	Grants       []*grant                  `json:"grants"`        //
	Tokens       map[string]*token         `json:"tokens"`        // by the token itself
	Statuses     map[string][]*Status      `json:"statuses"`      // by commitKey
	Reports      map[string][]*report      `json:"reports"`       // by commitKey
	PullRequests map[string][]*pullRequest `json:"pull_requests"` // by repository UUID
}

func commitKey(repositoryUUID, hash string) string { return repositoryUUID + " " + hash }

func loadState(path string) (state, error) {
	var st state
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &st)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return st, fmt.Errorf("read the state of the simulator: %w", err)
	}
	if st.Moved == nil {
		st.Moved = map[string]string{}
	}
	if st.Hooks == nil {
		st.Hooks = map[string][]*Hook{}
	}
	if st.Tokens == nil {
		st.Tokens = map[string]*token{}
	}
	if st.Statuses == nil {
		st.Statuses = map[string][]*Status{}
	}
	if st.Reports == nil {
		st.Reports = map[string][]*report{}
	}
	if st.PullRequests == nil {
		st.PullRequests = map[string][]*pullRequest{}
	}
	return st, nil
}

// save writes the state by way of a temporary file, so that a crash leaves the old or the new one.
// Sim.mu is held.
func (s *Sim) save() {
	s.dirty = false
	data, err := json.Marshal(&s.state)
	if err == nil {
		path := s.statePath()
		if err = os.WriteFile(path+".tmp", data, 0o600); err == nil {
			err = os.Rename(path+".tmp", path)
		}
	}
	if err != nil {
		s.opts.Logger.Error("save the state of the simulator", "error", err)
	}
}

// saveSoon saves within a quarter of a second; statuses and reports come in bursts and are cheap to
// lose. Sim.mu is held.
func (s *Sim) saveSoon() {
	if s.dirty {
		return
	}
	s.dirty = true
	time.AfterFunc(250*time.Millisecond, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.dirty && !s.closed {
			s.save()
		}
	})
}

func (s *Sim) statePath() string { return filepath.Join(s.opts.Dir, "state.json") }

func (st *state) user(match func(*User) bool) *User {
	for _, u := range st.Users {
		if match(u) {
			return u
		}
	}
	return nil
}

func (st *state) userByName(username string) *User {
	return st.user(func(u *User) bool { return u.Username == username })
}

func (st *state) userByUUID(uuid string) *User {
	return st.user(func(u *User) bool { return u.UUID == uuid })
}

func (st *state) userByEmail(email string) *User {
	return st.user(func(u *User) bool { return email != "" && strings.EqualFold(u.Email, email) })
}

// workspace finds by slug or by UUID in braces.
func (st *state) workspace(id string) *Workspace {
	for _, w := range st.Workspaces {
		if w.Slug == id || w.UUID == id {
			return w
		}
	}
	return nil
}

// repository finds by workspace (slug, UUID, or empty braces with a repository's UUID) and
// repository (slug or UUID).
func (st *state) repository(workspace, repository string) *Repository {
	w := st.workspace(workspace)
	if w == nil && workspace != "{}" {
		return nil
	}
	for _, r := range st.Repositories {
		if r.UUID == repository || (w != nil && r.Workspace == w.Slug && r.Slug == repository) {
			return r
		}
	}
	return nil
}

func (st *state) repositoryByName(fullName string) *Repository {
	workspace, slug, _ := strings.Cut(fullName, "/")
	return st.repository(workspace, slug)
}

// movedTo finds the repository that had a name before, as long as no other one has it now.
func (st *state) movedTo(workspace, slug string) *Repository {
	if st.repository(workspace, slug) != nil {
		return nil
	}
	uuid := st.Moved[workspace+"/"+slug]
	for _, r := range st.Repositories {
		if r.UUID == uuid {
			return r
		}
	}
	return nil
}

func (st *state) consumer(key string) *Consumer {
	for _, c := range st.Consumers {
		if c.Key == key {
			return c
		}
	}
	return nil
}

// permission is the effective right of a user: "admin", "write", "read" or "" for none. A nil user
// is anonymous.
func (st *state) permission(r *Repository, u *User) string {
	if u != nil {
		if w := st.workspace(r.Workspace); w != nil && w.Members[u.UUID] == "owner" {
			return "admin"
		}
		if p := r.Permissions[u.UUID]; p != "" {
			return p
		}
	}
	if !r.Private {
		return "read"
	}
	return ""
}

func newUUID() string {
	b := gitsim.RandomBytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return "{" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:] + "}"
}

// bareUUID strips the braces.
func bareUUID(uuid string) string { return strings.Trim(uuid, "{}") }
