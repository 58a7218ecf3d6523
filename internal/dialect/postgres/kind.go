package postgres

import (
	"slices"

	"towpath/internal/statement"
)

// rule checks the tokens after the first word of one kind of statement.
type rule interface {
	add(p piece) error
	end() error // the statement ends here
}

// first decides by a statement's first word. A word on no list is refused:
// https://www.postgresql.org/docs/current/sql-commands.html
func (v *validator) first(p piece) error {
	switch p.word {
	case "SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "LOCK",
		"CALL", "NOTIFY",
		"EXPLAIN", "SHOW", "ANALYZE", "ANALYSE", "VACUUM", "CLUSTER", "REINDEX", "REFRESH":
		return nil
	case "DO":
		v.rule = &blockRule{}
	case "CREATE", "ALTER", "DROP":
		v.rule = &objectRule{start: p.Pos, verb: p.word, roles: &v.roles}
	case "COMMENT", "SECURITY":
		v.rule = &objectRule{start: p.Pos, verb: p.word, roles: &v.roles, waits: true}
	case "GRANT", "REVOKE":
		v.roles = roleReader{start: p.Pos, verb: p.word}
		v.rule = &grantRule{roles: &v.roles}
	case "SET", "RESET":
		v.rule = &settingRule{start: p.Pos, verb: p.word}
	case "COPY":
		v.rule = &copyRule{lexer: v.lexer, start: p.Pos}
	default:
		if !p.Is('(') {
			return refusedVerb(p)
		}
	}
	return nil
}

func refusedVerb(p piece) error {
	switch p.word {
	case "":
		return statement.Errorf(p.Pos,
			"A statement cannot begin with %s. Begin it with a key word such as CREATE or INSERT.", p.Raw)
	case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE":
		return statement.Errorf(p.Pos, "%s is not allowed: each file runs in one transaction of its own. %s",
			p.word, statement.LeaveOut)
	case "PREPARE", "EXECUTE", "DEALLOCATE":
		return statement.Errorf(p.Pos, "%s is not allowed: write the statement itself.", p.word)
	case "DECLARE", "FETCH", "MOVE", "CLOSE":
		return statement.Errorf(p.Pos,
			"%s is not allowed: nobody reads what a migration returns. Use a loop in a DO block.", p.word)
	case "LISTEN", "UNLISTEN", "DISCARD":
		return statement.Errorf(p.Pos,
			"%s is not allowed: every file has a session of its own. Remove it.",
			p.word)
	case "LOAD":
		return statement.Errorf(p.Pos, "LOAD is not allowed: it loads code into the server. Remove it.")
	case "CHECKPOINT":
		return statement.Errorf(p.Pos,
			"CHECKPOINT is not allowed: it affects the whole server. Remove it.")
	case "REASSIGN":
		return statement.Errorf(p.Pos,
			"REASSIGN OWNED is not allowed: it also changes owners of databases. "+
				"Use ALTER … OWNER TO for each object.")
	case "IMPORT":
		return statement.Errorf(p.Pos,
			"IMPORT is not allowed: foreign servers are outside of this database. Remove it.")
	}
	return statement.Errorf(p.Pos,
		"%s is not a statement that a migration may contain. "+
			"Check its spelling: a migration changes data or the schema of this database.", p.word)
}

// objectRule checks statements about one kind of object: CREATE, ALTER, DROP, COMMENT ON, SECURITY
// LABEL ON.
type objectRule struct {
	start  statement.Position
	verb   string
	waits  bool   // for ON
	kind   string // "" before it is known
	last   piece
	clause clause
	named  bool // the name of an extension or a language was read
	roles  *roleReader
}

// insideKinds lists the kinds of objects that belong to one database.
var insideKinds = []string{
	"ACCESS", "AGGREGATE", "CAST", "COLLATION", "COLUMN", "CONSTRAINT", "CONVERSION", "DEFAULT", "DOMAIN",
	"EVENT", "EXTENSION", "FUNCTION", "INDEX", "LANGUAGE", "LARGE", "MATERIALIZED", "OPERATOR", "POLICY",
	"PROCEDURE", "PUBLICATION", "ROUTINE", "RULE", "SCHEMA", "SEQUENCE", "STATISTICS", "TABLE", "TEXT",
	"TRANSFORM", "TRIGGER", "TYPE", "VIEW",
}

