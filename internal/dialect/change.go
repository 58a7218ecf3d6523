package dialect

import (
	"slices"
	"strings"

	"towpath/internal/schema"
	"towpath/internal/statement"
)

// Reader reads from a statement's text what it does to a catalog.
type Reader struct {
	Lexer func() statement.Lexer // returns a new one for each text
	// bare names are folded to lower case, and quoted ones stay as they are; otherwise case does
	// not matter
	Fold bool
	Keys bool // an index is named within its table

	schema string // for new tables without a schema; "" is unknown
}

// ReadChange reads the change of one statement. A statement that it does not understand is Opaque.
func (d Reader) ReadChange(s statement.Statement) schema.Change {
	words, ok := d.description(s.Text)
	if !ok || len(words) == 0 {
		return schema.Change{Effect: schema.Opaque}
	}
	p := &phrase{words: words}
	switch first := p.next().key; first {
	case "CREATE":
		return p.create()
	case "DROP":
		return p.drop()
	case "ALTER":
		return p.alter()
	case "RENAME":
		return p.rename()
	case "ANALYZE", "ANALYSE", "VACUUM", "OPTIMIZE", "REPAIR", "CHECK", "CHECKSUM", "FLUSH", "GRANT",
		"REVOKE", "CLUSTER", "SET":
		return schema.Change{Effect: schema.Repeat}
	case "REINDEX":
		return p.reindex()
	}
	return schema.Change{Effect: schema.Opaque}
}

// word is a token: a bare word in upper case, the name without quotes of a word or a quoted name,
// and its place.
type word struct {
	key, name string
	from, to  int // in the statement's text
}

// describing are the first words of statements that describe an object.
var describing = []string{"CREATE", "ALTER", "DROP", "RENAME", "REINDEX"}

// description reads the words of a statement that describes an object, and only the first word of
// any other, which may be megabytes of data.
func (d Reader) description(text string) (words []word, ok bool) {
	return d.read(text, func(first word) bool { return slices.Contains(describing, first.key) })
}

// words reads the tokens of one statement; ok is false if it has a part that some servers skip.
func (d Reader) words(text string) (words []word, ok bool) {
	return d.read(text, func(word) bool { return true })
}

// read reads the words of a statement, and only the first unless on says that more are needed.
func (d Reader) read(text string, on func(first word) bool) (words []word, ok bool) {
	for t, err := range statement.Tokens(text, d.Lexer()) {
		if err != nil {
			return nil, false
		}
		raw := string(t.Raw)
		w := word{from: int(t.Pos.Offset), to: int(t.Pos.Offset) + len(raw)}
		switch {
		case t.Kind == statement.Word && d.Fold:
			w.key, w.name = strings.ToUpper(raw), strings.ToLower(raw)
		case t.Kind == statement.Word:
			w.key, w.name = strings.ToUpper(raw), raw
		case t.Kind == statement.Quoted:
			quote := raw[len(raw)-1:]
			w.name = strings.ReplaceAll(raw[1:len(raw)-1], quote+quote, quote)
		case len(raw) > 1 && t.Kind == statement.Symbol:
			return nil, false
		case t.Kind == statement.Symbol:
			w.key = raw
		default:
			w.key = "'"
		}
		if words = append(words, w); !on(words[0]) {
			break
		}
	}
	return words, true
}

// phrase iterates over the words of a statement.
type phrase struct {
	words []word
	at    int
}

func (p *phrase) peek() word {
	if p.at >= len(p.words) {
		return word{}
	}
	return p.words[p.at]
}

func (p *phrase) next() word {
	w := p.peek()
	p.at++
	return w
}

// accept skips the key words if all of them come next.
func (p *phrase) accept(keys ...string) bool {
	for i, key := range keys {
		if p.at+i >= len(p.words) || p.words[p.at+i].key != key {
			return false
		}
	}
	p.at += len(keys)
	return true
}

func (p *phrase) end() bool { return p.at >= len(p.words) }

// name reads a name with its qualifiers; "" when none comes.
func (p *phrase) name() string {
	w := p.next()
	if w.name == "" {
		return ""
	}
	parts := []string{w.name}
	for p.accept(".") {
		parts = append(parts, p.next().name)
	}
	return schema.Join(parts)
}

// has reports whether a key word occurs in the remaining words.
func (p *phrase) has(keys ...string) bool {
	return slices.ContainsFunc(p.words[min(p.at, len(p.words)):],
		func(w word) bool { return slices.Contains(keys, w.key) })
}

