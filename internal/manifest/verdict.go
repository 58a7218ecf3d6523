package manifest

import (
	"context"
	"fmt"
	"io"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/schema"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// maxNamed is how much of a repeatable file is read for its names, in bytes.
const maxNamed = 4 << 20

// textToRun is a text that a plan would run, with the rules that apply in its databases.
type textToRun struct {
	plan.RuledText
	repeatable bool
}

func textsToRun(in plan.Input) (list []textToRun) {
	seen := map[textToRun]bool{}
	for _, item := range plan.Build(in).Items {
		switch item.State {
		case plan.ItemPending, plan.ItemHeld, plan.ItemBlocked:
		default:
			continue
		}
		key := textToRun{in.Ruled(item.Checksum, item.DatabaseID), item.Type == towpath.TypeRepeatable}
		// a baseline is recorded and never runs
		if key.Checksum != "" && item.Type != towpath.TypeBaseline && !seen[key] {
			seen[key] = true
			list = append(list, key)
		}
	}
	return list
}

// readVerdicts adds the stored verdicts about the texts, and which rules apply in each database.
func (s *Service) readVerdicts(
	ctx context.Context, tx *store.Tx, p towpath.Placeholders, in *plan.Input,
) error {
	in.Refused = map[plan.RuledText]towpath.Reason{}
	in.Names = map[plan.NamedText]schema.Names{}
	in.Engines = map[string]towpath.EngineType{}
	in.Roles = map[string]bool{}
	in.Fillings = map[string]towpath.Filling{}
	environments := map[string]towpath.Environment{}
	for _, e := range in.Environments {
		environments[e.ID] = e
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
		e := environments[d.EnvironmentID]
		in.Engines[d.ID], in.Roles[d.ID] = of[d.InstanceID], e.AllowRoles
		if filling := towpath.FillingOf(p, e); !filling.IsZero() {
			in.Fillings[d.ID] = filling
		}
	}
	if s.Refusal == nil {
		return nil
	}
	var checksums []string
	for _, f := range in.Files {
		if f.Checksum != "" {
			checksums = append(checksums, f.Checksum)
		}
	}
	list, err := tx.Verdicts(ctx, s.Rules, checksums)
	for _, v := range list {
		AddVerdict(in, v)
	}
	return err
}

// AddVerdict adds a verdict to in, for environments that allow changes of roles and for others.
func AddVerdict(in *plan.Input, v store.Verdict) {
	key := plan.RuledText{Checksum: v.Checksum, Engine: v.Engine, Filling: v.Filling}
	in.Refused[key] = v.Roles
	key.Roles = true
	in.Refused[key] = v.Refusal
	if v.Names != nil {
		in.Names[plan.NamedText{Checksum: v.Checksum, Engine: v.Engine}] = *v.Names
	}
}

// ValidateTexts validates the texts that a link would run after a change of its manifest, except
// for those that have a verdict under the current rules. So the plan, and not only the executor,
// refuses what must not run.
func (s *Service) ValidateTexts(
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
	validated := map[textToRun]bool{}
	fillings := map[string]towpath.Filling{} // by digest
	for _, filling := range in.Fillings {
		fillings[filling.Digest()] = filling
	}
	for _, key := range textsToRun(in) {
		_, known := in.Refused[key.RuledText]
		_, named := in.Names[plan.NamedText{Checksum: key.Checksum, Engine: key.Engine}]
		known = known && (named || !key.repeatable || s.Names == nil)
		if key.Roles = false; known || validated[key] {
			continue
		}
		validated[key] = true
		if err := s.validateText(ctx, key, fillings[key.Filling]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) validateText(ctx context.Context, key textToRun, filling towpath.Filling) error {
	text, err := s.Store.OpenContent(ctx, key.Checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil // the executor reports it
	}
	if err != nil {
		return fmt.Errorf("read a file's text: %w", err)
	}
	refusal, roles, err := s.Refusal(key.Engine, Filled(text.Reader(), filling))
	if err != nil {
		return fmt.Errorf("validate a file's text: %w", err)
	}
	v := store.Verdict{
		Checksum: key.Checksum, Engine: key.Engine, Filling: key.Filling, Rules: s.Rules, Refusal: refusal,
		Roles: roles,
	}
	if key.repeatable {
		if err := s.ReadNames(&v, Filled(text.Reader(), filling)); err != nil {
			return err
		}
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error { return tx.PutVerdicts(ctx, v) })
}

// ReadNames sets the names of a repeatable file in a verdict, from the beginning of its text.
func (s *Service) ReadNames(v *store.Verdict, text io.Reader) error {
	if s.Names == nil {
		return nil
	}
	names, err := s.Names(v.Engine, io.LimitReader(text, maxNamed))
	if err != nil && statement.AsError(err) == nil { // a text without a value for a variable has no names
		return fmt.Errorf("read the names in a file's text: %w", err)
	}
	v.Names = &names
	return nil
}

// Filled returns a text with what is put into it.
func Filled(text io.Reader, filling towpath.Filling) io.Reader {
	return statement.Fill(text, string(filling.Placeholders), filling.Variables)
}

// ReadAndValidate reads a text once, for its checksum and its size in bytes, and validates it by
// the rules of a kind of engine. It sets the verdict in v.
func (s *Service) ReadAndValidate(
	ctx context.Context, text io.Reader, kind towpath.EngineType, filling towpath.Filling, v *store.Verdict,
) (string, int64, error) {
	r, w := io.Pipe()
	refused := make(chan error, 1)
	go func() {
		var err error
		v.Engine, v.Filling = kind, filling.Digest()
		v.Refusal, v.Roles, err = s.Refusal(kind, Filled(r, filling))
		_, _ = io.Copy(io.Discard, r) // the rest, so that the writer does not block
		refused <- err
	}()
	checksum, size, err := TextSums{}.Read(ctx, io.TeeReader(text, w))
	_ = w.CloseWithError(err) // nil is the end
	if refusalErr := <-refused; err == nil {
		err = refusalErr
	}
	return checksum, size, err
}
