package dialect

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"towpath/internal/schema"
	"towpath/internal/statement"
)

const (
	maxNamed     = 1 << 20 // bytes of a statement; a longer one is data
	maxNames     = 1000    // of one text
	maxBodies    = 2       // bodies within bodies
	maxModifiers = 20      // words between CREATE and the kind of object
)

// named are the kinds of objects whose names other statements may need.
var named = []string{
	"TABLE", "VIEW", "FUNCTION", "PROCEDURE", "AGGREGATE", "TRIGGER", "EVENT", "SEQUENCE", "TYPE", "DOMAIN",
	"INDEX", "POLICY",
}

// NamesIn reads from a file's text what its statements make, and every name that they mention. The body of
// a routine may be a string. A statement that cannot be read has no names, and neither has dynamic SQL.
func (d Reader) NamesIn(script iter.Seq2[statement.Statement, error]) schema.Names {
	makes, needs := map[string]bool{}, map[string]bool{}
	for s, err := range script {
		if err != nil || len(s.Text) > maxNamed {
			continue // of an error, the sequence continues after it
		}
		if name := d.makes(s.Text); name != "" && len(makes) < maxNames {
			makes[name] = true
		}
		d.mentions(s.Text, maxBodies, needs)
	}
	return schema.Names{Makes: slices.Sorted(maps.Keys(makes)), Needs: slices.Sorted(maps.Keys(needs))}
}

// makes returns the name of the object that a statement creates; "" for any other statement.
func (d Reader) makes(text string) string {
	words, ok := d.description(text)
	p := &phrase{words: words}
	if !ok || !p.accept("CREATE") {
		return ""
	}
	for range maxModifiers {
		if !slices.Contains(named, p.next().key) {
			continue
		}
		p.accept("CONCURRENTLY")
		p.accept("IF", "NOT", "EXISTS")
		parts := schema.Parts(p.name())
		return strings.ToLower(parts[len(parts)-1])
	}
	return ""
}

// mentions adds the names in a text, and in the bodies of routines that it creates.
func (d Reader) mentions(text string, bodies int, needs map[string]bool) {
	routine := false
	for t, err := range statement.Tokens(text, d.Lexer()) {
		if err != nil || len(needs) >= maxNames {
			return
		}
		raw := string(t.Raw)
		switch {
		case t.Kind == statement.Word:
			key := strings.ToUpper(raw)
			routine = routine || key == "FUNCTION" || key == "PROCEDURE" || key == "DO"
			needs[strings.ToLower(raw)] = true
		case t.Kind == statement.Quoted && len(raw) > 1:
			quote := raw[len(raw)-1:]
			needs[strings.ToLower(strings.ReplaceAll(raw[1:len(raw)-1], quote+quote, quote))] = true
		case t.Kind == statement.Text && routine && bodies > 0:
			d.mentions(body(raw), bodies-1, needs)
		}
	}
}

// body returns the text of a string in single quotes, or between dollars.
func body(raw string) string {
	if rest, ok := strings.CutPrefix(raw, "$"); ok {
		if tag, inner, ok := strings.Cut(rest, "$"); ok {
			return strings.TrimSuffix(inner, "$"+tag+"$")
		}
	}
	return strings.ReplaceAll(strings.Trim(raw, "'"), "''", "'")
}
