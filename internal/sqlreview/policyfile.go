package sqlreview

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"towpath"
)

// PolicyFile is what a file towpath.yaml says of the review:
//
//	review:
//	  dialect: postgres
//	  preset: recommended
//	  rules:
//	    PL01: error
//	    NM02: {level: warning, format: "^[a-z]+$"}
//	  insist: [DS03]
//	  environments:
//	    prod:
//	      rules: {DS05: error}
type PolicyFile struct {
	Dialect      Dialect
	Server       string
	Policy       Policy
	Environments map[string]Policy // each with what the file says for all
}

// For is the policy for an environment; that for all when the file says nothing else of it.
func (f PolicyFile) For(environment string) Policy {
	if p, ok := f.Environments[environment]; ok {
		return p
	}
	return f.Policy
}

// policyText is the file as it is written.
type policyText struct {
	Review reviewText `yaml:"review"`
}

type reviewText struct {
	levelsText   `yaml:",inline"`
	Dialect      string                `yaml:"dialect"`
	Server       string                `yaml:"server-version"`
	Environments map[string]levelsText `yaml:"environments"`
}

type levelsText struct {
	Preset Preset              `yaml:"preset"`
	Rules  map[string]ruleText `yaml:"rules"`
	Insist []string            `yaml:"insist"`
}

// ruleText is a level alone, or a level with settings.
type ruleText struct {
	level    Level
	settings map[string]string
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (r *ruleText) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		r.level = Level(node.Value)
		return nil
	}
	var all map[string]string
	if err := node.Decode(&all); err != nil {
		return err
	}
	r.level = Level(all["level"])
	delete(all, "level")
	r.settings = all
	return nil
}

// ParsePolicy reads a file towpath.yaml. Its error names the field, what is wrong, and the way out.
func ParsePolicy(content []byte, all []Rule) (PolicyFile, error) {
	text, err := decodePolicy(content)
	if err != nil {
		return PolicyFile{}, err
	}
	file := PolicyFile{
		Dialect: Dialect(text.Review.Dialect), Server: text.Review.Server,
		Policy: text.Review.over(Policy{}), Environments: map[string]Policy{},
	}
	switch file.Dialect {
	case "", PostgreSQL, MySQL, SQLite:
	default:
		return file, towpath.Invalid("review.dialect",
			"There is no dialect %q. Use postgres, mysql or sqlite.",
			file.Dialect)
	}
	if file.Server != "" {
		if _, err := ParseVersion(file.Dialect, file.Server); err != nil {
			return file, towpath.Invalid("review.server-version", "%s.", err)
		}
	}
	if err := text.Review.check(all); err != nil {
		return file, inFile("review.", err)
	}
	for _, name := range slices.Sorted(maps.Keys(text.Review.Environments)) {
		own := text.Review.Environments[name]
		if err := own.check(all); err != nil {
			return file, inFile("review.environments."+name+".", err)
		}
		file.Environments[name] = own.over(file.Policy)
	}
	return file, nil
}

// CheckEnvironments returns what is wrong when the file names an environment that is not there: its
// levels would count nowhere.
func (f PolicyFile) CheckEnvironments(names []string) error {
	for _, name := range slices.Sorted(maps.Keys(f.Environments)) {
		if !slices.Contains(names, name) {
			return towpath.Invalid("review.environments."+name, "There is no environment %s. Use %s.",
				towpath.ClipRunes(name, 40), strings.Join(names, ", "))
		}
	}
	return nil
}

// check returns what is wrong with a text. Unlike Policy.Check it names the rule that the text
// insists on, and the one of which it says nothing.
func (t levelsText) check(all []Rule) error {
	for _, id := range slices.Sorted(maps.Keys(t.Rules)) {
		if r := t.Rules[id]; r.level == "" && len(r.settings) == 0 {
			return towpath.Invalid("levels."+id,
				"There is no level. Use error, warning, info or off.")
		}
	}
	for _, id := range t.Insist {
		if err := (Policy{Insist: []string{id}}).Check(all); err != nil {
			return noRule("insist."+id, id)
		}
	}
	return t.policy().Check(all)
}

// inFile names the field of an error as the file does, where levels and settings are below rules.
func inFile(prefix string, err error) error {
	var e *towpath.Error
	if !errors.As(err, &e) {
		return err
	}
	field := e.Field
	for _, part := range []string{"levels", "settings"} {
		if rest, ok := strings.CutPrefix(field, part); ok {
			field = "rules" + rest
		}
	}
	return towpath.Invalid(prefix+field, "%s", e.Message)
}

// policy is what a text says by itself.
func (t levelsText) policy() Policy {
	p := Policy{
		Preset:   t.Preset,
		Levels:   map[string]Level{},
		Settings: map[string]map[string]string{},
		Insist:   t.Insist,
	}
	for id, r := range t.Rules {
		if r.level != "" {
			p.Levels[id] = r.level
		}
		p.set(id, r.settings)
	}
	return p
}

// over puts what a text says over a policy of the same file, which insists on nothing against it.
func (t levelsText) over(p Policy) Policy {
	insist := p.Insist
	p.Insist = nil
	made := t.policy().Over(p, nil)
	made.Insist = slices.Concat(insist, made.Insist)
	return made
}