// kindModifiers may stand between the verb and the kind of object.
var kindModifiers = []string{
	"OR", "REPLACE", "TEMP", "TEMPORARY", "UNLOGGED", "GLOBAL", "LOCAL", "RECURSIVE", "UNIQUE", "TRUSTED",
	"PROCEDURAL",
}

func (o *objectRule) add(p piece) error {
	defer func() { o.last = p }()
	switch {
	case o.waits:
		o.waits = p.word != "ON" || p.depth > 0
		return nil
	case o.kind == "":
		return o.add1(p)
	}
	return o.detail(p)
}

// add1 finds the kind of object.
func (o *objectRule) add1(p piece) error {
	if slices.Contains(kindModifiers, p.word) ||
		(o.verb == "CREATE" && (p.word == "CONSTRAINT" || p.word == "DEFAULT")) {
		return nil
	}
	o.kind = p.word
	switch {
	case slices.Contains(insideKinds, p.word):
		return nil
	case (p.word == "ROLE" || p.word == "USER" || p.word == "GROUP") && o.verb != "SECURITY":
		*o.roles = roleReader{start: o.start, verb: o.verb, kind: p.word, about: true}
		return nil
	}
	return refusedKind(o.start, o.verb, p)
}

func refusedKind(at statement.Position, verb string, p piece) error {
	switch p.word {
	case "ROLE", "USER", "GROUP":
		return refusedRole(at, verb+" "+p.word)
	case "DATABASE":
		return statement.Errorf(at,
			"%s DATABASE is not allowed: it affects the server, and a migration may only change its own "+
				"database. Remove it (pg_dump without --create).", verb)
	case "TABLESPACE", "SUBSCRIPTION", "SYSTEM", "PARAMETER":
		return statement.Errorf(at,
			"%s %s is not allowed: it affects the server, and a migration may only change its own "+
				"database. Ask the server's administrator.", verb, p.word)
	case "SERVER", "FOREIGN":
		return statement.Errorf(at,
			"%s %s is not allowed: it reaches outside this database. Ask the server's administrator.", verb,
			p.word)
	case "OWNED":
		return statement.Errorf(at,
			"DROP OWNED is not allowed: it also revokes rights in other databases. Drop each object.")
	case "":
		return statement.Errorf(at, "%s needs a kind of object, such as TABLE.", verb)
	}
	return statement.Errorf(at,
		"%s %s is not a statement that a migration may contain. "+
			"Check its spelling: a migration changes data or the schema of this database.", verb, p.word)
}

// detail checks the tokens after the kind.
func (o *objectRule) detail(p piece) error {
	switch o.kind {
	case "FUNCTION", "PROCEDURE", "ROUTINE":
		return o.clause.add(p)
	case "ROLE", "USER", "GROUP":
		return o.roles.add(p)
	case "EXTENSION", "LANGUAGE":
		if o.verb == "CREATE" && !o.named {
			return o.name(p)
		}
		if o.verb == "CREATE" && p.word == "HANDLER" {
			return statement.Errorf(p.Pos,
				"A language with a handler of its own is not allowed: it loads code into the server.")
		}
	case "SCHEMA": // may contain grants
		if o.verb == "CREATE" && o.last.word == "ON" {
			return refusedGrant(p)
		}
	}
	return nil
}

// name checks the name of a language or an extension.
func (o *objectRule) name(p piece) error {
	if p.word == "IF" || p.word == "NOT" || p.word == "EXISTS" {
		return nil
	}
	o.named = true
	if o.kind == "LANGUAGE" {
		return checkLanguage(p)
	}
	if !slices.Contains(extensions, p.name) {
		return statement.Errorf(p.Pos,
			"The extension %s is not allowed: it may reach outside this database. "+
				"Ask the server's administrator to create it.", p.Raw)
	}
	return nil
}

func (o *objectRule) end() error {
	if o.kind == "" && !o.waits {
		return refusedKind(o.start, o.verb, piece{})
	}
	return o.clause.end()
}

