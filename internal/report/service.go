// Package report posts the build statuses of rollouts and plans, and writes the schemas of
// databases back into the repository.
package report

import (
	"log/slog"

	"towpath/internal/account"
	"towpath/internal/manifest"
	"towpath/internal/store"
)

// Service reports to Git providers. Its fields are set before first use and not changed afterwards.
type Service struct {
	Store       *store.Store
	Accounts    *account.Service
	Manifest    *manifest.Service
	ExternalURL string // where people reach this server, without a trailing slash
	Logger      *slog.Logger
}
