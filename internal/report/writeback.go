package report

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// WriteBack commits the schemas of a link's databases to its repository, if the link has a schema
// path template. It is a job's handler. It commits only differences from the branch, so our own
// push causes no further commit. A failure does not affect changes: the job is retried, and the
// link's status shows the error.
func (s *Service) WriteBack(ctx context.Context, linkID string) (requeueAt *time.Time, err error) {
	link, err := store.Get(ctx, s.Store, (*store.Tx).Link, linkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound ||
		(err == nil && (link.SchemaPathTemplate == "" || !link.AttentionReason.IsZero())) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	want, err := s.schemaFiles(ctx, link)
	if err != nil || len(want) == 0 {
		return nil, err
	}
	client, err := s.Accounts.Client(ctx, link.GrantID)
	if err != nil {
		return nil, err
	}
	source := client.Source(link.RepositoryID)
	heads, err := source.Heads(ctx)
	if err != nil {
		return vcs.RetryAt(err), account.Explain(err, "read head of "+link.Branch)
	}
	head := heads.Branches[link.Branch]
	if head == "" {
		return nil, nil // the reconcile job reports a missing branch
	}
	if err := dropEqual(ctx, source, head, want); err != nil || len(want) == 0 {
		return vcs.RetryAt(err), account.Explain(err, "compare the schema")
	}
	paths := slices.Sorted(maps.Keys(want))
	hash, err := client.Write(ctx, link.RepositoryID, vcs.Write{
		Branch:  link.Branch,
		Parent:  head,
		Files:   want,
		Message: "Write schema of " + strings.Join(paths, ", ") + " [skip ci]",
	})
	if err != nil {
		return vcs.RetryAt(err), account.Explain(err, "write the schema to "+link.RepositoryName)
	}
	s.Logger.Info("wrote schema back", "link", link.ID, "commit", hash, "files", len(paths))
	return nil, nil
}

// schemaFiles returns the schemas of the databases after their last change, by path. When several
// environments share a path, the first one wins: its schema is the one that the branch's files
// produce.
func (s *Service) schemaFiles(ctx context.Context, link towpath.RepositoryLink) (map[string][]byte, error) {
	template, err := plan.ParseSchemaTemplate(link.SchemaPathTemplate)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		clear(files)
		environments, err := tx.Environments(ctx)
		if err != nil {
			return err
		}
		databases, err := store.All(tx.EveryDatabase(ctx, store.DatabaseFilter{ProjectID: link.ProjectID}))
		if err != nil {
			return err
		}
		for _, e := range environments {
			for _, d := range databases {
				file := path.Join(link.BaseDirectory, template.Path(e.Name, d.Name))
				if _, taken := files[file]; taken || d.EnvironmentID != e.ID {
					continue
				}
				if err := addSchema(ctx, tx, files, file, d.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return files, err
}

func addSchema(ctx context.Context, tx *store.Tx, files map[string][]byte, file, databaseID string) error {
	changes, err := tx.ChangeHistory(ctx, databaseID, store.Page{Limit: 50, NewestFirst: true})
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.TaskID == "" {
			// found in the ledger after a restore of the metadata: older schemas are outdated
			return nil
		}
		if c.SchemaAfter == "" {
			continue
		}
		files[file], err = tx.Content(ctx, c.SchemaAfter)
		return err
	}
	return nil
}

// dropEqual removes the files that the commit already has with the same content.
func dropEqual(ctx context.Context, source vcs.Source, commit string, want map[string][]byte) error {
	for path, content := range want {
		have, err := vcs.ReadFile(ctx, source, commit, path, int64(len(content)))
		if vcs.KindOf(err) == vcs.NotFound {
			continue
		}
		if err != nil {
			return fmt.Errorf("read %s at %s: %w", path, towpath.ShortHash(commit), err)
		}
		if bytes.Equal(have, content) {
			delete(want, path)
		}
	}
	return nil
}
