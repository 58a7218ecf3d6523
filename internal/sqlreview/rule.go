package sqlreview

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
)

// Rule is one rule of the review.
type Rule struct {
	ID       string    // two letters of its group and a number, such as PL01
	Title    string    // what it catches, as a phrase without a period
	Why      string    // what goes wrong, in one or two plain sentences
	Dialects []Dialect // where it applies
	Level    Level     // in the preset "recommended"
	// Strict is the level in the preset "strict"; "" for the same as Level, or for warning when that
	// is info.
	Strict   Level
	Settings []Setting
	Bad      string // SQL that it finds, for the documentation
	Good     string // the same, done safely

	// Check looks at one statement. It is called for each statement of a file, in order, with the
	// catalog as it is before the statement.
	Check func(*Pass)
	// After is called behind Check, with the catalog as it is after the statement and with Problems.
	After func(*Pass)
	// End looks at a whole file, behind its last statement. Pass.Statement is nil.
	End func(*Pass)
}

// Setting is something that a team may set for a rule.
type Setting struct {
	Name    string // such as limit, format or list
	Default string
	What    string // for the documentation
}

// IsNumber reports whether the setting is a whole number, which its default shows.
func (s Setting) IsNumber() bool {
	_, err := strconv.Atoi(s.Default)
	return err == nil
}

// IsExpression reports whether the setting is a regular expression.
func (s Setting) IsExpression() bool { return s.Name == "format" || s.Name == "pattern" }

// In reports whether the rule applies to a dialect.
func (r Rule) In(d Dialect) bool { return slices.Contains(r.Dialects, d) }

// Text is one statement of a file as it was parsed.
type Text struct {
	ast.Statement
	NoTx   bool   // the server commits it by itself, or refuses it inside a transaction
	Refuse string // why this server does not run it; "" when it does
	// Failed is the parser's word on a statement that is no SQL of this dialect; "" when it is
	Failed   string
	FailedAt ast.Position
	// NotAnalyzed is why no rule has seen the statement; "" when all have
	NotAnalyzed string
	Allows      []Allow
}

// File is one file of a change.
type File struct {
	Path          string
	Size          int64 // in bytes
	Statements    []Text
	NoTransaction bool // the file says that its statements run one by one
	LockTimeout   bool // the file sets a limit for locks
	Timeout       bool // the file sets a limit for statements
	Repairs       bool // it runs only on one schema, and is recorded where it has nothing to do
	// Late is the newest version that is there already when this file is older; "" when it is not
	Late string
	// Edited says that a database has another text of this file
	Edited bool
	// Levels is what is wrong when this is a file of levels that do not count; no Message otherwise
	Levels Problem
	Head   string  // the comments before the first statement
	NoUndo bool    // there is no file for the way back, where the team keeps some
	Reads  []Allow // comments that allow something, with no statement behind them
	// Rehearsed is where a rehearsal of this file stopped; nil where it ran, or was not rehearsed
	Rehearsed *Rehearsed
}

// Rehearsed is a failure on a real server.
type Rehearsed struct {
	Line, Column int // 0 for the file as a whole
	Server       string
	Why          string
}

// Pass is one look of a rule at a place of a file.
type Pass struct {
	Server    Server
	File      *File
	Index     int   // of the statement in File.Statements
	Statement *Text // nil at the end of the file
	Catalog   *Catalog

	// Dropped are the indexes that earlier statements of the file have dropped.
	Dropped []DroppedIndex

	// Problems are set in After: what the statement names is missing, or there already.
	Problems []Problem

	rule     *Rule
	settings map[string]string
	found    []Finding
	open     bool // the file has begun a transaction of its own
	wrapped  bool // the runner puts the whole file into one
}

// DroppedIndex is an index that the file has dropped, with its table.
type DroppedIndex struct {
	schema.Index
	Table *Table
}

// Problem is something in a statement that does not fit the catalog.
type Problem struct {
	Pos     ast.Position
	Message string
}

