package dialect

import (
	"slices"
	"strings"

	"towpath/internal/schema"
	"towpath/internal/statement"
)

// Repair writes the statements that bring the schema of one dump back to that of an earlier dump. It
// writes what is sure to have that effect: tables, columns, indexes, constraints, views routines, and
// comments on tables, views and columns. It names the rest.
func (d Reader) Repair(before, after []statement.Statement) schema.Repair {
	r := repair{d: d, before: d.parts(before), after: d.parts(after)}
	for _, p := range slices.Backward(r.after) {
		if !contains(r.before, p) {
			r.remove(p)
		}
	}
	for _, p := range r.before {
		if !contains(r.after, p) || (p.kind == "comment" && slices.Contains(r.remade, p.on)) {
			r.restore(p)
		}
	}
	var tableDrops, tables []string
	for _, p := range slices.Backward(inOrder(r.gone)) {
		tableDrops = append(tableDrops, "DROP TABLE "+p.name)
	}
	for _, p := range inOrder(r.missing) {
		tables = append(tables, p.text)
	}
	r.made.Statements = slices.Concat(r.drops, r.losses, tableDrops, tables, r.gains, r.creates)
	return r.made
}

// repair collects statements in the order in which they can run.
type repair struct {
	d             Reader
	before, after []part
	made          schema.Repair

	drops   []string // of views, routines, indexes, constraints and comments
	losses  []string // of columns and keys of tables that stay
	gone    []part   // tables to remove
	missing []part   // tables to make again
	gains   []string // of columns and keys of tables that stay
	creates []string // views, routines, indexes, constraints and comments

	whole  []string // tables that differ and are left as they are
	remade []string // views that are dropped and made again, without their comments
}

// part is a statement of a dump, by what it makes. Names are as in the dump, with their quotes.
type part struct {
	text string
	kind string // table, index, view, materialized view, function, procedure, constraint, comment; "" for others
	name string // of a routine with its arguments, where they tell it from others
	on   string // the table of an index, a constraint or a comment

	sequence string // that is made, or that is given to a column
}

func (p part) same(q part) bool {
	return p.kind != "" && p.kind == q.kind && p.name == q.name && p.on == q.on
}

func contains(list []part, p part) bool {
	return slices.ContainsFunc(list, func(q part) bool { return q.text == p.text })
}

func (d Reader) parts(dump []statement.Statement) []part {
	list := make([]part, 0, len(dump))
	for _, s := range dump {
		if s.Verb == "SET" {
			continue
		}
		list = append(list, d.part(s.Text))
	}
	return list
}

// part reads what a statement of a dump makes.
func (d Reader) part(text string) part {
	p := part{text: text}
	words, ok := d.words(text)
	if !ok || len(words) < 4 {
		return p
	}
	switch words[0].key {
	case "ALTER":
		w := phrase{words: words, at: 1}
		if w.accept("SEQUENCE") {
			p.sequence = raw(text, &w)
			return p
		}
		if !w.accept("TABLE") {
			return p
		}
		w.accept("ONLY")
		p.on = raw(text, &w)
		if p.on == "" || !w.accept("ADD", "CONSTRAINT") {
			return p
		}
		if name := raw(text, &w); name != "" {
			p.kind, p.name = "constraint", name
		}
	case "COMMENT":
		d.comment(&p, &phrase{words: words, at: 1})
	case "CREATE":
		if w := (phrase{words: words, at: 1}); w.accept("SEQUENCE") {
			p.sequence = raw(text, &w)
			return p
		}
		d.created(&p, &phrase{words: words, at: 1})
	}
	return p
}

// comment reads what a comment is about, if that is a table, a view or a column.
func (d Reader) comment(p *part, w *phrase) {
	if !w.accept("ON") {
		return
	}
	kind := w.next().key
	name := raw(p.text, w)
	if name == "" || !w.accept("IS") {
		return
	}
	switch kind {
	case "TABLE", "VIEW":
		p.kind, p.name, p.on = "comment", kind+" "+name, name
	case "COLUMN":
		before := w.words[w.at-2] // the column's own name
		table := strings.TrimSuffix(name, "."+p.text[before.from:before.to])
		p.kind, p.name, p.on = "comment", kind+" "+name, table
	}
}

// madeKinds are the words before the name of what a dump creates.
var madeKinds = []string{"TABLE", "INDEX", "VIEW", "FUNCTION", "PROCEDURE"}

// passed are the words that may come before those.
var passed = []string{
	"OR", "REPLACE", "UNIQUE", "UNLOGGED", "MATERIALIZED", "ALGORITHM", "=", "UNDEFINED", "MERGE", "TEMPTABLE",
	"SQL", "SECURITY", "DEFINER", "INVOKER", "FULLTEXT", "SPATIAL",
}

