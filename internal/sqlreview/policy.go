package sqlreview

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Preset is a set of levels to begin with.
type Preset string

// The presets. Recommended is the levels of the rules themselves. Strict raises what a team has to
// agree on first. Quiet leaves errors alone, and warnings of what locks or loses something.
const (
	Recommended Preset = "recommended"
	Strict      Preset = "strict"
	Quiet       Preset = "quiet"
)

// Policy says how much the findings of each rule matter.
type Policy struct {
	Preset   Preset                       // "" is recommended
	Levels   map[string]Level             // by rule id, over the preset
	Settings map[string]map[string]string // by rule id and name
	Insist   []string                     // rules that a comment in a file does not allow; "*" for all
}

// Insists reports whether a comment does not help against a rule.
func (p Policy) Insists(rule string) bool {
	return slices.Contains(p.Insist, rule) || slices.Contains(p.Insist, "*")
}

// quietGroups are the groups whose warnings the preset "quiet" keeps.
var quietGroups = []string{"DS", "DD", "PL", "ML"}

// Level is the level of a rule under the policy.
func (p Policy) Level(r Rule) Level {
	if level, ok := p.Levels[r.ID]; ok {
		return level
	}
	switch {
	case p.Preset == Strict && r.Strict != "":
		return r.Strict
	case p.Preset == Strict && r.Level == Info:
		return Warning
	case p.Preset == Quiet && r.Level == Info:
		return Off
	case p.Preset == Quiet && r.Level == Warning && !slices.Contains(quietGroups, r.ID[:2]):
		return Off
	}
	return r.Level
}

func (p Policy) rules(d Dialect, all []Rule) []activeRule {
	var active []activeRule
	for _, r := range all {
		if level := p.Level(r); level != Off && r.In(d) {
			active = append(active, activeRule{Rule: r, level: level, settings: p.Settings[r.ID]})
		}
	}
	return active
}

// Check says what is wrong with a policy: the first field, why, and the way out.
func (p Policy) Check(all []Rule) error {
	switch p.Preset {
	case "", Recommended, Strict, Quiet:
	default:
		return fmt.Errorf("preset: there is no preset %q. Use recommended, strict or quiet", p.Preset)
	}
	byID := map[string]Rule{}
	for _, r := range all {
		byID[r.ID] = r
	}
	for _, id := range slices.Sorted(maps.Keys(p.Levels)) {
		if _, ok := byID[id]; !ok {
			return fmt.Errorf("rules: there is no rule %s. docs/rules.md lists them", id)
		}
		if !p.Levels[id].Valid() {
			return fmt.Errorf("rules.%s: %q is no level. Use error, warning, info or off", id, p.Levels[id])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Settings)) {
		for _, name := range slices.Sorted(maps.Keys(p.Settings[id])) {
			if !slices.ContainsFunc(byID[id].Settings, func(s Setting) bool { return s.Name == name }) {
				return fmt.Errorf("rules.%s: the rule has no setting %s%s", id, name, settingsOf(byID[id]))
			}
		}
	}
	return nil
}

func settingsOf(r Rule) string {
	var names []string
	for _, s := range r.Settings {
		names = append(names, s.Name)
	}
	if len(names) == 0 {
		return ""
	}
	return ". It has " + strings.Join(names, ", ")
}
