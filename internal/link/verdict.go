package link

import (
	"context"
	"io"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// maxPreviewed bounds the texts that a preview reads and validates, in the order of the plan. The
// link itself validates all.
const maxPreviewed = 10

// maxReviewed bounds a text that a preview keeps for its review, in bytes.
const maxReviewed = 1 << 20

// validateDraft validates the first texts that a link would run, and puts them into texts.
func (s *Service) validateDraft(
	ctx context.Context, d draft, in *plan.Input, texts map[string]string,
) error {
	if s.Manifest.Refusal == nil {
		return nil
	}
	index := map[string]int{}
	for i, f := range in.Files {
		index[f.Path] = i
	}
	type rules struct {
		kind    towpath.EngineType
		filling string // its digest
	}
	wanted := map[string][]rules{}
	fillings := map[string]towpath.Filling{}
	var paths []string
	for _, item := range plan.Build(*in).Items {
		i, ours := index[item.Path]
		if !ours || in.Files[i].State != towpath.FileMatched || !in.Files[i].Reason.IsZero() ||
			(item.State != plan.ItemPending && item.State != plan.ItemHeld &&
				item.State != plan.ItemBlocked) {
			continue
		}
		if wanted[item.Path] == nil {
			paths = append(paths, item.Path)
		}
		filling := in.Fillings[item.DatabaseID]
		own := rules{in.Engines[item.DatabaseID], filling.Digest()}
		if fillings[own.filling] = filling; !slices.Contains(wanted[item.Path], own) {
			wanted[item.Path] = append(wanted[item.Path], own)
		}
	}
	source := d.client.Source(d.link.RepositoryID)
	for _, path := range paths[:min(len(paths), maxPreviewed)] {
		var verdict store.Verdict
		var kept strings.Builder
		read, err := s.Manifest.ReadFile(ctx, source, d.head, in.Files[index[path]],
			func(ctx context.Context, text io.Reader) (string, int64, error) {
				first := wanted[path][0]
				return s.Manifest.ReadAndValidate(ctx,
					io.TeeReader(text, &head{to: &kept, left: maxReviewed}),
					first.kind, fillings[first.filling], &verdict)
			})
		if err != nil {
			return account.Explain(err, "read file")
		}
		in.Files[index[path]] = read
		verdict.Checksum = read.Checksum
		if read.Type == towpath.TypeRepeatable {
			if err := s.Manifest.ReadNames(&verdict, strings.NewReader(kept.String())); err != nil {
				return err
			}
		}
		manifest.AddVerdict(in, verdict)
		if read.Size > maxReviewed {
			continue // the link itself validates it for the other databases
		}
		texts[path] = kept.String()
		for _, other := range wanted[path][1:] {
			text := manifest.Filled(strings.NewReader(kept.String()), fillings[other.filling])
			verdict.Engine, verdict.Filling = other.kind, other.filling
			if verdict.Refusal, verdict.Roles, err = s.Manifest.Refusal(other.kind, text); err != nil {
				return err
			}
			manifest.AddVerdict(in, verdict)
		}
	}
	return nil
}

// head keeps the beginning of what is written to it.
type head struct {
	to   *strings.Builder
	left int
}

// Write implements io.Writer. It keeps a part and takes all.
func (h *head) Write(text []byte) (int, error) {
	n := min(len(text), h.left)
	h.left -= n
	h.to.Write(text[:n])
	return len(text), nil
}

// reviewDraft reviews the files that a draft would run, by the branch's own towpath.yaml.
func (s *Service) reviewDraft(
	ctx context.Context, d draft, in plan.Input, texts map[string]string, p *Preview,
) (err error) {
	if s.Review == nil {
		return nil
	}
	draft := manifest.Draft{
		Plan: p.Plan, Files: in.Files, Databases: in.Databases, Environments: in.Environments, Texts: texts,
		Late: in.Late, Placeholders: d.link.Placeholders,
	}
	path, text, err := vcs.FirstFile(ctx, d.client.Source(d.link.RepositoryID), d.head, d.policies,
		manifest.MaxPolicy)
	if err != nil {
		return account.Explain(err, "read "+towpath.PolicyFileName)
	}
	draft.Policy = manifest.PolicyFile(d.link.ID, path, text)
	p.Review, err = s.Review(ctx, draft)
	p.Texts = texts
	return err
}
