// Package manifest turns the files of a link into a plan. It decides which entries of a tree are
// migrations, reads their texts within bounds, and finds texts that must not run. It calls no
// provider: callers pass a Source.
package manifest

import (
	"cmp"
	"io"

	"towpath"
	"towpath/internal/schema"
	"towpath/internal/store"
)

// Service reads and plans manifests. Its fields are set before first use and not changed
// afterwards.
type Service struct {
	Store *store.Store

	// Refusal returns why a text must not run in a kind of database, or zero when it may. roles is
	// the same for environments in which migrations must not change roles. Rules is the version of
	// these rules. When Refusal is nil, only the executor checks texts.
	Refusal func(kind towpath.EngineType, text io.Reader) (refusal, roles towpath.Reason, err error)
	Rules   string

	// Names returns what a text of a kind of database makes and mentions, which gives repeatable files
	// their order. When it is nil, their own names do.
	Names func(kind towpath.EngineType, text io.Reader) (schema.Names, error)

	MaxFileSize int64 // the limit of a migration, in bytes; 0 is 100 MiB
}

func (s *Service) maxFileSize() int64 { return cmp.Or(s.MaxFileSize, 100<<20) }
