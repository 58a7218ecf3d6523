package statement

import (
	"slices"
	"strings"
)

// Effect is the kind of thing that a statement does to a catalogue.
type Effect string

const (
	Opaque Effect = "opaque" // no catalog shows whether it was done
	Repeat Effect = "repeat" // doing it twice is as good as once
	Create Effect = "create" // its object is there afterwards, and was not before
	Drop   Effect = "drop"   // its objects are gone afterwards
	Alter  Effect = "alter"  // its object's definition differs afterwards
	Rename Effect = "rename" // of each pair of objects the first is gone and the second is there
)

// Object is something that a catalogue knows by name.
type Object struct {
	Kind string `json:"kind"`         // as in the statement, lower case: table, index, view, …
	Name string `json:"name"`         // with its schema when the statement says it; quoted only where Parts needs it
	On   string `json:"on,omitempty"` // the table of an index
}

// Change is what a statement does to a catalogue, as far as its text tells.
type Change struct {
	Effect  Effect
	Objects []Object
	Gains   []string // names of columns and keys that the definition has afterwards
	Losses  []string // and of those that it has no more
}

// Dialect is how names are read.
type Dialect struct {
	Lexer Lexer
	Fold  bool // bare names are lower case, and quoted ones as they are; otherwise case does not matter
	Keys  bool // an index is named within its table

	schema string // where new tables land without one; "" is not said
}

// ReadChange reads the change of one statement. What it does not understand is Opaque.
func (d Dialect) ReadChange(s Statement) Change {
	words, ok := d.words(s.Text)
	if !ok || len(words) == 0 {
		return Change{Effect: Opaque}
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
	case "ANALYZE", "ANALYSE", "VACUUM", "OPTIMIZE", "REPAIR", "CHECK", "CHECKSUM", "FLUSH", "GRANT", "REVOKE", "CLUSTER", "SET":
		return Change{Effect: Repeat}
	case "REINDEX":
		return p.reindex()
	}
	return Change{Effect: Opaque}
}

// word is a token: its upper case for a bare word, its name without quotes for a word or a quoted name, and where it stands.
type word struct {
	key, name string
	from, to  int // in the statement's text
}

// words reads the tokens of one statement; ok is false for one with a part that some servers pass over.
func (d Dialect) words(text string) (words []word, ok bool) {
	r := NewReader(strings.NewReader(text))
	r.mark()
	for {
		if err := d.Lexer.Skip(r); err != nil || r.Err() != nil {
			return nil, false
		}
		if r.End() {
			return words, true
		}
		from := r.length()
		kind, err := d.Lexer.Next(r)
		if err != nil || r.Err() != nil {
			return nil, false
		}
		raw := string(r.kept(from, r.length()))
		w := word{from: from, to: r.length()}
		switch {
		case kind == Word && d.Fold:
			w.key, w.name = strings.ToUpper(raw), strings.ToLower(raw)
		case kind == Word:
			w.key, w.name = strings.ToUpper(raw), raw
		case kind == Quoted:
			quote := raw[len(raw)-1:]
			w.name = strings.ReplaceAll(raw[1:len(raw)-1], quote+quote, quote)
		case len(raw) > 1 && kind == Symbol:
			return nil, false
		case kind == Symbol:
			w.key = raw
		default:
			w.key = "'"
		}
		words = append(words, w)
	}
}

// phrase walks over the words of a statement.
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

// accept passes over the key words when all of them come next.
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
	return join(parts)
}

// has reports whether a key word comes anywhere from here on.
func (p *phrase) has(keys ...string) bool {
	return slices.ContainsFunc(p.words[min(p.at, len(p.words)):], func(w word) bool { return slices.Contains(keys, w.key) })
}

// kind passes over modifiers up to the kind of object; "" when it is none that a catalogue shows by name.
func (p *phrase) kind() string {
	for ; !p.end(); p.at++ {
		switch w := p.peek(); w.key {
		case "TABLE", "INDEX", "VIEW", "SEQUENCE", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "DATABASE", "TABLESPACE", "SUBSCRIPTION", "SYSTEM":
			p.at++
			return strings.ToLower(w.key)
		case "USER", "ROLE", "SERVER", "PACKAGE", "TEMPORARY", "TEMP":
			return ""
		}
	}
	return ""
}

