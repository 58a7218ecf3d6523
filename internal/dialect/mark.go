package dialect

import (
	"iter"
	"slices"
	"strings"

	"towpath/internal/schema"
	"towpath/internal/statement"
)

// Objects reads the tables (including views), indexes and columns that the statements of a catalog's
// dump create. An object in a schema of the path is also listed without the schema, as a file may
// name it.
func (d Reader) Objects(dump iter.Seq2[statement.Statement, error], path []string) map[string]bool {
	objects := map[string]bool{}
	for s, err := range dump {
		if err != nil {
			continue // this statement cannot be read, and the sequence continues after it
		}
		marks, _ := d.marks(s, true)
		for _, m := range marks {
			if m.After != schema.There {
				continue
			}
			objects[m.Object] = true
			kind, name, _ := strings.Cut(m.Object, " ")
			first, rest, _ := strings.Cut(name, ".")
			if strings.Count(name, ".") > strings.Count(kind, "column") && slices.Contains(path, first) {
				objects[kind+" "+rest] = true
			}
		}
	}
	return objects
}

// setsPath reads from a SET search_path the schema in which new tables are created: "" is the same
// as without it.
func (d Reader) setsPath(s statement.Statement) (first string, known, sets bool) {
	if s.Verb != "SET" || !d.Fold {
		return "", false, false
	}
	words, ok := d.words(s.Text)
	p := &phrase{words: words}
	p.accept("SET")
	if !p.accept("SESSION") {
		p.accept("LOCAL")
	}
	if !ok || !p.accept("SEARCH_PATH") {
		return "", false, false
	}
	if !p.accept("TO") {
		p.accept("=")
	}
	if p.accept("DEFAULT") {
		return "", true, true
	}
	name := p.name()
	if name == "" {
		return "", false, true
	}
	return schema.Parts(name)[0], !strings.Contains(name, "$"), true
}

// marks reads one statement, with the columns of a new table only on request. temporary is the name
// of a temporary table.
func (d Reader) marks(s statement.Statement, columns bool) (marks []schema.Mark, temporary string) {
	words, ok := d.description(s.Text)
	if !ok {
		return nil, ""
	}
	return d.marksOf(words, columns)
}

// marksOf reads the words of one statement, as marks does.
func (d Reader) marksOf(words []word, columns bool) (marks []schema.Mark, temporary string) {
	p := &phrase{words: words}
	switch p.next().key {
	case "CREATE":
		return d.markCreate(p, columns)
	case "DROP":
		return d.markDrop(p), ""
	case "ALTER":
		if p.kind() == "table" {
			marks, _ = d.markAlter(p)
			return marks, ""
		}
	case "RENAME":
		if p.accept("TABLE") || p.accept("TABLES") {
			for ok := true; ok; ok = p.accept(",") {
				from := p.name()
				p.accept("TO")
				marks = append(marks, schema.Mark{
					Object: d.objectName("table", from), Before: schema.There,
					After: schema.Absent,
				}, schema.Mark{
					Object: d.objectName("table", p.name()),
					Before: schema.Absent, After: schema.There,
				})
			}
		}
	}
	return marks, ""
}

// objectName returns the name that marks use: different spellings of one name give the same.
func (d Reader) objectName(kind, name string) string {
	parts := schema.Parts(name)
	switch {
	case !d.Fold:
		return kind + " " + strings.ToLower(parts[len(parts)-1])
	case kind == "index": // its schema is its table's, which CREATE INDEX does not name
		parts = parts[len(parts)-1:]
	case len(parts) == 1 && kind == "table" && d.schema != "":
		parts = []string{d.schema, parts[0]}
	}
	if len(parts) > 1 && parts[0] == "public" {
		parts = parts[1:]
	}
	return kind + " " + strings.Join(parts, ".")
}

func (d Reader) column(table, name string) string {
	if !d.Fold {
		name = strings.ToLower(name)
	}
	return strings.Replace(d.objectName("table", table), "table", "column", 1) + "." + name
}

func (d Reader) markCreate(p *phrase, columns bool) (marks []schema.Mark, temporary string) {
	before := schema.Absent
	if p.accept("OR", "REPLACE") {
		before = schema.Unknown
	}
	kind := p.kind()
	own := kind == "" && (p.accept("TEMPORARY") || p.accept("TEMP"))
	if own {
		kind = p.kind()
	}
	p.accept("CONCURRENTLY")
	if p.accept("IF", "NOT", "EXISTS") {
		before = schema.Unknown
	}
	name := ""
	if p.peek().key != "ON" {
		name = p.name()
	}
	switch {
	case name == "":
	case own:
		return nil, d.objectName("table", name)
	case kind == "index" && d.Keys:
		p.skipTo("ON")
		marks = []schema.Mark{{Object: d.column(p.name(), name), Before: before, After: schema.There}}
	case kind == "index":
		marks = []schema.Mark{{Object: d.objectName(kind, name), Before: before, After: schema.There}}
	case kind == "table" || kind == "view":
		marks = []schema.Mark{{Object: d.objectName("table", name), Before: before, After: schema.There}}
		if columns && p.accept("(") {
			marks = append(marks, d.markBody(p, name)...)
		}
	}
	return marks, ""
}

