// Package link connects projects to repositories. It previews, creates, changes and deletes links
// and their webhooks, checks baselines, and reports the health of a link. It changes no target
// database.
package link

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/history"
	"towpath/internal/manifest"
	"towpath/internal/schema"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// Service manages links. Its fields are set before first use and not changed afterwards.
type Service struct {
	Store       *store.Store
	Keyring     *secret.Keyring
	Accounts    *account.Service
	Manifest    *manifest.Service
	ExternalURL string // where people and providers reach this server, without a trailing slash
	Logger      *slog.Logger

	// RefreshLedgers reads the ledgers of a project's databases into the metadata.
	RefreshLedgers func(ctx context.Context, projectID string) error

	// StopStatuses posts a final status for each one in progress of a link that is about to be
	// deleted.
	StopStatuses func(ctx context.Context, link towpath.RepositoryLink) error

	// Footprint returns what a text leaves in a catalog by name, and Objects what a database has.
	// When they are nil, baselines are not checked.
	Footprint func(kind towpath.EngineType, text io.Reader) (schema.Footprint, error)
	Objects   func(ctx context.Context, databaseID string) (map[string]bool, error)

	// Histories reads the tables of other migration tools in a database, and Import records in its
	// ledger what they have applied. When they are nil, no link begins with a history.
	Histories func(ctx context.Context, databaseID string) ([]history.Table, error)
	Import    func(
		ctx context.Context, actor towpath.Actor, databaseID string, list []towpath.ImportedMigration,
	) error

	// Review reviews the SQL that a preview would run. When it is nil, previews have no review.
	Review func(ctx context.Context, d manifest.Draft) (towpath.Review, error)

	Polling bool // never create hooks
	// how often a branch's head is read when no delivery comes; 0 is towpath.PollInterval
	PollInterval time.Duration

	trees    treeCache
	refusals vcs.Refusals
}

func (s *Service) hookURL(key string) string { return s.ExternalURL + "/hooks/" + key }

func (s *Service) pollInterval() time.Duration { return cmp.Or(s.PollInterval, towpath.PollInterval) }
