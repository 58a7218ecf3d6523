package dialect

import (
	"slices"

	"towpath/internal/schema"
)

// addings reads the clauses ADD … IF NOT EXISTS of ALTER TABLE.
func (d Reader) addings(p *phrase, text string, c *schema.Conditional) {
	for more := true; more; {
		from := p.at
		one, conditional := schema.Adding{}, false
		if p.accept("ADD") {
			one, conditional = d.adding(p)
		}
		at := p.at
		more = p.skipItem()
		end := len(text)
		if more {
			end = p.words[p.at-1].from
		}
		switch {
		case conditional && one.Kind == "column":
			d.addedColumns(&phrase{words: p.words, at: at}, text, end, c)
		case conditional:
			one.Text = text[p.words[from].from:end]
			c.Kind, c.Adds = "part", append(c.Adds, one)
		}
	}
}

// adding reads what a clause adds, and whether unless it is there.
func (d Reader) adding(p *phrase) (one schema.Adding, conditional bool) {
	passes := func() { conditional = p.accept("IF", "NOT", "EXISTS") || conditional }
	if p.accept("CONSTRAINT") {
		passes()
		if !slices.Contains([]string{"UNIQUE", "FOREIGN", "PRIMARY", "CHECK"}, p.peek().key) {
			one.Name = p.name()
		}
	}
	switch key := p.peek().key; {
	case p.accept("PARTITION"), p.accept("FOREIGN", "KEY"):
		passes()
	case p.accept("CHECK"):
		one.Kind = "constraint"
	case p.accept("PRIMARY", "KEY"):
		one.Kind = "primary key"
		passes()
	case d.Keys && slices.Contains(keyWords, key), key == "UNIQUE":
		one.Kind = "key"
		for slices.Contains(keyWords, p.peek().key) {
			p.at++
		}
		passes()
		if name := p.nameUnlessParenthesis(); name != "" {
			one.Name = name
		}
	default:
		one.Kind = "column"
		p.accept("COLUMN")
		passes()
	}
	return one, conditional
}

// keyWords are in front of the name of a key.
var keyWords = []string{"UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR", "INDEX", "KEY"}

// addedColumns reads the columns of one clause, which may have several in parentheses.
func (d Reader) addedColumns(p *phrase, text string, end int, c *schema.Conditional) {
	from := p.at
	var columns []schema.Column
	if p.accept("(") {
		columns = d.columnTexts(p, text)
	} else {
		of := schema.Column{Name: p.name(), Type: p.typeText(text), Text: text[p.words[from].from:end]}
		d.says(&of)
		columns = []schema.Column{of}
	}
	for _, of := range columns {
		c.Adds = append(c.Adds, schema.Adding{Kind: "column", Name: of.Name, Text: "ADD COLUMN " + of.Text})
	}
	c.Columns = append(c.Columns, columns...)
}

// Columns reads those of a CREATE TABLE, and the checks beside them.
func (d Reader) Columns(text string) (columns []schema.Column, checks []string) {
	words, ok := d.words(text)
	if !ok {
		return nil, nil
	}
	p := &phrase{words: words}
	p.skipTo("(")
	first := p.at
	columns = d.columnTexts(p, text)
	p.at = first
	for more := !p.end(); more; more = p.skipItem() {
		if p.accept("CONSTRAINT") {
			p.name()
		}
		if p.accept("CHECK") {
			checks = append(checks, p.bracketed(text))
		}
	}
	return columns, checks
}

// Names reports whether one of the key words is among the words of a text.
func (d Reader) Names(text string, keys ...string) bool {
	words, _ := d.words(text)
	return (&phrase{words: words}).has(keys...)
}

// says reads what stands behind the type of a column.
func (d Reader) says(of *schema.Column) {
	words, _ := d.words(of.Text)
	p := &phrase{words: words, at: 1}
	for !p.end() {
		switch w := p.next(); w.key {
		case "(":
			p.at--
			p.bracketed(of.Text)
		case "COLLATE":
			of.Collation = p.next().name
		case "AS":
			of.Source = p.bracketed(of.Text)
		case "CHECK":
			of.Checks = append(of.Checks, p.bracketed(of.Text))
		case "AUTOINCREMENT":
			of.Counts = true
		case "COMMENT":
			from := p.at
			p.next()
			of.Comment = p.span(of.Text, from)
		}
	}
}

// bracketed reads what is in the parentheses that begin here, and passes over them; "" for none.
func (p *phrase) bracketed(text string) string {
	if !p.accept("(") {
		return ""
	}
	from := p.at
	for depth := 1; !p.end(); {
		switch p.next().key {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return text[p.words[from].from:p.words[p.at-1].from]
			}
		}
	}
	return ""
}