// kind skips modifiers up to the kind of object; "" when a catalog does not show that kind by name.
func (p *phrase) kind() string {
	for ; !p.end(); p.at++ {
		switch w := p.peek(); w.key {
		case "TABLE", "INDEX", "VIEW", "SEQUENCE", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "DATABASE",
			"TABLESPACE", "SUBSCRIPTION", "SYSTEM":
			p.at++
			return strings.ToLower(w.key)
		case "USER", "ROLE", "SERVER", "PACKAGE", "TEMPORARY", "TEMP":
			return ""
		}
	}
	return ""
}

func (p *phrase) create() schema.Change {
	replace := p.accept("OR", "REPLACE")
	kind := p.kind()
	if kind == "" || kind == "system" || (kind == "table" && replace) {
		return schema.Change{Effect: schema.Opaque}
	}
	p.accept("CONCURRENTLY")
	if p.accept("IF", "NOT", "EXISTS") && kind != "index" {
		if kind == "table" && p.has("SELECT") {
			return schema.Change{Effect: schema.Opaque}
		}
		return schema.Change{Effect: schema.Repeat}
	}
	if replace {
		return schema.Change{Effect: schema.Repeat}
	}
	if kind == "index" {
		return p.createIndex()
	}
	name := p.name()
	if name == "" || (kind == "table" && p.has("SELECT")) {
		return schema.Change{Effect: schema.Opaque}
	}
	return schema.Change{Effect: schema.Create, Objects: []schema.Object{{Kind: kind, Name: name}}}
}

// createIndex reads "name ON table", or "ON table" where the server chooses the name.
func (p *phrase) createIndex() schema.Change {
	name := ""
	if p.peek().key != "ON" {
		name = p.name()
	}
	for !p.end() && !p.accept("ON") { // USING BTREE
		p.at++
	}
	p.accept("ONLY")
	table := p.name()
	switch {
	case table == "":
		return schema.Change{Effect: schema.Opaque}
	case name == "":
		return schema.Change{Effect: schema.Alter, Objects: []schema.Object{{Kind: "table", Name: table}}}
	}
	return schema.Change{
		Effect:  schema.Create,
		Objects: []schema.Object{{Kind: "index", Name: name, On: table}},
	}
}

func (p *phrase) drop() schema.Change {
	kind := p.kind()
	if kind == "" {
		return schema.Change{Effect: schema.Opaque}
	}
	p.accept("CONCURRENTLY")
	conditional := p.accept("IF", "EXISTS")
	var objects []schema.Object
	for {
		o := schema.Object{Kind: kind, Name: p.name()}
		if o.Name == "" {
			return schema.Change{Effect: schema.Opaque}
		}
		if kind == "index" && p.accept("ON") {
			o.On = p.name()
		}
		if objects = append(objects, o); !p.accept(",") {
			break
		}
	}
	if conditional {
		return schema.Change{Effect: schema.Repeat, Objects: objects}
	}
	return schema.Change{Effect: schema.Drop, Objects: objects}
}

// reindex returns the objects that it rebuilds: a build that fails leaves another index next to
// them.
func (p *phrase) reindex() schema.Change {
	for p.peek().key == "(" {
		p.skipTo(")")
	}
	kind := strings.ToLower(p.next().key)
	p.accept("CONCURRENTLY")
	if name := p.name(); name != "" && (kind == "index" || kind == "table") {
		return schema.Change{Effect: schema.Repeat, Objects: []schema.Object{{Kind: kind, Name: name}}}
	}
	return schema.Change{Effect: schema.Repeat}
}

// skipTo skips the words up to and including a key word.
func (p *phrase) skipTo(key string) {
	for !p.end() && p.next().key != key {
	}
}

func (p *phrase) rename() schema.Change {
	if !p.accept("TABLE") && !p.accept("TABLES") {
		return schema.Change{Effect: schema.Opaque}
	}
	var objects []schema.Object
	for {
		from := p.name()
		if from == "" || !p.accept("TO") {
			return schema.Change{Effect: schema.Opaque}
		}
		if objects = append(objects, schema.Object{Kind: "table", Name: from},
			schema.Object{Kind: "table", Name: p.name()}); !p.accept(",") {
			break
		}
	}
	if len(objects) > 2 {
		return schema.Change{Effect: schema.Alter, Objects: objects} // names may be swapped
	}
	return schema.Change{Effect: schema.Rename, Objects: objects}
}

