package dialect

import (
	"slices"
	"strings"

	"towpath/internal/schema"
	"towpath/internal/statement"
)

// conditionalKinds are the kinds of objects that IF NOT EXISTS may follow.
var conditionalKinds = []string{
	"TABLE", "INDEX", "VIEW", "SEQUENCE", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "SCHEMA", "DATABASE",
	"EXTENSION", "STATISTICS", "COLLATION", "SERVER", "MAPPING", "USER", "ROLE", "PACKAGE", "BODY",
}

// ReadConditional reads a statement with IF NOT EXISTS; ok is false for any other.
func (d Reader) ReadConditional(s statement.Statement) (c schema.Conditional, ok bool) {
	words, readable := d.description(s.Text)
	if !readable || len(words) == 0 {
		return c, false
	}
	p := &phrase{words: words}
	switch p.next().key {
	case "CREATE":
		return d.conditional(p, s.Text)
	case "ALTER":
		if !p.accept("TABLE") {
			return c, false
		}
		p.accept("IF", "EXISTS")
		p.accept("ONLY")
		c.Kind, c.Name = "column", p.name()
		d.addings(p, s.Text, &c)
		return c, c.Name != "" && len(c.Adds) > 0
	}
	return c, false
}

// conditional reads a CREATE.
func (d Reader) conditional(p *phrase, text string) (c schema.Conditional, ok bool) {
	from := p.at
	for !p.end() && !slices.Contains(conditionalKinds, p.peek().key) {
		p.at++
	}
	for slices.Contains(conditionalKinds, p.peek().key) { // USER MAPPING, PACKAGE BODY
		p.at++
	}
	kind := p.at - 1
	p.accept("CONCURRENTLY")
	if !p.accept("IF", "NOT", "EXISTS") {
		return c, false
	}
	c.Kind = strings.ToLower(p.words[kind].key)
	if key := p.words[kind-1].key; key == "MATERIALIZED" || key == "FOREIGN" {
		kind--
		c.Kind = strings.ToLower(key) + " " + c.Kind
	}
	if from < kind {
		c.Head = text[p.words[from].from:p.words[kind-1].to]
	}
	c.Name = p.name()
	switch c.Kind {
	case "index":
		c.On = p.onTable()
	case "trigger":
		at := p.at
		c.On = p.onTable()
		p.at = at
	}
	if !p.end() {
		c.Rest = text[p.peek().from:]
	}
	if c.Kind == "table" || strings.HasSuffix(c.Kind, "view") {
		d.filled(p, text, &c)
	}
	return c, c.Name != ""
}

// onTable reads the table after ON.
func (p *phrase) onTable() string {
	for !p.end() && !p.accept("ON") {
		p.at++
	}
	p.accept("ONLY")
	return p.name()
}

// filled reads the columns of a new table, or the query that fills a table or a view.
func (d Reader) filled(p *phrase, text string, c *schema.Conditional) {
	first, depth := p.at, 0
	for at := first; at < len(p.words); at++ {
		switch key := p.words[at].key; {
		case key == "(":
			depth++
		case key == ")":
			if depth--; depth == 0 && p.words[first].key == "(" && c.Names == "" {
				c.Names = text[p.words[first].from:p.words[at].to]
			}
		case depth == 0 && key == "AS" && at+1 < len(p.words):
			c.Query = text[p.words[at+1].from:p.endOfQuery(text)]
			return
		case depth == 0 && key == "SELECT":
			c.Query = text[p.words[at].from:]
			return
		}
	}
	if c.Kind == "table" && p.accept("(") {
		c.Columns = d.columnTexts(p, text)
	}
}

// endOfQuery returns the index where the query that ends a statement stops: before WITH DATA or
// WITH NO DATA.
func (p *phrase) endOfQuery(text string) int {
	n := len(p.words)
	for _, ending := range [][]string{{"WITH", "NO", "DATA"}, {"WITH", "DATA"}} {
		if behind := (&phrase{words: p.words, at: max(n-len(ending), 0)}); behind.accept(ending...) {
			return p.words[n-len(ending)].from
		}
	}
	return len(text)
}

// columnTexts reads the columns of a new table, after the opening parenthesis.
func (d Reader) columnTexts(p *phrase, text string) (columns []schema.Column) {
	for more := true; more; {
		from, key := p.at, false
		switch p.peek().key {
		case "SELECT", "WITH", "VALUES", "TABLE": // a query in parentheses
			return nil
		case "UNIQUE", "INDEX", "KEY", "FULLTEXT", "SPATIAL", "VECTOR":
			key = d.Keys
		}
		name := d.addedName(p)
		of := schema.Column{Name: name, Type: p.typeText(text)}
		more = p.skipItem()
		if of.Text = text[p.words[from].from:p.words[p.at-1].from]; name != "" && !key {
			d.says(&of)
			columns = append(columns, of)
		}
	}
	return columns
}

// behindType are the words that end the type of a column.
var behindType = []string{
	"", ",", "NOT", "NULL", "DEFAULT", "CHECK", "PRIMARY", "UNIQUE", "REFERENCES", "COLLATE", "GENERATED",
	"CONSTRAINT", "STORAGE", "COMPRESSION", "DEFERRABLE", "INITIALLY", "AS", "ON", "KEY", "AUTO_INCREMENT",
	"AUTOINCREMENT", "COMMENT", "FIRST", "AFTER", "INVISIBLE", "VISIBLE", "OPTIONS",
}

// typeText reads the type of a column, and stops before the next word.
func (p *phrase) typeText(text string) string {
	from := p.at
	for depth := 0; !p.end(); p.at++ {
		w := p.peek()
		quoted := w.key == "" && w.name != ""
		switch {
		case depth == 0 && !quoted && (w.key == ")" || slices.Contains(behindType, w.key)):
			return p.span(text, from)
		case w.key == "(":
			depth++
		case w.key == ")":
			depth--
		}
	}
	return p.span(text, from)
}

// span returns the text from a word up to the current one; "" for nothing.
func (p *phrase) span(text string, from int) string {
	if p.at <= from {
		return ""
	}
	return text[p.words[from].from:p.words[p.at-1].to]
}
