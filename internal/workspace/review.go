package workspace

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"towpath"
	"towpath/internal/sqlreview"
	"towpath/internal/store"
)

// ReviewChange lists changes to the SQL review of an environment. What it does not name stays, so
// that two people who change two rules do not undo each other's change.
type ReviewChange struct {
	Preset   *towpath.ReviewPreset
	Levels   map[string]towpath.ReviewLevel // by rule id; "" leaves the level to the preset
	Settings map[string]map[string]*string  // by rule id and name; nil leaves a setting to the rule
	Insist   map[string]bool                // by rule id; "*" for all rules
}

// ChangeReview changes the SQL review of an environment, from the next review of each link on.
func (s *Service) ChangeReview(
	ctx context.Context, actor towpath.Actor, id string, change ReviewChange,
) (e towpath.Environment, err error) {
	if err := change.check(s.Rules); err != nil {
		return e, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if e, err = tx.Environment(ctx, id); err != nil {
			return err
		}
		before := e.Review
		e.Review = change.apply(before)
		acts := reviewActs(actor, before, e)
		if len(acts) == 0 {
			return nil
		}
		if err := tx.UpdateEnvironment(ctx, &e); err != nil {
			return err
		}
		for _, act := range acts {
			tx.Emit(act)
		}
		return tx.WantReviews(ctx, "")
	})
	return e, err
}

// check validates what a change sets. Rules that an earlier version had can still be left to the
// preset.
func (c ReviewChange) check(rules []sqlreview.Rule) error {
	set := sqlreview.Policy{
		Levels: map[string]towpath.ReviewLevel{}, Settings: map[string]map[string]string{},
	}
	if c.Preset != nil {
		set.Preset = *c.Preset
	}
	for id, level := range c.Levels {
		if level != "" {
			set.Levels[id] = level
		}
	}
	for id, settings := range c.Settings {
		for name, value := range settings {
			if value == nil {
				continue
			}
			if set.Settings[id] == nil {
				set.Settings[id] = map[string]string{}
			}
			set.Settings[id][name] = *value
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Insist)) {
		if c.Insist[id] {
			set.Insist = append(set.Insist, id)
		}
	}
	return set.Check(rules)
}

// apply returns the policy after the change; p itself stays.
func (c ReviewChange) apply(p towpath.ReviewPolicy) towpath.ReviewPolicy {
	made := towpath.ReviewPolicy{
		Preset:   p.Preset,
		Levels:   map[string]towpath.ReviewLevel{},
		Settings: map[string]map[string]string{},
	}
	towpath.Patch(&made.Preset, c.Preset)
	maps.Copy(made.Levels, p.Levels)
	maps.Copy(made.Levels, c.Levels)
	maps.DeleteFunc(made.Levels, func(_ string, level towpath.ReviewLevel) bool { return level == "" })
	for id, settings := range p.Settings {
		made.Settings[id] = maps.Clone(settings)
	}
	for id, settings := range c.Settings {
		for name, value := range settings {
			switch {
			case value == nil:
				delete(made.Settings[id], name)
			case made.Settings[id] == nil:
				made.Settings[id] = map[string]string{name: *value}
			default:
				made.Settings[id][name] = *value
			}
		}
	}
	maps.DeleteFunc(made.Settings, func(_ string, settings map[string]string) bool {
		return len(settings) == 0
	})
	insist := map[string]bool{}
	for _, id := range p.Insist {
		insist[id] = true
	}
	maps.Copy(insist, c.Insist)
	maps.DeleteFunc(insist, func(_ string, insists bool) bool { return !insists })
	made.Insist = slices.Sorted(maps.Keys(insist))
	return made
}

// reviewActs are the audit events of a change of an environment's policy, one for each difference.
func reviewActs(
	actor towpath.Actor, before towpath.ReviewPolicy, e towpath.Environment,
) (acts []towpath.Event) {
	now := e.Review
	if from, to := presetOf(before), presetOf(now); from != to {
		acts = append(acts, actor.Did(towpath.ActReviewPreset, e.ID, "",
			"environment", e.Name, "from", from, "to", to))
	}
	for _, id := range keysOf(before.Levels, now.Levels) {
		if from, to := before.Levels[id], now.Levels[id]; from != to {
			acts = append(acts, actor.Did(towpath.ActReviewLevel, e.ID, "",
				"environment", e.Name, "rule", id, "from", string(from), "to", string(to)))
		}
	}
	for _, id := range keysOf(before.Settings, now.Settings) {
		for _, name := range keysOf(before.Settings[id], now.Settings[id]) {
			from, had := before.Settings[id][name]
			to, has := now.Settings[id][name]
			if from != to || had != has {
				acts = append(acts, actor.Did(towpath.ActReviewSetting, e.ID, "",
					"environment", e.Name, "rule", id, "setting", name, "from", from, "to", to))
			}
		}
	}
	for _, id := range now.Insist {
		if !slices.Contains(before.Insist, id) {
			acts = append(acts,
				actor.Did(towpath.ActReviewInsist, e.ID, "", "environment", e.Name, "rule", id))
		}
	}
	for _, id := range before.Insist {
		if !slices.Contains(now.Insist, id) {
			acts = append(acts,
				actor.Did(towpath.ActReviewRelax, e.ID, "", "environment", e.Name, "rule", id))
		}
	}
	return acts
}

func keysOf[V any](lists ...map[string]V) []string {
	all := map[string]bool{}
	for _, m := range lists {
		for key := range m {
			all[key] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func presetOf(p towpath.ReviewPolicy) string {
	return string(cmp.Or(p.Preset, towpath.ReviewRecommended))
}
