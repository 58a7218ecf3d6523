package sync

import (
	"context"
	"path"
	"time"

	"golang.org/x/sync/singleflight"

	"towpath/internal/vcs"
)

// headCache caches commits, so that the links of one repository read its head only once. After a
// minute a link reads it again, which also confirms that the repository is still the same one.
type headCache struct {
	asking  singleflight.Group
	commits vcs.Cache[vcs.Commit]
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
		if known, ok := c.commits.Get(key, headCacheAge); ok {
			return known, nil
		}
		commit, err := source.Commit(ctx, hash)
		if err == nil {
			c.commits.Put(key, commit, headCacheSize)
		}
		return commit, err
	})
	if err != nil && !led {
		return source.Commit(ctx, hash)
	}
	return commit.(vcs.Commit), err
}
