package store

import (
	"context"
	"fmt"
	"strings"

	"towpath"
)

// anyTable is a table[T], whatever T.
type anyTable interface {
	title() string
	count(ctx context.Context, tx *Tx) (int, error)
	copy(ctx context.Context, from, to *Tx) (int, error)
}

// tables lists all tables. A table comes after those that it refers to.
var tables = []anyTable{
	metas, members, credentials, invitationMails, projects, projectMembers, environments, approvalHooks,
	instances, databases,
	ledgerEntries, schemaChecks, drifts, gitProviders, verifications, grants, links, linkBaselines, progresses, hookRemovals,
	deliveries, manifestFiles, linkCommits, fileCommits, commitNotes, readings, readingFiles, contents,
	contentParts, contentTexts, verdicts, policyFiles, rollouts, reviews, reviewedFiles, branchReviews,
	branchFiles, branchReviewedFiles, branchRehearsals, approvals, approvalRequests, stageStarts, pullReadings,
	schedules, pauses, secondLooks, receivers, occasions, notifications, tasks, attempts,
	statements, history, posted, jobs, events,
}

// Copied is the number of rows copied from a table.
type Copied struct {
	Table string
	Rows  int
}

// Copy copies all rows of one store into another in one transaction. CodeConflict when the target
// is not empty. It reads one consistent state of the source and misses later changes, so stop the
// source's server first.
func Copy(ctx context.Context, from, to *Store) (copied []Copied, err error) {
	err = from.Read(ctx, func(source *Tx) error {
		return to.Write(ctx, func(target *Tx) error {
			copied = make([]Copied, 0, len(tables))
			for _, t := range tables {
				n, err := t.count(ctx, target)
				if err != nil {
					return err
				}
				if n > 0 {
					return towpath.Errorf(towpath.CodeConflict,
						"The target holds metadata already (%d rows in %s). Copy into a new, empty database.",
						n, t.title())
				}
			}
			for _, t := range tables {
				n, err := t.copy(ctx, source, target)
				if err != nil {
					return fmt.Errorf("copy %s: %w", t.title(), err)
				}
				copied = append(copied, Copied{t.title(), n})
			}
			return nil
		})
	})
	return copied, err
}

func (t *table[T]) title() string { return strings.Trim(t.name, `"`) }

func (t *table[T]) count(ctx context.Context, tx *Tx) (n int, err error) {
	err = tx.tx.QueryRowContext(ctx, "SELECT count(*) FROM "+t.name).Scan(&n)
	return n, t.wrap("count", err)
}

// copyBatch bounds the rows in memory; each has up to about 1 MiB.
const copyBatch = 32

func (t *table[T]) copy(ctx context.Context, from, to *Tx) (n int, err error) {
	batch := make([]T, 0, copyBatch)
	flush := func() error {
		n += len(batch)
		err := t.insert(ctx, to, batch...)
		batch = batch[:0]
		return err
	}
	err = t.each(ctx, from, "ORDER BY "+strings.Join(t.names[:t.key], ", "), nil, func(v T) error {
		if batch = append(batch, v); len(batch) < copyBatch {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return n, err
}
