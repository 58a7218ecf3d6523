package dialect

import (
	"slices"
	"strings"

	"towpath/internal/schema"
	"towpath/internal/statement"
)

// ReadMade reads what must exist after a statement; ok is false when the server's success is
// enough.
func (d Reader) ReadMade(s statement.Statement) (m schema.Made, ok bool) {
	words, readable := d.description(s.Text)
	if !readable || len(words) == 0 {
		return m, false
	}
	p := &phrase{words: words}
	switch p.next().key {
	case "CREATE":
		return d.made(p)
	case "REINDEX":
		return p.rebuilt()
	case "ALTER":
		return d.altered(p)
	}
	return m, false
}

// ReadIfExists reads what an ALTER … IF EXISTS names; ok is false for any other statement.
func (d Reader) ReadIfExists(s statement.Statement) (name string, ok bool) {
	if !strings.HasPrefix(s.Verb, "ALTER ") {
		return "", false
	}
	words, readable := d.description(s.Text)
	if !readable {
		return "", false
	}
	p := &phrase{words: words, at: 1}
	for !p.end() && slices.Contains(alterable, p.peek().key) {
		p.at++
	}
	if !p.accept("IF", "EXISTS") {
		return "", false
	}
	p.accept("ONLY")
	name = p.name()
	return name, name != ""
}

// alterable are the words for relations behind ALTER.
var alterable = []string{"TABLE", "INDEX", "VIEW", "MATERIALIZED", "FOREIGN", "SEQUENCE"}

// made reads a CREATE.
func (d Reader) made(p *phrase) (m schema.Made, ok bool) {
	from := p.at
	m.Kind = p.kind()
	if m.Kind == "" {
		return m, false
	}
	modifiers := p.words[from : p.at-1]
	has := func(key string) bool {
		return slices.ContainsFunc(modifiers, func(w word) bool { return w.key == key })
	}
	switch {
	case has("MATERIALIZED"), has("FOREIGN"):
		m.Kind = map[bool]string{true: "materialized view", false: "foreign table"}[has("MATERIALIZED")]
	case !slices.Contains([]string{"table", "view", "sequence", "trigger", "index"}, m.Kind):
		return m, false
	}
	look := p.accept("CONCURRENTLY")
	passes := p.accept("IF", "NOT", "EXISTS")
	look = look || passes
	if m.Kind == "index" && p.peek().key == "ON" { // the server chooses the name
		return m, false
	}
	m.Name = p.name()
	switch m.Kind {
	case "index", "trigger":
		for !p.end() && !p.accept("ON") {
			p.at++
		}
		m.Only = p.accept("ONLY")
		m.On = p.name()
		look = look && m.On != ""
		if m.Kind == "index" && passes {
			m.Unique, m.Columns = has("UNIQUE"), d.keys(p)
		}
	case "table":
		if passes && p.accept("(") {
			at := p.at
			m.Columns = d.columns(p)
			p.at = at - 1
		}
		if d.Keys {
			m.Foreign = (&phrase{words: p.words, at: p.at}).foreign(true)
		}
		m.Engine = p.engine()
	}
	return m, m.Name != "" && (look || m.Engine != "" || len(m.Foreign) > 0)
}

