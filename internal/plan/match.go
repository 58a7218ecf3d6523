package plan

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"towpath"
)

const maxBase = 500 // bytes

// Scope says which files of a repository belong to a link.
type Scope struct {
	BaseDirectory string // as NormalizeBase returns it
	Template      Template
	Exclude       []Pattern // files that are ignored whatever the template says
}

// NewScope parses a link's base directory, file path template and patterns of excluded files.
// Errors are *towpath.Error with CodeInvalid and the invalid field.
func NewScope(baseDirectory, template string, exclude []string) (Scope, error) {
	base, err := NormalizeBase(baseDirectory)
	if err != nil {
		return Scope{}, err
	}
	t, err := ParseTemplate(template)
	if err != nil {
		return Scope{}, err
	}
	patterns, err := ParseExclude(exclude)
	return Scope{BaseDirectory: base, Template: t, Exclude: patterns}, err
}

// ScopeOf returns the scope that a link's settings describe.
func ScopeOf(l towpath.RepositoryLink) (Scope, error) {
	s, err := NewScope(l.BaseDirectory, l.FilePathTemplate, l.Exclude)
	if l.AnyCaseEndings {
		s.Template = s.Template.AnyCase()
	}
	return s, err
}

// NormalizeBase returns a base directory without slashes around it; "" is the root of the
// repository. Errors are *towpath.Error with CodeInvalid and the field baseDirectory.
func NormalizeBase(s string) (string, error) {
	s = strings.Trim(strings.TrimSpace(s), "/")
	invalid := func(message string) (string, error) {
		return "", towpath.Invalid("baseDirectory", "%s", message)
	}
	switch {
	case s == "" || s == ".":
		return "", nil
	case len(s) > maxBase:
		return invalid("The base directory is too long. Use at most 500 characters.")
	case strings.Contains(s, `\`):
		return invalid(`The base directory has a backslash. Write folders with "/".`)
	case !utf8.ValidString(s):
		return invalid("The base directory is not valid UTF-8. Type it again.")
	case strings.IndexFunc(s, unicode.IsControl) >= 0:
		return invalid("The base directory has a line break or another invisible character. Remove it.")
	}
	for _, part := range strings.Split(s, "/") {
		switch part {
		case "":
			return invalid("The base directory has two slashes in a row. Remove one.")
		case ".", "..":
			return invalid("The base directory is written from the root of the repository and cannot have " +
				"\".\" or \"..\" in it, such as services/shop/db.")
		}
	}
	return s, nil
}

// Match decides by its path from the root whether a file of the repository is a migration. in is
// false for files outside the base directory, except in a folder that looks like a typo of it.
// reason is zero for a migration, and else says what does not match. The migration has no Checksum.
func (s Scope) Match(path string) (m towpath.Migration, in bool, reason towpath.Reason) {
	relative, in := s.below(path)
	if folder, typo := s.beside(path); !in && typo {
		return towpath.Migration{Path: path}, true, towpath.Why(towpath.ReasonBesideBase, "folder", folder,
			"base", s.BaseDirectory)
	}
	if !in {
		return towpath.Migration{Path: path}, false, towpath.Why(towpath.ReasonOutsideBase, "base",
			s.BaseDirectory)
	}
	if !utf8.ValidString(path) {
		return towpath.Migration{Path: path}, true, towpath.Why(towpath.ReasonPathEncoding)
	}
	parts := strings.Split(relative, "/")
	if pattern, excluded := s.excludes(parts); excluded {
		return towpath.Migration{Path: path}, true, towpath.Why(towpath.ReasonExcluded, "pattern",
			pattern.String())
	}
	found, ok := s.Template.matched(parts)
	if !ok {
		return towpath.Migration{Path: path}, true, s.Template.explain(parts)
	}
	values := found.values
	m = towpath.Migration{
		Path:        path,
		Label:       values[version],
		Environment: values[envID],
		Database:    values[dbName],
		Description: readable(values[description]),
	}
	m.Type = typeOf(values[changeType])
	if word := values[engineName]; word != "" {
		if m.Engine = engineWords[strings.ToLower(word)]; m.Engine == "" {
			return towpath.Migration{Path: path}, true, towpath.Why(towpath.ReasonOtherEngine, "engine", word)
		}
	}
	if values[version] == "" || m.Type == towpath.TypeRepeatable {
		m.MigrationID = towpath.RepeatableID(cmp.Or(m.Description, found.withoutEngine(parts)))
		m.Label = towpath.RepeatableLabel(path)
		return m, true, towpath.Reason{}
	}
	canonical, err := ParseVersion(m.Label)
	if err != nil {
		return towpath.Migration{Path: path}, true, towpath.Why(towpath.ReasonVersionTooLong)
	}
	m.Version = canonical
	return m, true, towpath.Reason{}
}

// below removes the base directory from a path. It compares whole segments: db does not contain
// dbx/1.sql.
func (s Scope) below(path string) (relative string, in bool) {
	if s.BaseDirectory == "" {
		return path, path != ""
	}
	relative, in = strings.CutPrefix(path, s.BaseDirectory+"/")
	return relative, in && relative != ""
}

// Beside reports whether a path is in a folder that looks like a typo of the base directory: the
// names differ only in upper and lower case, in separators of words, or in a plural s.
func (s Scope) Beside(path string) bool {
	_, typo := s.beside(path)
	return typo
}

func (s Scope) beside(path string) (folder string, typo bool) {
	depth := strings.Count(s.BaseDirectory, "/") + 1
	parts := strings.SplitN(path, "/", depth+1)
	if s.BaseDirectory == "" || len(parts) <= depth {
		return "", false
	}
	folder = strings.Join(parts[:depth], "/")
	return folder, folder != s.BaseDirectory && fold(folder) == fold(s.BaseDirectory)
}

// fold removes the differences from a path of folders that people overlook.
func fold(folder string) string {
	parts := strings.Split(strings.ToLower(folder), "/")
	for i, part := range parts {
		part = strings.Map(func(r rune) rune {
			if r == '-' || r == '_' || r == '.' || unicode.IsSpace(r) {
				return -1
			}
			return r
		}, part)
		parts[i] = strings.TrimSuffix(part, "s")
	}
	return strings.Join(parts, "/")
}

func typeOf(word string) towpath.ChangeType {
	switch strings.ToLower(word) {
	case "dml", "data":
		return towpath.TypeDML
	case "baseline":
		return towpath.TypeBaseline
	case "repeatable":
		return towpath.TypeRepeatable
	}
	return towpath.TypeDDL
}

// readable shows add_user-name as "add user name".
func readable(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == '_' || r == '-' ||
			unicode.IsSpace(r)
	}), " ")
}

// match compares a path, split at its slashes, with the template. It returns the text of each
// placeholder.
func (t Template) match(parts []string) (values map[placeholder]string, ok bool) {
	m, ok := t.matched(parts)
	return m.values, ok
}

// versionAt returns where the parts of the version of a path, split at its slashes, stand, from the
// left to the right.
func (t Template) versionAt(parts []string) (at []span, ok bool) {
	m, ok := t.matched(parts)
	return m.versions, ok
}

func (t Template) matched(parts []string) (m matcher, ok bool) {
	if m, ok = matchSegments(t.segments, parts); !ok {
		return matchSegments(t.repeatable, parts)
	}
	// the segments were read from the last to the first
	slices.SortFunc(m.versions, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(a.start, b.start))
	})
	var label []string
	for _, at := range m.versions {
		label = append(label, parts[at.part][at.start:at.end])
	}
	m.values[version] = strings.Join(label, ".")
	return m, true
}

func matchSegments(segments []segment, parts []string) (m matcher, ok bool) {
	m = matcher{
		segments: segments, parts: parts, failed: map[[2]int]bool{}, values: map[placeholder]string{},
	}
	return m, len(segments) > 0 && m.from(0, 0)
}

// span is a part of a path's segment, in bytes.
type span struct{ part, start, end int }

type matcher struct {
	segments []segment
	parts    []string
	// pairs of positions that do not match; without them, several ** would take exponential time
	failed   map[[2]int]bool
	values   map[placeholder]string
	versions []span // of the parts of the version
	engine   span   // zero without one
}

// withoutEngine returns the path without its engine, which files for several engines share.
func (m matcher) withoutEngine(parts []string) string {
	parts = slices.Clone(parts)
	if at := m.engine; at.end > 0 {
		name := parts[at.part]
		start := len(strings.TrimRight(name[:at.start], "._-"))
		parts[at.part] = name[:start] + name[at.end:]
	}
	return strings.Join(parts, "/")
}

func (m *matcher) from(seg, part int) bool {
	if seg == len(m.segments) {
		return part == len(m.parts)
	}
	key := [2]int{seg, part}
	if m.failed[key] {
		return false
	}
	if m.step(seg, part) {
		return true
	}
	m.failed[key] = true
	return false
}

func (m *matcher) step(seg, part int) bool {
	s := m.segments[seg]
	if s.folders {
		return m.from(seg+1, part) || (part < len(m.parts) && m.from(seg, part+1))
	}
	if part == len(m.parts) {
		return false
	}
	found := s.whole.FindStringSubmatchIndex(m.parts[part])
	if found == nil || !m.from(seg+1, part+1) {
		return false
	}
	for i, place := range s.groups {
		at := span{part: part, start: found[2*i+2], end: found[2*i+3]}
		if at.start < 0 { // an engine that is left out
			continue
		}
		if place == version {
			m.versions = append(m.versions, at)
			continue
		}
		if place == engineName {
			m.engine = at
		}
		m.values[place] = m.parts[part][at.start:at.end]
	}
	return true
}