// created reads the kind and the name of what a CREATE makes.
func (d Reader) created(p *part, w *phrase) {
	kind := ""
	for ; !slices.Contains(madeKinds, w.peek().key); w.at++ {
		if !slices.Contains(passed, w.peek().key) {
			return
		}
		if w.peek().key == "MATERIALIZED" {
			kind = "materialized "
		}
	}
	kind += strings.ToLower(w.next().key)
	name := raw(p.text, w)
	switch {
	case name == "":
		return
	case kind == "index":
		if !w.accept("ON") {
			return
		}
		w.accept("ONLY")
		p.on = raw(p.text, w)
	case d.Fold && (kind == "function" || kind == "procedure"):
		arguments, ok := signature(p.text, w)
		if !ok {
			return
		}
		name += arguments
	}
	p.kind, p.name = kind, name
}

// raw reads a name with its qualifiers as the text has it; "" when none comes.
func raw(text string, w *phrase) string {
	first := w.next()
	if first.name == "" {
		return ""
	}
	to := first.to
	for w.accept(".") {
		to = w.next().to
	}
	return text[first.from:to]
}

// signature reads the arguments of a routine. It is not ok when a DROP would not take them.
func signature(text string, w *phrase) (arguments string, ok bool) {
	from, depth := w.peek().from, 0
	for !w.end() {
		switch word := w.next(); word.key {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return text[from:word.to], true
			}
		case "DEFAULT", "=":
			return "", false
		}
	}
	return "", false
}

// remove writes what takes back a statement that only the later dump has.
func (r *repair) remove(p part) {
	earlier := slices.IndexFunc(r.before, p.same)
	switch p.kind {
	case "table":
		if earlier >= 0 {
			r.table(r.before[earlier], p)
			return
		}
		r.gone = append(r.gone, p)
		r.made.Loses = true
	case "index":
		if !r.new(p.on) {
			r.drops = append(r.drops, r.dropIndex(p))
		}
	case "constraint":
		if !r.new(p.on) || strings.Contains(p.text, " FOREIGN KEY ") { // the tables then go in any order
			r.drops = append(r.drops, "ALTER TABLE "+p.on+" DROP CONSTRAINT "+p.name)
		}
	case "comment":
		if earlier < 0 && !r.new(p.on) { // what it is about may go afterwards
			r.drops = append(r.drops, "COMMENT ON "+p.name+" IS NULL")
		}
	case "view", "materialized view":
		if earlier >= 0 {
			r.remade = append(r.remade, p.name)
		}
		r.drops = append(r.drops, "DROP "+strings.ToUpper(p.kind)+" "+p.name)
	case "function", "procedure":
		if earlier < 0 || !replaces(r.before[earlier]) {
			r.drops = append(r.drops, "DROP "+strings.ToUpper(p.kind)+" "+p.name)
		}
	default:
		if !r.owned(p) && (p.on == "" || !r.new(p.on)) {
			r.leave("remains", p.text)
		}
	}
}

// owned reports whether only the later dump has a sequence, and a column owns it, with which it goes.
func (r *repair) owned(p part) bool {
	same := func(q part) bool { return p.sequence != "" && q.sequence == p.sequence }
	owned := slices.ContainsFunc(r.after,
		func(q part) bool { return same(q) && strings.HasPrefix(q.text, "ALTER ") })
	return owned && !slices.ContainsFunc(r.before, same)
}

// inOrder sorts tables so that each comes after those that its keys refer to.
func inOrder(tables []part) (list []part) {
	for left := slices.Clone(tables); len(left) > 0; {
		next := max(slices.IndexFunc(left, func(p part) bool {
			return !slices.ContainsFunc(left, func(q part) bool {
				return q.name != p.name && strings.Contains(p.text, "REFERENCES "+q.name+" ")
			})
		}), 0)
		list = append(list, left[next])
		left = slices.Delete(left, next, next+1)
	}
	return list
}

// replaces reports whether the statement itself replaces what is there.
func replaces(p part) bool { return strings.HasPrefix(p.text, "CREATE OR REPLACE ") }

// new reports whether only the later dump has a table. What belongs to it goes with it.
func (r *repair) new(table string) bool {
	same := part{kind: "table", name: table}
	return !slices.ContainsFunc(r.before, same.same)
}

// dropIndex writes the removal of an index, which is in the schema of its table.
func (r *repair) dropIndex(p part) string {
	name := p.name
	if at := strings.LastIndex(p.on, "."); r.d.Fold && at >= 0 && !strings.Contains(p.on, `"`) {
		name = p.on[:at+1] + name
	}
	return "DROP INDEX " + name
}

// restore writes what brings back a statement that only the earlier dump has.
func (r *repair) restore(p part) {
	switch p.kind {
	case "":
		r.leave("is missing", p.text)
	case "table":
		if !slices.ContainsFunc(r.after, p.same) {
			r.missing = append(r.missing, p)
		}
	default:
		if slices.Contains(r.whole, p.on) { // what it needs may be missing there
			r.leave("is missing", p.text)
			return
		}
		r.creates = append(r.creates, p.text)
	}
}

// maxLeft bounds what is named of a statement, in characters.
const maxLeft = 200

// leave names what is not written.
func (r *repair) leave(how, text string) {
	line, _, _ := strings.Cut(text, "\n")
	if runes := []rune(line); len(runes) > maxLeft {
		line = string(runes[:maxLeft]) + "…"
	}
	r.made.Unwritten = append(r.made.Unwritten, how+": "+line)
}
