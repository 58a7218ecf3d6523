package workspace

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

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

// maxReviewWords bounds the differences that an audit event names.
const maxReviewWords = 20

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
		words := reviewDifferences(before, e.Review)
		if len(words) == 0 {
			return nil
		}
		if err := tx.UpdateEnvironment(ctx, &e); err != nil {
			return err
		}
		if n := len(words); n > maxReviewWords {
			words = append(words[:maxReviewWords], fmt.Sprintf("and %d more", n-maxReviewWords))
		}
		return record(ctx, tx, actor, "environment.review", e.ID, "",
			"Changed the SQL review of the environment %s: %s.", e.Name, strings.Join(words, ", "))
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

// reviewDifferences says in words what differs between two policies.
func reviewDifferences(before, now towpath.ReviewPolicy) (words []string) {
	if a, b := presetName(before), presetName(now); a != b {
		words = append(words, fmt.Sprintf("preset from %s to %s", a, b))
	}
	for _, id := range keysOf(before.Levels, now.Levels) {
		if a, b := before.Levels[id], now.Levels[id]; a != b {
			words = append(words, fmt.Sprintf("%s from %s to %s", id, levelName(a), levelName(b)))
		}
	}
	for _, id := range keysOf(before.Settings, now.Settings) {
		for _, name := range keysOf(before.Settings[id], now.Settings[id]) {
			a, had := before.Settings[id][name]
			b, has := now.Settings[id][name]
			if a != b || had != has {
				words = append(words,
					fmt.Sprintf("%s %s from %s to %s", id, name, valueName(a, had), valueName(b, has)))
			}
		}
	}
	for _, id := range now.Insist {
		if !slices.Contains(before.Insist, id) {
			words = append(words, "insists on "+insistName(id))
		}
	}
	for _, id := range before.Insist {
		if !slices.Contains(now.Insist, id) {
			words = append(words, "no longer insists on "+insistName(id))
		}
	}
	return words
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

func presetName(p towpath.ReviewPolicy) towpath.ReviewPreset {
	return cmp.Or(p.Preset, towpath.ReviewRecommended)
}

func levelName(level towpath.ReviewLevel) towpath.ReviewLevel { return cmp.Or(level, "the preset's") }

func valueName(value string, known bool) string {
	if !known {
		return "the default"
	}
	return strconv.Quote(towpath.ClipRunes(value, 60))
}

func insistName(id string) string {
	if id == "*" {
		return "every rule"
	}
	return id
}
