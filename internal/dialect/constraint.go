package dialect

import (
	"strings"

	"towpath/internal/schema"
)

// Constraints reads those of a CREATE TABLE, at its columns and behind them.
func (d Reader) Constraints(text string) (all []schema.Constraint) {
	words, ok := d.words(text)
	if !ok {
		return nil
	}
	p := &phrase{words: words}
	for p.skipTo("("); !p.end(); p.at++ { // past the comma or the parenthesis
		column, last := "", len(all)
		switch p.peek().key {
		case "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN":
		default:
			column = p.next().spelled(text)
		}
		for name := ""; !p.end() && p.peek().key != "," && p.peek().key != ")"; {
			if p.accept("CONSTRAINT") {
				name = p.next().name
				continue
			}
			if p.accept("ON", "DELETE", "CASCADE") && last < len(all) {
				all[len(all)-1].Cascades = true
				continue
			}
			if one, ok := p.constraint(text, column); ok {
				one.Name = name
				all = append(all, one)
				name = ""
			}
		}
		if p.peek().key == ")" {
			return all
		}
	}
	return all
}

// constraint reads one, or passes over a word or parentheses that are none. column is the one that
// is being defined, "" behind the columns.
func (p *phrase) constraint(text, column string) (k schema.Constraint, ok bool) {
	keys := func() []string {
		if p.peek().key != "(" {
			return []string{column}
		}
		return p.spelled(text)
	}
	switch {
	case p.accept("PRIMARY", "KEY"):
		return schema.Constraint{Kind: "primary key", Columns: keys()}, true
	case p.accept("UNIQUE"):
		return schema.Constraint{Kind: "unique", Columns: keys()}, true
	case p.accept("CHECK"):
		return schema.Constraint{Kind: "check", Check: p.bracketed(text)}, true
	case p.accept("FOREIGN", "KEY"):
		k.Columns = p.spelled(text)
		if !p.accept("REFERENCES") {
			return k, false
		}
	case p.accept("REFERENCES"):
		k.Columns = []string{column}
	case p.peek().key == "(":
		p.bracketed(text)
		return k, false
	default:
		p.at++
		return k, false
	}
	k.Kind, k.Table = "foreign key", strings.Join(schema.Parts(p.name()), ".")
	k.Refers = p.spelled(text)
	return k, true
}

// spelled reads names in parentheses, which SQLite takes in single quotes too.
func (p *phrase) spelled(text string) (names []string) {
	if !p.accept("(") {
		return nil
	}
	for more := true; more; more = p.skipItem() {
		names = append(names, p.peek().spelled(text))
	}
	return names
}

func (w word) spelled(text string) string {
	if raw := text[w.from:w.to]; w.name == "" && strings.HasPrefix(raw, "'") {
		return strings.ReplaceAll(strings.Trim(raw, "'"), "''", "'")
	}
	return w.name
}

// Condition reads that of a partial index; "" for none.
func (d Reader) Condition(text string) string {
	words, _ := d.words(text)
	p := &phrase{words: words}
	for depth := 0; !p.end(); {
		switch p.next().key {
		case "(":
			depth++
		case ")":
			depth--
		case "WHERE":
			if depth == 0 && !p.end() {
				return text[p.peek().from:]
			}
		}
	}
	return ""
}
