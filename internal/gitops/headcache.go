package gitops

import (
	"context"
	"path"
	"sync"
	"time"

	"towpath/internal/vcs"
)

// headCache keeps the commits that were read last, so that links of one repository ask for its head once together. A link asks
// again after a minute: that the repository still has the commit also tells that it is the same one.
type headCache struct {
	asking  keyedMutex
	mu      sync.Mutex
	commits map[string]cachedHead
}

type cachedHead struct {
	commit vcs.Commit
	at     time.Time
}

const (
	headCacheSize = 256
	headCacheAge  = time.Minute
)

// get reads a commit. Who asks for it at the same time waits for the one answer.
func (c *headCache) get(ctx context.Context, source vcs.Source, repositoryID, hash string) (vcs.Commit, error) {
	defer c.asking.lock(repositoryID)()
	key := path.Join(repositoryID, hash)
	c.mu.Lock()
	known, ok := c.commits[key]
	c.mu.Unlock()
	if ok && time.Since(known.at) < headCacheAge {
		return known.commit, nil
	}
	commit, err := source.Commit(ctx, hash)
	if err != nil {
		return commit, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.commits == nil || len(c.commits) >= headCacheSize {
		c.commits = map[string]cachedHead{}
	}
	c.commits[key] = cachedHead{commit: commit, at: time.Now()}
	return commit, nil
}
