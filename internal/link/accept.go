package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/wording"
)

// AcceptHistories records in the ledgers what the histories of other tools prove or claim, in one
// transaction for each database. It writes nothing into those histories. A database in which nothing can
// be recorded is left out, with the reason. CodeInvalid when that is so in all of them, and CodeConflict
// when a history has changed since it was seen.
func (s *Service) AcceptHistories(
	ctx context.Context, actor towpath.Actor, linkID string, choice HistoryChoice,
) (Histories, error) {
	d, err := s.linkedDraft(ctx, linkID)
	if err != nil {
		return Histories{}, err
	}
	h, err := s.chosenHistories(ctx, d, choice)
	if err != nil {
		return h, err
	}
	for i := range h.Databases {
		h.Databases[i].LeftOut = leftOut(h.Databases[i], choice.Despite)
	}
	if err := refuseNone(h, choice.Record); err != nil {
		return h, err
	}
	for i, err := range s.importHistories(ctx, actor, h, choice.Record) {
		if err != nil && towpath.ErrorCode(err) == towpath.CodeInternal {
			return h, err
		}
		h.Databases[i].LeftOut = cmpReason(h.Databases[i].LeftOut, towpath.ReasonOf(err))
	}
	return h, s.watchHistories(ctx, h)
}

// adoptHistories records what the histories have in the ledgers of a draft's databases, before it is a
// link. Files run once it is one, so a database is left out only where all of them wait for a person, or
// where a baseline was chosen.
func (s *Service) adoptHistories(
	ctx context.Context, actor towpath.Actor, d draft, choice HistoryChoice,
) error {
	h, err := s.chosenHistories(ctx, d, choice)
	if err != nil {
		return err
	}
	for i, one := range h.Databases {
		left := leftOut(one, choice.Despite)
		if !left.IsZero() && len(one.History.Tools) > 0 && (one.Problem.IsZero() || !d.holds(one.Database)) {
			return towpath.Invalid("existingFiles", "%s/%s: %s", one.Environment, one.Database.Name,
				wording.Text(left))
		}
		h.Databases[i].LeftOut = left
	}
	if err := refuseNone(h, choice.Record); err != nil {
		return err
	}
	if err := errors.Join(s.importHistories(ctx, actor, h, choice.Record)...); err != nil {
		return err
	}
	return s.watchHistories(ctx, h)
}

// holds reports whether no file runs in a database by itself once the draft is a link: the database has
// tables and no ledger. Where a baseline was chosen, a person has said what runs.
func (d draft) holds(database towpath.Database) bool {
	own := func(b towpath.LinkBaseline) bool { return b.DatabaseID == database.ID }
	return database.Ledger.Populated && len(database.Ledger.Entries) == 0 || slices.ContainsFunc(d.baselines, own)
}

// chosenHistories compares the files of a draft with all histories, and refuses a choice that is not
// about them.
func (s *Service) chosenHistories(ctx context.Context, d draft, choice HistoryChoice) (h Histories, err error) {
	if err := choice.validate(); err != nil {
		return h, err
	}
	in, err := s.draftInput(ctx, d)
	if err != nil {
		return h, err
	}
	if h, err = s.compareHistories(ctx, d, in); err != nil {
		return h, err
	}
	if choice.Fingerprint != "" && choice.Fingerprint != h.Fingerprint {
		return h, towpath.Errorf(towpath.CodeConflict,
			"Another tool has written to its history, or to the tables, since you looked. Stop it, and look again.")
	}
	return h, nil
}

func (c HistoryChoice) validate() error {
	for _, v := range c.Record {
		if !v.Standing() {
			return towpath.Invalid("record", "Use stands or partly: only such files are recorded by choice.")
		}
	}
	return nil
}

// leftOut returns why nothing can be recorded in a database; none when something may.
func leftOut(d DatabaseHistory, despite []string) towpath.Reason {
	if !d.Problem.IsZero() || slices.Contains(despite, d.Database.ID) {
		return d.Problem
	}
	for _, f := range d.Adoption.Files {
		if f.Verdict != plan.VerdictContradicted {
			continue
		}
		shown := plan.Trace{Object: f.Against[0].Object, Wanted: !f.Against[0].There, There: f.Against[0].There}
		return towpath.Why(towpath.ReasonHistoryContradicted, "tool", strings.Join(d.History.Tools, " or "),
			"path", f.Path).From(shown.Reason())
	}
	return towpath.Reason{}
}

// importHistories records what the histories have in the ledgers of the databases that are not left out,
// and returns why it could not, by database. The others keep their rows, so to accept again is safe.
func (s *Service) importHistories(
	ctx context.Context, actor towpath.Actor, h Histories, chosen []plan.Verdict,
) []error {
	failed := make([]error, len(h.Databases))
	var group errgroup.Group
	group.SetLimit(maxReaders)
	for i, one := range h.Databases {
		list := importsOf(one, h.Commit, chosen)
		if len(list) == 0 || !one.LeftOut.IsZero() {
			continue
		}
		group.Go(func() error {
			if err := s.Import(ctx, actor, one.Database.ID, list); err != nil {
				failed[i] = fmt.Errorf("record the history of %s/%s: %w", one.Environment, one.Database.Name, err)
			}
			return nil
		})
	}
	_ = group.Wait() // failures are in the list
	return failed
}

// refuseNone explains why no database has anything to record.
func refuseNone(h Histories, chosen []plan.Verdict) error {
	var first error
	for _, d := range h.Databases {
		if d.LeftOut.IsZero() && len(importsOf(d, "", chosen)) > 0 {
			return nil
		}
		if first == nil && !d.LeftOut.IsZero() {
			first = towpath.Invalid("existingFiles", "%s/%s: %s", d.Environment, d.Database.Name,
				wording.Text(d.LeftOut))
		}
	}
	if first != nil {
		return first
	}
	return towpath.Invalid("existingFiles",
		"No database has a history that names these files. Choose run, or baseline with a version.")
}
