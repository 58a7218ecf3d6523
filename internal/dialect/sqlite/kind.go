package sqlite

import (
	"slices"
	"strconv"
	"strings"

	"towpath/internal/statement"
)

// rule checks the tokens after the first word of one kind of statement.
type rule interface {
	add(t statement.Token) error
	end() error // the statement ends here
}

// first decides by a statement's first word. A word on no list is refused:
// https://www.sqlite.org/lang.html
func (v *validator) first(t statement.Token) error {
	switch word := upper(t); word {
	case "SELECT", "VALUES", "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE", "ANALYZE", "REINDEX":
		v.rule = anyRule{}
		return nil
	case "CREATE", "ALTER", "DROP":
		v.rule = &objectRule{start: t.Pos, verb: word}
		return nil
	case "PRAGMA":
		v.rule = &v.pragma
		v.pragma.start = t.Pos
		return nil
	default:
		v.rule = anyRule{}
		return refusedVerb(t, word)
	}
}

// refusedVerb explains why a statement that starts with word must not run.
func refusedVerb(t statement.Token, word string) error {
	switch word {
	case "":
		if t.Kind == statement.Symbol {
			return statement.Errorf(t.Pos,
				"A statement cannot begin with %q. Begin it with a key word such as CREATE or INSERT.", t.Raw)
		}
		return statement.Errorf(t.Pos,
			"A statement cannot begin with %s. Begin it with a key word such as CREATE or INSERT.", t.Raw)
	case "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE":
		return statement.Errorf(t.Pos, "%s is not allowed: each file runs in one transaction of its own. %s",
			word, statement.LeaveOut)
	case "ATTACH", "DETACH":
		return statement.Errorf(t.Pos,
			"%s is not allowed: a migration changes one database only. Write a file for each database.", word)
	case "VACUUM":
		return statement.Errorf(t.Pos,
			"VACUUM is not allowed: it cannot run in a transaction, and INTO writes another file. "+
				"Run it yourself, outside migrations.")
	}
	return statement.Errorf(t.Pos,
		"%s is not a statement that a migration may contain. "+
			"Check its spelling: a migration changes data or the schema of this database.", word)
}

// upper returns a key word as SQLite reads it: ASCII letters in any case, "" for anything else.
func upper(t statement.Token) string {
	if t.Kind != statement.Word || slices.ContainsFunc(t.Raw, func(c byte) bool { return c >= 0x80 }) {
		return ""
	}
	return t.Upper()
}

// name returns the name in a token where a name is expected: SQLite accepts a string too. Doubled
// quotes stay as they are.
func name(t statement.Token) string {
	switch t.Kind {
	case statement.Word:
		return strings.ToLower(string(t.Raw))
	case statement.Quoted, statement.Text:
		return strings.ToLower(string(t.Raw[1 : len(t.Raw)-1]))
	}
	return ""
}

// anyRule accepts statements about data. Names are checked in all statements.
type anyRule struct{}

func (anyRule) add(statement.Token) error { return nil }
func (anyRule) end() error                { return nil }

// objectRule checks statements about one kind of object: CREATE, ALTER, DROP.
type objectRule struct {
	start     statement.Position
	verb      string
	kind      string // "" before it is known
	virtual   bool
	temporary bool
	module    moduleState
}

// moduleState is the position in a CREATE VIRTUAL TABLE up to its module.
type moduleState int

const (
	noModule moduleState = iota
	usingModule
	moduleSeen
)

func (o *objectRule) add(t statement.Token) error {
	word := upper(t)
	switch {
	case o.kind == "":
		return o.addKind(t, word)
	case !o.virtual || o.module == moduleSeen:
		return nil
	case o.module == usingModule:
		o.module = moduleSeen
		if !SafeModule(name(t)) {
			return statement.Errorf(t.Pos,
				"The module %s is not allowed: its tables may reach outside this database. Use one of %s.",
				t.Raw, strings.Join(modules, ", "))
		}
	case word == "USING":
		o.module = usingModule
	}
	return nil
}

// addKind finds the kind of object.
func (o *objectRule) addKind(t statement.Token, word string) error {
	if o.verb == "CREATE" {
		switch word {
		case "TEMP", "TEMPORARY":
			o.temporary = true
			return nil
		case "UNIQUE":
			return nil
		case "VIRTUAL":
			o.virtual = true
			return nil
		}
	}
	o.kind = "none"
	switch word {
	case "INDEX", "VIEW", "TRIGGER":
		if o.verb == "ALTER" {
			break
		}
		o.kind = word
		return nil
	case "TABLE":
		o.kind = word
		return nil
	}
	return statement.Errorf(o.start, "%s %s is not a statement that a migration may contain. "+
		"Check its spelling: SQLite has tables, indexes, views and triggers, and alters tables only.", o.verb,
		t.Raw)
}

// creates reports whether the statement creates an object of that kind.
func (o *objectRule) creates(kind string) bool { return o.verb == "CREATE" && o.kind == kind }

func (o *objectRule) end() error {
	switch {
	case o.kind == "":
		return statement.Errorf(o.start, "%s needs a kind of object, such as TABLE.", o.verb)
	case o.virtual && o.module != moduleSeen:
		return statement.Errorf(o.start, "CREATE VIRTUAL TABLE needs a module: USING fts5 or rtree.")
	}
	return nil
}

// pragmaRule is a PRAGMA [schema .] name [value].
type pragmaRule struct {
	start statement.Position
	state pragmaState
	name  statement.Token // Raw is not kept
	said  string          // the name in lower case
	value string          // the first token of the value, "" before it comes
}

type pragmaState int

const (
	pragmaName   pragmaState = iota
	pragmaDot                // a name was read; a dot means that it was the schema's
	pragmaValue              // a sign was read, and the value comes
	pragmaFilled             // nothing more is checked
)

func (p *pragmaRule) add(t statement.Token) error {
	switch p.state {
	case pragmaName:
		p.state = pragmaDot
		p.name, p.said = statement.Token{Kind: t.Kind, Pos: t.Pos}, name(t)
	case pragmaDot:
		if t.Is('.') && (p.said == "main" || p.said == "temp") {
			p.state, p.said = pragmaName, ""
			return nil
		}
		p.state = pragmaValue
		return p.allowed()
	case pragmaValue:
		p.state, p.value = pragmaFilled, name(t)
	}
	return nil
}

func (p *pragmaRule) allowed() error {
	if AllowedPragma(p.said) {
		return nil
	}
	if p.said == "writable_schema" {
		return statement.Errorf(p.name.Pos,
			"PRAGMA writable_schema is not allowed: it bypasses SQLite's checks. "+
				"Where a dump has it, write CREATE VIRTUAL TABLE, and remove what the dump has for the "+
				"tables that come with it.")
	}
	return statement.Errorf(p.name.Pos,
		"PRAGMA %s is not allowed: it affects more than the migration, or changes its limits. Remove it.",
		p.said)
}

func (p *pragmaRule) end() error {
	switch p.state {
	case pragmaName:
		return statement.Errorf(p.start, "PRAGMA needs a name, such as foreign_key_check.")
	case pragmaDot:
		return p.allowed()
	}
	return nil
}

// keys reports whether the PRAGMA gives foreign_keys a value, and whether that turns them off.
func (p *pragmaRule) keys() (set, off bool) {
	set = p.said == "foreign_keys" && p.state == pragmaFilled
	return set, set && !switchesOn(p.value)
}

// switchesOn reads a switch's value as SQLite does.
func switchesOn(value string) bool {
	switch value {
	case "on", "yes", "true":
		return true
	}
	n, err := strconv.Atoi(value)
	return err == nil && n != 0
}
