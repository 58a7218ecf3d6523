package link

import (
	"context"
	"path"
	"sync"
	"time"

	"towpath/internal/vcs"
)

// treeCache caches the trees that people preview, so that trying another template needs no call to
// the provider.
type treeCache struct {
	mu    sync.Mutex
	trees map[string]cachedTree
}

type cachedTree struct {
	entries []vcs.Entry
	at      time.Time
}

const (
	treeCacheSize = 8
	treeCacheAge  = 5 * time.Minute
)

func (c *treeCache) get(
	ctx context.Context, source vcs.Source, repositoryID, commit string,
) ([]vcs.Entry, error) {
	key := path.Join(repositoryID, commit)
	c.mu.Lock()
	known, ok := c.trees[key]
	c.mu.Unlock()
	if ok && time.Since(known.at) < treeCacheAge {
		return known.entries, nil
	}
	entries, err := source.Tree(ctx, commit, "")
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trees == nil || len(c.trees) >= treeCacheSize {
		c.trees = map[string]cachedTree{}
	}
	c.trees[key] = cachedTree{entries, time.Now()}
	return entries, nil
}
