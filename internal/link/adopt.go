package link

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"towpath"
	"towpath/internal/history"
	"towpath/internal/plan"
	"towpath/internal/vcs"
)

// HistoryChoice is how a person accepts the histories of other tools.
type HistoryChoice struct {
	// Fingerprint is that of the Histories that the person has seen. It is refused when a tool has
	// written to its history since; "" accepts whatever is there.
	Fingerprint string
	Despite     []string // ids of databases in which contradicted files count as applied too
	// Record are verdicts of files that no history names: stands, partly. Such files are recorded
	// too. Without it, they are planned like any other.
	Record []plan.Verdict
}

// LinkHistories compares the files of an existing link with the histories in its project's
// databases. It changes nothing.
func (s *Service) LinkHistories(ctx context.Context, linkID string) (Histories, error) {
	d, err := s.linkedDraft(ctx, linkID)
	if err != nil {
		return Histories{}, err
	}
	in, err := s.draftInput(ctx, d)
	if err != nil {
		return Histories{}, err
	}
	return s.compareHistories(ctx, d, in)
}

// AcceptHistories records in the ledgers what the histories of other tools prove or claim, in one
// transaction for each database. It writes nothing into those histories. CodeInvalid when the
// catalog contradicts one, and CodeConflict when one has changed since it was seen.
func (s *Service) AcceptHistories(
	ctx context.Context, actor towpath.Actor, linkID string, choice HistoryChoice,
) (Histories, error) {
	d, err := s.linkedDraft(ctx, linkID)
	if err != nil {
		return Histories{}, err
	}
	return s.importHistories(ctx, actor, d, choice)
}

// linkedDraft returns an existing link with the files of its branch's head.
func (s *Service) linkedDraft(ctx context.Context, linkID string) (d draft, err error) {
	if d, err = s.changedDraft(ctx, linkID, Change{}); err != nil {
		return d, err
	}
	d.head, err = headOf(ctx, d.client.Source(d.link.RepositoryID),
		vcs.Repository{Name: d.link.RepositoryName}, d.link.Branch)
	if err != nil {
		return d, err
	}
	return d, s.draftFiles(ctx, &d)
}

// importHistories compares the files of a draft with all histories, and records what they have in
// the ledgers. When a database fails, those before it keep their rows: to accept again is safe.
func (s *Service) importHistories(
	ctx context.Context, actor towpath.Actor, d draft, choice HistoryChoice,
) (Histories, error) {
	in, err := s.draftInput(ctx, d)
	if err != nil {
		return Histories{}, err
	}
	h, err := s.compareHistories(ctx, d, in)
	if err != nil {
		return h, err
	}
	if err := choice.validate(); err != nil {
		return h, err
	}
	if err := refuseHistories(h, choice); err != nil {
		return h, err
	}
	var group errgroup.Group
	group.SetLimit(maxReaders)
	for _, one := range h.Databases {
		if list := importsOf(one, h.Commit, choice.Record); len(list) > 0 {
			group.Go(func() error {
				if err := s.Import(ctx, actor, one.Database.ID, list); err != nil {
					return fmt.Errorf("record the history of %s/%s: %w", one.Environment, one.Database.Name, err)
				}
				return nil
			})
		}
	}
	if err := group.Wait(); err != nil {
		return h, err
	}
	return h, s.watchHistories(ctx, h)
}

func (c HistoryChoice) validate() error {
	for _, v := range c.Record {
		if !v.Standing() {
			return towpath.Invalid("record", "Use stands or partly: only such files are recorded by choice.")
		}
	}
	return nil
}

// refuseHistories explains why histories cannot be accepted.
func refuseHistories(h Histories, choice HistoryChoice) error {
	if choice.Fingerprint != "" && choice.Fingerprint != h.Fingerprint {
		return towpath.Errorf(towpath.CodeConflict,
			"Another tool has written to its history, or to the tables, since you looked. Stop it, and look again.")
	}
	found := 0
	for _, d := range h.Databases {
		found += len(importsOf(d, "", choice.Record))
		if !d.Problem.IsZero() && len(d.History.Tools) > 0 {
			return towpath.Invalid("existingFiles", "The history in %s/%s cannot be used. Choose a baseline instead.",
				d.Environment, d.Database.Name)
		}
		if slices.Contains(choice.Despite, d.Database.ID) {
			continue
		}
		for _, f := range d.Adoption.Files {
			if f.Verdict == plan.VerdictContradicted {
				return towpath.Invalid("existingFiles", "%s/%s: %s has `%s` as applied, and %s. "+
					"Correct the database, or confirm this one with despite.", d.Environment, d.Database.Name,
					strings.Join(d.History.Tools, " or "), f.Path, wordContradiction(f.Against[0]))
			}
		}
	}
	if found == 0 {
		return towpath.Invalid("existingFiles",
			"No database has a history that names these files. Choose run, or baseline with a version.")
	}
	return nil
}

// importsOf lists what an accepted history records, with the files of the chosen verdicts that none
// names; nothing in a database that cannot be adopted. Contradicted files count: without a choice they
// were refused before.
func importsOf(
	d DatabaseHistory, commit string, chosen []plan.Verdict,
) (list []towpath.ImportedMigration) {
	if !d.Adoptable() {
		return nil
	}
	for _, f := range d.Adoption.Files {
		if !f.Verdict.Named() && !slices.Contains(chosen, f.Verdict) {
			continue
		}
		m := towpath.ImportedMigration{
			Migration: f.Migration,
			Commit:    commit,
			Halfway:   f.Verdict == plan.VerdictHalfway,
			Source:    towpath.HistorySource{Evidence: string(f.Verdict)},
		}
		if f.Verdict.Named() {
			m.Source.Tool, m.Source.Table = strings.Join(d.History.Tools, " or "), d.History.Table
			m.Source.Version, m.Source.Name, m.Source.At = f.Entry.Version, f.Entry.Name, f.Entry.At
		}
		if f.Verdict == plan.VerdictEdited {
			m.Checksum = foreignChecksum(f.Entry.Sum)
		}
		list = append(list, m)
	}
	return list
}

// maxChecksum is the longest checksum that every ledger takes.
const maxChecksum = 64

// foreignChecksum is the checksum of a text that Towpath has never seen, as its tool computes it. It
// equals none of ours, so the file counts as edited until a person accepts the new text.
func foreignChecksum(sum history.Sum) string {
	if sum.Kind == history.SHA256 {
		return strings.ToLower(sum.Text)
	}
	text := string(sum.Kind) + " " + sum.Text
	return text[:min(len(text), maxChecksum)]
}
