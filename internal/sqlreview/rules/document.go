package rules

import (
	"fmt"
	"strings"

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

` + "`towpath check`" + ` and the plan of a link run these rules. The program writes this page, so it says
what the rules do: change a rule, not this text. [How to add a rule](add-a-rule.md).

The level is that of the preset "recommended", with that of "strict" behind it where it differs.
The preset "quiet" keeps errors, and warnings of what locks or loses something. A level can be set
for each environment. A comment before a statement allows one finding of it:

    -- towpath: allow PL01 because the table is empty
`

func document(b *strings.Builder, r sqlreview.Rule) {
	level := string(r.Level)
	if strict := (sqlreview.Policy{Preset: sqlreview.Strict}).Level(r); strict != r.Level {
		level += ", " + string(strict) + " when strict"
	}
	fmt.Fprintf(b, "\n### %s: %s\n\n%s · %s\n\n%s\n", r.ID, r.Title, dialects(r), level, r.Why)
	code(b, "", r.Bad)
	if r.Good != "" {
		b.WriteString("\nInstead:\n")
		code(b, "", r.Good)
	}
	for _, s := range r.Settings {
		fmt.Fprintf(b, "\nSetting `%s`: %s.", s.Name, s.What)
		if s.Default != "" {
			fmt.Fprintf(b, " The default is `%s`.", s.Default)
		}
		b.WriteString("\n")
	}
}

func dialects(r sqlreview.Rule) string {
	var names []string
	for _, d := range r.Dialects {
		names = append(names, map[sqlreview.Dialect]string{
			sqlreview.PostgreSQL: "PostgreSQL", sqlreview.MySQL: "MySQL and MariaDB", sqlreview.SQLite: "SQLite",
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