// Report adds a finding at a place; the zero position stands for the statement. The message is one
// plain sentence with the object's name.
func (p *Pass) Report(at ast.Position, fix, format string, args ...any) {
	if at.Line == 0 {
		at = ast.Position{Line: 1, Column: 1}
		if p.Statement != nil {
			at = p.Statement.Pos
		}
	}
	p.found = append(p.found, Finding{
		Rule: p.rule.ID, Path: p.File.Path, Line: at.Line, Column: at.Column,
		Message: fmt.Sprintf(format, args...), Fix: fix,
	})
}

// Setting returns a setting of the rule.
func (p *Pass) Setting(name string) string {
	if value, ok := p.settings[name]; ok {
		return value
	}
	for _, s := range p.rule.Settings {
		if s.Name == name {
			return s.Default
		}
	}
	return ""
}

// Limit returns a setting that is a number; 0 when it is none.
func (p *Pass) Limit(name string) int {
	n, _ := strconv.Atoi(p.Setting(name))
	return n
}

// List returns a setting that is a list of words with commas between, in lower case.
func (p *Pass) List(name string) []string {
	text := p.Setting(name)
	list, known := p.Catalog.lists[text]
	if known || text == "" {
		return list
	}
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.ToLower(strings.TrimSpace(word)); word != "" {
			list = append(list, word)
		}
	}
	p.Catalog.lists[text] = list
	return list
}

// Regexp compiles a regular expression, each one once.
func (p *Pass) Regexp(text string) (*regexp.Regexp, error) {
	if e, ok := p.Catalog.expressions[text]; ok {
		return e, nil
	}
	e, err := regexp.Compile(text)
	if err == nil {
		p.Catalog.expressions[text] = e
	}
	return e, err
}

// Earlier are the statements of the file before this one.
func (p *Pass) Earlier() []Text { return p.File.Statements[:p.Index] }

// InTransaction reports whether the statement runs in one transaction with others of its file.
func (p *Pass) InTransaction() bool {
	return p.open || p.wrapped
}

// OpenTransaction reports whether the file itself has begun a transaction that is open here.
func (p *Pass) OpenTransaction() bool { return p.open }

// Table returns a table of the catalog; nil when it is not known.
func (p *Pass) Table(name ast.Name) *Table { return p.Catalog.Table(name) }

// Existing returns a table that may hold rows and that others may use: nil when this file has made
// it, or when it is temporary. A table that the catalog does not know is taken for one that exists,
// and has no columns.
func (p *Pass) Existing(name ast.Name) *Table {
	table := p.Catalog.Table(name)
	switch {
	case table == nil && p.Catalog.Complete:
		return nil
	case table == nil:
		return &Table{Table: schema.Table{Name: name.Name, Unknown: true}, Name: name}
	case table.Made == p.File, table.Temporary:
		return nil
	}
	return table
}

// Same compares two names of columns, indexes or constraints as the server does.
func (p *Pass) Same(a, b string) bool { return p.Catalog.same(a, b) }

// Quote writes a name as the dialect quotes it, where it needs quotes.
func (p *Pass) Quote(parts ...string) string { return quote(p.Server.Dialect, parts...) }

// Name writes the name of an object, with quotes where it needs them.
func (p *Pass) Name(n ast.Name) string {
	if n.Schema == "" {
		return p.Quote(n.Name)
	}
	return p.Quote(n.Schema, n.Name)
}

func quote(d Dialect, parts ...string) string {
	mark := `"`
	if d == MySQL {
		mark = "`"
	}
	quoted := make([]string, len(parts))
	for i, part := range parts {
		quoted[i] = part
		if !plain(part) || Reserved(d, part) {
			quoted[i] = mark + strings.ReplaceAll(part, mark, mark+mark) + mark
		}
	}
	return strings.Join(quoted, ".")
}

// plain reports whether a name needs no quotes, key words aside.
func plain(name string) bool {
	for i, c := range name {
		letter := ('a' <= c && c <= 'z') || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
