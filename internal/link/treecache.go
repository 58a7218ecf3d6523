package link

import (
	"context"
	"path"
	"time"

	"towpath/internal/vcs"
)

// treeCache caches the trees that people preview, so that trying another template needs no call to
// the provider.
type treeCache struct{ trees vcs.Cache[[]vcs.Entry] }

const (
	treeCacheSize = 8
	treeCacheAge  = 5 * time.Minute
)

func (c *treeCache) get(
	ctx context.Context, source vcs.Source, repositoryID, commit string,
) ([]vcs.Entry, error) {
	key := path.Join(repositoryID, commit)
	if entries, ok := c.trees.Get(key, treeCacheAge); ok {
		return entries, nil
	}
	entries, err := source.Tree(ctx, commit, "")
	if err != nil {
		return nil, err
	}
	c.trees.Put(key, entries, treeCacheSize)
	return entries, nil
}
