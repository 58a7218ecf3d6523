package store

import (
	"cmp"
	"context"
	"fmt"

	"towpath"
)

// UpdateText points a task to the version of its file in its link's manifest; there is false when
// the manifest has no such file. When the old version failed, a cancelled task remains for its
// commit.
func (tx *Tx) UpdateText(
	ctx context.Context, link towpath.RepositoryLink, t *towpath.Task,
) (there bool, err error) {
	files, err := tx.Manifest(ctx, link.ID)
	if err != nil {
		return false, err
	}
	kind, err := tx.engineOf(ctx, t.DatabaseID)
	if err != nil {
		return false, err
	}
	f, there := fileFor(files, *t, kind)
	if !there || f.Checksum == t.Checksum {
		return there, nil
	}
	commit := cmp.Or(f.Commit, link.SyncedCommit)
	if !t.Error.IsZero() {
		old := *t
		old.Close(towpath.TaskCancelled, towpath.Why(towpath.ReasonSuperseded, "commit",
			fmt.Sprintf("%.8s", commit)), tx.Now)
		if err := tx.CreateTask(ctx, &old); err != nil {
			return false, err
		}
	}
	t.Path = f.Path
	t.Label = f.Label
	t.Description = f.Description
	t.Checksum = f.Checksum
	t.Commit = commit
	t.Error = towpath.Reason{}
	return true, nil
}

// fileFor finds the file of a task. One for the engine of the task's database comes before one for all.
func fileFor(
	files []towpath.ManifestFile, t towpath.Task, kind towpath.EngineType,
) (found towpath.ManifestFile, there bool) {
	for _, f := range files {
		elsewhere := (f.Database != "" && f.Database != t.Database) ||
			(f.Environment != "" && f.Environment != t.Environment) || (f.Engine != "" && f.Engine != kind)
		if f.State != towpath.FileMatched || f.MigrationID != t.File() || elsewhere {
			continue
		}
		if !there || (found.Engine == "" && f.Engine != "") {
			found, there = f, true
		}
	}
	return found, there
}

// engineOf returns the kind of a database; "" when it is gone.
func (tx *Tx) engineOf(ctx context.Context, databaseID string) (towpath.EngineType, error) {
	d, err := tx.Database(ctx, databaseID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	instance, err := tx.Instance(ctx, d.InstanceID)
	return instance.Engine, err
}

// DeleteManifest empties a link's manifest.
func (tx *Tx) DeleteManifest(ctx context.Context, linkID string) error {
	if err := manifestFiles.delete(ctx, tx, "link_id = $1", linkID); err != nil {
		return err
	}
	return tx.emitLinkEvent(ctx, towpath.EventFilesChanged, linkID)
}
