package executor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"towpath"
	"towpath/internal/store"
)

// origin is the source of a rollout's changes.
type origin struct {
	linkID     string
	commit     string // of the rollout
	author     string // of that commit
	repository string // "" when it was unlinked
}

func originOf(ctx context.Context, tx *store.Tx, rolloutID string) (origin, error) {
	r, err := tx.RolloutAlone(ctx, rolloutID)
	if err != nil {
		return origin{}, err
	}
	link, err := tx.Link(ctx, r.LinkID)
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return origin{}, err
	}
	return origin{linkID: r.LinkID, commit: r.Commit, author: r.Author, repository: link.RepositoryName}, nil
}

// authorOf returns the author of the commit that brought a change; "" when unknown.
func (o origin) authorOf(ctx context.Context, tx *store.Tx, commit string) (string, error) {
	if commit == o.commit {
		return o.author, nil
	}
	c, err := tx.Commit(ctx, o.linkID, commit)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return "", nil
	}
	return c.Author, err
}

// effects is what an attempt did in addition to its rows in the ledger.
type effects struct {
	rows   int64
	before *string // dump of the schema; nil when it is not known
	after  *string
}

// addHistory copies rows of the ledger into the snapshot and the change history. A row that this
// attempt did not write is added only when the history lacks it, which happens after a crash or a
// restored backup of the metadata.
func addHistory(
	ctx context.Context, tx *store.Tx, from origin, t towpath.Task, changes []change, did effects,
) error {
	var before, after string
	if len(changes) > 0 && changes[0].fresh && t.Action == towpath.ActionApply {
		var errBefore, errAfter error
		before, errBefore = keepDump(ctx, tx, did.before)
		after, errAfter = keepDump(ctx, tx, did.after)
		if err := errors.Join(errBefore, errAfter); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if err := tx.NoteLedger(ctx, t.DatabaseID, c.entry); err != nil {
			return err
		}
		if c.undone != nil {
			if err := tx.NoteLedger(ctx, t.DatabaseID, *c.undone); err != nil {
				return err
			}
		}
		if !c.fresh {
			if known, err := tx.InHistory(ctx, t.DatabaseID, c.entry); err != nil {
				return err
			} else if known {
				continue
			}
		}
		h := historyOf(from, t, c)
		author, err := from.authorOf(ctx, tx, c.entry.Commit)
		if err != nil {
			return err
		}
		h.Author = author
		if c.fresh {
			h.RowsAffected = did.rows
			h.SchemaBefore, h.SchemaAfter = before, after
		}
		if err := tx.AddHistory(ctx, &h); err != nil {
			return err
		}
	}
	return nil
}

func historyOf(from origin, t towpath.Task, c change) towpath.ChangeHistory {
	h := towpath.ChangeHistory{
		DatabaseID: t.DatabaseID,
		ProjectID:  t.ProjectID,
		TaskID:     t.ID,
		RolloutID:  t.RolloutID,
		Migration:  c.Migration,
		State:      c.entry.State,
		Commit:     c.entry.Commit,
		Repository: from.repository,
		StartedAt:  c.entry.StartedAt,
		FinishedAt: c.entry.StartedAt,
		Statements: c.entry.StatementsDone,
	}
	j, _ := readJournal(c.entry)
	h.Mark, h.Undoing = j.Mark, j.Undoing
	if c.entry.FinishedAt != nil {
		h.FinishedAt = *c.entry.FinishedAt
	}
	return h
}

// keepDump stores a schema and returns its checksum; "" for one that is not known.
func keepDump(ctx context.Context, tx *store.Tx, dump *string) (checksum string, err error) {
	if dump == nil {
		return "", nil
	}
	checksum = digest(*dump)
	return checksum, tx.PutContent(ctx, checksum, []byte(*dump))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
