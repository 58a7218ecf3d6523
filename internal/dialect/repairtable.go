package dialect

import (
	"slices"
	"strings"
)

// shape is a CREATE TABLE of a dump, which has a column or a key a line.
type shape struct {
	head, tail string
	items      []item
}

// item is a column or a key of a table.
type item struct {
	text   string // the definition
	name   string // with its quotes; of a key "" when it has none
	column bool
}

// shape reads a CREATE TABLE that is laid out; ok is false when it has anything but columns and keys, each
// on a line of its own.
func (d Reader) shape(text string) (s shape, ok bool) {
	lines := strings.Split(text, "\n")
	last := len(lines) - 1
	if last < 2 || !strings.HasSuffix(lines[0], " (") || !strings.HasPrefix(lines[last], ")") {
		return s, false
	}
	s.head, s.tail = lines[0], lines[last]
	for i, line := range lines[1:last] {
		lead := "  , "
		if i == 0 {
			lead = "    "
		}
		definition, found := strings.CutPrefix(line, lead)
		words, readable := d.words(definition)
		if !found || !readable || len(words) < 2 || strings.Contains(definition, "--") {
			return s, false
		}
		s.items = append(s.items, d.item(definition, words))
	}
	return s, true
}

// keyLines begin a line of a table that is no column. They are reserved words, so a column of such a name
// is quoted.
var keyLines = []string{"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE", "LIKE"}

func (d Reader) item(text string, words []word) item {
	first := words[0]
	// MySQL quotes each column. Elsewhere a word such as KEY can be the name of a column.
	if first.key == "" || (!d.Keys && !slices.Contains(keyLines, first.key)) {
		return item{text: text, name: text[first.from:first.to], column: true}
	}
	for _, w := range words {
		if w.key == "(" {
			break
		}
		if w.key == "" {
			return item{text: text, name: text[w.from:w.to]}
		}
	}
	return item{text: text}
}

// table writes what brings the columns and keys of a table back.
func (r *repair) table(before, after part) {
	was, ok1 := r.d.shape(before.text)
	is, ok2 := r.d.shape(after.text)
	if !ok1 || !ok2 || was.head != is.head || was.tail != is.tail {
		r.leave("differs", after.text)
		r.whole = append(r.whole, before.name)
		return
	}
	t := tableRepair{repair: r, name: before.name, was: was.items, is: is.items}
	if !t.write() {
		r.leave("differs", is.head+strings.Join(slices.Concat(
			only("lacks", was.items, is.items), only("has", is.items, was.items)), ", ")+")")
		r.whole = append(r.whole, before.name)
	}
}

// only names the items that the other list does not have as they are.
func only(how string, items, others []item) (named []string) {
	for _, i := range items {
		if other, found := find(others, i); !found || other.text != i.text {
			named = append(named, how+" "+i.text)
		}
	}
	return named
}

// tableRepair compares two definitions of a table.
type tableRepair struct {
	*repair
	name    string
	was, is []item

	lost, gained []string // clauses
}

// write adds the statements; false when a difference cannot be written, then it adds none.
func (t *tableRepair) write() bool {
	lossy := false
	for _, i := range t.is {
		if _, stays := find(t.was, i); stays {
			continue
		}
		clause, ok := t.drop(i)
		if !ok {
			return false
		}
		t.lost, lossy = append(t.lost, clause), lossy || i.column
	}
	for at, i := range t.was {
		now, stays := find(t.is, i)
		if stays && now.text == i.text {
			continue
		}
		clauses, ok := t.add(at, i)
		if stays {
			clauses, ok = t.change(i, now)
		}
		if !ok {
			return false
		}
		t.gained = append(t.gained, clauses...)
	}
	if !t.ordered() {
		return false
	}
	t.losses = append(t.losses, t.alter(t.lost)...)
	t.gains = append(t.gains, t.alter(t.gained)...)
	t.made.Loses = t.made.Loses || lossy
	return true
}

func find(list []item, i item) (found item, ok bool) {
	at := slices.IndexFunc(list, func(j item) bool {
		return j.column == i.column && j.name == i.name && (i.column || j.text == i.text)
	})
	if at < 0 {
		return found, false
	}
	return list[at], true
}

// alter writes the statements of some clauses: one, where a server takes several.
func (t *tableRepair) alter(clauses []string) (list []string) {
	if len(clauses) > 0 && t.d.Keys {
		return []string{"ALTER TABLE " + t.name + " " + strings.Join(clauses, ", ")}
	}
	for _, clause := range clauses {
		list = append(list, "ALTER TABLE "+t.name+" "+clause)
	}
	return list
}

// drop writes the clause that removes an item.
func (t *tableRepair) drop(i item) (clause string, ok bool) {
	switch {
	case i.column:
		return "DROP COLUMN " + i.name, t.d.plain(i)
	case !t.d.Keys:
		return "", false
	case strings.HasPrefix(i.text, "PRIMARY KEY"):
		return "DROP PRIMARY KEY", true
	case i.name == "":
		return "", false
	case strings.HasPrefix(i.text, "CONSTRAINT "):
		return "DROP CONSTRAINT " + i.name, true
	default:
		return "DROP KEY " + i.name, true
	}
}

// add writes the clause that brings an item back.
func (t *tableRepair) add(at int, i item) (clauses []string, ok bool) {
	switch {
	case !i.column:
		return []string{"ADD " + i.text}, t.d.Keys
	case !t.d.Keys:
		return []string{"ADD COLUMN " + i.text}, t.d.plain(i)
	default:
		return []string{"ADD COLUMN " + i.text + t.place(at)}, true
	}
}

// place says where a column belongs, for MySQL.
func (t *tableRepair) place(at int) string {
	if at == 0 {
		return " FIRST"
	}
	return " AFTER " + t.was[at-1].name
}

// change writes the clauses that give a column its earlier definition.
func (t *tableRepair) change(was, is item) (clauses []string, ok bool) {
	switch {
	case t.d.Keys:
		return []string{"MODIFY COLUMN " + was.text}, true
	case t.d.Fold:
		return changeColumn(was, is)
	default:
		return nil, false
	}
}

// ordered reports whether the columns have their earlier order after the clauses. Where a new column can
// only be the last one, those that come back must be the last ones.
func (t *tableRepair) ordered() bool {
	var order, want []string
	for _, i := range t.is {
		if _, stays := find(t.was, i); stays && i.column {
			order = append(order, i.name)
		}
	}
	stayed := len(order)
	for _, i := range t.was {
		if i.column {
			want = append(want, i.name)
			if !slices.Contains(order, i.name) && !t.d.Keys {
				order = append(order, i.name)
			}
		}
	}
	if t.d.Keys {
		want = slices.DeleteFunc(want, func(name string) bool { return !slices.Contains(order[:stayed], name) })
	}
	return slices.Equal(order, want)
}

// plain reports whether a column can come and go by itself. SQLite neither adds nor drops one with keys.
func (d Reader) plain(i item) bool {
	if d.Fold || d.Keys {
		return true
	}
	tied := []string{"REFERENCES", "UNIQUE", "PRIMARY", "CHECK", "GENERATED", "AS", "NOT"}
	words, ok := d.words(i.text)
	return ok && !slices.ContainsFunc(words, func(w word) bool { return slices.Contains(tied, w.key) })
}
