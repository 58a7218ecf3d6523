package plan

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"towpath"
)

const (
	maxTemplate = 500 // bytes
	maxVersions = 3   // how often {{VERSION}} may be in a template
)

// A placeholder is the name between {{ and }}.
type placeholder string

const (
	envID       placeholder = "ENV_ID"
	dbName      placeholder = "DB_NAME"
	engineName  placeholder = "ENGINE"
	version     placeholder = "VERSION"
	changeType  placeholder = "TYPE"
	description placeholder = "DESCRIPTION"
	wildcard    placeholder = "*"
)

// patterns are the regular expressions of placeholders. Each prefers the shortest text, except for
// the description, which is the rest.
var patterns = map[placeholder]string{
	envID:       `[^/]+?`,
	dbName:      `[^/]+?`,
	engineName:  enginePattern(),
	version:     versionPattern,
	changeType:  `(?i:ddl|dml|migrate|data|baseline|repeatable)`,
	description: `[^/]+`,
	wildcard:    `[^/]*?`,
}

// Template is a parsed path template. It decides which files are migrations, and parses their
// names. It matches whole paths relative to the base directory, and is case-sensitive. The zero
// Template matches nothing.
type Template struct {
	source     string
	segments   []segment
	repeatable []segment // of the half that names repeatable files; nil without one
}

// segment is the part of a template between two slashes.
type segment struct {
	folders bool // "**": any number of whole segments, including none
	pieces  []piece
	whole   *regexp.Regexp
	groups  []placeholder // what each group of whole captures
	// upTo[i] matches pieces[:i+1] at the start of a name, to find where a name stops matching
	upTo []*regexp.Regexp
	// the case of the last piece from its first dot on does not matter
	anyCase bool
}

// piece is a literal, or a placeholder.
type piece struct {
	literal string
	place   placeholder
}

// String returns the source of the template, without the leading slash.
func (t Template) String() string { return t.source }

// ParseTemplate parses a file path template. It must contain {{VERSION}} and may contain
// {{ENV_ID}}, {{DB_NAME}}, {{ENGINE}}, {{TYPE}} and {{DESCRIPTION}}. An engine within a name may be
// left out with the separator before it. Several {{VERSION}} are the parts of one
// version, which dots join: {{VERSION}}/{{VERSION}}_{{DESCRIPTION}}.sql reads 3/07_add.sql as 3.07.
// "*" matches any text within a name and "**" any number of folders. A second half after "|" names
// repeatable files, without {{VERSION}} and {{TYPE}}. Errors are *towpath.Error with CodeInvalid and the
// field filePathTemplate.
func ParseTemplate(s string) (Template, error) {
	p := parser{field: "filePathTemplate", known: []placeholder{
		envID, dbName, engineName, version, changeType,
		description,
	}, wild: true}
	s, again, both := strings.Cut(s, "|")
	t, err := p.parse(s)
	if err != nil {
		return Template{}, err
	}
	if both {
		p.known = []placeholder{envID, dbName, engineName, description}
		half, err := p.parse(again)
		if err != nil {
			return Template{}, err
		}
		if !half.has(description) {
			return Template{}, p.invalid("The half behind | has no {{DESCRIPTION}}, by which repeatable files " +
				"are told apart. Try R__{{DESCRIPTION}}.sql.")
		}
		t.source, t.repeatable = t.source+" | "+half.source, half.segments
	}
	if len(t.source) > maxTemplate {
		return Template{}, p.invalid("The template is longer than %d characters. Shorten it.", maxTemplate)
	}
	if !t.has(version) {
		return Template{}, p.invalid("{{VERSION}} is missing: without it nobody knows the order of the " +
			"files. Try {{VERSION}}_{{DESCRIPTION}}.sql.")
	}
	return t, nil
}

func (t Template) has(place placeholder) bool {
	for _, s := range t.segments {
		for _, p := range s.pieces {
			if p.place == place {
				return true
			}
		}
	}
	return false
}

