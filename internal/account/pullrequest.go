package account

import (
	"context"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// PullRequests returns the client of a grant that may read and comment on pull requests, and the
// grant's account. The client is nil when the grant may not, or the provider's clients cannot.
func (s *Service) PullRequests(
	ctx context.Context, grantID string,
) (client vcs.PullRequester, account string, err error) {
	rung, g, err := s.rungOf(ctx, grantID)
	if err != nil || rung < vcs.RungPullRequests {
		return nil, "", err
	}
	acting, err := s.Client(ctx, grantID)
	if err != nil {
		return nil, "", err
	}
	client, _ = acting.(vcs.PullRequester)
	return client, g.AccountID, nil
}

// HearsPullRequests reports whether a grant may hear of pull requests.
func (s *Service) HearsPullRequests(ctx context.Context, grantID string) (bool, error) {
	rung, _, err := s.rungOf(ctx, grantID)
	return rung >= vcs.RungPullRequests, err
}

// rungOf is the rung of Description.Rungs that a grant's permissions reach.
func (s *Service) rungOf(ctx context.Context, grantID string) (rung int, g towpath.Grant, err error) {
	var p towpath.GitProvider
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if g, err = tx.Grant(ctx, grantID); err != nil {
			return err
		}
		p, err = tx.GitProvider(ctx, g.ProviderID)
		return err
	})
	if err != nil {
		return 0, g, err
	}
	provider, err := s.Open(p)
	if err != nil {
		return 0, g, err
	}
	return provider.Rung(g.Scopes), g, nil
}

// PullOpener returns the client of a grant that may open pull requests. Where the grant may not, the
// client is nil, and missing names the permission; it is "" where the provider's clients cannot.
func (s *Service) PullOpener(
	ctx context.Context, grantID string,
) (client vcs.PullOpener, missing string, err error) {
	rung, g, err := s.rungOf(ctx, grantID)
	if err != nil {
		return nil, "", err
	}
	if rung < vcs.RungOpenPullRequests {
		missing, err = s.permissionOf(ctx, g, vcs.RungOpenPullRequests)
		return nil, missing, err
	}
	acting, err := s.Client(ctx, grantID)
	if err != nil {
		return nil, "", err
	}
	client, _ = acting.(vcs.PullOpener)
	return client, "", nil
}

// permissionOf names what a rung needs in the words of the provider's form; "" when it has no such rung.
func (s *Service) permissionOf(ctx context.Context, g towpath.Grant, number int) (string, error) {
	p, err := store.Get(ctx, s.Store, (*store.Tx).GitProvider, g.ProviderID)
	if err != nil {
		return "", err
	}
	driver, err := s.driver(p.Type)
	if err != nil {
		return "", err
	}
	for _, rung := range driver.Describe().Rungs {
		if rung.Number == number && len(rung.Permissions) > 0 {
			return rung.Permissions[0].Group + ": " + rung.Permissions[0].Label, nil
		}
	}
	return "", nil
}
