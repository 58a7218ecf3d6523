package sqlreview

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"towpath"
)

// Preset is a set of levels to begin with.
type Preset = towpath.ReviewPreset

// The presets.
const (
	Recommended = towpath.ReviewRecommended
	Strict      = towpath.ReviewStrict
	Quiet       = towpath.ReviewQuiet
)

// Policy says how much the findings of each rule matter: an environment's, a file's, or both.
type Policy towpath.ReviewPolicy

// everyRule stands for all rules in Insist.
const everyRule = "*"

// maxSetting bounds a setting, in characters.
const maxSetting = 1000

// Insists reports whether a comment does not help against a rule.
func (p Policy) Insists(rule string) bool {
	return slices.Contains(p.Insist, rule) || slices.Contains(p.Insist, everyRule)
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

// Over puts a policy over another: a repository's file over its environment's. What p names wins,
// and its preset wins over that of base. A rule that base insists on keeps its settings, and at
// least its level.
func (p Policy) Over(base Policy, all []Rule) Policy {
	made := Policy{
		Preset:   base.Preset,
		Levels:   maps.Clone(base.Levels),
		Settings: maps.Clone(base.Settings),
		Insist:   slices.Concat(base.Insist, p.Insist),
	}
	if p.Preset != "" {
		made.Preset = p.Preset
	}
	if made.Levels == nil {
		made.Levels = map[string]Level{}
	}
	if made.Settings == nil {
		made.Settings = map[string]map[string]string{}
	}
	maps.Copy(made.Levels, p.Levels)
	for id, settings := range p.Settings {
		if !base.Insists(id) {
			made.set(id, settings)
		}
	}
	for _, r := range all {
		if least := base.Level(r); base.Insists(r.ID) && !made.Level(r).AtLeast(least) {
			made.Levels[r.ID] = least
		}
	}
	return made
}

// set adds settings of a rule to those that it has, without changing a map that others hold.
func (p Policy) set(id string, settings map[string]string) {
	if len(settings) == 0 {
		return
	}
	merged := maps.Clone(p.Settings[id])
	if merged == nil {
		merged = map[string]string{}
	}
	maps.Copy(merged, settings)
	p.Settings[id] = merged
}

// activeRules are the rules that count here, and what to call of them, in the order of the rules.
type activeRules struct {
	all               []activeRule
	check, after, end []hook
}

// activeRule is a rule with its level here.
type activeRule struct {
	rule     *Rule
	level    Level
	settings map[string]string
}

// hook is one function of a rule.
type hook struct {
	rule *activeRule
	run  func(*Pass)
}

func (p Policy) rules(d Dialect, all []Rule) activeRules {
	active := activeRules{all: make([]activeRule, 0, len(all))}
	for i := range all {
		r := &all[i]
		level := p.Level(*r)
		if level == Off || !r.In(d) {
			continue
		}
		active.all = append(active.all, activeRule{rule: r, level: level, settings: p.Settings[r.ID]})
	}
	add := func(hooks *[]hook, rule *activeRule, run func(*Pass)) {
		if run != nil {
			*hooks = append(*hooks, hook{rule: rule, run: run})
		}
	}
	for i := range active.all {
		rule := &active.all[i]
		add(&active.check, rule, rule.rule.Check)
		add(&active.after, rule, rule.rule.After)
		add(&active.end, rule, rule.rule.End)
	}
	return active
}

// Check returns what is wrong with a policy as a towpath.Error: the first field, why, and the way
// out. Fields are named as in Policy: preset, levels.PL01, settings.NM02.format, insist.
func (p Policy) Check(all []Rule) error {
	switch p.Preset {
	case "", Recommended, Strict, Quiet:
	default:
		return towpath.Invalid("preset", "There is no preset %q. Use recommended, strict or quiet.", p.Preset)
	}
	byID := map[string]Rule{}
	for _, r := range all {
		byID[r.ID] = r
	}
	for _, id := range slices.Sorted(maps.Keys(p.Levels)) {
		if _, ok := byID[id]; !ok {
			return noRule("levels."+id, id)
		}
		if !p.Levels[id].Valid() {
			return towpath.Invalid("levels."+id, "%q is no level. Use error, warning, info or off.",
				p.Levels[id])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Settings)) {
		r, ok := byID[id]
		if !ok {
			return noRule("settings."+id, id)
		}
		for _, name := range slices.Sorted(maps.Keys(p.Settings[id])) {
			if err := r.checkSetting(name, p.Settings[id][name]); err != nil {
				return err
			}
		}
	}
	for _, id := range p.Insist {
		if _, ok := byID[id]; !ok && id != everyRule {
			return noRule("insist", id)
		}
	}
	return nil
}

func noRule(field, id string) error {
	return towpath.Invalid(field, "There is no rule %s. docs/rules.md lists all rules.",
		towpath.ClipRunes(id, 40))
}

// checkSetting returns what is wrong with a value of one of the rule's settings.
func (r Rule) checkSetting(name, value string) error {
	field := "settings." + r.ID + "." + name
	at := slices.IndexFunc(r.Settings, func(s Setting) bool { return s.Name == name })
	if at < 0 {
		return towpath.Invalid("settings."+r.ID, "%s has no setting %s. %s", r.ID, name, r.settingNames())
	}
	if n := utf8.RuneCountInString(value); n > maxSetting {
		return towpath.Invalid(field, "The setting has %d characters. Use %d or fewer.", n, maxSetting)
	}
	s := r.Settings[at]
	if s.IsNumber() {
		if n, err := strconv.Atoi(value); err != nil || n < 0 {
			return towpath.Invalid(field, "%q is no number. Use a whole number, such as %s.",
				value, s.Default)
		}
	}
	if s.IsExpression() {
		if _, err := regexp.Compile(value); err != nil {
			return towpath.Invalid(field, "%q is no regular expression: %s.", value,
				strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
	}
	return nil
}

func (r Rule) settingNames() string {
	var names []string
	for _, s := range r.Settings {
		names = append(names, s.Name)
	}
	if len(names) == 0 {
		return "It has none: set its level alone."
	}
	return "It has " + strings.Join(names, ", ") + "."
}