// parser parses one kind of template.
type parser struct {
	field string
	known []placeholder
	wild  bool // * and ** are allowed
	seen  map[placeholder]int
}

func (p *parser) invalid(format string, args ...any) error {
	return towpath.Invalid(p.field, format, args...)
}

func (p *parser) parse(s string) (Template, error) {
	p.seen = map[placeholder]int{}
	s = strings.TrimPrefix(strings.TrimSpace(s), "/")
	switch {
	case s == "":
		return Template{}, p.invalid("The template is empty. Say where the files are, such as %s.",
			p.example())
	case len(s) > maxTemplate:
		return Template{}, p.invalid("The template is longer than %d characters. Shorten it.", maxTemplate)
	case strings.HasSuffix(s, "/"):
		return Template{}, p.invalid("The template ends with a slash, so it names a folder. Go on with the " +
			"file's name.")
	case strings.Contains(s, `\`):
		return Template{}, p.invalid(`The template has a backslash. Write folders with "/".`)
	case !utf8.ValidString(s):
		return Template{}, p.invalid("The template is not valid UTF-8. Type it again.")
	case strings.IndexFunc(s, unicode.IsControl) >= 0:
		return Template{}, p.invalid("The template has a line break or another invisible character. " +
			"Remove it.")
	}
	t := Template{source: s}
	for _, part := range strings.Split(s, "/") {
		seg, err := p.segment(part)
		if err != nil {
			return Template{}, err
		}
		if n := len(t.segments); seg.folders && n > 0 && t.segments[n-1].folders {
			continue // **/** means the same as **
		}
		t.segments = append(t.segments, seg)
	}
	if t.segments[len(t.segments)-1].folders {
		return Template{}, p.invalid("The template ends with **, which stands for folders. Go on with the "+
			"file's name, such as **/%s.", p.example())
	}
	return t, nil
}

func (p *parser) segment(s string) (segment, error) {
	switch {
	case s == "":
		return segment{}, p.invalid("The template has two slashes in a row. Remove one.")
	case s == "." || s == "..":
		return segment{}, p.invalid("The template has %q as a folder. Paths are relative to the base "+
			"directory and cannot leave it; remove it.", s)
	case strings.Contains(s, "*") && !p.wild:
		return segment{}, p.invalid("* cannot be used here: this path is written, not searched. Use " +
			"{{ENV_ID}} and {{DB_NAME}}.")
	case s == "**":
		return segment{folders: true}, nil
	case strings.Contains(s, "**"):
		return segment{}, p.invalid("** stands for whole folders, but in %q something is beside it. Write "+
			"it alone between slashes, or use a single *.", s)
	}
	pieces, err := p.pieces(s)
	if err != nil {
		return segment{}, err
	}
	return compile(pieces, false), nil
}

func (p *parser) pieces(s string) ([]piece, error) {
	var pieces []piece
	for s != "" {
		next, length, err := p.piece(s)
		if err != nil {
			return nil, err
		}
		if n := len(pieces); n > 0 && next.place != "" && pieces[n-1].place != "" &&
			pieces[n-1].place != wildcard {
			return nil, p.invalid("Nothing separates {{%s}} from what follows it, so nobody can tell where "+
				"it ends. Put something like ## between them.", pieces[n-1].place)
		}
		pieces = append(pieces, next)
		s = s[length:]
	}
	return pieces, nil
}

// piece parses the piece at the start of s and returns its length in bytes.
func (p *parser) piece(s string) (piece, int, error) {
	switch {
	case strings.HasPrefix(s, "*"):
		return piece{place: wildcard}, 1, nil
	case strings.HasPrefix(s, "}}"):
		return piece{}, 0, p.invalid("The template has }} without {{ before it.")
	case !strings.HasPrefix(s, "{{"):
		end := len(s)
		for _, stop := range []string{"*", "{{", "}}"} {
			if i := strings.Index(s, stop); i >= 0 && i < end {
				end = i
			}
		}
		return piece{literal: s[:end]}, end, nil
	}
	end := strings.Index(s, "}}")
	if end < 0 {
		return piece{}, 0, p.invalid("The template has {{ that is not closed by }}.")
	}
	name := placeholder(s[2:end])
	if !p.knows(name) {
		return piece{}, 0, p.invalid("{{%s}} is not a placeholder. The known ones are %s.", name, p.names())
	}
	p.seen[name]++
	switch n := p.seen[name]; {
	case name == version && n > maxVersions:
		return piece{}, 0, p.invalid("{{VERSION}} is in the template more than %d times. Use * for the others.",
			maxVersions)
	case name != version && n > 1:
		return piece{}, 0, p.invalid("{{%s}} is in the template twice. Keep one, and use * for the other.",
			name)
	}
	return piece{place: name}, end + 2, nil
}

func (p *parser) knows(name placeholder) bool {
	for _, k := range p.known {
		if k == name {
			return true
		}
	}
	return false
}

func (p *parser) names() string {
	var names []string
	for _, k := range p.known {
		names = append(names, "{{"+string(k)+"}}")
	}
	return strings.Join(names, ", ")
}

func (p *parser) example() string {
	if p.wild {
		return "{{VERSION}}_{{DESCRIPTION}}.sql"
	}
	return "{{ENV_ID}}/{{DB_NAME}}.schema"
}

// AnyCase returns the template for files whose endings are in upper or lower case: 1_a.SQL.
func (t Template) AnyCase() Template {
	t.segments, t.repeatable = endInAnyCase(t.segments), endInAnyCase(t.repeatable)
	return t
}

func endInAnyCase(segments []segment) []segment {
	n := len(segments)
	if n == 0 {
		return segments
	}
	segments = slices.Clone(segments)
	segments[n-1] = compile(segments[n-1].pieces, true)
	return segments
}

// inAnyCase is a pattern of an ASCII text in any case. Folding as Unicode does, ſ would be an s.
func inAnyCase(text string) string {
	var expr strings.Builder
	for _, c := range text {
		lower, upper := strings.ToLower(string(c)), strings.ToUpper(string(c))
		if c < utf8.RuneSelf && lower != upper {
			expr.WriteString("[" + lower + upper + "]")
			continue
		}
		expr.WriteString(regexp.QuoteMeta(string(c)))
	}
	return expr.String()
}

func compile(pieces []piece, anyCase bool) segment {
	s := segment{pieces: pieces, anyCase: anyCase}
	var expr strings.Builder
	optional := "" // the separator that is left out with the engine behind it
	for i, p := range pieces {
		literal, separator, ok := separatorBefore(pieces, i)
		switch {
		case ok:
			expr.WriteString(regexp.QuoteMeta(literal))
			optional = separator
		case p.place == engineName && optional != "":
			expr.WriteString("(?:" + regexp.QuoteMeta(optional) + "(" + patterns[engineName] + "))?")
			s.groups = append(s.groups, p.place)
		case p.place == "":
			dot := strings.Index(p.literal, ".")
			if !anyCase || i < len(pieces)-1 || dot < 0 {
				dot = len(p.literal)
			}
			expr.WriteString(regexp.QuoteMeta(p.literal[:dot]) + inAnyCase(p.literal[dot:]))
		case p.place == wildcard:
			expr.WriteString(patterns[wildcard])
		case p.place == description && i+1 < len(pieces):
			pattern := patterns[description]
			if _, separator, ok := separatorBefore(pieces, i+1); ok {
				pattern = "[^/" + regexp.QuoteMeta(separator) + "]+" // else it would take the engine too
			}
			expr.WriteString("(" + pattern + ")")
			s.groups = append(s.groups, p.place)
		default:
			expr.WriteString("(" + patterns[p.place] + ")")
			s.groups = append(s.groups, p.place)
		}
		s.upTo = append(s.upTo, regexp.MustCompile("^"+expr.String()))
	}
	s.whole = regexp.MustCompile("^" + expr.String() + "$")
	return s
}
