package dialect

import "strings"

// facets are the parts of a column of PostgreSQL that can be changed one by one.
type facets struct {
	kind, preset string
	notNull      bool
}

// facetsOf reads a column as a dump writes it: name, type, DEFAULT, NOT NULL. ok is false for one that has
// more.
func facetsOf(i item) (f facets, ok bool) {
	rest := strings.TrimPrefix(i.text, i.name+" ")
	for _, more := range []string{" GENERATED ", " CONSTRAINT ", " COLLATE ", "WITH OPTIONS"} {
		if strings.Contains(" "+rest+" ", more) {
			return f, false
		}
	}
	rest, f.notNull = strings.CutSuffix(rest, " NOT NULL")
	f.kind, f.preset, _ = strings.Cut(rest, " DEFAULT ")
	return f, f.kind != "" && !strings.Contains(f.kind, `"`)
}

// changeColumn writes the clauses that give a column of PostgreSQL its earlier type, default and NOT NULL.
func changeColumn(was, is item) (clauses []string, ok bool) {
	before, ok1 := facetsOf(was)
	now, ok2 := facetsOf(is)
	if !ok1 || !ok2 {
		return nil, false
	}
	column := "ALTER COLUMN " + was.name
	if now.preset != "" && now.preset != before.preset {
		clauses = append(clauses, column+" DROP DEFAULT")
	}
	if now.kind != before.kind {
		clauses = append(clauses, column+" TYPE "+before.kind)
	}
	if before.preset != "" && now.preset != before.preset {
		clauses = append(clauses, column+" SET DEFAULT "+before.preset)
	}
	switch {
	case before.notNull && !now.notNull:
		clauses = append(clauses, column+" SET NOT NULL")
	case now.notNull && !before.notNull:
		clauses = append(clauses, column+" DROP NOT NULL")
	}
	return clauses, true
}
