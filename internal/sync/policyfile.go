package sync

import (
	"context"
	"fmt"
	"slices"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// policyFile reads a link's towpath.yaml at a commit; nil when the changes up to the commit have
// left it as it was.
func (s *Service) policyFile(
	ctx context.Context, source vcs.Source, link towpath.RepositoryLink, head string, d delta,
) (*towpath.PolicyFile, error) {
	changed := slices.ContainsFunc(link.PolicyPaths(), func(p string) bool { return d.policy[p] })
	if !d.whole && !changed {
		_, err := store.Get(ctx, s.Store, (*store.Tx).PolicyFile, link.ID)
		if towpath.ErrorCode(err) != towpath.CodeNotFound { // nobody has looked for it before
			return nil, err
		}
	}
	path, text, err := vcs.FirstFile(ctx, source, head, link.PolicyPaths(), manifest.MaxPolicy)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", towpath.PolicyFileName, err)
	}
	p := manifest.PolicyFile(link.ID, path, text)
	return &p, nil
}
