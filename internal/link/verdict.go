package link

import (
	"context"
	"io"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// maxPreviewed bounds the texts that a preview reads and validates, in the order of the plan. The
// link itself validates all.
const maxPreviewed = 10

// validateDraft validates the first texts that a link would run.
func (s *Service) validateDraft(ctx context.Context, d draft, in *plan.Input) error {
	if s.Manifest.Refusal == nil {
		return nil
	}
	index := map[string]int{}
	for i, f := range in.Files {
		index[f.Path] = i
	}
	kinds := map[string][]towpath.EngineType{}
	var paths []string
	for _, item := range plan.Build(*in).Items {
		i, ours := index[item.Path]
		if !ours || !manifest.NeedsText(in.Files[i]) ||
			(item.State != plan.ItemPending && item.State != plan.ItemHeld &&
				item.State != plan.ItemBlocked) {
			continue
		}
		if kinds[item.Path] == nil {
			paths = append(paths, item.Path)
		}
		kinds[item.Path] = append(kinds[item.Path], in.Engines[item.DatabaseID])
	}
	source := d.client.Source(d.link.RepositoryID)
	for _, path := range paths[:min(len(paths), maxPreviewed)] {
		var verdict store.Verdict
		read, err := s.Manifest.ReadFile(ctx, source, d.head, in.Files[index[path]],
			func(ctx context.Context, text io.Reader) (string, int64, error) {
				// a project nearly always has databases of one kind only
				return s.Manifest.ReadAndValidate(ctx, text, kinds[path][0], &verdict)
			})
		if err != nil {
			return account.Explain(err, "read file")
		}
		in.Files[index[path]] = read
		verdict.Checksum = read.Checksum
		manifest.AddVerdict(in, verdict)
	}
	return nil
}
