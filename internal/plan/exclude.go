package plan

import (
	"errors"
	"strings"

	"towpath"
)

const (
	maxExclude = 20  // patterns
	maxPattern = 200 // bytes
)

// Pattern names files by their paths below the base directory. "*" matches any text within a name
// and "**" any number of folders. A pattern without a slash applies in every folder, and one that
// ends with a slash names a folder with everything in it. The zero Pattern matches nothing.
type Pattern struct {
	source string
	paths  Template
}

// String returns the source of the pattern.
func (p Pattern) String() string { return p.source }

// ParseExclude parses the patterns of the files that a link ignores. Errors are *towpath.Error with
// CodeInvalid and the field exclude.
func ParseExclude(list []string) ([]Pattern, error) {
	if len(list) > maxExclude {
		return nil, towpath.Invalid("exclude", "There are more than %d patterns. Join some with *, or choose "+
			"a smaller base directory.", maxExclude)
	}
	var patterns []Pattern
	for _, s := range list {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		p, err := parsePattern(s)
		if err != nil {
			return nil, err
		}
		patterns = append(patterns, p)
	}
	return patterns, nil
}

func parsePattern(s string) (Pattern, error) {
	if len(s) > maxPattern {
		return Pattern{}, towpath.Invalid("exclude", "A pattern is longer than %d characters. Shorten it.",
			maxPattern)
	}
	if strings.Contains(s, "{{") || strings.Contains(s, "}}") {
		return Pattern{}, towpath.Invalid("exclude", "%q has a placeholder. Patterns know only * for any text "+
			"and ** for any folders.", s)
	}
	p := parser{field: "exclude", wild: true}
	paths, err := p.parse(wholePaths(s))
	if e := (*towpath.Error)(nil); errors.As(err, &e) {
		return Pattern{}, towpath.Invalid("exclude", "%q is not a pattern of paths. %s", s,
			strings.ReplaceAll(e.Message, "The template", "It"))
	}
	return Pattern{source: s, paths: paths}, err
}

// wholePaths writes a pattern so that it matches whole paths below the base directory.
func wholePaths(s string) string {
	if folder, ok := strings.CutSuffix(s, "/"); ok {
		s = folder + "/**"
		if !strings.Contains(strings.TrimPrefix(folder, "/"), "/") && !strings.HasPrefix(folder, "/") {
			s = "**/" + s
		}
	}
	if !strings.Contains(s, "/") {
		s = "**/" + s
	}
	if strings.HasSuffix(s, "/**") {
		s += "/*"
	}
	return s
}

// Excluded returns the sources of the scope's patterns.
func (s Scope) Excluded() []string {
	list := make([]string, len(s.Exclude))
	for i, p := range s.Exclude {
		list[i] = p.source
	}
	return list
}

// excludes returns the first pattern that matches a path below the base directory, split at its
// slashes.
func (s Scope) excludes(parts []string) (Pattern, bool) {
	for _, p := range s.Exclude {
		if _, ok := p.paths.match(parts); ok {
			return p, true
		}
	}
	return Pattern{}, false
}
