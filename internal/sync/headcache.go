package sync

import (
	"context"
	"path"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"towpath/internal/vcs"
)

// headCache caches commits, so that the links of one repository read its head only once. After a
// minute a link reads it again, which also confirms that the repository is still the same one.
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

// get reads a commit. Concurrent callers share one result, but no error, since an error may be
// about the account or the context of the first caller.
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
