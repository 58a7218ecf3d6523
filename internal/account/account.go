// Package account connects Git providers and people's accounts there. It is the only package that
// handles tokens: it verifies credentials by an OAuth round trip, stores and refreshes the tokens,
// and returns clients that act for a grant.
package account

import (
	"log/slog"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// Service connects providers and accounts. Its fields are set before first use and not changed
// afterwards.
type Service struct {
	Store       *store.Store
	Keyring     *secret.Keyring
	Drivers     map[towpath.ProviderType]vcs.Driver
	ExternalURL string // where people and providers reach this server, without a trailing slash
	Logger      *slog.Logger

	grants   grantCache
	refusals vcs.Refusals
}

func (s *Service) driver(t towpath.ProviderType) (vcs.Driver, error) {
	d, ok := s.Drivers[t]
	if !ok {
		return nil, towpath.Invalid("type", "There is no Git provider type %q on this server.", t)
	}
	return d, nil
}

// Open returns the provider that a row describes, without any credentials.
func (s *Service) Open(p towpath.GitProvider) (vcs.Provider, error) {
	d, err := s.driver(p.Type)
	if err != nil {
		return nil, err
	}
	return d.Open(vcs.Instance{URL: p.InstanceURL})
}

func (s *Service) callbackURL() string { return s.ExternalURL + "/oauth/callback" }
