package dialect

import (
	"iter"
	"slices"

	"towpath/internal/schema"
	"towpath/internal/statement"
)

// Footprint reads from a file's text what a catalog shows of it: tables (including views), indexes
// and columns. It leaves out temporary tables. A file that cannot be read, or must not run, has none.
func (d Reader) Footprint(script iter.Seq2[statement.Statement, error]) schema.Footprint {
	f := schema.Footprint{Whole: true}
	temporary := map[string]bool{}
	for s, err := range script {
		if err != nil {
			return schema.Footprint{}
		}
		if first, known, sets := d.setsPath(s); sets && !known {
			return schema.Footprint{}
		} else if sets {
			d.schema = first
			continue
		}
		words, ok := d.description(s.Text)
		if !ok {
			f.Whole = false
			continue
		}
		marks, own := d.marksOf(words, true)
		temporary[own] = true
		f.Whole = f.Whole && len(marks) > 0 && d.shown(words, len(marks))
		if createsTable(words) && len(marks) > 0 {
			for _, m := range marks[1:] {
				f.Columns = append(f.Columns, m.Object)
			}
			marks = marks[:1]
		}
		f.Marks = append(f.Marks, marks...)
	}
	f.Marks = slices.DeleteFunc(f.Marks,
		func(m schema.Mark) bool { return m.Object != "" && temporary[m.Object] })
	return f
}

func createsTable(words []word) bool {
	p := &phrase{words: words}
	return p.accept("CREATE") && p.kind() == "table"
}

// shown reports whether a catalog shows by name all that a statement does. Views and code are named
// there too, but their texts are not compared.
func (d Reader) shown(words []word, marks int) bool {
	p := &phrase{words: words}
	switch p.next().key {
	case "DROP", "RENAME":
		return true
	case "ALTER":
		if p.kind() != "table" {
			return false
		}
		_, all := d.markAlter(p)
		return all
	case "CREATE":
		kind := p.kind()
		return kind == "index" || (kind == "table" && marks > 1 && p.endsWithOptions())
	}
	return false
}

// tableOptions begin what may follow the columns of a table without filling it.
var tableOptions = []string{
	"ENGINE", "DEFAULT", "CHARSET", "CHARACTER", "COLLATE", "COMMENT", "AUTO_INCREMENT", "ROW_FORMAT",
	"STRICT", "WITHOUT", "TABLESPACE",
}

// endsWithOptions reports whether nothing but options follow the columns of a new table. The phrase
// is behind the word TABLE.
func (p *phrase) endsWithOptions() bool {
	p.accept("IF", "NOT", "EXISTS")
	p.name()
	if !p.accept("(") {
		return false
	}
	for depth := 1; depth > 0 && !p.end(); {
		switch p.next().key {
		case "(":
			depth++
		case ")":
			depth--
		}
	}
	return p.end() || (slices.Contains(tableOptions, p.peek().key) &&
		!p.has("AS", "SELECT", "TABLE", "VALUES"))
}
