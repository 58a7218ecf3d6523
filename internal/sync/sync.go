// Package sync keeps a link's rollout up to what its branch says: it receives webhooks, polls,
// reads what changed, plans it and carries the plan over to the open rollout. It changes no target
// database.
package sync

import (
	"context"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/manifest"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// Service reconciles links. Its fields are set before first use and not changed afterwards.
type Service struct {
	Store    *store.Store
	Accounts *account.Service
	Manifest *manifest.Service
	Logger   *slog.Logger

	// RefreshLedgers reads the ledgers of a project's databases into the metadata.
	RefreshLedgers func(ctx context.Context, projectID string) error

	// HookSecret opens the secret that a link's deliveries are signed with.
	HookSecret func(link towpath.RepositoryLink) (string, error)

	// how often a branch's head is read when no delivery comes; 0 is towpath.PollInterval
	PollInterval time.Duration

	heads    headCache
	refusals vcs.Refusals
}