// columns reads the columns of a new table, after the opening parenthesis.
func (d Reader) columns(p *phrase) (names []string) {
	for more := true; more; more = p.skipItem() {
		switch p.peek().key {
		case "SELECT", "WITH", "VALUES", "TABLE": // a query in parentheses
			return nil
		case "UNIQUE", "INDEX", "KEY", "FULLTEXT", "SPATIAL", "VECTOR":
			if d.Keys {
				continue
			}
		}
		if name := d.addedName(p); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// keys reads the keys of a new index, after its table.
func (d Reader) keys(p *phrase) (names []string) {
	if p.accept("USING") {
		p.next()
	}
	if !p.accept("(") {
		return nil
	}
	for more := true; more; more = p.skipItem() {
		name := p.next().name
		next := p.peek()
		if next.name == "" && next.key != "," && next.key != ")" && (next.key != "(" || !d.Keys) {
			name = "" // the name of a function, or inside an expression
		}
		p.at-- // a parenthesis that begins an expression is part of it
		names = append(names, name)
	}
	return names
}

// skipItem skips the rest of one item in a parenthesized list, and the comma after it; false after
// the last.
func (p *phrase) skipItem() bool {
	for depth := 0; !p.end(); {
		switch w := p.next(); {
		case w.key == "(":
			depth++
		case w.key == ")" && depth == 0:
			return false
		case w.key == ")":
			depth--
		case w.key == "," && depth == 0:
			return true
		}
	}
	return false
}

// rebuilt reads a REINDEX.
func (p *phrase) rebuilt() (m schema.Made, ok bool) {
	for p.peek().key == "(" {
		p.skipTo(")")
	}
	m.Kind, m.Rebuilt = "index", strings.ToLower(p.next().key)
	p.accept("CONCURRENTLY")
	m.Name = p.name()
	return m, m.Name != "" && slices.Contains([]string{"index", "table", "schema"}, m.Rebuilt)
}

// altered reads ALTER INDEX … ATTACH PARTITION, and the storage engine and the foreign keys of ALTER
// TABLE. One that renames the table or its columns is left alone.
func (d Reader) altered(p *phrase) (m schema.Made, ok bool) {
	switch p.kind() {
	case "index":
		p.accept("IF", "EXISTS")
		p.name()
		if !p.accept("ATTACH", "PARTITION") {
			return m, false
		}
		m.Kind = "index"
		m.Rebuilt = "index"
		m.Name = p.name()
		return m, m.Name != ""
	case "table":
		if p.accept("IF", "EXISTS") || p.has("RENAME", "CHANGE") {
			return m, false
		}
		p.accept("ONLY")
		m.Kind, m.Name = "table", p.name()
		if d.Keys {
			m.Foreign = (&phrase{words: p.words, at: p.at}).foreign(false)
		}
		m.Engine = p.engine()
		return m, m.Name != "" && (m.Engine != "" || len(m.Foreign) > 0)
	}
	return m, false
}

// foreign reads the columns of each foreign key, behind the name of a table that is made or altered.
func (p *phrase) foreign(made bool) (keys [][]string) {
	list, column := false, ""
	for depth := 0; !p.end(); {
		switch w := p.next(); {
		case w.key == "SELECT":
			return keys
		case w.key == "(":
			if depth++; depth == 1 && made {
				list, made, column = true, false, p.peek().name
			}
		case w.key == ")":
			if depth--; depth == 0 {
				list = false
			}
		case w.key == "," && depth == 1 && list:
			column = p.peek().name
		case w.key == "ADD" && depth == 0:
			p.accept("COLUMN")
			p.accept("IF", "NOT", "EXISTS")
			made, column = p.peek().key == "(", p.peek().name
		case w.key == "FOREIGN" && p.accept("KEY"):
			p.accept("IF", "NOT", "EXISTS")
			p.nameUnlessParenthesis()
			if columns := p.bracketedNames(); p.accept("REFERENCES") {
				keys = append(keys, columns)
			}
		case w.key == "REFERENCES" && column != "":
			keys = append(keys, []string{column})
		}
	}
	return keys
}

// bracketedNames reads names in parentheses.
func (p *phrase) bracketedNames() (names []string) {
	if !p.accept("(") {
		return nil
	}
	for more := true; more; more = p.skipItem() {
		names = append(names, p.peek().name)
	}
	return names
}

// engine reads the storage engine that the options of a table name with a "=", outside of all
// parentheses: without "=" the word may be the name of a column.
func (p *phrase) engine() string {
	for depth := 0; !p.end(); {
		switch w := p.next(); {
		case w.key == "SELECT" || w.key == "PARTITION":
			return ""
		case w.key == "(":
			depth++
		case w.key == ")":
			depth--
		case w.key == "ENGINE" && depth == 0 && p.accept("="):
			return p.next().name
		}
	}
	return ""
}
