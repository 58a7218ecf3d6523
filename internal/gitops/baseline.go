package gitops

import (
	"context"
	"fmt"
	"io"
	"slices"

	"golang.org/x/sync/errgroup"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// DatabaseBaseline is what a database shows of the files that it may have already.
type DatabaseBaseline struct {
	Database    towpath.Database
	Environment string
	HasLedger   bool
	Candidates  []plan.Candidate // nil when it has a record, no table, or cannot be read
	Unread      int              // older files that Towpath did not read: nothing is known of them
	Problem     string           // why nothing can be said of it; "" when something can
}

const (
	maxEvidence     = 50      // files that a preview reads, the newest ones
	maxEvidenceSize = 1 << 20 // bytes of one; a longer one is data, as a rule
)

// evidence reads what each database of a plan shows of its files.
func (s *Service) evidence(ctx context.Context, d draft, in plan.Input) ([]DatabaseBaseline, error) {
	var list []DatabaseBaseline
	files := plan.FilesOf(in)
	names := map[string]string{}
	for _, e := range in.Environments {
		names[e.ID] = e.Name
	}
	texts := evidenceTexts{service: s, draft: d, known: map[evidenceKey][]statement.Mark{}, sizes: map[string]int64{}}
	for _, f := range in.Files {
		texts.sizes[f.Path] = f.Size
	}
	for _, database := range in.Databases {
		b := DatabaseBaseline{Database: database, Environment: names[database.EnvironmentID], HasLedger: len(database.Ledger.Entries) > 0, Problem: database.Ledger.Error}
		ours := files[database.ID]
		if s.Shown != nil && s.Marks != nil && database.Ledger.Populated && b.Problem == "" && len(ours) > 0 {
			things, err := s.Shown(ctx, database.ID)
			if err != nil {
				b.Problem = "its tables cannot be read: " + towpath.ErrorMessage(err)
				list = append(list, b)
				continue
			}
			b.Unread = max(0, len(ours)-maxEvidence)
			traces, err := texts.traces(ctx, in.Engines[database.ID], ours)
			if err != nil {
				return nil, err
			}
			b.Candidates = plan.Candidates(traces, things)
		}
		list = append(list, b)
	}
	return list, nil
}

type evidenceKey struct {
	path string
	kind towpath.EngineType
}

// evidenceTexts reads each text of a draft once for each kind of database.
type evidenceTexts struct {
	service *Service
	draft   draft
	known   map[evidenceKey][]statement.Mark
	sizes   map[string]int64 // by path
}

func (e *evidenceTexts) traces(ctx context.Context, kind towpath.EngineType, files []towpath.Migration) ([]plan.Trace, error) {
	traces := make([]plan.Trace, len(files))
	source := e.draft.client.Source(e.draft.link.RepositoryID)
	var group errgroup.Group
	group.SetLimit(8)
	for i, m := range files {
		traces[i].Migration = m
		key := evidenceKey{m.Path, kind}
		marks, known := e.known[key]
		if traces[i].Marks = marks; known || i < len(files)-maxEvidence || m.Type == towpath.TypeBaseline || e.sizes[m.Path] > maxEvidenceSize {
			continue
		}
		group.Go(func() error {
			_, err := e.service.readFile(ctx, source, e.draft.head, towpath.ManifestFile{Migration: m}, func(_ context.Context, text io.Reader) (string, int64, error) {
				marks, err := e.service.Marks(kind, text)
				traces[i].Marks = marks
				return "", 0, err
			})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, userError(err, "read file")
	}
	for _, t := range traces {
		e.known[evidenceKey{t.Path, kind}] = t.Marks
	}
	return traces, nil
}

// proveBaselines refuses baselines over files whose tables, indexes or columns a database does not have as they leave them.
func (s *Service) proveBaselines(ctx context.Context, d draft, choices []BaselineChoice) error {
	if d.link.BaselinedUpTo == "" && len(d.baselines) == 0 {
		return nil
	}
	despite := map[string]bool{}
	for _, c := range choices {
		despite[c.DatabaseID] = c.Despite
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
		version, own := in.Baselines[b.Database.ID]
		if !own {
			version = d.link.BaselinedUpTo
		}
		for _, c := range Against(b.Candidates, version) {
			if c.Covered && !despite[b.Database.ID] {
				return towpath.Invalid("baselines", "%s/%s: the baseline %s covers `%s`, and %s. Choose another version for this database, or set despite for it if you know better.",
					b.Environment, b.Database.Name, version, c.Path, wordContradiction(c))
			}
		}
	}
	return nil
}

// Against is what a database shows against a version: that of the newest candidate that is not above it.
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
		return fmt.Sprintf("the database has %s all the same", c.Thing)
	}
	return fmt.Sprintf("the database has no %s", c.Thing)
}

// draftInput is what a link that does not exist yet would be planned from, without any text.
func (s *Service) draftInput(ctx context.Context, d draft) (in plan.Input, err error) {
	if err := s.RefreshLedgers(ctx, d.link.ProjectID); err != nil {
		return in, fmt.Errorf("refresh ledgers: %w", err)
	}
	err = s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		in, err = s.planInput(ctx, tx, d.link, d.files)
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

// despiteOf lists the databases whose baseline was chosen despite of what they show.
func despiteOf(choices []BaselineChoice) (ids []string) {
	for _, c := range choices {
		if c.Despite {
			ids = append(ids, c.DatabaseID)
		}
	}
	slices.Sort(ids)
	return ids
}
