package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/sqlreview"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// maxRehearsals bounds the databases whose schemas a branch is rehearsed with.
const maxRehearsals = 4

// rehearse finds what is to be rehearsed of a branch, and what rehearsals have shown before. The
// files of each kind of database are tried once, with the schema of the first one that gets them.
func (b *branchSubject) rehearse(ctx context.Context, tx *store.Tx) error {
	project, err := tx.Project(ctx, b.review.ProjectID)
	if err != nil || !project.Rehearse {
		return err
	}
	known, err := tx.BranchRehearsals(ctx, b.review.ID)
	if err != nil {
		return err
	}
	covered := map[string]bool{}
	for _, c := range b.inStages() {
		files := b.toRehearse(c)
		fresh := func(f towpath.RehearsalFile) bool { return f.Own && !covered[f.Path] }
		if !slices.ContainsFunc(files, fresh) || len(b.orders) == maxRehearsals {
			continue
		}
		for _, f := range files {
			covered[f.Path] = true
		}
		b.orders = append(b.orders, b.order(project, c, files, known))
	}
	b.rehearsed = map[place]*sqlreview.Rehearsed{}
	for _, order := range b.orders {
		for _, f := range order.Own() {
			if f.State == towpath.RehearsedFailed {
				b.rehearsed[place{order.EnvironmentID, f.Path}] = &sqlreview.Rehearsed{
					Line: f.Failure.Line, Column: f.Failure.Column, Server: order.Result.Server,
					Why: wording.Text(f.Failure.Reason),
				}
			}
		}
	}
	return nil
}

// inStages are the changes in the order of their environments.
func (b *branchSubject) inStages() []change {
	return slices.SortedStableFunc(slices.Values(b.changes), func(x, y change) int {
		return b.environments[x.database.EnvironmentID].Position -
			b.environments[y.database.EnvironmentID].Position
	})
}

// toRehearse are the files that a database is to get, in their order.
func (b *branchSubject) toRehearse(c change) (files []towpath.RehearsalFile) {
	for _, f := range c.files {
		if !f.edited && f.Checksum != "" {
			files = append(files, towpath.RehearsalFile{
				Path: f.Path, Checksum: f.Checksum, Version: f.Version, Type: f.Type, Own: b.own[f.Path],
			})
		}
	}
	return files
}

// order is a rehearsal that is wanted, or that was made before of the same files in the same state of
// the database.
func (b *branchSubject) order(
	p towpath.Project, c change, files []towpath.RehearsalFile, known []towpath.BranchRehearsal,
) towpath.BranchRehearsal {
	environment := b.environments[c.database.EnvironmentID]
	o := towpath.BranchRehearsal{
		InstanceID: c.database.InstanceID, DatabaseID: c.database.ID, Database: c.database.Name,
		EnvironmentID: environment.ID, Environment: environment.Name,
		Files: files, State: towpath.RehearsalWanted, WantedAt: b.review.WantedAt,
	}
	if p.RehearsalInstanceID != "" {
		o.InstanceID = p.RehearsalInstanceID
	}
	ledger := c.database.Ledger
	var key strings.Builder
	fmt.Fprintf(&key, "%q %q %t %d %q", o.InstanceID, o.DatabaseID, environment.AllowRoles, ledger.Number,
		ledger.Seal)
	for _, f := range files {
		fmt.Fprintf(&key, " %q %q %t", f.Path, f.Checksum, f.Own)
	}
	if filling := towpath.FillingOf(b.placeholders, environment).Digest(); filling != "" {
		fmt.Fprintf(&key, " %q", filling)
	}
	sum := sha256.Sum256([]byte(key.String()))
	o.Key = hex.EncodeToString(sum[:])
	return madeBefore(o, known)
}

// madeBefore returns a rehearsal with its result, where one was made of the same.
func madeBefore(o towpath.BranchRehearsal, known []towpath.BranchRehearsal) towpath.BranchRehearsal {
	for _, k := range known {
		if k.Key == o.Key && k.State == towpath.RehearsalDone {
			o.State, o.Result, o.EndedAt = k.State, k.Result, k.EndedAt
		}
	}
	return o
}

// saveOrders asks for the rehearsals of a branch, unless it has moved meanwhile.
func (s *Service) saveOrders(ctx context.Context, sub branchSubject) error {
	if len(sub.orders) == 0 && sub.review.Rehearsal == towpath.RehearsalOff {
		return nil
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.BranchReview(ctx, sub.review.ID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound ||
			(err == nil && (r.Head != sub.review.Head || r.Generation != sub.review.Generation)) {
			return nil
		}
		if err != nil {
			return err
		}
		known, err := tx.BranchRehearsals(ctx, r.ID)
		if err != nil {
			return err
		}
		orders := make([]towpath.BranchRehearsal, len(sub.orders))
		for i, o := range sub.orders {
			orders[i] = madeBefore(o, known)
		}
		if err := tx.SetBranchRehearsals(ctx, r.ID, orders); err != nil {
			return err
		}
		r.Rehearsal = towpath.SumRehearsals(orders)
		return tx.UpdateBranchReview(ctx, r)
	})
}