func (p *phrase) create() Change {
	replace := p.accept("OR", "REPLACE")
	kind := p.kind()
	if kind == "" || kind == "system" || kind == "table" && replace {
		return Change{Effect: Opaque}
	}
	p.accept("CONCURRENTLY")
	if p.accept("IF", "NOT", "EXISTS") && kind != "index" {
		if kind == "table" && p.has("SELECT") {
			return Change{Effect: Opaque}
		}
		return Change{Effect: Repeat}
	}
	if replace {
		return Change{Effect: Repeat}
	}
	if kind == "index" {
		return p.createIndex()
	}
	name := p.name()
	if name == "" || kind == "table" && p.has("SELECT") {
		return Change{Effect: Opaque}
	}
	return Change{Effect: Create, Objects: []Object{{Kind: kind, Name: name}}}
}

// createIndex reads "name ON table", or "ON table" where the server makes the name.
func (p *phrase) createIndex() Change {
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
		return Change{Effect: Opaque}
	case name == "":
		return Change{Effect: Alter, Objects: []Object{{Kind: "table", Name: table}}}
	}
	return Change{Effect: Create, Objects: []Object{{Kind: "index", Name: name, On: table}}}
}

func (p *phrase) drop() Change {
	kind := p.kind()
	if kind == "" {
		return Change{Effect: Opaque}
	}
	p.accept("CONCURRENTLY")
	conditional := p.accept("IF", "EXISTS")
	var objects []Object
	for {
		o := Object{Kind: kind, Name: p.name()}
		if o.Name == "" {
			return Change{Effect: Opaque}
		}
		if kind == "index" && p.accept("ON") {
			o.On = p.name()
		}
		if objects = append(objects, o); !p.accept(",") {
			break
		}
	}
	if conditional {
		return Change{Effect: Repeat, Objects: objects}
	}
	return Change{Effect: Drop, Objects: objects}
}

// reindex names what it rebuilds: a build that fails leaves something beside it.
func (p *phrase) reindex() Change {
	for p.peek().key == "(" {
		p.skipTo(")")
	}
	kind := strings.ToLower(p.next().key)
	p.accept("CONCURRENTLY")
	if name := p.name(); name != "" && (kind == "index" || kind == "table") {
		return Change{Effect: Repeat, Objects: []Object{{Kind: kind, Name: name}}}
	}
	return Change{Effect: Repeat}
}

// skipTo passes over the words up to and with a key word.
func (p *phrase) skipTo(key string) {
	for !p.end() && p.next().key != key {
	}
}

func (p *phrase) rename() Change {
	if !p.accept("TABLE") && !p.accept("TABLES") {
		return Change{Effect: Opaque}
	}
	var objects []Object
	for {
		from := p.name()
		if from == "" || !p.accept("TO") {
			return Change{Effect: Opaque}
		}
		if objects = append(objects, Object{Kind: "table", Name: from}, Object{Kind: "table", Name: p.name()}); !p.accept(",") {
			break
		}
	}
	if len(objects) > 2 {
		return Change{Effect: Alter, Objects: objects} // names may change places
	}
	return Change{Effect: Rename, Objects: objects}
}

func (p *phrase) alter() Change {
	switch kind := p.kind(); kind {
	case "system":
		return Change{Effect: Repeat}
	case "table":
		return p.alterTable()
	case "view", "sequence", "procedure", "function", "event":
		if name := p.name(); name != "" {
			return Change{Effect: Alter, Objects: []Object{{Kind: kind, Name: name}}}
		}
	}
	return Change{Effect: Opaque}
}

func (p *phrase) alterTable() Change {
	p.accept("IF", "EXISTS")
	p.accept("ONLY")
	c := Change{Effect: Alter, Objects: []Object{{Kind: "table", Name: p.name()}}}
	if c.Objects[0].Name == "" {
		return Change{Effect: Opaque}
	}
	for !p.end() {
		if !p.clause(&c) {
			return Change{Effect: Opaque}
		}
		p.skipClause()
	}
	return c
}

// clause reads the start of one clause of an ALTER TABLE. It is false for one that the definition does not show.
func (p *phrase) clause(c *Change) bool {
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

// added reads the name of a column or a key that is added; "" for one that the definition does not show by name.
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
func (p *phrase) renamed(c *Change) bool {
	if !p.accept("COLUMN") && !p.accept("INDEX") && !p.accept("KEY") {
		if !p.accept("TO") {
			p.accept("AS")
		}
		to := p.name()
		alone := len(c.Gains) == 0 && len(c.Losses) == 0 && p.end()
		c.Effect, c.Objects = Rename, append(c.Objects, Object{Kind: "table", Name: to})
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

// skipClause passes over the rest of a clause and the comma behind it.
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
