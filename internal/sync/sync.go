// Package gitops joins Git with the databases' desired state: it connects providers, links repositories, receives webhooks,
// reconciles a link's files with the ledgers into a rollout, and tells the result on the commit.
// It changes no target database.
package gitops

import (
	"context"
	"io"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/secret"
	"towpath/internal/statement"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// Service is the whole of package gitops. Its fields are set before first use and not changed afterwards.
type Service struct {
	Store       *store.Store
	Keeper      *secret.Keeper
	Accounts    *account.Service
	ExternalURL string // where people and providers reach this server, without a trailing slash
	Logger      *slog.Logger

	// RefreshLedgers reads the ledgers of a project's databases into the metadata.
	RefreshLedgers func(ctx context.Context, projectID string) error

	// Refusal says why a text must not run in a kind of database, zero when it may; roles is the same where migrations may not
	// change roles. Rules names the program that says so. Nil leaves it to the run.
	Refusal func(kind towpath.EngineType, text io.Reader) (refusal, roles towpath.Reason, err error)
	Rules   string

	// Marks reads what a text does to what a catalogue shows by name, and Shown what a database's catalogue has. Nil leaves
	// baselines unproven.
	Marks func(kind towpath.EngineType, text io.Reader) ([]statement.Mark, error)
	Shown func(ctx context.Context, databaseID string) (map[string]bool, error)

	Polling      bool          // never make hooks
	PollInterval time.Duration // how often a branch's head is read when no delivery tells; 0 is 30 s
	MaxFileSize  int64         // of a migration, in bytes; 0 is 100 MiB

	trees    treeCache
	heads    headCache
	refusals vcs.Refusals
}

func (s *Service) hookURL(key string) string { return s.ExternalURL + "/hooks/" + key }

func (s *Service) maxFileSize() int64 {
	if s.MaxFileSize > 0 {
		return s.MaxFileSize
	}
	return 100 << 20
}
