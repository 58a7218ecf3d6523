package sync

import (
	"context"
	"path"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"towpath/internal/vcs"
)

// headCache keeps the commits that were read last, so that links of one repository ask for its head
// once together. A link asks again after a minute: that the repository still has the commit also
// tells that it is the same one.
type headCache struct {
	asking  singleflight.Group
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

// get reads a commit. Callers that ask for it at the same time share one answer, but no error: that
// may be about the leader's account or its context.
func (c *headCache) get(
	ctx context.Context, source vcs.Source, repositoryID, hash string,
) (vcs.Commit, error) {
	key := path.Join(repositoryID, hash)
	led := false
	commit, err, _ := c.asking.Do(key, func() (any, error) {
		led = true
		c.mu.Lock()
		known, ok := c.commits[key]
		c.mu.Unlock()
		if ok && time.Since(known.at) < headCacheAge {
			return known.commit, nil
		}
		commit, err := source.Commit(ctx, hash)
		if err == nil {
			c.put(key, commit)
		}
		return commit, err
	})
	if err != nil && !led {
		return source.Commit(ctx, hash)
	}
	return commit.(vcs.Commit), err
}

func (c *headCache) put(key string, commit vcs.Commit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.commits == nil || len(c.commits) >= headCacheSize {
		c.commits = map[string]cachedHead{}
	}
	c.commits[key] = cachedHead{commit: commit, at: time.Now()}
}
