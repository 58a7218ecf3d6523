package link

import (
	"context"
	"fmt"
	"io"
	"slices"

	"golang.org/x/sync/errgroup"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/schema"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// DatabaseBaseline compares a database with the files that are not in its ledger.
type DatabaseBaseline struct {
	Database    towpath.Database
	Environment string
	HasLedger   bool
	Versions    []string         // of the files that are not in its ledger, as in their names, in order
	Candidates  []plan.Candidate // nil when its ledger has all files, or it cannot be read
	Unread      int              // older files that were not read and are not compared
	Problem     towpath.Reason   // why nothing can be said of it; zero when something can
}

const (
	maxEvidence     = 50      // how many of the newest files a preview reads
	maxEvidenceSize = 1 << 20 // bytes of a file; larger ones usually contain data
	maxReaders      = 8       // databases that are read concurrently
)

// evidence compares each database with the files that are not in its ledger.
func (s *Service) evidence(ctx context.Context, d draft, in plan.Input) ([]DatabaseBaseline, error) {
	files := plan.FilesOf(in)
	names := map[string]string{}
	for _, e := range in.Environments {
		names[e.ID] = e.Name
	}
	list := make([]DatabaseBaseline, len(in.Databases))
	missing := make([][]towpath.Migration, len(in.Databases))
	objects := make([]map[string]bool, len(in.Databases))
	var group errgroup.Group
	group.SetLimit(maxReaders)
	for i, database := range in.Databases {
		missing[i] = missingFrom(database.Ledger, versioned(files[database.ID]))
		list[i] = DatabaseBaseline{
			Database:    database,
			Environment: names[database.EnvironmentID],
			HasLedger:   len(database.Ledger.Entries) > 0,
			Versions:    labelsOf(missing[i]),
			Problem:     database.Ledger.Error,
		}
		if s.Objects == nil || s.Footprint == nil || !list[i].Problem.IsZero() || len(missing[i]) == 0 {
			continue
		}
		group.Go(func() (err error) {
			if objects[i], err = s.Objects(ctx, database.ID); err != nil {
				list[i].Problem = towpath.Why(towpath.ReasonTablesUnread).From(towpath.ReasonOf(err))
			}
			return nil
		})
	}
	_ = group.Wait() // a failure is stored as the database's Problem
	texts := evidenceTexts{
		service: s,
		draft:   d,
		known:   map[evidenceKey][]schema.Mark{},
		sizes:   map[string]int64{},
	}
	for _, f := range in.Files {
		texts.sizes[f.Path] = f.Size
	}
	for i := range list {
		if objects[i] == nil {
			continue
		}
		marked, err := texts.markFiles(ctx, in.Engines[list[i].Database.ID],
			in.Fillings[list[i].Database.ID], missing[i])
		if err != nil {
			return nil, err
		}
		list[i].Unread = max(0, len(missing[i])-maxEvidence)
		list[i].Candidates = plan.Candidates(marked, objects[i])
	}
	return list, nil
}

// versioned lists the files that a baseline may cover.
func versioned(files []towpath.Migration) []towpath.Migration {
	return slices.DeleteFunc(slices.Clone(files),
		func(m towpath.Migration) bool { return m.Type == towpath.TypeRepeatable })
}

// missingFrom lists the files that a ledger does not have as applied.
func missingFrom(ledger towpath.LedgerSnapshot, files []towpath.Migration) []towpath.Migration {
	applied := map[towpath.MigrationID]bool{}
	for _, e := range ledger.Entries {
		applied[e.File()] = applied[e.File()] || e.State.Applied()
	}
	return slices.DeleteFunc(slices.Clone(files),
		func(m towpath.Migration) bool { return applied[m.MigrationID] })
}

// labelsOf lists the labels of files without duplicates. The files are ordered by version.
func labelsOf(files []towpath.Migration) []string {
	files = slices.CompactFunc(slices.Clone(files),
		func(a, b towpath.Migration) bool { return a.Version == b.Version })
	labels := make([]string, len(files))
	for i, m := range files {
		labels[i] = m.Label
	}
	return labels
}

type evidenceKey struct {
	path    string
	kind    towpath.EngineType
	filling string // its digest
}

// evidenceTexts reads each text of a draft once for each kind of database.
type evidenceTexts struct {
	service *Service
	draft   draft
	known   map[evidenceKey][]schema.Mark
	sizes   map[string]int64 // by path
}

func (e *evidenceTexts) markFiles(
	ctx context.Context, kind towpath.EngineType, filling towpath.Filling, files []towpath.Migration,
) ([]plan.FileMarks, error) {
	marked := make([]plan.FileMarks, len(files))
	source := e.draft.client.Source(e.draft.link.RepositoryID)
	var group errgroup.Group
	group.SetLimit(8)
	for i, m := range files {
		marked[i].Migration = m
		key := evidenceKey{m.Path, kind, filling.Digest()}
		marks, known := e.known[key]
		if marked[i].Marks = marks; known || i < len(files)-maxEvidence || m.Type == towpath.TypeBaseline ||
			e.sizes[m.Path] > maxEvidenceSize {
			continue
		}
		group.Go(func() error {
			_, err := e.service.Manifest.ReadFile(ctx, source, e.draft.head,
				towpath.ManifestFile{Migration: m},
				func(_ context.Context, text io.Reader) (string, int64, error) {
					shown, err := e.service.filledFootprint(kind, text, filling)
					marked[i].Marks = shown.Marks
					return "", 0, err
				})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, account.Explain(err, "read file")
	}
	for _, t := range marked {
		e.known[evidenceKey{t.Path, kind, filling.Digest()}] = t.Marks
	}
	return marked, nil
}

// filledFootprint returns what a text with the values of an environment leaves; nothing when a value is
// missing.
func (s *Service) filledFootprint(
	kind towpath.EngineType, text io.Reader, filling towpath.Filling,
) (schema.Footprint, error) {
	shown, err := s.Footprint(kind, manifest.Filled(text, filling))
	if statement.AsError(err) != nil {
		return schema.Footprint{}, nil
	}
	return shown, err
}

// checkBaselines refuses baselines that the tables, indexes or columns of a database contradict.
func (s *Service) checkBaselines(ctx context.Context, d draft, choices []BaselineChoice) error {
	if d.link.BaselinedUpTo == "" && len(d.baselines) == 0 {
		return nil
	}
	places := map[string]int{}
	for i, c := range choices {
		places[c.DatabaseID] = i
	}
	in, err := s.draftInput(ctx, d)
	if err != nil {
		return err
	}
	list, err := s.evidence(ctx, d, in)
	if err != nil {
		return err
	}
	for _, b := range list {
		version, field := d.link.BaselinedUpTo, "baselineVersion"
		if i, own := places[b.Database.ID]; own {
			if choices[i].Despite {
				continue
			}
			version, field = in.Baselines[b.Database.ID], choiceField(i)
		}
		for _, c := range Against(b.Candidates, version) {
			if c.Covered {
				return towpath.Invalid(field,
					"%s/%s: the baseline %s covers `%s`, and %s. Choose another version for this database, "+
						"or confirm this one with despite.",
					b.Environment, b.Database.Name, version, c.Path, wordContradiction(c))
			}
		}
	}
	return nil
}

// choiceField returns the name of a choice of a Spec in the API.
func choiceField(i int) string { return fmt.Sprintf("baselines[%d].version", i) }

// Against returns what contradicts a version: the contradictions of the newest candidate up to it.
func Against(candidates []plan.Candidate, version string) (against []plan.Contradiction) {
	for _, c := range candidates {
		if c.Version == "" || plan.Compare(c.Version, version) <= 0 {
			against = c.Against
		}
	}
	return against
}

func wordContradiction(c plan.Contradiction) string {
	if c.There {
		return fmt.Sprintf("the database still has %s", c.Object)
	}
	return fmt.Sprintf("the database has no %s", c.Object)
}

// draftInput returns the input of a plan for a draft, without texts.
func (s *Service) draftInput(ctx context.Context, d draft) (in plan.Input, err error) {
	if err := s.RefreshLedgers(ctx, d.link.ProjectID); err != nil {
		return in, fmt.Errorf("refresh ledgers: %w", err)
	}
	err = s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		in, err = s.Manifest.Input(ctx, tx, d.link, d.files)
		if in.LinkedAt.IsZero() { // not linked yet
			in.LinkedAt = tx.Now
		}
		for _, b := range d.baselines {
			in.Baselines[b.DatabaseID] = b.Version
		}
		return err
	})
	return in, err
}
