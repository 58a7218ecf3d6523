package manifest

import (
	"context"
	"fmt"
	"io"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// candidates are the texts that a plan would run, each under the rules of the databases that it
// goes to.
func candidates(in plan.Input) (list []plan.Ruled) {
	seen := map[plan.Ruled]bool{}
	for _, item := range plan.Build(in).Items {
		switch item.State {
		case plan.ItemPending, plan.ItemHeld, plan.ItemBlocked:
		default:
			continue
		}
		key := plan.Ruled{
			Checksum: item.Checksum, Engine: in.Engines[item.DatabaseID],
			Roles: in.Roles[item.DatabaseID],
		}
		// which is recorded and never runs
		if key.Checksum != "" && item.Type != towpath.TypeBaseline && !seen[key] {
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
		Ruled(in, v)
	}
	return err
}

// Ruled adds a verdict for databases of both kinds of environments.
func Ruled(in *plan.Input, v store.Verdict) {
	in.Refused[plan.Ruled{Checksum: v.Checksum, Engine: v.Engine}] = v.Roles
	in.Refused[plan.Ruled{Checksum: v.Checksum, Engine: v.Engine, Roles: true}] = v.Refusal
}

// Judge looks through the texts that are about to be planned and that nobody has looked through
// under these rules: what must not run is told by the plan, not by the run.
func (s *Service) Judge(
	ctx context.Context, link towpath.RepositoryLink,
	change func([]towpath.ManifestFile) []towpath.ManifestFile,
) error {
	if s.Refusal == nil {
		return nil
	}
	var in plan.Input
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		manifest, err := tx.Manifest(ctx, link.ID)
		if err != nil {
			return err
		}
		in, err = s.Input(ctx, tx, link, change(manifest))
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
		return tx.PutVerdicts(ctx, store.Verdict{
			Checksum: key.Checksum,
			Engine:   key.Engine,
			Rules:    s.Rules,
			Refusal:  refusal,
			Roles:    roles,
		})
	})
}

// LookThrough reads a text once for its sums and for the rules of a kind of engine.
func (s *Service) LookThrough(
	ctx context.Context, text io.Reader, kind towpath.EngineType, v *store.Verdict,
) (string, int64, error) {
	through, w := io.Pipe()
	failed := make(chan error, 1)
	go func() {
		var err error
		v.Engine = kind
		v.Refusal, v.Roles, err = s.Refusal(kind, through)
		_, _ = io.Copy(io.Discard, through) // what nobody looked at
		failed <- err
	}()
	checksum, size, err := TextSums{}.Read(ctx, io.TeeReader(text, w))
	_ = w.CloseWithError(err) // nil is the end
	if judged := <-failed; err == nil && judged != nil {
		err = judged
	}
	return checksum, size, err
}
