package link

import (
	"context"
	"slices"
	"strings"

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

// importsOf lists what an accepted history records, with the files of the chosen verdicts that none
// names; nothing in a database that cannot be adopted. Contradicted files count: without a choice their
// database is left out before.
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