func (p *phrase) alter() schema.Change {
	switch kind := p.kind(); kind {
	case "system":
		return schema.Change{Effect: schema.Repeat}
	case "table":
		return p.alterTable()
	case "view", "sequence", "procedure", "function", "event":
		if name := p.name(); name != "" {
			return schema.Change{Effect: schema.Alter, Objects: []schema.Object{{Kind: kind, Name: name}}}
		}
	}
	return schema.Change{Effect: schema.Opaque}
}

func (p *phrase) alterTable() schema.Change {
	p.accept("IF", "EXISTS")
	p.accept("ONLY")
	c := schema.Change{Effect: schema.Alter, Objects: []schema.Object{{Kind: "table", Name: p.name()}}}
	if c.Objects[0].Name == "" {
		return schema.Change{Effect: schema.Opaque}
	}
	for !p.end() {
		if !p.clause(&c) {
			return schema.Change{Effect: schema.Opaque}
		}
		p.skipClause()
	}
	return c
}

// clause reads the start of one clause of an ALTER TABLE. It returns false for a clause that the
// definition does not show.
func (p *phrase) clause(c *schema.Change) bool {
	switch w := p.next(); w.key {
	case "ADD":
		if name := p.added(); name != "" {
			c.Gains = append(c.Gains, name)
		}
	case "DROP":
		if name := p.dropped(); name != "" {
			c.Losses = append(c.Losses, name)
		}
	case "CHANGE":
		p.accept("COLUMN")
		p.accept("IF", "EXISTS")
		from, to := p.name(), p.name()
		if !strings.EqualFold(from, to) {
			c.Losses, c.Gains = append(c.Losses, from), append(c.Gains, to)
		}
	case "RENAME":
		return p.renamed(c)
	case "TRUNCATE", "EXCHANGE", "DISCARD", "IMPORT", "DETACH", "REORGANIZE", "COALESCE":
		return false
	}
	return true
}

// added reads the name of a new column or key; "" for one that the definition does not show by
// name.
func (p *phrase) added() string {
	switch w := p.peek(); w.key {
	case "COLUMN":
		p.at++
	case "UNIQUE", "FULLTEXT", "SPATIAL":
		p.at++
		if !p.accept("INDEX") && !p.accept("KEY") {
			return p.nameUnlessParenthesis()
		}
		p.accept("IF", "NOT", "EXISTS")
		return p.nameUnlessParenthesis()
	case "INDEX", "KEY", "CONSTRAINT":
		p.at++
		p.accept("IF", "NOT", "EXISTS")
		return p.nameUnlessParenthesis()
	case "PRIMARY", "FOREIGN", "CHECK", "PARTITION", "PERIOD", "SYSTEM", "(":
		return ""
	}
	p.accept("IF", "NOT", "EXISTS")
	return p.nameUnlessParenthesis()
}

func (p *phrase) nameUnlessParenthesis() string {
	switch p.peek().key {
	case "(", "USING", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK":
		return ""
	}
	return p.name()
}

func (p *phrase) dropped() string {
	switch p.peek().key {
	case "COLUMN", "INDEX", "KEY", "CONSTRAINT", "CHECK":
		p.at++
	case "FOREIGN":
		p.at += 2
	case "PRIMARY", "PARTITION", "SYSTEM", "PERIOD":
		return ""
	}
	p.accept("IF", "EXISTS")
	return p.name()
}

// renamed reads RENAME COLUMN, INDEX or KEY a TO b, and RENAME [TO] table.
func (p *phrase) renamed(c *schema.Change) bool {
	if !p.accept("COLUMN") && !p.accept("INDEX") && !p.accept("KEY") {
		if !p.accept("TO") {
			p.accept("AS")
		}
		to := p.name()
		alone := len(c.Gains) == 0 && len(c.Losses) == 0 && p.end()
		c.Effect, c.Objects = schema.Rename, append(c.Objects, schema.Object{Kind: "table", Name: to})
		return alone && to != ""
	}
	p.accept("IF", "EXISTS")
	from := p.name()
	if !p.accept("TO") {
		return false
	}
	c.Losses, c.Gains = append(c.Losses, from), append(c.Gains, p.name())
	return true
}

// skipClause skips the rest of a clause and the comma after it.
func (p *phrase) skipClause() {
	for depth := 0; !p.end(); {
		switch w := p.next(); {
		case w.key == "(":
			depth++
		case w.key == ")":
			depth--
		case w.key == "," && depth == 0:
			return
		}
	}
}