// markBody reads the columns of a new table, and its keys if an index is named within its table.
func (d Reader) markBody(p *phrase, table string) (marks []schema.Mark) {
	for !p.end() {
		if name := d.addedName(p); name != "" {
			marks = append(marks, schema.Mark{
				Object: d.column(table, name), Before: schema.Absent,
				After: schema.There,
			})
		}
		for depth := 0; ; {
			w := p.next()
			if p.at > len(p.words) || (w.key == ")" && depth == 0) {
				return marks
			}
			if w.key == "," && depth == 0 {
				break
			}
			switch w.key {
			case "(":
				depth++
			case ")":
				depth--
			}
		}
	}
	return marks
}

// addedName reads the name of a column, or of a key if an index is named within its table; "" for
// anything else.
func (d Reader) addedName(p *phrase) string {
	switch p.peek().key {
	case "CONSTRAINT", "PRIMARY", "FOREIGN", "CHECK", "EXCLUDE", "PARTITION", "PERIOD", "SYSTEM", "LIKE", "(":
		return ""
	case "UNIQUE", "INDEX", "KEY", "FULLTEXT", "SPATIAL":
		if d.Keys {
			return p.added()
		}
		if p.peek().key == "UNIQUE" {
			return ""
		}
	}
	return p.name()
}

func (d Reader) markDrop(p *phrase) (marks []schema.Mark) {
	if p.accept("SCHEMA") {
		return []schema.Mark{{}}
	}
	kind, before := p.kind(), schema.There
	if kind != "table" && kind != "view" && kind != "index" {
		return nil
	}
	p.accept("CONCURRENTLY")
	if p.accept("IF", "EXISTS") {
		before = schema.Unknown
	}
	for ok := true; ok; ok = p.accept(",") {
		name := p.name()
		switch {
		case name == "":
			return marks
		case kind == "index" && d.Keys:
			p.skipTo("ON")
			marks = append(marks, schema.Mark{
				Object: d.column(p.name(), name), Before: before,
				After: schema.Absent,
			})
		case kind == "index":
			marks = append(marks, schema.Mark{
				Object: d.objectName(kind, name), Before: before,
				After: schema.Absent,
			})
		default:
			marks = append(marks, schema.Mark{
				Object: d.objectName("table", name), Before: before,
				After: schema.Absent,
			})
		}
	}
	if p.has("CASCADE") {
		marks = append([]schema.Mark{{}}, marks...) // CASCADE also drops objects that it does not name
	}
	return marks
}

// markAlter reads the clauses of ALTER TABLE. all is false when a clause changes something else.
func (d Reader) markAlter(p *phrase) (marks []schema.Mark, all bool) {
	conditional := p.has("IF")
	p.accept("IF", "EXISTS")
	p.accept("ONLY")
	table := p.name()
	if table == "" {
		return nil, false
	}
	all = true
	for !p.end() {
		clause := d.markClause(p, table)
		marks, all = append(marks, clause...), all && len(clause) > 0
		p.skipClause()
	}
	for i := range marks {
		if conditional {
			marks[i].Before = schema.Unknown
		}
	}
	return marks, all
}

func (d Reader) markClause(p *phrase, table string) []schema.Mark {
	column := func(name string, before, after schema.Presence) []schema.Mark {
		if name == "" {
			return nil
		}
		return []schema.Mark{{Object: d.column(table, name), Before: before, After: after}}
	}
	switch p.next().key {
	case "ADD":
		if p.accept("COLUMN") {
			p.accept("IF", "NOT", "EXISTS")
			return column(p.name(), schema.Absent, schema.There)
		}
		p.accept("IF", "NOT", "EXISTS")
		return column(d.addedName(p), schema.Absent, schema.There)
	case "DROP":
		switch p.peek().key {
		case "CONSTRAINT", "PRIMARY", "FOREIGN", "CHECK", "PARTITION", "PERIOD", "SYSTEM":
			return nil
		}
		if !p.accept("COLUMN") && d.Keys && !p.accept("INDEX") {
			p.accept("KEY")
		}
		p.accept("IF", "EXISTS")
		return column(p.name(), schema.There, schema.Absent)
	case "CHANGE":
		p.accept("COLUMN")
		p.accept("IF", "EXISTS")
		if from, to := p.name(), p.name(); d.column(table, from) != d.column(table, to) {
			return append(column(from, schema.There, schema.Absent),
				column(to, schema.Absent, schema.There)...)
		}
	case "RENAME":
		if p.accept("CONSTRAINT") {
			return nil
		}
		if p.accept("TO") || p.accept("AS") || p.accept("=") {
			to := schema.Parts(table)
			to[len(to)-1] = schema.Parts(p.name())[0]
			return []schema.Mark{
				{Object: d.objectName("table", table), Before: schema.There, After: schema.Absent},
				{Object: d.objectName("table", schema.Join(to)), Before: schema.Absent, After: schema.There},
			}
		}
		if !p.accept("COLUMN") && d.Keys && !p.accept("INDEX") {
			p.accept("KEY")
		}
		if from := p.name(); p.accept("TO") {
			return append(column(from, schema.There, schema.Absent),
				column(p.name(), schema.Absent, schema.There)...)
		}
	}
	return nil
}
