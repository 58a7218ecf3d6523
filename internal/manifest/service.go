// Package manifest is what a link's files amount to: which entries of a tree are migrations, how
// their texts are read within bounds, what must not run of them, and the plan that they give. It
// asks no provider: whoever has a repository brings it.
package manifest

import (
	"cmp"
	"io"

	"towpath"
	"towpath/internal/store"
)

// Service reads and plans manifests. Its fields are set before first use and not changed
// afterwards.
type Service struct {
	Store *store.Store

	// Refusal says why a text must not run in a kind of database, zero when it may; roles is the
	// same where migrations may not change roles. Rules names the program that says so. Nil leaves
	// it to the run.
	Refusal func(kind towpath.EngineType, text io.Reader) (refusal, roles towpath.Reason, err error)
	Rules   string

	MaxFileSize int64 // of a migration, in bytes; 0 is 100 MiB
}

func (s *Service) maxFileSize() int64 { return cmp.Or(s.MaxFileSize, 100<<20) }
