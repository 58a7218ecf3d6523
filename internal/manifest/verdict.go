package gitops

import (
	"context"
	"fmt"
	"io"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// candidates are the texts that a plan would run, each under the rules of the databases that it goes to.
func candidates(in plan.Input) (list []plan.Ruled) {
	seen := map[plan.Ruled]bool{}
	for _, item := range plan.Build(in).Items {
		switch item.State {
		case plan.ItemPending, plan.ItemHeld, plan.ItemBlocked:
		default:
			continue
		}
		key := plan.Ruled{Checksum: item.Checksum, Engine: in.Engines[item.DatabaseID], Roles: in.Roles[item.DatabaseID]}
		if key.Checksum != "" && item.Type != towpath.TypeBaseline && !seen[key] { // which is recorded and never runs
			seen[key] = true
			list = append(list, key)
		}
	}
	return list
}

// readVerdicts tells a plan what is known of its texts under the engines' rules.
func (s *Service) readVerdicts(ctx context.Context, tx *store.Tx, in *plan.Input) error {
	if s.Refusal == nil {
		return nil
	}
	in.Refused = map[plan.Ruled]towpath.Reason{}
	in.Engines = map[string]towpath.EngineType{}
	in.Roles = map[string]bool{}
	allow := map[string]bool{}
	for _, e := range in.Environments {
		allow[e.ID] = e.AllowRoles
	}
	of := map[string]towpath.EngineType{}
	for _, d := range in.Databases {
		if _, known := of[d.InstanceID]; !known {
			instance, err := tx.Instance(ctx, d.InstanceID)
			if err != nil {
				return err
			}
			of[d.InstanceID] = instance.Engine
		}
		in.Engines[d.ID], in.Roles[d.ID] = of[d.InstanceID], allow[d.EnvironmentID]
	}
	var checksums []string
	for _, f := range in.Files {
		if f.Checksum != "" {
			checksums = append(checksums, f.Checksum)
		}
	}
	list, err := tx.Verdicts(ctx, s.Rules, checksums)
	for _, v := range list {
		ruled(in, v)
	}
	return err
}

// ruled keeps a verdict for databases of both kinds of environments.
func ruled(in *plan.Input, v store.Verdict) {
	in.Refused[plan.Ruled{Checksum: v.Checksum, Engine: v.Engine}] = v.Roles
	in.Refused[plan.Ruled{Checksum: v.Checksum, Engine: v.Engine, Roles: true}] = v.Refusal
}

// judgeTexts looks through the texts that are about to be planned and that nobody has looked through under these rules: what
// must not run is told by the plan, not by the run.
func (s *Service) judgeTexts(ctx context.Context, link towpath.RepositoryLink, f found) error {
	if s.Refusal == nil {
		return nil
	}
	var in plan.Input
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		manifest, err := tx.Manifest(ctx, link.ID)
		if err != nil {
			return err
		}
		in, err = s.planInput(ctx, tx, link, f.delta.apply(manifest))
		return err
	})
	if err != nil {
		return err
	}
	judged := map[plan.Ruled]bool{}
	for _, key := range candidates(in) {
		_, known := in.Refused[key]
		if key.Roles = false; known || judged[key] {
			continue
		}
		judged[key] = true
		if err := s.judgeText(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) judgeText(ctx context.Context, key plan.Ruled) error {
	text, err := s.Store.OpenContent(ctx, key.Checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil // the run says so
	}
	if err != nil {
		return fmt.Errorf("read a file's text: %w", err)
	}
	refusal, roles, err := s.Refusal(key.Engine, text.Reader())
	if err != nil {
		return fmt.Errorf("look through a file's text: %w", err)
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.PutVerdicts(ctx, store.Verdict{Checksum: key.Checksum, Engine: key.Engine, Rules: s.Rules, Refusal: refusal, Roles: roles})
	})
}

// maxPreviewed bounds the texts that a preview reads from the provider to look them through, in the order of the plan. The
// link reads all.
const maxPreviewed = 10

// judgeDraft looks through the first texts that a link would run.
func (s *Service) judgeDraft(ctx context.Context, d draft, in *plan.Input) error {
	if s.Refusal == nil {
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
		if !ours || !needsText(in.Files[i]) || (item.State != plan.ItemPending && item.State != plan.ItemHeld && item.State != plan.ItemBlocked) {
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
		read, err := s.readFile(ctx, source, d.head, in.Files[index[path]], func(ctx context.Context, text io.Reader) (string, int64, error) {
			return s.lookThrough(ctx, text, kinds[path][0], &verdict) // of one project, nearly always the only kind
		})
		if err != nil {
			return vcs.Explain(err, "read file")
		}
		in.Files[index[path]] = read
		verdict.Checksum = read.Checksum
		ruled(in, verdict)
	}
	return nil
}

// lookThrough reads a text once for its sums and for the rules of a kind of engine.
func (s *Service) lookThrough(ctx context.Context, text io.Reader, kind towpath.EngineType, v *store.Verdict) (string, int64, error) {
	through, w := io.Pipe()
	failed := make(chan error, 1)
	go func() {
		var err error
		v.Engine = kind
		v.Refusal, v.Roles, err = s.Refusal(kind, through)
		_, _ = io.Copy(io.Discard, through) // what nobody looked at
		failed <- err
	}()
	checksum, size, err := textSums{}.read(ctx, io.TeeReader(text, w))
	_ = w.CloseWithError(err) // nil is the end
	if judged := <-failed; err == nil && judged != nil {
		err = judged
	}
	return checksum, size, err
}
