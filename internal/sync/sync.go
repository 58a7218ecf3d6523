// Package sync keeps the rollout of a link in step with its branch. It receives webhooks, polls,
// reads changes, builds plans, and updates the open rollout. It changes no target database.
package sync

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/manifest"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// Service reconciles links. Its fields are set before first use and not changed afterwards.
type Service struct {
	Store       *store.Store
	Accounts    *account.Service
	Manifest    *manifest.Service
	ExternalURL string // where people reach this server, without a trailing slash
	Logger      *slog.Logger

	// TryUndo runs the way back of a text, the text, and its way back again in a scratch database that
	// is like a database. beside is the way back when it is no part of the text.
	TryUndo func(ctx context.Context, databaseID, text, beside string) (towpath.UndoTrial, error)

	// ReviewUndo reviews what an order to undo would run. When it is nil, nothing is reviewed.
	ReviewUndo func(context.Context, manifest.WayBack) (towpath.Review, error)

	// RefreshLedgers reads the ledgers of a project's databases into the metadata.
	RefreshLedgers func(ctx context.Context, projectID string) error

	// HookSecret decrypts the secret that signs a link's deliveries.
	HookSecret func(link towpath.RepositoryLink) (string, error)

	// how often a branch's head is read when no delivery comes; 0 is towpath.PollInterval
	PollInterval time.Duration

	heads    headCache
	intake   intake
	refusals vcs.Refusals
	repairs  sync.Mutex // held while one is opened, so that a second click finds what the first made
}
