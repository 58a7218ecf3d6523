package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"towpath/internal/sqlreview"
)

// groups are the titles of the groups, by the letters that the ids of their rules begin with.
var groups = []struct{ prefix, title string }{
	{"CL", "Columns and types"},
	{"CO", "Compatibility and history"},
	{"DD", "Changes that rows can make fail"},
	{"DS", "Changes that lose something"},
	{"IX", "Indexes"},
	{"ML", "MySQL and MariaDB: copies and locks"},
	{"NM", "Names"},
	{"PL", "PostgreSQL: locks and rewrites"},
	{"RH", "Rehearsals"},
	{"RU", "The review itself"},
	{"SE", "Security"},
	{"ST", "Rows and queries"},
	{"SY", "Routines, owners and comments"},
	{"TB", "Tables"},
	{"TX", "Transactions and files"},
}

// Group is the title of the group that a rule belongs to.
func Group(r sqlreview.Rule) string {
	for _, g := range groups {
		if strings.HasPrefix(r.ID, g.prefix) {
			return g.title
		}
	}
	return ""
}

// Document is docs/rules.md: all rules, with what each finds and the safe way.
func Document() string {
	var b strings.Builder
	b.WriteString(introduction)
	title := ""
	for _, r := range All {
		if group := Group(r); group != title {
			title = group
			fmt.Fprintf(&b, "\n## %s\n", title)
		}
		document(&b, r)
	}
	return b.String()
}

const introduction = `# Rules of the SQL review

` + "`towpath check`" + ` runs these rules. The program writes this page, so it says what the rules do: change
a rule, not this text. [How to add a rule](add-a-rule.md).

Some rules ask for what files alone do not say, and find nothing on the command line yet: CO06, CO07
and TX09 ask for what a database has and for other files, PL32, ML23 and ST13 for sizes of tables.

The level is that of the preset "recommended", with that of "strict" behind it where it differs.
The preset "quiet" keeps errors, and warnings of what locks or loses something. Each environment has
its own levels, and so can a repository: [which level counts](../README.md#which-level-counts). A
comment before a statement allows one finding of it:

    -- towpath: allow PL01 because the table is empty
`

func document(b *strings.Builder, r sqlreview.Rule) {
	level := string(r.Level)
	if strict := (sqlreview.Policy{Preset: sqlreview.Strict}).Level(r); strict != r.Level {
		level += ", " + string(strict) + " when strict"
	}
	fmt.Fprintf(b, "\n### %s: %s\n\n%s · %s\n\n%s\n", r.ID, r.Title, dialects(r), level, wrapped(r.Why))
	code(b, "", r.Bad)
	if r.Good != "" {
		b.WriteString("\nInstead:\n")
		code(b, "", r.Good)
	}
	for _, s := range r.Settings {
		text := fmt.Sprintf("Setting `%s`: %s.", s.Name, s.What)
		if s.Default != "" {
			text += fmt.Sprintf(" The default is `%s`.", strings.ReplaceAll(s.Default, ",", ", "))
		}
		b.WriteString("\n" + wrapped(text) + "\n")
	}
}

func dialects(r sqlreview.Rule) string {
	var names []string
	for _, d := range r.Dialects {
		names = append(names, map[sqlreview.Dialect]string{
			sqlreview.PostgreSQL: "PostgreSQL", sqlreview.MySQL: "MySQL and MariaDB",
			sqlreview.SQLite: "SQLite",
		}[d])
	}
	return strings.Join(names, ", ")
}

func code(b *strings.Builder, lead, text string) {
	b.WriteString(lead + "\n")
	for line := range strings.Lines(text) {
		b.WriteString("    " + strings.TrimRight(line, "\n") + "\n")
	}
}

// wrapped breaks prose at 100 columns.
func wrapped(text string) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > 100:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return strings.Join(append(lines, line), "\n")
}
