// Package link joins projects with repositories: it shows what a link would do, makes and changes
// links and their webhooks, takes baselines, and says how a link is. It changes no target database.
package link

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/manifest"
	"towpath/internal/schema"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// Service makes and changes links. Its fields are set before first use and not changed afterwards.
type Service struct {
	Store       *store.Store
	Keyring     *secret.Keyring
	Accounts    *account.Service
	Manifest    *manifest.Service
	ExternalURL string // where people and providers reach this server, without a trailing slash
	Logger      *slog.Logger

	// RefreshLedgers reads the ledgers of a project's databases into the metadata.
	RefreshLedgers func(ctx context.Context, projectID string) error

	// Settle ends the build statuses that a link still shows as in progress, before the link goes.
	Settle func(ctx context.Context, link towpath.RepositoryLink) error

	// Marks reads what a text does to what a catalog shows by name, and Shown what a database's
	// catalog has. Nil leaves baselines unproven.
	Marks func(kind towpath.EngineType, text io.Reader) ([]schema.Mark, error)
	Shown func(ctx context.Context, databaseID string) (map[string]bool, error)

	Polling bool // never make hooks
	// how often a branch's head is read when no delivery comes; 0 is towpath.PollInterval
	PollInterval time.Duration

	trees    treeCache
	refusals vcs.Refusals
}

func (s *Service) hookURL(key string) string { return s.ExternalURL + "/hooks/" + key }

func (s *Service) pollInterval() time.Duration { return cmp.Or(s.PollInterval, towpath.PollInterval) }