// extensions lists those of PostgreSQL that stay in their database, and common ones that do.
// https://www.postgresql.org/docs/current/contrib.html
var extensions = []string{
	"amcheck", "bloom", "btree_gin", "btree_gist", "citext", "cube", "dict_int", "dict_xsyn", "earthdistance",
	"fuzzystrmatch", "hstore", "intagg", "intarray", "isn", "lo", "ltree", "moddatetime", "autoinc",
	"insert_username", "refint", "pg_prewarm", "pg_stat_statements", "pg_trgm", "pgcrypto", "pgrowlocks",
	"pgstattuple", "seg", "sslinfo", "tablefunc", "tcn", "tsm_system_rows", "tsm_system_time", "unaccent",
	"uuid-ossp", "xml2", "plpgsql", "plperl", "pltcl", "bool_plperl", "hstore_plperl", "jsonb_plperl", "plv8",
	"age", "hll", "hypopg", "ip4r", "orafce", "pg_bigm", "pg_hashids", "pg_hint_plan", "pg_ivm",
	"pg_jsonschema", "pg_partman", "pg_repack", "pg_similarity", "pg_uuidv7", "pgjwt", "pgmq", "pgroonga",
	"pgrouting", "pgtap", "postgis", "postgis_raster", "postgis_sfcgal", "postgis_tiger_geocoder",
	"postgis_topology", "address_standardizer", "address_standardizer_data_us", "periods", "prefix", "rum",
	"semver", "temporal_tables", "timescaledb", "timescaledb_toolkit", "vector", "vectorscale", "h3",
	"h3_postgis", "uint", "unit",
}

// languages lists the trusted ones: their code stays in its database.
var languages = []string{"sql", "plpgsql", "plperl", "pltcl", "plv8"}

func checkLanguage(p piece) error {
	name := p.name
	if p.Kind == statement.Text {
		name, _ = plainText(p)
	}
	if slices.Contains(languages, fold(name)) {
		return nil
	}
	return statement.Errorf(p.Pos,
		"The language %s is not allowed: its code can use the server itself. Use sql or plpgsql.", p.Raw)
}

// clause reads LANGUAGE and SET of a routine or a block.
type clause struct {
	last  string
	name  piece // of a setting; checked when the next token is known
	named bool
}

func (c *clause) add(p piece) error {
	if p.depth > 0 || p.Is(')') {
		c.last = ""
		return c.end()
	}
	last := c.last
	c.last = p.word
	switch {
	case last == "LANGUAGE":
		c.last = ""
		return checkLanguage(p)
	case c.named && p.Is('.'):
		c.named = false
	case last == "SET":
		c.named = true
		c.name = p
		c.last = ""
		c.name.Raw = nil
	default:
		return c.end()
	}
	return nil
}

func (c *clause) end() error {
	if named := c.named; !named || allowedSetting(c.name.name) {
		c.named = false
		return nil
	}
	return refusedSetting(c.name, "SET")
}

// blockRule is a DO block. Its text runs under the session's guard.
type blockRule struct{ clause clause }

func (b *blockRule) add(p piece) error { return b.clause.add(p) }
func (b *blockRule) end() error        { return nil }

// grantRule grants or revokes rights, or without ON membership in roles.
type grantRule struct {
	roles *roleReader
	on    bool
	last  piece
}

func (g *grantRule) add(p piece) error {
	last := g.last
	g.last = p
	switch {
	case g.roles.about:
		return g.roles.add(p)
	case p.depth == 0 && last.word == "ON" && last.depth == 0 && g.on:
		g.last.word = ""
		return refusedGrant(p)
	case p.depth == 0 && p.word == "ON":
		g.on = true
	case p.depth == 0 && (p.word == "TO" || p.word == "FROM") && !g.on:
		g.roles.about = true
	}
	if g.on {
		return nil
	}
	return g.roles.add(p)
}

func (g *grantRule) end() error { return nil }

func refusedGrant(p piece) error {
	switch p.word {
	case "DATABASE", "TABLESPACE", "FOREIGN", "PARAMETER":
		return refusedKind(p.Pos, "A right ON", p)
	}
	return nil
}

// copyRule is a COPY. The lines of data after it are not SQL.
type copyRule struct {
	lexer *lexer
	start statement.Position
	last  string
	stdin bool
}

func (c *copyRule) add(p piece) error {
	c.stdin = c.stdin || (c.last == "FROM" && p.word == "STDIN")
	c.last = p.word
	return nil
}

func (c *copyRule) end() error {
	c.lexer.data = c.stdin
	if c.lexer.copied && c.stdin {
		return statement.ErrPassOver // reported before, and the file does not run
	}
	c.lexer.copied = c.stdin
	return statement.Errorf(c.start,
		"COPY is not allowed: it reads the client's input or the server's files. "+
			"Write INSERT statements (pg_dump --inserts).")
}
