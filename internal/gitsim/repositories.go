package gitsim

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Repositories are the bare repositories of a host, in one directory. A key names a repository on
// disk and never changes, so that a rename touches no file.
type Repositories struct {
	dir string

	mu   sync.Mutex
	open map[string]*Repo
}

// NewRepositories uses a directory, and makes it when it is missing.
func NewRepositories(dir string) (*Repositories, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the directory of the simulator: %w", err)
	}
	return &Repositories{dir: dir, open: map[string]*Repo{}}, nil
}

// Create makes an empty repository. Its HEAD is mainBranch.
func (r *Repositories) Create(key, mainBranch string) error {
	return r.Get(key).init(mainBranch)
}

// Get returns a repository that [Repositories.Create] has made, now or in an earlier run.
func (r *Repositories) Get(key string) *Repo {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.open[key]
	if g == nil {
		g = newRepo(filepath.Join(r.dir, key+".git"))
		r.open[key] = g
	}
	return g
}

// CopyBranches copies the branches of one repository to another one.
func (r *Repositories) CopyBranches(from, to string) error {
	_, err := r.Get(to).Run(nil, "fetch", "-q", r.Get(from).dir, "+refs/heads/*:refs/heads/*")
	return err
}

// Close ends the processes of all repositories.
func (r *Repositories) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, g := range r.open {
		g.close()
	}
}
